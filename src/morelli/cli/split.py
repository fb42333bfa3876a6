"""``morelli split``: which works to learn from and which to test on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from morelli.cli.console import print_json, print_table, say
from morelli.cli.options import GalleryArgument, JsonFlag, QualifiedFlag, SeedOption, WhereOption

if TYPE_CHECKING:
    from morelli.collection.filters import Filters
    from morelli.collection.parts import Split

_STYLES_HELP = "Only styles with so many works, such as 2000-5000."


def split(
    gallery: GalleryArgument,
    kind: Annotated[
        str | None,
        typer.Argument(
            help="seen: 70/15/15 of each artist's works; unseen: 60/15/25 of the artists; source: whole "
            "sources; official: the parts of the source's own split.",
            show_default="seen",
        ),
    ] = None,
    seed: SeedOption = None,
    by: Annotated[
        str, typer.Option(help="What 'seen' takes its shares of: artist, style or genre.")
    ] = "artist",
    with_qualified: QualifiedFlag = False,
    where: WhereOption = None,
    styles: Annotated[str | None, typer.Option(metavar="LOW-HIGH", help=_STYLES_HELP)] = None,
    largest: Annotated[int | None, typer.Option(help="Only so many artists, the largest.")] = None,
    min_works: Annotated[int | None, typer.Option(help="Only artists with at least so many works.")] = None,
    max_works: Annotated[int | None, typer.Option(help="At most so many works of each artist.")] = None,
    both_parts: Annotated[
        bool, typer.Option("--both-parts", help="Only artists in train and test of the official split.")
    ] = False,
    split_file: Annotated[
        Path | None, typer.Option(help="Fit a split file to the gallery, by id or content, and draw none.")
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="CSV file to write.")] = None,
    json: JsonFlag = False,
) -> None:
    """Draw a split that keeps near-duplicates together, and write it to a file that can be shared.

    Example: morelli split demo/gallery unseen -o demo/unseen.csv
    """
    from morelli.collection.filters import Filters
    from morelli.collection.splits import draw_split
    from morelli.gallery import Gallery
    from morelli.settings import load_settings

    works = Gallery(gallery).works(where)
    filters = Filters(_parse_range(styles), both_parts, min_works, largest, max_works)
    facts: dict[str, Any] = {}
    if split_file is not None:
        _refuse_options(kind, filters, by=by)
        drawn, facts = _fit_file(split_file, works)
    else:
        number = load_settings(seed=seed).seed
        drawn = draw_split(
            works, kind or "seen", seed=number, by=by, with_qualified=with_qualified, filters=filters
        )
    if output is not None:
        drawn.write(output)
    _print_split(drawn, facts, is_json=json)


def say_steps(drawn: Split) -> None:
    """Print on stderr what was left out of a split and why, and what stands in more than one part."""
    for before, step in zip(drawn.steps, drawn.steps[1:], strict=False):
        if (n_lost := before.n_works - step.n_works) > 0:
            hint = "; --with-qualified keeps the others" if step.name == "autograph" else ""
            say(f"{step.name}: {step.n_works} works of {step.n_artists} artists, {n_lost} left out{hint}")
    if n_torn := len(drawn.torn_groups):
        say(f"groups of near-duplicates in more than one part: {n_torn}; they were not moved")


def _print_split(drawn: Split, facts: dict[str, Any], *, is_json: bool) -> None:
    from morelli.collection.parts import PARTS

    parts = {part: drawn.table.filter(drawn.table["part"] == part) for part in PARTS}
    counts = {
        part: {"works": len(rows), "artists": rows["artist"].n_unique()} for part, rows in parts.items()
    }
    say_steps(drawn)
    if is_json:
        steps = [step.to_dict() for step in drawn.steps]
        told = {"split": drawn.name, "sha256": drawn.digest, "parts": counts, "steps": steps}
        print_json({**told, "torn_groups": len(drawn.torn_groups), **facts})
        return
    rows = [[part, str(count["works"]), str(count["artists"])] for part, count in counts.items()]
    print_table(f"split {drawn.name}", ["part", "#works", "#artists"], rows)


def _fit_file(path: Path, works: Any) -> tuple[Split, dict[str, Any]]:
    from morelli.collection.split_files import fit_split, read_split

    fit = fit_split(read_split(path), works)
    say(
        f"{path}: {fit.n_by_id} of {fit.n_rows} rows found by id, {fit.n_by_content} by content, "
        f"{fit.n_missing} not found; {fit.n_unnamed} works of the gallery are not named"
    )
    names = ("n_rows", "n_by_id", "n_by_content", "n_missing", "n_unnamed")
    return fit.split, {"file": {name.removeprefix("n_"): getattr(fit, name) for name in names}}


def _refuse_options(kind: str | None, filters: Filters, *, by: str) -> None:
    """Refuse what a split that is read would not heed."""
    from morelli.collection.filters import Filters
    from morelli.errors import UsageError

    if kind is None and filters == Filters() and by == "artist":
        return
    raise UsageError(
        "--split-file",
        expected="no kind, class or filter beside it",
        found="one",
        remedy="leave it out: the file says which works belong to which part",
    )


def _parse_range(text: str | None) -> tuple[int, int] | None:
    from morelli.errors import UsageError

    if text is None:
        return None
    low, _, high = text.replace(",", "").partition("-")
    if low.isdecimal() and high.isdecimal():
        return int(low), int(high)
    raise UsageError(
        f"--styles {text}",
        expected="two whole numbers with a hyphen between, such as 2000-5000",
        found=repr(text),
        remedy="write the smallest and the largest number of works",
    )
