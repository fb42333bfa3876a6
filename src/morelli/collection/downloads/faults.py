"""What goes wrong with one address, on its way from where it is noticed to the report.

Never seen outside this folder: `Downloader` turns a `Fault` into a `Loss` or into a `DownloadError`.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from morelli.collection.work import Skip
from morelli.errors import AddressError, DownloadError
from morelli.files import replace_file


class Step(StrEnum):
    """Where on its way an address was lost."""

    ADDRESS = "address"
    RECORD = "record"
    CONNECTION = "connection"
    ANSWER = "answer"
    TRANSFER = "transfer"
    PICTURE = "picture"


class Lasting(StrEnum):
    """Whether it is worth asking again."""

    TEMPORARY = "temporary"
    """Yes: again in this run, and again in the next."""
    POSTPONED = "postponed"
    """In the next run, not in this one."""
    LIMITED = "limited"
    """When the limits are others: what is too large today is not for a larger cap."""
    PERMANENT = "permanent"
    """No, unless somebody asks for it."""


class Fault(Exception):  # noqa: N818  no error of the package: it never leaves this folder
    """One address that did not lead to a picture."""

    def __init__(self, step: Step, *, expected: str, found: str, lasting: Lasting) -> None:
        self.step = step
        self.expected = expected
        self.found = found
        self.lasting = lasting
        super().__init__(self.reason)

    @property
    def reason(self) -> str:
        """The sentence of the report."""
        return f"expected {self.expected}, found {self.found}"

    def as_error(self, address: str) -> DownloadError:
        """Return the error that a caller outside this folder sees."""
        if self.step is Step.ADDRESS:
            return AddressError(
                address,
                expected=self.expected,
                found=self.found,
                remedy="correct the address, or allow it with --allow-private if you trust the server",
            )
        return DownloadError(
            address,
            expected=self.expected,
            found=self.found,
            remedy="open it in a browser, or try again later",
        )


_PAGE = re.compile(r"content of type (text/html|application/xhtml)")


def is_page(reason: str) -> bool:
    """Tell whether an address was lost because it led to a web page."""
    return _PAGE.search(reason) is not None


def find_fault(error: BaseException | None) -> Fault | None:
    """Return the fault that an error was raised from, or None."""
    while error is not None and not isinstance(error, Fault):
        error = error.__cause__
    return error


@contextmanager
def blame_disk(place: Path, expected: str = "a folder to write to") -> Iterator[None]:
    """Turn what the disk refuses into a `DownloadError` that names the place."""
    try:
        yield
    except OSError as fault:
        raise DownloadError(
            fault.filename or place,
            expected=expected,
            found=(fault.strerror or str(fault)).lower(),
            remedy="check its permissions and the room on the disk",
        ) from fault


# The report of what was lost on the way: one row per address, with the step and the reason.

_LOSSES_FILE = "losses.csv"
_LOSS_COLUMNS = ("address", "step", "reason")
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


def write_losses(path: str | Path, skips: Iterable[Skip]) -> None:
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
    path = Path(path)
    with (
        blame_disk(path, "a file to write to"),
        replace_file(path) as part,
        # Addresses come from anywhere: what is no UTF-8 is spelled out rather than refused here.
        part.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file,
    ):
        rows = csv.writer(file)
        rows.writerow(_LOSS_COLUMNS)
        for skip in skips:
            rows.writerow((skip.path, getattr(skip, "step", _OTHER_STEP), skip.reason))
