"""Writes the rows of a training for TensorBoard, which is an extra."""

from __future__ import annotations

import math
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from morelli.errors import UsageError
from morelli.learn.history import EpochRow


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
