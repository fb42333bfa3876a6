"""Which two names are probably one artist; suggested here, reviewed by a person, then applied.

Names are taken apart once, put into blocks of names that share a word or nearly one, and compared within the
blocks by `rapidfuzz`: time grows with the number of names rather than with its square.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import chain
from pathlib import Path

import numpy as np
import polars as pl
from rapidfuzz import fuzz, process

from morelli.collection.names.people import check_artist, read_person, years_of
from morelli.collection.names.text import fold_name, mend_text
from morelli.collection.sources.readers import read_columns, read_rows
from morelli.collection.sources.tables.records import Row
from morelli.collection.work import Skip, Work
from morelli.errors import SourceError, UsageError

MIN_SCORE = 0.9
"""The score from which two names are suggested by default: of twelve letters one may differ."""

_COLUMNS = ("alias", "artist", "score", "reason", "decision")

_INITIALS_SCORE, _SHORTER_SCORE = 0.95, 0.9
"""Scores of names that agree in all letters that are there: less sure than equal names, since two artists
may share initials or a first name."""

_GENERATION_WORDS = {
    "elder": "elder altere alterer vecchio vieux viejo oude ancien aine senior sr pere i",
    "younger": "younger jungere jungerer giovane jeune joven mozo jonge junior jr fils ii",
    **{numeral: numeral for numeral in ("iii", "iv", "v")},
}
_GENERATIONS = {word: name for name, words in _GENERATION_WORDS.items() for word in words.split()}
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
_NOTNAMES = frozenset({"master", "monogrammist", "meister", "meester", "maitre", "maestro", "painter"})
_NUMBERS = re.compile(r"\d+|\b[ivx]{2,}\b")
_MIN_LETTERS = 5  # of a word that may be misspelt and still put two names into one block
_MAX_BLOCK = 1500  # names; larger blocks are parted by the first letters of the other words
_MIN_REST_PERCENT = 75.0  # how alike the words must be in which two names differ
_N_ROWS = 512  # names compared with a whole block at once


@dataclass(frozen=True)
class _Twin:
    """Two names that may be one artist."""

    alias: str  # the name that would give way
    artist: str  # the name that would stay
    score: float  # 0 to 1; 1: they differ in accents, case or order of words only
    reason: str  # "same words", "initials", "shorter form", "spelling" or "authority"

    def to_dict(self) -> dict[str, str | float]:
        """Return the twin as a JSON object."""
        return asdict(self)


def suggest_twins(
    names: Sequence[str],
    *,
    counts: Mapping[str, int] | None = None,
    dates: Mapping[str, str] | None = None,
    score: float = MIN_SCORE,
) -> list[_Twin]:
    """Return the pairs of names that are at least so alike (0 to 1), the most alike first.

    Of two names the one with more works (`counts`) stays; in a tie the one with more letters, then accents.
    Never a pair with different years of life (`dates`, or in the names), generations or qualifiers.

    >>> [twin] = suggest_twins(["J. M. W. Turner", "Joseph Mallord William Turner", "Frans Hals"])
    >>> twin.alias, twin.artist, twin.reason
    ('J. M. W. Turner', 'Joseph Mallord William Turner', 'initials')
    """
    if not 0 < score <= 1:
        raise UsageError("score", expected="a number above 0 and up to 1", found=str(score), remedy="try 0.9")
    known = [_know_name(name, (dates or {}).get(name)) for name in sorted(set(names))]
    twins = [
        _order(first, second, likeness.score, likeness.reason, counts or {})
        for first, second, likeness in _compare_blocks([name for name in known if name.words], score)
    ]
    return sorted(twins, key=lambda twin: (-twin.score, twin.artist, twin.alias))


def list_twins(works: pl.DataFrame, *, score: float = MIN_SCORE) -> list[_Twin]:
    """Return the likely twins among the artists of a table of works, as `suggest_twins` does."""
    artists = (
        works.filter(pl.col("artist").is_not_null())
        .group_by("artist")
        .agg(pl.len().alias("n"), pl.col("artist_dates").drop_nulls().first().alias("dates"))
    )
    counts = dict(artists.select("artist", "n").rows())
    dates = {artist: text for artist, text in artists.select("artist", "dates").rows() if text}
    return suggest_twins(list(counts), counts=counts, dates=dates, score=score)


def match_authority(names: Iterable[str], authority: Mapping[str, str]) -> list[_Twin]:
    """Return the names that an authority knows under another, preferred one.

    `authority` has the preferred name of each other name; accents, case and punctuation do not matter.
    """
    preferred = {fold_name(alias): artist for alias, artist in authority.items()}
    known = ((name, preferred.get(fold_name(name))) for name in sorted(set(names)))
    return [
        _Twin(name, artist, 1.0, "authority")
        for name, artist in known
        if artist is not None and fold_name(artist) != fold_name(name)
    ]


def write_twins(path: str | Path, twins: Iterable[_Twin]) -> None:
    """Write suggestions with an empty column "decision", to be filled with "same" or "different".

    The table is CSV, or Excel where the file ends in .xlsx.
    """
    rows = [(t.alias, t.artist, f"{t.score:.3f}", t.reason, None) for t in twins]
    table = pl.DataFrame(rows, schema=dict.fromkeys(_COLUMNS, pl.String), orient="row")
    try:
        with open(path, "wb") as file:
            if Path(path).suffix.lower() == ".xlsx":
                table.write_excel(file, autofit=True)
            else:
                table.write_csv(file)
    except OSError as fault:
        raise SourceError(
            path,
            expected="a file that can be written",
            found=(fault.strerror or str(fault)).lower(),
            remedy="give another place",
        ) from fault


def read_mapping(path: str | Path) -> dict[str, str]:
    """Return the artist of each alias of a reviewed table whose decision is "same"; chains lead to their end.

    Raises `SourceError` with the rows concerned when a column is missing, a decision is another word, an
    alias stands for two artists, or aliases lead in a circle.
    """
    path = Path(path)
    columns = read_columns(path)
    if lacking := [name for name in ("alias", "artist", "decision") if name not in columns]:
        raise _refuse(path, "the columns alias, artist, decision", f"no {', no '.join(lacking)} in {columns}")
    mapping: dict[str, str] = {}
    rows: dict[str, int] = {}
    for row in read_rows(path):
        if isinstance(row, Skip):
            raise SourceError(row.path, expected="a whole row", found=row.reason, remedy="mend the row")
        alias, artist = _read_row(path, row)
        if mapping.get(alias, artist) != artist:
            found = f"{mapping[alias]!r} in row {rows[alias]} and {artist!r} in row {row.number}"
            raise _refuse(f"{path}: alias {alias!r}", "one artist", found)
        if alias != artist:
            mapping[alias], rows[alias] = artist, row.number
    return resolve_aliases(mapping, place=path, rows=rows)


def resolve_aliases(
    mapping: Mapping[str, str], *, place: object = "aliases", rows: Mapping[str, int] | None = None
) -> dict[str, str]:
    """Return a mapping in which every alias leads to its last artist at once; a circle is refused.

    >>> resolve_aliases({"a": "b", "b": "c"})
    {'a': 'c', 'b': 'c'}
    """
    resolved: dict[str, str] = {}
    for start in mapping:
        path = [start]
        while (after := resolved.get(path[-1], mapping.get(path[-1]))) is not None:
            if after in path:
                numbers = f" (rows {', '.join(str(rows[name]) for name in path)})" if rows else ""
                raise _refuse(place, "aliases that end at an artist", " -> ".join([*path, after]) + numbers)
            path.append(after)
        resolved |= dict.fromkeys(path[:-1], path[-1])
    return {alias: resolved[alias] for alias in mapping}


def apply_mapping(works: Iterable[Work | Skip], mapping: Mapping[str, str]) -> Iterator[Work | Skip]:
    """Yield works with the artists that a mapping names in place of aliases; all else as it comes."""
    for entry in works:
        if isinstance(entry, Work) and (artist := mapping.get(entry.artist or "")):
            yield replace(entry, artist=artist)
        else:
            yield entry


def _read_row(path: Path, row: Row) -> tuple[str, str]:
    """Return alias and artist of a row; the same twice where the row does not count."""
    cells = {name: str(row.values.get(name) or "").strip() for name in _COLUMNS}
    decision = cells["decision"].casefold()
    if decision not in ("same", "different", ""):
        raise _refuse(
            f"{path}:row {row.number}", "the decision 'same', 'different' or nothing", repr(decision)
        )
    if decision == "same" and not (cells["alias"] and cells["artist"]):
        raise _refuse(f"{path}:row {row.number}", "an alias and an artist", "an empty cell")
    if decision != "same":
        return "", ""
    _, fault = check_artist(cells["artist"])
    if fault:
        found = f"{cells['artist']!r}, which names {fault}"
        raise _refuse(f"{path}:row {row.number}", "the name of an artist", found)
    # who reviewed the table may have typed a name that is filed otherwise: it stands as it was typed
    return _tidy(cells["alias"]), _tidy(cells["artist"])


def _tidy(name: str) -> str:
    return " ".join(mend_text(name).split())


def _order(first: _Known, second: _Known, score: float, reason: str, counts: Mapping[str, int]) -> _Twin:
    def weigh(known: _Known) -> tuple[int, int, int, str]:
        n_accents = sum(not letter.isascii() for letter in known.text)
        return counts.get(known.text, 0), len(known.letters), n_accents, known.text

    alias, artist = sorted((first, second), key=weigh)
    return _Twin(alias.text, artist.text, round(score, 3), reason)


def _refuse(thing: object, expected: str, found: str) -> SourceError:
    return SourceError(thing, expected=expected, found=found, remedy="correct the table and apply it again")


@dataclass(frozen=True)
class _Known:
    """A name taken apart for comparing."""

    text: str  # as it was given
    words: tuple[str, ...]  # folded, in order, without titles and generation
    letters: str  # the words sorted and joined
    generation: str | None  # "elder", "younger" or a numeral
    qualifier: str | None
    years: tuple[int, ...]  # of life


@dataclass(frozen=True)
class _Likeness:
    """How alike two names are, 0 to 1, and in what."""

    score: float
    reason: str


def _know_name(text: str, dates: str | None = None) -> _Known:
    """Return a name taken apart, with the life dates kept beside it.

    >>> known = _know_name("Bruegel, Pieter, the Elder")
    >>> known.words, known.generation
    (('pieter', 'bruegel'), 'elder')
    """
    person = read_person(_GERMAN.sub(lambda match: "the Elder" if match[1] == "Ä" else "the Younger", text))
    words = fold_name(person.name or text).split()
    marks = {word for word in words[1:] if word in _GENERATIONS and (len(word) > 3 or word in _SHORT)}
    marks |= {words[-1]} & set(_GENERATIONS) if len(words) > 1 else set()  # "Herman V. Wall" is no fifth
    generations = sorted(_GENERATIONS[word] for word in marks)
    kept = [word for word in words if word not in marks] or words
    kept = kept[1:] if len(kept) > 1 and kept[0] in _TITLES else kept
    kept = kept[:-1] if len(kept) > 1 and kept[-1] in {"the", "der", "il", "le", "el", "de"} else kept
    letters, years = " ".join(sorted(kept)), years_of(dates or person.dates)
    return _Known(text, tuple(kept), letters, next(iter(generations), None), person.qualifier, years)


def _compare_blocks(known: Sequence[_Known], min_score: float) -> Iterator[tuple[_Known, _Known, _Likeness]]:
    """Yield each pair of names that are at least so alike, once."""
    seen: set[tuple[int, int]] = set()
    for pair in chain(_list_by_rule(known), _list_by_spelling(known, min_score)):
        if pair not in seen:
            seen.add(pair)
            likeness = _compare_names(known[pair[0]], known[pair[1]])
            if likeness is not None and likeness.score >= min_score:
                yield known[pair[0]], known[pair[1]], likeness


def _compare_names(first: _Known, second: _Known) -> _Likeness | None:
    """Return how alike two names are, or None when they cannot be one artist.

    >>> _compare_names(_know_name("Joaquín Sorolla"), _know_name("Sorolla, Joaquin"))
    _Likeness(score=1.0, reason='same words')
    """
    if first.generation != second.generation or first.qualifier != second.qualifier:
        return None
    years, other_years = set(first.years), set(second.years)
    if years and other_years and not (years <= other_years or other_years <= years):
        return None
    if _NUMBERS.findall(first.letters) != _NUMBERS.findall(second.letters):
        return None
    if first.letters.replace(" ", "") == second.letters.replace(" ", "") or first.letters == second.letters:
        return _Likeness(1.0, "same words")
    is_notname = bool(_NOTNAMES & {first.words[0], second.words[0]})
    if is_notname and 1 in {len(word) for word in first.words + second.words}:
        return None  # one letter is all that tells "Master F.D." from "Master I.D."
    if _agree_by_initials(first.words, second.words):
        return _Likeness(_INITIALS_SCORE, "initials")
    if _is_shorter_form(first.words, second.words) or _is_shorter_form(second.words, first.words):
        return _Likeness(_SHORTER_SCORE, "shorter form")
    return _compare_spelling(first, second)


def _compare_spelling(first: _Known, second: _Known) -> _Likeness | None:
    """Compare letter by letter, unless what differs is initials or words that have little in common."""
    left = Counter(first.words) - Counter(second.words)
    right = Counter(second.words) - Counter(first.words)
    if any(len(word) == 1 for word in left) and any(len(word) == 1 for word in right):
        return None
    if fuzz.ratio(" ".join(sorted(left)), " ".join(sorted(right))) < _MIN_REST_PERCENT and left and right:
        return None
    return _Likeness(fuzz.ratio(first.letters, second.letters) / 100, "spelling")


def _agree_by_initials(first: Sequence[str], second: Sequence[str]) -> bool:
    """Tell whether one name has initials where the other has words: "J. M. W. Turner"."""
    pairs = list(zip(first, second, strict=False))
    return (
        len(first) == len(second)
        and any(len(a) > 2 and a == b for a, b in pairs)
        and all(a == b or (a[0] == b[0] and 1 in (len(a), len(b))) for a, b in pairs)
    )


def _is_shorter_form(short: Sequence[str], long: Sequence[str]) -> bool:
    """Tell whether a name is another one without its "van Rijn", or without its middle names."""
    if len(short) == 1:
        return len(long) > 2 and long[0] == short[0] and long[1] in _SMALL_WORDS
    if len(short) < 2 or len(long) <= len(short) or (short[0], short[-1]) != (long[0], long[-1]):
        return False
    rest = iter(long)
    return all(word in rest for word in short)


def _list_by_rule(known: Sequence[_Known]) -> Iterator[tuple[int, int]]:
    """Yield the pairs to which the rules for initials and shorter forms may apply."""
    blocks: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for position, name in enumerate(known):
        for key in _list_rule_keys(name.words):
            blocks[key].append(position)
    for (rule, *_), block in blocks.items():
        # Without an initial among the two the rule does not apply.
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


def _list_by_spelling(known: Sequence[_Known], min_score: float) -> Iterator[tuple[int, int]]:
    """Yield the pairs of close spelling among the names that share a word or nearly one."""
    blocks: dict[str, list[int]] = defaultdict(list)
    for position, name in enumerate(known):
        for key in _list_keys(name):
            blocks[key].append(position)
    for block in blocks.values():
        for part in _part_block(known, block) if len(block) > _MAX_BLOCK else (block,):
            if len(part) > 1:
                yield from _list_close(known, part, min_score)


def _list_keys(name: _Known) -> set[str]:
    """Return each word and, for one misspelt letter, each long word with any one letter left out."""
    words = [word for word in name.words if word not in _SMALL_WORDS] or list(name.words)
    keys = {word for word in words if len(word) > 1} | {"".join(name.words)}
    for word in words:
        if len(word) >= _MIN_LETTERS:
            keys |= {f"{word[:at]}{word[at + 1 :]}" for at in range(len(word))}
    return keys


def _part_block(known: Sequence[_Known], block: Sequence[int]) -> Iterator[list[int]]:
    parts: dict[str, list[int]] = defaultdict(list)
    for position in block:
        for first in {word[0] for word in known[position].words if word not in _SMALL_WORDS}:
            parts[first].append(position)
    for part in parts.values():
        ordered = sorted(part, key=lambda position: known[position].letters)
        # Of what is still too many, neighbours in the order of the letters are compared.
        step = _MAX_BLOCK // 2
        yield from (ordered[start : start + _MAX_BLOCK] for start in range(0, len(ordered), step))


def _list_close(known: Sequence[_Known], block: Sequence[int], min_score: float) -> Iterator[tuple[int, int]]:
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
