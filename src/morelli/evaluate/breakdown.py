"""Where a comparison or an attribution fails: harder kinds of pairs, artists, pairs and works to look at.

What is easy must not hide what is hard. Two works of one style by two hands are what a judge of paintings is
asked about; two works by one hand from two sources share no photographer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from morelli.collection.pairs.samples import Pairs
from morelli.collection.work import LABEL_SEPARATOR
from morelli.errors import EvaluationError
from morelli.evaluate.metrics.attribution import Predictions
from morelli.evaluate.metrics.evidence import LN2
from morelli.evaluate.metrics.intervals import enclose_share
from morelli.evaluate.metrics.neighbours import Neighbours
from morelli.evaluate.rows import Cell, PartName, make_table
from morelli.model.likelihood_ratio import LN10

_WITHIN_STYLE = "within_style"
_ACROSS_SOURCE = "across_source"

_MIN_PAIRS = 30
"""Pairs of each kind that a subset must hold; with fewer an error rate has steps of more than 3 %."""

_MIN_ARTISTS = 3
"""Artists that must have pairs by one hand; with fewer there is no interval over artists to speak of."""

_N_PAIRS = 6
"""Misleading pairs shown of each kind."""


@dataclass(frozen=True)
class WorkLabels:
    """What is known of n works beside their artist; None where it is not known."""

    styles: Sequence[str | None]  # one label, or several joined by |
    years: Sequence[int | None]  # of our era
    sources: Sequence[str | None]
    paths: Sequence[str]  # of their pictures


@dataclass(frozen=True, eq=False)
class _Subset:
    """Some of p pairs, under the name that their rows have."""

    name: str
    members: NDArray[np.bool_]  # (p,)
    reason: str = ""  # why they are not measured, as a clause without a full stop


def list_subsets(pairs: Pairs, codes: NDArray[np.intp], labels: WorkLabels) -> list[_Subset]:
    """Return the subsets of pairs that the labels of their works make; `codes` are the works' artists, (n,).

    ``within_style``: both works share a label of style; ``across_source``: their sources are known and two;
    then ``century_NN`` for each century that occurs: both works are of it.

    >>> labels = WorkLabels(["a", "a|b", "b"], [1650, 1660, None], [None] * 3, [""] * 3)
    >>> pairs = Pairs(np.array([0, 0]), np.array([1, 2]), np.array([True, False]))
    >>> [(one.name, one.members.tolist()) for one in list_subsets(pairs, np.array([0, 0, 1]), labels)]
    [('within_style', [True, False]), ('across_source', [False, False]), ('century_17', [True, False])]
    """
    centuries = _number_centuries(labels.years)
    found = [
        (_WITHIN_STYLE, _share_style(pairs, labels.styles), _explain_labels("style", labels.styles)),
        (_ACROSS_SOURCE, _cross_sources(pairs, labels.sources), _explain_sources(labels.sources)),
        *(
            (f"century_{century:02d}", _are_of(pairs, centuries == century), "")
            for century in np.unique(centuries[centuries > 0]).tolist()
        ),
    ]
    return [
        _Subset(name, members, reason or _explain_few(pairs, codes, members))
        for name, members, reason in found
    ]


def _number_centuries(years: Sequence[int | None]) -> NDArray[np.intp]:
    """Return the century of each year, 0 for none.

    >>> _number_centuries([1600, 1601, None]).tolist()
    [16, 17, 0]
    """
    known = np.array([year if year is not None and year > 0 else 0 for year in years], dtype=np.intp)
    return np.where(known > 0, (known - 1) // 100 + 1, 0)


def _are_of(pairs: Pairs, own: NDArray[np.bool_]) -> NDArray[np.bool_]:
    members: NDArray[np.bool_] = own[pairs.left] & own[pairs.right]
    return members


def _share_style(pairs: Pairs, styles: Sequence[str | None]) -> NDArray[np.bool_]:
    members = np.zeros(len(pairs), dtype=np.bool_)
    split = [set(style.split(LABEL_SEPARATOR)) if style else set() for style in styles]
    for label in sorted(set().union(*split)):
        members |= _are_of(pairs, np.array([label in own for own in split]))
    return members


def _cross_sources(pairs: Pairs, sources: Sequence[str | None]) -> NDArray[np.bool_]:
    names, codes = np.unique([source or "" for source in sources], return_inverse=True)
    left, right = codes.ravel()[pairs.left], codes.ravel()[pairs.right]
    is_known = names != ""
    members: NDArray[np.bool_] = is_known[left] & is_known[right] & (left != right)
    return members


def _explain_labels(what: str, labels: Sequence[object]) -> str:
    return "" if any(labels) else f"no work has a {what}"


def _explain_sources(sources: Sequence[str | None]) -> str:
    names = {source for source in sources if source}
    return "all works are from one source" if len(names) == 1 else _explain_labels("source", sources)


def _explain_few(pairs: Pairs, codes: NDArray[np.intp], members: NDArray[np.bool_]) -> str:
    n_same = int((members & pairs.same).sum())
    n_different = int(members.sum()) - n_same
    n_artists = len(np.unique(codes[pairs.left[members & pairs.same]]))
    if min(n_same, n_different) >= _MIN_PAIRS and n_artists >= _MIN_ARTISTS:
        return ""
    return (
        f"{n_same} pairs by one hand (of {n_artists} artists) and {n_different} by two; "
        f"{_MIN_PAIRS} of each kind, of {_MIN_ARTISTS} artists, are asked for"
    )


def tabulate_confusion(predictions: Predictions) -> pl.DataFrame:
    """Return the table ``confusion``: who is taken for whom, in the order of the classes."""
    counts, artists = predictions.count_confusions(), predictions.artists
    cells = np.argwhere(counts > 0).tolist()
    return make_table("confusion", ((artists[row], artists[at], int(counts[row, at])) for row, at in cells))


def tabulate_artists(predictions: Predictions) -> pl.DataFrame:
    """Return the table ``artists``: how often each artist is named rightly, the least often first.

    The interval is Wilson's: here one artist's works are the sample. Of the same accuracy, the lower interval
    comes first.
    """
    counts = predictions.count_confusions()
    records = [
        _measure_artist(artist, int(row[place]), int(row.sum()))
        for place, (artist, row) in enumerate(zip(predictions.artists, counts, strict=True))
        if row.sum() > 0
    ]
    return make_table("artists", records).sort("accuracy", "low", "high", "artist")


def _measure_artist(artist: str, n_right: int, n: int) -> tuple[Cell, ...]:
    return artist, n, n_right / n, *enclose_share(n_right, n)


def rank_artists(
    log10_likelihood_ratios: NDArray[np.float64], pairs: Pairs, artists: Sequence[str], part: PartName
) -> pl.DataFrame:
    """Return the table ``compared_artists``: what the pairs of each artist cost, the dearest first.

    `cllr` is in bits; 1 is what saying nothing costs. `missed` is the share of the artist's own pairs whose
    evidence speaks against one hand, `mistaken` that of the pairs with others whose evidence speaks for it,
    `taken_for` the artist whose pairs with this one cost most. Artists without pairs of both kinds have no
    row.
    """
    names, codes = np.unique(np.asarray(artists, dtype=object), return_inverse=True)
    left, right = codes.ravel()[pairs.left], codes.ravel()[pairs.right]
    natural = LN10 * log10_likelihood_ratios
    costs = np.logaddexp(0, np.where(pairs.same, -natural, natural)) / LN2
    is_wrong = np.where(pairs.same, natural < 0, natural > 0)
    n = len(names)
    tables = []
    for values in (np.ones(len(pairs)), costs, is_wrong.astype(np.float64)):
        cells = (
            np.bincount(left * n + right, weights=values, minlength=n * n).reshape(n, n).astype(np.float64)
        )
        tables.append(cells + cells.T - np.diag(np.diag(cells)))  # whichever work stood left
    found = [_sum_up(code, names, tables, part) for code in range(n)]
    table = make_table("compared_artists", (one for one in found if one is not None))
    return table.sort("cllr", "artist", descending=[True, False])


def _sum_up(
    code: int, names: NDArray[np.object_], tables: Sequence[NDArray[np.float64]], part: PartName
) -> tuple[Cell, ...] | None:
    counts, costs, wrong = (table[code] for table in tables)
    others = np.arange(len(names)) != code
    n_same, n_different = counts[code], counts[others].sum()
    if n_same == 0 or n_different == 0:
        return None
    with_each = np.divide(costs, counts, out=np.full(len(names), -1.0), where=others & (counts > 0))
    return (
        part,
        str(names[code]),
        float(costs[code] / n_same + costs[others].sum() / n_different) / 2,
        float(wrong[code] / n_same),
        float(wrong[others].sum() / n_different),
        str(names[with_each.argmax()]),
        int(n_same),
        int(n_different),
    )


def find_worst_pairs(
    log10_likelihood_ratios: NDArray[np.float64],
    pairs: Pairs,
    works: Sequence[tuple[str, str]],
    part: PartName,
    *,
    n_pairs: int = _N_PAIRS,
) -> pl.DataFrame:
    """Return the table ``worst_pairs``: the strongest evidence the wrong way, pairs by two hands first.

    `works` are picture path and artist of each of n works. At most `n_pairs` of each kind are found, and each
    work at most once in each kind.
    """
    worst: list[tuple[Cell, ...]] = []
    for same, sign in ((False, 1.0), (True, -1.0)):
        used: set[int] = set()
        own = np.flatnonzero((pairs.same == same) & (sign * log10_likelihood_ratios > 0))
        for place in own[np.argsort(-sign * log10_likelihood_ratios[own], kind="stable")]:
            both = int(pairs.left[place]), int(pairs.right[place])
            if used.isdisjoint(both):
                used.update(both)
                left, right = (works[work] for work in both)
                worst.append((part, *left, *right, int(same), float(log10_likelihood_ratios[place])))
            if len(used) == 2 * n_pairs:
                break
    return make_table("worst_pairs", worst)


def draw_examples(
    neighbours: Neighbours,
    queries: Sequence[tuple[str, str]],
    gallery: Sequence[tuple[str, str]],
    *,
    part: PartName,
    rng: np.random.Generator,
    n_examples: int = 6,
    n_found: int = 6,
) -> pl.DataFrame:
    """Return the table ``examples``: one query from each of some drawn artists, with the nearest works.

    `queries` and `gallery` are picture path and artist of each work, in the order of the vectors. Raises
    `EvaluationError` when there are not as many queries as neighbours.
    """
    if len(queries) != len(neighbours.places):
        raise EvaluationError(
            "retrieval examples",
            expected=f"one path and artist per query ({len(neighbours.places)})",
            found=f"{len(queries)}",
            remedy="pass the works whose vectors were searched for",
        )
    artists = np.array([artist for _, artist in queries], dtype=object)
    shuffled = rng.permutation(len(artists))
    _, first = np.unique(artists[shuffled], return_index=True)  # one query per artist
    records: list[tuple[Cell, ...]] = []
    for row in rng.permutation(shuffled[first])[:n_examples]:
        artist = artists[row]
        near = zip(neighbours.places[row, :n_found], neighbours.scores[row, :n_found], strict=True)
        found = [(*gallery[place], float(score)) for place, score in near if place >= 0]
        records += [
            (part, *queries[row], place, path, other, int(other == artist), score)
            for place, (path, other, score) in enumerate(found, start=1)
        ]
    return make_table("examples", records)
