"""The curves of a training show the numbers of its history."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from morelli.learn.network.history import EpochRow, History
from morelli.report.training import _CURVES, _draw_accuracies, _draw_losses, write_curves


def make_history(n_epochs: int, *, accuracy: float = 0.5, validation_loss: float = 1.0) -> History:
    rows = [
        EpochRow(n, 2 / n, accuracy, validation_loss + abs(n - 3), accuracy, 1e-3, 1.0, 10.0)
        for n in range(1, n_epochs + 1)
    ]
    return History(tuple(rows))


def test_the_lines_are_the_numbers() -> None:
    history = make_history(5)
    train, validation, best = _draw_losses(history).get_lines()
    np.testing.assert_allclose(train.get_ydata(), [row.train_loss for row in history.rows])
    np.testing.assert_allclose(validation.get_ydata(), [row.validation_loss for row in history.rows])
    assert set(best.get_xdata()) == {3}
    accuracies = _draw_accuracies(history)
    np.testing.assert_allclose(accuracies.get_lines()[0].get_ydata(), 50)
    assert accuracies.get_title() == "Accuracy, 5 epochs"


def test_what_was_not_asked_is_not_drawn() -> None:
    ax = _draw_accuracies(make_history(2, accuracy=math.nan))
    assert len(ax.get_lines()) == 1
    assert "no question" in ax.texts[0].get_text()


def test_there_are_at_most_ten_ticks_at_whole_epochs() -> None:
    ticks = _draw_losses(make_history(47)).get_xticks()
    assert len(ticks) <= 10
    assert all(float(tick).is_integer() for tick in ticks)


@pytest.mark.parametrize("n_epochs", [0, 1, 4])
def test_both_files_are_written(tmp_path: Path, n_epochs: int) -> None:
    write_curves(make_history(n_epochs, validation_loss=math.nan), tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(_CURVES if n_epochs else ())


def test_the_same_history_gives_the_same_file(tmp_path: Path) -> None:
    write_curves(make_history(3), tmp_path)
    first = [(tmp_path / name).read_bytes() for name in _CURVES]
    write_curves(make_history(3), tmp_path)
    assert [(tmp_path / name).read_bytes() for name in _CURVES] == first
