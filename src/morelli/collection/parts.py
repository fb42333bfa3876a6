"""What a split is: the part that each work belongs to, and the steps by which its works were chosen.

`splits` draws them, `split_files` reads them and fits them to the works of a gallery.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import polars as pl

from morelli.errors import SplitError

PARTS = ("train", "val", "test")


@dataclass(frozen=True)
class Step:
    """How many works one step of choosing them has left.

    Parameters
    ----------
    name
        The rule, as a claim about what is left: "with an artist".
    n_works, n_artists
        Counts after it.
    """

    name: str
    n_works: int
    n_artists: int

    @classmethod
    def count(cls, name: str, works: pl.DataFrame) -> Step:
        """Return the step that has left these works."""
        return cls(name, len(works), works["artist"].drop_nulls().n_unique())

    def to_dict(self) -> dict[str, Any]:
        """Return the step as a JSON object."""
        return asdict(self)


@dataclass(frozen=True, eq=False)
class Split:
    """Which work belongs to which part.

    Parameters
    ----------
    kind
        "seen", "unseen", "source" or "official"; with another class than the artist "seen-style" or
        "seen-genre"; "file" for one that was read.
    seed
        The seed it was drawn with.
    table
        Columns id, artist, group (int64), part ("train", "val", "test"), and content_hash where it is known;
        one row per work, sorted by id.
    steps
        From all works to those of the split, the first step first; empty where that is not known.
    """

    kind: str
    seed: int
    table: pl.DataFrame
    steps: tuple[Step, ...] = ()

    @property
    def name(self) -> str:
        """The name in reports, such as ``unseen-0``."""
        return f"{self.kind}-{self.seed}"

    @property
    def digest(self) -> str:
        """SHA-256 over ids and parts: two splits with one digest divide the same works the same way."""
        lines = "\n".join(f"{row[0]},{row[1]}" for row in self.table.select("id", "part").iter_rows())
        return hashlib.sha256(lines.encode()).hexdigest()

    @property
    def torn_groups(self) -> tuple[int, ...]:
        """Groups of near-duplicates with works in more than one part, ascending.

        Only a split that was not drawn here can have any: an official one, or a file's.
        """
        spread = self.table.group_by("group").agg(pl.col("part").n_unique())
        return tuple(spread.filter(pl.col("part") > 1)["group"].sort().to_list())

    def part(self, name: str) -> pl.DataFrame:
        """Return the rows of one part.

        Raises
        ------
        SplitError
            When there is no such part, or it is empty.
        """
        rows = self.table.filter(pl.col("part") == name)
        if name not in PARTS or rows.is_empty():
            raise SplitError(
                f"part '{name}' of split {self.name}",
                expected=f"one of {', '.join(PARTS)} with works in it",
                found="no works",
                remedy="collect more works per artist, or more artists",
            )
        return rows

    def count(self, name: str) -> int:
        """Return the number of works in a part."""
        return int((self.table["part"] == name).sum())

    def write(self, path: Path) -> None:
        """Write the split as CSV (the columns of `table`), which `read_split` reads back."""
        self.table.write_csv(path)
