"""Rows of likelihood ratios: the measures of forensic comparison, with their intervals over artists."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from morelli.evaluate.calibration_metrics import CONTEST_PRIOR, brier, ece
from morelli.evaluate.evidence import Evidence
from morelli.evaluate.evidence_resamples import replicate_evidence
from morelli.evaluate.intervals import Interval, enclose
from morelli.evaluate.likelihood_metrics import cllr, cllr_calibration, cllr_min
from morelli.evaluate.operating_points import FALSE_ALARM_RATES, tar_at_far
from morelli.evaluate.rows import ALL, PartName, Row


def _find_tar(evidence: Evidence, rate: float) -> NDArray[np.float64]:
    return tar_at_far(evidence.trace(), rate)


MEASURES: Final[dict[str, Callable[[Evidence], NDArray[np.float64]]]] = {
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

EVIDENCE_METRICS = tuple(MEASURES)[2:]
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
        k names of `MEASURES`.

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
    return np.stack([MEASURES[metric](evidence) for metric in metrics])


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
