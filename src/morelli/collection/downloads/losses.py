"""The report of what was lost on the way: one row per address, with the step and the reason."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from morelli.collection.work import Skip
from morelli.errors import DownloadError

LOSSES_FILE = "losses.csv"
LOSS_COLUMNS = ("address", "step", "reason")
_OTHER_STEP = "reading"


@dataclass(frozen=True)
class Loss(Skip):
    """An address that led to no picture, and where on its way it was lost.

    Parameters
    ----------
    step
        One of ``address`` (refused, or none), ``record`` (the description that should name the picture),
        ``connection``, ``answer`` (the server's status), ``transfer`` (cut off, too slow, too large) and
        ``picture`` (something else came, or one of too many pixels).
    """

    step: str


def write_losses(path: Path, skips: Iterable[Skip]) -> None:
    """Write losses as CSV in UTF-8, in the order given, replacing the file at once.

    Parameters
    ----------
    path
        The file, usually ``losses.csv``.
    skips
        What was lost. A `Skip` that is no `Loss` was lost while its source or its file was read and has the
        step ``reading``.

    Raises
    ------
    DownloadError
        When the file cannot be written.
    """
    part = path.with_name(f"{path.name}.part")
    try:
        # Addresses come from anywhere: what is no UTF-8 is spelled out rather than refused here.
        with part.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(LOSS_COLUMNS)
            for skip in skips:
                rows.writerow((skip.path, getattr(skip, "step", _OTHER_STEP), skip.reason))
        part.replace(path)
    except OSError as fault:
        raise DownloadError(
            path,
            expected="a file to write to",
            found=(fault.strerror or str(fault)).lower(),
            remedy="check the folder and its permissions",
        ) from fault
