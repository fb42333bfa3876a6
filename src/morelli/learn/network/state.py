"""What a training leaves after each epoch so that it can go on: checkpoints and random states.

``checkpoint.pt`` holds all that the next epoch needs, ``best-0007.pt`` the weights of the best epoch so far.
Each file is written beside its place and then renamed, so that a process that is killed leaves whole files
only. Both are read with ``weights_only=True``: tensors and plain values, no code.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from morelli.errors import TrainingError, describe_fault
from morelli.files import replace_file

_CHECKPOINT = "checkpoint.pt"

_VERSION = 1  # of what a checkpoint holds; another one is refused


@dataclass(frozen=True)
class Checkpoints:
    """The checkpoints of one training."""

    folder: Path
    facts: dict[str, str]  # what makes it this training; all must be the same for it to go on

    def save(self, state: dict[str, Any]) -> None:
        """Write the checkpoint, and remove the weights of other epochs than ``best``, 0 if none is kept."""
        _write({"version": _VERSION, "facts": self.facts, **state}, self.folder / _CHECKPOINT)
        for path in self.folder.glob("best-*.pt"):
            if path != self._name_best(state["best"]):
                path.unlink()

    def save_best(self, weights: dict[str, Any], epoch: int) -> None:
        """Write the weights of an epoch that is the best so far; `save` must follow."""
        _write(weights, self._name_best(epoch))

    def load(self) -> dict[str, Any] | None:
        """Return what was saved last, None where there is nothing; another training's is refused."""
        path = self.folder / _CHECKPOINT
        if not path.exists():
            return None
        state = _read(path)
        found = {"version": str(state.get("version")), **state.get("facts", {})}
        for name, expected in {"version": str(_VERSION), **self.facts}.items():
            if found.get(name) != expected:
                raise TrainingError(
                    path,
                    expected=f"a checkpoint of this training ({name} {expected})",
                    found=f"one of another ({name} {found.get(name)})",
                    remedy="go on with what it was begun with, or train into another folder",
                )
        return state

    def load_best(self, epoch: int) -> dict[str, Any]:
        """Return the weights of the best epoch."""
        return _read(self._name_best(epoch))

    def clear(self) -> None:
        """Remove what an earlier training left."""
        for path in [self.folder / _CHECKPOINT, *self.folder.glob("best-*.pt")]:
            path.unlink(missing_ok=True)

    def _name_best(self, epoch: int) -> Path:
        return self.folder / f"best-{epoch:04d}.pt"


def _write(state: dict[str, Any], path: Path) -> None:
    with replace_file(path) as part, part.open("wb") as file:
        torch.save(state, file)
        file.flush()
        os.fsync(file.fileno())  # or a power cut may leave the new name with the old contents


def _read(path: Path) -> dict[str, Any]:
    try:
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, EOFError, pickle.UnpicklingError) as error:
        raise TrainingError(
            path,
            expected="a checkpoint of tensors and plain values",
            found=describe_fault(error),
            remedy="train again without going on",
        ) from error
    return state


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
