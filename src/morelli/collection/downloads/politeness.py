"""How much is asked of servers and accepted from them: one value that everything in this folder obeys."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

from morelli.collection.pictures import MAX_PIXELS
from morelli.errors import UsageError


@dataclass(frozen=True)
class Politeness:
    """The limits of a download; all numbers are above zero.

    Parameters
    ----------
    rate_per_s
        Requests per second to one host, over all threads. ``math.inf`` for a server of your own.
    timeout_s
        Seconds to wait for a connection, and for each further piece of an answer.
    tries
        How often one address is asked before it is listed as lost.
    workers
        Threads, and so transfers at one time over all hosts.
    max_bytes
        Larger answers are refused: before they are read where the server says their size, else while.
    allow_private
        Also connect to private and loopback addresses. Only for servers that you trust.
    max_pixels
        Pictures whose header announces more are refused.
    total_s
        Seconds that one answer may take from request to last byte, however steadily it drips.
    wait_s
        Seconds before the second try. Each further wait is twice as long; up to `wait_s` is added by chance.
    max_wait_s
        No wait between two tries is longer. A server that asks for more with Retry-After is left alone until
        the next run.

    Raises
    ------
    UsageError
        When a number is not above zero.
    """

    rate_per_s: float = 5.0
    timeout_s: float = 30.0
    tries: int = 5
    workers: int = 8
    max_bytes: int = 50_000_000
    allow_private: bool = False
    max_pixels: int = MAX_PIXELS
    total_s: float = 120.0
    wait_s: float = 0.5
    max_wait_s: float = 120.0

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name != "allow_private" and (math.isnan(value) or value <= 0):
                raise UsageError(
                    field.name,
                    expected="a number above zero",
                    found=str(value),
                    remedy="give a larger number",
                )

    @property
    def terms(self) -> str:
        """What decides whether an address or an answer is refused, as text to compare."""
        return f"private={self.allow_private} bytes={self.max_bytes} pixels={self.max_pixels}"
