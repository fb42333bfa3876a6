"""Layers of a small network, as plain arrays: learnt elsewhere, applied with NumPy alone.

A head that was learnt by gradients ends here. What only training needs, such as dropout, is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self, get_args

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, softmax

from morelli.model.component import Arrays, strip_prefix
from morelli.model.standardisation import unit_rows

Float = NDArray[np.float32]

StepKind = Literal["affine", "relu", "prelu", "unit", "softmax", "sigmoid"]
STEP_KINDS: tuple[StepKind, ...] = get_args(StepKind)

_FUNCTIONS: Mapping[str, Callable[[Float], Float]] = {
    "relu": lambda rows: np.maximum(rows, 0),
    "unit": unit_rows,
    "softmax": lambda rows: softmax(rows, axis=1),
    "sigmoid": expit,
}

BLOCK_ROWS = 2048
"""Rows that go through all steps together, so that no step ever holds a whole gallery."""


@dataclass(frozen=True, eq=False)
class Step:
    """One layer.

    Parameters
    ----------
    kind
        "affine": ``x W + b``. "relu": ``max(x, 0)``. "prelu": x below 0 is multiplied by a learnt slope (He
        et al. 2015, arXiv 1502.01852). "unit": each row divided by its length. "softmax" and "sigmoid": of
        each row, and of each number.
    weights
        affine: W, (d, e) float32; prelu: the slopes, (1,) or (d,) float32; else None.
    biases
        affine: b, (e,) float32; else None.

    Raises
    ------
    ValueError
        When the kind is unknown, or the arrays are not those of the kind.
    """

    kind: StepKind
    weights: Float | None = None
    biases: Float | None = None

    def __post_init__(self) -> None:
        if self.kind not in STEP_KINDS:
            raise ValueError(f"a layer '{self.kind}', not one of {', '.join(STEP_KINDS)}")
        shapes = tuple(None if part is None else part.shape for part in (self.weights, self.biases))
        match self.kind, shapes:
            case "affine", ((_, n_columns), (n_biases,)) if n_columns == n_biases:
                return
            case "prelu", ((_,), None):
                return
            case _, (None, None) if self.kind in _FUNCTIONS:
                return
        raise ValueError(f"arrays of the shapes {shapes} are not those of a layer '{self.kind}'")

    def transform(self, rows: Float) -> Float:
        """Return (n, e) float32 for (n, d) float32; only an affine layer changes the width."""
        if self.weights is None:
            turned = _FUNCTIONS[self.kind](rows)
        elif self.biases is None:
            turned = np.where(rows > 0, rows, rows * self.weights)
        else:
            turned = rows @ self.weights + self.biases
        return turned.astype(np.float32, copy=False)

    def to_arrays(self) -> Arrays:
        """Return the arrays by name."""
        both = {"weights": self.weights, "biases": self.biases}
        return {name: values for name, values in both.items() if values is not None}


@dataclass(frozen=True, eq=False)
class Layers:
    """Layers applied one after the other; none at all leave the rows as they are.

    Parameters
    ----------
    steps
        In their order.

    Raises
    ------
    ValueError
        When a layer does not take what the one before it gives.

    Examples
    --------
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
        return sum(values.size for step in self.steps for values in step.to_arrays().values())

    @property
    def n_outputs(self) -> int | None:
        """Width of the rows that come out; None where that is the width of those that go in."""
        widths = [
            step.weights.shape[1] for step in self.steps if step.kind == "affine" and step.weights is not None
        ]
        return widths[-1] if widths else None

    def transform(self, rows: Float) -> Float:
        """Return (n, e) float32 for (n, d) float32."""
        if not self.steps:
            return rows
        starts = range(0, max(len(rows), 1), BLOCK_ROWS)
        return np.concatenate([self._apply(rows[start : start + BLOCK_ROWS]) for start in starts])

    def _apply(self, rows: Float) -> Float:
        for step in self.steps:
            rows = step.transform(rows)
        return rows

    def to_arrays(self) -> Arrays:
        """Return the arrays by name: place of the layer, array."""
        return {
            f"{place}.{name}": values
            for place, step in enumerate(self.steps)
            for name, values in step.to_arrays().items()
        }

    def to_facts(self) -> dict[str, Any]:
        """Return what the card says: the kinds of layer in their order, and how much was learnt."""
        return {"steps": [step.kind for step in self.steps], "n_parameters": self.n_parameters}

    @classmethod
    def from_parts(cls, facts: Mapping[str, Any], arrays: Arrays) -> Self:
        """Return the layers that facts and arrays describe."""
        kinds = facts["steps"]
        return cls(tuple(Step(kind, **strip_prefix(arrays, f"{place}.")) for place, kind in enumerate(kinds)))
