"""Measures of likelihood ratios under a thousand resamples of artists, counted at some steps only.

The value of a measure is exact. For its resamples the likelihood ratios are cut into at most some 2,000
steps, whose pairs are then taken as tied; what that adds to the value itself is known, and is taken off the
resamples.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from morelli.evaluate.evidence import Evidence
from morelli.evaluate.intervals import weigh_evenly
from morelli.evaluate.ranking import Ranking

N_STEPS = 900
"""Borders by rank in the pairs of each kind."""

N_TAIL = 200
"""Further borders among the highest ratios of pairs by different hands: rates of one false alarm in a
thousand are read there."""

TAIL = (1e-5, 0.1)
"""Where these lie: the highest tenth, down to one pair in a hundred thousand."""

Measure = Callable[[Evidence], NDArray[np.float64]]
"""From evidence under b weightings to k numbers for each, (k, b)."""


def choose_borders(
    log10_likelihood_ratios: NDArray[np.float64], same: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return the values at which a new step begins, ascending.

    Parameters
    ----------
    log10_likelihood_ratios
        (p,) of pairs of both kinds.
    same
        (p,) bool.

    Examples
    --------
    >>> choose_borders(np.array([0.0, 1.0, 1.0]), np.array([False, True, False])).tolist()
    [0.0, 1.0]
    """
    values = np.unique(log10_likelihood_ratios)
    if len(values) <= 2 * N_STEPS:
        return values
    shares = np.linspace(0, 1, N_STEPS)
    tail = 1 - np.geomspace(*TAIL, N_TAIL)
    own, other = log10_likelihood_ratios[same], log10_likelihood_ratios[~same]
    borders: NDArray[np.float64] = np.unique(
        np.concatenate([values[:1], np.quantile(own, shares), np.quantile(other, [*shares, *tail])])
    )
    return borders


def replicate_evidence(
    log10_likelihood_ratios: NDArray[np.float64],
    left: NDArray[np.intp],
    right: NDArray[np.intp],
    weights: NDArray[np.float64],
    measure: Measure,
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

    Returns
    -------
    replicates
        (k, b) float64; nan where a resample holds no pair of one kind.
    """
    same = left == right
    borders = choose_borders(log10_likelihood_ratios, same)
    rising = np.searchsorted(borders, log10_likelihood_ratios, side="right") - 1
    occupied, rising = np.unique(rising, return_inverse=True)
    steps = len(occupied) - 1 - rising.ravel()
    centres = np.bincount(steps, weights=log10_likelihood_ratios) / np.bincount(steps)
    ranking = Ranking.from_steps(steps, left, right, weights.shape[1])

    def measure_block(block: NDArray[np.float64]) -> NDArray[np.float64]:
        return measure(Evidence.from_curves(centres, ranking.weigh(block)))

    exact = measure(Evidence.from_pairs(log10_likelihood_ratios, same))  # (k, 1)
    error = np.nan_to_num(measure_block(weigh_evenly(weights.shape[1])) - exact)
    blocks = [measure_block(block) for block in ranking.split_weights(weights)]
    return np.concatenate(blocks, axis=1) - error
