"""The official pairs of Painter by Numbers as a pair file: names of pictures become work ids.

The contest's `submission_info.csv` names two pictures in each row. Its columns have been spelled in several
ways, and its truth was published later, as a file of its own. Every row ends up in a block, or in its list of
what was lost.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from morelli.collection.pairs.files import (
    UNKNOWN,
    PairBlock,
    list_columns,
    read_blocks,
    refuse_columns,
)
from morelli.collection.reading import ID_DIGITS
from morelli.collection.work import Skip
from morelli.errors import SourceError

_MAX_FOLDERS = 16
"""Folders in which a picture that the gallery does not name is looked for; a contest has two or three."""

_NOWHERE = -1

_INDEX = frozenset({"", "index", "id", "row", "pair", "pairid", "pairindex", "unnamed0"})
_SAME = frozenset({"same", "sameartist", "samepainter", "truth", "label"})
_SIDES = tuple(
    frozenset({side, *(f"{noun}{number}" for noun in ("img", "image", "file", "filename", "newfilename"))})
    for side, number in (("left", 1), ("right", 2))
)
_PICTURE = re.compile(r"\.(jpe?g|png|tiff?|webp)$", re.IGNORECASE)


def convert_official_pairs(
    submission: str | Path, works: pl.DataFrame, *, solution: str | Path | None = None
) -> Iterator[PairBlock]:
    """Return the official pairs as pairs of works, block by block, each with the pairs it lost.

    Lost: a picture is not in the gallery, has a name that several works share, or is the same on both sides.
    A gallery holds a picture once, however many files have its bytes, so a name that it does not know is
    looked for in the folders of its works, and its bytes tell which work it is. The truth is the solution's,
    else the submission file's, else follows from the artists. That of 22 million pairs takes 400 MB while it
    is read and 200 MB afterwards; all else is a block.
    """
    submission = Path(submission)
    columns = _find_official_columns(submission)
    known = _Solution.read(Path(solution)) if solution is not None else None
    if known is not None:
        columns.pop("same", None)
    names = _PictureNames.from_works(works)
    artists = works["artist"].rank("dense").fill_null(0).to_numpy().astype(np.int64) - 1
    ids = pa.array(works["id"].to_list(), pa.string())

    def convert(rows: PairBlock) -> PairBlock:
        left, right = names.find_rows(rows.left), names.find_rows(rows.right)
        if known is not None:
            same = known.look_up(rows.index)
        else:
            same = rows.same if "same" in columns else _compare_artists(artists, left, right)
        kept = np.flatnonzero((left >= 0) & (right >= 0) & (left != right))
        return PairBlock(
            index=rows.index[kept],
            left=ids.take(pa.array(left[kept])),
            right=ids.take(pa.array(right[kept])),
            same=same[kept],
            start=rows.start,
            skips=tuple(_list_lost(submission, rows, names, (left, right))),
        )

    return (convert(rows) for rows in read_blocks(submission, columns))


@dataclass(frozen=True, eq=False)
class _PictureNames:
    """Rows of works by the name of their picture, without its folders."""

    rows: dict[str, int]  # of names that only one work has
    shared: frozenset[str]  # names of several works
    folders: tuple[Path, ...]  # where a picture that no work is named after may lie
    row_of_id: dict[str, int]
    unknown: dict[str, int] = field(default_factory=dict)  # what was found in the folders so far; -1: nothing

    @classmethod
    def from_works(cls, works: pl.DataFrame) -> _PictureNames:
        """Read the names of works, by the columns id and path; works without a path have no name."""
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
            tuple(folders) if len(folders) <= _MAX_FOLDERS else (),
            row_of_id,
        )

    def find_rows(self, names: pa.DictionaryArray) -> NDArray[np.int64]:
        """Return the row of each name of a picture, (p,); -1 where there is none, or more than one."""
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


def _find_official_columns(path: Path) -> dict[str, int]:
    """Return the positions of the columns left and right, and of index and same where they are there."""
    found = list_columns(path)
    plain = [re.sub(r"[^a-z0-9]", "", name.casefold()) for name in found]
    columns = {"index": _match(plain, _INDEX), "same": _match(plain, _SAME)}
    rest = [place for place in range(len(plain)) if place not in columns.values()]
    columns |= {"left": _match(plain, _SIDES[0]), "right": _match(plain, _SIDES[1])}
    if columns["left"] is None or columns["right"] is None:
        if columns["index"] is None and len(rest) == 3:
            columns["index"] = rest.pop(0)
        if len(rest) != 2 or any(_PICTURE.search(name) for name in found):
            raise refuse_columns(
                path,
                found,
                expected="a header line, and columns such as index, image1 and image2",
                remedy="name the two columns of pictures image1 and image2",
            )
        columns["left"], columns["right"] = rest
    order = ("index", "left", "right", "same")
    return {name: place for name in order if (place := columns[name]) is not None}


@dataclass(frozen=True, eq=False)
class _Solution:
    """The published truth, sorted by index."""

    index: NDArray[np.int64]
    same: NDArray[np.int8]

    @classmethod
    def read(cls, path: Path) -> _Solution:
        found = list_columns(path)
        plain = [re.sub(r"[^a-z0-9]", "", name.casefold()) for name in found]
        index, same = _match(plain, _INDEX), _match(plain, _SAME)
        if index is None or same is None:
            raise refuse_columns(
                path,
                found,
                expected="the columns index and sameArtist",
                remedy="rename them, or leave --solution out where the gallery knows the artists",
            )
        blocks = list(read_blocks(path, {"index": index, "same": same}))
        numbers = np.concatenate([np.zeros(0, np.int64), *(block.index for block in blocks)])
        truths = np.concatenate([np.zeros(0, np.int8), *(block.same for block in blocks)])
        if (np.diff(numbers) < 0).any():
            order = np.argsort(numbers)
            numbers, truths = numbers[order], truths[order]
        if (repeats := numbers[1:][np.diff(numbers) == 0]).size:
            raise SourceError(
                path,
                expected="each index once",
                found=f"{repeats[0]} twice",
                remedy="take the solution as it was published",
            )
        return cls(numbers, truths)

    def look_up(self, index: NDArray[np.int64]) -> NDArray[np.int8]:
        """Return the truth of each pair, -1 where the solution has none."""
        if len(self.index) == 0:
            return np.full(len(index), UNKNOWN, dtype=np.int8)
        places = np.searchsorted(self.index, index).clip(max=len(self.index) - 1)
        truths: NDArray[np.int8] = np.where(self.index[places] == index, self.same[places], np.int8(UNKNOWN))
        return truths


def _match(plain: Sequence[str], names: frozenset[str]) -> int | None:
    return next((place for place, name in enumerate(plain) if name in names), None)


def _compare_artists(
    artists: NDArray[np.int64], left: NDArray[np.int64], right: NDArray[np.int64]
) -> NDArray[np.int8]:
    same: NDArray[np.int8] = (artists[left] == artists[right]).astype(np.int8)
    same[(artists[left] < 0) | (artists[right] < 0)] = UNKNOWN
    return same


def _list_lost(
    path: Path, rows: PairBlock, names: _PictureNames, found: tuple[NDArray[np.int64], NDArray[np.int64]]
) -> Iterator[Skip]:
    left, right = found
    for place in np.flatnonzero((left < 0) | (right < 0) | (left == right)).tolist():
        sides = ((rows.left, left), (rows.right, right))
        missing = [side[place].as_py() for side, row in sides if row[place] < 0]
        reason = names.explain(missing[0]) if missing else "expected two works, found the same picture twice"
        yield Skip(f"{path}:row {rows.start + place + 2}", reason)
