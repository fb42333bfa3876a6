"""Pictures with a file of JSON beside each: ``tulips.jpg`` and ``tulips.json`` or ``tulips.jpg.json``."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import ClassVar

from morelli.collection.sources.fields import join_cell
from morelli.collection.sources.folders import JSON_SUFFIX, is_picture, try_json, walk_files
from morelli.collection.sources.iiif.manifests import find_version
from morelli.collection.sources.layout import DirectAddresses
from morelli.collection.sources.tables.columns import find_columns
from morelli.collection.sources.tables.records import flatten_record
from morelli.collection.sources.tables.table import describe_work
from morelli.collection.work import Skip, Work
from morelli.errors import LayoutError

_N_LISTED = 2000
_N_SAMPLED = 20
_MIN_SHARE = 0.8

_Key = tuple[Path, str]


@dataclass(frozen=True)
class Sidecars(DirectAddresses):
    """A folder of pictures, most of which have a record with an artist beside them."""

    name: ClassVar[str] = "json-beside-pictures"

    source: Path
    reason: str
    columns: dict[str, str] = field(default_factory=dict, hash=False)  # the records' own name of each field
    unused: tuple[str, ...] = ()

    @classmethod
    def fit(cls, source: Path, *, is_forced: bool) -> Sidecars:
        """Fit a folder of which four in five pictures have a record, and the records an artist."""
        files = [found for found in islice(walk_files(source), _N_LISTED) if isinstance(found, Path)]
        records = _index_records(files)
        pictures = [path for path in files if is_picture(path.name)]
        beside = [records[key] for path in pictures if (key := _find_key(path, records))]
        if not beside or (len(beside) < _MIN_SHARE * len(pictures) and not is_forced):
            raise _refuse(
                source, f"{len(beside)} of {len(pictures)} pictures with a file of JSON beside them"
            )
        sample = map(_read_columns, beside[:_N_SAMPLED])
        found = list(dict.fromkeys(column for names in sample for column in names))
        columns = {key: name for key, name in find_columns(found, is_given=True).items() if key != "path"}
        if "artist" not in columns and not is_forced:
            raise _refuse(source, "records with the columns " + (", ".join(found) or "(none)"))
        unused = tuple(name for name in found if name not in columns.values())
        reason = f"{len(beside)} of {len(pictures)} pictures have a record of JSON beside them"
        return cls(source, reason, columns, unused)

    def suggest_artist(self) -> list[str]:
        """Return no columns: without one of artists it would be another layout."""
        return []

    def read(self) -> Iterator[Work | Skip]:
        """Yield the works in the order of the pictures, and a `Skip` for what has no partner."""
        files = list(walk_files(self.source))
        records = _index_records([found for found in files if isinstance(found, Path)])
        unused = set(records.values())
        unknown_parts: set[str] = set()
        for found in files:
            if isinstance(found, Skip):
                yield found
            elif is_picture(found.name):
                key = _find_key(found, records)
                if key is not None:
                    unused.discard(records[key])
                yield self._read_picture(found, records[key] if key else None, unknown_parts)
            elif found.suffix.lower() != JSON_SUFFIX:
                yield Skip(str(found), "expected a picture or a file of JSON, found another ending")
        yield from (
            Skip(str(path), "expected a picture beside the record, found none") for path in sorted(unused)
        )

    def _read_picture(self, path: Path, beside: Path | None, unknown_parts: set[str]) -> Work | Skip:
        if beside is None:
            return Skip(str(path), "expected a file of JSON beside the picture, found none")
        content = try_json(beside)
        if isinstance(content, Skip):
            return content
        if not isinstance(content, dict):
            return Skip(str(beside), f"expected a JSON object, found {type(content).__name__}")
        try:
            values = flatten_record(content)
        except RecursionError:
            return Skip(str(beside), "expected a JSON object, found one nested too deeply")
        address = join_cell(values.get(self.columns.get("address", "")))
        is_web = address is not None and address.startswith(("http://", "https://"))
        place = Work(path, address=address if is_web else None)
        return describe_work(place, self.columns, values, unknown_parts)


def _index_records(files: list[Path]) -> dict[_Key, Path]:
    """Return the files of JSON by their folder and name without ending."""
    return {(path.parent, _fold(path.stem)): path for path in files if path.suffix.lower() == JSON_SUFFIX}


def _find_key(picture: Path, records: dict[_Key, Path]) -> _Key | None:
    keys = ((picture.parent, _fold(name)) for name in (picture.name, picture.stem))
    return next((key for key in keys if key in records), None)


def _fold(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _read_columns(path: Path) -> list[str]:
    """Return the columns of the record in a file; none where it cannot be read, or is a manifest of IIIF."""
    content = try_json(path)
    try:
        is_record = isinstance(content, dict) and not find_version(content)
        return list(flatten_record(content)) if is_record else []
    except RecursionError:
        return []


def _refuse(source: Path, found: str) -> LayoutError:
    return LayoutError(
        source,
        expected="a folder of pictures with files of JSON of the same names, which name the artists",
        found=found,
        remedy="give each picture such a file, or write one table with a column 'path'",
    )
