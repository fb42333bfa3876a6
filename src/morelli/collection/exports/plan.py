"""What an export consists of: a row per work with its part, class and file, and what is left out."""

from __future__ import annotations

import hashlib
import json
import os
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import polars as pl

from morelli.collection.labels import class_of
from morelli.collection.pictures import open_file
from morelli.collection.splits.split import Split
from morelli.collection.work import Skip
from morelli.errors import PictureError, SplitError, describe_fault
from morelli.files import write_file

LABELS = ("artist", "title", "year", "style", "genre", "licence", "source")
"""What is written about each work beside id, part, group and class."""

_FILE = ("path", "format", "size_bytes", "mtime_ns", "content_hash")
_SUFFIXES = {
    "JPEG": "jpg", "MPO": "jpg", "PNG": "png", "GIF": "gif", "WEBP": "webp", "TIFF": "tif", "BMP": "bmp",
    "DIB": "bmp", "JPEG2000": "jp2", "AVIF": "avif", "PPM": "ppm", "TGA": "tga", "PCX": "pcx", "PSD": "psd",
}  # fmt: skip
"""By what a picture is, not by what its file is called: other tools go by the ending."""

CARD, CLASSES_FILE, SPLIT_FILE = "export.json", "classes.csv", "split.csv"

_MAX_BYTES = 120
"""Longest name in bytes of UTF-8, well below the 255 that file systems allow for one name."""

_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
"""What Windows takes in no name, POSIX's slash among it."""

_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
"""Names of devices on Windows, with any ending."""


@dataclass(frozen=True, eq=False)
class Plan:
    """What is to be written: rows, the folder of each class (sorted by class), and works that are left out.

    `rows` has id, part, group, class, label (place of the class in order of name), folder, name (of the
    file), `LABELS`, path, format, size_bytes, mtime_ns and content_hash; sorted by part and id.
    """

    rows: pl.DataFrame
    folders: Mapping[str, str]
    skips: tuple[Skip, ...]

    @property
    def digest(self) -> str:
        """SHA-256 over id, part, class and content: two plans with one digest lead to the same export."""
        columns = self.rows.select("id", "part", "class", "content_hash")
        return hashlib.sha256(columns.write_csv().encode()).hexdigest()


def plan_export(split: Split, works: pl.DataFrame, *, by: str = "artist") -> Plan:
    """Return what an export of a split consists of, with artists, styles or genres as classes."""
    if missing := {"id", *LABELS, *_FILE} - set(works.columns):
        raise SplitError(
            "works to export",
            expected="the columns of a gallery's works",
            found="none named " + ", ".join(sorted(missing)),
            remedy="take Gallery.works()",
        )
    known = works.select("id", class_of(by), *LABELS, *_FILE)
    joined = split.table.select("id", "part", "group").join(known, on="id", how="left", maintain_order="left")
    is_here = pl.col("path").is_not_null()
    lost = [
        Skip(row, "expected a work of the gallery, found none of this id")
        for row in joined.filter(~is_here)["id"]
    ]
    unclassed = joined.filter(is_here & pl.col("class").is_null())["path"]
    skips = (*lost, *(Skip(path, f"expected a work with a {by}, found none") for path in unclassed))
    rows = joined.filter(is_here & pl.col("class").is_not_null())
    if rows.is_empty():
        raise SplitError(
            f"split {split.name}",
            expected=f"works of the gallery with a {by}",
            found=f"none among {len(joined)}",
            remedy="export by another class, or take the gallery that was divided",
        )
    folders = _name_folders(rows["class"].unique().to_list())
    return Plan(_name_files(rows, folders), folders, skips)


def _name_files(rows: pl.DataFrame, folders: Mapping[str, str]) -> pl.DataFrame:
    suffix = pl.col("format").replace_strict(_SUFFIXES, default=pl.col("format").str.to_lowercase())
    named = rows.with_columns(
        label=pl.col("class").replace_strict(
            {name: place for place, name in enumerate(folders)}, return_dtype=pl.Int64
        ),
        folder=pl.col("class").replace_strict(dict(folders), return_dtype=pl.String),
        name=pl.concat_str("id", pl.lit("."), suffix),
    )
    order = pl.col("part").replace_strict({"train": 0, "val": 1, "test": 2}, return_dtype=pl.Int8)
    return named.sort(order, "id")


