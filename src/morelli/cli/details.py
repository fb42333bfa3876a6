"""What ``--explain`` and ``--details`` add to ``compare``, ``attribute`` and ``train``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from morelli.cli.console import progress_bar, say, say_skips

if TYPE_CHECKING:
    from morelli.cli.session import Session
    from morelli.gallery import Gallery
    from morelli.judge import Attribution
    from morelli.model import Model

ExplainOption = Annotated[
    Path | None,
    typer.Option("--explain", help="Folder to write the details that answer each other to."),
]
DetailsOption = Annotated[
    int | None,
    typer.Option(
        "--details", help="Calibrate the likeness of details on this many pictures of the val part."
    ),
]

_N_REFERENCES = 3


def explain_pair(session: Session, left: str, right: str, folder: Path) -> None:
    """Write where the evidence of a comparison lies; say on stderr where it is."""
    from morelli.evaluate.details_page import write_explanation
    from morelli.judge.explanation import explain_comparison
    from morelli.settings import load_settings

    settings = load_settings()
    paths = [find_picture(session, name) for name in (left, right)]
    found = explain_comparison(session.model, session.encoder, *paths, seed=settings.seed)
    say(f"details in {write_explanation(found, folder, max_pixels=settings.max_pixels)}")


def explain_references(session: Session, answers: Sequence[Attribution], folder: Path) -> None:
    """Write the details that pictures share with their nearest references; list those not at hand."""
    from morelli.errors import PictureError, UsageError

    if session.gallery is None:
        raise UsageError("--explain", expected="reference works", found="no gallery", remedy="add --gallery")
    skips = []
    for number, answer in enumerate(answers, start=1):
        for match in answer.references[:_N_REFERENCES]:
            place = folder / f"{number}-{Path(answer.picture).stem}" / f"{match.rank}-{match.id}"
            try:
                explain_pair(session, answer.picture, match.path, place)
            except PictureError as error:
                reason = f"expected {error.expected}, found {error.found}"
                skips.append({"path": match.path, "reason": reason})
    say_skips(skips, hint="morelli info GALLERY")


def find_picture(session: Session, name: str) -> Path:
    """Return the file of a picture that was named by its path, or by its work id in the gallery."""
    from morelli.cli.session import is_work_id
    from morelli.errors import GalleryError

    if not is_work_id(name) or session.gallery is None:
        return Path(name)
    paths = session.gallery.works(f"id = '{name}'")["path"].to_list()
    if not paths:
        raise GalleryError(
            session.gallery.address, expected=f"the work {name}", found="none", remedy="correct the id"
        )
    return Path(paths[0])


def calibrate_details(
    model: Model, gallery: Gallery, n_pictures: int, *, weights: Sequence[Path], device: str | None, seed: int
) -> Model:
    """Return a model that knows how alike details of two hands are."""
    from morelli.cli.session import build_encoder
    from morelli.learn.details import fit_details

    encoder = build_encoder(model.encoder, weights, device)
    paths = gallery.works().select("id", "path")
    works = model.split.part("val").join(paths, on="id")
    with progress_bar("details", "pictures") as progress:
        fitted = fit_details(
            model.comparison, encoder, works, n_pictures=n_pictures, seed=seed, progress=progress
        )
    say_skips([{"path": skip.path, "reason": skip.reason} for skip in fitted.skips], hint="--details")
    return replace(model, details=fitted.calibration)
