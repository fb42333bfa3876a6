"""The open data of the National Gallery of Art, Washington: tables that name artists, terms and images.

``objects.csv``, ``published_images.csv``, ``constituents.csv``, ``objects_constituents.csv`` and
``objects_terms.csv``, as the museum publishes them. The pictures are fetched from its image service, or lie
in a folder ``images``.
"""

from __future__ import annotations

import logging
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar

import polars as pl

from morelli.collection.names.dates import choose_dates
from morelli.collection.names.people import Person, read_person
from morelli.collection.names.text import fold_name
from morelli.collection.sources.fields import join_ids, read_cell, read_credit
from morelli.collection.sources.folders import is_pointer, refuse_pointer, walk_pictures
from morelli.collection.sources.layout import DirectAddresses
from morelli.collection.sources.readers import require_columns
from morelli.collection.work import LABEL_SEPARATOR, Skip, Work
from morelli.errors import LayoutError, SourceError

_log = logging.getLogger(__name__)

_SOURCE = "National Gallery of Art"

_NO_PRIMARY_IMAGE = "expected a published primary image, found none"
"""The reason of every `Skip` for an object that the museum shows no primary view of."""

_SIZE = "!600,600"
"""What is asked of the image service: the whole picture within 600 x 600 pixels."""

_TABLES_BELOW = "data"
"""The folder of the museum's repository in which the tables lie."""

_PICTURES_BELOW = "images"

_PERIOD = re.compile(r"\d(st|nd|rd|th)\b.*\bcentury\b", re.IGNORECASE)
"""Names such as "Italian 17th/18th century" name nobody, whatever type the museum gives them."""

_OTHER_PEOPLE = frozenset({"member of", "spouse"})
"""Types of names, in lower case, that belong to a group or another person rather than to the artist."""

_Record = Mapping[str, Any]
_Columns = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class _TableSpec:
    """A table, its needed and its useful columns, with the names they are looked for by, best first."""

    file: str
    needed: _Columns
    useful: _Columns


_OBJECTS = _TableSpec(
    "objects.csv",
    {"objectid": ("objectid", "object_id")},
    {
        "title": ("title",), "beginyear": ("beginyear",), "endyear": ("endyear",),
        "displaydate": ("displaydate",),
        "medium": ("medium",), "classification": ("classification", "visualbrowserclassification"),
        "attribution": ("attribution",),
    },
)  # fmt: skip
_IMAGES = _TableSpec(
    "published_images.csv",
    {"objectid": ("depictstmsobjectid", "objectid"), "viewtype": ("viewtype",)},
    {
        "uuid": ("uuid",), "iiifurl": ("iiifurl",), "iiifthumburl": ("iiifthumburl",),
        "sequence": ("sequence",),
    },
)  # fmt: skip
_CREDITS = _TableSpec(
    "objects_constituents.csv",
    {"objectid": ("objectid", "object_id"), "constituentid": ("constituentid",), "roletype": ("roletype",)},
    {"displayorder": ("displayorder",), "role": ("role",), "prefix": ("prefix",), "suffix": ("suffix",)},
)
_CONSTITUENTS = _TableSpec(
    "constituents.csv",
    {"constituentid": ("constituentid",), "name": ("forwarddisplayname", "preferreddisplayname")},
    {
        "inverted": ("preferreddisplayname",), "forward": ("forwarddisplayname",), "lastname": ("lastname",),
        "artist_dates": ("displaydate",),
        "kind": ("constituenttype",), "ulan": ("ulanid",), "wikidata": ("wikidataid",),
        "is_artist": ("artistofngaobject",),
    },
)  # fmt: skip
_TERMS = _TableSpec(
    "objects_terms.csv",
    {"objectid": ("objectid", "object_id"), "termtype": ("termtype",), "term": ("term",)},
    {},
)
_ALIASES = _TableSpec(
    "constituents_altnames.csv",
    {"constituentid": ("constituentid",), "alias": ("displayname",)},
    {"lastname": ("lastname",), "forward": ("forwarddisplayname",), "kind": ("nametype",)},
)

