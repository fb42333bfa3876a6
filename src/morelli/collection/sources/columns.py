"""Which column of a user's table is which field of a work: by name, or as the user maps them.

`table` asks here; `parse_map` reads what the command line takes.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import fields

from rapidfuzz import process

from morelli.collection.work import Work
from morelli.errors import UsageError

COLUMN_NAMES: dict[str, tuple[str, ...]] = {
    "path": (
        "path", "file", "filename", "file_name", "file_path", "filepath", "image", "image_path", "imagepath",
        "image_file", "image_filename", "picture", "picture_path", "img", "img_path", "new_filename",
    ),
    "artist": ("artist", "artist_name", "painter", "creator", "author", "maker", "artist_display_name"),
    "title": ("title", "work_title", "artwork_title", "object_title"),
    "year": ("year", "date", "year_created", "creation_year", "object_date", "display_date", "displaydate"),
    "style": ("style", "styles", "movement", "art_style"),
    "genre": ("genre", "genres", "subject"),
    "qualifier": ("qualifier", "attribution_qualifier", "artist_prefix", "artist_qualifier"),
    "licence": ("licence", "license", "rights", "rights_and_reproduction"),
    "school": ("school", "schools", "art_school"),
    "theme": ("theme", "themes", "tags", "keywords"),
    "medium": ("medium", "media", "technique", "materials"),
    "classification": ("classification", "object_type", "work_type"),
    "artist_ids": ("artist_ids",),
    "artist_dates": ("artist_dates", "artist_life_dates", "life_dates", "artist_years"),
    "address": ("image_url", "image_address", "picture_url", "img_url", "primary_image", "thumbnail_url"),
    "source": ("source", "museum", "institution", "repository"),
    "source_id": ("source_id", "object_id", "objectid", "accession_number", "inventory_number"),
    "part": ("part", "split", "subset", "partition"),
}  # fmt: skip
"""The names under which each field is looked for, best first; case, spaces and hyphens do not matter."""

ADDRESS_NAMES = ("address", "url", "link")
"""Further names of addresses. They may also lead to pages, so they count only in a table that was given
itself, and not in one that merely lies in a folder."""

ID_NAMES = {
    "ulan": ("ulan", "ulan_id", "ulanid", "artist_ulan_url", "artist_ulan"),
    "wikidata": ("wikidata", "wikidata_id", "wikidataid", "artist_wikidata_url", "artist_wikidata"),
}
"""Names of columns that hold one kind of artist's number each; together they fill `artist_ids`."""

FIELDS = tuple(field.name for field in fields(Work))
"""The fields that can be mapped."""

_N_NEAREST = 3


def match_columns(found: Sequence[str], *, is_given: bool) -> dict[str, str]:
    """Return the table's own column name of each field it has, and of "ulan" and "wikidata".

    Parameters
    ----------
    found
        The table's columns.
    is_given
        Whether the user named this very table: then `ADDRESS_NAMES` count too.
    """
    by_name = {_fold(column): column for column in reversed(found)}
    wanted = COLUMN_NAMES | ID_NAMES
    if is_given:
        wanted = wanted | {"address": COLUMN_NAMES["address"] + ADDRESS_NAMES}
    matches = {
        key: next((by_name[name] for name in names if name in by_name), None) for key, names in wanted.items()
    }
    return {key: column for key, column in matches.items() if column is not None}


def map_columns(found: Sequence[str], wanted: Mapping[str, str]) -> dict[str, str]:
    """Return the table's own column name of each field that the user maps.

    Parameters
    ----------
    found
        The table's columns.
    wanted
        A column for each field; case, spaces and hyphens do not matter where no column has the very name.

    Raises
    ------
    UsageError
        When there is no such field or column, with the nearest ones.
    """
    by_name = {_fold(column): column for column in reversed(found)}
    mapped = {}
    for key, column in wanted.items():
        check_field(key)
        place = column if column in found else by_name.get(_fold(column))
        if place is None:
            raise UsageError(
                f"--map {key}={column}",
                expected="one of the columns " + (", ".join(found) or "(none)"),
                found=f"no column {column!r}",
                remedy=_suggest(column, found),
            )
        mapped[key] = place
    return mapped


def parse_map(text: str) -> dict[str, str]:
    """Return the column of each field in a text such as "artist=Painter,title=Titel".

    A column with a comma is written in double quotes: ``"artist=Name, first",title=Titel``.

    Raises
    ------
    UsageError
        When a part has no equals sign, names no field, or a field comes twice.

    Examples
    --------
    >>> parse_map("artist=Painter, title=Titel")
    {'artist': 'Painter', 'title': 'Titel'}
    """
    try:
        parts = next(csv.reader([text], skipinitialspace=True, strict=True), [])
    except csv.Error as fault:
        raise _refuse_map(text, str(fault)) from fault
    mapping: dict[str, str] = {}
    for part in parts:
        key, sign, column = (piece.strip() for piece in part.partition("="))
        if not (sign and key and column):
            raise _refuse_map(text, repr(part))
        check_field(key)
        if mapping.setdefault(key, column) != column:
            raise _refuse_map(text, f"{key} twice")
    if not mapping:
        raise _refuse_map(text, "nothing")
    return mapping


def check_field(key: str) -> None:
    """Raise when there is no field of a name.

    Raises
    ------
    UsageError
        When there is none, with the nearest ones.
    """
    if key not in FIELDS:
        raise UsageError(
            f"--map {key}",
            expected="one of the fields " + ", ".join(FIELDS),
            found=repr(key),
            remedy=_suggest(key, FIELDS),
        )


def _suggest(text: str, choices: Sequence[str]) -> str:
    named = [choice for choice in choices if choice.strip()]
    nearest = [choice for choice, *_ in process.extract(text, named, processor=_fold, limit=_N_NEAREST)]
    return "name one of these; nearest are " + ", ".join(nearest) if nearest else "give another table"


def _refuse_map(text: str, found: str) -> UsageError:
    return UsageError(
        f"--map {text}",
        expected="FIELD=COLUMN, several parted by commas, each field once",
        found=found,
        remedy="write for example --map artist=Painter,title=Titel",
    )


def _fold(column: str) -> str:
    return re.sub(r"[^\w]+|_+", "_", column.casefold()).strip("_")
