"""Files of episodes: CSV with the columns id, episode, artist, role and k.

`episodes` draws what is written here; whatever another program wrote in the same form is checked when it is
read.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from morelli.collection.episodes import EPISODE_SCHEMA, QUERY, SUPPORT
from morelli.errors import SourceError, UsageError

_KEY = ("episode", "k")


def write_episodes(episodes: pl.DataFrame, path: Path) -> None:
    """Write episodes as CSV, UTF-8 with a header line; the same episodes give the same bytes.

    Parameters
    ----------
    episodes
        Columns as in `EPISODE_SCHEMA`.
    path
        Ends in .csv. It is there only when it is whole.

    Raises
    ------
    UsageError
        When the ending is another.
    """
    if path.suffix.lower() != ".csv":
        raise UsageError(
            path,
            expected="a file name ending in .csv",
            found=repr(path.suffix) if path.suffix else "no ending",
            remedy="write -o episodes.csv",
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.part")
    episodes.select(list(EPISODE_SCHEMA)).write_csv(partial)
    partial.replace(path)


def read_episodes(path: Path) -> pl.DataFrame:
    """Return the episodes of a file.

    Parameters
    ----------
    path
        CSV with the columns id, episode, artist, role and k, in any order; others are not read.

    Returns
    -------
    episodes
        Columns as in `EPISODE_SCHEMA`, sorted by k, episode and artist.

    Raises
    ------
    SourceError
        When the file cannot be read, lacks a column, or holds an episode that cannot be answered.
    """
    try:
        table = pl.read_csv(path, columns=list(EPISODE_SCHEMA), schema_overrides=EPISODE_SCHEMA)
    except (OSError, ValueError, pl.exceptions.PolarsError) as error:
        raise SourceError(
            path,
            expected="a CSV file with the columns " + ", ".join(EPISODE_SCHEMA),
            found=(str(error).strip() or type(error).__name__).splitlines()[0],
            remedy="write one with 'morelli episodes'",
        ) from error
    if (fault := find_fault(table)) is not None:
        raise SourceError(
            path,
            expected="episodes with k works of each artist to learn from and others to name",
            found=fault,
            remedy="correct the file, or write one with 'morelli episodes'",
        )
    return table.select(list(EPISODE_SCHEMA)).sort("k", "episode", "artist", "role", maintain_order=True)


def find_fault(episodes: pl.DataFrame) -> str | None:
    """Return why episodes cannot be answered, as a noun phrase, or None.

    Parameters
    ----------
    episodes
        Columns as in `EPISODE_SCHEMA`.
    """
    if episodes.is_empty():
        return "no row"
    if sum(episodes.null_count().row(0)):
        return "an empty cell"
    strange = episodes.filter(~pl.col("role").is_in([SUPPORT, QUERY]))
    if len(strange):
        return f"the role {strange['role'][0]!r}"
    doubled = episodes.filter(episodes.select(*_KEY, "id").is_duplicated())
    if len(doubled):
        return f"work {doubled['id'][0]} twice in {_name(doubled)}"
    shown = _count(episodes, SUPPORT)
    if len(wrong := shown.filter(pl.col("n") != pl.col("k"))):
        return f"{wrong['n'][0]} works of {wrong['artist'][0]!r} to learn from in {_name(wrong)}"
    lost = _count(episodes, QUERY).join(shown, on=[*_KEY, "artist"], how="anti")
    if len(lost):
        return f"no work of {lost['artist'][0]!r} to learn from in {_name(lost)}"
    if len(alone := shown.group_by(*_KEY).len().filter(pl.col("len") < 2)):
        return f"one artist only in {_name(alone)}"
    mute = shown.join(_count(episodes, QUERY), on=list(_KEY), how="anti")
    return f"nothing to name in {_name(mute)}" if len(mute) else None


def _count(episodes: pl.DataFrame, role: str) -> pl.DataFrame:
    """Return how many works of each artist have a role in each episode."""
    rows = episodes.filter(pl.col("role") == role)
    return rows.group_by(*_KEY, "artist", maintain_order=True).agg(n=pl.len())


def _name(rows: pl.DataFrame) -> str:
    return f"episode {rows['episode'][0]} of k={rows['k'][0]}"
