"""``morelli names``: artists who may stand in a gallery under two spellings, and merging them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from morelli.cli.console import out, print_json, print_table, say
from morelli.cli.options import GalleryArgument, JsonFlag


def names(
    gallery: GalleryArgument,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="CSV file to write for review.")
    ] = None,
    apply: Annotated[
        Path | None, typer.Option("--apply", help="Reviewed CSV file: merge where the decision is 'same'.")
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
    from morelli.collection.aliases import MIN_SCORE, list_twins, match_authority, write_twins
    from morelli.collection.sources.national_gallery_aliases import read_aliases
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
    from morelli.collection.aliases import read_mapping
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
