"""Who made a work: the people whom a cell of a table or a record's objects name, with what qualifies them.

Several makers stand in one cell or in a list; their roles, qualifiers and dates stand in the same objects, or
in columns of their own, in step.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from morelli.collection.names.people import Person, read_person
from morelli.collection.names.qualifiers import QUALIFIERS, name_qualifier
from morelli.collection.names.text import fold_name
from morelli.collection.sources.fields import join_cell, list_values, name_object, read_cell, unwrap
from morelli.collection.sources.matching import join_words, strip_owner
from morelli.collection.sources.vocabulary import LIFE_NAMES, NAMING_KEYS, QUALIFYING_KEYS, ROLE_KEYS
from morelli.collection.work import LABEL_SEPARATOR

_NO_MAKERS = frozenset({
    "auftraggeber", "avbildad", "besteller", "collector", "commanditaire", "dargestellt",
    "dargestellte", "dargestellter", "dealer", "depicted", "donante", "donateur", "donator", "donatore",
    "donor", "drucker", "drukker", "editeur", "editor", "editore", "eigentumer", "former",
    "geportretteerde", "givare", "given", "giver", "impresor", "imprimeur", "lender", "lent", "malli",
    "model", "opdrachtgever", "owner", "patron", "photographed", "portratteret", "previous", "printed",
    "printer", "provenance", "provenienz", "published", "publisher", "schenker", "schenkerin",
    "schenkster", "sitter", "stampatore", "stifter", "stifterin", "subject", "tryckare", "trykker",
    "udgiver", "uitgever", "utgivare", "verlag", "verleger", "vorbesitzer", "vydavatel", "wydawca",
})  # fmt: skip
"""Words of roles of people who did not make the picture."""

_PERSON_KEYS = (
    "artist", "maker", "creator", "painter", "person", "agent", "constituent", "contributor", "actor",
    "author", "auteur", "nom", "nome", "nombre", "naam", "namn", "summary", "entity",
)  # fmt: skip
_GIVEN_KEYS = ("firstname", "forename", "givenname", "prenom", "vorname", "voornaam")
_FAMILY_KEYS = ("familyname", "surname", "lastname", "nachname", "achternaam")
_FACT_KEYS = {
    "qualifier": QUALIFYING_KEYS,
    "role": ROLE_KEYS,
    **{field: tuple(map(join_words, names)) for field, names in LIFE_NAMES.items()},
    "dates": ("dates", "displaydate", "displaydates", "lifedates", "date", "years", "lifespan"),
}
_LABELLED = frozenset({"value", "content"})
"""Where an object says, beside "label", what the label is for."""
_N_NAMES = 5  # of `NAMING_KEYS`, which name somebody and are no descriptions
_NAME = re.compile(r"(?!.*(role|file|first|last|sur|fore|family|given|middle|place|nick|user|alt)).+name")
"""A key such as "person_name"."""
_N_ENDS = 2
_WORKING = re.compile(r"\b(?:act|fl|doc|tätig|werkz|verks|virk|c|um|vers|before|after)|\?", re.IGNORECASE)
_LIVING = "9999"
"""What museums write for the year of death of the living."""
_LINKS = (" to", " of", " after", " from")
"""How a role ends that nobody has who painted the work: "formerly attributed to"."""
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://\S+|_:\S+|Q\d+|t\d{6,}", re.IGNORECASE)
"""What names nobody, though it stands where names do: addresses and numbers of people elsewhere."""


def read_makers(names: object, beside: Mapping[str, object] | None = None) -> Person:
    """Return who made a work, several joined by ``|``, from a cell of names and what stands beside it.

    Beside it may stand cells of "role", "qualifier", "born", "died", "biography" and "artist_numbers", each
    for all names, in step. Who published it or is shown on it is left out.

    >>> read_makers([{"name": "Titian", "role": "after"}, {"name": "Goupil", "role": "publisher"}])
    Person(name='Titian', qualifier='after', dates=None, note=None)
    """
    beside = beside or {}
    entries = list(_list_people(names, beside.get("artist_numbers")))
    cells = {key: _take_apart(cell, len(entries)) for key, cell in beside.items()}
    people = [
        _read_maker(entry, {key: parts[n] for key, parts in cells.items() if len(parts) == len(entries)})
        for n, entry in enumerate(entries)
    ]
    return _join(list(filter(None, people)))


def is_no_maker(role: str) -> bool:
    """Tell whether this is the role of somebody who did not make the picture, such as a publisher."""
    return not _NO_MAKERS.isdisjoint(fold_name(role).split())


def find_qualifier(cells: Mapping[str, object], person: Person) -> str | None:
    """Return what a column of qualifiers says of a work; where its cell is empty, roles and the name itself.

    Of several names in step each has its own qualifier, which the person already shows.
    """
    stated = [name_qualifier(part) for part in filter(None, _take_apart(cells.get("qualifier"), 0))]
    if len(stated) == 1:
        return stated[0]
    roles = [name_qualifier(part) for part in filter(None, _take_apart(cells.get("role"), 0))]
    if len(roles) == 1 and roles[0] is not None and (roles[0] in QUALIFIERS or roles[0].endswith(_LINKS)):
        return roles[0]
    is_step = len(stated) == len((person.name or "").split(LABEL_SEPARATOR))
    doubts = (text for text in stated if text and not (is_step and text in QUALIFIERS))
    return person.qualifier or next(doubts, None)


def _list_people(names: object, numbers: object) -> Iterator[object]:
    """Yield the entry of each person: text, or an object.

    Commas part people where there are as many numbers of people beside them.
    """
    if isinstance(names, (list, tuple)):
        yield from names
        return
    if isinstance(names, Mapping):
        yield names
        return
    text = read_cell(names, keeps_lines=True) or ""
    by_comma = text.split(", ")
    n_numbers = len(re.findall(r"\d+", str(numbers or ""))) if isinstance(numbers, str) else 0
    yield from by_comma if n_numbers > 1 and len(by_comma) == n_numbers else text.split(LABEL_SEPARATOR)


def _take_apart(cell: object, n: int) -> list[str | None]:
    """Return the parts of a cell: of a list, at ``|``, or of n brackets."""
    if isinstance(cell, (list, tuple)):
        return [join_cell(item) for item in cell]
    text = join_cell(cell)
    if text is None:
        return []
    brackets = re.findall(r"\(([^()]*)\)", text) if n > 1 and text.startswith("(") else []
    parts = brackets if len(brackets) == n > 1 else text.split(LABEL_SEPARATOR)
    return [read_cell(part) for part in parts]


def _read_maker(entry: object, beside: Mapping[str, str | None]) -> Person | None:
    """Return whom an entry names; None for who is no maker and for what is no name."""
    facts: dict[str, str] = {key: text for key, text in beside.items() if text}
    if isinstance(entry, Mapping):
        name, found = _read_object(entry)
        facts |= found
    else:
        name = join_cell(entry, keeps_lines=True)
    if name is None or _ADDRESS.fullmatch(name) or is_no_maker(facts.get("role", "")):
        return None
    person = read_person(name)
    stated = (_read_qualifier(facts.get(key)) for key in ("qualifier", "role"))
    doubts = (person.qualifier, next(filter(None, stated), None))
    # What is not understood is kept in lower case, so that nothing counts as autograph by mistake.
    unknown = name_qualifier(facts.get("qualifier"))
    return replace(
        person,
        qualifier=max(filter(None, doubts), key=QUALIFIERS.index, default=unknown),
        dates=person.dates or read_life(facts) if person.name else None,
    )


def _read_qualifier(text: str | None) -> str | None:
    """Return what a cell says in one of its languages: "After/Efter"."""
    found = (name_qualifier(part) for part in (text or "", *(text or "").split("/")))
    return next((qualifier for qualifier in found if qualifier in QUALIFIERS), None)


def read_life(facts: Mapping[str, str | None]) -> str | None:
    """Return the dates of a life from "born" and "died", which may be whole days, else from "biography".

    >>> read_life({"biography": "Dutch, 1606-1669"}), read_life({"born": "1606-07-15", "died": "1669"})
    ('1606-1669', '1606-1669')
    """
    years = (re.search(r"(?<!\d)\d{3,4}(?!\d)", facts.get(key) or "") for key in ("born", "died"))
    born, died = (match[0] if match and match[0] != _LIVING else "" for match in years)
    told = (_read_biography(facts.get(key)) for key in ("biography", "dates"))
    stated = None if born and died else next(filter(None, told), None)
    return stated or (f"{born}-{died}" if born or died else None)


def _read_biography(text: str | None) -> str | None:
    """Return the dates in a line of nationality, places and dates."""
    years = re.findall(r"(?<!\d)\d{4}(?!\d)", text or "")
    if len(years) == _N_ENDS and not _WORKING.search(text or ""):  # "Siegen, 1577 ; Anvers, 1640"
        return "-".join(years)
    dates = read_person(f"X ({text.strip('() ')})").dates if text else None
    span = re.search(r"\d{3,4}\s*[-–]\s*\d{3,4}", dates or "")
    return span[0] if span and re.search(r"[A-Z]", dates or "") else dates


def _read_object(person: Mapping[str, object]) -> tuple[str | None, dict[str, str]]:
    """Return the name that an object of a person says, or one within it, with role, qualifier and dates."""
    folded = _fold_keys(unwrap(person))
    facts: dict[str, str] = {}
    name = _name_person(folded)
    for key in () if name else _PERSON_KEYS:
        inner = folded.get(key)
        if isinstance(inner, Mapping):
            name, facts = _read_object(inner)
        else:
            name = join_cell(inner, keeps_lines=True)
        if name:
            break
    for field, keys in _FACT_KEYS.items():
        if texts := list_values(folded, keys):
            facts[field] = texts[0]
    if "label" in folded and not folded.keys().isdisjoint(_LABELLED):
        facts.setdefault("role", join_cell(folded["label"]) or "")
    return name or name_object(folded, keeps_lines=True), facts


def _fold_keys(person: Mapping[str, object]) -> dict[str, object]:
    """Return an object with each key folded, and again without whose it says it is."""
    folded = {join_words(str(key)): value for key, value in person.items()}
    return {strip_owner(key): value for key, value in folded.items()} | folded


def _name_person(folded: Mapping[str, object]) -> str | None:
    """Return the name that an object of a person says, whole or in parts."""
    keys = (*NAMING_KEYS[:_N_NAMES], *(key for key in folded if _NAME.fullmatch(key)))
    if texts := list_values(folded, keys, keeps_lines=True):
        return texts[0]
    parts = [next(iter(list_values(folded, keys)), None) for keys in (_GIVEN_KEYS, _FAMILY_KEYS)]
    return " ".join(filter(None, parts)) or None


def _join(people: Sequence[Person]) -> Person:
    """Return several people as one, with all their names, each once."""
    named = [person for person in people if person.name]
    if len(people) == 1 or not named:
        return people[0] if people else Person(None)
    kept = list({person.name: person for person in reversed(named)}.values())[::-1]

    def join(values: Iterable[str | None]) -> str | None:
        return LABEL_SEPARATOR.join(value for value in values if value) or None

    return Person(
        join(person.name for person in kept),
        next((person.qualifier for person in kept if person.qualifier), None),
        join(person.dates for person in kept),
        join(person.note for person in kept),
    )
