"""Parquet shards of Hugging Face `datasets`: pictures inside the table, names of classes in its metadata.

The pictures are never all in memory: `read` leaves them alone, `unpack` writes those that are wanted into a
folder, a few at a time, and again only what is missing there.
"""

from __future__ import annotations

import io
import json
import os
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from hashlib import sha256
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa
import pyarrow.parquet as pq

from morelli.collection.names.text import name_from_slug
from morelli.collection.pictures import read_format
from morelli.collection.sources.fields import join_cell, read_part
from morelli.collection.sources.folders import is_picture, list_files, list_folders
from morelli.collection.sources.layout import DirectAddresses
from morelli.collection.sources.readers import PARQUET_SUFFIXES, read_columns
from morelli.collection.sources.tables.columns import find_columns, map_columns, suggest_artist
from morelli.collection.sources.tables.records import describe_fault, flatten_record
from morelli.collection.sources.tables.table import describe_work
from morelli.collection.work import Skip, Work
from morelli.errors import LayoutError, PictureError, SourceError
from morelli.settings import Progress, ignore_progress

_MAX_DEPTH = 3  # of folders below the source: default/train/0000.parquet
_ROWS_AT_ONCE = 1000
_PICTURES_AT_ONCE = 8
_BUFFER_BYTES = 1 << 20
_FAULTS = (pa.ArrowException, OSError, ValueError)

_IMAGE_NAMES = ("image", "img", "picture", "jpg", "jpeg", "png", "photo", "painting")
_UNKNOWN_CLASS = re.compile(r"unknown(?: \w+)?", re.IGNORECASE)
_CLASS_FIELDS = ("artist", "style", "genre", "school", "theme", "medium", "classification")
_SUFFIXES = {"JPEG": ".jpg", "MPO": ".jpg", "TIFF": ".tif", "JPEG2000": ".jp2"}
_MAX_STEM = 60


@dataclass(frozen=True)
class _PackedWork(Work):
    """A work whose picture lies in a row of a shard."""

    shard: Path = Path()
    row: int = 0  # from 1

    @property
    def place(self) -> str:
        return f"{self.shard}:row {self.row}"


@dataclass(frozen=True)
class HuggingFace(DirectAddresses):
    """A source of shards with a column of pictures; `columns` holds their own name of each field."""

    name: ClassVar[str] = "hugging-face"

    source: Path
    reason: str
    shards: tuple[Path, ...]
    image: str
    columns: dict[str, str] = field(default_factory=dict, hash=False)
    unused: tuple[str, ...] = ()
    unread: tuple[Skip, ...] = ()  # Parquet files that cannot be read, or hold something else

    @classmethod
    def fit(cls, source: Path, *, is_forced: bool, columns: Mapping[str, str] | None = None) -> HuggingFace:
        """Fit a Parquet file with a column of pictures, or a folder with such files up to three levels below.

        The user's own `columns` overrule those found by name.
        """
        shards, image, unread = _find_shards(source)
        found = [name for name in read_columns(shards[0]) if name.partition(".")[0] != image]
        matched = find_columns(found, is_given=False) | map_columns(found, columns or {})
        matched = {key: name for key, name in matched.items() if key not in {"path", "folder"}}
        subject = f"{len(shards)} shards have" if len(shards) > 1 else f"{shards[0].name!r} has"
        reason = f"{subject} pictures inside, in the column {image!r}"
        unused = tuple(name for name in found if name not in matched.values())
        return cls(source, reason, shards, image, matched, unused, unread)

    def suggest_artist(self) -> list[str]:
        """Return the columns whose names are nearest to one of an artist, where none was taken as such."""
        return [] if "artist" in self.columns else suggest_artist(self.unused)

    def read(self) -> Iterator[Work | Skip]:
        """Yield the works in the order of the shards, without files: `unpack` gives them these."""
        for shard in self.shards:
            try:
                yield from self._read_shard(shard)
            except _FAULTS as fault:
                yield _refuse_rest(shard, fault)
        yield from self.unread

    def unpack(
        self, entries: Sequence[Work | Skip], folder: Path, progress: Progress = ignore_progress
    ) -> list[Work | Skip]:
        """Return the entries with files in the folder, in the same order; what is there stays as it is.

        Progress is called with ("unpack", pictures done, of how many).
        """
        wanted: defaultdict[Path, set[int]] = defaultdict(set)
        for entry in entries:
            if isinstance(entry, _PackedWork):
                wanted[entry.shard].add(entry.row)
        n_wanted = sum(map(len, wanted.values()))
        found: dict[tuple[Path, int], Path | Skip] = {}
        for shard, rows in wanted.items():
            for row, place in _unpack_shard(shard, self.image, rows, folder):
                found[shard, row] = place
                progress("unpack", len(found), n_wanted)
        return [
            _take_file(entry, found[entry.shard, entry.row]) if isinstance(entry, _PackedWork) else entry
            for entry in entries
        ]

    def _read_shard(self, shard: Path) -> Iterator[Work | Skip]:
        part, unknown_parts = _find_part(shard, self.source), set[str]()
        for row, record in enumerate(self._read_records(shard), start=1):
            place = _PackedWork(None, shard=shard, row=row)
            work = describe_work(place, self.columns, record, unknown_parts)
            address = join_cell(record.get(self.columns.get("address", "")))
            yield replace(work, part=work.part or part, address=address)

    def _read_records(self, shard: Path) -> Iterator[Mapping[str, object]]:
        """Yield the columns that are used, classes by their names."""
        with pq.ParquetFile(shard) as file:
            schema = file.schema_arrow
            used = {
                name if name in schema.names else name.partition(".")[0] for name in self.columns.values()
            }
            if not used:
                yield from ({} for _ in range(file.metadata.num_rows))
                return
            classes = _read_classes(schema)
            numbered = {name for name in used if pa.types.is_integer(schema.field(name).type)}
            for batch in file.iter_batches(batch_size=_ROWS_AT_ONCE, columns=sorted(used)):
                for record in batch.to_pylist():
                    values = flatten_record(record)
                    for key in _CLASS_FIELDS:
                        column = self.columns.get(key, "")
                        if column in classes:
                            values[column] = _name_classes(key, values[column], classes[column])
                        elif column in numbered and values[column] is not None:
                            values[column] = f"{key} {values[column]}"
                    yield values


