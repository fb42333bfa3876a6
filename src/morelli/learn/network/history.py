"""What happened in each epoch of a training: losses, accuracies, learning rate and speed.

The loop adds a row after each epoch and writes them all as ``history.csv``, and for TensorBoard if asked.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Self

from morelli.errors import TrainingError, UsageError, describe_fault
from morelli.files import write_file


@dataclass(frozen=True)
class EpochRow:
    """One epoch; NaN where nothing was checked, or the loss asks no question of right and wrong.

    Losses are means over works, pairs or triplets. That of training is taken on the way, with dropout and
    weights that still change.
    """

    epoch: int  # counted from 1
    train_loss: float
    train_accuracy: float
    validation_loss: float
    validation_accuracy: float
    learning_rate: float  # of the last step, before the factors of groups of parameters
    seconds: float  # of the epoch, its checks included
    works_per_second: float  # works read and learnt from, a pair counting two; without the checks
    constant_loss: float = math.inf  # validation, had all works of a batch one embedding; inf: not measured
    chance_accuracy: float = 0.0  # validation, most that works with exchanged embeddings get in 97.5 %

    def to_dict(self) -> dict[str, Any]:
        """Return the fields by name."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Return the row of `to_dict`, or of a line of ``history.csv``, where NaN is an empty cell."""
        told = {name: value for name, value in values.items() if value != "" or name not in _LATER}
        numbers = {name: math.nan if value == "" else float(value) for name, value in told.items()}
        return cls(**{**numbers, "epoch": int(numbers["epoch"])})  # type: ignore[arg-type]


HISTORY_FILE = "history.csv"  # where a training folder keeps it
_NO_GAIN = 0.98  # of the loss of a constant answer: what is above it has learnt next to nothing
_LATER = ("constant_loss", "chance_accuracy")  # which earlier versions did not measure
_COLUMNS = tuple(field.name for field in fields(EpochRow))  # the columns of ``history.csv``, in order


@dataclass(frozen=True)
class History:
    """The epochs of a training, in order."""

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

    def describe_chance(self) -> str:
        """Return a sentence where the best epoch answers no better than without a look; "" where it does."""
        best = self.best
        if not (best.validation_loss >= _NO_GAIN * best.constant_loss):
            return ""
        if best.validation_accuracy > best.chance_accuracy:
            return ""
        return (
            f"The network has learnt nothing that can be told from chance: on validation works its loss is "
            f"{best.validation_loss:.3g}, and {best.constant_loss:.3g} without a look at the pictures."
        )

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
            writer.writerow({name: value if math.isfinite(value) else "" for name, value in cells.items()})
        write_file(path, text.getvalue())

    @classmethod
    def read(cls, path: Path) -> History:
        """Return what `write` wrote."""
        try:
            lines = csv.DictReader(path.read_text(encoding="utf-8").splitlines())
            return cls.from_list(lines)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise TrainingError(
                path,
                expected=f"a table of epochs with the columns {', '.join(_COLUMNS)}",
                found=describe_fault(error),
                remedy="take the history.csv that a training wrote",
            ) from error


def refuse_without_tensorboard() -> None:
    """Refuse to go on where the package is missing."""
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

    Each epoch gets a file of its own, so that none is left open by a process that is killed; an epoch that is
    gone through again replaces the first.
    """
    from torch.utils.tensorboard import SummaryWriter

    make: Any = SummaryWriter
    writer = make(str(folder), purge_step=row.epoch)
    for name, value in row.to_dict().items():
        if name != "epoch" and math.isfinite(value):
            # both parts of a measure go into one chart
            part, _, measure = name.partition("_")
            label = f"{measure}/{part}" if part in {"train", "validation"} else name
            writer.add_scalar(label, value, row.epoch)
    writer.close()
