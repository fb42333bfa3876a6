"""Probabilities of artists beside the truth, checked once and counted.

`classification` measures what is read here, `confusion` counts who is taken for whom.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from morelli.errors import EvaluationError

SUM_TOLERANCE = 1e-3
"""How far a row of probabilities may exceed 1: float32 rows of some thousand artists stay well below."""


@dataclass(frozen=True, eq=False)
class Predictions:
    """Probabilities of artists with the truth, checked and counted.

    Parameters
    ----------
    artists
        (c,) the artists the model knows, in the order of the columns.
    codes
        (q,) the column of each query's true artist.
    predicted
        (q,) the column with the highest probability; of equal ones the first.
    places
        (q,) the place of the true artist, 1 for the most probable. Columns with a higher probability stand
        before it, and so do columns with the same probability further left.
    losses
        (q,) minus the natural logarithm of the true artist's probability, in nats.
    """

    artists: tuple[str, ...]
    codes: NDArray[np.intp]
    predicted: NDArray[np.intp]
    places: NDArray[np.intp]
    losses: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.codes)

    def __repr__(self) -> str:
        return f"Predictions(n={len(self)}, artists={len(self.artists)})"

    def count_confusions(self) -> NDArray[np.int64]:
        """Return how many works of each artist are given to each artist.

        Returns
        -------
        counts
            (c, c) int64; the row is the true artist, the column the predicted one.
        """
        n_artists = len(self.artists)
        cells = np.bincount(self.codes * n_artists + self.predicted, minlength=n_artists**2)
        return cells.reshape(n_artists, n_artists).astype(np.int64)


def read_predictions(probabilities: ArrayLike, classes: Sequence[str], truth: Sequence[str]) -> Predictions:
    """Return checked predictions.

    Parameters
    ----------
    probabilities
        (q, c) 0 to 1; a row adds up to at most 1 (less where "none of these" has a share).
    classes
        (c,) artist names, each once.
    truth
        (q,) the true artist of each query, one of `classes`.

    Raises
    ------
    EvaluationError
        When the shapes differ, there is no query, a number is no probability, a class is named twice, or a
        true artist is not among the classes.
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


def _require_shape(table: NDArray[np.float64], shape: tuple[int, int]) -> None:
    if table.shape != shape or 0 in shape:
        raise EvaluationError(
            "probabilities",
            expected=f"one row per query and one column per artist, {shape}, and at least one of each",
            found=f"an array of shape {table.shape}",
            remedy="pass the probabilities, classes and truth of the same non-empty queries",
        )


def _require_probabilities(table: NDArray[np.float64]) -> None:
    if not (np.isfinite(table).all() and table.min() >= 0 and table.sum(axis=1).max() <= 1 + SUM_TOLERANCE):
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
