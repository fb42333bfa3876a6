"""Shards: works of one part in files of a limited size, planned beforehand, so that a later run goes on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol

import polars as pl

from morelli.collection.exports.place import blame_folder, claim_folder, close_folder, replaced
from morelli.collection.exports.plan import Plan, plan_export
from morelli.collection.exports.reading import read_bytes
from morelli.collection.exports.summary import ExportSummary
from morelli.collection.parts import PARTS, Split
from morelli.collection.work import Skip
from morelli.errors import UsageError

SHARD_MB = 256
"""Megabytes of pictures in one shard: large enough to be read in one go, small enough to be moved about."""


@dataclass(frozen=True, eq=False)
class Shard:
    """Works that go into one file.

    Parameters
    ----------
    part
        The part they belong to.
    number, n_shards
        Its place among the shards of the part, from 0, and how many these are.
    rows
        Rows of a `Plan`.
    """

    part: str
    number: int
    n_shards: int
    rows: pl.DataFrame


class ShardFormat(Protocol):
    """A way to write shards."""

    layout: str

    def locate(self, shard: Shard) -> str:
        """Return the path of a shard in the folder of the export."""

    def list_ids(self, path: Path) -> list[str]:
        """Return the ids of the works in a shard that was written."""

    def write(self, path: Path, samples: Iterator[tuple[Mapping[str, Any], bytes]], plan: Plan) -> None:
        """Write works with the bytes of their pictures."""


def plan_shards(rows: pl.DataFrame, *, limit_bytes: int) -> list[Shard]:
    """Return rows in shards of one part each, none over the limit unless a single work is.

    Parameters
    ----------
    rows
        Columns part and size_bytes.
    limit_bytes
        The most that the pictures of a shard may take.
    """
    shards = []
    for part in PARTS:
        own = rows.filter(pl.col("part") == part)
        cuts = _find_cuts(own["size_bytes"].to_list(), limit_bytes)
        pieces = [own[start:stop] for start, stop in pairwise(cuts)]
        shards += [Shard(part, number, len(pieces), piece) for number, piece in enumerate(pieces)]
    return shards


def export_shards(
    split: Split,
    works: pl.DataFrame,
    folder: Path,
    form: ShardFormat,
    *,
    by: str = "artist",
    shard_mb: int = SHARD_MB,
    progress: Callable[[int, int], None] | None = None,
) -> ExportSummary:
    """Write a split in shards of a format, and say what was done.

    Parameters
    ----------
    split, works, folder, by
        As in `export_split`.
    form
        The format.
    shard_mb
        Megabytes of pictures in one shard, at least 1.
    progress
        Called with (done, total) works.

    Raises
    ------
    SplitError
        When the folder holds something else or cannot be written, or no work can be exported.
    UsageError
        When `shard_mb` is below 1.
    """
    if shard_mb < 1:
        raise UsageError(
            "--shard-mb", expected="at least 1", found=str(shard_mb), remedy="give a larger number"
        )
    plan = plan_export(split, works, by=by)
    card = claim_folder(folder, plan, split, layout=form.layout, by=by, shard_mb=shard_mb)
    skips, counts, n_written, n_done = list(plan.skips), Counter[str](), 0, 0
    for shard in plan_shards(plan.rows, limit_bytes=shard_mb * 1_000_000):
        with blame_folder(folder):
            is_new, lost = _write_shard(folder / form.locate(shard), shard, form, plan)
        n_held = len(shard.rows) - len(lost)
        counts[shard.part] += n_held
        n_written += n_held if is_new else 0
        skips += lost
        n_done += len(shard.rows)
        if progress is not None:
            progress(n_done, len(plan.rows))
    summary = ExportSummary(
        folder=folder,
        layout=form.layout,
        parts=dict(counts),
        written=n_written,
        already=sum(counts.values()) - n_written,
        classes=len(plan.folders),
        renamed={},
        skips=tuple(skips),
    )
    close_folder(folder, card, summary)
    return summary


def _write_shard(path: Path, shard: Shard, form: ShardFormat, plan: Plan) -> tuple[bool, list[Skip]]:
    """Return whether the shard had to be written, and what it lacks."""
    lost: list[Skip] = []
    if path.is_file():
        held = set(form.list_ids(path))
        missing = shard.rows.filter(~pl.col("id").is_in(list(held))).to_dicts()
        still = [content for row in missing if isinstance(content := read_bytes(row), Skip)]
        if len(still) == len(missing):
            return False, still
    path.parent.mkdir(parents=True, exist_ok=True)
    with replaced(path) as unfinished:
        form.write(unfinished, _read_samples(shard.rows, lost), plan)
    return True, lost


def _read_samples(rows: pl.DataFrame, lost: list[Skip]) -> Iterator[tuple[Mapping[str, Any], bytes]]:
    for row in rows.iter_rows(named=True):
        content = read_bytes(row)
        if isinstance(content, Skip):
            lost.append(content)
        else:
            yield row, content


def _find_cuts(sizes: Sequence[int], limit_bytes: int) -> list[int]:
    """Return where shards begin, and the end."""
    cuts, filled = [0], 0
    for place, size in enumerate(sizes):
        if filled and filled + size > limit_bytes:
            cuts.append(place)
            filled = 0
        filled += size
    return [*cuts, len(sizes)] if sizes else []
