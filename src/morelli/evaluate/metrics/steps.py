"""What a falling threshold lets through, counted at some scores only: quick for millions of pairs.

Between two neighbouring scores of pairs by the same hand the ROC curve is straight, so it is enough to count
at those scores. With all of them the numbers are those of `verification`, without sorting anything but the
pairs by the same hand. With some of them, evenly spaced, pairs between two are taken as tied: that is what a
bootstrap over artists uses, a thousand times.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from morelli.evaluate.metrics.curves import FALSE_ALARM_RATES, Ranking, WeightedCurves, tar_at_far
from morelli.evaluate.metrics.evidence import (
    CONTEST_PRIOR,
    Evidence,
    brier,
    cllr,
    cllr_calibration,
    cllr_min,
    ece,
)
from morelli.evaluate.metrics.intervals import Interval, enclose, weigh_evenly
from morelli.evaluate.rows import ALL, PartName, Row

N_ANCHORS = 500
"""Scores at which a bootstrap counts, in each part. With k of them no area under the ROC curve is wrong by
more than 0.5 / (k - 1) and no equal error rate by more than 1 / (k - 1): only couples between the same two
anchors are taken as tied, and of the pairs by the same hand no more than one in k - 1 lies there."""

PAIRS_AT_A_TIME = 1 << 20
_CELLS_AT_A_TIME = 1 << 18
"""Numbers in one table of works and resamples: 2 MiB, which a processor keeps at hand."""


def choose_anchors(positives: NDArray[np.floating], n_anchors: int | None = None) -> NDArray[np.floating]:
    """Return the scores to count at, ascending: those of the pairs by the same hand, or some of them.

    Parameters
    ----------
    positives
        (p,) scores of the pairs by the same hand.
    n_anchors
        Of more scores, so many are kept: evenly by rank, with the highest and the lowest. None: all.

    Examples
    --------
    >>> choose_anchors(np.array([0.9, 0.1, 0.5, 0.5, 0.7]), 3).tolist()
    [0.1, 0.5, 0.9]
    """
    ordered = np.sort(positives)
    if n_anchors is not None and len(ordered) > n_anchors:
        ordered = ordered[np.linspace(0, len(ordered) - 1, n_anchors).round().astype(np.intp)]
    return np.unique(ordered)


def find_steps(scores: NDArray[np.floating], anchors: NDArray[np.floating]) -> NDArray[np.int32]:
    """Return at which step of a falling threshold each pair passes.

    Parameters
    ----------
    scores
        (p,) one for each pair.
    anchors
        (k,) ascending, each once, at least one.

    Returns
    -------
    steps
        (p,) int32, 0 to 2 k: odd numbers are the anchors themselves, highest first, even ones what lies
        between.

    Examples
    --------
    >>> find_steps(np.array([0.9, 0.6, 0.5, 0.1]), np.array([0.5, 0.9])).tolist()
    [1, 2, 3, 4]
    """
    steps = np.empty(len(scores), dtype=np.int32)
    for start in range(0, len(scores), PAIRS_AT_A_TIME):
        some = scores[start : start + PAIRS_AT_A_TIME]
        below = np.searchsorted(anchors, some)
        is_anchor = anchors[np.minimum(below, len(anchors) - 1)] == some
        steps[start : start + PAIRS_AT_A_TIME] = 2 * (len(anchors) - below) - is_anchor
    return steps


def count_steps(steps: NDArray[np.int32], same: NDArray[np.bool_], n_steps: int) -> WeightedCurves:
    """Return the curve of pairs that count once each.

    Parameters
    ----------
    steps
        (p,) of each pair.
    same
        (p,) bool.
    n_steps
        How many steps there are.
    """
    counts = np.zeros((2, n_steps))
    for start in range(0, len(steps), PAIRS_AT_A_TIME):
        some = slice(start, start + PAIRS_AT_A_TIME)
        for row, kind in enumerate((same[some], ~same[some])):
            counts[row] += np.bincount(steps[some][kind], minlength=n_steps)
    hits, alarms = np.cumsum(counts, axis=1)[:, :, None]  # (t, 1) each
    return WeightedCurves(hits, alarms)


def count_resamples(
    steps: NDArray[np.int32],
    same: NDArray[np.bool_],
    artists: tuple[NDArray[np.int32], NDArray[np.int32]],
    weights: NDArray[np.float64],
    n_steps: int,
    *,
    advance: Callable[[int], None] | None = None,
) -> WeightedCurves:
    """Return the curves of all resamples of artists.

    Parameters
    ----------
    steps
        (p,) of each pair.
    same
        (p,) bool. A pair by the same hand weighs as its left artist, a pair by different hands the product of
        its two.
    artists
        (p,) codes of the left and of the right artist, 0 to n_artists - 1.
    weights
        (b, n_artists) how often each artist counts.
    n_steps
        How many steps there are.
    advance
        Called with how many pairs were counted since the last call.

    Notes
    -----
    Pairs of one step are a sparse table of artists by artists; its product with the weights, weighed again
    and summed, is what the step lets through. So b resamples cost b multiplications for each pair and no
    sorting.
    """
    left, right = artists
    n_boot, n_artists = weights.shape
    width = max(1, _CELLS_AT_A_TIME // n_artists)
    tables = [np.ascontiguousarray(weights[start : start + width].T) for start in range(0, n_boot, width)]
    own = csr_array((np.ones(int(same.sum())), (steps[same], left[same])), shape=(n_steps, n_artists))
    alarms = np.zeros((n_steps, n_boot))
    different = np.flatnonzero(~same)
    order = different[np.argsort(steps[different], kind="stable")]
    bounds = np.searchsorted(steps[order], np.arange(n_steps + 1))
    for step in range(n_steps):
        rows = order[bounds[step] : bounds[step + 1]]
        if len(rows):
            alarms[step] = _weigh_step(left[rows], right[rows], tables)
            if advance is not None:
                advance(len(rows))
    return WeightedCurves(np.cumsum(own @ weights.T, axis=0), np.cumsum(alarms, axis=0))


def _weigh_step(
    left: NDArray[np.int32], right: NDArray[np.int32], tables: Sequence[NDArray[np.float64]]
) -> NDArray[np.float64]:
    """Return (b,) the summed products of the weights of pairs by different hands.

    The weights come as tables of artists by some of the resamples.
    """
    names, places = np.unique(left, return_inverse=True)
    shape = (len(names), len(tables[0]))
    counts = csr_array((np.ones(len(left)), (places.ravel(), right)), shape=shape)
    return np.concatenate([np.einsum("ab,ab->b", counts @ table, table[names]) for table in tables])


# Measures of likelihood ratios under a thousand resamples of artists, counted at some steps only.

_N_STEPS = 900
"""Borders by rank in the pairs of each kind."""

_N_TAIL = 200
"""Further borders among the highest ratios of pairs by different hands: rates of one false alarm in a
thousand are read there."""

_TAIL = (1e-5, 0.1)
"""Where these lie: the highest tenth, down to one pair in a hundred thousand."""

_Measure = Callable[[Evidence], NDArray[np.float64]]
"""From evidence under b weightings to k numbers for each, (k, b)."""


def _choose_borders(scores: NDArray[np.float64], same: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the values at which a new step begins, ascending.

    Parameters
    ----------
    scores
        (p,) of pairs of both kinds.
    same
        (p,) bool.

    Examples
    --------
    >>> _choose_borders(np.array([0.0, 1.0, 1.0]), np.array([False, True, False])).tolist()
    [0.0, 1.0]
    """
    values = np.unique(scores)
    if len(values) <= 2 * _N_STEPS:
        return values
    shares = np.linspace(0, 1, _N_STEPS)
    tail = 1 - np.geomspace(*_TAIL, _N_TAIL)
    own, other = scores[same], scores[~same]
    borders: NDArray[np.float64] = np.unique(
        np.concatenate([values[:1], np.quantile(own, shares), np.quantile(other, [*shares, *tail])])
    )
    return borders


