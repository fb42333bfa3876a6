"""How alike two names are, and which names need comparing at all.

`aliases` asks here. Names are taken apart once (`know_name`), put into blocks of names that share a word or
nearly one, and compared within the blocks by `rapidfuzz`.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from rapidfuzz import fuzz, process

from morelli.collection.life_dates import years_of
from morelli.collection.names import fold_name
from morelli.collection.people import read_person

INITIALS_SCORE, SHORTER_SCORE = 0.95, 0.9
"""Scores of names that agree in all letters that are there: less sure than equal names, since two artists
may share initials or a first name."""

_SAID = {
    "elder": "elder altere alterer vecchio vieux viejo oude ancien aine senior sr pere i",
    "younger": "younger jungere jungerer giovane jeune joven mozo jonge junior jr fils ii",
    "iii": "iii",
    "iv": "iv",
    "v": "v",
}
_GENERATIONS = {word: generation for generation, words in _SAID.items() for word in words.split()}
_GERMAN = re.compile(r"\bd\.\s?([ÄJ])\.")
_SMALL_WORDS = frozenset({
    "af", "al", "d", "da", "dal", "de", "degli", "dei", "del", "della", "den", "der", "des", "di", "do",
    "dos", "du", "e", "el", "et", "i", "il", "l", "la", "las", "le", "les", "los", "of", "op", "ten",
    "ter", "the", "und", "van", "vander", "vom", "von", "y", "zu", "zum", "zur", "called",
})  # fmt: skip
_SHORT = frozenset({"jr", "sr"})  # generations that are no initials wherever they stand
_TITLES = frozenset({
    "sir", "dame", "dr", "mr", "mrs", "miss", "ms", "fra", "baron", "baronet", "count", "lord", "lady",
    "rev", "reverend",
})  # fmt: skip
_NOTNAMES = frozenset({
    "master", "monogrammist", "meister", "meester", "maitre", "maestro", "painter",
})  # fmt: skip
_NUMBERS = re.compile(r"\d+|\b[ivx]{2,}\b")
_MIN_LETTERS = 5  # of a word that may be misspelt and still put two names into one block
_MAX_BLOCK = 1500  # names; larger blocks are parted by the first letters of the other words
_MIN_REST_PERCENT = 75.0  # how alike the words must be in which two names differ
_N_ROWS = 512  # names compared with a whole block at once


@dataclass(frozen=True)
class Known:
    """A name taken apart for comparing.

    Parameters
    ----------
    text
        The name as it was given.
    words
        Its words, folded, in order, without titles and generation.
    letters
        The words sorted and joined.
    generation
        "elder", "younger" or a numeral; None when the name says none.
    qualifier
        What stands between it and an autograph work, or None.
    years
        The years of life that are known.
    """

    text: str
    words: tuple[str, ...]
    letters: str
    generation: str | None
    qualifier: str | None
    years: tuple[int, ...]


@dataclass(frozen=True)
class Likeness:
    """How alike two names are.

    Parameters
    ----------
    score
        0 to 1.
    reason
        In what.
    """

    score: float
    reason: str


def know_name(text: str, dates: str | None = None) -> Known:
    """Return a name taken apart.

    Parameters
    ----------
    text
        The name, also filed by surname, with qualifier or dates.
    dates
        Life dates kept beside it.

    Examples
    --------
    >>> known = know_name("Bruegel, Pieter, the Elder")
    >>> known.words, known.generation
    (('pieter', 'bruegel'), 'elder')
    """
    person = read_person(_GERMAN.sub(lambda match: "the Elder" if match[1] == "Ä" else "the Younger", text))
    words = fold_name(person.name or text).split()
    said = {word for word in words[1:] if word in _GENERATIONS and (len(word) > 3 or word in _SHORT)}
    said |= {words[-1]} & set(_GENERATIONS) if len(words) > 1 else set()  # "Herman V. Wall" is no fifth
    generations = sorted(_GENERATIONS[word] for word in said)
    kept = [word for word in words if word not in said] or words
    kept = kept[1:] if len(kept) > 1 and kept[0] in _TITLES else kept
    kept = kept[:-1] if len(kept) > 1 and kept[-1] in {"the", "der", "il", "le", "el", "de"} else kept
    return Known(
        text,
        tuple(kept),
        " ".join(sorted(kept)),
        generations[0] if generations else None,
        person.qualifier,
        years_of(dates or person.dates),
    )


def compare_blocks(known: Sequence[Known], min_score: float) -> Iterator[tuple[Known, Known, Likeness]]:
    """Yield each pair of names that are at least so alike, once.

    Parameters
    ----------
    known
        n names.
    min_score
        The least score of a pair, above 0 and at most 1.
    """
    seen: set[tuple[int, int]] = set()
    for pair in chain(_list_by_rule(known), _list_by_spelling(known, min_score)):
        if pair not in seen:
            seen.add(pair)
            likeness = compare_names(known[pair[0]], known[pair[1]])
            if likeness is not None and likeness.score >= min_score:
                yield known[pair[0]], known[pair[1]], likeness


def compare_names(first: Known, second: Known) -> Likeness | None:
    """Return how alike two names are, or None when they cannot be one artist.

    Examples
    --------
    >>> compare_names(know_name("Pieter Bruegel the Elder"), know_name("Pieter Bruegel the Younger")) is None
    True
    >>> compare_names(know_name("Joaquín Sorolla"), know_name("Sorolla, Joaquin"))
    Likeness(score=1.0, reason='same words')
    """
    if first.generation != second.generation or first.qualifier != second.qualifier:
        return None
    years, other_years = set(first.years), set(second.years)
    if years and other_years and not (years <= other_years or other_years <= years):
        return None
    if _NUMBERS.findall(first.letters) != _NUMBERS.findall(second.letters):
        return None
    if first.letters.replace(" ", "") == second.letters.replace(" ", "") or first.letters == second.letters:
        return Likeness(1.0, "same words")
    is_notname = bool(_NOTNAMES & {first.words[0], second.words[0]})
    if is_notname and 1 in {len(word) for word in first.words + second.words}:
        return None  # one letter is all that tells "Master F.D." from "Master I.D."
    if _agree_by_initials(first.words, second.words):
        return Likeness(INITIALS_SCORE, "initials")
    if _is_shorter_form(first.words, second.words) or _is_shorter_form(second.words, first.words):
        return Likeness(SHORTER_SCORE, "shorter form")
    return _compare_spelling(first, second)


def _compare_spelling(first: Known, second: Known) -> Likeness | None:
    """Compare letter by letter, unless what differs is initials or words that have little in common."""
    left = Counter(first.words) - Counter(second.words)
    right = Counter(second.words) - Counter(first.words)
    if any(len(word) == 1 for word in left) and any(len(word) == 1 for word in right):
        return None
    if fuzz.ratio(" ".join(sorted(left)), " ".join(sorted(right))) < _MIN_REST_PERCENT and left and right:
        return None
    return Likeness(fuzz.ratio(first.letters, second.letters) / 100, "spelling")


def _agree_by_initials(first: Sequence[str], second: Sequence[str]) -> bool:
    """Tell whether one name has initials where the other has words: "J. M. W. Turner"."""
    if len(first) != len(second) or not any(
        len(a) > 2 and a == b for a, b in zip(first, second, strict=True)
    ):
        return False
    pairs = [(a, b) for a, b in zip(first, second, strict=True) if a != b]
    return all(a[0] == b[0] and 1 in (len(a), len(b)) for a, b in pairs)


def _is_shorter_form(short: Sequence[str], long: Sequence[str]) -> bool:
    """Tell whether a name is another one without its "van Rijn", or without its middle names."""
    if len(short) == 1:
        return len(long) > 2 and long[0] == short[0] and long[1] in _SMALL_WORDS
    if len(short) < 2 or len(long) <= len(short) or (short[0], short[-1]) != (long[0], long[-1]):
        return False
    rest = iter(long)
    return all(word in rest for word in short)


def _list_by_rule(known: Sequence[Known]) -> Iterator[tuple[int, int]]:
    """Yield the pairs to which the rules for initials and shorter forms may apply."""
    blocks: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for position, name in enumerate(known):
        for key in _list_rule_keys(name.words):
            blocks[key].append(position)
    for (rule, *_), block in blocks.items():
        # Without an initial among the two there is nothing for the rule to say.
        short = {at for at in block if rule != "initials" or any(len(word) == 1 for word in known[at].words)}
        for first in short:
            yield from ((min(first, at), max(first, at)) for at in block if at != first)


def _list_rule_keys(words: Sequence[str]) -> set[tuple[str, ...]]:
    keys: set[tuple[str, ...]] = {("ends", words[0], words[-1]) if len(words) > 1 else ("begins", words[0])}
    if len(words) > 2 and words[1] in _SMALL_WORDS:
        keys.add(("begins", words[0]))
    for at, word in enumerate(words):
        if len(word) > 2 and word not in _SMALL_WORDS:
            keys.add(("initials", str(at), word, *(other[0] for other in words)))
    return keys


def _list_by_spelling(known: Sequence[Known], min_score: float) -> Iterator[tuple[int, int]]:
    """Yield the pairs of close spelling among the names that share a word or nearly one."""
    blocks: dict[str, list[int]] = defaultdict(list)
    for position, name in enumerate(known):
        for key in _list_keys(name):
            blocks[key].append(position)
    for block in blocks.values():
        for part in _part_block(known, block) if len(block) > _MAX_BLOCK else (block,):
            if len(part) > 1:
                yield from _list_close(known, part, min_score)


def _list_keys(name: Known) -> set[str]:
    """Return each word and, for one misspelt letter, each long word with any one letter left out."""
    words = [word for word in name.words if word not in _SMALL_WORDS] or list(name.words)
    keys = {word for word in words if len(word) > 1} | {"".join(name.words)}
    for word in words:
        if len(word) >= _MIN_LETTERS:
            keys |= {f"{word[:at]}{word[at + 1 :]}" for at in range(len(word))}
    return keys


def _part_block(known: Sequence[Known], block: Sequence[int]) -> Iterator[list[int]]:
    parts: dict[str, list[int]] = defaultdict(list)
    for position in block:
        for first in {word[0] for word in known[position].words if word not in _SMALL_WORDS}:
            parts[first].append(position)
    for part in parts.values():
        ordered = sorted(part, key=lambda position: known[position].letters)
        # Of what is still too many, neighbours in the order of the letters are compared.
        step = _MAX_BLOCK // 2
        yield from (ordered[start : start + _MAX_BLOCK] for start in range(0, len(ordered), step))


def _list_close(known: Sequence[Known], block: Sequence[int], min_score: float) -> Iterator[tuple[int, int]]:
    """Yield the pairs of a block worth comparing letter by letter."""
    if len(block) == 2:
        first, second = sorted(block)
        if fuzz.ratio(known[first].letters, known[second].letters, score_cutoff=100 * min_score):
            yield first, second
        return
    letters = [known[position].letters for position in block]
    for start in range(0, len(block), _N_ROWS):
        rows = letters[start : start + _N_ROWS]
        ratios = process.cdist(rows, letters, scorer=fuzz.ratio, score_cutoff=100 * min_score, dtype=np.uint8)
        for row, column in zip(*np.nonzero(ratios), strict=True):
            if row + start < column:
                yield tuple(sorted((block[row + start], block[column])))
