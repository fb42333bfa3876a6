"""What a source is: a layout that is recognised and read, and whose addresses lead to pictures.

Layouts whose addresses are pictures inherit `DirectAddresses`; those whose addresses lead to a description of
the picture (a museum's record, an image service) have a `locate` of their own.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Protocol, Self, runtime_checkable

from morelli.collection.sources.folders import sample_pictures, walk_pictures
from morelli.collection.work import Skip, Work
from morelli.errors import LayoutError
from morelli.settings import Progress, ignore_progress

ReadJson = Callable[[str], Any]
"""Fetches an address and returns its JSON; raises `DownloadError` when that fails."""


class DirectAddresses:
    """A layout whose works' addresses are the pictures themselves."""

    def locate(self, address: str, read_json: ReadJson) -> str:
        """Return the address of the picture, which is the address itself."""
        return address


@runtime_checkable
class PackedLayout(Protocol):
    """A layout whose pictures lie inside its tables: they are written out before they are read."""

    def unpack(
        self, entries: Sequence[Work | Skip], folder: Path, progress: Progress = ignore_progress
    ) -> list[Work | Skip]:
        """Return the entries with files in the folder, in the same order; what is there stays as it is.

        Progress is called with ("unpack", pictures done, of how many).
        """


@dataclass(frozen=True)
class PictureFolder(DirectAddresses, ABC):
    """A layout of folders in which something beside each picture describes it: `describe` is all it needs.

    A folder fits when one of its first 2,000 pictures is described.
    """

    name: ClassVar[str]

    source: Path
    reason: str

    @classmethod
    def fit(cls, source: Path, *, is_forced: bool) -> Self:
        """Fit a folder of pictures of which one is described, or, forced, any."""
        pictures = sample_pictures(source) if source.is_dir() else []
        n = sum(isinstance(cls(source, "").describe(path), Work) for path in pictures)
        if n or (is_forced and pictures):
            return cls(source, f"{n} of its first {len(pictures)} pictures are described as it has them")
        raise LayoutError(
            source,
            expected=f"pictures as the layout {cls.name!r} describes them",
            found=f"none among {len(pictures)}",
            remedy="give another folder, or name another layout with --layout",
        )

    def read(self) -> Iterator[Work | Skip]:
        """Yield what is said of each picture, sorted by path, and a `Skip` for a folder that is not read.

        Other files are passed over: they describe the pictures.
        """
        for found in walk_pictures(self.source):
            if isinstance(found, Path):
                yield self.describe(found)
            elif Path(found.path).is_dir():
                yield found

    @abstractmethod
    def describe(self, path: Path) -> Work | Skip:
        """Return a picture's work, or why there is none."""


class Layout(Protocol):
    """A source whose layout is known, ready to be read; what a plug-in for sources writes.

    Attributes
    ----------
    name
        The layout's name, as ``--layout`` takes it; of a plug-in also that of its entry point.
    source
        The folder or table that is read, an absolute path.
    reason
        Why it was taken, a sentence without a full stop.
    """

    name: ClassVar[str]

    @property
    def source(self) -> Path: ...  # noqa: D102  told above

    @property
    def reason(self) -> str: ...  # noqa: D102

    @classmethod
    def fit(cls, source: Path, *, is_forced: bool) -> Self:
        """Return the layout of a file or folder that exists, or raise `LayoutError` when it is another.

        Forced: the user asked for it by name, so that what is merely unlikely passes. Raises `SourceError`
        when the source is of this layout and cannot be read.
        """

    def read(self) -> Iterator[Work | Skip]:
        """Yield the works in an order that is always the same, and a `Skip` for whatever is not a work."""

    def locate(self, address: str, read_json: ReadJson) -> str:
        """Return the address of the picture that a work's address leads to, or raise `DownloadError`."""
