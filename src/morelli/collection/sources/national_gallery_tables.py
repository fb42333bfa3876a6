"""The tables of the National Gallery of Art's open data, joined: one row per object.

`national_gallery` makes works of the rows. Columns are found by name, whatever their order and case; the
museum has added and removed some over the years.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from morelli.collection.sources.git_lfs import refuse_pointer
from morelli.collection.work import LABEL_SEPARATOR
from morelli.errors import SourceError

_log = logging.getLogger(__name__)

Columns = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class TableSpec:
    """A table and the names under which its columns are looked for, best first.

    Parameters
    ----------
    file
        Its file name.
    needed, useful
        Columns without which nothing can be said, and columns that may be missing.
    """

    file: str
    needed: Columns
    useful: Columns


OBJECTS = TableSpec(
    "objects.csv",
    {"objectid": ("objectid", "object_id")},
    {
        "title": ("title",), "beginyear": ("beginyear",), "displaydate": ("displaydate",),
        "medium": ("medium",), "classification": ("classification", "visualbrowserclassification"),
        "attribution": ("attribution",),
    },
)  # fmt: skip
IMAGES = TableSpec(
    "published_images.csv",
    {"objectid": ("depictstmsobjectid", "objectid"), "viewtype": ("viewtype",)},
    {
        "uuid": ("uuid",),
        "iiifurl": ("iiifurl",),
        "iiifthumburl": ("iiifthumburl",),
        "sequence": ("sequence",),
    },
)
CREDITS = TableSpec(
    "objects_constituents.csv",
    {"objectid": ("objectid", "object_id"), "constituentid": ("constituentid",), "roletype": ("roletype",)},
    {
        "displayorder": ("displayorder",), "role": ("role",), "prefix": ("prefix",), "suffix": ("suffix",),
    },
)  # fmt: skip
CONSTITUENTS = TableSpec(
    "constituents.csv",
    {
        "constituentid": ("constituentid",),
        "name": ("forwarddisplayname", "preferreddisplayname"),
    },
    {
        "inverted": ("preferreddisplayname",), "lastname": ("lastname",), "artist_dates": ("displaydate",),
        "kind": ("constituenttype",), "ulan": ("ulanid",), "wikidata": ("wikidataid",),
        "is_artist": ("artistofngaobject",),
    },
)  # fmt: skip
TERMS = TableSpec(
    "objects_terms.csv",
    {"objectid": ("objectid", "object_id"), "termtype": ("termtype",), "term": ("term",)},
    {},
)
ALIASES = TableSpec(
    "constituents_altnames.csv",
    {"constituentid": ("constituentid",), "alias": ("displayname",)},
    {"lastname": ("lastname",), "forward": ("forwarddisplayname",), "kind": ("nametype",)},
)

NEEDED = (OBJECTS, IMAGES, CREDITS, CONSTITUENTS)

_TERM_TYPES = ("style", "school", "theme")
_FAULTS = (pl.exceptions.PolarsError, OSError, ValueError)


def read_records(folder: Path) -> pl.DataFrame:
    """Return one row per row of ``objects.csv``, in its order, with all that the other tables add.

    Returns
    -------
    records
        The columns of `OBJECTS`, and ``row`` (the header is row 1), ``is_repeat`` (the objectid stood
        before), ``uuid`` and ``base`` of the primary view, those of the first artist from `CREDITS` and
        `CONSTITUENTS`, ``n_artists``, and ``style``, ``school`` and ``theme``. All text but for the first
        two and ``n_artists``; null where there is nothing.

    Raises
    ------
    SourceError
        When a table is missing, cannot be read, or lacks a needed column.
    """
    objects = read_table(folder, OBJECTS)
    images, artists = _choose_views(read_table(folder, IMAGES)), _choose_artists(folder)
    for frame, file in ((images, IMAGES.file), (artists, CREDITS.file)):
        _count_orphans(frame, objects, folder / file)
    terms = _gather_terms(folder)
    objects = objects.with_columns(
        is_repeat=pl.col("objectid").is_not_null() & ~pl.col("objectid").is_first_distinct()
    )
    for frame in (images, artists, terms):
        objects = objects.join(frame, on="objectid", how="left", maintain_order="left")
    return objects


def read_table(folder: Path, spec: TableSpec) -> pl.DataFrame:
    """Return the columns of a table that its `TableSpec` names, as trimmed text, and ``row``.

    Raises
    ------
    SourceError
        When it is missing, a Git LFS pointer, no CSV, or lacks a needed column.
    """
    path = folder / spec.file
    refuse_pointer(path)
    try:
        header = pl.scan_csv(path, infer_schema=False).collect_schema().names()
        columns = _match_columns(path, header, spec)
        kept = sorted(set(columns.values()))
        frame = pl.read_csv(path, columns=kept, infer_schema=False, row_index_name="row", row_index_offset=2)
    except _FAULTS as fault:
        raise _describe_fault(path, fault) from fault
    texts = {field: pl.col(column).str.strip_chars() for field, column in columns.items()}
    wanted = {field: texts.get(field, pl.lit(None, pl.String)) for field in (*spec.needed, *spec.useful)}
    return frame.select("row", **{field: text.replace("", None) for field, text in wanted.items()})


def check_columns(folder: Path, spec: TableSpec) -> None:
    """Raise when a table cannot be read or lacks a needed column; only its header is looked at.

    Raises
    ------
    SourceError
        Then, with the columns found.
    """
    path = folder / spec.file
    try:
        _match_columns(path, pl.scan_csv(path, infer_schema=False).collect_schema().names(), spec)
    except _FAULTS as fault:
        raise _describe_fault(path, fault) from fault


def _match_columns(path: Path, header: Sequence[str], spec: TableSpec) -> dict[str, str]:
    by_name = {column.strip().casefold(): column for column in reversed(header)}
    matches = {
        field: next((by_name[name] for name in names if name in by_name), None)
        for field, names in {**spec.needed, **spec.useful}.items()
    }
    missing = [names[0] for field, names in spec.needed.items() if matches[field] is None]
    if missing:
        raise SourceError(
            path,
            expected="the columns " + ", ".join(names[0] for names in spec.needed.values()),
            found=f"no {', '.join(missing)} among the columns {', '.join(header)}",
            remedy="fetch the table again, or give its columns these names",
        )
    return {field: column for field, column in matches.items() if column is not None}


def _choose_views(images: pl.DataFrame) -> pl.DataFrame:
    """Keep the primary view of each object: the first by sequence, where there are several."""
    thumbnail = pl.col("iiifthumburl").str.replace(r"/full/[^/]*/.*$", "")
    views = images.filter(pl.col("viewtype").str.to_lowercase() == "primary").with_columns(
        base=pl.coalesce(pl.col("iiifurl"), thumbnail).str.strip_chars_end("/"),
        order=pl.col("sequence").cast(pl.Float64, strict=False),
    )
    views = views.drop_nulls(["objectid", "base"]).sort("order", "row", nulls_last=True)
    return views.unique("objectid", keep="first", maintain_order=True).select("objectid", "uuid", "base")


def _choose_artists(folder: Path) -> pl.DataFrame:
    """Keep the artist of each object whom the museum shows first, with what is known of that person."""
    credits = read_table(folder, CREDITS).filter(pl.col("roletype").str.to_lowercase() == "artist")
    constituents = read_table(folder, CONSTITUENTS).drop_nulls("constituentid")
    constituents = constituents.unique("constituentid", keep="first", maintain_order=True).drop("row")
    n_unknown = len(credits.join(constituents, on="constituentid", how="anti"))
    if n_unknown:
        path = folder / CREDITS.file
        _log.warning("%s: %d artists whom %s lacks are not known", path, n_unknown, CONSTITUENTS.file)
    credits = credits.drop_nulls("objectid").with_columns(
        order=pl.col("displayorder").cast(pl.Float64, strict=False), n_artists=pl.len().over("objectid")
    )
    first = credits.sort("order", "row", nulls_last=True).unique(
        "objectid", keep="first", maintain_order=True
    )
    first = first.join(constituents, on="constituentid", how="left", maintain_order="left")
    return first.drop("row", "order", "displayorder", "roletype")


def _gather_terms(folder: Path) -> pl.DataFrame:
    """Join the terms of each object by their type: each once, in the order of the table."""
    if not (folder / TERMS.file).is_file():
        _log.warning("%s is missing: styles, schools and themes are not known", folder / TERMS.file)
        return pl.DataFrame(schema=dict.fromkeys(("objectid", *_TERM_TYPES), pl.String))
    terms = read_table(folder, TERMS).drop_nulls(["objectid", "termtype", "term"])
    terms = terms.with_columns(pl.col("term").str.replace_all(LABEL_SEPARATOR, "/", literal=True))
    kind = pl.col("termtype").str.to_lowercase()
    joined = [
        pl.col("term").filter(kind == name).unique(maintain_order=True).str.join(LABEL_SEPARATOR).alias(name)
        for name in _TERM_TYPES
    ]
    return terms.group_by("objectid", maintain_order=True).agg(joined)


def _count_orphans(frame: pl.DataFrame, objects: pl.DataFrame, path: Path) -> None:
    n_orphans = len(frame.join(objects, on="objectid", how="anti"))
    if n_orphans:
        _log.warning("%s: %d objects that %s lacks are left out", path, n_orphans, OBJECTS.file)


def _describe_fault(path: Path, fault: Exception) -> SourceError:
    return SourceError(
        path,
        expected="a table in CSV (UTF-8, separated by commas)",
        found=str(fault).splitlines()[0] if str(fault) else type(fault).__name__,
        remedy="fetch the file again",
    )
