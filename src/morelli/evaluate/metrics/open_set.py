"""Whether works by artists whom the model does not know are told from those of artists it knows.

Attribution always has a first name; for a work by somebody else that name is wrong by necessity. A score of
strangeness may say so. Two questions are asked of it: does it put works by unknown artists above works by
known ones, and how many works of known artists are still named rightly while those of unknown ones are turned
away?

References
----------
Dhamija, Günther and Boult (2018), Reducing Network Agnostophobia, arXiv:1811.04110, section 4 (OSCR). There a
work is accepted by its highest softmax probability; here by any score, that probability being one of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array

from morelli.errors import EvaluationError
from morelli.evaluate.metrics.curves import BLOCK_CELLS
from morelli.evaluate.metrics.intervals import divide, enclose, resample_artists, weigh_evenly
from morelli.evaluate.rows import FigureTable, Row

_MAX_CURVE_POINTS = 200
"""Points of an OSCR curve that are kept for drawing."""


@dataclass(frozen=True, eq=False)
class OpenSetWorks:
    """Works by known and by unknown artists, with the score by which they are accepted.

    Parameters
    ----------
    acceptance
        (q,) float64, higher where the artist seems to be one the model knows.
    is_known
        (q,) bool, whether the artist is one of them.
    is_right
        (q,) bool, whether the first name is right; never for an unknown artist.
    codes
        (q,) the artist of each work, 0 to n_artists - 1.
    n_artists
        How many artists there are, known and unknown.
    """

    acceptance: NDArray[np.float64]
    is_known: NDArray[np.bool_]
    is_right: NDArray[np.bool_]
    codes: NDArray[np.intp]
    n_artists: int

    def __len__(self) -> int:
        return len(self.acceptance)


@dataclass(frozen=True, eq=False)
class OpenSetCurve:
    """What a falling threshold of acceptance lets through, once for each weighting of artists.

    Parameters
    ----------
    known_rates, right_rates, unknown_rates
        (t + 1, b) share of the works by known artists that are accepted; that are accepted and named
        rightly; share of those by unknown artists that are accepted. All rise from 0.
    """

    known_rates: NDArray[np.float64]
    right_rates: NDArray[np.float64]
    unknown_rates: NDArray[np.float64]

    def roc_auc(self) -> NDArray[np.float64]:
        """Return how often a work by a known artist is accepted before one by an unknown artist.

        Higher is better, 0 to 1, by chance 0.5; a tie counts half (Hanley and McNeil 1982,
        doi:10.1148/radiology.143.1.7063747).
        """
        area: NDArray[np.float64] = np.asarray(np.trapezoid(self.known_rates, self.unknown_rates, axis=0))
        return area

    def oscr(self) -> NDArray[np.float64]:
        """Return the area under the share named rightly over the share of unknown works accepted.

        Higher is better, 0 to the accuracy on known artists; the denominators are all works by known and all
        by unknown artists. Tied works pass together.
        """
        area: NDArray[np.float64] = np.asarray(np.trapezoid(self.right_rates, self.unknown_rates, axis=0))
        return area


def _trace_open_set(works: OpenSetWorks, weights: NDArray[np.float64]) -> OpenSetCurve:
    """Return the curve under some weightings of artists.

    Parameters
    ----------
    works
        Of known and unknown artists.
    weights
        (b, n_artists) how often each artist counts.

    Examples
    --------
    Of two known works one is accepted before the unknown one, and named rightly.

    >>> known, right = np.array([True, True, False]), np.array([True, True, False])
    >>> works = OpenSetWorks(np.array([0.9, 0.1, 0.5]), known, right, np.array([0, 1, 2]), 3)
    >>> curve = _trace_open_set(works, np.ones((1, 3)))
    >>> curve.roc_auc().tolist(), curve.oscr().tolist()
    ([0.5], [0.5])
    """
    steps = np.unique(-works.acceptance, return_inverse=True)[1].ravel()
    shape = (int(steps.max()) + 1, works.n_artists)

    def pass_by(chosen: NDArray[np.bool_]) -> NDArray[np.float64]:
        cells = (np.ones(int(chosen.sum())), (steps[chosen], works.codes[chosen]))
        passed = np.cumsum(csr_array(cells, shape=shape) @ weights.T, axis=0)  # (t, b)
        return np.vstack([np.zeros((1, len(weights))), passed])

    known, right, unknown = (
        pass_by(chosen) for chosen in (works.is_known, works.is_known & works.is_right, ~works.is_known)
    )
    return OpenSetCurve(
        known_rates=divide(known, np.broadcast_to(known[-1], known.shape)),
        right_rates=divide(right, np.broadcast_to(known[-1], right.shape)),
        unknown_rates=divide(unknown, np.broadcast_to(unknown[-1], unknown.shape)),
    )


def open_set_rows(
    acceptance: Mapping[str, ArrayLike],
    is_right: ArrayLike,
    is_known: ArrayLike,
    artists: Sequence[str],
    *,
    seed: int,
    n_boot: int,
) -> tuple[list[Row], FigureTable]:
    """Return the area under the ROC curve and the OSCR of each way of accepting works.

    Parameters
    ----------
    acceptance
        By suffix of the metric ("" for the model's own score): (q,) higher where the artist seems known.
    is_right
        (q,) bool, whether the first name is right.
    is_known
        (q,) bool, whether the artist is one the model knows. These works must have been held back.
    artists
        (q,) the artist of each work.
    seed, n_boot
        Of the resamples of artists, known and unknown ones together, and how many.

    Returns
    -------
    rows_and_table
        `open_set_roc_auc` and `oscr` with each suffix; the points of the curves, table ``oscr``.

    Raises
    ------
    EvaluationError
        When there are works of one kind only, the lengths differ, or a score is not finite.
    """
    names, codes = np.unique(np.array(artists, dtype=object), return_inverse=True)
    known, right = np.asarray(is_known, dtype=np.bool_), np.asarray(is_right, dtype=np.bool_)
    weights = resample_artists(len(names), n_boot=n_boot, rng=np.random.default_rng(seed))
    rows: list[Row] = []
    points: list[tuple[str, float, float]] = []
    for suffix, values in acceptance.items():
        works = OpenSetWorks(np.asarray(values, dtype=np.float64), known, right & known, codes, len(names))
        _require_both_kinds(works)
        curve = _trace_open_set(works, weigh_evenly(len(names)))
        replicates = _replicate(works, weights)  # (b, 2)
        for place, metric in enumerate(("open_set_roc_auc", "oscr")):
            value = (curve.roc_auc, curve.oscr)[place]()[0]
            interval = enclose(float(value), replicates[:, place])
            rows.append(
                Row("open_set", "unseen", metric + suffix, **interval.to_row(), n=len(works), unit="works")
            )
        points += [(suffix.lstrip("_") or "model", *point) for point in _thin(curve)]
    return rows, FigureTable("oscr", ("scoring", "unknown_accepted", "known_right"), tuple(points))


def _replicate(works: OpenSetWorks, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return both areas in each resample, some resamples at a time."""
    n_rows = max(1, BLOCK_CELLS // len(works))
    areas = []
    for start in range(0, len(weights), n_rows):
        curve = _trace_open_set(works, weights[start : start + n_rows])
        areas.append(np.column_stack([curve.roc_auc(), curve.oscr()]))
    return np.concatenate(areas)


def _thin(curve: OpenSetCurve) -> list[tuple[float, float]]:
    """Return points evenly along the curve, with both ends."""
    x, y = curve.unknown_rates[:, 0], curve.right_rates[:, 0]
    length = x + y
    kept = np.unique(np.searchsorted(length, np.linspace(0, length[-1], _MAX_CURVE_POINTS)))
    return list(zip(x[kept].tolist(), y[kept].tolist(), strict=True))


def _require_both_kinds(works: OpenSetWorks) -> None:
    fits = len(works.acceptance) == len(works.is_known) == len(works.is_right) == len(works.codes)
    if (
        not fits
        or works.is_known.all()
        or not works.is_known.any()
        or not np.isfinite(works.acceptance).all()
    ):
        raise EvaluationError(
            "open set",
            expected="one finite score for each work, and works by known as well as by unknown artists",
            found=f"{len(works.acceptance)} scores, {int(works.is_known.sum())} works by known artists "
            f"of {len(works.is_known)}",
            remedy="evaluate a model of an unseen split whose training held works of known artists back",
        )
