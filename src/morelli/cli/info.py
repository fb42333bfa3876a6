"""``morelli info``: what is in a gallery."""

from __future__ import annotations

from typing import Annotated

import typer

from morelli.cli.console import out, print_json, print_table
from morelli.cli.options import GalleryArgument, JsonFlag


def info(
    gallery: GalleryArgument,
    skips: Annotated[bool, typer.Option("--skips", help="List what was left out, with reasons.")] = False,
    artists: Annotated[bool, typer.Option("--artists", help="List the artists with their works.")] = False,
    json: JsonFlag = False,
) -> None:
    """Show what is in a gallery.

    Example: morelli info demo/gallery
    """
    from morelli.gallery import Gallery
    from morelli.gallery.summary import summarise_gallery

    opened = Gallery(gallery)
    listed = opened.skips() if skips else None
    summary = summarise_gallery(opened)
    if json:
        print_json(summary.to_dict() if listed is None else listed.to_dicts())
    elif listed is not None:
        print_table(f"skipped in {gallery}", listed.columns, [list(row) for row in listed.rows()])
    elif artists:
        print_table(gallery, ["artist", "#works"], [[name, str(n)] for name, n in summary.artists])
    else:
        out.print(f"{gallery}: {summary.works} works by {len(summary.artists)} artists")
        out.print(f"  without an artist: {summary.without_artist}, skipped files: {summary.skips}")
        for source in summary.sources:
            out.print(f"  source {source}")
        for encoder in summary.encoders:
            out.print(
                f"  encoder {encoder.name}, {encoder.fingerprint[:12]}: {encoder.dimension} dimensions, "
                f"{encoder.works} works",
            )
