"""``morelli collect``, ``info``, ``names`` and ``audit``: what is in a gallery, and what is wrong with it."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from morelli.cli.console import out, print_json, print_table, progress_steps, say, say_skips
from morelli.cli.options import (
    EncoderOption,
    GalleryArgument,
    JsonFlag,
    MaxPixelsOption,
    MemoryOption,
    NoWaitFlag,
    RequiredGallery,
    SeedOption,
    WorkersOption,
)

if TYPE_CHECKING:
    from morelli.audit.findings import Audit
    from morelli.collection.sources import Layout
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
    exclude: Annotated[
        list[str] | None,
        typer.Option(help="Leave out files and folders of this name, as '*_small.jpg'; repeatable."),
    ] = None,
    prune: Annotated[
        bool, typer.Option("--prune", help="List works whose files are gone; with --yes take them out.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do what --prune lists.")] = False,
    workers: WorkersOption = None,
    max_pixels: MaxPixelsOption = None,
    memory: MemoryOption = None,
    no_wait: NoWaitFlag = False,
    json: JsonFlag = False,
) -> None:
    """Put the works of a source into a gallery; run it again and it adds only what is new.

    Example: morelli collect demo/painters --gallery demo/gallery
    """
    from morelli.collection.downloads import Downloader, Politeness
    from morelli.collection.opening import open_source, parse_only
    from morelli.collection.sources.layout import PackedLayout
    from morelli.collection.sources.tables.columns import parse_map
    from morelli.gallery import CollectOptions, Gallery, collect_source
    from morelli.gallery.collect import name_pictures
    from morelli.settings import load_settings

    settings = load_settings(max_pixels=max_pixels, workers=workers, memory=memory)
    wanted = parse_only(only or ())
    mapping = parse_map(",".join(columns)) if columns else None
    with ExitStack() as stack:
        downloader = None
        if download is not None:
            politeness = Politeness(rate_per_s=rate, allow_private=allow_private)
            downloader = stack.enter_context(Downloader(download, politeness))
        progress = stack.enter_context(progress_steps())
        given, found = open_source(source, layout, mapping, downloader=downloader, progress=progress, say=say)
        say(f"layout {found.name}: {found.reason}")
        columns_of = _say_columns(found)
        opened = Gallery(gallery, is_new=True, waits=not no_wait)
        if isinstance(found, PackedLayout):
            say(f"pictures are written out, once, into {name_pictures(opened, downloader)}")
        summary = collect_source(
            opened,
            found,
            settings,
            options=CollectOptions(
                given, wanted, downloader, retry_failed, tuple(exclude or ()), prune and yes
            ),
            progress=progress,
        )
    _report_vanished(summary, lists_all=prune)
    _report_collected(summary, gallery, download, is_json=json, columns=columns_of)


def _say_columns(layout: Layout) -> dict[str, object]:
    """Say which column of a table became which field, and which are not used; return the same for JSON."""
    from morelli.collection.sources.hugging_face import HuggingFace
    from morelli.collection.sources.tables.sidecars import Sidecars
    from morelli.collection.sources.tables.table import Table

    if not isinstance(layout, Table | HuggingFace | Sidecars):
        return {}
    say("columns: " + ", ".join(f"{field} from {column!r}" for field, column in layout.columns.items()))
    if layout.unused:
        say("columns not used: " + ", ".join(map(repr, layout.unused)))
    if nearest := layout.suggest_artist():
        named = " or ".join(map(repr, nearest))
        say(f"no column names the artists; if it is {named}, add --map artist=COLUMN")
    return {"columns": layout.columns, "unused_columns": list(layout.unused)}


def _report_vanished(summary: CollectSummary, *, lists_all: bool) -> None:
    """Say which works have lost their file, and what becomes of them."""
    n = len(summary.vanished)
    if not n:
        return
    said = "taken out, with their vectors" if summary.pruned else "kept; '--prune --yes' takes them out"
    say(f"{n} works whose files are no longer there, {said}:")
    shown = summary.vanished if lists_all else summary.vanished[:5]
    for path in shown:
        say(f"  {path}")
    if len(shown) < n:
        say("  ... all with '--prune'")


def _report_collected(
    summary: CollectSummary, gallery: str, download: Path | None, *, is_json: bool, columns: dict[str, object]
) -> None:
    """Print what was collected, and where records were lost; beside downloads leave a table of the losses."""
    from morelli.collection.downloads import write_losses

    if download is not None:
        write_losses(download / "losses.csv", summary.skips)
        say(f"losses: {download / 'losses.csv'}")
    say_skips(summary.skips, hint=f"morelli info {gallery} --skips")
    n_away = summary.funnel["with a picture"] - summary.funnel["at hand"] - summary.dropped
    if download is None and n_away:
        say(f"{n_away} works have only an address; add --download FOLDER to fetch their pictures")
    if is_json:
        print_json(summary.to_dict() | columns)
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
    from morelli.gallery.store import list_losses, summarise_gallery

    opened = Gallery(gallery)
    listed = list_losses(opened) if skips else None
    summary = summarise_gallery(opened)
    if json and listed is not None and artists:
        print_json({"artists": dict(summary.artists), "skips": listed.to_dicts()})
        return
    if json:
        print_json(summary.to_dict() if listed is None else listed.to_dicts())
        return
    if artists:
        print_table(gallery, ["artist", "#works"], [[name, str(n)] for name, n in summary.artists])
    if listed is not None:
        print_table(f"skipped in {gallery}", listed.columns, [list(row) for row in listed.rows()])
    if listed is None and not artists:
        out.print(f"{gallery}: {summary.works} works by {len(summary.artists)} artists")
        out.print(f"  without an artist: {summary.without_artist}, skipped files: {summary.skips}")
        if summary.vanished:
            out.print(f"  works whose files are no longer there: {summary.vanished}")
        for source in summary.sources:
            out.print(f"  source {source}")
        for encoder in summary.encoders:
            out.print(
                f"  encoder {encoder.name}, {encoder.fingerprint[:12]}: {encoder.dimension} dimensions, "
                f"{encoder.works} works",
            )


def names(
    gallery: GalleryArgument,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="CSV or Excel file (.xlsx) to write for review.")
    ] = None,
    apply: Annotated[
        Path | None,
        typer.Option("--apply", help="Reviewed CSV or Excel file: merge where the decision is 'same'."),
    ] = None,
    authority: Annotated[
        Path | None,
        typer.Option(help="Folder with the National Gallery of Art's artists: add other names."),
    ] = None,
    score: Annotated[
        float | None, typer.Option(help="Least score of a pair, up to 1.", show_default="0.9")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Suggest artists who may be one under two spellings, or merge those that a person has reviewed.

    Example: morelli names demo/gallery -o twins.csv
    """
    from morelli.collection.names.twins import MIN_SCORE, list_twins, match_authority, write_twins
    from morelli.collection.sources.national_gallery import read_aliases
    from morelli.gallery import Gallery

    if apply is not None:
        _merge(gallery, apply, has_other=output is not None or score is not None, json=json)
        return
    works = Gallery(gallery).works()
    twins = list_twins(works, score=MIN_SCORE if score is None else score)
    if authority is not None:
        twins = match_authority(works["artist"].drop_nulls().to_list(), read_aliases(authority)) + twins
    if output is not None:
        write_twins(output, twins)
        say(f"write 'same' or 'different' into the column 'decision', then: "
            f"morelli names {gallery} --apply {output}")  # fmt: skip
    if json:
        print_json([twin.to_dict() for twin in twins])
        return
    rows = [[twin.alias, twin.artist, f"{twin.score:.3f}", twin.reason] for twin in twins]
    print_table(f"{len(rows)} pairs that may be one artist", ["alias", "artist", "score", "reason"], rows)


