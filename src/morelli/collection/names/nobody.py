"""Texts that name nobody: schools, places, peoples and centuries, which no single hand stands for."""

from __future__ import annotations

import re
from itertools import pairwise

from morelli.collection.names.text import fold_name
from morelli.collection.names.words import (
    ALSO_NAMES,
    LINKS,
    MASTERS,
    NATIONALITIES,
    NOBODY_WORDS,
    OTHER_ROLES,
    PLACES,
    ROLES,
    SURNAME_ROLES,
)

_CENTURY = re.compile(
    r"\b(?:century|centuries|jahrhunderts?|siècles?|secolo|siglos?|eeuw|århundred\w*|århundrade\w*|wieku?|"
    r"století|dynasty|period|dynastie|dynastia|epoch|culture(?=$))\b"
    r"|\d\.?\s*(?:Jh|Jhdt|årh|c|w|stol)\b\.?|\bsec\.\s*[XVI]|\b[XVI]+\s+sec\.|\b1[0-9]00-tal",
    re.IGNORECASE,
)
_SCHOOL = r"(?:school|schule|école|scuola|escuela|skole|skola|skolan|szkoła|škola)"
_SCHOOL_FIRST = re.compile(rf"{_SCHOOL}\b(?=\s)", re.IGNORECASE)
_SCHOOL_LAST = re.compile(rf"(?:^|.*\s){_SCHOOL}", re.IGNORECASE)
_NOTNAME = re.compile(
    r"(?:the\s+)?(?:master|monogrammist|painter|medalist|meister|maître|maestro|meester|maler|pseudo|mester|mästare|"
    r"mistr|mistrz)\b",
    re.IGNORECASE,
)
_NOBODY_FIRST = NOBODY_WORDS | {"various", "diverse", "divers", "verschiedene"}
_DIRECTIONS = frozenset({"west", "east", "north", "south", "central", "western", "eastern"})
_NO_NAMES = frozenset(
    {"not recorded", "no artist", "not known", "not identified", "non identifie", "no maker"}
    | {"ikke kendt", "ikke identificeret", "ej kand", "ej identifierad", "nie znany", "neni znam"}
)
_ANY_ROLE = ROLES | OTHER_ROLES | {"none", "null"}
_AND = frozenset({"et", "und", "e", "y", "en", "og", "och", "a", "i"})
_LETTER = re.compile(r"(?<!\w)[A-Z](?![\w'’])")
_MOST_WORDS = 4  # of a place's name


def is_place(text: str) -> bool:
    """Tell whether a text is a place or region, after which schools are called, such as "northern Italy"."""
    return _is_made_of(fold_name(text).split(), NATIONALITIES)


def is_place_name(text: str) -> bool:
    """Tell whether a text is the name of a place and nothing else: "New York"."""
    return _is_made_of(fold_name(text).split(), frozenset())


def is_role(text: str) -> bool:
    """Tell whether a text says what somebody did, and whence: "artist", "Italian painter and engraver"."""
    words = fold_name(text).split()
    is_named = any(word in _ANY_ROLE for word in words)
    return is_named and all(word in _ANY_ROLE or word in NATIONALITIES or word in _AND for word in words)


def is_people(text: str, *, is_filed: bool = False) -> bool:
    """Tell whether a text is a nationality, "French"; filed behind a surname, also no given name."""
    words = fold_name(text).split()
    is_name = is_filed and all(word in ALSO_NAMES for word in words)  # "Hals, Frans"
    return _is_made_of(words, NATIONALITIES, places=frozenset()) and not is_name


def is_nobody(text: str) -> bool:
    """Tell whether a text names a school, a place, a people or a century; a notname is a hand without a name.

    >>> [is_nobody(text) for text in ("Flemish 17th Century", "Ukendt maler", "Master of Flémalle")]
    [True, True, False]
    """
    text = text.strip()
    folded = fold_name(text)
    words = folded.split()
    if not words:
        return False
    if folded in _NO_NAMES or _begins_nobody(words):
        return True
    if _NOTNAME.match(text) and not set(words) & NOBODY_WORDS:
        return False
    if _CENTURY.search(text) or _SCHOOL_FIRST.match(text) or _SCHOOL_LAST.fullmatch(text):
        return True
    has_letter = _LETTER.search(text) is not None  # "Artist A", but not "peintre à Paris"
    is_numbered = any(
        first in ROLES and (number.isdigit() or (has_letter and len(number) == 1))
        for first, number in pairwise(words)
    )
    return not is_numbered and _is_of_no_person([word for word in words if not word.isdigit()], text)


def find_school(text: str) -> str | None:
    """Return what a text that names nobody says of the school; None where it says nothing of one.

    >>> find_school("Artist/maker unknown, Italian"), find_school("Ukendt"), find_school("Flemish School")
    ('Italian', None, 'Flemish School')
    """
    parts = [part.strip() for part in text.split(",")]
    said = [
        part for part in parts if not set(fold_name(part).split()) <= NOBODY_WORDS | ROLES | LINKS | MASTERS
    ]
    if len(said) == len(parts):
        return text
    kept = [part for part in said if is_nobody(part)]
    return ", ".join(kept) or None


def _begins_nobody(words: list[str]) -> bool:
    """Tell whether the first words say that nobody is known: "Artist/maker unknown", "Okänd konstnär"."""
    at = next(
        (n for n, word in enumerate(words) if word not in ROLES | MASTERS | {"the", "an", "a"}), len(words)
    )
    if at == len(words):
        return False
    return words[at] in _NOBODY_FIRST and (at > 0 or len(words) == 1 or words[0] != "nn")


def _is_of_no_person(words: list[str], text: str) -> bool:
    """Tell whether all words are of places, peoples, roles: "British Painter", "Italy, probably Venice"."""
    if not words or not _is_made_of(words, NATIONALITIES | ROLES | NOBODY_WORDS | LINKS | MASTERS):
        return False
    if all(word in ALSO_NAMES for word in words) and len(words) > 1 and words[0] not in _DIRECTIONS:
        return "," in text
    if all(word in LINKS for word in words) or len(words[-1]) == 1:  # "Artist A"
        return False
    if all(word in ROLES | MASTERS | LINKS for word in words):
        return not any(word in SURNAME_ROLES | MASTERS for word in words)
    return True


def _is_made_of(words: list[str], known: frozenset[str], places: frozenset[str] = PLACES) -> bool:
    """Tell whether words are known ones and names of places, of up to four words each."""
    at = 0
    while at < len(words):
        sizes = range(min(_MOST_WORDS, len(words) - at), 0, -1)
        step = next((n for n in sizes if " ".join(words[at : at + n]) in places), 0) or (words[at] in known)
        if not step:
            return False
        at += step
    return bool(words)
