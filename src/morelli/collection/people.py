"""An artist's name as a record writes it, taken apart: name, qualifier and dates.

The sources that read museums' records call `read_person`; `qualifiers` knows the words.
"""

from __future__ import annotations

from dataclasses import dataclass

from morelli.collection.names import name_artist
from morelli.collection.qualifiers import split_qualifier


@dataclass(frozen=True)
class Person:
    """An artist as a record names one.

    Parameters
    ----------
    name
        "Claude Monet", or None where nobody is named.
    qualifier
        What stands between the name and an autograph work, in English: "workshop of"; else None.
    dates
        Life dates as the record has them: "1840-1926"; else None.
    """

    name: str | None
    qualifier: str | None = None
    dates: str | None = None


def read_person(text: str | None, *, prefix: str | None = None, suffix: str | None = None) -> Person:
    """Return who is named by a record.

    Parameters
    ----------
    text
        The name, perhaps with a qualifier and dates: "Workshop of Rembrandt van Rijn (1606-1669)".
    prefix, suffix
        What the record keeps beside the name: "Attributed to", "and Workshop".

    Examples
    --------
    >>> read_person("Workshop of Rembrandt")
    Person(name='Rembrandt', qualifier='workshop of', dates=None)
    """
    found, rest = split_qualifier(text or "")
    outside = next((kept for part in (prefix, suffix) if (kept := split_qualifier(part or "")[0])), None)
    return Person(name_artist(rest), outside or found)
