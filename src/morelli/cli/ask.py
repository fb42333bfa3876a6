"""``morelli attribute`` and ``search``: who painted this, and what is like it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from morelli.cli.console import out, print_json, print_table, progress_bar, say, say_skips
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
from morelli.errors import UsageError

if TYPE_CHECKING:
    from morelli.gallery import Gallery, Match
    from morelli.judge import Attribution, Comparison
    from morelli.judge.session import Session
    from morelli.model import Model


# What ``--explain`` and ``--details`` add to ``compare``, ``attribute`` and ``train``.

_ExplainOption = Annotated[
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


def _explain_pair(session: Session, left: str, right: str, folder: Path) -> None:
    """Write where the evidence of a comparison lies; say on stderr where it is."""
    from morelli.judge.explanation import explain_comparison
    from morelli.report.explanation import write_explanation
    from morelli.settings import load_settings

    settings = load_settings()
    paths = [_find_picture(session, name) for name in (left, right)]
    found = explain_comparison(session.model, session.encoder, *paths, seed=settings.seed)
    say(f"details in {write_explanation(found, folder, max_pixels=settings.max_pixels)}")


def _explain_references(session: Session, answers: Sequence[Attribution], folder: Path) -> None:
    """Write the details that pictures share with their nearest references; list those not at hand."""
    from morelli.errors import PictureError, UsageError

    if session.gallery is None:
        raise UsageError("--explain", expected="reference works", found="no gallery", remedy="add --gallery")
    skips = []
    for number, answer in enumerate(answers, start=1):
        for match in answer.references[:_N_REFERENCES]:
            place = folder / f"{number}-{Path(answer.picture).stem}" / f"{match.rank}-{match.id}"
            try:
                _explain_pair(session, answer.picture, match.path, place)
            except PictureError as error:
                reason = f"expected {error.expected}, found {error.found}"
                skips.append({"path": match.path, "reason": reason})
    say_skips(skips, hint="morelli info GALLERY")


def _find_picture(session: Session, name: str) -> Path:
    """Return the file of a picture that was named by its path, or by its work id in the gallery."""
    from morelli.errors import GalleryError
    from morelli.judge.session import is_work_id

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
    from morelli.judge.session import build_encoder
    from morelli.learn.heads.details import fit_details

    encoder = build_encoder(model.encoder, weights, device)
    paths = gallery.works().select("id", "path")
    works = model.split.part("val").join(paths, on="id")
    with progress_bar("details", "pictures") as progress:
        fitted = fit_details(
            model.comparison, encoder, works, n_pictures=n_pictures, seed=seed, progress=progress
        )
    say_skips([{"path": skip.path, "reason": skip.reason} for skip in fitted.skips], hint="--details")
    return replace(model, details=fitted.calibration)


def attribute(
    pictures: Annotated[list[Path], typer.Argument(metavar="IMAGE...", help="Pictures to attribute.")],
    model: ModelOption,
    gallery: GalleryOption = None,
    k: Annotated[int, typer.Option("-k", help="How many artists to name.")] = 5,
    level: Annotated[float, typer.Option(help="Share of prediction sets that hold the right artist.")] = 0.9,
    weights: WeightsOption = None,
    device: DeviceOption = None,
    explain: _ExplainOption = None,
    json: JsonFlag = False,
) -> None:
    """Name the likely artists of pictures, with the reference works nearest to them.

    Example: morelli attribute picture.jpg --model demo/model-seen --gallery demo/gallery
    """
    from morelli.judge import attribute_vectors
    from morelli.judge.session import Session

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
        _explain_references(session, answers, explain)
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
    from morelli.judge.session import search_works

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


# ``morelli compare``: are these by one hand, and how sure is that.

_SETS = ("--left", "--right")


class SetCommand(TyperCommand):
    """A command whose options for sets take all values up to the next option: ``--left a b --right c``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the arguments with the option repeated before each of its values."""
        return super().parse_args(ctx, _repeat_options(args))


def _repeat_options(arguments: list[str]) -> list[str]:
    """Return arguments with ``--left`` and ``--right`` before each of the values that follow them.

    Examples
    --------
    >>> _repeat_options(["--left", "a", "b", "--right", "c", "-m", "model"])
    ['--left', 'a', '--left', 'b', '--right', 'c', '-m', 'model']
    """
    told: list[str] = []
    option = ""
    for argument in arguments:
        if argument.startswith("-"):
            option = argument if argument in _SETS else ""
            told += [] if option else [argument]
        else:
            told += [option, argument] if option else [argument]
    return told


def compare(
    model: ModelOption,
    pair: Annotated[
        list[str] | None, typer.Argument(metavar="A B", help="Two pictures, or work ids with --gallery.")
    ] = None,
    left: Annotated[
        list[str] | None, typer.Option(help="Works by one hand, instead of A; several after one another.")
    ] = None,
    right: Annotated[
        list[str] | None, typer.Option(help="Works by one hand, instead of B; several after one another.")
    ] = None,
    gallery: GalleryOption = None,
    prior: Annotated[float, typer.Option(help="Probability of one hand before looking.")] = 0.5,
    crops: Annotated[int, typer.Option(help="Crops of each picture to measure doubt on, 0 to 5.")] = 4,
    weights: WeightsOption = None,
    device: DeviceOption = None,
    explain: _ExplainOption = None,
    json: JsonFlag = False,
) -> None:
    """Say how strongly two pictures, or two sets of pictures, speak for one hand, and how sure that is.

    Example: morelli compare a.jpg b.jpg --model demo/model-unseen
    """
    import numpy as np

    from morelli.cli.profile import attach_profile, print_profile
    from morelli.judge import compare_sides
    from morelli.judge.comparison import check_prior
    from morelli.judge.session import Session, read_side

    check_prior(prior)
    names = _choose_sides(pair or [], left or [], right or [])
    session = Session.open(model, gallery, weights=weights, device=device)
    sides = [read_side(session, side, n_crops=crops) for side in names]
    answer = compare_sides(session.model, sides[0], sides[1], prior=prior)
    if answer.n_left == answer.n_right == 1:
        vectors = np.concatenate([side.vectors for side in sides])
        answer = attach_profile(session, answer, (names[0][0], names[1][0]), vectors)
    if explain is not None:
        _explain_pair(session, _require_single(names[0]), _require_single(names[1]), explain)
    if json:
        print_json(answer.to_dict())
        return
    _print_comparison(answer)
    if answer.profile is not None:
        out.print()
        print_profile(answer.profile)


def _choose_sides(pair: list[str], left: list[str], right: list[str]) -> tuple[list[str], list[str]]:
    """Return the works of both sides, named either as A and B or with the options.

    Raises
    ------
    UsageError
        When they are named neither way, or both ways.
    """
    if left and right and not pair:
        return left, right
    if len(pair) == 2 and not left and not right:
        return pair[:1], pair[1:]
    raise UsageError(
        "compare",
        expected="two works, or --left and --right with works after each",
        found=f"{len(pair)} works, {len(left)} after --left, {len(right)} after --right",
        remedy="write 'morelli compare A B', or 'morelli compare --left A1 A2 --right B1 B2'",
    )


def _require_single(side: list[str]) -> str:
    if len(side) != 1:
        raise UsageError(
            "--explain",
            expected="one picture on each side",
            found=f"{len(side)} on one",
            remedy="explain them pair by pair",
        )
    return side[0]


def _print_comparison(answer: Comparison) -> None:
    """Print a comparison: the answer, what stands against it, the numbers, and what they rest on."""
    from morelli.judge.words import RANDOM_PAIR_PRIOR, describe_ratio
    from morelli.model.likelihood_ratio import posterior_probability

    out.print(answer.sentence)
    for reason in answer.reasons:
        out.print(f"  because {reason}")
    out.print()
    evidence = answer.log10_likelihood_ratio
    out.print(f"likelihood ratio {describe_ratio(evidence)}; log10 likelihood ratio {evidence:+.2f}")
    if answer.interval is not None:
        low, high = answer.interval
        ratios = f"{describe_ratio(low)} to {describe_ratio(high)}"
        out.print(f"95 % interval {ratios}; log10 {low:+.2f} to {high:+.2f}")
    for part in answer.parts:
        error = f"log10 ±{part.standard_error:.2f} (standard error over {part.n} answers)"
        out.print(f"  {_PARTS[part.name]}: {error}")
    for omission in answer.omissions:
        out.print(
            f"  without {omission.kind} {omission.left_out} ({omission.side}): "
            f"log10 {omission.log10_likelihood_ratio:+.2f}; no other {omission.kind} changes more"
        )
    out.print(f"probability of one hand {answer.probability:.1%} at your prior of {answer.prior:.1%}")
    other = float(posterior_probability(evidence, RANDOM_PAIR_PRIOR))
    out.print(f"at a prior of {RANDOM_PAIR_PRIOR:.1%} (two random works of a big collection): {other:.1%}")


_PARTS = {"crops": "had the pictures been cropped", "artists": "had other artists been learnt from"}