_NEEDED = (_OBJECTS, _IMAGES, _CREDITS, _CONSTITUENTS)
_TERM_TYPES = ("style", "school", "theme")
_FAULTS = (pl.exceptions.PolarsError, OSError, ValueError)


@dataclass(frozen=True)
class NationalGallery(DirectAddresses):
    """A source of the tables that the National Gallery of Art publishes; `source` is their folder."""

    name: ClassVar[str] = "national-gallery"

    source: Path
    reason: str
    pictures: Path | None = None  # a folder of pictures named after objectid or uuid

    @classmethod
    def fit(cls, source: Path, *, is_forced: bool) -> NationalGallery:
        """Fit a folder with the four needed tables, or with them in its folder ``data``.

        Git LFS pointers pass; reading tells what to do about them.
        """
        tables = _find_tables(source)
        for spec in _NEEDED:
            if not is_pointer(tables / spec.file):
                _check_columns(tables, spec)
        above = tables.parent if tables.name == _TABLES_BELOW else tables
        folders = (folder / _PICTURES_BELOW for folder in (source, tables, above))
        pictures = next((folder for folder in folders if folder.is_dir()), None)
        files = ", ".join(spec.file for spec in _NEEDED)
        return cls(tables, f"it holds {files} with the columns of the museum's open data", pictures)

    def read(self) -> Iterator[Work | Skip]:
        """Yield the works in the order of ``objects.csv``, and a `Skip` for each object without an image.

        Last comes a `Skip` for each file in the folder of pictures that belongs to no object.
        """
        records = _read_records(self.source)
        files, skips = _list_pictures(self.pictures)
        n_left_out = 0
        for record in records.iter_rows(named=True):
            entry = self._read_record(record, files)
            if isinstance(entry, Work):
                n_left_out += max(0, (record["n_artists"] or 0) - 1)
            if entry is not None:
                yield entry
        yield from skips
        yield from (
            Skip(str(path), "expected a picture of an object, found another name") for path in files.values()
        )
        if n_left_out:
            _log.info("%s: %d further artists of works by several left out", self.source, n_left_out)

    def _read_record(self, record: _Record, files: dict[str, Path]) -> Work | Skip | None:
        place = f"{self.source / _OBJECTS.file}:row {record['row']}"
        number = record["objectid"]
        if number is None:
            is_blank = all(record[field] is None for field in _OBJECTS.useful)
            return None if is_blank else Skip(place, "expected an objectid, found none")
        if record["is_repeat"]:
            return Skip(place, f"expected each objectid once, found {number} again")
        names = (number, record["uuid"])
        path = next((files.pop(name) for name in names if name and name.casefold() in files), None)
        if path is None and record["base"] is None:
            return Skip(place, _NO_PRIMARY_IMAGE)
        return _build_work(record, path)


def _find_tables(source: Path) -> Path:
    """Return the folder with the museum's tables: the source or its folder ``data``."""
    folders = (source, source / _TABLES_BELOW)
    missing = {
        folder: [spec.file for spec in _NEEDED if not (folder / spec.file).is_file()] for folder in folders
    }
    complete = next((folder for folder, names in missing.items() if not names), None)
    if complete is not None:
        return complete
    nearest = min(missing.values(), key=len)
    raise LayoutError(
        source,
        expected="the tables " + ", ".join(spec.file for spec in _NEEDED),
        found="no " + ", ".join(nearest),
        remedy="give the folder that holds the museum's tables",
    )


def _list_pictures(folder: Path | None) -> tuple[dict[str, Path], list[Skip]]:
    files: dict[str, Path] = {}
    skips = []
    for found in walk_pictures(folder) if folder else ():
        if isinstance(found, Skip):
            skips.append(found)
        elif files.setdefault(found.stem.casefold(), found) is not found:
            skips.append(Skip(str(found), "expected one picture of an object, found a second of that name"))
    return files, skips


