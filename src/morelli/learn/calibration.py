"""From scores to evidence: temperature for attributions, a logistic line for comparisons.

Both are fitted on validation works only, which the heads have not seen.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax
from sklearn.linear_model import LogisticRegression

from morelli.errors import ModelError

_TEMPERATURES = (0.05, 20.0)


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
