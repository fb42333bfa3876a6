"""Histories travel through files unchanged, and know their best epoch."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learn.tiny_training import fit
from morelli.errors import TrainingError
from morelli.learn.network.history import _COLUMNS, EpochRow, History, write_events

NUMBERS = st.floats(allow_infinity=False, allow_nan=False)


def make_row(epoch: int, loss: float) -> EpochRow:
    return EpochRow(epoch, 1.0, 0.5, loss, 0.5, 1e-3, 2.0, 10.0)


@given(rows=st.lists(st.tuples(*[NUMBERS] * (len(_COLUMNS) - 1)), max_size=4))
def test_it_is_read_as_it_was_written(tmp_path_factory: pytest.TempPathFactory, rows: list) -> None:
    history = History(tuple(EpochRow(n, *values) for n, values in enumerate(rows, 1)))
    path = tmp_path_factory.mktemp("history") / "history.csv"
    history.write(path)
    assert History.read(path) == history
    assert path.read_text().splitlines()[0] == ",".join(_COLUMNS)
    assert not list(path.parent.glob("*.part"))


def test_what_was_not_measured_is_an_empty_cell(tmp_path: Path) -> None:
    History((make_row(1, math.nan),)).write(tmp_path / "history.csv")
    assert (tmp_path / "history.csv").read_text().splitlines()[1] == "1,1.0,0.5,,0.5,0.001,2.0,10.0,,0.0"
    assert math.isnan(History.read(tmp_path / "history.csv").rows[0].validation_loss)


@pytest.mark.parametrize(
    ("losses", "best", "n_since"),
    [([3, 1, 2], 2, 1), ([1, 1], 1, 1), ([2, math.nan], 1, 1), ([math.nan] * 3, 3, 0)],
)
def test_the_best_epoch(losses: list[float], best: int, n_since: int) -> None:
    history = History(tuple(make_row(n, loss) for n, loss in enumerate(losses, 1)))
    assert (history.best.epoch, history.n_since_best) == (best, n_since)
    assert History().n_since_best == 0


@pytest.mark.parametrize("text", [None, "epoch,loss\n1,2\n", ",".join(_COLUMNS) + "\n" + "x," * 8])
def test_another_file_is_refused(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "history.csv"
    if text is not None:
        path.write_text(text)
    with pytest.raises(TrainingError, match="a table of epochs"):
        History.read(path)


# What TensorBoard is told, with a writer that writes down.


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
    monkeypatch.setattr("morelli.learn.network.history.find_spec", lambda _: True)
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
        ("chance_accuracy", 0.0, 3),
    ]
    assert told[-1] == ()


def test_each_epoch_is_told(told: list[tuple], tmp_path: Path) -> None:
    fit(tmp_path, log_tensorboard=True)
    assert [facts[1] for facts in told if len(facts) == 2] == [1, 2, 3, 4]