def _build_work(record: _Record, path: Path | None) -> Work:
    person = _read_artist(record)
    return Work(
        path,
        artist=person.name,
        qualifier=person.qualifier,
        title=read_cell(record["title"]),
        **asdict(choose_dates(record["beginyear"], record["endyear"], read_cell(record["displaydate"]))),
        style=read_cell(record["style"]),
        school=read_cell(record["school"]),
        theme=read_cell(record["theme"]),
        medium=read_cell(record["medium"]),
        classification=read_cell(record["classification"]),
        artist_ids=join_ids({"ulan": record["ulan"], "wikidata": record["wikidata"]})
        if person.name
        else None,
        artist_dates=person.dates if person.name else None,
        address=f"{record['base']}/full/{_SIZE}/0/default.jpg" if record["base"] else None,
        source=_SOURCE,
        source_id=read_cell(record["objectid"]),
    )


def _read_artist(record: _Record) -> Person:
    person = read_credit(
        record["name"],
        prefix=record["prefix"],
        suffix=record["suffix"],
        is_forward=record["forward"] is not None,
    )
    qualifier = person.qualifier
    if record["prefix"] is None and record["suffix"] is None:
        qualifier = (
            qualifier or _read_role(record["role"]) or _read_attribution(record["attribution"], person)
        )
    is_anonymous = (record["kind"] or "").casefold() == "anonymous" or _PERIOD.search(record["name"] or "")
    dates = read_cell(record["artist_dates"]) or person.dates
    return Person(None if is_anonymous else person.name, qualifier, dates)


def _read_role(role: str | None) -> str | None:
    """Read what the role "artist after" adds to being an artist."""
    words = (role or "").casefold().removeprefix("artist").strip()
    return read_person(None, prefix=words).qualifier if words else None


def _read_attribution(attribution: str | None, artist: Person) -> str | None:
    """Read the qualifier of an attribution, unless that is about somebody else."""
    stated = read_person(attribution)
    words, known = (set(fold_name(name or "").split()) for name in (stated.name, artist.name))
    return stated.qualifier if words <= known else None


# The museum's tables, joined: one row per object.


def _read_records(folder: Path) -> pl.DataFrame:
    """Return one row per row of ``objects.csv``, in its order, with all that the other tables add.

    The columns of `_OBJECTS`; ``row`` (the header is row 1) and ``is_repeat`` (the objectid stood before);
    ``uuid`` and ``base`` of the primary view; those of the first artist, and ``n_artists``; ``style``,
    ``school``, ``theme``. All are text but ``row``, ``is_repeat`` and ``n_artists``; null: not known.
    """
    objects = _read_table(folder, _OBJECTS)
    images, artists = _choose_views(_read_table(folder, _IMAGES)), _choose_artists(folder)
    for frame, file in ((images, _IMAGES.file), (artists, _CREDITS.file)):
        _count_orphans(frame, objects, folder / file)
    terms = _gather_terms(folder)
    objects = objects.with_columns(
        is_repeat=pl.col("objectid").is_not_null() & ~pl.col("objectid").is_first_distinct()
    )
    for frame in (images, artists, terms):
        objects = objects.join(frame, on="objectid", how="left", maintain_order="left")
    return objects


def _read_table(folder: Path, spec: _TableSpec) -> pl.DataFrame:
    """Return the columns of a table that its spec names, as trimmed text, and ``row``."""
    path = folder / spec.file
    refuse_pointer(path)
    try:
        columns = _check_columns(folder, spec)
        kept = sorted(set(columns.values()))
        frame = pl.read_csv(path, columns=kept, infer_schema=False, row_index_name="row", row_index_offset=2)
    except _FAULTS as fault:
        raise _describe_fault(path, fault) from fault
    texts = {field: pl.col(column).str.strip_chars() for field, column in columns.items()}
    wanted = {field: texts.get(field, pl.lit(None, pl.String)) for field in (*spec.needed, *spec.useful)}
    return frame.select("row", **{field: text.replace("", None) for field, text in wanted.items()})


