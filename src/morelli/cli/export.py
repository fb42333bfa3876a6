"""``morelli export``: a split as folders or shards that other tools read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from morelli.cli.console import out, print_json, progress_bar, say, say_skips
from morelli.cli.options import GalleryArgument, JsonFlag, QualifiedFlag, SeedOption
from morelli.cli.split import say_steps


def export(
    gallery: GalleryArgument,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder to write.")],
    split: Annotated[
        str, typer.Option("--split", "-s", help="seen, unseen, source, official, or a CSV file with a split.")
    ] = "seen",
    layout: Annotated[
        str,
        typer.Option(
            "--as",
            help="folders: PART/CLASS/ID.jpg; hf: Parquet shards for Hugging Face datasets; webdataset: tar "
            "shards.",
        ),
    ] = "folders",
    by: Annotated[str, typer.Option(help="What the classes are: artist, style or genre.")] = "artist",
    link: Annotated[
        str, typer.Option(help="In folders: copy, hard (hard links) or soft (symbolic links).")
    ] = "copy",
    shard_mb: Annotated[int, typer.Option(help="In shards: megabytes of pictures in each.")] = 256,
    with_qualified: QualifiedFlag = False,
    seed: SeedOption = None,
    json: JsonFlag = False,
) -> None:
    """Write the pictures of a split for other tools; run it again and it writes only what is missing.

    Example: morelli export demo/gallery --split seen -o demo/folders --as folders --link soft
    """
    from morelli.collection.exports import export_split
    from morelli.collection.splits import load_split
    from morelli.gallery import Gallery
    from morelli.settings import load_settings

    works = Gallery(gallery).works()
    drawn = load_split(split, works, seed=load_settings(seed=seed).seed, with_qualified=with_qualified)
    say_steps(drawn)
    with progress_bar("export", "works") as progress:
        summary = export_split(
            drawn, works, output, layout=layout, by=by, link=link, shard_mb=shard_mb, progress=progress
        )
    for name, folder in summary.renamed.items():
        say(f"class {name!r} is in the folder {folder!r}")
    say_skips(summary.to_dict()["skips"], hint="--json")
    if json:
        print_json(summary.to_dict())
        return
    parts = ", ".join(f"{part} {n}" for part, n in summary.parts.items())
    out.print(
        f"{output}: {summary.written} works written, {summary.already} already there, "
        f"{len(summary.skips)} skipped; {parts}; {summary.classes} classes"
    )
