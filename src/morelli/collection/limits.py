"""The terms under which morelli decodes: its own pixel cap, no warnings, no truncated pictures.

Pillow keeps its limits in module variables, shared by all threads. `pillow_terms` changes them while at least
one picture is being decoded and puts them back when the last one is done. `pictures` is its only caller.
"""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from PIL import Image, ImageFile

_PILLOW_MODULES = r"PIL(\.[A-Za-z]+)*$"


class _SharedTerms:
    """Counts who is decoding; the first one in changes Pillow's variables, the last one out restores them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._n_inside = 0
        self._undo = ExitStack()

    def enter(self, max_pixels: int) -> None:
        with self._lock:
            if self._n_inside == 0:
                self._undo = _impose_terms()
            self._n_inside += 1
            # Never tightened: another thread of the host program may be using Pillow on its own terms.
            if Image.MAX_IMAGE_PIXELS is not None:
                Image.MAX_IMAGE_PIXELS = max(Image.MAX_IMAGE_PIXELS, max_pixels)

    def leave(self) -> None:
        with self._lock:
            self._n_inside -= 1
            if self._n_inside == 0:
                self._undo.close()


def _impose_terms() -> ExitStack:
    undo = ExitStack()
    undo.callback(setattr, Image, "MAX_IMAGE_PIXELS", Image.MAX_IMAGE_PIXELS)
    undo.callback(setattr, ImageFile, "LOAD_TRUNCATED_IMAGES", ImageFile.LOAD_TRUNCATED_IMAGES)
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    # By module, so that the warnings of everything else that runs meanwhile are still heard. And one filter
    # rather than warnings.catch_warnings, which would also take back what other threads set in the meantime.
    warnings.filterwarnings("ignore", module=_PILLOW_MODULES)
    undo.callback(_drop_filter)
    return undo


def _drop_filter() -> None:
    kept = [entry for entry in warnings.filters if getattr(entry[3], "pattern", None) != _PILLOW_MODULES]
    warnings.filters = kept


_TERMS = _SharedTerms()


@contextmanager
def pillow_terms(max_pixels: int) -> Iterator[None]:
    """Let Pillow decode up to a cap, silently, and refuse truncated files; for use from any thread.

    Parameters
    ----------
    max_pixels
        The cap in pixels. Pillow's own limit is raised to it where it is lower, so frames and tiles that a
        header does not announce stay bounded; the caller checks the announced size itself.
    """
    _TERMS.enter(max_pixels)
    try:
        yield
    finally:
        _TERMS.leave()
