"""``morelli enrol``: an artist added to a model from a few works, without training."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from morelli.cli.console import out, print_json, say_skips
from morelli.cli.options import DeviceOption, GalleryOption, JsonFlag, WeightsOption


def enrol(
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="Model folder.")],
    works: Annotated[
        list[str], typer.Argument(metavar="IMAGE|WORK_ID...", help="1 to 10 pictures, or ids with --gallery.")
    ],
    artist: Annotated[str, typer.Option("--artist", "-a", help="The artist's name.")],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Model folder to write.", show_default="MODEL itself"),
    ] = None,
    gallery: GalleryOption = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Drop the works enrolled for this artist before.")
    ] = False,
    known: Annotated[
        bool,
        typer.Option("--known", help="Enrol an artist whom the model has learnt, beside the learnt one."),
    ] = False,
    weights: WeightsOption = None,
    device: DeviceOption = None,
    json: JsonFlag = False,
) -> None:
    """Add an artist to a model from 1 to 10 works, without training.

    Example: morelli enrol demo/model-seen a.jpg b.jpg --artist "Anna Ancher" -o demo/model-more
    """
    from morelli.cli.session import Session
    from morelli.judge import enrol_artist
    from morelli.model import write_model

    session = Session.open(model, gallery, weights=weights, device=device)
    asked = session.read_each(works)
    say_skips([{"path": skip.path, "reason": skip.reason} for skip in asked.skips], hint="--json")
    larger = enrol_artist(
        session.model, artist, asked.vectors, asked.ids, is_replacing=replace, may_be_known=known
    )
    write_model(larger, output or model)
    counts = larger.enrolled.counts if larger.enrolled is not None else {}
    if json:
        print_json({"enrolled": counts, "skips": [vars(skip) for skip in asked.skips]})
        return
    for name, n_works in counts.items():
        out.print(f"{name}: enrolled from {n_works} work{'s' if n_works != 1 else ''}")
