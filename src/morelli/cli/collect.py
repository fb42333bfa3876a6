"""``morelli collect``: works from a source into a gallery."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from morelli.cli.console import out, print_json, progress_bar, say, say_skips
from morelli.cli.options import JsonFlag, MaxPixelsOption, RequiredGallery


def collect(
    source: Annotated[Path, typer.Argument(help="Folder of pictures, or CSV/Parquet table.")],
    gallery: RequiredGallery,
    layout: Annotated[
        str | None,
        typer.Option(help="table, best-artworks, wikiart or artist-folders; overrules recognition."),
    ] = None,
    max_pixels: MaxPixelsOption = None,
    json: JsonFlag = False,
) -> None:
    """Put the works of a source into a gallery; run it again and it adds only what is new.

    Example: morelli collect demo/painters --gallery demo/gallery
    """
    from morelli.collection.sources import recognise
    from morelli.gallery import Gallery, collect_source
    from morelli.settings import load_settings

    settings = load_settings(max_pixels=max_pixels)
    found = recognise(source, layout)
    say(f"layout {found.name}: {found.reason}")
    with progress_bar("collect", "files") as progress:
        summary = collect_source(
            Gallery(gallery, is_new=True), found, settings, given=source, progress=progress
        )
    say_skips(summary.to_dict()["skips"], hint=f"morelli info {gallery} --skips")
    if json:
        print_json(summary.to_dict())
        return
    out.print(
        f"{summary.works} works in {gallery}: {summary.added} added, {summary.updated} updated, "
        f"{summary.repeated} files repeated, {summary.unchanged} unchanged, {summary.replaced} replaced, "
        f"{len(summary.skips)} skipped"
    )
