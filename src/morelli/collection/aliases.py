"""Artists who stand in a collection under two spellings: suggested, and merged only after a person's review.

`suggest_twins` finds likely pairs, `write_twins` puts them into a table, a person writes "same" or
"different" into its last column, `read_mapping` reads that back, and `apply_mapping` renames works.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import polars as pl

from morelli.collection.names import fold_name
from morelli.collection.sources.rows import Row, read_columns, read_rows
from morelli.collection.twins import Known, compare_blocks, know_name
from morelli.collection.work import Skip, Work
from morelli.errors import SourceError, UsageError

MIN_SCORE = 0.9
"""The score from which two names are suggested, unless told otherwise: of twelve letters one may differ."""

_COLUMNS = ("alias", "artist", "score", "reason", "decision")
_DECISIONS = frozenset({"same", "different", ""})


@dataclass(frozen=True)
class Twin:
    """Two names that may be one artist.

    Parameters
    ----------
    alias
        The name that would give way.
    artist
        The name that would stay.
    score
        How alike they are, 0 to 1; 1 for names that differ in accents, case or order of words only.
    reason
        What makes them alike: "same words", "initials", "shorter form", "spelling" or "authority".
    """

    alias: str
    artist: str
    score: float
    reason: str

    def to_dict(self) -> dict[str, str | float]:
        """Return the twin as a JSON object."""
        return asdict(self)


def suggest_twins(
    names: Sequence[str],
    *,
    counts: Mapping[str, int] | None = None,
    dates: Mapping[str, str] | None = None,
    score: float = MIN_SCORE,
) -> list[Twin]:
    """Return the pairs of names that are probably one artist, the most alike first.

    Parameters
    ----------
    names
        The artists of a collection, in any order.
    counts
        Works of each: the name with more stays. Without, or in a tie, the one with more letters and accents.
    dates
        Life dates of those for whom they are known; dates within the names are found there.
    score
        The least score of a pair, above 0 and at most 1.

    Returns
    -------
    twins
        Never a pair with different years of life, different generations ("the Elder", "the Younger", "Jr.",
        "II") or different qualifiers.

    Raises
    ------
    UsageError
        When the score is out of range.

    Notes
    -----
    Only names that share a word, or nearly one (one letter more, less or other), are compared, so time grows
    with the number of names rather than with its square.

    Examples
    --------
    >>> [twin] = suggest_twins(["J. M. W. Turner", "Joseph Mallord William Turner", "Frans Hals"])
    >>> twin.alias, twin.artist, twin.reason
    ('J. M. W. Turner', 'Joseph Mallord William Turner', 'initials')
    """
    if not 0 < score <= 1:
        raise UsageError("score", expected="a number above 0 and up to 1", found=str(score), remedy="try 0.9")
    known = [know_name(name, (dates or {}).get(name)) for name in sorted(set(names))]
    twins = [
        _order(first, second, likeness.score, likeness.reason, counts or {})
        for first, second, likeness in compare_blocks([name for name in known if name.words], score)
    ]
    return sorted(twins, key=lambda twin: (-twin.score, twin.artist, twin.alias))


def list_twins(works: pl.DataFrame, *, score: float = MIN_SCORE) -> list[Twin]:
    """Return the likely twins among the artists of a table of works, as `suggest_twins` does.

    Parameters
    ----------
    works
        A table with the columns artist and artist_dates.
    score
        The least score of a pair, above 0 and at most 1.
    """
    artists = (
        works.filter(pl.col("artist").is_not_null())
        .group_by("artist")
        .agg(pl.len().alias("n"), pl.col("artist_dates").drop_nulls().first().alias("dates"))
    )
    counts = dict(artists.select("artist", "n").rows())
    dates = {artist: text for artist, text in artists.select("artist", "dates").rows() if text}
    return suggest_twins(list(counts), counts=counts, dates=dates, score=score)


def match_authority(names: Iterable[str], authority: Mapping[str, str]) -> list[Twin]:
    """Return the names that an authority knows under another, preferred one.

    Parameters
    ----------
    names
        The artists of a collection.
    authority
        The preferred name of each other name, such as `read_aliases` finds in a museum's tables. Accents,
        case and punctuation do not matter.

    Examples
    --------
    >>> [twin] = match_authority(["Jacopo Robusti"], {"Jacopo ROBUSTI": "Jacopo Tintoretto"})
    >>> twin.artist, twin.reason
    ('Jacopo Tintoretto', 'authority')
    """
    preferred = {fold_name(alias): artist for alias, artist in authority.items()}
    known = ((name, preferred.get(fold_name(name))) for name in sorted(set(names)))
    return [
        Twin(name, artist, 1.0, "authority")
        for name, artist in known
        if artist is not None and fold_name(artist) != fold_name(name)
    ]


def write_twins(path: Path, twins: Iterable[Twin]) -> None:
    """Write suggestions as CSV with an empty column "decision", to be filled with "same" or "different".

    Raises
    ------
    SourceError
        When the file cannot be written.
    """
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            table = csv.writer(file, lineterminator="\n")
            table.writerow(_COLUMNS)
            table.writerows((t.alias, t.artist, f"{t.score:.3f}", t.reason, "") for t in twins)
    except OSError as fault:
        raise SourceError(
            path,
            expected="a file that can be written",
            found=(fault.strerror or str(fault)).lower(),
            remedy="give another place",
        ) from fault


def read_mapping(path: Path) -> dict[str, str]:
    """Return which artist each alias of a reviewed table stands for; chains lead to their end.

    Parameters
    ----------
    path
        A table with the columns alias, artist and decision; only rows with the decision "same" count.

    Raises
    ------
    SourceError
        When a column is missing, a decision is none of "same", "different" and nothing, an alias stands for
        two artists, or aliases lead in a circle; with the rows concerned.
    """
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
    """Return a mapping in which every alias leads to its last artist at once.

    Raises
    ------
    SourceError
        When aliases lead in a circle.

    Examples
    --------
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
        if isinstance(entry, Work) and entry.artist is not None and entry.artist in mapping:
            yield replace(entry, artist=mapping[entry.artist])
        else:
            yield entry


def _read_row(path: Path, row: Row) -> tuple[str, str]:
    """Return alias and artist of a row; the same twice where the row does not count."""
    cells = {name: str(row.values.get(name) or "").strip() for name in _COLUMNS}
    decision = cells["decision"].casefold()
    if decision not in _DECISIONS:
        raise _refuse(
            f"{path}:row {row.number}", "the decision 'same', 'different' or nothing", repr(decision)
        )
    if decision == "same" and not (cells["alias"] and cells["artist"]):
        raise _refuse(f"{path}:row {row.number}", "an alias and an artist", "an empty cell")
    return (cells["alias"], cells["artist"]) if decision == "same" else ("", "")


def _order(first: Known, second: Known, score: float, reason: str, counts: Mapping[str, int]) -> Twin:
    def weigh(known: Known) -> tuple[int, int, int, str]:
        n_accents = sum(not letter.isascii() for letter in known.text)
        return counts.get(known.text, 0), len(known.letters), n_accents, known.text

    alias, artist = sorted((first, second), key=weigh)
    return Twin(alias.text, artist.text, round(score, 3), reason)


def _refuse(thing: object, expected: str, found: str) -> SourceError:
    return SourceError(thing, expected=expected, found=found, remedy="correct the table and apply it again")