def _merge(gallery: str, reviewed: Path, *, has_other: bool, json: bool) -> None:
    from morelli.collection.names.twins import read_mapping
    from morelli.errors import UsageError
    from morelli.gallery import Gallery

    if has_other:
        raise UsageError(
            "--apply",
            expected="--apply alone",
            found="it together with --output or --score",
            remedy="suggest first, then apply",
        )
    opened = Gallery(gallery)
    mapping = read_mapping(reviewed)
    before = opened.works()["artist"]
    opened.store_aliases(mapping)
    n_renamed = int(before.is_in(list(opened.aliases())).sum())
    if json:
        print_json({"aliases": mapping, "renamed": n_renamed})
        return
    out.print(f"{len(mapping)} aliases stored, {n_renamed} works renamed")


def audit(
    gallery: GalleryArgument,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Folder for audit.html and its tables.")
    ] = Path("audit"),
    drop: Annotated[
        list[str] | None,
        typer.Option(help="Take works with this flag out of the gallery, listed as skipped; repeatable."),
    ] = None,
    restore: Annotated[
        bool, typer.Option("--restore", help="Let 'collect' take up again what was dropped, and stop.")
    ] = False,
    apply: Annotated[
        Path | None,
        typer.Option(
            help="Reviewed links.csv with a column 'decision': pairs called 'different' stay apart."
        ),
    ] = None,
    split: Annotated[
        str | None, typer.Option("--split", "-s", help="Tell what this split lets through: kind or CSV file.")
    ] = None,
    encoder: EncoderOption = None,
    workers: WorkersOption = None,
    memory: MemoryOption = None,
    seed: SeedOption = None,
    no_wait: NoWaitFlag = False,
    json: JsonFlag = False,
) -> None:
    """Look for duplicates, doubtful pictures and shortcuts; run it again and only new works are read.

    Example: morelli audit demo/gallery -o demo/audit
    """
    from morelli.audit.run import AuditOptions, apply_verdicts, audit_gallery, restore_drops
    from morelli.collection.splits import load_split
    from morelli.gallery import Gallery
    from morelli.report.audit import write_audit
    from morelli.settings import load_settings

    opened = Gallery(gallery, waits=not no_wait)
    if restore:
        n = restore_drops(opened)
        print_json({"restored": n}) if json else out.print(f"{n} files will be collected again")
        return
    if apply is not None:
        say(f"{apply_verdicts(opened, apply)} pairs noted as not the same painting")
    settings = load_settings(workers=workers, memory=memory, seed=seed)
    cards = opened.encoders()
    vectors = opened.embeddings(opened.encoder(encoder).fingerprint) if encoder or len(cards) == 1 else None
    with progress_steps() as progress:
        found = audit_gallery(
            opened,
            settings,
            options=AuditOptions(tuple(drop or ()), settings.seed),
            embeddings=vectors,
            load_split=(lambda works: load_split(split, works, seed=settings.seed)) if split else None,
            progress=progress,
        )
    page = write_audit(found, output)
    print_json(found.to_dict()) if json else _print_audit(found)
    say(f"audit: {page}")


