"""Memory that pictures under way take together: whoever decodes one waits until there is room for it.

Among the threads of one process, or among processes that one of them starts.
"""

from __future__ import annotations

import ctypes
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any, Final

Take = Callable[[int], None]
"""Called with the bytes that a picture will need, before it is decoded; waits until there is room."""

MEMORY_MB: Final = 1536
"""The default for all pictures together: one of 181 megapixels at a time, or many small ones."""

_BYTES = 2**20
_LARGE = 64 * _BYTES
"""From which on what a picture leaves behind is worth handing back to the system."""


class Memory:
    """So many megabytes for all pictures under way; one that needs more than all waits to be alone."""

    def __init__(self, megabytes: int, *, is_shared: bool = False) -> None:
        self._total = megabytes * _BYTES
        # Spawned processes get it when they start, as the pool's processes do.
        context, number = get_context("spawn"), ctypes.c_longlong
        self._condition: Any = context.Condition() if is_shared else threading.Condition()
        self._used: Any = context.Value(number, 0, lock=False) if is_shared else number(0)

    @contextmanager
    def lease(self) -> Iterator[Take]:
        """Yield what takes room for one picture, once; the room is given back at the end."""
        taken = 0

        def take(n_bytes: int) -> None:
            nonlocal taken
            if taken:
                return
            wanted = max(1, min(n_bytes, self._total))
            with self._condition:
                self._condition.wait_for(lambda: self._used.value + wanted <= self._total)
                self._used.value += wanted
            taken = wanted

        try:
            yield take
        finally:
            if taken:
                if taken > _LARGE:
                    _return_freed()
                with self._condition:
                    self._used.value -= taken
                    self._condition.notify_all()


def _return_freed() -> None:
    """Hand freed memory back: glibc keeps it for each thread, so that four threads kept four pictures."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:
        trim(0)
