"""Refuses what is not a number, and says which works it came from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from morelli.errors import TrainingError
from morelli.learn.plan import Batch

MAX_NAMED = 8
"""Works that a message lists."""


def refuse_infinite(losses: Tensor, batch: Batch, where: str, names: Sequence[str] | None) -> None:
    """Refuse losses that are infinite or NaN.

    Parameters
    ----------
    losses
        (m,) on the CPU; where m is the number of items of the batch, the works of the bad items are named,
        and otherwise all works of the batch.
    batch
        What they are of.
    where
        Epoch and batch.
    names
        (n,) names of the works, if there are any.

    Raises
    ------
    TrainingError
        When any of them is not finite.
    """
    is_bad = ~losses.isfinite()
    if not is_bad.any():
        return
    rows = batch.rows[is_bad.numpy()] if len(is_bad) == len(batch) else batch.rows
    raise TrainingError(
        where,
        expected="a finite loss",
        found=f"{float(losses[is_bad][0])} for {describe_works(rows, names)}",
        remedy="lower the learning rate or clip the gradient, and look at these works; the checkpoint of the "
        "epoch before is kept",
    )


def describe_works(rows: NDArray[np.intp], names: Sequence[str] | None) -> str:
    """Return the positions of works, with their names if there are any.

    Examples
    --------
    >>> describe_works(np.array([[2, 0]]), ["a", "b", "c"])
    'the works at 0 (a), 2 (c)'
    """
    found = np.unique(rows)
    shown = [f"{row} ({names[row]})" if names is not None else str(row) for row in found[:MAX_NAMED]]
    more = [f"{len(found) - MAX_NAMED} more"] if len(found) > MAX_NAMED else []
    return f"the works at {', '.join([*shown, *more])}"
