"""Names whose letters no rule brings back, lost as "?" or by a "best fit": found by another spelling."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable

from morelli.collection.names.text import LOST, TYPOGRAPHIC, is_latin


def match_spoiled(names: Iterable[str]) -> dict[str, str]:
    """Return which names are others that lost letters, by their spelling: the one other that each can be.

    A lost letter shows as "?", as the replacement character, as a sign or a letter of another script within a
    word, or there as "_"; a best fit shows none of a name's accents.

    >>> match_spoiled(["Albrecht Dürer", "Albrecht D?rer", "Albrecht Durer", "Paul Klee"])
    {'Albrecht D?rer': 'Albrecht Dürer', 'Albrecht Durer': 'Albrecht Dürer'}
    """
    listed = list(dict.fromkeys(names))
    whole = [name for name in listed if not is_spoiled(name)]
    accented: dict[str, set[str]] = defaultdict(set)
    for name in whole:
        if not name.isascii():
            accented[_strip_accents(name)].add(name)
    found = {}
    for name in listed:
        likely = accented.get(_strip_accents(name), set()) if name.isascii() else set()
        if not likely and (is_spoiled(name) or "_" in name):
            pattern = re.compile(_make_pattern(name), re.IGNORECASE)
            likely = {other for other in whole if other != name and pattern.fullmatch(other)}
        if len(likely) == 1:
            found[name] = next(iter(likely))
    return found


def is_spoiled(name: str) -> bool:
    """Tell whether a name has letters that are lost: other signs within a word."""
    return any(_is_lost(name, place) for place in range(len(name)))


def _is_lost(name: str, place: int) -> bool:
    """Tell whether a sign stands where a Latin letter must have been."""
    sign, before, after = name[place], name[:place][-1:] or " ", name[place + 1 :][:1] or " "
    is_beside = is_latin(before) or is_latin(after)
    if LOST.match(sign):
        return is_beside
    is_capital = sign.isupper() and before.islower() and after.islower()
    if sign.isascii() or sign.isspace() or sign in TYPOGRAPHIC or (is_latin(sign) and not is_capital):
        return False
    is_edge = sign.isalpha() or (unicodedata.category(sign) == "So" and sign not in "°№℃")
    is_within = is_latin(before) and is_latin(after)
    return (is_beside if is_edge else is_within) and not unicodedata.combining(sign)


def _make_pattern(name: str) -> str:
    """Return a pattern in which a lost sign is one accented letter or two, and "_" that or a space."""
    letter = r"[^\W\d_a-z]{1,2}"
    signs = unicodedata.normalize("NFC", name)
    return "".join(
        rf"(?:[ _]|{letter})" if sign in " _" else letter if _is_lost(signs, place) else re.escape(sign)
        for place, sign in enumerate(signs)
    )


def _strip_accents(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name.replace("_", " ").casefold().translate(_BEST_FIT))
    return "".join(sign for sign in letters if not unicodedata.combining(sign))


_BEST_FIT = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "æ": "a", "œ": "o", "ß": "s"})
"""What Windows writes where a code page lacks a letter that has no accent to drop."""
