"""``morelli pairs``: which works are to be compared, in a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from morelli.cli.console import out, print_json, progress_bar, say
from morelli.cli.options import GalleryArgument, JsonFlag, SeedOption

if TYPE_CHECKING:
    import polars as pl

    from morelli.collection.pair_files import PairBlock, PairCounts
    from morelli.collection.pair_streams import Progress


def pairs(
    gallery: GalleryArgument,
    output: Annotated[Path, typer.Option("--output", "-o", help="Pair file to write: .parquet or .csv.")],
    split: Annotated[
        str | None,
        typer.Option("--split", "-s", help="seen, unseen or a CSV file.", show_default="all works"),
    ] = None,
    part: Annotated[
        str | None, typer.Option(help="Part of the split: train, val or test.", show_default="test")
    ] = None,
    kind: Annotated[
        str, typer.Option(help="partners: random ones; hard: such within a style; all: every pair.")
    ] = "partners",
    partners: Annotated[int, typer.Option(help="Random partners of each work.")] = 36,
    ratio: Annotated[
        float, typer.Option(help="Pairs by different hands for each by the same; 0: as they come.")
    ] = 1.75,
    official: Annotated[
        Path | None, typer.Option(help="submission_info.csv of Painter by Numbers, to convert instead.")
    ] = None,
    solution: Annotated[Path | None, typer.Option(help="Its truth, with index and sameArtist.")] = None,
    seed: SeedOption = None,
    json: JsonFlag = False,
) -> None:
    """Write pairs of works to compare, drawn from a gallery or converted from a contest's file.

    Example: morelli pairs demo/gallery --split unseen --kind all -o demo/pairs.parquet
    """
    from morelli.collection.pair_files import write_pairs
    from morelli.collection.pair_kinds import stream_kind
    from morelli.gallery import Gallery
    from morelli.settings import load_settings

    _require_one_way(official, solution, split, part)
    number = load_settings(seed=seed).seed
    works = Gallery(gallery).works()
    with progress_bar("pairs", "works" if official is None and kind != "all" else "pairs") as progress:
        if official is not None:
            blocks = _convert(official, solution, works, progress)
        else:
            chosen = _choose_works(works, split, part or "test", number)
            blocks = stream_kind(
                chosen, kind, partners=partners, ratio=ratio or None, seed=number, progress=progress
            )
        counts = write_pairs(blocks, output)
    _tell(counts, output, json)


def _require_one_way(
    official: Path | None, solution: Path | None, split: str | None, part: str | None
) -> None:
    from morelli.errors import UsageError

    for is_wrong, thing, expected in (
        (official is not None and (split or part), "--official", "no --split and no --part beside it"),
        (official is None and solution is not None, "--solution", "--official beside it"),
        (part is not None and split is None, "--part", "--split beside it"),
    ):
        if is_wrong:
            raise UsageError(thing, expected=expected, found="otherwise", remedy="see 'morelli pairs --help'")


def _choose_works(works: pl.DataFrame, split: str | None, part: str, seed: int) -> pl.DataFrame:
    from morelli.collection.splits import load_split

    if split is None:
        return works
    return (
        load_split(split, works, seed=seed).part(part).join(works.select("id", "style"), on="id").sort("id")
    )


def _convert(
    official: Path, solution: Path | None, works: pl.DataFrame, progress: Progress
) -> Iterator[PairBlock]:
    from morelli.collection.official_pairs import convert_official_pairs
    from morelli.collection.pair_tables import count_rows

    n_all, n_done = count_rows(official), 0
    for block in convert_official_pairs(official, works, solution=solution):
        yield block
        n_done += len(block) + len(block.skips)
        progress(n_done, max(n_done, n_all))


def _tell(counts: PairCounts, output: Path, json: bool) -> None:
    lost = output.with_suffix(".lost.csv")
    if json:
        print_json({**counts.to_dict(), "file": str(output), "list": str(lost) if counts.lost else None})
    else:
        out.print(
            f"{counts.pairs:,} pairs in {output}: {counts.same:,} by the same hand, "
            f"{counts.different:,} by different hands, {counts.unknown:,} not known"
        )
    if counts.lost:
        say(f"{counts.lost:,} pairs lost; each with its reason in {lost}")
