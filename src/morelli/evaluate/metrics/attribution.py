"""How well the artist of a work is named, when the artist is one the model knows.

Probabilities of artists stand beside the truth, checked once and counted. Each metric is computed for b
weightings of the c artists, (b, c), by how often each counts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from morelli.errors import EvaluationError
from morelli.evaluate.metrics.intervals import (
    Float,
    average_over_artists,
    divide,
    replicate_own,
    resample_artists,
    weigh_evenly,
)
from morelli.evaluate.metrics.words import find_own_metrics

_SUM_TOLERANCE = 1e-3
"""How far a row of probabilities may exceed 1: float32 rows of some thousand artists stay well below."""


@dataclass(frozen=True, eq=False)
class Predictions:
    """Probabilities of c artists with the truth, checked and counted; of equal ones the first counts."""

    artists: tuple[str, ...]
    codes: NDArray[np.intp]  # (q,) columns of the true artists
    predicted: NDArray[np.intp]  # (q,) columns of the highest probability
    places: NDArray[np.intp]  # (q,) of the true artist, 1 for the most probable
    losses: Float  # (q,) minus the natural logarithm of the true artist's probability

    def __len__(self) -> int:
        return len(self.codes)

    def __repr__(self) -> str:
        return f"Predictions(n={len(self)}, artists={len(self.artists)})"

    def count_confusions(self) -> NDArray[np.int64]:
        """Return how many works of each true artist are given to each artist, (c, c)."""
        n_artists = len(self.artists)
        cells = np.bincount(self.codes * n_artists + self.predicted, minlength=n_artists**2)
        return cells.reshape(n_artists, n_artists).astype(np.int64)


def read_predictions(probabilities: ArrayLike, classes: Sequence[str], truth: Sequence[str]) -> Predictions:
    """Return checked predictions from probabilities, (q, c), c artist names and q true artists among them.

    A row adds up to at most 1: less where "none of these" has a share.
    """
    table = np.asarray(probabilities, dtype=np.float64)
    _require_shape(table, (len(truth), len(classes)))
    _require_probabilities(table)
    codes = _locate_artists(classes, truth)
    own = table[np.arange(len(codes)), codes][:, None]  # (q, 1)
    further_left = np.arange(len(classes)) < codes[:, None]  # (q, c)
    places = 1 + ((table > own) | ((table == own) & further_left)).sum(axis=1)
    smallest = np.finfo(np.float64).eps
    return Predictions(
        artists=tuple(classes),
        codes=codes,
        predicted=table.argmax(axis=1),
        places=places,
        losses=-np.log(np.clip(own[:, 0], smallest, 1.0)),
    )


def _require_shape(table: Float, shape: tuple[int, int]) -> None:
    if table.shape != shape or 0 in shape:
        raise EvaluationError(
            "probabilities",
            expected=f"one row per query and one column per artist, {shape}, and at least one of each",
            found=f"an array of shape {table.shape}",
            remedy="pass the probabilities, classes and truth of the same non-empty queries",
        )


def _require_probabilities(table: Float) -> None:
    if not (np.isfinite(table).all() and table.min() >= 0 and table.sum(axis=1).max() <= 1 + _SUM_TOLERANCE):
        raise EvaluationError(
            "probabilities",
            expected="numbers from 0 to 1 whose rows add up to at most 1",
            found=f"numbers {table.min():.3g} to {table.max():.3g}, sums to {table.sum(axis=1).max():.3g}",
            remedy="apply softmax to the scores first",
        )


def _locate_artists(classes: Sequence[str], truth: Sequence[str]) -> NDArray[np.intp]:
    columns = {artist: column for column, artist in enumerate(classes)}
    if len(columns) != len(classes):
        raise EvaluationError(
            "classes",
            expected="each artist once",
            found=f"{len(classes) - len(columns)} names twice",
            remedy="merge the columns of artists with the same name",
        )
    unknown = [artist for artist in truth if artist not in columns]
    if unknown:
        raise EvaluationError(
            f"artist {unknown[0]!r}",
            expected="true artists that the model knows",
            found=f"{len(unknown)} works by artists it does not know",
            remedy="measure attribution on seen artists only",
        )
    return np.array([columns[artist] for artist in truth], dtype=np.intp)


def _top_k_accuracy(predictions: Predictions, weights: Float, *, k: int) -> Float:
    """Return the share of works whose artist is among the k most probable, (b,).

    Higher is better, 0 to 1; by chance k / c. The denominator is all queries. Of equal probabilities the
    column further left comes first, as `argmax` has it. With k >= c it is 1 by definition.

    Examples
    --------
    >>> predictions = read_predictions([[0.5, 0.3, 0.2], [0.5, 0.3, 0.2]], ["A", "B", "C"], ["B", "C"])
    >>> _top_k_accuracy(predictions, np.ones((1, 3)), k=2).tolist()
    [0.5]
    """
    return average_over_artists(predictions.places <= k, predictions.codes, weights)


def _accuracy(predictions: Predictions, weights: Float) -> Float:
    """Return the share of works whose artist is the most probable one, (b,).

    Higher is better, 0 to 1, by chance 1 / c; the denominator is all queries; of equal probabilities the
    column further left is the answer. Artists with many works dominate; see `_balanced_accuracy`.

    Examples
    --------
    >>> predictions = read_predictions([[0.9, 0.1], [0.8, 0.2]], ["A", "B"], ["A", "B"])
    >>> _accuracy(predictions, np.ones((1, 2))).tolist()
    [0.5]
    """
    return _top_k_accuracy(predictions, weights, k=1)


def _balanced_accuracy(predictions: Predictions, weights: Float) -> Float:
    """Return the mean over artists of the share of their works that is named rightly, (b,).

    Higher is better, 0 to 1, by chance 1 / c; the denominator is the artists with at least one query, each
    counted as often as it is drawn. Ties as in `_accuracy` (Brodersen et al. 2010,
    doi:10.1109/ICPR.2010.764).

    Examples
    --------
    A has both works right, B its only one wrong: the mean of 1 and 0.

    >>> predictions = read_predictions([[0.9, 0.1], [0.8, 0.2], [0.7, 0.3]], ["A", "B"], ["A", "A", "B"])
    >>> _balanced_accuracy(predictions, np.ones((1, 2))).tolist()
    [0.5]
    """
    counts = predictions.count_confusions()
    n_queries = counts.sum(axis=1)
    present = n_queries > 0
    recalls = divide(counts.diagonal().astype(np.float64), n_queries.astype(np.float64))
    return divide(weights[:, present] @ recalls[present], weights[:, present].sum(axis=1))


def _f1_macro(predictions: Predictions, weights: Float) -> Float:
    """Return the mean over artists of F1, the harmonic mean of precision and recall, (b,).

    Higher is better, 0 to 1; the denominator is the artists with at least one query, each counted as often as
    it is drawn. An artist who is only ever predicted has no F1, but lowers the recall of others; one never
    named rightly has 0. Works wrongly given to an artist count as often as their true artist. Ties as in
    `_accuracy` (van Rijsbergen 1979, Information Retrieval, chapter 7).

    Examples
    --------
    A: precision 1/2, recall 1, so F1 = 2/3; B: F1 = 0.

    >>> predictions = read_predictions([[0.9, 0.1], [0.8, 0.2]], ["A", "B"], ["A", "B"])
    >>> _f1_macro(predictions, np.ones((1, 2))).round(3).tolist()
    [0.333]
    """
    counts = predictions.count_confusions().astype(np.float64)
    n_queries, right = counts.sum(axis=1), counts.diagonal()
    wrongly_given = weights @ (counts - np.diag(right))  # (b, c)
    scores = divide(np.broadcast_to(2 * right, weights.shape), n_queries + right + wrongly_given)  # (b, c)
    drawn = weights * (n_queries > 0)
    return divide(np.nansum(scores * drawn, axis=1), drawn.sum(axis=1))


def _log_loss(predictions: Predictions, weights: Float) -> Float:
    """Return the mean of minus the logarithm of the true artist's probability, (b,) nats.

    Lower is better, 0 to 36; the uniform guess has ln(c). The denominator is all queries. A probability of
    zero counts as 2.2e-16, as in scikit-learn, so that one overconfident error does not make the mean
    infinite (Good 1952, doi:10.1111/j.2517-6161.1952.tb00104.x).

    Examples
    --------
    >>> predictions = read_predictions([[0.5, 0.5], [1.0, 0.0]], ["A", "B"], ["A", "A"])
    >>> _log_loss(predictions, np.ones((1, 2))).round(3).tolist()
    [0.347]
    """
    return average_over_artists(predictions.losses, predictions.codes, weights)


_METRICS: Final[dict[str, Callable[[Predictions, Float], Float]]] = {
    "accuracy": _accuracy,
    "top_5_accuracy": partial(_top_k_accuracy, k=5),
    "balanced_accuracy": _balanced_accuracy,
    "f1_macro": _f1_macro,
    "log_loss": _log_loss,
}


def replicate_attribution(
    probabilities: ArrayLike, classes: Sequence[str], truth: Sequence[str], *, seed: int, n_boot: int
) -> dict[str, Float]:
    """Return all metrics by name, and those that other packages offer: of all artists, then of each resample.

    (1 + b,) each; only artists with a work are resampled.
    """
    predictions = read_predictions(probabilities, classes, truth)
    drawn = np.unique(predictions.codes)
    weights = np.zeros((n_boot, len(classes)))
    weights[:, drawn] = resample_artists(len(drawn), n_boot=n_boot, rng=np.random.default_rng(seed))
    every = np.vstack([weigh_evenly(len(classes)), weights])
    table, is_true = np.asarray(probabilities), np.eye(len(classes), dtype=np.bool_)[predictions.codes]
    own = {
        metric.key: replicate_own(metric, table, is_true, lambda row: row[predictions.codes], weights)
        for metric in find_own_metrics("attribution")
    }
    return {name: measure(predictions, every) for name, measure in _METRICS.items()} | own
