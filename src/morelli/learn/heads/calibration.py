"""From logits to probabilities: how attributions are calibrated, on works that no head has seen.

By a temperature, a weight for each artist, or the nearest works beside.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar
from scipy.special import log_softmax

_Logits = NDArray[np.floating]
"""(n, c), a column for each artist."""

_Labels = NDArray[np.int64]
"""(n,) columns of the true artists."""

_Float64 = NDArray[np.float64]
_Groups = NDArray[np.object_]
"""(n,) of near-duplicates."""

_TEMPERATURES = (0.05, 20.0)
_N_FOLDS = 5  # parts of the validation works, each once left out, on which ways of scaling are compared
_VECTOR_PENALTY = 0.01  # on squared departures from the best temperature, beside the mean log loss
_NEARNESS_SCALE = 10.0  # makes a cosine about as large as a logit: both weights are found in like steps


def fit_temperature(logits: _Logits, labels: _Labels) -> float:
    """Return the temperature with the lowest log loss (Guo et al. 2017, arXiv 1706.04599), 0.05 to 20.

    It is 1 when every work is named rightly, since then the lowest loss is that of boundless confidence.
    """

    def log_loss(log_temperature: float) -> float:
        scaled = log_softmax(logits / np.exp(log_temperature), axis=1)
        return float(-scaled[np.arange(len(labels)), labels].mean())

    if (logits.argmax(axis=1) == labels).all():
        return 1.0  # without one mistake nothing bounds the confidence from above
    found = minimize_scalar(log_loss, bounds=tuple(np.log(_TEMPERATURES)), method="bounded")
    return float(np.exp(found.x))


@dataclass(frozen=True, eq=False)
class _Scaling:
    """What makes probabilities of logits: softmax(logits * weights + biases)."""

    weights: _Float64  # (c,)
    biases: _Float64  # (c,)

    @classmethod
    def evenly(cls, temperature: float, n_artists: int) -> _Scaling:
        """Return the scaling that a temperature is: the same weight for everybody, and no bias."""
        return cls(np.full(n_artists, 1 / temperature), np.zeros(n_artists))

    def log_loss(self, logits: _Logits, labels: _Labels) -> float:
        """Return the mean of -log p of the true artists, every artist counted alike."""
        found = log_softmax(logits * self.weights + self.biases, axis=1)[np.arange(len(labels)), labels]
        return float(-_weigh_artists(labels) @ found)


def fit_vector_scaling(logits: _Logits, labels: _Labels) -> _Scaling:
    """Return a weight and a bias for each artist (Guo et al. 2017, arXiv 1706.04599, section 4.2).

    Every artist counts alike. Unlike there, what departs from the best temperature is penalised, since most
    artists have only a few works to calibrate on, and some none.
    """
    n_artists = logits.shape[1]
    start = _Scaling.evenly(fit_temperature(logits, labels), n_artists)
    values, shares = np.asarray(logits, dtype=np.float64), _weigh_artists(labels)
    rows = np.arange(len(labels))

    def loss(change: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights, biases = start.weights * (1 + change[:n_artists]), change[n_artists:]
        logs = log_softmax(values * weights + biases, axis=1)
        slopes = np.exp(logs)
        slopes[rows, labels] -= 1
        slopes *= shares[:, None]
        gradient = np.concatenate([(slopes * values).sum(axis=0) * start.weights, slopes.sum(axis=0)])
        value = -shares @ logs[rows, labels] + _VECTOR_PENALTY * change @ change
        return float(value), gradient + 2 * _VECTOR_PENALTY * change

    change = minimize(loss, np.zeros(2 * n_artists), jac=True, method="L-BFGS-B").x
    return _Scaling(start.weights * (1 + change[:n_artists]), change[n_artists:])


def choose_scaling(
    logits: _Logits, labels: _Labels, groups: _Groups | None = None
) -> tuple[str, dict[str, float]]:
    """Return "temperature" or "vector", and the log loss of each on works that it was not fitted to.

    Every fifth work in turn is left out with its near-duplicates, which are of its group; a tie goes to the
    temperature. With fewer than 10 works there is nothing to choose on.
    """
    if len(labels) < 2 * _N_FOLDS:
        return "temperature", {}
    losses = {"temperature": 0.0, "vector": 0.0}
    for is_out in _leave_out(len(labels), groups):
        kept, kept_labels = logits[~is_out], labels[~is_out]
        even = _Scaling.evenly(fit_temperature(kept, kept_labels), logits.shape[1])
        vector = fit_vector_scaling(kept, kept_labels)
        for name, scaling in (("temperature", even), ("vector", vector)):
            losses[name] += scaling.log_loss(logits[is_out], labels[is_out]) / _N_FOLDS
    return min(losses, key=lambda name: losses[name]), losses


def fit_nearness(logits: _Logits, nearness: _Logits, labels: _Labels) -> tuple[float, float]:
    """Return the weights of logits and of nearness with the lowest log loss, every artist counted alike.

    They are 0.05 to 20 and 0 to 200; the loss has one lowest place. Where some weights name every work
    rightly, it would be that of boundless confidence: then one more work counts as named wrongly, as in
    Platt's targets (Lin, Lin and Weng 2007, doi 10.1007/s10994-007-5018-6).
    """
    values = np.stack([np.asarray(logits, np.float64), _NEARNESS_SCALE * np.asarray(nearness, np.float64)])
    targets = np.eye(logits.shape[1])[labels]
    weights = _weigh_values(values, targets, _weigh_artists(labels))
    named = np.tensordot(weights, values, axes=1).argmax(axis=1)
    if (named == labels).all():
        n, n_artists = targets.shape
        doubt = 1 / (n + 2)
        targets = (1 - doubt) * targets + doubt * (1 - targets) / (n_artists - 1)
        weights = _weigh_values(values, targets, _weigh_artists(labels))
    return float(weights[0]), float(weights[1]) * _NEARNESS_SCALE


def _weigh_values(values: _Float64, targets: _Float64, shares: _Float64) -> _Float64:
    """Return the (2,) weights of values (2, n, c) whose softmax is nearest to targets (n, c)."""

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        logs = log_softmax(np.tensordot(weights, values, axes=1), axis=1)
        gradient = np.einsum("n,nc,knc->k", shares, np.exp(logs) - targets, values)
        return -float(shares @ (targets * logs).sum(axis=1)), gradient

    found: _Float64 = minimize(
        loss, np.array([1.0, 0.5]), jac=True, method="L-BFGS-B", bounds=[(0.05, 20.0), (0.0, 20.0)]
    ).x
    return found


def compare_with_nearness(
    logits: _Logits, nearness: _Logits, labels: _Labels, groups: _Groups | None = None
) -> dict[str, float]:
    """Return the log loss of the regression and of both together on works they were not fitted to.

    Every fifth work in turn is left out with its near-duplicates, which are of its group. With fewer than 10
    works there is nothing to compare on: empty.
    """
    if len(labels) < 2 * _N_FOLDS:
        return {}
    losses = {"regression": 0.0, "nearness": 0.0}
    for is_out in _leave_out(len(labels), groups):
        of_logits, of_nearness = fit_nearness(logits[~is_out], nearness[~is_out], labels[~is_out])
        alone = _Scaling.evenly(fit_temperature(logits[~is_out], labels[~is_out]), logits.shape[1])
        plain = _Scaling.evenly(1.0, logits.shape[1])
        both = of_logits * logits + of_nearness * nearness
        losses["regression"] += alone.log_loss(logits[is_out], labels[is_out]) / _N_FOLDS
        losses["nearness"] += plain.log_loss(both[is_out], labels[is_out]) / _N_FOLDS
    return losses


def _leave_out(n_works: int, groups: _Groups | None = None) -> Iterator[NDArray[np.bool_]]:
    """Yield which works are left out: every fifth in turn, with all of its group."""
    first = np.arange(n_works)
    if groups is not None:
        _, starts, codes = np.unique(groups.astype(str), return_index=True, return_inverse=True)
        first = starts[codes.ravel()]
    for fold in range(_N_FOLDS):
        yield first % _N_FOLDS == fold


def _weigh_artists(labels: _Labels) -> _Float64:
    """Return a weight for each work: every artist counts alike, all together 1."""
    _, codes, counts = np.unique(labels, return_inverse=True, return_counts=True)
    weights: _Float64 = 1 / (len(counts) * counts[codes])
    return weights
