"""``morelli attribute`` and ``search``: who painted this, and what is like it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from morelli.cli.console import out, print_json, print_table
from morelli.cli.details import ExplainOption, explain_references
from morelli.cli.options import (
    DeviceOption,
    EncoderOption,
    GalleryOption,
    JsonFlag,
    ModelOption,
    RequiredGallery,
    WeightsOption,
    WhereOption,
)

if TYPE_CHECKING:
    from morelli.gallery import Match


def attribute(
    pictures: Annotated[list[Path], typer.Argument(metavar="IMAGE...", help="Pictures to attribute.")],
    model: ModelOption,
    gallery: GalleryOption = None,
    k: Annotated[int, typer.Option("-k", help="How many artists to name.")] = 5,
    level: Annotated[float, typer.Option(help="Share of prediction sets that hold the right artist.")] = 0.9,
    weights: WeightsOption = None,
    device: DeviceOption = None,
    explain: ExplainOption = None,
    json: JsonFlag = False,
) -> None:
    """Name the likely artists of pictures, with the reference works nearest to them.

    Example: morelli attribute picture.jpg --model demo/model-seen --gallery demo/gallery
    """
    from morelli.cli.session import Session
    from morelli.judge import attribute_vectors

    session = Session.open(model, gallery, weights=weights, device=device)
    asked = session.read_pictures(pictures)
    answers = attribute_vectors(
        session.model,
        asked.vectors,
        asked.names,
        references=session.references,
        ids=asked.ids,
        k=k,
        level=level,
    )
    if explain is not None:
        explain_references(session, answers, explain)
    if json:
        print_json([answer.to_dict() for answer in answers])
        return
    for answer in answers:
        rows = [[candidate.to_label(), f"{candidate.probability:.1%}"] for candidate in answer.candidates]
        print_table(f"{answer.picture} ({answer.n_artists} artists known)", ["artist", "probability"], rows)
        out.print(answer.summary)
        if answer.references:
            _print_matches("nearest reference works", list(answer.references))


def search(
    query: Annotated[str, typer.Argument(metavar="IMAGE|WORK_ID", help="Picture, or id of a work.")],
    gallery: RequiredGallery,
    k: Annotated[int, typer.Option("-k", help="How many works.")] = 10,
    where: WhereOption = None,
    model: Annotated[Path | None, typer.Option("--model", "-m", help="Search in a model's space.")] = None,
    by: Annotated[
        str | None,
        typer.Option(help="hand, style, palette, subject or work.", show_default="hand with a model"),
    ] = None,
    encoder: EncoderOption = None,
    weights: WeightsOption = None,
    device: DeviceOption = None,
    json: JsonFlag = False,
) -> None:
    """Find the works most like a picture or a work.

    Example: morelli search picture.jpg --gallery demo/gallery -k 5 --where "year < 1900"
    """
    from morelli.cli.profile import check_signal, search_by
    from morelli.cli.session import search_works

    if by is None or check_signal(by, model) == "hand":
        matches = search_works(
            query, gallery, k=k, where=where, model=model, encoder=encoder, weights=weights, device=device
        )
    else:
        matches = search_by(query, gallery, by, k=k, where=where, model=model, weights=weights, device=device)
    told = {} if by is None else {"signal": by}
    if json:
        print_json([{**told, **match.to_dict()} for match in matches])
        return
    _print_matches(f"works like {query}" + (f" by {by}" if by else ""), matches)


def _print_matches(title: str, matches: list[Match]) -> None:
    rows = [
        [
            f"{match.score:.3f}",
            match.artist or "?",
            match.title or "",
            str(match.year or ""),
            match.id,
            match.path,
        ]
        for match in matches
    ]
    print_table(title, ["score", "artist", "title", "#year", "id", "path"], rows)
