"""``morelli episodes``: few-shot tests of new artists, in a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from morelli.cli.console import out, print_json
from morelli.cli.options import GalleryArgument, JsonFlag, SeedOption


def episodes(
    gallery: GalleryArgument,
    output: Annotated[Path, typer.Option("--output", "-o", help="File of episodes to write: .csv.")],
    split: Annotated[str, typer.Option("--split", "-s", help="seen, unseen or a CSV file.")] = "unseen",
    part: Annotated[str, typer.Option(help="Part of the split: train, val or test.")] = "test",
    shots: Annotated[
        list[int] | None,
        typer.Option("--shots", "-k", help="Works shown of each artist.", show_default="1, 2, 3, 5, 10"),
    ] = None,
    ways: Annotated[int, typer.Option(help="Artists in an episode, where there are so many.")] = 20,
    count: Annotated[int, typer.Option(help="Episodes for each number of works shown.")] = 200,
    seed: SeedOption = None,
    json: JsonFlag = False,
) -> None:
    """Write episodes: k works by each of some artists, and one more of each to be named.

    Example: morelli episodes demo/gallery --split unseen -o demo/episodes.csv
    """
    from morelli.collection.episode_files import write_episodes
    from morelli.collection.episodes import QUERY, SHOTS, draw_episodes
    from morelli.collection.splits import load_split
    from morelli.gallery import Gallery
    from morelli.settings import load_settings

    number = load_settings(seed=seed).seed
    rows = load_split(split, Gallery(gallery).works(), seed=number).part(part)
    table = draw_episodes(rows, shots=shots or SHOTS, n_ways=ways, n_episodes=count, seed=number)
    write_episodes(table, output)
    taken = table["k"].unique().sort().to_list()
    counts = {
        "shots": taken,
        "artists": table["artist"].n_unique(),
        "queries": len(table.filter(role=QUERY)),
        "file": str(output),
    }
    if json:
        print_json(counts)
    else:
        told = ", ".join(str(k) for k in taken)
        out.print(
            f"{counts['queries']:,} works to be named, by {counts['artists']} artists, k = {told}: {output}"
        )
