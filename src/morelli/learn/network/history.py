"""What happened in each epoch of a training: losses, accuracies, learning rate and speed.

The loop adds a row after each epoch and writes them all as ``history.csv``; `evaluate.training_plots` draws
them, and `cli.watch` shows them while they come.
"""

from __future__ import annotations

import csv
import io
import math
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Self

from morelli.errors import TrainingError, UsageError


@dataclass(frozen=True)
class EpochRow:
    """One epoch.

    Parameters
    ----------
    epoch
        Counted from 1.
    train_loss, validation_loss
        Means over what the loss is of: works, pairs or triplets. The training loss is taken on the way, with
        dropout and weights that still change; the validation loss afterwards. NaN where nothing was checked.
    train_accuracy, validation_accuracy
        Share that came out right, 0 to 1; NaN where the loss does not ask such a question.
    learning_rate
        Of the last step, before the factors of groups of parameters.
    seconds
        Of the epoch, its checks included.
    works_per_second
        Works read and learnt from, a pair counting two; without the checks.
    """

    epoch: int
    train_loss: float
    train_accuracy: float
    validation_loss: float
    validation_accuracy: float
    learning_rate: float
    seconds: float
    works_per_second: float

    def to_dict(self) -> dict[str, Any]:
        """Return the fields by name."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Return the row of `to_dict`, or of a line of ``history.csv``, where NaN is an empty cell."""
        numbers = {name: math.nan if value == "" else float(value) for name, value in values.items()}
        return cls(**{**numbers, "epoch": int(numbers["epoch"])})  # type: ignore[arg-type]


HISTORY_FILE = "history.csv"
"""Where a training folder keeps it."""

_COLUMNS = tuple(field.name for field in fields(EpochRow))
"""The columns of ``history.csv``, in order."""


@dataclass(frozen=True)
class History:
    """The epochs of a training, in order.

    Parameters
    ----------
    rows
        One per epoch.

    Examples
    --------
    >>> history = History().add(EpochRow(1, 0.9, 0.5, 0.8, 0.6, 1e-3, 2.0, 100.0))
    >>> history.best.epoch, history.n_since_best
    (1, 0)
    """

    rows: tuple[EpochRow, ...] = ()

    def add(self, row: EpochRow) -> History:
        """Return this history with one more epoch."""
        return History((*self.rows, row))

    @property
    def best(self) -> EpochRow:
        """The epoch with the lowest validation loss, the earlier in a tie; the last if none was checked."""
        checked = [row for row in self.rows if not math.isnan(row.validation_loss)]
        return min(checked, key=lambda row: row.validation_loss) if checked else self.rows[-1]

    @property
    def n_since_best(self) -> int:
        """Number of epochs after the best one."""
        return self.rows[-1].epoch - self.best.epoch if self.rows else 0

    def to_list(self) -> list[dict[str, Any]]:
        """Return the rows as plain values."""
        return [row.to_dict() for row in self.rows]

    @classmethod
    def from_list(cls, rows: Iterable[Mapping[str, Any]]) -> History:
        """Return the history of `to_list`, or of the lines of a file."""
        return cls(tuple(EpochRow.from_dict(row) for row in rows))

    def write(self, path: Path) -> None:
        """Write a CSV file with a line for each epoch; a reader finds the old file or the new one."""
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, _COLUMNS, lineterminator="\n")
        writer.writeheader()
        for cells in self.to_list():
            writer.writerow({name: "" if math.isnan(value) else value for name, value in cells.items()})
        part = path.with_name(f"{path.name}.part")
        part.write_text(text.getvalue(), encoding="utf-8")
        os.replace(part, path)

    @classmethod
    def read(cls, path: Path) -> History:
        """Return what `write` wrote.

        Raises
        ------
        TrainingError
            When there is no such file, or it has other columns.
        """
        try:
            lines = csv.DictReader(path.read_text(encoding="utf-8").splitlines())
            return cls.from_list(lines)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise TrainingError(
                path,
                expected=f"a table of epochs with the columns {', '.join(_COLUMNS)}",
                found=str(error) or type(error).__name__,
                remedy="take the history.csv that a training wrote",
            ) from error


# Writes the rows of a training for TensorBoard, which is an extra.


def refuse_without_tensorboard() -> None:
    """Refuse to go on where the package is missing.

    Raises
    ------
    UsageError
        Before anything is trained.
    """
    if find_spec("tensorboard") is None:
        raise UsageError(
            "TensorBoard",
            expected="the package tensorboard",
            found="none",
            remedy="install it with pip install 'morelli[tensorboard]', or train without it: "
            "history.csv holds the same numbers",
        )


def write_events(row: EpochRow, folder: Path) -> None:
    """Add an epoch to the event files of a folder; NaN is left out.

    Parameters
    ----------
    row
        The epoch.
    folder
        For ``tensorboard --logdir``. Each epoch gets a small file of its own, so that none is left open by a
        process that is killed; an epoch that is gone through again replaces the first.
    """
    from torch.utils.tensorboard import SummaryWriter

    make: Any = SummaryWriter
    writer = make(str(folder), purge_step=row.epoch)
    for name, value in row.to_dict().items():
        if name != "epoch" and not math.isnan(value):
            # both parts of a measure go into one chart
            part, _, measure = name.partition("_")
            label = f"{measure}/{part}" if part in {"train", "validation"} else name
            writer.add_scalar(label, value, row.epoch)
    writer.close()
