"""Checkpoints hold tensors and plain values, and only one training's."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from morelli.errors import TrainingError
from morelli.learn.network.state import Checkpoints, keep_states, read_states, restore_states, seed_states


def test_only_the_best_weights_are_kept(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path, {"seed": "1"})
    assert checkpoints.load() is None
    for epoch in (1, 3):
        checkpoints.save_best({"w": torch.full((2,), float(epoch))}, epoch)
        checkpoints.save({"best": epoch, "n": epoch})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["best-0003.pt", "checkpoint.pt"]
    assert checkpoints.load_best(3)["w"].tolist() == [3.0, 3.0]
    state = checkpoints.load()
    assert state is not None
    assert state["n"] == 3
    checkpoints.clear()
    assert not list(tmp_path.iterdir())


def test_other_facts_are_refused_by_name(tmp_path: Path) -> None:
    Checkpoints(tmp_path, {"identity": "a", "seed": "1"}).save({"best": 0})
    with pytest.raises(TrainingError, match=r"\(seed 2\), found one of another \(seed 1\)"):
        Checkpoints(tmp_path, {"identity": "a", "seed": "2"}).load()


def test_code_in_a_checkpoint_is_not_run(tmp_path: Path) -> None:
    class Harm:
        def __reduce__(self) -> tuple:
            return (Path.touch, (tmp_path / "harm",))

    torch.save({"harm": Harm()}, tmp_path / "checkpoint.pt")
    with pytest.raises(TrainingError, match="plain values"):
        Checkpoints(tmp_path, {}).load()
    assert not (tmp_path / "harm").exists()


def test_a_write_that_fails_leaves_the_former_file(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path, {})
    checkpoints.save({"best": 0, "n": 1})
    with pytest.raises(Exception, match="pickle"):
        checkpoints.save({"best": 0, "n": lambda: None})
    state = checkpoints.load()
    assert state is not None
    assert state["n"] == 1


def test_random_states_go_through_a_file(tmp_path: Path) -> None:
    def draw() -> tuple[list[float], list[float]]:
        return torch.rand(2).tolist(), np.random.normal(size=2).tolist()  # noqa: NPY002

    with keep_states():
        seed_states(1, 2)
        draw()
        torch.save(read_states(), tmp_path / "states.pt")
        wanted = draw()
        assert draw() != wanted
        restore_states(torch.load(tmp_path / "states.pt", weights_only=True))
        assert draw() == wanted
        seed_states(1, 3)
        assert draw() != wanted