def _find_shards(source: Path) -> tuple[tuple[Path, ...], str, tuple[Skip, ...]]:
    """Return the shards of one kind, their column of pictures, and why other Parquet files are left out."""
    paths = list(_list_parquet(source, _MAX_DEPTH)) if source.is_dir() else [source]
    paths = [path for path in paths if path.suffix.lower() in PARQUET_SUFFIXES]
    shards: list[Path] = []
    names: list[str] = []
    unread: list[SourceError] = []
    for path in paths:
        try:
            schema = pq.read_schema(path)
        except _FAULTS as fault:
            unread.append(_refuse(path, describe_fault(fault)))
            continue
        if _find_images(schema) is None or (shards and schema.names != names):
            unread.append(
                _refuse(path, "the columns " + (", ".join(schema.names) or "(none)"), is_other=True)
            )
            continue
        shards.append(path)
        names, image = schema.names, _find_images(schema)
    if shards and image is not None:
        return tuple(shards), image, tuple(Skip.of_fault(fault.thing, fault) for fault in unread)
    raise next(
        (fault for fault in unread if not isinstance(fault, LayoutError)),
        _refuse(source, f"none among {len(paths)} Parquet files", is_other=True),
    )


def _list_parquet(folder: Path, depth: int) -> Iterator[Path]:
    for below in list_folders(folder) if depth else ():
        yield from _list_parquet(below, depth - 1)
    yield from (path for path in list_files(folder) if path.suffix.lower() in PARQUET_SUFFIXES)


def _find_images(schema: pa.Schema) -> str | None:
    """Return the column of pictures: their bytes alone, or with a path; the usual names go first."""
    records = [column.name for column in schema if _holds_bytes(column.type)]
    plain = [column.name for column in schema if _is_binary(column.type) and _is_image_name(column.name)]
    return next(iter(sorted(records + plain, key=lambda name: not _is_image_name(name))), None)


def _is_image_name(name: str) -> bool:
    return name.lower() in _IMAGE_NAMES


def _is_binary(kind: pa.DataType) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))


def _holds_bytes(kind: pa.DataType) -> bool:
    return bool(pa.types.is_struct(kind)) and any(
        part.name == "bytes" and _is_binary(part.type) for part in kind.fields
    )


def _find_part(shard: Path, source: Path) -> str | None:
    """Return the part that a shard's name or folder names: train-00000-of-00002, test/0000."""
    below = shard.relative_to(source).parts[:-1] if shard != source else ()
    words = (re.split(r"[\W_]", shard.stem)[0], *reversed(below), *([shard.parent.name] if not below else []))
    return next(filter(None, map(read_part, words)), None)


def _read_classes(schema: pa.Schema) -> dict[str, list[str]]:
    """Return the names of the classes of each column that has them, as `datasets` notes them."""
    try:
        features = json.loads((schema.metadata or {})[b"huggingface"])["info"]["features"]
        return {name: names for name, told in features.items() if (names := _find_names(told))}
    except (KeyError, ValueError, TypeError, AttributeError, RecursionError):
        return {}


def _find_names(told: Any) -> list[str] | None:
    """Return the names of a feature, also of one within a list."""
    if isinstance(told, list):
        return _find_names(told[0]) if told else None
    if not isinstance(told, dict):
        return None
    if told.get("_type") == "ClassLabel" and isinstance(told.get("names"), list):
        return [str(name) for name in told["names"]]
    return _find_names(told.get("feature"))


