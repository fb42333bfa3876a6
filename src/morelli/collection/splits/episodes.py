"""Small tests in which k works by each of some artists are shown, and one more of each is to be named.

An episode asks what a model makes of artists of whom it is shown only a few works. Episodes are drawn once
and written to a file, so that another method can be measured on the very same ones; `evaluate.k_shot` answers
them. N-way, k-shot: Vinyals et al. (2016), Matching Networks for One Shot Learning, arXiv:1606.04080.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from morelli.errors import EvaluationError, SourceError, UsageError, describe_fault
from morelli.files import replace_file

SHOTS = (1, 2, 3, 5, 10)
"""How many works of each artist are shown."""

_N_WAYS = 20
"""Artists in an episode, where there are so many."""

_N_EPISODES = 200
"""Episodes for each number of shots: with 20 artists 4,000 questions."""

SUPPORT, QUERY = "support", "query"

_EPISODE_SCHEMA = {
    "id": pl.String(),
    "episode": pl.Int64(),
    "artist": pl.String(),
    "role": pl.String(),
    "k": pl.Int64(),
}
"""The columns of episodes. One episode of one k is all rows with the same `episode` and `k`."""

_KEY = ("episode", "k")


def draw_episodes(
    works: pl.DataFrame,
    *,
    shots: Sequence[int] = SHOTS,
    n_ways: int = _N_WAYS,
    n_episodes: int = _N_EPISODES,
    seed: int = 0,
) -> pl.DataFrame:
    """Return episodes of works, with columns as in `_EPISODE_SCHEMA`, by the columns id, artist and group.

    Near-duplicates (one group) never stand together in an episode. Episodes of one number and different k
    have the same artists and queries, one of each artist, and what is shown at a smaller k is shown at a
    larger one too. The order of the works makes no difference. With fewer than `n_ways` artists all take
    part.
    """
    _check_numbers(shots, n_ways, n_episodes)
    table = works.select("id", "artist", "group").drop_nulls().sort("artist", "id")
    plan = _plan_episodes(table, shots, n_ways)
    own = {
        artist: (rows["id"].to_list(), rows["group"].to_numpy())
        for (artist,), rows in table.group_by("artist", maintain_order=True)
    }
    rng = np.random.default_rng(seed)
    records: list[tuple[str, int, str, str, int]] = []
    for number in range(n_episodes):
        chosen = np.sort(rng.choice(len(plan.artists), size=plan.n_ways, replace=False))
        for artist in (plan.artists[place] for place in chosen):
            ids, groups = own[artist]
            drawn = _draw_apart(groups, plan.shots[-1] + 1, rng)
            query, *shown = (ids[place] for place in drawn)
            for k in plan.shots:
                records.append((query, number, artist, QUERY, k))
                records.extend((work, number, artist, SUPPORT, k) for work in shown[:k])
    episodes = pl.DataFrame(records, schema=_EPISODE_SCHEMA, orient="row")
    return episodes.sort("k", "episode", "artist", "role", maintain_order=True)


def write_episodes(episodes: pl.DataFrame, path: str | Path) -> None:
    """Write episodes as CSV, UTF-8 with a header line; the same episodes give the same bytes."""
    path = Path(path)
    if path.suffix.lower() != ".csv":
        raise UsageError(
            path,
            expected="a file name ending in .csv",
            found=repr(path.suffix) if path.suffix else "no ending",
            remedy="write -o episodes.csv",
        )
    with replace_file(path) as part:
        episodes.select(list(_EPISODE_SCHEMA)).write_csv(part)


def read_episodes(path: str | Path) -> pl.DataFrame:
    """Return the episodes of a CSV file, sorted by k, episode and artist, if all can be answered."""
    try:
        table = pl.read_csv(path, columns=list(_EPISODE_SCHEMA), schema_overrides=_EPISODE_SCHEMA)
    except (OSError, ValueError, pl.exceptions.PolarsError) as error:
        raise SourceError(
            path,
            expected="a CSV file with the columns " + ", ".join(_EPISODE_SCHEMA),
            found=describe_fault(error),
            remedy="write one with 'morelli episodes'",
        ) from error
    if (fault := _find_fault(table)) is not None:
        raise SourceError(
            path,
            expected="episodes with k works of each artist to learn from and others to name",
            found=fault,
            remedy="correct the file, or write one with 'morelli episodes'",
        )
    return table.select(list(_EPISODE_SCHEMA)).sort("k", "episode", "artist", "role", maintain_order=True)


@dataclass(frozen=True)
class _EpisodePlan:
    """What the works at hand allow."""

    shots: tuple[int, ...]  # ascending
    n_ways: int
    # sorted; with enough works for the most shots, so that one curve is of the same artists
    artists: tuple[str, ...]


def _plan_episodes(works: pl.DataFrame, shots: Sequence[int], n_ways: int) -> _EpisodePlan:
    """Return which shots are taken, and with how many artists.

    A k for which too few artists have works is left out: fewer than two, or fewer than half of those wanted.
    """
    counts = works.group_by("artist").agg(n=pl.col("group").n_unique())
    sizes = counts["n"].to_numpy()
    wanted = min(n_ways, int((sizes > 1).sum()))
    taken = [k for k in sorted(set(shots)) if (sizes > k).sum() >= max(2, wanted / 2)]
    if not taken:
        raise EvaluationError(
            "episodes",
            expected=f"at least two artists with {min(shots) + 1} works that are no near-duplicates",
            found=f"{int((sizes > min(shots)).sum())} among {len(sizes)} artists",
            remedy="take a part of the split with more works by each artist, or ask for fewer shots",
        )
    artists = counts.filter(pl.col("n") > taken[-1])["artist"].sort().to_list()
    return _EpisodePlan(tuple(taken), min(n_ways, len(artists)), tuple(artists))


def _draw_apart(groups: NDArray[np.int64], n: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Return n positions of different groups, in random order."""
    order = rng.permutation(len(groups))
    first = np.unique(groups[order], return_index=True)[1]
    return order[np.sort(first)[:n]]


def _check_numbers(shots: Sequence[int], n_ways: int, n_episodes: int) -> None:
    if not shots or min(shots) < 1 or n_ways < 2 or n_episodes < 1:
        raise UsageError(
            "episodes",
            expected="shots of at least 1, at least 2 artists in an episode, and at least 1 episode",
            found=f"shots {list(shots)}, {n_ways} artists and {n_episodes} episodes",
            remedy="leave the numbers out to have the usual ones",
        )


def _find_fault(episodes: pl.DataFrame) -> str | None:
    """Return why episodes cannot be answered, as a noun phrase, or None."""
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
