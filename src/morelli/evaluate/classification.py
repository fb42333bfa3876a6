"""How well the artist of a work is named, when the artist is one the model knows.

`predictions` checks the probabilities once; each metric here takes them together with weights of artists and
returns one number per weighting, so that the value and its interval come from the same lines. `protocols`
turns the numbers into rows.

All metrics have as denominator the queries of the artists that are weighted; an artist without a query does
not take part. With a single artist known they are all perfect by definition.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from morelli.evaluate.intervals import average_over_artists, divide
from morelli.evaluate.predictions import Predictions


def top_k_accuracy(predictions: Predictions, weights: NDArray[np.float64], *, k: int) -> NDArray[np.float64]:
    """Return the share of works whose artist is among the k most probable.

    Higher is better, 0 to 1; by chance k / c. The denominator is all queries. Of equal probabilities the
    column further left comes first, as `argmax` has it. With k = 1 this is the accuracy; with k >= c it is 1
    by definition.

    Parameters
    ----------
    predictions
        Of q queries over c artists.
    weights
        (b, c) how often each artist counts.

    Returns
    -------
    accuracies
        (b,) float64.

    Examples
    --------
    >>> from morelli.evaluate.predictions import read_predictions
    >>> predictions = read_predictions([[0.5, 0.3, 0.2], [0.5, 0.3, 0.2]], ["A", "B", "C"], ["B", "C"])
    >>> top_k_accuracy(predictions, np.ones((1, 3)), k=2).tolist()
    [0.5]
    """
    return average_over_artists(predictions.places <= k, predictions.codes, weights)


def accuracy(predictions: Predictions, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the share of works whose artist is the most probable one.

    Higher is better, 0 to 1; the denominator is all queries; of equal probabilities the column further left
    is the answer. Artists with many works dominate; see `balanced_accuracy`.

    Parameters
    ----------
    predictions
        Of q queries over c artists.
    weights
        (b, c) how often each artist counts.

    Returns
    -------
    accuracies
        (b,) float64.

    Examples
    --------
    >>> from morelli.evaluate.predictions import read_predictions
    >>> predictions = read_predictions([[0.9, 0.1], [0.8, 0.2]], ["A", "B"], ["A", "B"])
    >>> accuracy(predictions, np.ones((1, 2))).tolist()
    [0.5]
    """
    return top_k_accuracy(predictions, weights, k=1)


def balanced_accuracy(predictions: Predictions, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean over artists of the share of their works that is named rightly.

    Higher is better, 0 to 1, by chance 1 / c; the denominator is the artists with at least one query, each
    counted as often as it is drawn. Ties as in `accuracy`.

    Parameters
    ----------
    predictions
        Of q queries over c artists.
    weights
        (b, c) how often each artist counts.

    Returns
    -------
    accuracies
        (b,) float64.

    References
    ----------
    Brodersen et al. (2010), doi:10.1109/ICPR.2010.764; the same as scikit-learn's `balanced_accuracy_score`.

    Examples
    --------
    A has both works right, B its only one wrong: the mean of 1 and 0.

    >>> from morelli.evaluate.predictions import read_predictions
    >>> predictions = read_predictions([[0.9, 0.1], [0.8, 0.2], [0.7, 0.3]], ["A", "B"], ["A", "A", "B"])
    >>> balanced_accuracy(predictions, np.ones((1, 2))).tolist()
    [0.5]
    """
    counts = predictions.count_confusions()
    n_queries = counts.sum(axis=1)
    present = n_queries > 0
    recalls = divide(counts.diagonal().astype(np.float64), n_queries.astype(np.float64))
    return divide(weights[:, present] @ recalls[present], weights[:, present].sum(axis=1))


def f1_macro(predictions: Predictions, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean over artists of F1, the harmonic mean of precision and recall.

    Higher is better, 0 to 1; the denominator is the artists with at least one query, each counted as often as
    it is drawn (an artist who is only ever predicted lowers the recall of others and has no F1 of its own).
    An artist never named rightly has F1 = 0. Ties as in `accuracy`.

    Parameters
    ----------
    predictions
        Of q queries over c artists.
    weights
        (b, c) how often each artist counts; works wrongly given to an artist count as often as their true
        artist.

    Returns
    -------
    scores
        (b,) float64.

    References
    ----------
    van Rijsbergen (1979), Information Retrieval, chapter 7; the same as scikit-learn's `f1_score` with
    ``average="macro"`` and ``labels`` being the artists of the truth.

    Examples
    --------
    A: precision 1/2, recall 1, so F1 = 2/3; B: F1 = 0.

    >>> from morelli.evaluate.predictions import read_predictions
    >>> predictions = read_predictions([[0.9, 0.1], [0.8, 0.2]], ["A", "B"], ["A", "B"])
    >>> f1_macro(predictions, np.ones((1, 2))).round(3).tolist()
    [0.333]
    """
    counts = predictions.count_confusions().astype(np.float64)
    n_queries, right = counts.sum(axis=1), counts.diagonal()
    wrongly_given = weights @ (counts - np.diag(right))  # (b, c)
    scores = divide(np.broadcast_to(2 * right, weights.shape), n_queries + right + wrongly_given)  # (b, c)
    drawn = weights * (n_queries > 0)
    return divide(np.nansum(scores * drawn, axis=1), drawn.sum(axis=1))


def log_loss(predictions: Predictions, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean of minus the logarithm of the true artist's probability.

    Lower is better, 0 to 36 nats; the uniform guess has ln(c). The denominator is all queries. A probability
    of zero counts as 2.2e-16, as in scikit-learn, so that one overconfident error does not make the mean
    infinite.

    Parameters
    ----------
    predictions
        Of q queries over c artists.
    weights
        (b, c) how often each artist counts.

    Returns
    -------
    losses
        (b,) float64, nats.

    References
    ----------
    Good (1952), doi:10.1111/j.2517-6161.1952.tb00104.x

    Examples
    --------
    >>> from morelli.evaluate.predictions import read_predictions
    >>> predictions = read_predictions([[0.5, 0.5], [1.0, 0.0]], ["A", "B"], ["A", "A"])
    >>> log_loss(predictions, np.ones((1, 2))).round(3).tolist()
    [0.347]
    """
    return average_over_artists(predictions.losses, predictions.codes, weights)
