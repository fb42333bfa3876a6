"""Finds the works nearest to a vector, exactly and inside LanceDB.

The filter is applied before the neighbours are taken, so k matches come back whenever k works fit the filter.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from morelli.errors import GalleryError, UsageError
from morelli.gallery.store import Gallery, quote_values


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
    """
    check_k(k)
    works = gallery.works(where)
    table = gallery.vectors_table(fingerprint)
    try:
        query = table.search(vector).metric("cosine")
        if where is not None:
            fitting = f"id IN ({quote_values(works['id'])})" if len(works) else "false"
            query = query.where(fitting, prefilter=True)
        found = query.select(["id", "_distance"]).limit(k + 1).to_list()
    except (ValueError, OSError, RuntimeError) as error:
        raise GalleryError(
            f"{gallery.address}: vectors {fingerprint[:12]}",
            expected=f"readable vectors of {len(vector)} dimensions",
            found=str(error).splitlines()[0],
            remedy="search with a vector of the same encoder, or restore the folder from a copy",
        ) from error
    nearest = [(row["id"], 1.0 - row["_distance"]) for row in found if row["id"] != without]
    return describe_matches(works, nearest[:k])


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
