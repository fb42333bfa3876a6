"""Gradient descent in NumPy for the spaces: two losses with their gradients in closed form, and AdamW.

The matrices are small, so that one thread is the fastest: `descend` keeps to one, whatever the machine has.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp, softmax

from morelli.settings import one_thread

_Float = NDArray[np.float32]
_Codes = NDArray[np.int64]
Batch = tuple[_Float, _Codes]  # (b, d) vectors and (b,) codes of classes

_BETA_2 = 0.999  # of the squared gradient, and `_EPSILON`: as Kingma & Ba 2015, arXiv 1412.6980, propose them
_EPSILON = 1e-8
_WARM_UP = 0.1  # share of the steps in which the rate rises
_FIRST_RATE, _LAST_RATE = 1 / 25, 1 / 250_000  # of the highest rate
_BETA_1 = (0.95, 0.85)  # momentum at the lowest and at the highest rate: Smith 2018, arXiv 1803.09820
_BLOCK = 16_384  # numbers that a step changes at a time: they stay in the processor's cache


class Loss(ABC):
    """A loss over unit rows (b, p) and codes (b,), perhaps with weights of its own."""

    weights: tuple[_Float, ...] = ()

    @abstractmethod
    def measure(self, rows: _Float, codes: _Codes) -> tuple[float, _Float, tuple[_Float, ...]]:
        """Return the loss, its gradient in the rows, and its gradients in the weights of its own."""


class SupervisedContrastive(Loss):
    """The supervised contrastive loss, mean over rows with a partner: equation 2 of arXiv 2004.11362."""

    def __init__(self, temperature: float) -> None:
        self._temperature = temperature

    def measure(self, rows: _Float, codes: _Codes) -> tuple[float, _Float, tuple[_Float, ...]]:
        """Return zeros where no two rows are of one class, or none of another."""
        partners = codes[:, None] == codes[None, :]
        has_others = not partners.all()
        np.fill_diagonal(partners, False)
        n_partners = partners.sum(axis=1)
        n_anchors = np.count_nonzero(n_partners)
        if not (n_anchors and has_others):
            return 0.0, np.zeros_like(rows), ()
        logits = rows @ rows.T
        logits /= self._temperature
        np.fill_diagonal(logits, -np.inf)
        logits -= logits.max(axis=1, keepdims=True)
        shares = np.exp(logits)
        totals = shares.sum(axis=1, keepdims=True)
        shares /= totals
        np.fill_diagonal(logits, 0)
        wanted = partners / np.maximum(n_partners, 1)[:, None].astype(rows.dtype)
        is_anchor = n_partners > 0
        losses = is_anchor * np.log(totals[:, 0]) - np.einsum("ij,ij->i", wanted, logits)
        shares *= is_anchor[:, None]
        shares -= wanted
        shares /= n_anchors * self._temperature
        return float(losses.sum() / n_anchors), (shares + shares.T) @ rows, ()


class NormalisedSoftmax(Loss):
    """Cross-entropy of the class from the cosines with one learnt direction each: arXiv 1811.12649.

    Its one weight is (p, c), a column for each class.
    """

    def __init__(self, directions: _Float, temperature: float) -> None:
        self.weights = (directions,)
        self._temperature = temperature

    def measure(self, rows: _Float, codes: _Codes) -> tuple[float, _Float, tuple[_Float, ...]]:
        """Return the mean over rows."""
        (weight,) = self.weights
        lengths = np.sqrt(np.einsum("pc,pc->c", weight, weight))
        columns = weight / lengths
        logits = rows @ columns
        logits /= self._temperature
        at = np.arange(len(codes))
        loss = float((logsumexp(logits, axis=1) - logits[at, codes]).mean())
        shares: _Float = softmax(logits, axis=1)
        shares[at, codes] -= 1
        shares /= len(codes) * self._temperature
        of_columns = rows.T @ shares
        of_columns -= columns * np.einsum("pc,pc->c", columns, of_columns)
        return loss, shares @ columns.T, (of_columns / lengths,)


def measure_projection(weight: _Float, loss: Loss, batch: Batch) -> tuple[float, _Float, tuple[_Float, ...]]:
    """Return the loss of projected vectors, its gradient in the (d, p) projection, and those of its weights.

    A vector that the projection turns into zero has no direction, and no part in the gradient.
    """
    vectors, codes = batch
    projected = vectors @ weight
    lengths = np.sqrt(np.einsum("np,np->n", projected, projected))[:, None]
    np.maximum(lengths, 1e-12, out=lengths)
    rows = np.divide(projected, lengths, out=projected)
    value, of_rows, of_weights = loss.measure(rows, codes)
    of_rows -= rows * np.einsum("np,np->n", rows, of_rows)[:, None]
    of_rows /= lengths
    return value, vectors.T @ of_rows, of_weights


def descend(
    weight: _Float,
    loss: Loss,
    draw: Callable[[], Batch],
    *,
    n_steps: int,
    learning_rate: float,
    weight_decay: float,
) -> None:
    """Change a projection (d, p), and the weights of a loss, in place, one batch a step.

    AdamW (Loshchilov & Hutter 2019, arXiv 1711.05101) with a rate that rises and falls in one cycle, momentum
    the other way round (Smith 2018, arXiv 1803.09820).
    """
    weights = (weight, *loss.weights)
    optimiser = _AdamW(weights, weight_decay)
    with one_thread():
        for step in range(n_steps):
            _, of_weight, further = measure_projection(weight, loss, draw())
            rate, momentum = _follow_cycle(step, max(n_steps, 2))
            optimiser.change((of_weight, *further), learning_rate * rate, momentum)


def _follow_cycle(step: int, n_steps: int) -> tuple[float, float]:
    """Return the share of the highest rate at a step, counted from 0, and the momentum."""
    top, last = _WARM_UP * n_steps - 1, n_steps - 1
    if step <= top:
        share, first, then = step / top if top else 1.0, _FIRST_RATE, 1.0
        return _anneal(first, then, share), _anneal(*_BETA_1, share)
    start = top
    share = (step - start) / (last - start)
    return _anneal(1.0, _LAST_RATE, share), _anneal(*_BETA_1[::-1], share)


def _anneal(first: float, last: float, share: float) -> float:
    return last + (first - last) / 2 * (1 + float(np.cos(np.pi * share)))


class _AdamW:
    """Adam with the decay of weights apart from the gradient; all in place."""

    def __init__(self, weights: Sequence[_Float], weight_decay: float) -> None:
        self._weights = [weight.reshape(-1) for weight in weights]
        self._means = [np.zeros_like(weight) for weight in self._weights]
        self._squares = [np.zeros_like(weight) for weight in self._weights]
        self._scratch = np.empty(_BLOCK, np.float32)
        self._decay, self._step = weight_decay, 0

    def change(self, gradients: Sequence[_Float], rate: float, beta_1: float) -> None:
        """Take one step; the gradients are used up."""
        self._step += 1
        pace = rate / (1 - beta_1**self._step)
        spread = (1 - _BETA_2**self._step) ** -0.5
        for at, gradient in enumerate(gradients):
            flat = np.ascontiguousarray(gradient).reshape(-1)
            for start in range(0, len(flat), _BLOCK):
                part = slice(start, start + _BLOCK)
                self._change(at, part, flat[part], rate, beta_1, (pace, spread))

    def _change(
        self, at: int, part: slice, slope: _Float, rate: float, beta_1: float, scales: tuple[float, float]
    ) -> None:
        mean, square, weight = self._means[at][part], self._squares[at][part], self._weights[at][part]
        moved, (pace, spread) = self._scratch[: len(slope)], scales
        mean *= beta_1
        mean += np.multiply(slope, 1 - beta_1, out=moved)
        square *= _BETA_2
        np.multiply(slope, slope, out=slope)
        square += np.multiply(slope, 1 - _BETA_2, out=slope)
        np.sqrt(square, out=moved)
        moved *= spread
        moved += _EPSILON
        np.divide(mean, moved, out=moved)
        moved *= pace
        weight *= 1 - rate * self._decay
        weight -= moved
