"""Files are written whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def write_file(path: Path, content: str | bytes) -> Path:
    """Write a file, text as UTF-8, whole or not at all; its folder is made. Returns the path."""
    with replace_file(path) as part:
        part.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@contextmanager
def replace_file(path: Path) -> Iterator[Path]:
    """Yield ``NAME.part`` beside a file to write to: it takes the file's place when nothing was raised."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    try:
        yield part
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
