"""``morelli review``: labels that other works contradict, and what people say of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from morelli.cli.ask import check_output, write_output
from morelli.cli.console import out, print_json, print_table, progress_bar, say, say_skips
from morelli.cli.options import EncoderOption, GalleryArgument, JsonFlag, OpenFlag, SeedOption

if TYPE_CHECKING:
    from morelli.gallery import Gallery
    from morelli.learn.label_errors import LabelDoubt, LabelReview


def review(
    gallery: GalleryArgument,
    model: Annotated[
        Path | None, typer.Option("--model", "-m", help="Take the vectors of this model's encoder.")
    ] = None,
    encoder: EncoderOption = None,
    rate: Annotated[
        float,
        typer.Option(help="Share that may be listed by chance: the false discovery rate."),
    ] = 0.2,
    judged: Annotated[bool, typer.Option("--judged", help="Also list works that people judged.")] = False,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Page (.html), or a table to fill in (.csv, .xlsx)."),
    ] = None,
    is_opened: OpenFlag = False,
    apply: Annotated[
        Path | None,
        typer.Option("--apply", help="Table with the column verdict: right, wrong, don't know."),
    ] = None,
    author: Annotated[str, typer.Option(help="Whose opinions are applied.")] = "",
    seed: SeedOption = None,
    json: JsonFlag = False,
) -> None:
    """List works whose artist's name the others contradict; keep what people say of them.

    Example: morelli review demo/gallery -o review.html
    """
    from morelli.errors import UsageError
    from morelli.gallery import Gallery
    from morelli.gallery.opinions import read_opinions, settle_opinions
    from morelli.report.answers import draw_review
    from morelli.settings import load_settings

    if not 0 < rate <= 1:
        raise UsageError("--rate", expected="above 0 and at most 1", found=f"{rate:g}", remedy="try 0.2")
    check_output(output)
    opened = Gallery(gallery)
    if apply is not None:
        _apply(opened, apply, author, json=json)
        return
    number = load_settings(seed=seed).seed
    found, listed = _find(opened, _find_encoder(opened, model, encoder), rate, number)
    opinions = read_opinions(opened)
    settled = settle_opinions(opinions, dict(opened.works().select("id", "artist").rows()))
    shown = [doubt for doubt in listed if judged or settled.get(doubt.id, "don't know") == "don't know"]
    rows = [_describe(doubt, settled) for doubt in shown]
    write_output(output, rows, lambda: draw_review(opened, found, shown, opinions), is_opened=is_opened)
    if json:
        counts = {"works": len(found.doubts), "left_out": found.n_left_out, "artists": found.n_artists}
        rates = {"rate": rate, "error_rate": found.error_rate, "accuracy": found.accuracy}
        print_json({**counts, **rates, "judged": len(listed) - len(shown), "doubts": rows})
        return
    out.print(
        f"{len(shown)} of {len(found.doubts)} labels are contradicted by the other works: they are wrong, or "
        f"the works unlike others of their artists. Up to {rate:.0%} are expected to be here by chance. "
        f"People have judged {len(listed) - len(shown)} more; {found.n_left_out} works were left out."
    )
    cells = [
        [row["id"], row["artist"], f"{row['usual']:.1%}", row["looks_like"], f"{row['probability']:.0%}"]
        for row in rows
    ]
    if rows:
        print_table("", ["id", "label", "usual", "looks like", "if not"], cells)
        say("-o review.csv gives a table to fill in: right, wrong or don't know; --apply takes it")


def _find(
    gallery: Gallery, fingerprint: str, rate: float, seed: int
) -> tuple[LabelReview, tuple[LabelDoubt, ...]]:
    from morelli.learn.label_errors import find_label_errors

    with progress_bar("review", "folds") as progress:
        found = find_label_errors(
            gallery.embeddings(fingerprint), gallery.works(), seed=seed, progress=progress
        )
    return found, found.select(rate)


def _apply(gallery: Gallery, path: Path, author: str, *, json: bool) -> None:
    from morelli.gallery.opinions import apply_opinions

    n_new, n_known, skips = apply_opinions(gallery, path, author=author)
    say_skips(skips, hint="--json")
    if json:
        print_json({"added": n_new, "known": n_known, "skips": [vars(skip) for skip in skips]})
        return
    out.print(f"{n_new} opinions added, {n_known} known already, {len(skips)} rows skipped")


def _find_encoder(gallery: Gallery, model: Path | None, encoder: str | None) -> str:
    from morelli.model import read_model

    return gallery.encoder(encoder).fingerprint if model is None else read_model(model).encoder.fingerprint


def _describe(doubt: LabelDoubt, settled: dict[str, str]) -> dict[str, Any]:
    (other, share), *_ = doubt.others
    return {
        "id": doubt.id,
        "artist": doubt.artist,
        "usual": doubt.is_usual,
        "rate": doubt.rate,
        "looks_like": other,
        "probability": share,
        "verdict": settled.get(doubt.id, ""),
        "instead": "",
        "note": "",
    }
