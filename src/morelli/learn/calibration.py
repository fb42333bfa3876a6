"""From scores to evidence: temperature for attributions, a logistic line for comparisons.

Both are fitted on validation works only, which the heads have not seen.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar
from scipy.special import log_softmax
from sklearn.linear_model import LogisticRegression

from morelli.errors import ModelError

_TEMPERATURES = (0.05, 20.0)

N_FOLDS = 5
"""Parts of the validation works, each once left out, on which the two ways of scaling are compared."""

VECTOR_PENALTY = 0.01
"""On the squared departures of vector scaling from the best temperature, beside the mean log loss."""

NEARNESS_SCALE = 10.0
"""Makes a nearness, a cosine, about as large as a logit, so that both weights are found in like steps."""


def fit_temperature(logits: NDArray[np.floating], labels: NDArray[np.int64]) -> float:
    """Return the temperature with the lowest log loss (Guo et al. 2017, arXiv 1706.04599).

    It is 1 when every work is named rightly, since then the lowest loss is that of boundless confidence.

    Parameters
    ----------
    logits
        (n, c).
    labels
        (n,) columns of the true artists.

    Examples
    --------
    >>> round(fit_temperature(np.array([[8.0, 0.0], [8.0, 0.0]]), np.array([0, 1])), 1)
    20.0
    """

    def log_loss(log_temperature: float) -> float:
        scaled = log_softmax(logits / np.exp(log_temperature), axis=1)
        return float(-scaled[np.arange(len(labels)), labels].mean())

    if (logits.argmax(axis=1) == labels).all():
        return 1.0  # without one mistake nothing bounds the confidence from above
    found = minimize_scalar(log_loss, bounds=tuple(np.log(_TEMPERATURES)), method="bounded")
    return float(np.exp(found.x))


@dataclass(frozen=True, eq=False)
class Scaling:
    """What makes probabilities of logits: softmax(logits * weights + biases).

    Parameters
    ----------
    weights, biases
        (c,) float64. A temperature T is the same weight 1/T for everybody and no bias.
    """

    weights: NDArray[np.float64]
    biases: NDArray[np.float64]

    def log_loss(self, logits: NDArray[np.floating], labels: NDArray[np.int64]) -> float:
        """Return the mean of -log p of the true artists, every artist counted alike."""
        found = log_softmax(logits * self.weights + self.biases, axis=1)[np.arange(len(labels)), labels]
        return float(-weigh_artists(labels) @ found)


def scale_evenly(temperature: float, n_artists: int) -> Scaling:
    """Return the scaling that a temperature is."""
    return Scaling(np.full(n_artists, 1 / temperature), np.zeros(n_artists))


def fit_vector_scaling(logits: NDArray[np.floating], labels: NDArray[np.int64]) -> Scaling:
    """Return a weight and a bias for each artist (Guo et al. 2017, arXiv 1706.04599, section 4.2).

    Every artist counts alike. Unlike there, what departs from the best temperature is penalised, since most
    artists have only a few works to calibrate on, and some none.

    Parameters
    ----------
    logits
        (n, c).
    labels
        (n,) columns of the true artists.
    """
    n_artists = logits.shape[1]
    start = scale_evenly(fit_temperature(logits, labels), n_artists)
    values, shares, rows = np.asarray(logits, dtype=np.float64), weigh_artists(labels), np.arange(len(labels))

    def loss(change: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights, biases = start.weights * (1 + change[:n_artists]), change[n_artists:]
        logs = log_softmax(values * weights + biases, axis=1)
        slopes = np.exp(logs)
        slopes[rows, labels] -= 1
        slopes *= shares[:, None]
        gradient = np.concatenate([(slopes * values).sum(axis=0) * start.weights, slopes.sum(axis=0)])
        value = -shares @ logs[rows, labels] + VECTOR_PENALTY * change @ change
        return float(value), gradient + 2 * VECTOR_PENALTY * change

    change = minimize(loss, np.zeros(2 * n_artists), jac=True, method="L-BFGS-B").x
    return Scaling(start.weights * (1 + change[:n_artists]), change[n_artists:])


def choose_scaling(logits: NDArray[np.floating], labels: NDArray[np.int64]) -> tuple[str, dict[str, float]]:
    """Return "temperature" or "vector", and the log loss of each on works that it was not fitted to.

    Every fifth work in turn is left out; a tie goes to the temperature. With fewer than 10 works there is
    nothing to choose on.

    Parameters
    ----------
    logits, labels
        (n, c) and (n,).
    """
    if len(labels) < 2 * N_FOLDS:
        return "temperature", {}
    losses = {"temperature": 0.0, "vector": 0.0}
    for is_out in _leave_out(len(labels)):
        kept, kept_labels = logits[~is_out], labels[~is_out]
        even = scale_evenly(fit_temperature(kept, kept_labels), logits.shape[1])
        vector = fit_vector_scaling(kept, kept_labels)
        for name, scaling in (("temperature", even), ("vector", vector)):
            losses[name] += scaling.log_loss(logits[is_out], labels[is_out]) / N_FOLDS
    return min(losses, key=lambda name: losses[name]), losses


def fit_nearness(
    logits: NDArray[np.floating], nearness: NDArray[np.floating], labels: NDArray[np.int64]
) -> tuple[float, float]:
    """Return the weights of logits and of nearness with the lowest log loss, every artist counted alike.

    Parameters
    ----------
    logits, nearness
        (n, c) each.
    labels
        (n,) columns of the true artists.

    Returns
    -------
    weights
        Of the logits, 0.05 to 20, and of the nearness, 0 to 200. The loss has one lowest place.
    """
    shares, rows = weigh_artists(labels), np.arange(len(labels))
    values = np.stack([np.asarray(logits, np.float64), NEARNESS_SCALE * np.asarray(nearness, np.float64)])

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        logs = log_softmax(np.tensordot(weights, values, axes=1), axis=1)
        slopes = np.exp(logs)
        slopes[rows, labels] -= 1
        gradient = np.einsum("n,nc,knc->k", shares, slopes, values)
        return -float(shares @ logs[rows, labels]), gradient

    found = minimize(
        loss, np.array([1.0, 0.5]), jac=True, method="L-BFGS-B", bounds=[(0.05, 20.0), (0.0, 20.0)]
    )
    of_logits, of_nearness = found.x
    return float(of_logits), float(of_nearness) * NEARNESS_SCALE


def compare_with_nearness(
    logits: NDArray[np.floating], nearness: NDArray[np.floating], labels: NDArray[np.int64]
) -> dict[str, float]:
    """Return the log loss of the regression and of both together on works they were not fitted to.

    Every fifth work in turn is left out. With fewer than 10 works there is nothing to compare on: empty.

    Parameters
    ----------
    logits, nearness, labels
        As for `fit_nearness`.
    """
    if len(labels) < 2 * N_FOLDS:
        return {}
    losses = {"regression": 0.0, "nearness": 0.0}
    for is_out in _leave_out(len(labels)):
        of_logits, of_nearness = fit_nearness(logits[~is_out], nearness[~is_out], labels[~is_out])
        alone = scale_evenly(fit_temperature(logits[~is_out], labels[~is_out]), logits.shape[1])
        plain = scale_evenly(1.0, logits.shape[1])
        both = of_logits * logits + of_nearness * nearness
        losses["regression"] += alone.log_loss(logits[is_out], labels[is_out]) / N_FOLDS
        losses["nearness"] += plain.log_loss(both[is_out], labels[is_out]) / N_FOLDS
    return losses


def _leave_out(n_works: int) -> Iterator[NDArray[np.bool_]]:
    """Yield which works are left out: every fifth in turn."""
    for fold in range(N_FOLDS):
        yield np.arange(n_works) % N_FOLDS == fold


def weigh_artists(labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return a weight for each work: every artist counts alike, all together 1.

    Examples
    --------
    >>> weigh_artists(np.array([4, 4, 7])).tolist()
    [0.25, 0.25, 0.5]
    """
    _, codes, counts = np.unique(labels, return_inverse=True, return_counts=True)
    weights: NDArray[np.float64] = 1 / (len(counts) * counts[codes])
    return weights


def fit_likelihood_ratio(scores: NDArray[np.floating], is_same: NDArray[np.bool_]) -> tuple[float, float]:
    """Return slope and intercept of the natural log likelihood ratio over the score.

    Both kinds of pair get the same total weight, so the fitted log odds are the log likelihood ratio itself
    and carry no prior (Brümmer & du Preez 2006, doi 10.1016/j.csl.2005.08.001; Morrison 2013, doi
    10.1080/00450618.2012.733025).

    Parameters
    ----------
    scores
        (n,) higher for works by one hand.
    is_same
        (n,) the truth.

    Raises
    ------
    ModelError
        When the pairs are all of one kind.
    """
    if is_same.all() or not is_same.any():
        raise ModelError(
            "calibration",
            expected="validation pairs of one hand and of two",
            found=f"{int(is_same.sum())} of one hand among {len(is_same)}",
            remedy="collect more works per artist, or more artists",
        )
    centre, spread = float(scores.mean()), float(scores.std()) or 1.0
    line = LogisticRegression(class_weight="balanced", C=1e6).fit(
        ((scores - centre) / spread)[:, None], is_same
    )
    slope = float(line.coef_[0, 0]) / spread
    return slope, float(line.intercept_[0]) - slope * centre
