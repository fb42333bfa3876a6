"""When a host may be asked next: so many requests a second over all threads, none while it wants a pause."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from morelli.collection.downloads.faults import Fault, Lasting, Step

GIVE_UP_AFTER = 20
"""Addresses of one host lost in a row, each after all its tries, before the rest is left for another run. A
server that is down for the night would else be knocked at some ten thousand times."""


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
    closed: str | None = None


class Pace:
    """Lets threads through to hosts at a given rate.

    Parameters
    ----------
    rate_per_s
        Requests per second and host.
    clock
        The time.
    """

    def __init__(self, rate_per_s: float, clock: Clock) -> None:
        self._interval = 1 / rate_per_s
        self._clock = clock
        self._lock = threading.Lock()
        self._hosts: dict[str, _Host] = {}

    def wait(self, host: str) -> None:
        """Return when the host may be asked.

        Raises
        ------
        Fault
            When it is not asked any more in this run.
        """
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
            if state.n_lost >= GIVE_UP_AFTER and state.closed is None:
                state.closed = f"{state.n_lost} addresses lost in a row"

    def reopen(self) -> None:
        """Begin a new run: hosts that were given up are asked again."""
        with self._lock:
            for state in self._hosts.values():
                state.closed, state.n_lost = None, 0


def _postpone(host: str, why: str) -> Fault:
    return Fault(
        Step.CONNECTION,
        expected=f"{host} to be within reach",
        found=f"{why}; the address was not asked",
        lasting=Lasting.POSTPONED,
    )
