"""Files of JSON, one record each: finding them below a folder and reading one.

`tate` and `iiif` read their records here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from morelli.collection.sources.folders import walk_files
from morelli.collection.work import Skip
from morelli.errors import SourceError

JSON_SUFFIX = ".json"

_SAMPLE_SIZE = 20


def walk_json(folder: Path) -> Iterator[Path | Skip]:
    """Yield the JSON files at any depth below a folder, sorted by name, and a `Skip` for whatever else."""
    for found in walk_files(folder):
        if isinstance(found, Skip) or found.suffix.lower() == JSON_SUFFIX:
            yield found
        else:
            yield Skip(str(found), "expected a file of JSON, found a file with another ending")


def sample_json(folder: Path, n_max: int = _SAMPLE_SIZE) -> list[Any]:
    """Return what the first readable ones of a few JSON files below a folder hold."""
    paths = islice((found for found in walk_json(folder) if isinstance(found, Path)), n_max)
    return [found for path in paths if not isinstance(found := try_json(path), Skip)]


def try_json(path: Path) -> Any:
    """Return what a JSON file holds, or a `Skip` with the reason why it cannot be read."""
    try:
        return load_json(path)
    except SourceError as fault:
        return Skip(str(path), f"expected {fault.expected}, found {fault.found}")


def load_json(path: Path) -> Any:
    """Return what a JSON file holds: UTF-8, UTF-16 or UTF-32, with or without a byte-order mark.

    Raises
    ------
    SourceError
        When it cannot be read, or is no JSON.
    """
    try:
        # Numbers of thousands of digits and nesting by the thousand are refused by the parser itself.
        return json.loads(path.read_bytes())
    except OSError as fault:
        found = (fault.strerror or str(fault)).lower()
    except (ValueError, RecursionError) as fault:
        found = f"{path.stat().st_size} bytes that are none ({fault})"
    raise SourceError(path, expected="a file of JSON", found=found, remedy="save or fetch the file again")
