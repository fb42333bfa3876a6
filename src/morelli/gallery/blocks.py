"""The rows of a gallery's works in one space, in memory-mapped blocks that a search multiplies with a query.

The blocks lie beside the tables in a hidden folder and hold nothing that the tables do not: whoever deletes
them loses a minute. The vector of a work never changes under one encoder, so a block stays right; where the
gallery has changed since, new works become a further block and works that left are passed over.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from morelli.gallery.store import Gallery

_Float = NDArray[np.float32]

_FOLDER = ".morelli-search"
_FORMAT = 1
_MAX_BLOCKS = 16  # then one is made of all
_MAX_GONE = 0.2  # the share of rows whose works have left; above it the blocks are made anew
_BATCH = 8192  # vectors that are read together
_STEP = 32_768  # rows that are multiplied together
_UNFINISHED_SECONDS = 600  # files that no note names are another search's for so long, then nobody's


@dataclass(frozen=True)
class Space:
    """A way to see vectors: unit rows (n, p) for vectors (n, d); the same key promises the same rows."""

    key: str
    transform: Callable[[_Float], _Float]


def _to_unit_rows(vectors: _Float) -> _Float:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32, copy=False)


COSINE = Space("cosine", _to_unit_rows)


@dataclass(frozen=True, eq=False)
class _Block:
    ids: NDArray[np.bytes_]  # (n,) sorted
    rows: _Float  # (n, p), memory-mapped where there is a folder
    alive: NDArray[np.bool_] | None = None  # (n,), None: all

    def find(self, ids: NDArray[np.bytes_]) -> NDArray[np.intp]:
        """Return the sorted places of those of the ids that are here."""
        if not len(self.ids) or not len(ids):
            return np.empty(0, dtype=np.intp)
        places = np.searchsorted(self.ids, ids)
        places[places == len(self.ids)] = 0
        found = np.unique(places[self.ids[places] == ids])
        return found if self.alive is None else found[self.alive[found]]


@dataclass(frozen=True, eq=False)
class SearchRows:
    """The rows of all works of a gallery in one space."""

    blocks: tuple[_Block, ...]

    def __len__(self) -> int:
        return sum(len(block.ids) if block.alive is None else int(block.alive.sum()) for block in self.blocks)

    def nearest(
        self, row: _Float, k: int, *, among: NDArray[np.bytes_] | None = None
    ) -> list[tuple[str, float]]:
        """Return the k works with the highest dot product with a row (p,), best first, ties by id."""
        ids, scores = [], []
        for block in self.blocks:
            places = None if among is None else block.find(among)
            products = _multiply(block.rows, row, places)
            if places is None and block.alive is not None:
                products[~block.alive] = -np.inf
            best = _highest(products, k)
            ids.append(block.ids[best if places is None else places[best]])
            scores.append(products[best])
        if not ids:
            return []
        found, values = np.concatenate(ids), np.concatenate(scores)
        order = np.lexsort((found, -values))[:k]
        return [(found[at].decode(), float(values[at])) for at in order if values[at] > -np.inf]


def _multiply(rows: _Float, row: _Float, places: NDArray[np.intp] | None) -> _Float:
    """Return the products of some rows, or of all, with one; in steps, so that few pages are held."""
    n = len(rows) if places is None else len(places)
    products = np.empty(n, dtype=np.float32)
    for start in range(0, n, _STEP):
        chosen = slice(start, start + _STEP) if places is None else places[start : start + _STEP]
        np.matmul(rows[chosen], row, out=products[start : start + _STEP])
    return products


def _highest(values: _Float, k: int) -> NDArray[np.intp]:
    """Return the places of the k highest values and of all that equal the last of them."""
    if len(values) <= k:
        return np.arange(len(values))
    return np.flatnonzero(values >= np.partition(values, -k)[-k])


def open_rows(gallery: Gallery, fingerprint: str, space: Space = COSINE) -> SearchRows:
    """Return the rows of a gallery's works in a space; made where they are not there yet, else kept up.

    Where the folder cannot be written to, or the gallery is no folder, they are held in memory.
    """
    table = gallery.vectors_table(fingerprint)
    folder = _find_folder(gallery, fingerprint, space.key)
    state = {"format": _FORMAT, "version": table.version, "rows": table.count_rows()}
    blocks, known = ([], None) if folder is None else _read_blocks(folder)
    if known == state:
        return SearchRows(tuple(blocks))
    held = np.array(sorted(gallery.embedded_ids(fingerprint)), dtype=np.bytes_)
    blocks, gone = _keep_alive(blocks, held)
    if len(blocks) >= _MAX_BLOCKS or gone > _MAX_GONE * max(len(held), 1):
        blocks = []
    inside = np.concatenate([block.ids for block in blocks]) if blocks else np.empty(0, held.dtype)
    fresh = np.setdiff1d(held, inside)
    if len(fresh):
        blocks.append(_build_block(table, fresh, space, folder))
    if folder is not None:
        _note_state(folder, state, blocks)
    return SearchRows(tuple(blocks))


def _find_folder(gallery: Gallery, fingerprint: str, key: str = "") -> Path | None:
    """Return the folder of the blocks of a space, made where need be; None where none can be."""
    if "://" in gallery.address:
        return None
    folder = Path(gallery.address, _FOLDER, fingerprint[:16], key)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return folder if folder.is_dir() else None
    return folder if os.access(folder, os.W_OK) else None


def _read_blocks(folder: Path) -> tuple[list[_Block], dict[str, Any] | None]:
    """Return the blocks of a folder and the state of the table they were made of; damaged ones are none."""
    try:
        facts = json.loads((folder / "blocks.json").read_text(encoding="utf-8"))
        blocks = []
        for name in facts["blocks"]:
            rows = np.load(folder / f"{name}.rows.npy", mmap_mode="r")
            alive = folder / f"{name}.alive.npy"
            ids = np.load(folder / f"{name}.ids.npy")
            blocks.append(_Block(ids, rows, np.load(alive) if alive.is_file() else None))
            if len(ids) != len(rows):
                return [], None
        return blocks, facts["state"]
    except (OSError, ValueError, KeyError, TypeError, EOFError):
        return [], None


def _keep_alive(blocks: list[_Block], held: NDArray[np.bytes_]) -> tuple[list[_Block], int]:
    """Return the blocks with the works that are still held marked, and how many are gone."""
    kept, n_gone = [], 0
    for block in blocks:
        alive = np.isin(block.ids, held)
        n_gone += int((~alive).sum())
        kept.append(_Block(block.ids, block.rows, None if alive.all() else alive))
    return kept, n_gone


def _build_block(table: Any, ids: NDArray[np.bytes_], space: Space, folder: Path | None) -> _Block:
    """Make a block of the works of these sorted ids, a batch at a time."""
    rows: _Float | None = None
    path = None if folder is None else folder / f"{uuid4().hex}.rows.npy"
    for batch in table.search().select(["id", "vector"]).limit(None).to_batches(_BATCH):
        found = np.array(batch["id"].to_pylist(), dtype=np.bytes_)
        places = np.minimum(np.searchsorted(ids, found), len(ids) - 1)
        fitting = ids[places] == found
        if not fitting.any():
            continue
        width = batch.schema.field("vector").type.list_size
        flat = batch["vector"].flatten().to_numpy(zero_copy_only=False).reshape(-1, width)
        seen = space.transform(flat[fitting].astype(np.float32, copy=False))
        if rows is None:
            rows = _allocate((len(ids), seen.shape[1]), path)
        rows[places[fitting]] = seen
    assert rows is not None  # noqa: S101  the ids came from this table
    if path is None or not isinstance(rows, np.memmap):
        return _Block(ids, rows)
    rows.flush()
    np.save(path.with_name(path.name.replace(".rows.", ".ids.")), ids)
    return _Block(ids, np.load(path, mmap_mode="r"))


def _allocate(shape: tuple[int, int], path: Path | None) -> _Float:
    if path is not None:
        try:
            rows: _Float = np.lib.format.open_memmap(path, mode="w+", dtype=np.float32, shape=shape)
            if hasattr(os, "posix_fallocate"):  # a full disk is met here, not while the pages are written
                with path.open("r+b") as file:
                    os.posix_fallocate(file.fileno(), 0, path.stat().st_size)
            return rows
        except OSError:
            path.unlink(missing_ok=True)
    return np.zeros(shape, dtype=np.float32)


def _note_state(folder: Path, state: dict[str, Any], blocks: list[_Block]) -> None:
    """Write which blocks belong to which state of the table, then remove the files of others.

    A block that could not be written to the folder leaves the note as it was: the next search tries again.
    """
    names = []
    for block in blocks:
        if not isinstance(block.rows, np.memmap) or block.rows.filename is None:
            return
        names.append(Path(block.rows.filename).name.removesuffix(".rows.npy"))
    try:
        for name, block in zip(names, blocks, strict=True):
            path = folder / f"{name}.alive.npy"
            if block.alive is None:
                path.unlink(missing_ok=True)
            else:
                _replace(path, partial(np.save, arr=block.alive))
        note = json.dumps({"state": state, "blocks": names})
        _replace(folder / "blocks.json", lambda part: part.write_text(note, encoding="utf-8"))
        long_ago = time.time() - _UNFINISHED_SECONDS
        for path in folder.glob("*.npy"):
            if path.name.split(".")[0] not in names and path.stat().st_mtime < long_ago:
                path.unlink(missing_ok=True)
    except OSError:
        return


def _replace(path: Path, write: Callable[[Path], object]) -> None:
    """Write a file whole, or not at all."""
    part = path.with_name(f".{uuid4().hex}{path.suffix}")
    write(part)
    os.replace(part, path)