def replicate_evidence(
    log10_likelihood_ratios: NDArray[np.float64],
    left: NDArray[np.intp],
    right: NDArray[np.intp],
    weights: NDArray[np.float64],
    measure: _Measure,
    *,
    scores: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """Return the measures of every resample, shifted by what the steps add to the value.

    Parameters
    ----------
    log10_likelihood_ratios
        (p,) one for each pair, finite.
    left, right
        (p,) artist codes, 0 to n_artists - 1; equal codes are a pair by the same hand.
    weights
        (b, n_artists) how often each artist counts.
    measure
        What is measured.
    scores
        (p,) what the likelihood ratios were made of; see `Evidence.from_pairs`.

    Returns
    -------
    replicates
        (k, b) float64; nan where a resample holds no pair of one kind.
    """
    same = left == right
    order = log10_likelihood_ratios if scores is None else scores
    borders = _choose_borders(order, same)
    rising = np.searchsorted(borders, order, side="right") - 1
    occupied, rising = np.unique(rising, return_inverse=True)
    steps = len(occupied) - 1 - rising.ravel()
    centres = np.bincount(steps, weights=log10_likelihood_ratios) / np.bincount(steps)
    ranking = Ranking.from_steps(steps, left, right, weights.shape[1])

    def measure_block(block: NDArray[np.float64]) -> NDArray[np.float64]:
        return measure(Evidence.from_curves(centres, ranking.weigh(block)))

    exact = measure(Evidence.from_pairs(log10_likelihood_ratios, same, order))  # (k, 1)
    error = np.nan_to_num(measure_block(weigh_evenly(weights.shape[1])) - exact)
    blocks = [measure_block(block) for block in ranking.split_weights(weights)]
    return np.concatenate(blocks, axis=1) - error


# Rows of likelihood ratios: the measures of forensic comparison, with their intervals over artists.


def _find_tar(evidence: Evidence, rate: float) -> NDArray[np.float64]:
    return tar_at_far(evidence.trace(), rate)


_MEASURES: Final[dict[str, Callable[[Evidence], NDArray[np.float64]]]] = {
    "roc_auc": lambda evidence: evidence.trace().measure_roc_auc(),
    "equal_error_rate": lambda evidence: evidence.trace().measure_equal_error_rate(),
    **{f"tar_at_far_{rate}": partial(_find_tar, rate=rate) for rate in FALSE_ALARM_RATES},
    "cllr": cllr,
    "cllr_min": cllr_min,
    "cllr_calibration": cllr_calibration,
    "ece": ece,
    f"ece_prior_{CONTEST_PRIOR}": partial(ece, prior=CONTEST_PRIOR),
    "brier": brier,
    f"brier_prior_{CONTEST_PRIOR}": partial(brier, prior=CONTEST_PRIOR),
}
"""By name of the metric."""

EVIDENCE_METRICS = tuple(_MEASURES)[2:]
"""Of all pairs, beside those of `scoring`."""

SUBSET_METRICS = ("roc_auc", "equal_error_rate", "cllr", "ece")
"""Of a subset of pairs."""


def measure_evidence(evidence: Evidence, metrics: Sequence[str]) -> NDArray[np.float64]:
    """Return some measures under each weighting.

    Parameters
    ----------
    evidence
        Likelihood ratios under b weightings.
    metrics
        k names of `_MEASURES`.

    Returns
    -------
    values
        (k, b) float64; nan where pairs of one kind have no weight.

    Examples
    --------
    >>> evidence = Evidence.from_pairs([0.0, 0.0], [True, False])
    >>> measure_evidence(evidence, ["roc_auc", "cllr"]).ravel().tolist()
    [0.5, 1.0]
    """
    return np.stack([_MEASURES[metric](evidence) for metric in metrics])


def evidence_rows(
    log10_likelihood_ratios: NDArray[np.float64],
    left: NDArray[np.intp],
    right: NDArray[np.intp],
    weights: NDArray[np.float64],
    *,
    part: PartName,
    scores: NDArray[np.float64] | None = None,
    metrics: Sequence[str] = EVIDENCE_METRICS,
    subset: str = ALL,
) -> list[Row]:
    """Return rows of some measures.

    Parameters
    ----------
    log10_likelihood_ratios
        (p,) one for each pair, finite.
    left, right
        (p,) artist codes, 0 to n_artists - 1; equal codes are a pair by the same hand.
    weights
        (b, n_artists) how often each artist counts in each resample.
    part
        Whether the model has seen these artists.
    scores
        (p,) what the likelihood ratios were made of; see `Evidence.from_pairs`.
    metrics
        What is measured.
    subset
        Which pairs these are.

    Raises
    ------
    EvaluationError
        When there are pairs of one kind only, or a likelihood ratio is not finite.
    """

    def measure(evidence: Evidence) -> NDArray[np.float64]:
        return measure_evidence(evidence, metrics)

    values = measure(Evidence.from_pairs(log10_likelihood_ratios, left == right, scores))[:, 0]
    replicates = replicate_evidence(log10_likelihood_ratios, left, right, weights, measure, scores=scores)
    return [
        make_pair_row(part, metric, enclose(float(value), own), n=len(left), subset=subset)
        for metric, value, own in zip(metrics, values, replicates, strict=True)
    ]


def make_pair_row(part: PartName, metric: str, interval: Interval, *, n: int, subset: str) -> Row:
    """Return one row of a comparison that counts pairs."""
    return Row("comparison", part, metric, **interval.to_row(), n=n, unit="pairs", subset=subset)
