"""Sets of works compared with sets: how much surer a comparison grows when more works are shown.

A judge seldom has one work of a painter only. For each size the same artists take part, with works that no
other set of the comparison holds, so that sizes differ in nothing but how many works were shown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from morelli.evaluate.metrics.evidence import make_pair_row, replicate_evidence
from morelli.evaluate.metrics.intervals import Codes, Float, enclose, resample_artists
from morelli.evaluate.metrics.words import GAIN_SUFFIX
from morelli.evaluate.rows import PartName, Row
from morelli.model.scoring import COSINE, Rule

SET_SIZES = (1, 2, 3, 5)
"""Works in each of two sets that are compared."""

_SET_METRICS = ("roc_auc", "cllr")

_MIN_SET_ARTISTS = 5
"""Artists with works enough for two sets, without whom a size is left out."""

_N_DRAWS = 10
"""How often two sets of each artist are drawn."""

_MAX_PAIRS = 100_000
"""Pairs of sets above which fewer draws are made."""

_Rows = NDArray[np.floating]
Relate = Callable[[_Rows, int], Float | None]
"""From scores of two sets, and how many works each holds, to log10 likelihood ratios; None: no map."""


@dataclass(frozen=True, eq=False)
class _SetPairs:
    """Scores and artist codes of pairs of sets of one size, (p,)."""

    scores: Float
    left: Codes
    right: Codes


def set_rows(
    rows: _Rows,
    artists: Sequence[str],
    *,
    part: PartName,
    seed: int,
    n_boot: int,
    relate: Relate,
    rule: Rule = COSINE,
) -> tuple[list[Row], str]:
    """Return rows for each size of set, and why the larger sizes have none.

    The rows of works, (n, p), are unit rows of the model's comparison space, or those of its rule. With a
    rule the score of two sets is the mean over all pairs of one work of each, and nothing is merged.
    """
    sizes, reason = _choose_sizes(artists)
    if not sizes:
        return [], reason
    drawn = _draw_set_pairs(rows, artists, sizes, rng=np.random.default_rng(seed), rule=rule)
    n_artists = int(drawn[sizes[0]].left.max()) + 1
    weights = resample_artists(n_artists, n_boot=n_boot, rng=np.random.default_rng(seed))
    measured, uncalibrated = {}, []
    for size, pairs in drawn.items():
        ratios = relate(pairs.scores, size)
        uncalibrated += [str(size)] if ratios is None else []
        measured[size] = replicate_evidence(
            pairs.scores if ratios is None else ratios,
            pairs.left,
            pairs.right,
            weights,
            _SET_METRICS if ratios is not None else _SET_METRICS[:1],
            scores=pairs.scores,
        )
    if uncalibrated:
        told = f"sets of {' and '.join(uncalibrated)}: the model is not calibrated for their likelihood ratio"
        reason = f"{reason}; {told}" if reason else told
    return [row for size in sizes for row in _make_rows(part, size, measured, len(drawn[size].left))], reason


def _choose_sizes(artists: Sequence[str]) -> tuple[tuple[int, ...], str]:
    """Return the sizes for which there are artists enough, and why the others are left out.

    >>> _choose_sizes(["A", "B", "C", "D", "E"] * 4)
    ((1, 2), 'sets of 3 or more: 0 artists have 6 works or more, 5 are asked for')
    """
    counts = np.unique(np.asarray(artists, dtype=object), return_counts=True)[1]
    sizes = tuple(size for size in SET_SIZES if (counts >= 2 * size).sum() >= _MIN_SET_ARTISTS)
    if len(sizes) == len(SET_SIZES):
        return sizes, ""
    first = SET_SIZES[len(sizes)]
    n_artists = int((counts >= 2 * first).sum())
    return sizes, (
        f"sets of {first} or more: {n_artists} artists have {2 * first} works or more, "
        f"{_MIN_SET_ARTISTS} are asked for"
    )


def _draw_set_pairs(
    rows: _Rows,
    artists: Sequence[str],
    sizes: Sequence[int],
    *,
    rng: np.random.Generator,
    rule: Rule = COSINE,
) -> dict[int, _SetPairs]:
    """Return pairs of sets for each ascending size, of the artists who have works enough for the largest.

    In each draw an artist has two sets without a common work: his left one is compared with all right ones. A
    smaller set is the beginning of the larger one.
    """
    names, codes = np.unique(np.asarray(artists, dtype=object), return_inverse=True)
    works = [np.flatnonzero(codes == code) for code in range(len(names))]
    works = [own for own in works if len(own) >= 2 * sizes[-1]]
    n_draws = int(np.clip(_MAX_PAIRS // len(works) ** 2, 1, _N_DRAWS))
    drawn = [[rng.permutation(own)[: 2 * sizes[-1]] for own in works] for _ in range(n_draws)]
    left, right = (side.ravel() for side in np.indices((len(works), len(works))))
    return {
        size: _SetPairs(
            np.concatenate([_score_draw(rows, np.stack(draw), size, rule) for draw in drawn]),
            np.tile(left, n_draws),
            np.tile(right, n_draws),
        )
        for size in sizes
    }


def _score_draw(rows: _Rows, draw: Codes, size: int, rule: Rule) -> Float:
    """Return (a * a,) scores of every artist's left set with every artist's right set, for works (a, 2 m)."""
    half = draw.shape[1] // 2
    left, right = (rows[draw[:, start : start + size]] for start in (0, half))  # (a, size, p) each
    return rule.score_all_sets(left, right, dtype=np.float64).ravel().astype(np.float64)


def _make_rows(part: PartName, size: int, measured: dict[int, Float], n: int) -> list[Row]:
    rows = []
    for place, metric in enumerate(_SET_METRICS[: len(measured[size])]):
        own, single = measured[size][place], measured[min(measured)][place]
        for suffix, numbers in (("", own), (GAIN_SUFFIX, own - single)):
            if suffix == "" or size > min(measured):
                interval = enclose(float(numbers[0]), numbers[1:])
                rows.append(make_pair_row(part, metric + suffix, interval, n=n, subset=f"sets_of_{size}"))
    return rows
