"""``morelli collect``: works from a source into a gallery."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from morelli.cli.console import out, print_json, progress_steps, say, say_skips
from morelli.cli.options import JsonFlag, MaxPixelsOption, RequiredGallery

if TYPE_CHECKING:
    from morelli.gallery import CollectSummary


def collect(
    source: Annotated[
        str,
        typer.Argument(help="Folder, table, museum's data, address of a IIIF manifest, or kaggle:NAME."),
    ],
    gallery: RequiredGallery,
    layout: Annotated[
        str | None, typer.Option(help="Name of a layout; overrules recognition. See the documentation.")
    ] = None,
    columns: Annotated[
        list[str] | None,
        typer.Option("--map", help="Columns of your own table, as artist=Painter,title=Titel; repeatable."),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(help="Only such works, as classification=Painting; repeatable."),
    ] = None,
    download: Annotated[
        Path | None, typer.Option(help="Fetch pictures that the source has addresses of, into this folder.")
    ] = None,
    rate: Annotated[float, typer.Option(help="Requests per second to one host.")] = 5.0,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Also fetch from private and loopback addresses.")
    ] = False,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Ask again for pictures that failed for good.")
    ] = False,
    max_pixels: MaxPixelsOption = None,
    json: JsonFlag = False,
) -> None:
    """Put the works of a source into a gallery; run it again and it adds only what is new.

    Example: morelli collect demo/painters --gallery demo/gallery
    """
    from morelli.cli.sources import open_downloader, open_source
    from morelli.collection.fetching import parse_only
    from morelli.gallery import CollectOptions, Gallery, collect_source
    from morelli.settings import load_settings

    settings = load_settings(max_pixels=max_pixels)
    wanted = parse_only(only or ())
    with ExitStack() as stack:
        downloader = open_downloader(stack, download, rate, is_private_allowed=allow_private)
        progress = stack.enter_context(progress_steps())
        given, found = open_source(
            source, layout, columns or (), downloader=downloader, folder=download, progress=progress
        )
        say(f"layout {found.name}: {found.reason}")
        summary = collect_source(
            Gallery(gallery, is_new=True),
            found,
            settings,
            options=CollectOptions(given, wanted, downloader, retry_failed),
            progress=progress,
        )
    report_collected(summary, gallery, download, is_json=json)


def report_collected(summary: CollectSummary, gallery: str, download: Path | None, *, is_json: bool) -> None:
    """Print what was collected, and where records were lost; beside downloads leave a table of the losses."""
    from morelli.collection.downloads import write_losses

    if download is not None:
        write_losses(download / "losses.csv", summary.skips)
        say(f"losses: {download / 'losses.csv'}")
    say_skips(summary.to_dict()["skips"], hint=f"morelli info {gallery} --skips")
    n_away = summary.funnel["with a picture"] - summary.funnel["at hand"] - summary.dropped
    if download is None and n_away:
        say(f"{n_away} works have only an address; add --download FOLDER to fetch their pictures")
    if is_json:
        print_json(summary.to_dict())
        return
    steps = [f"{n} {step}" for step, n in summary.funnel.items()]
    if len(set(summary.funnel.values())) > 1:
        out.print("records: " + ", ".join(steps))
    dropped = f", {summary.dropped} left out as dropped" if summary.dropped else ""
    out.print(
        f"{summary.works} works in {gallery}: {summary.added} added, {summary.updated} updated, "
        f"{summary.repeated} files repeated, {summary.unchanged} unchanged, {summary.replaced} replaced, "
        f"{len(summary.skips)} skipped{dropped}"
    )
