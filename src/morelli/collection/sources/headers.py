"""Columns of a table by any of the names they go under, and what one cell of them says.

The sources that read other people's tables ask here, never by position, and fail with the columns found.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from morelli.collection.names import mend_text
from morelli.collection.sources.rows import read_columns
from morelli.collection.work import LABEL_SEPARATOR
from morelli.errors import LayoutError

_MISSING = frozenset({"", "-", "na", "n/a", "nan", "nat", "none", "null"})
_LIST_FAULTS = (ValueError, SyntaxError, TypeError, MemoryError, RecursionError)
_LIST_SIGNS = re.compile(r"^[\[(]|[\])]$")


def match_columns(found: Sequence[str], wanted: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return the table's own name of each wanted column that it has.

    Parameters
    ----------
    found
        The columns of the table.
    wanted
        For each field the names it goes under, best first; case, spaces and hyphens do not matter.

    Examples
    --------
    >>> match_columns(["New Filename", "x"], {"file": ("filename", "new_filename"), "year": ("date",)})
    {'file': 'New Filename'}
    """
    by_name = {fold_column(column): column for column in reversed(found)}
    matches = {
        key: next((by_name[name] for name in names if name in by_name), None) for key, names in wanted.items()
    }
    return {key: column for key, column in matches.items() if column is not None}


def require_columns(
    table: Path, wanted: Mapping[str, Sequence[str]], needed: Iterable[str]
) -> dict[str, str]:
    """Return what `match_columns` finds in a table, with everything that is needed.

    Raises
    ------
    LayoutError
        When a needed column is missing; the message lists those that are there.
    SourceError
        When the table cannot be read.
    """
    found = read_columns(table)
    columns = match_columns(found, wanted)
    missing = [" or ".join(repr(name) for name in wanted[key]) for key in needed if key not in columns]
    if missing:
        raise LayoutError(
            table,
            expected="a column named " + " and one named ".join(missing),
            found="the columns " + (", ".join(found) or "(none)"),
            remedy="rename the columns, or give another table",
        )
    return columns


def fold_column(name: str) -> str:
    """Return a column's name for comparing.

    Examples
    --------
    >>> fold_column("New-Filename ")
    'new_filename'
    """
    return re.sub(r"[^a-z0-9]+", "_", name.casefold()).strip("_")


def read_cell(value: object) -> str | None:
    """Return a cell as mended text, or None where nothing is known.

    Examples
    --------
    >>> read_cell("  Albrecht  DÃ¼rer "), read_cell("nan"), read_cell(None), read_cell(1890.0)
    ('Albrecht Dürer', None, None, '1890.0')
    """
    text = "" if value is None else str(value)
    text = " ".join((text if text.isascii() else mend_text(text)).split())
    return None if text.casefold() in _MISSING else text


def split_cell(value: object, separator: str = LABEL_SEPARATOR) -> str | None:
    """Return the labels of a cell joined by ``|``, or None where there are none.

    A Python list as text, even one that was cut off, and a real list are taken apart; so is other text at the
    separator.

    Examples
    --------
    >>> split_cell("['Impressionism', 'Post_Impressionism']"), split_cell("Dutch, Flemish", ",")
    ('Impressionism|Post Impressionism', 'Dutch|Flemish')
    >>> split_cell("['Art Nouveau'"), split_cell("[]")
    ('Art Nouveau', None)
    """
    items = value if isinstance(value, (list, tuple)) else _split_text(str(value or ""), separator)
    labels = (read_cell(str(item).replace("_", " ")) for item in items)
    return LABEL_SEPARATOR.join(dict.fromkeys(label for label in labels if label)) or None


def _split_text(text: str, separator: str) -> Sequence[object]:
    text = text.strip()
    if not text.startswith("["):
        return text.split(separator)
    try:
        items = ast.literal_eval(text)
    except _LIST_FAULTS:
        return [item.strip(" '\"") for item in _LIST_SIGNS.sub("", text).split(",")]
    return items if isinstance(items, list) else [text]
