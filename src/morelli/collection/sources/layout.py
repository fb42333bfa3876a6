"""What a source is: a layout that is read, and whose addresses lead to pictures.

Layouts whose addresses are pictures inherit `DirectAddresses`; those whose addresses lead to a description of
the picture (a museum's record, an image service) have a `locate` of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

from morelli.collection.work import Skip, Work

ReadJson = Callable[[str], Any]
"""Fetches an address and returns its JSON; raises `DownloadError` when that fails."""


class DirectAddresses:
    """A layout whose works' addresses are the pictures themselves."""

    def locate(self, address: str, read_json: ReadJson) -> str:
        """Return the address of the picture, which is the address itself."""
        return address


class Layout(Protocol):
    """A source whose layout is known, ready to be read."""

    @property
    def name(self) -> str:
        """The layout's name, as ``--layout`` takes it."""

    @property
    def reason(self) -> str:
        """Why it was taken, a sentence without a full stop."""

    @property
    def source(self) -> Path:
        """The folder or table that is read, an absolute path."""

    def read(self) -> Iterator[Work | Skip]:
        """Yield the works in an order that is always the same, and a `Skip` for whatever is not a work."""

    def locate(self, address: str, read_json: ReadJson) -> str:
        """Return the address of the picture that a work's address leads to.

        Raises
        ------
        DownloadError
            When there is none, or what describes it cannot be fetched or understood.
        """
