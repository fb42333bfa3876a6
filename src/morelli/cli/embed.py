"""``morelli embed``, ``encoders`` and ``index``: vectors for works, what made them, how they are searched."""

from __future__ import annotations

from typing import Annotated

import typer

from morelli.cli.console import err, out, print_json, print_table, progress_bar, say, say_skips
from morelli.cli.options import (
    DeviceOption,
    EncoderOption,
    GalleryArgument,
    JsonFlag,
    MaxPixelsOption,
    MemoryOption,
    NoWaitFlag,
    PrecisionOption,
    SeedOption,
    WeightsOption,
    WorkersOption,
)


def embed(
    gallery: GalleryArgument,
    encoder: Annotated[
        str,
        typer.Option(
            "--encoder", "-e", help="'descriptors', a timm model, several joined by '+', or a YAML file."
        ),
    ] = "descriptors",
    weights: WeightsOption = None,
    layers: Annotated[
        list[str] | None,
        typer.Option(
            "--layers", "-l", help="Modules to pool, as blocks.2,blocks.3; once per network, in order."
        ),
    ] = None,
    pooling: Annotated[
        str, typer.Option(help="auto, own, cls, mean, mean+std, mean+std+covariance or map.")
    ] = "auto",
    size: Annotated[
        int | None, typer.Option(help="Input side in pixels.", show_default="the weights'")
    ] = None,
    mean: Annotated[
        list[float] | None, typer.Option(help="Normalisation mean, 0..1: one for all channels, or three.")
    ] = None,
    std: Annotated[
        list[float] | None, typer.Option(help="Normalisation deviation: one for all channels, or three.")
    ] = None,
    crop: Annotated[
        str, typer.Option(help="weights: as they were trained; squash: nothing cut away.")
    ] = "weights",
    batch_size: Annotated[int | None, typer.Option(help="Pictures at once.", show_default="32")] = None,
    device: DeviceOption = None,
    precision: PrecisionOption = None,
    workers: WorkersOption = None,
    max_pixels: MaxPixelsOption = None,
    memory: MemoryOption = None,
    no_wait: NoWaitFlag = False,
    json: JsonFlag = False,
) -> None:
    """Give every work its vector; run it again and it goes on where it was stopped.

    Example: morelli embed demo/gallery --encoder descriptors
    """
    from morelli.encode.encoder import Encoder
    from morelli.encode.spec import parse_encoder
    from morelli.errors import GalleryError
    from morelli.gallery import Gallery, embed_gallery
    from morelli.settings import load_settings

    opened = Gallery(gallery, waits=not no_wait)
    settings = load_settings(
        batch_size=batch_size, device=device, precision=precision, workers=workers,
        max_pixels=max_pixels, memory=memory,
    )  # fmt: skip
    spec = parse_encoder(
        encoder, weights=weights or (), layers=layers or (), pooling=pooling, size_px=size,
        mean=mean, std=std, crop=crop,
    )  # fmt: skip
    with err.status(f"build {encoder}, fetching weights that are not at hand"):
        built = Encoder(spec, settings)
    for part in built.card.parts:
        if part.note:
            say(f"{part.model}: {part.note}")
    with progress_bar("embed", "images") as progress:
        summary = embed_gallery(opened, built, settings, progress=progress)
    say_skips(summary.skips, hint=f"morelli info {gallery} --skips")
    if not summary.embedded and not summary.already:
        raise GalleryError(
            str(gallery),
            expected="a work whose picture can be read",
            found=f"none among {len(summary.skips)}",
            remedy=f"see the reasons with 'morelli info {gallery} --skips'",
        )
    if json:
        print_json(summary.to_dict())
        return
    rate = f", {summary.embedded / summary.seconds:.1f} images/s" if summary.embedded else ""
    out.print(
        f"{summary.embedded} works embedded{rate}, {summary.already} already there; "
        f"encoder {summary.encoder}, {summary.dimension} dimensions, fingerprint {summary.fingerprint[:12]}",
    )


def encoders(
    gallery: GalleryArgument,
    remove: Annotated[
        str | None,
        typer.Option(metavar="ENCODER", help="Take out the vectors of this one: name or first digits."),
    ] = None,
    no_wait: NoWaitFlag = False,
    json: JsonFlag = False,
) -> None:
    """List the encoders of a gallery with the vectors each has made, or remove one with its vectors.

    Example: morelli encoders demo/gallery
    """
    from dataclasses import asdict

    from morelli.gallery import Gallery
    from morelli.gallery.store import summarise_gallery

    opened = Gallery(gallery, waits=not no_wait)
    if remove is not None:
        card = opened.encoder(remove)
        n = opened.remove_encoder(card.fingerprint)
        say(f"removed {card.name}, {card.fingerprint[:12]}, with {n} vectors")
    found = summarise_gallery(opened)
    if json:
        print_json([asdict(one) for one in found.encoders])
        return
    rows = [
        [one.name, one.fingerprint[:12], str(one.dimension), f"{one.works} of {found.works}", one.note]
        for one in found.encoders
    ]
    print_table(gallery, ["encoder", "fingerprint", "#dimensions", "#works", "note"], rows)


def index(
    gallery: GalleryArgument,
    encoder: EncoderOption = None,
    recall: Annotated[float, typer.Option(help="Share of the ten nearest works that is to be found.")] = 0.98,
    exact_up_to: Annotated[
        int, typer.Option(help="Works up to which no index is made: search is exact, and as quick.")
    ] = 200_000,
    seed: SeedOption = None,
    no_wait: NoWaitFlag = False,
    json: JsonFlag = False,
) -> None:
    """Index the vectors of a large gallery, and measure on a sample how much of the nearest it finds.

    Example: morelli index demo/gallery --recall 0.98
    """
    from morelli.gallery import Gallery
    from morelli.gallery.index import index_gallery
    from morelli.settings import load_settings

    opened = Gallery(gallery, waits=not no_wait)
    card = opened.encoder(encoder)
    with progress_bar("measure", "settings") as progress:
        summary = index_gallery(
            opened,
            card.fingerprint,
            recall=recall,
            exact_limit=exact_up_to,
            seed=load_settings(seed=seed).seed,
            progress=progress,
        )
    if not summary.is_good:
        say(
            f"WARNING: recall@10 is {summary.recall:.3f}, under the {recall:g} asked for: "
            f"'morelli index {gallery} --exact-up-to {summary.works}' goes back to exact search"
        )
    if json:
        print_json(summary.to_dict())
        return
    parted = f", {summary.probes} of {summary.partitions} partitions" if summary.partitions else ""
    out.print(
        f"{summary.works} works, {summary.kind}{parted}: recall@10 {summary.recall:.3f}, "
        f"{summary.milliseconds:.1f} ms a query, built in {summary.seconds:.1f} s"
    )
