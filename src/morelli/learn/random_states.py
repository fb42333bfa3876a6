"""The random states of a training: set from its seed, kept in checkpoints, and given back afterwards.

torch's dropout and NumPy's legacy functions, which some libraries call, draw from states of the whole
process. A training seeds them for itself, and the caller finds them as they were.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch


def seed_states(*numbers: int) -> None:
    """Seed torch, on all devices, and NumPy from numbers of which each changes everything."""
    state = np.random.SeedSequence(numbers).generate_state(2)
    torch.manual_seed(int(state[0]))
    np.random.seed(int(state[1]))  # noqa: NPY002 (other libraries draw from it)


def read_states() -> dict[str, Any]:
    """Return the states of this process, as tensors and plain numbers."""
    legacy: Any = np.random.get_state()  # noqa: NPY002
    name, keys, *rest = legacy
    states: dict[str, Any] = {
        "torch": torch.get_rng_state(),
        "numpy": (str(name), torch.from_numpy(keys.astype(np.int64)), *rest),
    }
    is_initialised: Any = torch.cuda.is_initialized
    if is_initialised():
        states["cuda"] = torch.cuda.get_rng_state()
    return states


def restore_states(states: dict[str, Any]) -> None:
    """Set the states of this process to those of `read_states`."""
    name, keys, *rest = states["numpy"]
    np.random.set_state((name, keys.numpy().astype(np.uint32), *rest))  # noqa: NPY002
    torch.set_rng_state(states["torch"])
    if "cuda" in states:
        torch.cuda.set_rng_state(states["cuda"])


@contextmanager
def keep_states() -> Iterator[None]:
    """Give the states back at the end of the block as they were at its beginning."""
    states = read_states()
    try:
        yield
    finally:
        restore_states(states)
