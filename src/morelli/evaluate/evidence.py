"""Likelihood ratios of pairs with their weights: what the measures of forensic comparison are taken of.

Pairs with the same likelihood ratio cannot be told apart by it, so they are one step. A step carries how much
weight the pairs by the same hand and by different hands have there, under one weighting of artists or under
many at a time. `likelihood_metrics`, `calibration_metrics` and `operating_points` measure it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from morelli.evaluate.ranking import WeightedCurves
from morelli.evaluate.verification import require_both_kinds


@dataclass(frozen=True, eq=False)
class Evidence:
    """Weights of pairs by their likelihood ratio, for b weightings.

    A weighting without weight on pairs of one kind has no measure: every measure is nan there.

    Parameters
    ----------
    log10_likelihood_ratios
        (t,) float64, finite, strictly rising.
    same, different
        (t, b) float64, at least 0: the weight of the pairs by the same hand and by different hands.
    """

    log10_likelihood_ratios: NDArray[np.float64]
    same: NDArray[np.float64]
    different: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.log10_likelihood_ratios)

    def __repr__(self) -> str:
        return f"Evidence(n_steps={len(self)}, n_weightings={self.same.shape[1]})"

    @classmethod
    def from_pairs(cls, log10_likelihood_ratios: ArrayLike, same: ArrayLike) -> Evidence:
        """Count every pair once.

        Parameters
        ----------
        log10_likelihood_ratios
            (p,) one for each pair, finite.
        same
            (p,) bool, of both kinds.

        Raises
        ------
        EvaluationError
            When there are pairs of one kind only, or a likelihood ratio is not finite.

        Examples
        --------
        >>> evidence = Evidence.from_pairs([1.0, -1.0, 1.0], [True, False, False])
        >>> evidence.log10_likelihood_ratios.tolist(), evidence.same.ravel().tolist()
        ([-1.0, 1.0], [0.0, 1.0])
        """
        values, truth = require_both_kinds(log10_likelihood_ratios, same)
        steps, places = np.unique(values, return_inverse=True)
        counts = [np.bincount(places.ravel()[kind], minlength=len(steps)) for kind in (truth, ~truth)]
        own, other = (count.astype(np.float64)[:, None] for count in counts)
        return cls(steps, own, other)

    @classmethod
    def from_curves(cls, log10_likelihood_ratios: NDArray[np.float64], curves: WeightedCurves) -> Evidence:
        """Read the weights off curves whose threshold falls through the same steps.

        Parameters
        ----------
        log10_likelihood_ratios
            (t,) falling, as the steps of the curves.
        curves
            (t, b) what has passed after each step.
        """
        own, other = (np.diff(passed, axis=0, prepend=0.0)[::-1] for passed in (curves.hits, curves.alarms))
        return cls(log10_likelihood_ratios[::-1], own, other)

    @property
    def is_defined(self) -> NDArray[np.bool_]:
        """(b,) whether pairs of both kinds have weight."""
        defined: NDArray[np.bool_] = (self.same.sum(axis=0) > 0) & (self.different.sum(axis=0) > 0)
        return defined

    def to_shares(self, prior: float = 0.5) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the weights, scaled until the pairs by the same hand have the share of the prior.

        Parameters
        ----------
        prior
            Between 0 and 1, both excluded.

        Returns
        -------
        shares
            (t, b) each, of pairs by the same hand, adding up to `prior`, and by different hands, adding up to
            the rest; nan where a kind has no weight.
        """
        with np.errstate(invalid="ignore"):  # 0 / 0 is the nan that is meant
            same = prior * (self.same / self.same.sum(axis=0))
            different = (1 - prior) * (self.different / self.different.sum(axis=0))
        undefined = ~self.is_defined
        same[:, undefined] = different[:, undefined] = np.nan
        return same, different

    def trace(self) -> WeightedCurves:
        """Return what a falling threshold lets through."""
        return WeightedCurves(np.cumsum(self.same[::-1], axis=0), np.cumsum(self.different[::-1], axis=0))
