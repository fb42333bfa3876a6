"""``morelli split``: which works to learn from and which to test on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from morelli.cli.console import print_json, print_table
from morelli.cli.options import GalleryArgument, JsonFlag, SeedOption


def split(
    gallery: GalleryArgument,
    kind: Annotated[
        str, typer.Argument(help="seen: 70/15/15 of each artist's works; unseen: 60/15/25 of the artists.")
    ] = "seen",
    seed: SeedOption = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="CSV file to write.")] = None,
    json: JsonFlag = False,
) -> None:
    """Draw a split that keeps near-duplicates together, and write it to a file that can be shared.

    Example: morelli split demo/gallery unseen -o demo/unseen.csv
    """
    from morelli.collection.splits import PARTS, draw_split
    from morelli.gallery import Gallery
    from morelli.settings import load_settings

    drawn = draw_split(Gallery(gallery).works(), kind, seed=load_settings(seed=seed).seed)
    if output is not None:
        drawn.write(output)
    counts = {
        part: {"works": drawn.count(part), "artists": drawn.part(part)["artist"].n_unique()} for part in PARTS
    }
    if json:
        print_json({"split": drawn.name, "sha256": drawn.digest, "parts": counts})
        return
    rows = [[part, str(count["works"]), str(count["artists"])] for part, count in counts.items()]
    print_table(f"split {drawn.name}", ["part", "#works", "#artists"], rows)
