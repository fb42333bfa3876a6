"""What the attribution head gets wrong on validation works, for the model's card."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from morelli.model.attribution import AttributionHead

N_CONFUSIONS = 10
_N_RESAMPLES = 1_000
_LEVEL = 0.95


def describe_validation(
    head: AttributionHead, vectors: NDArray[np.float32], artists: Sequence[str], *, seed: int
) -> dict[str, Any]:
    """Return the accuracy on validation works with its interval over artists, and the commonest confusions.

    Parameters
    ----------
    head
        As it was chosen; on the same works, so that the numbers flatter.
    vectors, artists
        (m, d) float32 and (m,) true names, at least one.
    seed
        Of the resamples.

    Returns
    -------
    facts
        "accuracy", "accuracy_interval" (95 %, whole artists resampled: Efron and Tibshirani 1993, chapter 8),
        "n_works", and "confusions": artist, taken_for, n_confused and n works by the artist, most first.
    """
    named = [head.artists[column] for column in head.predict_proba(vectors).argmax(axis=1)]
    truth = np.asarray(artists, dtype=object)
    is_right = np.asarray(named, dtype=object) == truth
    low, high = _resample_artists(is_right, truth, np.random.default_rng(seed))
    return {
        "accuracy": float(is_right.mean()),
        "accuracy_interval": [low, high],
        "n_works": len(artists),
        "confusions": list_confusions(artists, named),
    }


def list_confusions(artists: Sequence[str], named: Sequence[str]) -> list[dict[str, Any]]:
    """Return the commonest confusions: most works first, of as many the larger share, then by name.

    Examples
    --------
    >>> list_confusions(["Hals", "Hals", "Steen"], ["Leyster", "Hals", "Steen"])
    [{'artist': 'Hals', 'taken_for': 'Leyster', 'n_confused': 1, 'n': 2}]
    """
    n_works = Counter(artists)
    pairs = Counter(pair for pair in zip(artists, named, strict=True) if pair[0] != pair[1])
    order = sorted(pairs.items(), key=lambda entry: (-entry[1], n_works[entry[0][0]], entry[0]))
    return [
        {"artist": artist, "taken_for": other, "n_confused": count, "n": n_works[artist]}
        for (artist, other), count in order[:N_CONFUSIONS]
    ]


def _resample_artists(
    is_right: NDArray[np.bool_], artists: NDArray[np.object_], rng: np.random.Generator
) -> tuple[float, float]:
    _, codes = np.unique(artists.astype(str), return_inverse=True)
    n_works, n_right = np.bincount(codes), np.bincount(codes, weights=is_right)
    drawn = rng.multinomial(len(n_works), np.full(len(n_works), 1 / len(n_works)), size=_N_RESAMPLES)
    shares = (drawn @ n_right) / (drawn @ n_works)
    low, high = np.quantile(shares, [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2])
    return float(low), float(high)
