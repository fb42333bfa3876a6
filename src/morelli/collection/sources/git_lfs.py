"""Tables that were never fetched: Git LFS leaves a few lines of text in the place of a large file.

Museums publish their largest tables that way; `national_gallery` and `met` look here before they read one.
"""

from __future__ import annotations

from pathlib import Path

from morelli.errors import SourceError

_FIRST_LINE = b"version https://git-lfs.github.com/spec/"


def is_pointer(path: Path) -> bool:
    """Tell whether a file is the pointer to a file rather than the file.

    Raises
    ------
    SourceError
        When it cannot be opened.
    """
    try:
        with path.open("rb") as file:
            return file.read(len(_FIRST_LINE)) == _FIRST_LINE
    except OSError as fault:
        raise SourceError(
            path,
            expected="a readable table",
            found=(fault.strerror or str(fault)).lower(),
            remedy="check the path and its permissions",
        ) from fault


def refuse_pointer(path: Path) -> None:
    """Raise when a file is the pointer to a file rather than the file.

    Raises
    ------
    SourceError
        When it is, or when it cannot be opened.
    """
    if is_pointer(path):
        raise SourceError(
            path,
            expected="a table",
            found="a Git LFS pointer, which only names the table",
            remedy="run 'git lfs install' and 'git lfs pull' in that copy of the repository, or download the "
            "file by the button 'Download raw file' on its page",
        )
