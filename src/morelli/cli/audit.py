"""``morelli audit``: what is wrong with a collection, before anything is learnt from it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from morelli.cli.console import out, print_json, print_table, progress_steps, say
from morelli.cli.options import EncoderOption, GalleryArgument, JsonFlag, SeedOption, WorkersOption

if TYPE_CHECKING:
    from morelli.collection.audit.findings import Audit


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
    split: Annotated[
        str | None, typer.Option("--split", "-s", help="Tell what this split lets through: kind or CSV file.")
    ] = None,
    encoder: EncoderOption = None,
    workers: WorkersOption = None,
    seed: SeedOption = None,
    json: JsonFlag = False,
) -> None:
    """Look for duplicates, doubtful pictures and shortcuts; run it again and only new works are read.

    Example: morelli audit demo/gallery -o demo/audit
    """
    from morelli.collection.splits import load_split
    from morelli.evaluate.audit_page import write_audit
    from morelli.gallery import Gallery
    from morelli.gallery.auditing import AuditOptions, audit_gallery, restore_drops
    from morelli.settings import load_settings

    opened = Gallery(gallery)
    if restore:
        n = restore_drops(opened)
        print_json({"restored": n}) if json else out.print(f"{n} files will be collected again")
        return
    settings = load_settings(workers=workers, seed=seed)
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
    print_json(found.to_dict()) if json else print_audit(found)
    say(f"audit: {page}")


def print_audit(found: Audit) -> None:
    """Print what an audit found, in one screen."""
    told = found.to_dict()
    out.print(
        f"{told['collection']}: {told['works']} works, {told['works_in_groups']} of them in {told['groups']} "
        f"groups that show the same painting, {len(told['conflicts'])} pairs under two artists"
    )
    for title, counts in (("pairs", told["links"]), ("flags", told["flags"]), ("classes", told["classes"])):
        rows = [[name, str(n)] for name, n in counts.items() if n]
        if rows:
            out.print()
            print_table(title, ["", "#n"], rows)
    for leak in found.leaks:
        out.print(f"split {found.split}: {leak.n} {leak.meaning}{' (fault)' if leak.is_fault else ''}")
    for warning in found.warnings:
        out.print(f"warning: {warning}")