def _name_classes(key: str, value: object, names: Sequence[str]) -> object:
    """Return the name of a class number, or of each in a list; None for -1, which stands for no class."""
    if isinstance(value, list):
        return [name for item in value if (name := _name_classes(key, item, names))]
    if not isinstance(value, int) or not 0 <= value < len(names):
        return None
    name = names[value].replace("_", " ").strip()
    if _UNKNOWN_CLASS.fullmatch(name):
        return None
    is_slug = key == "artist" and name == name.lower()
    return name_from_slug(name.replace(" ", "-")) if is_slug else name


# Pictures of a shard become files, named by their rows, in a folder that is named after the shard.


def _unpack_shard(shard: Path, image: str, rows: set[int], folder: Path) -> Iterator[tuple[int, Path | Skip]]:
    """Yield each row with its file, those that are there first."""
    try:
        target = folder / _name_folder(shard)
        target.mkdir(parents=True, exist_ok=True)
        present = {int(name[:7]): target / name for name in os.listdir(target) if name[:7].isdecimal()}
    except OSError as fault:
        raise SourceError(
            fault.filename or folder,
            expected="a folder to write pictures to",
            found=describe_fault(fault),
            remedy="check its permissions and the room on the disk",
        ) from fault
    yield from ((row, present[row]) for row in sorted(rows & present.keys()))
    missing = rows - present.keys()
    try:
        for row, value in _read_pictures(shard, image, missing):
            missing.discard(row)
            yield row, _write_picture(value, shard, row, target)
    except _FAULTS as fault:
        yield from ((row, _refuse_rest(shard, fault, row)) for row in sorted(missing))


def _name_folder(shard: Path) -> str:
    """Name a folder after a shard; one that was written anew has another."""
    status = shard.stat()
    told = f"{shard.name} {status.st_size} {status.st_mtime_ns}"
    return f"{shard.stem}-{sha256(told.encode(errors='replace')).hexdigest()[:8]}"


def _read_pictures(shard: Path, image: str, rows: set[int]) -> Iterator[tuple[int, Any]]:
    """Yield what is in the column of pictures in some rows; only a few of them are in memory."""
    with pq.ParquetFile(shard, buffer_size=_BUFFER_BYTES, pre_buffer=False) as file:
        row = 1
        for group in range(file.num_row_groups):
            n_rows = file.metadata.row_group(group).num_rows
            if rows.isdisjoint(range(row, row + n_rows)):
                row += n_rows
                continue
            for batch in file.iter_batches(_PICTURES_AT_ONCE, row_groups=[group], columns=[image]):
                for value in batch.column(0):
                    if row in rows:
                        yield row, value.as_py()
                    row += 1


def _write_picture(value: Any, shard: Path, row: int, target: Path) -> Path | Skip:
    """Write a picture; where there is only a path, it is that of a file beside the shard."""
    content, name = (value.get("bytes"), value.get("path")) if isinstance(value, dict) else (value, None)
    if not content:
        beside = shard.parent / str(name or "")
        if name and beside.is_file():
            return beside
        found = f"none at {name}" if name else "none"
        return Skip(f"{shard}:row {row}", f"expected a picture, found {found}")
    stem = re.sub(r"[^\w.-]+", "_", Path(str(name or "")).stem)[:_MAX_STEM]
    path = target / f"{row:07}{'-' if stem else ''}{stem}{_find_suffix(content, str(name or ''))}"
    part = target / ".part"
    part.write_bytes(content)
    part.replace(path)
    return path


def _find_suffix(content: bytes, name: str) -> str:
    if is_picture(name):
        return Path(name).suffix.lower()
    try:
        kind = read_format(io.BytesIO(content), Path(name or "picture"))
    except PictureError:  # reading it will say what it is
        return ".img"
    return _SUFFIXES.get(kind, f".{kind.lower()}")


def _take_file(entry: _PackedWork, place: Path | Skip) -> Work | Skip:
    if isinstance(place, Skip):
        return place
    return Work(place, **{one.name: getattr(entry, one.name) for one in fields(Work) if one.name != "path"})


def _refuse_rest(shard: Path, fault: Exception, row: int | None = None) -> Skip:
    place = f"{shard}:row {row}" if row else str(shard)
    return Skip(place, f"expected a shard that can be read to its end, found {describe_fault(fault)}")


def _refuse(thing: Path, found: str, *, is_other: bool = False) -> SourceError:
    kind = LayoutError if is_other else SourceError
    return kind(
        thing,
        expected="Parquet with a column of pictures, all shards with the same columns",
        found=found,
        remedy="give the folder that holds the shards, or one shard",
    )
