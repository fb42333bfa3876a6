"""What museums' records hold, as the fields of a work: clean text, several labels in one, a year, an artist.

The sources that read records (`national_gallery`, `met`, `tate`, `iiif`) call these on every value; none of
them knows a file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from morelli.collection.names import LAST_YEAR, mend_text
from morelli.collection.people import Person, read_person
from morelli.collection.work import LABEL_SEPARATOR

_MISSING = frozenset({"", "none", "null", "nan", "n/a"})


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
    return None if text.casefold() in _MISSING else text


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
