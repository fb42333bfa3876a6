from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

Plant = Callable[..., Path]


def write_csv(rows: Sequence[Sequence[str]], encoding: str = "utf-8") -> bytes:
    """Return rows as the bytes of a CSV file; what the encoding lacks becomes a question mark."""
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue().encode(encoding, errors="replace")


@pytest.fixture
def plant(tmp_path: Path) -> Plant:
    """Make empty files below the test's folder and return the folder: sources never look inside pictures."""

    def make_files(*names: str, **texts: str) -> Path:
        for name in names:
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"")
        for stem, text in texts.items():
            (tmp_path / f"{stem}.csv").write_text(text, encoding="utf-8")
        return tmp_path

    return make_files
