"""``morelli split``, ``pairs``, ``episodes`` and ``export``: works to train and test on, in files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from morelli.cli.console import out, print_json, print_table, progress_bar, progress_steps, say, say_skips
from morelli.cli.options import GalleryArgument, JsonFlag, QualifiedFlag, SeedOption, WhereOption

if TYPE_CHECKING:
    import polars as pl

    from morelli.collection.pairs.files import PairBlock, PairCounts
    from morelli.collection.splits.filters import Filters
    from morelli.collection.splits.split import Split
    from morelli.settings import Progress


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
    from morelli.collection.splits import draw_split
    from morelli.collection.splits.filters import Filters
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
    from morelli.collection.splits.split import PARTS

    parts = {part: drawn.table.filter(drawn.table["part"] == part) for part in PARTS}
    counts = {
        part: {"works": len(rows), "artists": rows["artist"].n_unique()} for part, rows in parts.items()
    }
    say_steps(drawn)
    if is_json:
        steps = [step.to_dict() for step in drawn.steps]
        summary = {"split": drawn.name, "sha256": drawn.digest, "parts": counts, "steps": steps}
        print_json({**summary, "torn_groups": len(drawn.torn_groups), **facts})
        return
    rows = [[part, str(count["works"]), str(count["artists"])] for part, count in counts.items()]
    print_table(f"split {drawn.name}", ["part", "#works", "#artists"], rows)


def _fit_file(path: Path, works: Any) -> tuple[Split, dict[str, Any]]:
    from morelli.collection.splits.split import fit_split, read_split

    fit = fit_split(read_split(path), works)
    say(
        f"{path}: {fit.n_by_id} of {fit.n_rows} rows found by id, {fit.n_by_content} by content, "
        f"{fit.n_missing} not found; {fit.n_unnamed} works of the gallery are not named"
    )
    names = ("n_rows", "n_by_id", "n_by_content", "n_missing", "n_unnamed")
    return fit.split, {"file": {name.removeprefix("n_"): getattr(fit, name) for name in names}}


def _refuse_options(kind: str | None, filters: Filters, *, by: str) -> None:
    """Refuse what a split that is read would not heed."""
    from morelli.collection.splits.filters import Filters
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
    from morelli.collection.pairs.files import write_pairs
    from morelli.collection.pairs.streams import stream_kind
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
                chosen,
                kind,
                partners=partners,
                ratio=ratio or None,
                seed=number,
                progress=progress,
            )
        counts = write_pairs(blocks, output)
    _print_pairs(counts, output, json)


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
    from morelli.collection.pairs.files import count_rows
    from morelli.collection.pairs.official import convert_official_pairs

    n_all, n_done = count_rows(official), 0
    for block in convert_official_pairs(official, works, solution=solution):
        yield block
        n_done += len(block) + len(block.skips)
        progress("pairs", n_done, max(n_done, n_all))


def _print_pairs(counts: PairCounts, output: Path, json: bool) -> None:
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


def episodes(
    gallery: GalleryArgument,
    output: Annotated[Path, typer.Option("--output", "-o", help="File of episodes to write: .csv.")],
    split: Annotated[str, typer.Option("--split", "-s", help="seen, unseen or a CSV file.")] = "unseen",
    part: Annotated[str, typer.Option(help="Part of the split: train, val or test.")] = "test",
    shots: Annotated[
        list[int] | None,
        typer.Option("--shots", "-k", help="Works shown of each artist.", show_default="1, 2, 3, 5, 10"),
    ] = None,
    ways: Annotated[int, typer.Option(help="Artists in an episode, where there are so many.")] = 20,
    count: Annotated[int, typer.Option(help="Episodes for each number of works shown.")] = 200,
    seed: SeedOption = None,
    json: JsonFlag = False,
) -> None:
    """Write episodes: k works by each of some artists, and one more of each to be named.

    Example: morelli episodes demo/gallery --split unseen -o demo/episodes.csv
    """
    from morelli.collection.splits import load_split
    from morelli.collection.splits.episodes import QUERY, SHOTS, draw_episodes, write_episodes
    from morelli.gallery import Gallery
    from morelli.settings import load_settings

    number = load_settings(seed=seed).seed
    rows = load_split(split, Gallery(gallery).works(), seed=number).part(part)
    table = draw_episodes(rows, shots=shots or SHOTS, n_ways=ways, n_episodes=count, seed=number)
    write_episodes(table, output)
    taken = table["k"].unique().sort().to_list()
    counts = {
        "shots": taken,
        "artists": table["artist"].n_unique(),
        "queries": len(table.filter(role=QUERY)),
        "file": str(output),
    }
    if json:
        print_json(counts)
    else:
        shown = ", ".join(str(k) for k in taken)
        out.print(
            f"{counts['queries']:,} works to be named, by {counts['artists']} artists, k = {shown}: {output}"
        )


def export(
    gallery: GalleryArgument,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder to write.")],
    split: Annotated[
        str, typer.Option("--split", "-s", help="seen, unseen, source, official, or a CSV file with a split.")
    ] = "seen",
    layout: Annotated[
        str,
        typer.Option(
            "--as",
            help="folders: PART/CLASS/ID.jpg; hf: Parquet shards for Hugging Face datasets; webdataset: tar "
            "shards.",
        ),
    ] = "folders",
    by: Annotated[str, typer.Option(help="What the classes are: artist, style or genre.")] = "artist",
    link: Annotated[
        str, typer.Option(help="In folders: copy, hard (hard links) or soft (symbolic links).")
    ] = "copy",
    shard_mb: Annotated[int, typer.Option(help="In shards: megabytes of pictures in each.")] = 256,
    with_qualified: QualifiedFlag = False,
    seed: SeedOption = None,
    json: JsonFlag = False,
) -> None:
    """Write the pictures of a split for other tools; run it again and it writes only what is missing.

    Example: morelli export demo/gallery --split seen -o demo/folders --as folders --link soft
    """
    from morelli.collection.exports import export_split
    from morelli.collection.splits import load_split
    from morelli.gallery import Gallery
    from morelli.settings import load_settings

    works = Gallery(gallery).works()
    drawn = load_split(split, works, seed=load_settings(seed=seed).seed, with_qualified=with_qualified)
    say_steps(drawn)
    with progress_steps() as progress:
        summary = export_split(
            drawn, works, output, layout=layout, by=by, link=link, shard_mb=shard_mb, progress=progress
        )
    for name, folder in summary.renamed.items():
        say(f"class {name!r} is in the folder {folder!r}")
    say_skips(summary.skips, hint="--json")
    if json:
        print_json(summary.to_dict())
        return
    parts = ", ".join(f"{part} {n}" for part, n in summary.parts.items())
    out.print(
        f"{output}: {summary.written} works written, {summary.already} already there, "
        f"{len(summary.skips)} skipped; {parts}; {summary.classes} classes"
    )
