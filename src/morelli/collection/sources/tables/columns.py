"""Which column of a table is which field of a work: by its name, or as the user maps them."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields

from rapidfuzz import fuzz, process

from morelli.collection.sources.matching import (
    fold_column,
    is_qualifying,
    join_words,
    list_names,
    match_columns,
    rank_picture_addresses,
    read_words,
    strip_owner,
)
from morelli.collection.sources.vocabulary import (
    ADDRESS_NAMES,
    COLUMN_NAMES,
    FOLDER_NAMES,
    ID_NAMES,
    LIFE_NAMES,
    LONG_TITLE_NAMES,
    PEOPLE_NUMBERS,
    ROLE_NAMES,
)
from morelli.collection.work import Work
from morelli.errors import UsageError

_FIELDS = tuple(field.name for field in fields(Work))
"""The fields that can be mapped."""

_N_NEAREST = 3
_BESIDE = frozenset({"born", "died", "biography", "artist_dates"})
_ENDS = (("from", "to"), ("start", "end"), ("begin", "end"), ("Begin", "End"), ("earliest", "latest"))
"""How the names of the two columns of a range differ."""
_LIVES = frozenset(join_words(name) for names in LIFE_NAMES.values() for name in names)
_WANTED: dict[str, Sequence[str]] = {
    **COLUMN_NAMES,
    **ID_NAMES,
    "role": ROLE_NAMES,
    "folder": FOLDER_NAMES,
    **LIFE_NAMES,
    "artist_numbers": PEOPLE_NUMBERS,
    "long_title": LONG_TITLE_NAMES,
}


def find_columns(found: Sequence[str], *, is_given: bool) -> dict[str, str]:
    """Return the column of each field by name.

    In a table that is given itself, a column whose words name a field that no other has is it, too; a
    picture's address goes before a page's.
    """
    by_name = {name: column for column in reversed(found) for name in list_names(column)}
    by_name |= {column: column for column in found}
    columns = match_columns(found, _WANTED)
    if len(by_name) > len(found):
        columns = {
            key: by_name[name] for key, name in match_columns(list(by_name), _WANTED).items()
        } | columns
    columns = _prefer_labels(found, columns)
    if is_given:
        used = set(columns.values())
        free = ((read_words(column), column) for column in reversed(found) if column not in used)
        columns = {field: column for field, column in free if field} | columns
        pictures = rank_picture_addresses([column for column in found if column != columns.get("path")])
        pages = match_columns(found, {"address": ADDRESS_NAMES})
        columns = ({"address": pictures[0]} if pictures else pages) | columns
    return _find_dates(found, by_name, columns) | _find_makers(found, columns)


def _find_dates(found: Sequence[str], by_name: Mapping[str, str], columns: dict[str, str]) -> dict[str, str]:
    """Add the other column of dates, and the ends of a range where they are a pair."""
    joined = {join_words(name): column for name, column in by_name.items()}
    named = (joined.get(join_words(name)) for name in COLUMN_NAMES["year"])
    others = (column for column in named if column and column not in columns.values())
    if "year" in columns and (other := next(others, None)):
        columns["other_date"] = other
    year = columns.get("year", "")
    pairs = ((year, re.sub(begin, end, year)) for begin, end in _ENDS if begin in year)
    if pair := next((pair for pair in pairs if pair[1] in found), None):
        columns = dict(zip(("year_from", "year_to"), pair, strict=True)) | columns
    if "begindate" in joined and "year_from" not in columns:  # beside it, "EndDate" is that of a life
        columns.pop("year_to", None)
    return columns


def _prefer_labels(found: Sequence[str], columns: Mapping[str, str]) -> dict[str, str]:
    """Put the column "creatorLabel" in the place of "creator", which then holds an address."""
    labels = {join_words(column.removesuffix(".value")): column for column in found}
    preferred = {
        key: label
        for key, column in columns.items()
        if (label := labels.get(join_words(column.removesuffix(".value")) + "label")) is not None
    }
    by_address = {"wikidata": columns["artist"]} if "artist" in preferred else {}
    return by_address | dict(columns) | preferred


def _find_makers(found: Sequence[str], columns: Mapping[str, str]) -> dict[str, str]:
    """Return the column of artists again: objects before their parts, and those with a role before others."""
    if "artist" not in columns:
        return {}
    known = {join_words(name): rank for rank, name in enumerate(COLUMN_NAMES["artist"])}
    named = {
        column: min(known.get(join_words(name), len(known)) for name in (column, *list_names(column)))
        for column in found
    }
    candidates = sorted((column for column in found if named[column] < len(known)), key=named.__getitem__)
    parents = [_find_parent(column, found) for column in (columns["artist"], *candidates)]
    if "qualifier" in columns:
        return {"artist": parents[0]}
    qualified = next((column for column in parents if _has_part(found, column, is_qualifying)), None)
    if qualified is None and _BESIDE.isdisjoint(columns):
        qualified = next((column for column in parents if _has_part(found, column, _tells_of_person)), None)
    return {"artist": qualified or parents[0]}


def _find_parent(column: str, found: Sequence[str]) -> str:
    """Return the objects that a column is a part of, where they are a list or say more of a person."""
    parent = column.rpartition(".")[0]
    says_more = bool(parent) and _has_part(found, parent, _tells_of_person)
    return parent if parent in found or says_more else column


def _tells_of_person(part: str) -> bool:
    folded = join_words(part)
    return is_qualifying(part) or not {folded, strip_owner(folded)}.isdisjoint(_LIVES)


def _has_part(found: Sequence[str], column: str, tells: Callable[[str], bool]) -> bool:
    """Tell whether one of the parts of a column of objects says something."""
    return any(part.startswith(f"{column}.") and tells(part.removeprefix(f"{column}.")) for part in found)


def map_columns(found: Sequence[str], wanted: Mapping[str, str]) -> dict[str, str]:
    """Return the table's own name of each column that the user maps to a field."""
    by_name = {fold_column(column): column for column in reversed(found)}
    mapped = {}
    for key, column in wanted.items():
        _check_field(key)
        place = column if column in found else by_name.get(fold_column(column))
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
        _check_field(key)
        if mapping.setdefault(key, column) != column:
            raise _refuse_map(text, f"{key} twice")
    if not mapping:
        raise _refuse_map(text, "nothing")
    return mapping


def _check_field(key: str) -> None:
    if key not in _FIELDS:
        raise UsageError(
            f"--map {key}",
            expected="one of the fields " + ", ".join(_FIELDS),
            found=repr(key),
            remedy=_suggest(key, _FIELDS),
        )


def _suggest(text: str, choices: Sequence[str]) -> str:
    named = [choice for choice in choices if choice.strip()]
    nearest = [choice for choice, *_ in process.extract(text, named, processor=fold_column, limit=_N_NEAREST)]
    return "name one of these; nearest are " + ", ".join(nearest) if nearest else "give another table"


def _refuse_map(text: str, found: str) -> UsageError:
    return UsageError(
        f"--map {text}",
        expected="FIELD=COLUMN, several parted by commas, each field once",
        found=found,
        remedy="write for example --map artist=Painter,title=Titel",
    )


def suggest_artist(unused: Sequence[str]) -> list[str]:
    """Return the columns whose names are nearest to one of an artist."""
    ranked = {
        column: max(fuzz.ratio(join_words(column), join_words(name)) for name in COLUMN_NAMES["artist"])
        for column in unused
    }
    return sorted(ranked, key=lambda column: -ranked[column])[:_N_NEAREST]
