"""Runs a reproduction: its pictures into a gallery, its board, and the published figures beside ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from morelli.bench.published import Reproduced, Reproduction, measure_further, set_beside, write_reproduced
from morelli.bench.run import BenchOptions, Start, Train, choose_recipes, run_bench
from morelli.bench.tables import write_board
from morelli.collection.pairs.files import list_columns, write_pairs
from morelli.collection.pairs.official import convert_official_pairs
from morelli.collection.sources import recognise
from morelli.errors import GalleryError
from morelli.gallery import Gallery, collect_source
from morelli.learn.recipe import Trainable
from morelli.settings import Progress, Settings


@dataclass(frozen=True)
class Request:
    """What is asked of all reproductions alike; None: as each of them says."""

    folder: Path
    command: str = ""  # with places for the name and for its source
    recipes: str | None = None
    n_seeds: int | None = None
    trainable: Trainable | None = None
    epochs: int | None = None
    starts: Mapping[str, Start] = field(default_factory=dict)
    from_scratch: bool = False
    encoder: str | None = None
    devices: int = 1
    pairs: Path | None = None
    solution: Path | None = None

    def list_options(self, one: Reproduction, seed: int) -> BenchOptions:
        """Return how a reproduction's recipes are trained."""
        return BenchOptions(
            n_seeds=self.n_seeds or one.seeds,
            trainable=one.trainable if self.trainable is None else self.trainable,
            epochs=self.epochs or one.epochs,
            starts=self.starts,
            from_scratch=self.from_scratch,
            encoder=self.encoder,
            is_shared=one.is_shared,
            changes=one.changes,
            devices=self.devices,
            seed=seed,
        )


def run_reproduction(
    name: str,
    one: Reproduction,
    source: str,
    request: Request,
    *,
    train: Train,
    settings: Settings,
    say: Callable[[str], None],
    progress: Progress,
) -> Reproduced:
    """Write the board and the published figures of a reproduction; `say` is told where they are.

    The source is a gallery, or the place of pictures that are first collected into one.
    """
    folder = request.folder / name
    gallery, told = open_or_collect(source, request.folder / f"gallery-{one.source}", settings, progress)
    if told:
        say(told)
    names = request.recipes or (one.recipes if isinstance(one.recipes, str) else ",".join(one.recipes))
    board = run_bench(
        gallery,
        choose_recipes(names),
        {one.split.kind: one.split.draw(gallery.works(), seed=settings.seed)},
        folder,
        train=train,
        options=request.list_options(one, settings.seed),
        settings=settings,
        command=request.command.format(name, f"{one.source}={source}"),
        progress=progress,
    )
    say(f"board: {write_board(board, folder)}")
    further = measure_further(
        gallery,
        one,
        board,
        folder,
        pairs=_convert_pairs(gallery, request, folder, progress),
        seed=settings.seed,
        progress=progress,
    )
    found = Reproduced(name, board, set_beside(one, board, further), one.differs)
    if found.lines:
        say(f"published figures: {write_reproduced(found, folder)}")
    return found


def open_or_collect(
    source: str, folder: Path, settings: Settings, progress: Progress | None = None
) -> tuple[Gallery, str]:
    """Return the gallery at a place, or one of the pictures that lie there and a sentence about them."""
    try:
        return Gallery(source), ""
    except GalleryError:
        gallery = Gallery(folder, is_new=True)
    summary = collect_source(gallery, recognise(Path(source)), settings, progress=progress)
    return gallery, f"{summary.works} works in {folder}, {len(summary.skips)} skipped"


def _convert_pairs(gallery: Gallery, request: Request, folder: Path, progress: Progress) -> Path | None:
    """Return a pair file of work ids; the contest's file is converted once."""
    if request.pairs is None or {"left", "right"} <= set(list_columns(request.pairs)):
        return request.pairs
    converted = folder / "pairs.parquet"
    if not converted.exists():
        progress("converting the official pairs", 0, 0)
        unfinished = folder / "unfinished.parquet"
        write_pairs(
            convert_official_pairs(request.pairs, gallery.works(), solution=request.solution), unfinished
        )
        unfinished.replace(converted)
    return converted
