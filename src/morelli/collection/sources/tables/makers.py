"""Who made a work: the people whom a cell of a table or a record's objects name, with what qualifies them."""

from __future__ import annotations

from collections.abc import Mapping

from morelli.collection.names.people import Person
from morelli.collection.names.qualifiers import QUALIFIERS, name_qualifier, split_qualifier
from morelli.collection.names.text import fold_name
from morelli.collection.sources.fields import join_cell, list_values
from morelli.collection.sources.vocabulary import LANGUAGE_KEYS, NAMING_KEYS
from morelli.collection.work import LABEL_SEPARATOR

_NO_MAKERS = frozenset({
    "publisher", "printer", "owner", "sitter", "subject", "donor", "dealer", "collector", "depicted",
    "lender", "patron", "verlag", "verleger", "drucker", "editeur", "imprimeur", "editore", "uitgever",
    "drukker", "published", "printed", "lent", "given",
})  # fmt: skip
"""Roles of people who did not make the picture."""

_QUALIFYING_KEYS = ("qualifier", "prefix", "qualification", "attributionqualifier", "role")
_PERSON_KEYS = (
    "artistname", "makername", "creatorname", "paintername", "personname", "agentname", "artist", "maker",
    "creator", "painter", "person", "agent", "constituent", "artistdisplayname", "nom", "nome", "nombre",
)  # fmt: skip
_PREFIXES = {"uncertain": "possibly by", "with workshop": "workshop of"}

_LINKS = (" to", " of", " after", " from")
"""How a role ends that nobody has who painted the work: "formerly attributed to"."""


def join_people(value: object) -> str | None:
    """Return who made a work, joined by ``|``; a role or prefix that qualifies goes before the name.

    >>> join_people([{"name": "Titian", "role": "after"}, {"name": "Goupil", "role": "publisher"}])
    'after Titian'
    """
    people = value if isinstance(value, (list, tuple)) else [value]
    makers = [person for person in people if not (isinstance(person, Mapping) and _is_no_maker(person))]
    return LABEL_SEPARATOR.join(text for person in makers if (text := _name_maker(person))) or None


def is_no_maker(role: str) -> bool:
    """Tell whether this is the role of somebody who did not make the picture, such as a publisher."""
    return not _NO_MAKERS.isdisjoint(fold_name(role).split())


def _is_no_maker(person: Mapping[str, object]) -> bool:
    return any(map(is_no_maker, list_values(person, ("role", "roles"))))


def _name_maker(person: object) -> str | None:
    if isinstance(person, Mapping) and not LANGUAGE_KEYS.issuperset(person):
        names = list_values(person, (*NAMING_KEYS, *_PERSON_KEYS), keeps_lines=True)
        return _qualify(person, next(iter(names), None))
    return join_cell(person, keeps_lines=True)


def _qualify(person: Mapping[str, object], name: str | None) -> str | None:
    if name is None or LABEL_SEPARATOR in name:
        return name
    stated = (name_qualifier(text) for text in list_values(person, _QUALIFYING_KEYS))
    qualifier = next((text for text in stated if text in QUALIFIERS), None)
    if qualifier is None or split_qualifier(name)[0] is not None:
        return name
    return f"{_PREFIXES.get(qualifier, qualifier)} {name}"


def find_qualifier(texts: Mapping[str, str | None], person: Person) -> str | None:
    """Return what the column of qualifiers says; where its cell is empty, roles and words beside the name."""
    if (cell := texts.get("qualifier")) is not None:
        return name_qualifier(cell)
    role = name_qualifier(texts.get("role"))
    says_less = role is not None and (role in QUALIFIERS or role.endswith(_LINKS))
    return role if says_less else person.qualifier
