"""How much is asked of servers and accepted from them: one value that everything in this folder obeys."""

from __future__ import annotations

import logging
import math
import re
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from morelli.collection.downloads.faults import Fault, Lasting, Step
from morelli.collection.pictures import MAX_PIXELS
from morelli.errors import UsageError

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Politeness:
    """The limits of a download; a number that is not above zero raises `UsageError`."""

    rate_per_s: float = 5.0  # requests to one host, over all threads; math.inf for a server of your own
    timeout_s: float = 30.0  # to wait for a connection, and for each further piece of an answer
    tries: int = 5  # how often one address is asked before it is listed as lost
    workers: int = 8  # threads, and so transfers at one time over all hosts
    max_bytes: int = 50_000_000  # of an answer, refused before it is read where the server says its size
    allow_private: bool = False  # also connect to private and loopback addresses: servers that you trust
    max_pixels: int = MAX_PIXELS  # that the header of a picture may announce
    total_s: float = 120.0  # from request to last byte, however steadily an answer drips
    wait_s: float = 0.5  # before the second try; each wait is twice the last, and up to as much by chance
    max_wait_s: float = 120.0  # between two tries; a server that asks for more is left to the next run

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


# When a host may be asked next: so many requests a second over all threads, none while it wants a pause.

_GIVE_UP_AFTER = 20
"""Addresses of one host lost in a row, each after all its tries, before the rest is left for another run. A
server that is down for the night would else be knocked at some ten thousand times."""


_MAX_PAGES = 10
"""Web pages of a host that came in the place of pictures, and no picture, before the rest is not asked for:
the addresses are then those of pages, and a museum would be asked for each of a hundred thousand."""


class Clock:
    """The time, and a sleep that can be cut short."""

    def __init__(self) -> None:
        self._stopped = threading.Event()

    def now(self) -> float:
        """Return seconds since some moment."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        self._stopped.wait(seconds)

    def stop(self) -> None:
        """Wake all sleepers; nobody sleeps until `resume`."""
        self._stopped.set()

    def resume(self) -> None:
        """Let `sleep` work again."""
        self._stopped.clear()

    @property
    def is_stopped(self) -> bool:
        """Whether the caller has lost interest."""
        return self._stopped.is_set()


@dataclass
class _Host:
    next_at: float = float("-inf")
    held_until: float = float("-inf")
    n_lost: int = 0
    n_pages: int = 0
    has_pictures: bool = False
    closed: str | None = None


class Pace:
    """Lets threads through to each host at a rate per second."""

    def __init__(self, rate_per_s: float, clock: Clock) -> None:
        self._interval = 1 / rate_per_s
        self._clock = clock
        self._lock = threading.Lock()
        self._hosts: dict[str, _Host] = {}

    def wait(self, host: str) -> None:
        """Return when the host may be asked; raise `Fault` when it is not asked any more in this run."""
        while True:
            with self._lock:
                state = self._hosts.setdefault(host, _Host())
                if state.closed is not None or self._clock.is_stopped:
                    raise _postpone(host, state.closed or "the end of the run")
                now = self._clock.now()
                slot = max(now, state.next_at, state.held_until)
                state.next_at = slot + self._interval
            if slot > now:
                self._clock.sleep(slot - now)
            with self._lock:
                is_open = state.closed is None and state.held_until <= slot
            if is_open and not self._clock.is_stopped:
                return

    def hold(self, host: str, seconds: float) -> None:
        """Ask a host for nothing in the next seconds, in no thread."""
        with self._lock:
            state = self._hosts.setdefault(host, _Host())
            state.held_until = max(state.held_until, self._clock.now() + seconds)

    def close(self, host: str, why: str) -> None:
        """Ask a host for nothing more in this run."""
        with self._lock:
            self._hosts.setdefault(host, _Host()).closed = why

    def count(self, host: str, *, is_lost: bool) -> None:
        """Take note of how an address of the host ended; give the host up after too many losses in a row."""
        with self._lock:
            state = self._hosts.setdefault(host, _Host())
            state.n_lost = state.n_lost + 1 if is_lost else 0
            if state.n_lost >= _GIVE_UP_AFTER and state.closed is None:
                state.closed = f"{state.n_lost} addresses lost in a row"

    def count_kind(self, host: str, *, is_page: bool) -> None:
        """Take note of whether a page or a picture came; give the host up after ten pages and no picture."""
        with self._lock:
            state = self._hosts.setdefault(host, _Host())
            state.n_pages += is_page
            state.has_pictures |= not is_page
            if state.n_pages >= _MAX_PAGES and not state.has_pictures and state.closed is None:
                state.closed = f"{state.n_pages} web pages and no picture"
                _log.warning(
                    "%s: %s, so its other addresses are not asked; say which column has the addresses of "
                    "pictures, as --map address=COLUMN",
                    host,
                    state.closed,
                )

    def reopen(self) -> None:
        """Begin a new run: hosts that were given up are asked again."""
        with self._lock:
            for state in self._hosts.values():
                state.closed, state.n_lost, state.n_pages, state.has_pictures = None, 0, 0, False


def _postpone(host: str, why: str) -> Fault:
    return Fault(
        Step.CONNECTION,
        expected=f"pictures from {host}",
        found=f"{why}; the address was not asked",
        lasting=Lasting.POSTPONED,
    )


# How long a server asks us to wait: the header Retry-After, in both of its forms.

_SECONDS = re.compile(r"\d{1,9}", re.ASCII)


def read_retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that Retry-After asks for, at least 0; None when there is none that can be read.

    A date (RFC 9110, section 10.2.3) is counted from the answer's own Date, whatever our clock says.

    >>> read_retry_after({"Retry-After": "120"})
    120.0
    """
    text = headers.get("Retry-After", "").strip()
    if _SECONDS.fullmatch(text):
        return float(text)
    until = _read_date(text)
    if until is None:
        return None
    now = _read_date(headers.get("Date", "")) or datetime.now(UTC)
    return max(0.0, (until - now).total_seconds())


def _read_date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
    except (TypeError, ValueError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)
