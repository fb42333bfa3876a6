"""The kinds of pairs that can be asked for by name, from a table of works to blocks for a pair file."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from morelli.collection.pair_files import PairBlock, name_pairs
from morelli.collection.pair_streams import (
    PARTNERS,
    RATIO,
    Progress,
    stream_all_pairs,
    stream_hard_pairs,
    stream_partner_pairs,
)
from morelli.errors import UsageError

KINDS = ("partners", "hard", "all")
"""Random partners of each work; such within a style; every pair."""


def stream_kind(
    works: pl.DataFrame,
    kind: str,
    *,
    partners: int = PARTNERS,
    ratio: float | None = RATIO,
    seed: int = 0,
    progress: Progress | None = None,
) -> Iterator[PairBlock]:
    """Return the pairs of a kind among works whose artist is known.

    Parameters
    ----------
    works
        Columns id, artist and style; works without an artist take no part. Their order decides what a seed
        draws.
    kind
        One of `KINDS`.
    partners, ratio, seed
        As in `pair_streams`; of no meaning for "all".
    progress
        Called with pairs done and all pairs for "all", else with works done and all works.

    Raises
    ------
    UsageError
        When the kind is unknown, or a number makes no sense.
    """
    known = works.filter(pl.col("artist").is_not_null())
    artists = known["artist"].to_list()
    if kind == "all":
        blocks = stream_all_pairs(artists, progress=progress)
    elif kind == "partners":
        blocks = stream_partner_pairs(artists, partners=partners, ratio=ratio, seed=seed, progress=progress)
    elif kind == "hard":
        blocks = stream_hard_pairs(
            artists, known["style"].to_list(), partners=partners, ratio=ratio, seed=seed, progress=progress
        )
    else:
        raise UsageError(
            "--kind", expected=f"one of {', '.join(KINDS)}", found=repr(kind), remedy="name one of them"
        )
    return name_pairs(blocks, known["id"].to_list())
