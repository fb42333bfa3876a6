"""The bytes of a work as it was collected, or why they are not to be had."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from morelli.collection.pictures import open_file
from morelli.collection.work import Skip
from morelli.errors import PictureError


def read_bytes(row: Mapping[str, Any]) -> bytes | Skip:
    """Return the file of a work, whole and unchanged since it was collected, or a `Skip`.

    Parameters
    ----------
    row
        path and content_hash, as in the table of works.
    """
    path = Path(row["path"])
    try:
        with open_file(path) as file:
            content = file.read()
    except PictureError as fault:
        return Skip(str(path), f"expected {fault.expected}, found {fault.found}")
    except OSError as fault:
        return Skip(str(path), f"expected a readable file, found {fault.strerror or fault}")
    if hashlib.sha256(content).hexdigest() != row["content_hash"]:
        return Skip(str(path), "expected the picture that was collected, found a file with other bytes")
    return content


def find_fault(row: Mapping[str, Any]) -> Skip | None:
    """Return why the file of a work cannot be linked to, or None.

    A file of the size and time of change that it had when it was collected is not read.
    """
    try:
        status = os.stat(row["path"])
    except (OSError, ValueError):
        pass  # reading it will say what is wrong
    else:
        if (status.st_size, status.st_mtime_ns) == (row["size_bytes"], row["mtime_ns"]):
            return None
    content = read_bytes(row)
    return content if isinstance(content, Skip) else None
