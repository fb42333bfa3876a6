"""``morelli demo``: the whole journey, on painters that the package draws or on a user's own pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from morelli.cli.console import out, progress_bar, say
from morelli.cli.options import SeedOption, WeightsOption


def demo(
    source: Annotated[
        Path | None, typer.Argument(help="Folder or table of pictures; none: painters drawn by the package.")
    ] = None,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Folder for everything that is made.")
    ] = Path("demo"),
    encoder: Annotated[str, typer.Option("--encoder", "-e", help="As for 'morelli embed'.")] = "descriptors",
    weights: WeightsOption = None,
    layers: Annotated[
        list[str] | None, typer.Option("--layers", "-l", help="As for 'morelli embed'.")
    ] = None,
    seed: SeedOption = None,
) -> None:
    """Collect, audit, embed, train and evaluate, and say what to type next.

    Example: morelli demo
    """
    from morelli.cli.collect import audit, collect
    from morelli.cli.embed import embed
    from morelli.cli.evaluate import evaluate
    from morelli.cli.train import train
    from morelli.settings import load_settings

    number = load_settings(seed=seed).seed
    gallery = str(output / "gallery")
    models = [output / f"model-{kind}" for kind in ("seen", "unseen")]
    pictures = source or _draw_pictures(output / "painters", number)
    say(f"1/5 collect {pictures}")
    collect(str(pictures), gallery)
    say("2/5 audit")
    audit(gallery, output / "audit", seed=number)
    say(f"3/5 embed with {encoder}")
    embed(gallery, encoder=encoder, weights=weights, layers=layers)
    say("4/5 train on seen and on unseen artists")
    for kind, model in zip(("seen", "unseen"), models, strict=True):
        train(gallery, model, split=kind, seed=number)
    say("5/5 evaluate")
    evaluate(gallery, models, output / "report", seed=number)
    _say_next(output, gallery)


def _draw_pictures(folder: Path, seed: int) -> Path:
    from morelli.demo.collection import draw_collection

    say("0/5 draw 24 painters")
    with progress_bar("draw", "pictures") as progress:
        return draw_collection(folder, seed=seed, progress=progress)


def _say_next(output: Path, gallery: str) -> None:
    from morelli.gallery import Gallery

    works = Gallery(gallery).works()
    first, last = works["path"][0], works["path"][-1]
    out.print(f"\nThe audit is {output / 'audit' / 'audit.html'},")
    out.print(f"the report {output / 'report' / 'report.html'}. Next:\n")
    for line in (
        f"morelli attribute '{first}' -m {output}/model-seen -g {gallery}",
        f"morelli compare '{first}' '{last}' -m {output}/model-unseen",
        f"morelli search {works['id'][0]} -g {gallery} -k 5",
        f"morelli demo PICTURES -o {output}-mine",
    ):
        out.print(f"  {line}")
