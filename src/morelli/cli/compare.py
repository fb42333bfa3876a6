"""``morelli compare``: are these by one hand, and how sure is that."""

from __future__ import annotations

from typing import Annotated

import typer

from morelli.cli.console import out, print_json
from morelli.cli.options import DeviceOption, GalleryOption, JsonFlag, ModelOption, WeightsOption


def compare(
    left: Annotated[str, typer.Argument(metavar="A", help="Picture, or work id with --gallery.")],
    right: Annotated[str, typer.Argument(metavar="B", help="Picture, or work id with --gallery.")],
    model: ModelOption,
    gallery: GalleryOption = None,
    prior: Annotated[float, typer.Option(help="Probability of one hand before looking.")] = 0.5,
    weights: WeightsOption = None,
    device: DeviceOption = None,
    json: JsonFlag = False,
) -> None:
    """Say how strongly two pictures speak for one hand.

    Example: morelli compare a.jpg b.jpg --model demo/model-unseen
    """
    from morelli.cli.session import Session
    from morelli.judge import compare_vectors

    session = Session.open(model, gallery, weights=weights, device=device)
    vectors = session.read_works([left, right])
    answer = compare_vectors(session.model, *vectors, names=(left, right), prior=prior)
    if json:
        print_json(answer.to_dict())
        return
    out.print(answer.sentence)
    out.print(
        f"log10 likelihood ratio {answer.log10_likelihood_ratio:+.2f}; "
        f"probability of one hand {answer.probability:.1%} at a prior of {prior:g}"
    )
