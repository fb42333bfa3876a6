"""Whether the probability of a named artist is as high as it should be, and what prediction sets hold.

A model that gives 70 % should be right in 70 of 100 such works; nine in ten prediction sets at 90 % should
hold the true artist, and the fewer names that takes, the better.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray
from scipy.stats import rankdata

from morelli.errors import EvaluationError
from morelli.evaluate.metrics.attribution import read_predictions
from morelli.evaluate.metrics.intervals import (
    Codes,
    Float,
    average_over_artists,
    divide,
    enclose,
    enclose_share,
    resample_artists,
    weigh_evenly,
)
from morelli.evaluate.rows import Cell, Row, make_table

_N_BINS = 15
"""Bins of confidence, as Guo et al. (2017), arXiv:1706.04599, take them."""

COVERAGE_LEVEL = 0.9
"""The promised share of sets that hold the true artist."""


@dataclass(frozen=True, eq=False)
class _ReliabilityBins:
    """Works in m bins of equal number by the probability of the first name, counted for each of c artists."""

    n_works: Float  # (m, c)
    confidences: Float  # (m, c) their sums
    right: Float  # (m, c) how many were named rightly
    lowest: Float  # (m,) confidence
    highest: Float

    def __len__(self) -> int:
        return len(self.lowest)

    @classmethod
    def count(
        cls,
        confidences: ArrayLike,
        right: ArrayLike,
        codes: Codes,
        n_artists: int,
        n_bins: int = _N_BINS,
    ) -> _ReliabilityBins:
        """Return the bins of works with a confidence, a first name right or not, and an artist, (q,).

        Works of equal confidence share a bin, so there may be fewer than `n_bins`.
        """
        values, hits = np.asarray(confidences, dtype=np.float64), np.asarray(right, dtype=np.float64)
        ranks = rankdata(values, method="min") - 1
        bins = np.unique((ranks * n_bins // len(values)).astype(np.intp), return_inverse=True)[1].ravel()
        shape = (int(bins.max()) + 1, n_artists)
        cells = bins * n_artists + codes
        counts, sums, rights = (
            np.bincount(cells, weights=weights, minlength=shape[0] * n_artists)
            .reshape(shape)
            .astype(np.float64)
            for weights in (np.ones_like(values), values, hits)
        )
        return cls(
            n_works=counts,
            confidences=sums,
            right=rights,
            lowest=np.array([values[bins == number].min() for number in range(shape[0])]),
            highest=np.array([values[bins == number].max() for number in range(shape[0])]),
        )


def _top_label_calibration_error(bins: _ReliabilityBins, weights: Float) -> Float:
    """Return the mean distance between confidence and share of right names over the bins, (b,).

    Lower is better, 0 to 1; each bin counts as its works; the denominator is all works. Only the first name
    is looked at. It is biased upwards: with few works in a bin, chance alone puts a distance there, and in a
    resample of artists more so. Where it is small the interval may therefore lie above the value (Naeini,
    Cooper and Hauskrecht 2015, doi:10.1609/aaai.v29i1.9602; bins of equal mass: Nixon et al. 2019,
    arXiv:1904.01685).

    Examples
    --------
    One bin: the confidences are 0.9 and 0.7, one of the two names is right.

    >>> bins = _ReliabilityBins.count([0.9, 0.7], [True, False], np.array([0, 1]), 2, n_bins=1)
    >>> _top_label_calibration_error(bins, np.ones((1, 2))).round(3).tolist()
    [0.3]
    """
    gaps = weights @ (bins.right - bins.confidences).T  # (b, m)
    return divide(np.abs(gaps).sum(axis=1), weights @ bins.n_works.sum(axis=0))


def _multiclass_brier_scores(probabilities: ArrayLike, codes: Codes) -> Float:
    """Return for each work, (q,), the squared distance between all probabilities, (q, c), and the truth.

    Lower is better, 0 to 2; always giving 1 / c has 1 - 1 / c. All names count, as Brier (1950),
    doi:10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2, defined it for more than two outcomes.

    Examples
    --------
    >>> _multiclass_brier_scores([[0.5, 0.5], [0.0, 1.0]], np.array([0, 1])).tolist()
    [0.5, 0.0]
    """
    table = np.asarray(probabilities, dtype=np.float64)
    own = table[np.arange(len(table)), codes]
    scores: Float = (table**2).sum(axis=1) - 2 * own + 1
    return scores


def reliability_rows(
    probabilities: ArrayLike, classes: Sequence[str], truth: Sequence[str], *, seed: int, n_boot: int
) -> tuple[list[Row], pl.DataFrame]:
    """Return `_top_label_calibration_error` and `multiclass_brier_score`, and the table of the bins.

    Probabilities are (q, c), classes the names of the columns, the truth the artist of each work.
    """
    table = np.asarray(probabilities, dtype=np.float64)
    predictions = read_predictions(table, classes, truth)
    codes = np.unique(predictions.codes, return_inverse=True)[1].ravel()  # artists with a work
    n_artists = int(codes.max()) + 1
    weights = resample_artists(n_artists, n_boot=n_boot, rng=np.random.default_rng(seed))
    even = weigh_evenly(n_artists)
    right = predictions.predicted == predictions.codes
    bins = _ReliabilityBins.count(table.max(axis=1), right, codes, n_artists)
    scores = _multiclass_brier_scores(table, predictions.codes)
    measured = {
        "top_label_calibration_error": [_top_label_calibration_error(bins, some) for some in (even, weights)],
        "multiclass_brier_score": [average_over_artists(scores, codes, some) for some in (even, weights)],
    }
    rows = [
        Row(
            task="attribution",
            part="seen",
            metric=metric,
            **enclose(float(value[0]), replicates).to_row(),
            n=len(predictions),
            unit="works",
        )
        for metric, (value, replicates) in measured.items()
    ]
    return rows, _tabulate_reliability(bins, weights)


def _tabulate_reliability(bins: _ReliabilityBins, weights: Float) -> pl.DataFrame:
    """Return confidence and share of right names for each bin, with its interval over artists."""
    shares = divide(weights @ bins.right.T, weights @ bins.n_works.T)  # (b, m)
    records = []
    for number in range(len(bins)):
        n = bins.n_works[number].sum()
        share = enclose(float(bins.right[number].sum() / n), shares[:, number])
        records.append(
            (
                float(bins.lowest[number]),
                float(bins.highest[number]),
                float(bins.confidences[number].sum() / n),
                share.value,
                share.low,
                share.high,
                int(n),
            )
        )
    return make_table("attribution_reliability", records)


def coverage_rows(
    sets: NDArray[np.bool_], classes: Sequence[str], truth: Sequence[str], *, seed: int, n_boot: int
) -> tuple[list[Row], pl.DataFrame]:
    """Return `set_coverage` and `set_size`, and the table ``coverage`` of artists, the least covered first.

    Coverage is the share of works whose set, a row of (q, c), holds the true artist: 0 to 1, it should be the
    level. The size is the mean number of names, 1 to c, lower is better. The denominator of both is all
    works.

    Examples
    --------
    >>> sets = np.array([[True, False], [True, True]])
    >>> rows, table = coverage_rows(sets, ["A", "B"], ["A", "B"], seed=0, n_boot=9)
    >>> [(row.metric, row.value) for row in rows]
    [('set_coverage', 1.0), ('set_size', 1.5)]
    """
    columns = {artist: column for column, artist in enumerate(classes)}
    if sets.shape != (len(truth), len(columns)) or not len(truth) or set(truth) - set(columns):
        raise EvaluationError(
            "sets of artists",
            expected="one row per work and one column per artist, and a work by an artist among them",
            found=f"an array of shape {sets.shape} for {len(truth)} works and {len(columns)} artists",
            remedy="pass sets, classes and truth of the same works",
        )
    names, codes = np.unique(np.array(truth, dtype=object), return_inverse=True)
    weights = resample_artists(len(names), n_boot=n_boot, rng=np.random.default_rng(seed))
    covered = sets[np.arange(len(truth)), [columns[artist] for artist in truth]].astype(np.float64)
    sizes = sets.sum(axis=1).astype(np.float64)
    rows = [
        Row(
            task="attribution",
            part="seen",
            metric=metric,
            **enclose(float(values.mean()), average_over_artists(values, codes, weights)).to_row(),
            n=len(values),
            unit="works",
        )
        for metric, values in (("set_coverage", covered), ("set_size", sizes))
    ]
    return rows, _tabulate_coverage(names, codes, covered, sizes)


def _tabulate_coverage(
    names: NDArray[np.object_], codes: Codes, covered: Float, sizes: Float
) -> pl.DataFrame:
    """Return coverage by artist, with its 95 % Wilson interval."""
    records: list[tuple[Cell, ...]] = []
    for code, artist in enumerate(names):
        own = codes == code
        n, n_covered = int(own.sum()), int(covered[own].sum())
        records.append((artist, n, n_covered / n, *enclose_share(n_covered, n), float(sizes[own].mean())))
    records.sort(key=lambda record: (record[2], record[4], record[0]))
    return make_table("coverage", records)
