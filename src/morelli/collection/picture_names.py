"""Which work a picture's name means, in tables that know pictures by their file names.

A gallery holds a picture once, however many files have its bytes, and knows it by one of their names. A name
that it does not know is therefore looked for in the folders of its works, and its bytes tell whose it is.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from morelli.collection.reading import ID_DIGITS

MAX_FOLDERS = 16
"""Folders in which a picture that the gallery does not name is looked for; a contest has two or three."""

_NOWHERE = -1


@dataclass(frozen=True, eq=False)
class PictureNames:
    """Rows of works by the name of their picture.

    Parameters
    ----------
    rows
        The row of each name that only one work has, without its folders.
    shared
        Names that several works have.
    folders
        Where a picture that no work is named after may lie.
    row_of_id
        The row of each work id.
    unknown
        What was found in the folders so far; -1: nothing.
    """

    rows: dict[str, int]
    shared: frozenset[str]
    folders: tuple[Path, ...]
    row_of_id: dict[str, int]
    unknown: dict[str, int] = field(default_factory=dict)

    @classmethod
    def from_works(cls, works: pl.DataFrame) -> PictureNames:
        """Read the names of works.

        Parameters
        ----------
        works
            Columns id and path; works without a path have no name.
        """
        paths = works["path"].to_list()
        rows: dict[str, int] = {}
        shared = set()
        for row, path in enumerate(paths):
            name = _strip_folders(str(path))
            if path is not None and rows.setdefault(name, row) != row:
                shared.add(name)
        folders = sorted({Path(path).parent for path in paths if path is not None})
        row_of_id = {work_id: row for row, work_id in enumerate(works["id"].to_list())}
        return cls(
            {name: row for name, row in rows.items() if name not in shared},
            frozenset(shared),
            tuple(folders) if len(folders) <= MAX_FOLDERS else (),
            row_of_id,
        )

    def find_rows(self, names: pa.DictionaryArray) -> NDArray[np.int64]:
        """Return the row of each name; -1 where there is none, or more than one.

        Parameters
        ----------
        names
            (p,) names of pictures, with or without folders.
        """
        found = [self._find_row(name) for name in names.dictionary.to_pylist()]
        places = names.indices.cast(pa.int64()).fill_null(-1).to_numpy(zero_copy_only=False)
        located: NDArray[np.int64] = np.array([*found, _NOWHERE], dtype=np.int64)[places]
        return located

    def explain(self, name: str | None) -> str:
        """Return why a name has no row."""
        if not name:
            return "expected the name of a picture, found none"
        if _strip_folders(name) in self.shared:
            return f"expected one work whose picture is {name}, found several"
        return f"expected the picture {name} in the gallery, found none"

    def _find_row(self, name: str) -> int:
        plain = _strip_folders(name)
        if plain in self.rows:
            return self.rows[plain]
        if plain not in self.unknown:
            self.unknown[plain] = _NOWHERE if plain in self.shared else self._find_copy(plain)
        return self.unknown[plain]

    def _find_copy(self, name: str) -> int:
        """Return the row of the work whose picture has the same bytes as a file beside the gallery's."""
        for folder in self.folders if name else ():
            try:
                with (folder / name).open("rb") as file:
                    digest = hashlib.file_digest(file, "sha256").hexdigest()
            except (OSError, ValueError):
                continue
            if (row := self.row_of_id.get(digest[:ID_DIGITS])) is not None:
                return row
        return _NOWHERE


def _strip_folders(name: str) -> str:
    return PurePosixPath(name.strip().replace("\\", "/")).name
