"""How two works are compared: by the cosine of their rows, or by the rules of published approaches.

A work is turned into a row once; a score then needs the rows of two works alone. Of all rules a higher score
means the same hand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, softmax

from morelli.model.component import Component
from morelli.model.standardisation import merge_rows, unit_rows

_Float = NDArray[np.float32]
_Double = NDArray[np.float64]
_Rows = NDArray[np.floating]
_Places = NDArray[np.integer[Any]]

_StepKind = Literal["affine", "relu", "prelu", "unit", "softmax", "sigmoid"]
_STEP_KINDS: tuple[_StepKind, ...] = get_args(_StepKind)
_FUNCTIONS: Mapping[str, Callable[[_Float], _Float]] = {
    "relu": lambda rows: np.maximum(rows, 0),
    "unit": unit_rows,
    "softmax": lambda rows: softmax(rows, axis=1),
    "sigmoid": expit,
}

_RuleKind = Literal["cosine", "euclidean", "dot", "pearson", "same-argmax", "network"]
_RULE_KINDS: tuple[_RuleKind, ...] = get_args(_RuleKind)

_BLOCK_ROWS = 2048  # rows that go through all layers together, so that none ever holds a whole gallery
_BLOCK_PAIRS = 128  # of rows that are copied for a cosine: 1 MiB at 1024 dimensions, twice as fast as 8,192
_BLOCK_CELLS = 2**17  # numbers held at a time in one intermediate table: they stay near the processor


@dataclass(frozen=True, eq=False)
class Step(Component):
    """One layer of a small network, learnt elsewhere.

    "affine": ``x W + b``, W (d, e) and b (e,). "relu": ``max(x, 0)``. "prelu": x below 0 is multiplied by a
    learnt slope, weights (1,) or (d,) (He et al. 2015, arXiv 1502.01852). "unit": each row divided by its
    length. "softmax" and "sigmoid": of each row, and of each number.

    Raises ValueError when the kind is unknown, or the arrays are not those of the kind.
    """

    kind: _StepKind = field(metadata={"stored": ""})
    weights: _Float | None = None
    biases: _Float | None = None

    def __post_init__(self) -> None:
        if self.kind not in _STEP_KINDS:
            raise ValueError(f"a layer '{self.kind}', not one of {', '.join(_STEP_KINDS)}")
        shapes = tuple(None if part is None else part.shape for part in (self.weights, self.biases))
        match self.kind, shapes:
            case "affine", ((_, n_columns), (n_biases,)) if n_columns == n_biases:
                return
            case "prelu", ((_,), None):
                return
            case _, (None, None) if self.kind in _FUNCTIONS:
                return
        raise ValueError(f"arrays of the shapes {shapes} are not those of a layer '{self.kind}'")

    def transform(self, rows: _Float) -> _Float:
        """Return (n, e) float32 for (n, d) float32; only an affine layer changes the width."""
        if self.weights is None:
            turned = _FUNCTIONS[self.kind](rows)
        elif self.biases is None:
            turned = np.where(rows > 0, rows, rows * self.weights)
        else:
            turned = rows @ self.weights + self.biases
        return turned.astype(np.float32, copy=False)


@dataclass(frozen=True, eq=False)
class Layers(Component):
    """Layers applied one after the other; none at all leave the rows as they are.

    Raises ValueError when a layer does not take what the one before it gives.

    >>> weights = np.array([[1, -1], [0, 1]], dtype=np.float32)
    >>> layers = Layers((Step("affine", weights, np.zeros(2, dtype=np.float32)), Step("relu")))
    >>> layers.transform(np.array([[2, 1]], dtype=np.float32)).tolist(), layers.n_parameters
    ([[2.0, 0.0]], 6)
    """

    steps: tuple[Step, ...] = ()

    def __post_init__(self) -> None:
        width: int | None = None
        for place, step in enumerate(self.steps):
            if step.weights is None:
                continue
            taken = step.weights.shape[0]
            if width not in (None, taken) and not (step.kind == "prelu" and taken == 1):
                raise ValueError(f"layer {place} takes rows of {taken} numbers, and is given {width}")
            width = step.weights.shape[1] if step.kind == "affine" else width
        object.__setattr__(self, "steps", tuple(self.steps))

    def __repr__(self) -> str:
        return f"Layers({' '.join(step.kind for step in self.steps)})"

    @property
    def n_parameters(self) -> int:
        """How many numbers were learnt."""
        return sum(array.size for array in self.to_arrays().values())

    @property
    def n_outputs(self) -> int | None:
        """Width of the rows that come out; None where that is the width of those that go in."""
        affine = [step.weights for step in self.steps if step.kind == "affine" and step.weights is not None]
        return affine[-1].shape[1] if affine else None

    def transform(self, rows: _Float) -> _Float:
        """Return (n, e) float32 for (n, d) float32."""
        if not self.steps:
            return rows
        starts = range(0, max(len(rows), 1), _BLOCK_ROWS)
        return np.concatenate([self._apply(rows[start : start + _BLOCK_ROWS]) for start in starts])

    def _apply(self, rows: _Float) -> _Float:
        for step in self.steps:
            rows = step.transform(rows)
        return rows

    def _derive_facts(self) -> dict[str, Any]:
        return {"n_parameters": self.n_parameters}


@dataclass(frozen=True, eq=False)
class Rule(Component):
    """Compares two works by their rows: each is made once for a work, and holds what a score needs of it.

    "cosine": the dot product of unit rows, such as those of the learnt spaces. The others compare what layers
    make of a work. "euclidean": minus the distance of these outputs. "dot": their dot product; of two rows of
    probabilities that is the chance that both name one class, each drawn by its own row. "pearson": their
    correlation, -1..1, and 0 where an output is constant. "same-argmax": 1 where the highest output is the
    same one, else 0; of equal outputs the first counts as the highest. "network": a network on both outputs
    side by side, averaged over the two orders, so that the score does not depend on which work comes first.

    Raises ValueError when the kind is unknown, or the network is missing, superfluous or of another shape.
    """

    kind: _RuleKind
    layers: Layers = field(default_factory=Layers)  # from the embedded vector of a work to its outputs
    network: Layers | None = field(default=None, metadata={"null": True})  # (n, 2 outputs) to (n, 1)

    def __post_init__(self) -> None:
        if self.kind not in _RULE_KINDS:
            raise ValueError(f"a rule '{self.kind}', not one of {', '.join(_RULE_KINDS)}")
        if (self.network is None) == (self.kind == "network"):
            raise ValueError(
                f"a rule '{self.kind}' with" + ("out" if self.network is None else "") + " a network"
            )
        if self.network is not None:
            _split_network(self.network)

    @property
    def n_parameters(self) -> int:
        """How many numbers were learnt."""
        return sum(array.size for array in self.to_arrays().values())

    def to_rows(self, standard: _Float) -> _Float:
        """Return what the rule compares, (n, r) float32, for vectors standardised and embedded, (n, e).

        Of "euclidean" and "dot" the outputs; of "cosine" these at unit length, of "pearson" also less their
        mean; of "same-argmax" the column of the highest output; of "network" what the work adds to the first
        layer when it stands on the left, then on the right. So the widest product is made once for a work and
        not once for a pair.
        """
        outputs = self.layers.transform(standard)
        match self.kind:
            case "cosine":
                return unit_rows(outputs)
            case "pearson":
                return unit_rows(outputs - outputs.mean(axis=1, keepdims=True))
            case "same-argmax":
                highest: _Float = outputs.argmax(axis=1)[:, None].astype(np.float32)
                return highest
            case "network":
                return self._parts[0].transform(outputs)
        return outputs

    def score_pairs(self, left: _Rows, right: _Rows) -> _Double:
        """Return the score of each left row with the right row beside it, (p,) for (p, r) and (p, r)."""
        places = np.arange(len(left))
        return self._score_blocks(left, right, places, places)

    def score_at(self, rows: _Rows, left: _Places, right: _Places) -> _Double:
        """Return the score of pairs of places (p,) among rows (n, r), never holding the rows of all pairs."""
        return self._score_blocks(rows, rows, left, right)

    def score_all(self, left: _Rows, right: _Rows) -> _Rows:
        """Return the score of every left row with every right row, (q, g) for (q, r) and (g, r).

        In float64, but cosines in the type of the rows.
        """
        if self.kind == "cosine":
            return left @ right.T
        left, right = left.astype(np.float32, copy=False), right.astype(np.float32, copy=False)
        match self.kind:
            case "euclidean":
                scores = -_measure_distances(left, right)
            case "same-argmax":
                scores = (left[:, :1] == right[:, 0]).astype(np.float64)
            case "network":
                scores = self._score_all_by_network(left, right)
            case _:
                scores = left.astype(np.float64) @ right.T.astype(np.float64)
        return scores

    def score_sets(self, left: _Float, right: _Float) -> float:
        """Return the score of two sets of rows, (s, r) and (t, r): see `score_all_sets`."""
        return float(self.score_all_sets(left[None], right[None])[0, 0])

    def score_all_sets(self, left: _Float, right: _Float, dtype: type[np.floating] = np.float32) -> _Rows:
        """Return the score of every left set with every right set, (a, b) for (a, s, r) and (b, t, r).

        The cosine of their mean directions, multiplied in a type; else the mean over all pairs of works.
        """
        if self.kind == "cosine":
            return merge_rows(left).astype(dtype) @ merge_rows(right).astype(dtype).T
        table = self.score_all(left.reshape(-1, left.shape[-1]), right.reshape(-1, right.shape[-1]))
        scores: _Double = table.reshape(*left.shape[:2], *right.shape[:2]).mean(axis=(1, 3))
        return scores

    def _score_blocks(self, left: _Rows, right: _Rows, at_left: _Places, at_right: _Places) -> _Double:
        size = _BLOCK_PAIRS if self.kind == "cosine" else max(1, _BLOCK_CELLS // max(1, left.shape[1]))
        blocks = [slice(start, start + size) for start in range(0, max(len(at_left), 1), size)]
        return np.concatenate([self._score(left[at_left[block]], right[at_right[block]]) for block in blocks])

    def _score(self, left: _Rows, right: _Rows) -> _Double:
        scores: NDArray[Any]
        if self.kind != "cosine":
            left, right = left.astype(np.float32, copy=False), right.astype(np.float32, copy=False)
        if self.kind == "network":
            return self._finish(left, right)
        if self.kind == "same-argmax":
            scores = left[:, 0] == right[:, 0]
        elif self.kind == "euclidean":
            apart = left - right
            scores = -np.sqrt(np.einsum("pr,pr->p", apart, apart))
        else:
            scores = np.einsum("pr,pr->p", left, right)
        return scores.astype(np.float64)

    def _score_all_by_network(self, left: _Float, right: _Float) -> _Double:
        scores = np.empty((len(left), len(right)))
        n_right = max(1, min(len(right), _BLOCK_CELLS // max(1, left.shape[1])))
        n_left = max(1, _BLOCK_CELLS // max(1, n_right * left.shape[1]))
        for top in range(0, len(left), n_left):
            rows = left[top : top + n_left, None]  # (a, 1, r)
            for start in range(0, len(right), n_right):
                columns = right[None, start : start + n_right]  # (1, b, r)
                scores[top : top + n_left, start : start + n_right] = self._finish(rows, columns)
        return scores

    def _finish(self, left: _Float, right: _Float) -> _Double:
        """Return the scores of halves of the first layer, broadcast over all axes but the last."""
        width = left.shape[-1] // 2
        both = [
            one[..., :width] + other[..., width:] for one, other in ((left, right), (right, left))
        ]  # (..., h) each
        first, second = (
            self._parts[1].transform(hidden.reshape(-1, width)).reshape(hidden.shape[:-1]).astype(np.float64)
            for hidden in both
        )
        mean: _Double = (first + second) / 2
        return mean

    @cached_property
    def _parts(self) -> tuple[Layers, Layers]:
        """The first layer of the network in halves, and the others."""
        return _split_network(self.network or Layers())


COSINE = Rule("cosine")
"""The rule of a model that has no other."""


def _measure_distances(left: _Float, right: _Float) -> _Double:
    """Return the Euclidean distance of every left row from every right row, (q, g) float64.

    By ``|a|^2 + |b|^2 - 2 a.b`` in 64 bits, after both were moved by the mean of the right rows, so that the
    difference of large numbers costs no digits that 32 bits had.
    """
    centre = right.mean(axis=0, dtype=np.float64) if len(right) else 0.0
    one, other = left - centre, right - centre
    squares = (one**2).sum(axis=1)[:, None] + (other**2).sum(axis=1) - 2 * one @ other.T
    distances: _Double = np.sqrt(np.maximum(squares, 0))
    return distances


def _split_network(network: Layers) -> tuple[Layers, Layers]:
    """Return the first layer with its halves side by side, (e, 2 h) for W of (2 e, h), and the others."""
    first = network.steps[0] if network.steps else Step("relu")
    if first.weights is None or first.biases is None or len(first.weights) % 2:
        raise ValueError("the network of a rule does not begin with an affine layer on two rows side by side")
    if network.n_outputs != 1:
        raise ValueError(f"the network of a rule gives {network.n_outputs} numbers and not one")
    halves = np.hstack(np.split(first.weights, 2))
    biases = np.concatenate([first.biases, np.zeros_like(first.biases)])  # once for a pair, not twice
    return Layers((Step("affine", halves, biases),)), Layers(network.steps[1:])
