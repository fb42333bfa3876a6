"""What a split lets through from the part that is learnt from to the parts that measure."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import polars as pl

from morelli.collection.splits import Split

N_EXAMPLES = 5


@dataclass(frozen=True)
class Leak:
    """One way in which parts of a split are not apart.

    Parameters
    ----------
    kind
        "group", "link", "artist" or "source".
    meaning
        A sentence without a full stop.
    n
        How many groups, pairs, artists or sources stand on both sides.
    n_works
        Works of the measured parts that are concerned.
    examples
        Some of them: ids, or names.
    is_fault
        Whether it makes numbers wrong, rather than narrower than they sound.
    """

    kind: str
    meaning: str
    n: int
    n_works: int
    examples: tuple[str, ...]
    is_fault: bool

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as a JSON object."""
        return asdict(self)


def find_leaks(split: Split, works: pl.DataFrame, links: pl.DataFrame) -> list[Leak]:
    """Return what stands on both sides of a split.

    Parameters
    ----------
    split
        Any split, also one that was read from a file.
    works
        Columns id, source and group_id.
    links
        Columns left, right (ids) and relation, as an audit stores them.

    Returns
    -------
    leaks
        Groups and links that cross parts are faults of every split; artists in several parts only where the
        split sets out to keep them apart; sources are told, because most collections have but one.
    """
    table = split.table.join(works.select("id", "source", "group_id"), on="id", how="left")
    leaks = [
        _find_shared(table, "group_id", "groups of works that show the same painting", is_fault=True),
        _find_links(split, links),
        _find_shared(table, "artist", "artists", is_fault=split.kind == "unseen"),
        _find_shared(table, "source", "sources", is_fault=split.kind == "source"),
    ]
    return [leak for leak in leaks if leak.n]


def _find_shared(table: pl.DataFrame, column: str, what: str, *, is_fault: bool) -> Leak:
    measured = table.filter(pl.col("part") != "train").drop_nulls(column)
    learnt = table.filter(pl.col("part") == "train").drop_nulls(column)
    shared = measured.join(learnt.select(column).unique(), on=column)
    names = shared[column].unique().sort().to_list()
    meaning = f"{what} on both sides of the split"
    return Leak(
        column.removesuffix("_id"), meaning, len(names), len(shared), tuple(names[:N_EXAMPLES]), is_fault
    )


def _find_links(split: Split, links: pl.DataFrame) -> Leak:
    parts = split.table.select("id", "part")
    crossing = (
        links.filter(pl.col("relation") != "similar")
        .join(parts.rename({"id": "left", "part": "left_part"}), on="left")
        .join(parts.rename({"id": "right", "part": "right_part"}), on="right")
        .filter(pl.col("left_part") != pl.col("right_part"))
        .sort("left", "right")
    )
    first = crossing.select("left", "right").head(N_EXAMPLES)
    examples = tuple(f"{left} {right}" for left, right in first.iter_rows())
    meaning = "pairs of works that show the same painting in different parts"
    sides = (crossing.select(id=side, part=f"{side}_part") for side in ("left", "right"))
    measured = pl.concat(sides).filter(pl.col("part") != "train")
    return Leak("link", meaning, len(crossing), measured["id"].n_unique(), examples, is_fault=True)
