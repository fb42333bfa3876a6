"""What goes wrong with one address, on its way from where it is noticed to the report.

Never seen outside this folder: `Downloader` turns a `Fault` into a `Loss` or into a `DownloadError`.
"""

from __future__ import annotations

from enum import StrEnum

from morelli.errors import AddressError, DownloadError


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
    """One address that did not lead to a picture.

    Parameters
    ----------
    step
        Where it was lost.
    expected, found
        As in `MorelliError`.
    lasting
        Whether it is worth asking again.
    """

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


def find_fault(error: BaseException | None) -> Fault | None:
    """Return the fault that an error was raised from, or None."""
    while error is not None and not isinstance(error, Fault):
        error = error.__cause__
    return error
