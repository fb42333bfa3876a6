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
    torch_seed, numpy_seed = _derive_seeds(*numbers)
    torch.manual_seed(torch_seed)
    np.random.seed(numpy_seed)  # noqa: NPY002 (other libraries draw from it)


def read_states() -> dict[str, Any]:
    """Return the states of this process, as tensors and plain numbers."""
    states = _read_cpu_states()
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


@contextmanager
def draw_from(*numbers: int) -> Iterator[None]:
    """Seed what draws on the CPU for a block, and give it back afterwards; a GPU goes on undisturbed."""
    states = _read_cpu_states()
    torch_seed, numpy_seed = _derive_seeds(*numbers)
    torch.default_generator.manual_seed(torch_seed)
    np.random.seed(numpy_seed)  # noqa: NPY002
    try:
        yield
    finally:
        restore_states(states)


def _read_cpu_states() -> dict[str, Any]:
    legacy: Any = np.random.get_state()  # noqa: NPY002
    name, keys, *rest = legacy
    numpy_state = (str(name), torch.from_numpy(keys.astype(np.int64)), *rest)
    return {"torch": torch.get_rng_state(), "numpy": numpy_state}


def _derive_seeds(*numbers: int) -> list[int]:
    return [int(word) for word in np.random.SeedSequence(numbers).generate_state(2)]
