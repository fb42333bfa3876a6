"""What artists have in common: the style, the school and the century of most of their works in a gallery."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from morelli.collection.work import LABEL_SEPARATOR

TRAITS = ("style", "school", "century")
"""From what says most of a hand to what says least."""


@dataclass(frozen=True)
class Traits:
    """What most works of an artist share; None where no label does.

    Parameters
    ----------
    style, school, century
        Labels, such as "Impressionism", "French", "19th century".
    """

    style: str | None = None
    school: str | None = None
    century: str | None = None


def describe_artists(works: pl.DataFrame) -> dict[str, Traits]:
    """Return the traits of every artist of a works table.

    Parameters
    ----------
    works
        Columns artist, style, school, year. Of several styles or schools in a cell the first counts.
    """
    described = {}
    for (artist,), rows in works.filter(pl.col("artist").is_not_null()).group_by("artist"):
        labels: dict[str, list[str]] = {}
        for name in ("style", "school"):
            labels[name] = _first_labels(rows[name])
        years = rows["year"].drop_nulls().to_list()
        labels["century"] = [name_century(year) for year in years]
        described[str(artist)] = Traits(**{name: find_majority(values) for name, values in labels.items()})
    return described


def share_traits(artists: Sequence[str], described: Mapping[str, Traits]) -> list[str]:
    """Return the labels that all of some artists have, in the order of `TRAITS`."""
    if not all(artist in described for artist in artists):
        return []
    shared = []
    for trait in TRAITS:
        labels = {getattr(described[artist], trait) for artist in artists}
        if len(labels) == 1 and None not in labels:
            shared.append(labels.pop())
    return shared


def find_majority(labels: Iterable[str]) -> str | None:
    """Return the label that more than half of all are, or None.

    Examples
    --------
    >>> find_majority(["Cubism", "Cubism", "Realism"]), find_majority(["Cubism", "Realism"])
    ('Cubism', None)
    """
    counts = Counter(labels)
    label, count = counts.most_common(1)[0] if counts else (None, 0)
    return label if 2 * count > counts.total() else None


def name_century(year: int) -> str:
    """Return the century of a year CE in words.

    Examples
    --------
    >>> name_century(1900), name_century(1901), name_century(1500)
    ('19th century', '20th century', '15th century')
    """
    number = (year - 1) // 100 + 1
    tens = "th" if 10 <= number % 100 <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{tens} century"


def _first_labels(column: pl.Series) -> list[str]:
    return [label.split(LABEL_SEPARATOR)[0] for label in column.drop_nulls().to_list()]
