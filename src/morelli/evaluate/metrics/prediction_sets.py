"""Whether the probability of a named artist is as high as it should be.

A model that says 70 % should be right in 70 of 100 such works. `classification` measures how often the name
is right; here it is measured what the probability beside it is worth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import binomtest, rankdata

from morelli.errors import EvaluationError
from morelli.evaluate.metrics.attribution import read_predictions
from morelli.evaluate.metrics.intervals import (
    average_over_artists,
    divide,
    enclose,
    resample_artists,
    weigh_evenly,
)
from morelli.evaluate.rows import Cell, FigureTable, Row

_N_BINS = 15
"""Bins of confidence, as Guo et al. (2017), arXiv:1706.04599, take them."""


@dataclass(frozen=True, eq=False)
class ReliabilityBins:
    """Works in bins of equal number by the probability of the first name, counted for each artist.

    Parameters
    ----------
    n_works, confidences, right
        (m, c) works in each bin by each artist; the sum of their confidences; how many were named rightly.
    lowest, highest
        (m,) the range of confidences in each bin, 0 to 1.
    """

    n_works: NDArray[np.float64]
    confidences: NDArray[np.float64]
    right: NDArray[np.float64]
    lowest: NDArray[np.float64]
    highest: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.lowest)

    @classmethod
    def count(
        cls,
        confidences: ArrayLike,
        right: ArrayLike,
        codes: NDArray[np.intp],
        n_artists: int,
        n_bins: int = _N_BINS,
    ) -> ReliabilityBins:
        """Return the bins of some works.

        Parameters
        ----------
        confidences
            (q,) the probability of the first name, 0 to 1.
        right
            (q,) bool, whether that name is right.
        codes
            (q,) the artist of each work, 0 to n_artists - 1.
        n_artists
            How many artists there are.
        n_bins
            Wanted. Works of equal confidence share a bin, so there may be fewer.
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