@dataclass(frozen=True)
class ExportSummary:
    """What one export has written, left as it was, and left out."""

    folder: Path
    layout: str  # "folders", "hf" or "webdataset"
    parts: Mapping[str, int]  # works that stand in each part now
    written: int  # works of this run
    already: int  # works that an earlier run had written
    classes: int  # how many there are
    renamed: Mapping[str, str]  # folders of classes whose own name no file system is sure to take
    skips: tuple[Skip, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the summary as a JSON object."""
        return asdict(self) | {"folder": str(self.folder)}


# The folder of an export: one export of one split, which a later run goes on with, and nothing else.


def claim_folder(folder: Path, plan: Plan, split: Split, **choices: Any) -> dict[str, Any]:
    """Return the card of an export after writing it with the list of classes and the split.

    The folder is made when it is missing; it must be empty, or hold the same export. The choices are what
    else decides on the files: layout, by, link, shard size.
    """
    card = {"split": split.name, **choices, "sha256": plan.digest}
    with blame_folder(folder):
        folder.mkdir(parents=True, exist_ok=True)
        _refuse_others(folder, card)
        _write_card(folder, {**card, "complete": False})
        classes = pl.DataFrame({"class": list(plan.folders), "folder": list(plan.folders.values())})
        classes.with_row_index("label").write_csv(folder / CLASSES_FILE)
        split.write(folder / SPLIT_FILE)
    return card


def close_folder(folder: Path, card: Mapping[str, Any], summary: ExportSummary) -> None:
    """Write into the card of an export that it is complete, with its counts and skips."""
    told = summary.to_dict()
    facts = {name: told[name] for name in ("parts", "classes", "renamed", "skips")}
    with blame_folder(folder):
        _write_card(folder, {**card, "complete": True, **facts})


@contextmanager
def blame_folder(folder: Path) -> Iterator[None]:
    """Turn what goes wrong while writing into an error that names the folder."""
    try:
        yield
    except OSError as error:
        raise SplitError(
            folder,
            expected="a folder that can be written",
            found=describe_fault(error),
            remedy="choose another with -o, or copies instead of links",
        ) from error


def _refuse_others(folder: Path, card: Mapping[str, Any]) -> None:
    if not any(folder.iterdir()):
        return
    try:
        held = json.loads((folder / CARD).read_text(encoding="utf-8"))
        others = [name for name, value in card.items() if held[name] != value]
    except (OSError, ValueError, KeyError, TypeError):
        found = f"other files and no {CARD} of such an export"
    else:
        if not others:
            return
        found = f"one with another {', '.join(others)}"
    raise SplitError(
        folder,
        expected="an empty folder, or the same export begun earlier",
        found=found,
        remedy="choose another with -o",
    )


def _write_card(folder: Path, card: Mapping[str, Any]) -> None:
    write_file(folder / CARD, json.dumps(card, indent=2, ensure_ascii=False) + "\n")


# The bytes of a work as it was collected, or why they are not to be had.


def read_bytes(row: Mapping[str, Any]) -> bytes | Skip:
    """Return the file of a work, whole and unchanged since it was collected, or a `Skip`."""
    path = Path(row["path"])
    try:
        with open_file(path) as file:
            content = file.read()
    except PictureError as fault:
        return Skip.of_fault(path, fault)
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


# Names of folders for classes: such that every file system takes them, and no two become one.


def _name_folders(classes: Iterable[str]) -> dict[str, str]:
    """Return the folder of each class, sorted by class; its own name wherever that can be.

    No two folders differ in case or composition of accents only: later classes get a number.

    >>> _name_folders(["AC/DC", "ac_dc", "Claude Monet"])
    {'AC/DC': 'AC_DC', 'Claude Monet': 'Claude Monet', 'ac_dc': 'ac_dc (2)'}
    """
    taken: set[str] = set()
    names = {}
    for name in sorted(set(classes)):
        stem = _clean_name(name)
        folder, number = stem, 1
        while (key := _fold(folder)) in taken:
            number += 1
            folder = f"{stem} ({number})"
        taken.add(key)
        names[name] = folder
    return names


def _clean_name(name: str) -> str:
    """Return a name without what a file system refuses; ``_`` stands for it.

    >>> _clean_name("CON"), _clean_name("../etc"), _clean_name("Monet, C. ")
    ('CON_', '_._etc', 'Monet, C')
    """
    text = _FORBIDDEN.sub("_", unicodedata.normalize("NFC", name))
    text = text.encode("utf-8", "replace")[:_MAX_BYTES].decode("utf-8", "ignore").strip(" ")
    text = text.rstrip(". ")
    if text.startswith("."):
        text = "_" + text[1:]  # hidden otherwise
    if _RESERVED.fullmatch(text):
        stem, dot, ending = text.partition(".")
        text = f"{stem}_{dot}{ending}"
    return text or "_"


def _fold(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
