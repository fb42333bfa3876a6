"""``morelli train``: heads from stored vectors."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from morelli.cli.console import err, out, print_json
from morelli.cli.details import DetailsOption, calibrate_details
from morelli.cli.options import (
    DeviceOption,
    EncoderOption,
    GalleryArgument,
    JsonFlag,
    QualifiedFlag,
    SeedOption,
    WeightsOption,
)
from morelli.cli.split import say_steps


def train(
    gallery: GalleryArgument,
    output: Annotated[Path, typer.Option("--output", "-o", help="Model folder to write.")],
    split: Annotated[
        str, typer.Option("--split", "-s", help="seen, unseen, source, official, or a CSV file with a split.")
    ] = "seen",
    encoder: EncoderOption = None,
    with_qualified: QualifiedFlag = False,
    details: DetailsOption = None,
    weights: WeightsOption = None,
    device: DeviceOption = None,
    seed: SeedOption = None,
    json: JsonFlag = False,
) -> None:
    """Learn to name artists and to compare works, from the vectors of a gallery.

    Example: morelli train demo/gallery --split seen -o demo/model-seen
    """
    from morelli.collection.splits import load_split
    from morelli.evaluate.model_card import write_cards
    from morelli.gallery import Gallery
    from morelli.gallery.auditing import read_warnings
    from morelli.learn import train_model
    from morelli.model import write_model
    from morelli.model.sources import read_descriptors
    from morelli.settings import load_settings

    opened = Gallery(gallery)
    card = opened.encoder(encoder)
    settings = load_settings(seed=seed)
    works = opened.works()
    drawn = load_split(split, works, seed=settings.seed, with_qualified=with_qualified)
    say_steps(drawn)
    with err.status("train") as status:
        model = train_model(
            opened.embeddings(card.fingerprint),
            card,
            drawn,
            collection=opened.name,
            seed=settings.seed,
            warnings=read_warnings(opened),
            works=works,
            descriptors=read_descriptors(opened),
            progress=status.update,
        )
    if details is not None:
        model = calibrate_details(
            model, opened, details, weights=weights or (), device=device, seed=settings.seed
        )
    write_model(model, output)
    write_cards(model, output)
    if json:
        print_json(model.to_card())
        return
    validation = model.facts["validation"]
    out.print(
        f"{output}: {len(model.attribution.artists)} artists, comparison {model.comparison.method}, "
        f"split {drawn.name}, {model.facts['seconds']} s; on validation works: "
        f"top-1 {max(validation['accuracy_by_C'].values()):.3f}, "
        f"pair AUC {max(validation['pair_roc_auc_by_method'].values()):.3f}",
    )
