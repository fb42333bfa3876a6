from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import stamina

from morelli.collection.downloads import Downloader, Politeness
from morelli.collection.downloads.politeness import Clock

from .server import PictureServer


class QuickClock(Clock):
    """Time that passes only in sleep, and then at once; it remembers how long everybody wanted to sleep."""

    def __init__(self) -> None:
        super().__init__()
        self.sleeps: list[float] = []
        self._now = 1000.0
        self._lock = threading.Lock()

    def now(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.sleeps.append(seconds)
            self._now += seconds


@pytest.fixture
def server() -> Iterator[PictureServer]:
    with PictureServer() as running:
        yield running


@pytest.fixture
def clock() -> QuickClock:
    return QuickClock()


@pytest.fixture
def open_downloader(tmp_path: Path, clock: QuickClock) -> Iterator[Callable[..., Downloader]]:
    """Return a function that opens a downloader which may ask the local server, impatiently."""
    opened: list[Downloader] = []

    def open_one(**terms: object) -> Downloader:
        for before in opened:
            before.close()
        quick = {"rate_per_s": math.inf, "wait_s": 0.001, "timeout_s": 5.0, "allow_private": True, "tries": 3}
        opened.append(Downloader(tmp_path / "store", Politeness(**(quick | terms)), clock=clock))
        return opened[-1]

    yield open_one
    for downloader in opened:
        downloader.close()


@pytest.fixture
def retry_waits() -> Iterator[list[float]]:
    """Return the waits between tries, as they are asked for."""
    waits: list[float] = []
    stamina.instrumentation.set_on_retry_hooks([lambda details: waits.append(details.wait_for)])
    yield waits
    stamina.instrumentation.set_on_retry_hooks(None)
