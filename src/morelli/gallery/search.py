"""Finds the works nearest to a vector: exactly, by one product with the rows of all works.

The filter is applied before the neighbours are taken, so k matches come back whenever k works fit the filter.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from morelli.errors import GalleryError, UsageError
from morelli.gallery.blocks import COSINE, SearchRows, Space, open_rows
from morelli.gallery.index import ask_index, read_index
from morelli.gallery.store import Gallery


@dataclass(frozen=True)
class Match:
    """One work found, and its cosine similarity; rank 1 is the nearest."""

    rank: int
    id: str
    artist: str | None
    title: str | None
    year: int | None
    style: str | None
    path: str
    score: float

    def to_dict(self) -> dict[str, Any]:
        """Return the match as a JSON object."""
        return asdict(self)


def search_gallery(
    gallery: Gallery,
    fingerprint: str,
    vector: NDArray[np.float32],
    *,
    k: int = 10,
    where: str | None = None,
    without: str | None = None,
    space: Space = COSINE,
) -> list[Match]:
    """Return the k works whose stored vectors have the highest cosine with a vector.

    Parameters
    ----------
    gallery, fingerprint
        Where to search, and the encoder that made the vector.
    vector
        (d,) float32.
    k
        How many matches, at least 1.
    where
        An SQL condition over the works table.
    without
        The id of a work to leave out, for a search that starts from it.
    space
        In which space the cosine is taken; the vectors' own by default.
    """
    check_k(k)
    width = gallery.vectors_table(fingerprint).schema.field("vector").type.list_size
    if len(vector) != width:
        raise GalleryError(
            f"{gallery.address}: vectors {fingerprint[:12]}",
            expected=f"readable vectors of {len(vector)} dimensions",
            found=f"vectors of {width}",
            remedy="search with a vector of the same encoder",
        )
    index = read_index(gallery, fingerprint) if space is COSINE and where is None else None
    if index is not None:
        found = [entry for entry in ask_index(gallery, index, vector, k + 1) if entry[0] != without]
        return describe_matches(gallery.find_works([work_id for work_id, _ in found[:k]]), found[:k])
    row = space.transform(np.asarray(vector, dtype=np.float32)[None])[0]
    nearest = search_rows(gallery, open_rows(gallery, fingerprint, space), row, k + 1, where=where)
    found = [(work_id, score) for work_id, score in nearest if work_id != without]
    return describe_matches(gallery.find_works([work_id for work_id, _ in found[:k]]), found[:k])


def search_rows(
    gallery: Gallery, rows: SearchRows, row: NDArray[np.float32], k: int, *, where: str | None = None
) -> list[tuple[str, float]]:
    """Return ids and scores of the k works nearest to a row, of those that an SQL condition keeps."""
    among = None if where is None else np.array(gallery.list_ids(where), dtype=np.bytes_)
    return rows.nearest(row, k, among=among)


def describe_matches(works: pl.DataFrame, nearest: list[tuple[str, float]]) -> list[Match]:
    """Return matches for ids with their scores, best first; ids that are no longer works are left out."""
    rows = {row["id"]: row for row in works.filter(pl.col("id").is_in([i for i, _ in nearest])).to_dicts()}
    fields = ("artist", "title", "year", "style", "path")
    held = [(work_id, score) for work_id, score in nearest if work_id in rows]
    return [
        Match(
            rank=rank,
            id=work_id,
            score=min(float(score), 1.0),
            **{name: rows[work_id][name] for name in fields},
        )
        for rank, (work_id, score) in enumerate(held, start=1)
    ]


def check_k(k: int) -> None:
    """Refuse a number of matches below 1."""
    if k < 1:
        raise UsageError("-k", expected="a number of at least 1", found=str(k), remedy="ask for 1 or more")
