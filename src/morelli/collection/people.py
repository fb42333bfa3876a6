"""An artist's name as a record writes it, taken apart: name, qualifier, dates, and what else was said.

The sources that read museums' records call `read_person`. The knowledge lies in `qualifiers`, `life_dates`,
`inversions` and `schools`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from morelli.collection.inversions import forward_name
from morelli.collection.life_dates import split_dates
from morelli.collection.names import mend_text, name_artist
from morelli.collection.qualifiers import QUALIFIERS, split_qualifier
from morelli.collection.schools import is_nobody


@dataclass(frozen=True)
class Person:
    """An artist as a record names one.

    Parameters
    ----------
    name
        "Claude Monet", or None where nobody is named.
    qualifier
        What stands between the name and an autograph work, one of `QUALIFIERS`: "workshop of"; else None.
    dates
        Life dates: "1840-1926"; else None.
    note
        What the record says besides: a nationality, another attribution, the school of a work without a
        name; else None.
    """

    name: str | None
    qualifier: str | None = None
    dates: str | None = None
    note: str | None = None


_AND_MODEL = re.compile(
    r"(?P<maker>.*?\S),?\s+(?P<link>(?:probably\s+)?after|in the (?:manner|style) of|nach|d['’]après|naar)\s+"
    r"(?P<model>\S.*)",
    re.IGNORECASE,
)
_BRACKET = re.compile(r"\s*\((?P<said>[^()]*)\)")


def read_person(text: str | None, *, prefix: str | None = None, suffix: str | None = None) -> Person:
    """Return who is named by a record.

    Parameters
    ----------
    text
        The name, also filed by surname, perhaps with a qualifier and dates: "Rijn, Rembrandt van, workshop of
        (1606-1669)".
    prefix, suffix
        What the record keeps beside the name: "Attributed to", "and Workshop". What is no qualifier becomes
        part of the note.

    Notes
    -----
    A maker and a model ("Paulus Pontius after Rubens") stay one name, since neither the one's invention nor
    the other's hand is there to be learnt; so do two artists. Without a maker's name the model's stands, with
    the qualifier "after".

    Examples
    --------
    >>> read_person("Workshop of Rembrandt (1606-1669)")
    Person(name='Rembrandt', qualifier='workshop of', dates='1606-1669', note=None)
    >>> read_person("Gogh, Vincent van").name, read_person("Flemish 17th Century")
    ('Vincent van Gogh', Person(name=None, qualifier=None, dates=None, note='Flemish 17th Century'))
    """
    dates, note, rest = split_dates(" ".join(mend_text(text or "").split()))
    qualifier, rest = split_qualifier(rest)
    if dates is None:  # "Workshop of (1606-1669)": only now does it stand at the end
        dates, note, rest = split_dates(rest)
    beside = [split_qualifier(mend_text(part)) for part in (prefix, suffix) if part]
    found = {kept for kept, _ in (*beside, (qualifier, "")) if kept}
    notes = [note, *(left for _, left in beside)]
    rest, said = _take_asides(rest)
    person = _name_person(rest)
    if person.qualifier is not None:
        found.add(person.qualifier)
    return Person(
        person.name,
        max(found, key=QUALIFIERS.index, default=None),
        dates,
        "; ".join(filter(None, [*notes, said, person.note])) or None,
    )


def _take_asides(text: str) -> tuple[str, str | None]:
    """Take off a bracket that holds another attribution: "(possibly Leonardo da Vinci)"."""
    for match in _BRACKET.finditer(text):
        if split_qualifier(match["said"])[0]:
            return (text[: match.start()] + text[match.end() :]).strip(" ,;"), match["said"]
    return text, None


def _name_person(text: str) -> Person:
    if match := _AND_MODEL.fullmatch(text):
        maker, model = match["maker"].rstrip(" ,"), match["model"]
        if is_nobody(maker) or name_artist(maker) is None:
            return Person(name_artist(forward_name(model)), "after", note=maker)
        return Person(f"{forward_name(maker)} {match['link']} {model}")
    if is_nobody(text):
        return Person(None, note=text)
    return Person(name_artist(forward_name(text)))
