"""Columns of a table by any of the names they go under, and what one cell of them says.

The sources that read other people's tables ask here, never by position, and fail with the columns found.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from morelli.collection.names.people import Person, read_person
from morelli.collection.names.text import LAST_YEAR, mend_text
from morelli.collection.sources.readers import read_columns
from morelli.collection.work import LABEL_SEPARATOR
from morelli.errors import LayoutError

_CODE = re.compile(r"(\d{1,9})(\.0+)?")
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


# What the cells of a user's table say: texts, labels, people, numbers of artists, parts of a split.

_MISSING_CELLS = frozenset({"", "na", "n/a", "nan", "none", "null"})
_PARTS = {
    "train": ("train", "training"),
    "val": ("val", "valid", "validation", "dev"),
    "test": ("test", "testing"),
}
_ID_FORMS = {"ulan": re.compile(r"\d{6,}"), "wikidata": re.compile(r"\bQ\d+")}


def read_text(value: object) -> str | None:
    """Return a cell as mended text, or None where it holds nothing; several values are joined by ``|``.

    Examples
    --------
    >>> read_text(["Cubism", None, "Pop  Art"]), read_text({"en": "Rain", "de": "Regen"}), read_text("nan")
    ('Cubism|Pop Art', 'Rain|Regen', None)
    """
    if value is None:
        return None
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return LABEL_SEPARATOR.join(text for item in value if (text := read_text(item))) or None
    text = " ".join(mend_text(str(value)).split())
    return None if text.casefold() in _MISSING_CELLS else text


def split_labels(text: str | None) -> str | None:
    """Return several labels joined by ``|``, also where a table holds a Python list as text.

    Examples
    --------
    >>> split_labels("['Cubism', 'Pop Art']"), split_labels("Cubism | Pop Art")
    ('Cubism|Pop Art', 'Cubism|Pop Art')
    """
    if text is None:
        return None
    labels: list[str] = text.split(LABEL_SEPARATOR)
    if text.startswith("[") and text.endswith("]"):
        try:
            labels = [str(label) for label in ast.literal_eval(text)]
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            labels = [text]
    return LABEL_SEPARATOR.join(label.strip() for label in labels if label.strip()) or None


def read_people(text: str | None) -> Person:
    """Return who is named by a cell; several artists parted by ``|`` are one entry with all their names.

    Examples
    --------
    >>> read_people("Rubens, Peter Paul|Brueghel, Jan").name
    'Peter Paul Rubens|Jan Brueghel'
    """
    people = [read_person(part) for part in (text or "").split(LABEL_SEPARATOR)]
    if len(people) == 1:
        return people[0]

    def join(values: list[str | None]) -> str | None:
        return LABEL_SEPARATOR.join(value for value in values if value) or None

    qualifier = next((person.qualifier for person in people if person.qualifier), None)
    names, dates = join([person.name for person in people]), join([person.dates for person in people])
    return Person(names, qualifier, dates, join([person.note for person in people]))


def read_ids(texts: Mapping[str, str | None]) -> str | None:
    """Return who an artist is elsewhere, from the columns "artist_ids", "ulan" and "wikidata".

    Examples
    --------
    >>> read_ids({"ulan": "http://vocab.getty.edu/page/ulan/500115588", "wikidata": "Q5598"})
    'ulan:500115588|wikidata:Q5598'
    """
    ids = [texts["artist_ids"]] if texts.get("artist_ids") else []
    for kind, form in _ID_FORMS.items():
        ids += [f"{kind}:{number}" for number in form.findall(texts.get(kind) or "")]
    return LABEL_SEPARATOR.join(dict.fromkeys(entry for entry in ids if entry)) or None


def read_part(text: str | None) -> str | None:
    """Return "train", "val" or "test" for what a table calls them, else None.

    Examples
    --------
    >>> read_part("Validation"), read_part("query")
    ('val', None)
    """
    wanted = (text or "").casefold()
    return next((part for part, names in _PARTS.items() if wanted in names), None)


# What museums' records hold, as the fields of a work: clean text, several labels in one, a year, an artist.

_MISSING_LABELS = frozenset({"", "none", "null", "nan", "n/a"})


def clean_text(value: object) -> str | None:
    """Return a value as one line of mended text, or None where it says nothing.

    Examples
    --------
    >>> clean_text("  Oil  on canvas "), clean_text(1890), clean_text(""), clean_text(["a"])
    ('Oil on canvas', '1890', None, None)
    """
    if not isinstance(value, (str, int, float)) or isinstance(value, bool):
        return None
    # JSON may hold halves of characters, which nothing can store.
    text = str(value).encode(errors="replace").decode()
    text = " ".join(mend_text(text).replace("\0", " ").split())
    return None if text.casefold() in _MISSING_LABELS else text


def join_labels(values: Iterable[object]) -> str | None:
    """Return labels as one text, each once, in their order; None when there are none.

    Examples
    --------
    >>> join_labels(["Baroque", None, "Rococo", "Baroque"])
    'Baroque|Rococo'
    """
    texts = (text.replace(LABEL_SEPARATOR, "/") for value in values if (text := clean_text(value)))
    return LABEL_SEPARATOR.join(dict.fromkeys(texts)) or None


def read_year(value: object) -> int | None:
    """Return a year CE that a column of years holds, or None.

    Unlike the years that are searched for in free text, these may be earlier than 1000.

    Examples
    --------
    >>> read_year("1890.0"), read_year(200), read_year("-300"), read_year("c. 1890")
    (1890, 200, None, None)
    """
    text = clean_text(value) or ""
    digits = text.removesuffix(".0")
    year = (
        int(digits) if digits.isascii() and digits.isdecimal() and len(digits) <= len(str(LAST_YEAR)) else 0
    )
    return year if 1 <= year <= LAST_YEAR else None


def read_credit(name: object, *, prefix: object = None, suffix: object = None) -> Person:
    """Return who is credited by a record that keeps what stands before and after a name in fields of its own.

    Parameters
    ----------
    name, prefix, suffix
        The three fields. A prefix that is no known qualifier, such as "Designed by", is kept as one in lower
        case: whatever a museum puts before a name, it does not say "painted by".

    Examples
    --------
    >>> [read_credit("Spode", prefix=prefix).qualifier for prefix in ("Workshop of", "Designed by", None)]
    ['workshop of', 'designed by', None]
    """
    before, behind = clean_text(prefix), clean_text(suffix)
    person = read_person(clean_text(name), prefix=before, suffix=behind)
    if person.qualifier is not None or before is None:
        return person
    return Person(person.name, before.casefold(), person.dates)


def join_ids(ids: Mapping[str, str | None]) -> str | None:
    """Return who an artist is elsewhere, as `Work.artist_ids` has it, or None.

    Examples
    --------
    >>> join_ids({"ulan": "500115588", "wikidata": "Q5598"})
    'ulan:500115588|wikidata:Q5598'
    """
    return LABEL_SEPARATOR.join(f"{name}:{number}" for name, number in ids.items() if number) or None


def read_code(text: str | None) -> int | None:
    """Return the class number that a cell holds, or None.

    Examples
    --------
    >>> read_code("17"), read_code("17.0"), read_code("seventeen")
    (17, 17, None)
    """
    match = _CODE.fullmatch((text or "").strip())
    return int(match[1]) if match else None
