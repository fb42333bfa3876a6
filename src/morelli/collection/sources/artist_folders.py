"""The plainest layout: one folder per artist, pictures of any name inside.

``Claude_Monet/impression.jpg``; sub-folders of an artist's folder are read too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from morelli.collection.names.text import name_from_folder
from morelli.collection.sources.folders import list_folders, sample_pictures, walk_pictures
from morelli.collection.sources.layout import DirectAddresses
from morelli.collection.sources.wikiart import is_style
from morelli.collection.work import Skip, Work
from morelli.errors import LayoutError


@dataclass(frozen=True)
class ArtistFolders(DirectAddresses):
    """A source with one folder per artist; `source` holds the artists' folders."""

    name: ClassVar[str] = "artist-folders"

    source: Path
    reason: str

    @classmethod
    def fit(cls, source: Path, *, is_forced: bool) -> ArtistFolders:
        """Fit a folder whose sub-folders hold pictures and, unless forced, are not named after styles."""
        folders = list_folders(source) if source.is_dir() else []
        filled = [folder for folder in folders if sample_pictures(folder, n_max=1)]
        if not filled:
            raise _refuse(
                source, f"{len(folders)} sub-folders without a picture" if folders else "no sub-folders"
            )
        n_styles = sum(is_style(folder.name) for folder in filled)
        if 2 * n_styles > len(filled) and not is_forced:
            raise _refuse(source, f"{n_styles} of {len(filled)} sub-folders named after styles")
        return cls(source, f"pictures lie in {len(filled)} sub-folders, such as {filled[0].name!r}")

    def read(self) -> Iterator[Work | Skip]:
        """Yield the works sorted by folder and file, and a `Skip` for whatever is not a work."""
        for found in walk_pictures(self.source):
            if isinstance(found, Skip):
                yield found
            elif found.parent == self.source:
                yield Skip(
                    str(found), "expected a picture in an artist's folder, found one beside the folders"
                )
            else:
                folder = found.relative_to(self.source).parts[0]
                yield Work(found, artist=name_from_folder(folder))


def _refuse(source: Path, found: str) -> LayoutError:
    return LayoutError(
        source,
        expected="a folder of artists' folders with pictures in them",
        found=found,
        remedy="give the folder that holds the artists' folders",
    )
