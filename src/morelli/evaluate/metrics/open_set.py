"""Whether works by artists whom the model does not know are told from those of artists it knows.

Attribution always has a first name; for a work by somebody else that name is wrong by necessity. Two
questions are asked of a score of acceptance: does it put works by known artists above works by unknown ones,
and how many works of known artists are still named rightly while those of unknown ones are refused (OSCR:
Dhamija, Günther and Boult 2018, arXiv:1811.04110, section 4, for any score, the highest softmax probability
being one of them)?
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array

from morelli.errors import EvaluationError
from morelli.evaluate.metrics.curves import Curves, choose_points
from morelli.evaluate.metrics.intervals import Codes, Float, enclose, resample_artists, weigh_evenly
from morelli.evaluate.metrics.steps import BLOCK_CELLS
from morelli.evaluate.rows import Row, make_table

_METRICS = ("open_set_roc_auc", "oscr")

_MAX_CURVE_POINTS = 200
"""Points of an OSCR curve that are kept for drawing."""


@dataclass(frozen=True, eq=False)
class _OpenSetWorks:
    """Works by known and by unknown artists, (q,), with the score by which they are accepted."""

    acceptance: Float  # higher where the artist seems to be one the model knows
    is_known: NDArray[np.bool_]
    is_right: NDArray[np.bool_]  # whether the first name is; never for an unknown artist
    codes: Codes  # of the artists, 0 to n_artists - 1
    n_artists: int

    def __len__(self) -> int:
        return len(self.acceptance)


@dataclass(frozen=True, eq=False)
class _OpenSetCurves:
    """What a falling threshold of acceptance lets through, for b weightings."""

    accepted: Curves  # works by known artists as hits, those by unknown ones as alarms
    right: Float  # (t, b) weight of the works by known artists that are accepted and named rightly

    @classmethod
    def trace(cls, works: _OpenSetWorks, weights: Float) -> _OpenSetCurves:
        """Return the curves under weightings of artists, (b, n_artists); each work counts as its artist.

        Of two known works one is accepted before the unknown one, and named rightly.

        >>> known, right = np.array([True, True, False]), np.array([True, True, False])
        >>> works = _OpenSetWorks(np.array([0.9, 0.1, 0.5]), known, right, np.array([0, 1, 2]), 3)
        >>> _OpenSetCurves.trace(works, np.ones((1, 3))).measure().tolist()
        [[0.5, 0.5]]
        """
        steps = np.unique(-works.acceptance, return_inverse=True)[1]
        known, right, unknown = (
            np.cumsum(
                csr_array(
                    (np.ones(int(chosen.sum())), (steps[chosen], works.codes[chosen])),
                    shape=(int(steps.max()) + 1, works.n_artists),
                )
                @ weights.T,
                axis=0,
            )
            for chosen in (works.is_known, works.is_known & works.is_right, ~works.is_known)
        )
        return cls(Curves(known, unknown), right)

    def measure(self) -> Float:
        """Return `open_set_roc_auc` and `oscr`, (b, 2).

        The first: how often a work by a known artist is accepted before one by an unknown artist; higher is
        better, 0 to 1, by chance 0.5; a tie counts half. The second: the area under the share named rightly
        over the share of unknown works accepted; higher is better, 0 to the accuracy on known artists; the
        denominators are all works by known and all by unknown artists; tied works pass together.
        """
        return np.column_stack([self.accepted.roc_auc(), self.accepted.area_under(self.right)])

    def list_points(self) -> list[tuple[float, float]]:
        """Return shares of unknown works accepted and of known works named rightly, to draw."""
        x = self.accepted.rates[0][:, 0]
        y = np.append(0.0, self.right[:, 0] / self.accepted.hits[-1, 0])
        kept = choose_points(x, y, _MAX_CURVE_POINTS)
        return list(zip(x[kept].tolist(), y[kept].tolist(), strict=True))


def open_set_rows(
    acceptance: Mapping[str, ArrayLike],
    is_right: ArrayLike,
    is_known: ArrayLike,
    artists: Sequence[str],
    *,
    seed: int,
    n_boot: int,
) -> tuple[list[Row], pl.DataFrame]:
    """Return rows of both areas for each way of accepting works, and the table ``oscr`` of their curves.

    Acceptance, (q,), stands by the suffix of its metrics, "" for the model's own. The known works must have
    been held out. Known and unknown artists are resampled together.
    """
    names, codes = np.unique(np.array(artists, dtype=object), return_inverse=True)
    known, right = np.asarray(is_known, dtype=np.bool_), np.asarray(is_right, dtype=np.bool_)
    weights = resample_artists(len(names), n_boot=n_boot, rng=np.random.default_rng(seed))
    rows: list[Row] = []
    points: list[tuple[str, float, float]] = []
    for suffix, values in acceptance.items():
        works = _OpenSetWorks(np.asarray(values, dtype=np.float64), known, right & known, codes, len(names))
        _require_both_kinds(works)
        curves = _OpenSetCurves.trace(works, weigh_evenly(len(names)))
        n_rows = max(1, BLOCK_CELLS // len(works))
        blocks = (weights[start : start + n_rows] for start in range(0, len(weights), n_rows))
        replicates = np.concatenate([_OpenSetCurves.trace(works, block).measure() for block in blocks])
        for metric, value, own in zip(_METRICS, curves.measure()[0], replicates.T, strict=True):
            interval = enclose(float(value), own)
            rows.append(
                Row("open_set", "unseen", metric + suffix, **interval.to_row(), n=len(works), unit="works")
            )
        points += [(suffix.lstrip("_") or "model", *point) for point in curves.list_points()]
    return rows, make_table("oscr", points)


def _require_both_kinds(works: _OpenSetWorks) -> None:
    fits = len(works.acceptance) == len(works.is_known) == len(works.is_right) == len(works.codes)
    both = works.is_known.any() and not works.is_known.all()
    if not fits or not both or not np.isfinite(works.acceptance).all():
        raise EvaluationError(
            "open set",
            expected="one finite score for each work, and works by known as well as by unknown artists",
            found=f"{len(works.acceptance)} scores, {int(works.is_known.sum())} works by known artists "
            f"of {len(works.is_known)}",
            remedy="evaluate a model of an unseen split whose training held works of known artists back",
        )