def _calibration_error(bins: ReliabilityBins, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean distance between confidence and share of right names over the bins.

    Lower is better, 0 to 1; each bin counts as its works; the denominator is all works. The probabilities of
    all other names are not looked at. It is biased upwards: with few works in a bin, chance alone puts a
    distance there, and in a resample of artists more so. Where it is small the interval may therefore lie
    above the value.

    Parameters
    ----------
    bins
        Of works by c artists; they stay as they are in every resample.
    weights
        (b, c) how often each artist counts.

    Returns
    -------
    errors
        (b,) float64.

    References
    ----------
    Naeini, Cooper and Hauskrecht (2015), doi:10.1609/aaai.v29i1.9602; bins of equal mass instead of equal
    width: Nixon et al. (2019), arXiv:1904.01685.

    Examples
    --------
    One bin: the confidences are 0.9 and 0.7, one of the two names is right.

    >>> bins = ReliabilityBins.count([0.9, 0.7], [True, False], np.array([0, 1]), 2, n_bins=1)
    >>> _calibration_error(bins, np.ones((1, 2))).round(3).tolist()
    [0.3]
    """
    gaps = weights @ (bins.right - bins.confidences).T  # (b, m)
    return divide(np.abs(gaps).sum(axis=1), weights @ bins.n_works.sum(axis=0))


def _brier_scores(probabilities: ArrayLike, codes: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return for each work the squared distance between the probabilities and the truth.

    Lower is better, 0 to 2: all names count, as Brier (1950),
    doi:10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2, defined it for more than two outcomes.

    Parameters
    ----------
    probabilities
        (q, c) 0 to 1.
    codes
        (q,) the column of the true artist.

    Examples
    --------
    >>> _brier_scores([[0.5, 0.5], [0.0, 1.0]], np.array([0, 1])).tolist()
    [0.5, 0.0]
    """
    table = np.asarray(probabilities, dtype=np.float64)
    own = table[np.arange(len(table)), codes]
    scores: NDArray[np.float64] = (table**2).sum(axis=1) - 2 * own + 1
    return scores


def reliability_rows(
    probabilities: ArrayLike, classes: Sequence[str], truth: Sequence[str], *, seed: int, n_boot: int
) -> tuple[list[Row], FigureTable]:
    """Return calibration error and Brier score, and the bins behind them.

    Parameters
    ----------
    probabilities
        (q, c) 0 to 1.
    classes
        (c,) artist names, the columns.
    truth
        (q,) the true artist of each work, one of `classes`.
    seed, n_boot
        Of the resamples of artists, and how many.

    Returns
    -------
    rows_and_table
        `top_label_calibration_error` and `multiclass_brier_score`, part "seen"; the table
        ``attribution_reliability``.

    Raises
    ------
    EvaluationError
        When the arrays do not fit each other, or a true artist is not among the classes.
    """
    table = np.asarray(probabilities, dtype=np.float64)
    predictions = read_predictions(table, classes, truth)
    codes = np.unique(predictions.codes, return_inverse=True)[1].ravel()  # artists with a work
    n_artists = int(codes.max()) + 1
    weights = resample_artists(n_artists, n_boot=n_boot, rng=np.random.default_rng(seed))
    even = weigh_evenly(n_artists)
    right = predictions.predicted == predictions.codes
    bins = ReliabilityBins.count(table.max(axis=1), right, codes, n_artists)
    scores = _brier_scores(table, predictions.codes)
    measured = {
        "top_label_calibration_error": [_calibration_error(bins, some) for some in (even, weights)],
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


def _tabulate_reliability(bins: ReliabilityBins, weights: NDArray[np.float64]) -> FigureTable:
    """Return confidence and share of right names for each bin, with its interval over artists.

    Parameters
    ----------
    bins
        Of works by c artists.
    weights
        (b, c) how often each artist counts in each resample.
    """
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
    columns = (
        "confidence_low",
        "confidence_high",
        "confidence_mean",
        "share_right",
        "low",
        "high",
        "n_works",
    )
    return FigureTable("attribution_reliability", columns, tuple(records))


# Whether sets of names hold the true artist as often as promised, and how many names that takes.

COVERAGE_LEVEL = 0.9
"""The promised share of sets that hold the true artist."""


def coverage_rows(
    sets: NDArray[np.bool_], classes: Sequence[str], truth: Sequence[str], *, seed: int, n_boot: int
) -> tuple[list[Row], FigureTable]:
    """Return coverage and mean size of sets of names.

    Parameters
    ----------
    sets
        (q, c) bool, whether each artist is in the set of each work.
    classes
        (c,) artist names, the columns.
    truth
        (q,) the true artist of each work, one of `classes`.
    seed, n_boot
        Of the resamples of artists, and how many.

    Returns
    -------
    rows_and_table
        `set_coverage` and `set_size`, part "seen"; the table ``coverage`` with one line for each artist who
        has a work, the least covered first.

    Raises
    ------
    EvaluationError
        When the arrays do not fit each other, or a true artist is not among the classes.

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
    names: NDArray[np.object_],
    codes: NDArray[np.intp],
    covered: NDArray[np.float64],
    sizes: NDArray[np.float64],
) -> FigureTable:
    """Return coverage by artist, with Wilson's interval (1927), doi:10.1080/01621459.1927.10502953."""
    records: list[tuple[Cell, ...]] = []
    for code, artist in enumerate(names):
        own = codes == code
        n, n_covered = int(own.sum()), int(covered[own].sum())
        interval = binomtest(n_covered, n).proportion_ci(method="wilson")
        size = float(sizes[own].mean())
        records.append((artist, n, n_covered / n, float(interval.low), float(interval.high), size))
    records.sort(key=lambda record: (record[2], record[4], record[0]))
    return FigureTable(
        "coverage", ("artist", "n_works", "coverage", "low", "high", "set_size"), tuple(records)
    )
