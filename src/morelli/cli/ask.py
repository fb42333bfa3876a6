"""``morelli attribute``, ``compare`` and ``search``: who painted this, one hand or two, what is like it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from morelli.cli.console import out, print_json, print_table, progress_bar, say, say_skips
from morelli.cli.options import (
    AnswersOption,
    DeviceOption,
    EncoderOption,
    GalleryOption,
    JsonFlag,
    ModelOption,
    OpenFlag,
    RequiredGallery,
    WeightsOption,
    WhereOption,
)
from morelli.errors import MorelliError, PictureError, UsageError

if TYPE_CHECKING:
    from morelli.collection.work import Skip
    from morelli.gallery import Match
    from morelli.judge import Attribution, Comparison, Session, SignalProfile
    from morelli.judge.works import Queries

_N_EXPLAINED = 3
"""Reference works of each picture that ``--explain`` compares it with."""

_BATCH = 32  # pictures read and answered at a time

_BAR_WIDTH = 8
"""Characters of a bar to each side, one for each half power of ten."""

_DOUBTS = {"crops": "had the pictures been cropped", "artists": "had other artists been learnt from"}

_DOMAIN = {
    True: "the works lie within its years and styles",
    False: "not all works lie within its years and styles",
    None: "whether the works lie within its years and styles is not known",
}

_ExplainOption = Annotated[
    Path | None,
    typer.Option("--explain", help="Folder to write the details that answer each other to."),
]


def attribute(
    pictures: Annotated[list[Path], typer.Argument(metavar="IMAGE...", help="Pictures, or folders of them.")],
    model: ModelOption,
    gallery: GalleryOption = None,
    k: Annotated[int, typer.Option("-k", help="How many artists to name.")] = 5,
    level: Annotated[float, typer.Option(help="Share of prediction sets that hold the right artist.")] = 0.9,
    weights: WeightsOption = None,
    device: DeviceOption = None,
    explain: _ExplainOption = None,
    output: AnswersOption = None,
    is_opened: OpenFlag = False,
    json: JsonFlag = False,
) -> None:
    """Name the likely artists of pictures, with the reference works nearest to them.

    Example: morelli attribute picture.jpg --model demo/model-seen --gallery demo/gallery
    """
    from morelli.judge import Session

    check_output(output)
    session = Session.open(model, gallery, weights=weights, device=device)
    answers = _attribute_all(session, [str(picture) for picture in pictures], output, k=k, level=level)
    if explain is not None:
        _explain_references(session, answers, explain)
    _write_attributions(output, answers, is_opened=is_opened)
    if json:
        print_json([answer.to_dict() for answer in answers])
        return
    for answer in answers:
        _print_attribution(answer)


def _attribute_all(
    session: Session, pictures: Sequence[str], output: Path | None, *, k: int, level: float
) -> list[Attribution]:
    """Return the answers on all pictures, those of folders too; say which cannot be used.

    JSON Lines are written batch by batch; what they hold already is not asked again.
    """
    from morelli.judge.works import open_folders
    from morelli.report.answers import is_lines, list_answered

    names, skips = open_folders(pictures)
    is_growing = output is not None and is_lines(output)
    answered = list_answered(output) if output is not None and is_growing else frozenset()
    waiting = [name for name in names if name not in answered]
    if answered:
        say(f"{len(names) - len(waiting)} of {len(names)} pictures are answered in {output} already")
    answers: list[Attribution] = []
    with progress_bar("attribute", "pictures") as progress:
        for start in range(0, len(waiting), _BATCH):
            works, lost = _read_some(session, waiting[start : start + _BATCH], is_only=len(waiting) == 1)
            skips += lost
            found = session.attribute(works, k=k, level=level) if works is not None else []
            if output is not None and is_growing:
                _append(output, found)
            answers += found
            progress("", min(start + _BATCH, len(waiting)), len(waiting))
    say_skips(skips, hint="one picture at a time")
    if waiting and not answers:
        raise PictureError(
            f"{len(waiting)} pictures",
            expected="at least one to attribute",
            found="none that can be used",
            remedy="give others",
        )
    return answers


def _read_some(
    session: Session, names: Sequence[str], *, is_only: bool
) -> tuple[Queries | None, tuple[Skip, ...]]:
    """Return works as vectors, and what cannot be used; of a picture that is alone the error itself."""
    from morelli.collection.work import Skip

    try:
        works = session.read(names)
    except PictureError:
        if is_only:
            raise
        return None, tuple(Skip(name, "expected a picture to attribute, found none") for name in names)
    return works, works.skips


def _append(output: Path, answers: Sequence[Attribution]) -> None:
    from morelli.report.answers import append_lines

    append_lines(output, [answer.to_dict() for answer in answers])


def _write_attributions(output: Path | None, answers: Sequence[Attribution], *, is_opened: bool) -> None:
    from morelli.report.answers import draw_attributions, is_lines, tabulate_attributions

    if output is not None and is_lines(output):
        say(f"answers in {output}")
        return
    write_output(
        output, tabulate_attributions(answers), lambda: draw_attributions(answers), is_opened=is_opened
    )


def _print_attribution(answer: Attribution) -> None:
    """Print the answer in a sentence, then "none of these" and the artists, then the nearest works."""
    from morelli.judge.words import describe_none

    out.print(f"{answer.picture}: {answer.summary}")
    for doubt in answer.doubts:
        out.print(f"  but no promise holds: the picture is {doubt}")
    rows = [[candidate.to_label(), f"{candidate.probability:.1%}"] for candidate in answer.candidates]
    if answer.none_of_these is not None:
        out.print(describe_none(answer.none_of_these))
    out.print(f"if it is one of the {answer.n_artists} artists known:")
    print_table("", ["artist", "probability"], rows)
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
    output: AnswersOption = None,
    is_opened: OpenFlag = False,
    json: JsonFlag = False,
) -> None:
    """Find the works most like a picture or a work.

    Example: morelli search picture.jpg --gallery demo/gallery -k 5 --where "year < 1900"
    """
    from morelli.judge import Session
    from morelli.report.answers import draw_matches

    check_output(output)
    session = Session.open(model, gallery, weights=weights, device=device)
    matches = session.search(query, k=k, where=where, by=by, encoder=encoder)
    write_output(
        output,
        [match.to_dict() for match in matches],
        lambda: draw_matches(query, matches, by=by, picture=_find_picture(session, query)),
        is_opened=is_opened,
    )
    if json:
        signal = {} if by is None else {"signal": by}
        print_json([{**signal, **match.to_dict()} for match in matches])
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
    among: Annotated[
        str | None,
        typer.Option(
            metavar="SQL|auto", help="Calibrate on works that a condition keeps, or on those like the two."
        ),
    ] = None,
    weights: WeightsOption = None,
    device: DeviceOption = None,
    explain: _ExplainOption = None,
    output: AnswersOption = None,
    is_opened: OpenFlag = False,
    json: JsonFlag = False,
) -> None:
    """Say how strongly two pictures, or two sets of pictures, speak for one hand, and how sure that is.

    Example: morelli compare a.jpg b.jpg --model demo/model-unseen
    """
    from morelli.judge import Session
    from morelli.judge.works import read_labels
    from morelli.learn.population import recalibrate_among
    from morelli.report.answers import draw_comparison

    check_output(output)
    sides = _choose_sides(pair or [], left or [], right or [])
    if explain is not None:
        _require_singles(sides)
    session = Session.open(model, gallery, weights=weights, device=device)
    if among is not None:
        labels = read_labels(session.gallery, [*sides[0], *sides[1]])
        session = session.with_model(recalibrate_among(session.model, session.gallery, among, labels))
    answer = session.compare(*sides, prior=prior, n_crops=crops)
    if explain is not None:
        _explain_pair(session, sides[0][0], sides[1][0], explain, answer)
    files = [[(name, _find_picture(session, name)) for name in side] for side in sides]
    write_output(output, [answer.to_dict()], lambda: draw_comparison(answer, *files), is_opened=is_opened)
    print_json(answer.to_dict()) if json else _print_comparison(answer)


def check_output(output: Path | None) -> None:
    """Refuse an output of no known kind before anything is asked."""
    from morelli.report.answers import check_ending

    if output is not None:
        check_ending(output)


def write_output(
    output: Path | None, rows: Sequence[dict[str, Any]], draw: Callable[[], str], *, is_opened: bool
) -> None:
    """Write an answer where that was asked for, say where, and show it."""
    from morelli.report.answers import write_answers

    if output is None and not is_opened:
        return
    path = write_answers(output or Path("morelli-answer.html"), rows, draw)
    say(f"answer in {path}")
    if is_opened:
        typer.launch(str(path))


def _find_picture(session: Session, name: str) -> str | None:
    """Return the file of a work, or None where it is no longer the one that was collected."""
    try:
        return str(session.find_file(name))
    except MorelliError:
        return None


def _choose_sides(pair: list[str], left: list[str], right: list[str]) -> tuple[list[str], list[str]]:
    """Return the works of both sides, named either as A and B or with the options."""
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


def _require_singles(sides: Sequence[list[str]]) -> None:
    for side in sides:
        if len(side) != 1:
            raise UsageError(
                "--explain",
                expected="one picture on each side",
                found=f"{len(side)} on one",
                remedy="explain them pair by pair",
            )


def _print_comparison(answer: Comparison) -> None:
    """Print a comparison: the answer, what stands against it, the numbers, and what they rest on."""
    from morelli.judge.words import RANDOM_PAIR_PRIOR, describe_ratio
    from morelli.model.likelihood_ratio import posterior_probability

    out.print(answer.sentence)
    for reason in answer.reasons:
        out.print(f"  because {reason}")
    for doubt in answer.doubts:
        out.print(f"  doubtful: {doubt}")
    evidence = answer.log10_likelihood_ratio
    if evidence is None:
        out.print("  (the numbers behind it: --json, under diagnostics)")
    else:
        out.print()
        out.print(f"likelihood ratio {describe_ratio(evidence)}; log10 likelihood ratio {evidence:+.2f}")
    if answer.interval is not None:
        low, high = answer.interval
        ratios = f"{describe_ratio(low)} to {describe_ratio(high)}"
        out.print(f"range under re-cropping and re-learning {ratios}; log10 {low:+.2f} to {high:+.2f}")
    if answer.calibrated_on is not None:
        where = {
            True: "the works lie within",
            False: "not all works lie within",
            None: "not known if the works lie within",
        }
        out.print(f"calibrated on {answer.calibrated_on} ({where[answer.in_domain]} its years and styles)")
    for part in answer.parts:
        error = f"log10 ±{part.standard_error:.2f} (standard error over {part.n} answers)"
        out.print(f"  {_DOUBTS[part.name]}: {error}")
    for omission in answer.omissions:
        out.print(
            f"  without {omission.kind} {omission.left_out} ({omission.side}): "
            f"log10 {omission.change:+.2f}; no other {omission.kind} changes more"
        )
    if evidence is not None:
        out.print(f"probability of one hand {answer.probability:.1%} at your prior of {answer.prior:.1%}")
        other = float(posterior_probability(evidence, RANDOM_PAIR_PRIOR))
        out.print(
            f"at a prior of {RANDOM_PAIR_PRIOR:.1%} (two random works of a big collection): {other:.1%}"
        )
    if answer.profile is not None:
        out.print()
        _print_profile(answer.profile)


def _print_profile(profile: SignalProfile) -> None:
    """Print a table with bars, to the right what speaks for one, to the left for two."""
    rows = [
        [
            signal.name,
            "" if signal.score is None else f"{signal.score:.3f}",
            "" if signal.log10_likelihood_ratio is None else f"{signal.log10_likelihood_ratio:+.2f}",
            _draw_bar(signal.log10_likelihood_ratio),
            signal.sentence,
        ]
        for signal in profile.signals
    ]
    print_table("signals", ["signal", "score", "#log10 LR", "two | one", "sentence"], rows)


def _draw_bar(log10_likelihood_ratio: float | None) -> str:
    """Return a bar of one sign for each half power of ten, at most eight to each side.

    >>> _draw_bar(1.0), _draw_bar(-0.5)
    ('        |##      ', '       #|        ')
    """
    if log10_likelihood_ratio is None:
        return " " * _BAR_WIDTH + "?" + " " * _BAR_WIDTH
    bar = "#" * min(round(2 * abs(log10_likelihood_ratio)), _BAR_WIDTH)
    left, right = ("", bar) if log10_likelihood_ratio > 0 else (bar, "")
    return f"{left:>{_BAR_WIDTH}}|{right:<{_BAR_WIDTH}}"


def _explain_pair(
    session: Session, left: str, right: str, folder: Path, answer: Comparison | None = None
) -> None:
    """Write where the evidence of a comparison lies; say on stderr where it is."""
    from morelli.report.explanation import write_explanation
    from morelli.settings import load_settings

    explanation = session.explain(left, right, answer=answer)
    page = write_explanation(explanation, folder, max_pixels=load_settings().max_pixels)
    say(f"details in {page}")


def _explain_references(session: Session, answers: Sequence[Attribution], folder: Path) -> None:
    """Write where the evidence lies for the reference works nearest to each picture."""
    from morelli.collection.work import Skip

    if session.gallery is None:
        raise UsageError("--explain", expected="reference works", found="no gallery", remedy="add --gallery")
    skips = []
    for number, answer in enumerate(answers, start=1):
        for match in answer.references[:_N_EXPLAINED]:
            place = folder / f"{number}-{Path(answer.picture).stem}" / f"{match.rank}-{match.id}"
            try:
                _explain_pair(session, answer.picture, match.path, place)
            except PictureError as error:
                skips.append(Skip.of_fault(match.path, error))
    say_skips(skips, hint="morelli info GALLERY")
