"""Where a source's pictures can be fetched: what its addresses lead to.

Layouts whose addresses are pictures inherit `DirectAddresses`; those whose addresses lead to a description of
the picture (a museum's record, an image service) have a `locate` of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

ReadJson = Callable[[str], Any]
"""Fetches an address and returns its JSON; raises `DownloadError` when that fails."""


class DirectAddresses:
    """A layout whose works' addresses are the pictures themselves."""

    def locate(self, address: str, read_json: ReadJson) -> str:
        """Return the address of the picture, which is the address itself."""
        return address
