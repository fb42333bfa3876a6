"""What an export consists of: a row per work with its part, class and file, and what is left out."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from morelli.collection.classes import class_of
from morelli.collection.exports.class_folders import name_folders
from morelli.collection.parts import Split
from morelli.collection.work import Skip
from morelli.errors import SplitError

LABELS = ("artist", "title", "year", "style", "genre", "licence", "source")
"""What is written about each work beside id, part, group and class."""

_FILE = ("path", "format", "size_bytes", "mtime_ns", "content_hash")
_SUFFIXES = {
    "JPEG": "jpg", "MPO": "jpg", "PNG": "png", "GIF": "gif", "WEBP": "webp", "TIFF": "tif", "BMP": "bmp",
    "DIB": "bmp", "JPEG2000": "jp2", "AVIF": "avif", "PPM": "ppm", "TGA": "tga", "PCX": "pcx", "PSD": "psd",
}  # fmt: skip
"""By what a picture is, not by what its file is called: other tools go by the ending."""


@dataclass(frozen=True, eq=False)
class Plan:
    """What is to be written.

    Parameters
    ----------
    rows
        Columns id, part, group, class, label (place of the class in order of name), folder, name (file name),
        `LABELS`, path, format, size_bytes, mtime_ns, content_hash; sorted by part as in `PARTS` and id.
    folders
        The folder of each class, sorted by class.
    skips
        Works of the split that cannot be exported.
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
    """Return what an export of a split consists of.

    Parameters
    ----------
    split
        Which works, and in which part each.
    works
        The table of works, with all its columns.
    by
        "artist", "style" or "genre": what the classes are.

    Raises
    ------
    SplitError
        When the table lacks a column, or no work of the split can be exported.
    """
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
    folders = name_folders(rows["class"].unique().to_list())
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
