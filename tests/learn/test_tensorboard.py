"""What TensorBoard is told, with a writer that writes down."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from learn.tiny_training import fit
from morelli.learn.history import EpochRow
from morelli.learn.tensorboard import write_events


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple]:
    found: list[tuple] = []

    class Writer:
        def __init__(self, folder: str, purge_step: int) -> None:
            found.append((folder, purge_step))

        def add_scalar(self, name: str, value: float, epoch: int) -> None:
            found.append((name, value, epoch))

        def close(self) -> None:
            found.append(())

    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", SimpleNamespace(SummaryWriter=Writer))  # type: ignore[arg-type]
    monkeypatch.setattr("morelli.learn.tensorboard.find_spec", lambda _: True)
    return found


def test_each_number_of_an_epoch_is_told(told: list[tuple], tmp_path: Path) -> None:
    write_events(EpochRow(3, 0.5, math.nan, 0.6, 0.7, 1e-3, 2.0, 9.0), tmp_path)
    assert told[0] == (str(tmp_path), 3)
    assert told[1:-1] == [
        ("loss/train", 0.5, 3),
        ("loss/validation", 0.6, 3),
        ("accuracy/validation", 0.7, 3),
        ("learning_rate", 1e-3, 3),
        ("seconds", 2.0, 3),
        ("works_per_second", 9.0, 3),
    ]
    assert told[-1] == ()


def test_each_epoch_is_told(told: list[tuple], tmp_path: Path) -> None:
    fit(tmp_path, log_tensorboard=True)
    assert [facts[1] for facts in told if len(facts) == 2] == [1, 2, 3, 4]
