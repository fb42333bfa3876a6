"""What the cells of a user's table say: texts, labels, people, numbers of artists, parts of a split.

`table` reads rows with these; each takes what one cell holds and returns what a `Work` keeps.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping

from morelli.collection.names import mend_text
from morelli.collection.people import Person, read_person
from morelli.collection.work import LABEL_SEPARATOR

_MISSING = frozenset({"", "na", "n/a", "nan", "none", "null"})
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
    return None if text.casefold() in _MISSING else text


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