def _print_audit(found: Audit) -> None:
    """Print what an audit found, in one screen."""
    facts = found.to_dict()
    out.print(
        f"{facts['collection']}: {facts['works']} works, {facts['works_in_groups']} of them in "
        f"{facts['groups']} groups that show the same painting, "
        f"{len(facts['conflicts'])} pairs under two artists"
    )
    for title, name in (("pairs", "links"), ("flags", "flags"), ("classes", "classes")):
        rows = [[value, str(n)] for value, n in facts[name].items() if n]
        if rows:
            out.print()
            print_table(title, ["", "#n"], rows)
    for leak in found.leaks:
        out.print(f"split {found.split}: {leak.n} {leak.meaning}{' (fault)' if leak.is_fault else ''}")
    for warning in found.warnings:
        out.print(f"warning: {warning}")


def compact(gallery: GalleryArgument, no_wait: NoWaitFlag = False, json: JsonFlag = False) -> None:
    """Take out works and vectors that are stored twice, and join the small files of many commits.

    Example: morelli compact demo/gallery
    """
    from morelli.gallery import Gallery

    opened = Gallery(gallery, waits=not no_wait)
    doubles = opened.remove_doubles()
    opened.compact()
    if json:
        print_json({"doubles": doubles, "works": opened.count_works()})
        return
    told = ", ".join(f"{n} in {name}" for name, n in doubles.items()) or "none"
    out.print(f"{opened.count_works()} works; rows that stood twice and were taken out: {told}")
