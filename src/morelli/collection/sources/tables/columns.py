"""Which column of a table is which field of a work: by its name, or as the user maps them."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import fields

from rapidfuzz import fuzz, process

from morelli.collection.sources.vocabulary import (
    ADDRESS_NAMES,
    COLUMN_NAMES,
    FOLDER_NAMES,
    ID_NAMES,
    ROLE_NAMES,
    find_picture_address,
    fold_column,
    join_words,
    list_names,
    match_columns,
)
from morelli.collection.work import Work
from morelli.errors import UsageError

_FIELDS = tuple(field.name for field in fields(Work))
"""The fields that can be mapped."""

_N_NEAREST = 3


def find_columns(found: Sequence[str], *, is_given: bool) -> dict[str, str]:
    """Return the column of each field by name; a picture's address goes before a page's."""
    by_name = {name: column for column in reversed(found) for name in list_names(column)}
    by_name |= {column: column for column in found}
    wanted = COLUMN_NAMES | ID_NAMES | {"role": ROLE_NAMES, "folder": FOLDER_NAMES}
    columns = match_columns(found, wanted)
    if len(by_name) > len(found):
        columns = {key: by_name[name] for key, name in match_columns(list(by_name), wanted).items()} | columns
    if is_given and "address" not in columns:
        address = find_picture_address([column for column in found if column != columns.get("path")])
        columns |= {"address": address} if address else match_columns(found, {"address": ADDRESS_NAMES})
    return columns


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