def _check_columns(folder: Path, spec: _TableSpec) -> dict[str, str]:
    """Return a table's own name of each column, having read no more than its header."""
    path = folder / spec.file
    try:
        found = pl.scan_csv(path, infer_schema=False).collect_schema().names()
    except _FAULTS as fault:
        raise _describe_fault(path, fault) from fault
    return require_columns(path, {**spec.needed, **spec.useful}, spec.needed, found=found)


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
    credits = _read_table(folder, _CREDITS).filter(pl.col("roletype").str.to_lowercase() == "artist")
    constituents = _read_table(folder, _CONSTITUENTS).drop_nulls("constituentid")
    constituents = constituents.unique("constituentid", keep="first", maintain_order=True).drop("row")
    n_unknown = len(credits.join(constituents, on="constituentid", how="anti"))
    if n_unknown:
        path = folder / _CREDITS.file
        _log.warning("%s: %d artists whom %s lacks are not known", path, n_unknown, _CONSTITUENTS.file)
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
    if not (folder / _TERMS.file).is_file():
        _log.warning("%s is missing: styles, schools and themes are not known", folder / _TERMS.file)
        return pl.DataFrame(schema=dict.fromkeys(("objectid", *_TERM_TYPES), pl.String))
    terms = _read_table(folder, _TERMS).drop_nulls(["objectid", "termtype", "term"])
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
        _log.warning("%s: %d objects that %s lacks are left out", path, n_orphans, _OBJECTS.file)


def _describe_fault(path: Path, fault: Exception) -> SourceError:
    return SourceError(
        path,
        expected="a table in CSV (UTF-8, separated by commas)",
        found=str(fault).splitlines()[0] if str(fault) else type(fault).__name__,
        remedy="fetch the file again",
    )


# The other names by which the museum knows its artists.


def read_aliases(folder: str | Path) -> dict[str, str]:
    """Return the preferred name of each other name of an artist, sorted by the other name.

    The folder holds ``constituents.csv`` and ``constituents_altnames.csv``, or is the one above ``data``.
    Names come surname first, as the museum writes them, and as they are spoken, where its table tells the
    surname. Anonymous artists have none. A name of two artists, or the preferred name of another, is left out
    with a logged count.
    """
    folder = Path(folder)
    folder = next(
        (place for place in (folder, folder / _TABLES_BELOW) if (place / _ALIASES.file).is_file()), folder
    )
    aliases, constituents = _read_table(folder, _ALIASES), _read_artists(folder)
    kind = pl.col("kind").fill_null("").str.to_lowercase()
    aliases = aliases.filter(~kind.is_in(_OTHER_PEOPLE)).select(
        "constituentid", "alias", "lastname", "forward"
    )
    preferred = constituents.select("constituentid", "lastname", alias="inverted", forward="name")
    rows = pl.concat([preferred, aliases.select(preferred.columns)])
    rows = rows.join(constituents.select("constituentid", "name"), on="constituentid", maintain_order="left")
    return _keep_certain(rows.iter_rows(named=True))


def _read_artists(folder: Path) -> pl.DataFrame:
    constituents = _read_table(folder, _CONSTITUENTS).drop_nulls(["constituentid", "name"])
    is_named = pl.col("kind").fill_null("").str.to_lowercase() != "anonymous"
    artists = constituents.filter(is_named & (pl.col("is_artist").fill_null("1") != "0"))
    return artists.unique("constituentid", keep="first", maintain_order=True)


def _keep_certain(rows: Iterator[Mapping[str, Any]]) -> dict[str, str]:
    meant: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows:
        preferred = read_cell(row["name"])
        for alias in _list_spellings(row):
            if preferred is not None:
                meant[alias].add(preferred)
    n_unsure = sum(len(names) > 1 for names in meant.values())
    if n_unsure:
        _log.info("%d names that mean several artists left out", n_unsure)
    certain = {alias: next(iter(names)) for alias, names in sorted(meant.items()) if len(names) == 1}
    return {alias: name for alias, name in certain.items() if alias != name}


def _list_spellings(row: Mapping[str, Any]) -> Iterator[str]:
    inverted, surname, forward = (read_cell(row[field]) for field in ("alias", "lastname", "forward"))
    if forward is not None:
        yield forward
    if inverted is None:
        return
    yield inverted
    before, comma, behind = inverted.partition(", ")
    # A second comma begins a title or a generation, whose place only the museum knows.
    if comma and before == surname and "," not in behind:
        yield f"{behind} {before}"
