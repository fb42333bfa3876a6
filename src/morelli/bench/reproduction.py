"""Runs a reproduction: its pictures into a gallery, its board, and the published figures beside ours.

Most of ours stand on the board. Others are measured on the models of its cells: the pairs of a file, how well
a label is predicted from what the models see, and the search of an earlier project.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import mean

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from morelli.bench.board import Board
from morelli.bench.cells import CELL, MODEL, name_cell
from morelli.bench.legacy import enclose_mean, legacy_rows
from morelli.bench.published import Further, Reproduced, Reproduction, set_beside, write_reproduced
from morelli.bench.run import CELLS, BenchOptions, Start, Train, choose_recipes, run_bench
from morelli.bench.tables import write_board
from morelli.collection.labels import class_of
from morelli.collection.pairs.files import list_columns, write_pairs
from morelli.collection.pairs.official import convert_official_pairs
from morelli.collection.sources import recognise
from morelli.errors import EvaluationError, GalleryError, MorelliError
from morelli.evaluate.metrics.intervals import Interval
from morelli.evaluate.pair_file import evaluate_pairs
from morelli.evaluate.protocols import N_BOOT
from morelli.evaluate.works import EvaluatedWorks, GalleryWorks
from morelli.gallery import Gallery, collect_source
from morelli.learn.recipe import Trainable
from morelli.model.artefact import Model, read_model
from morelli.settings import Progress, Settings

_log = logging.getLogger(__name__)

_STRENGTH = 0.1
"""Inverse of the classifier's regularisation on standardised features; a first layer of thousands of
dimensions overfits with more."""


@dataclass(frozen=True)
class _Resampling:
    """With which seed artists are resampled, and how often."""

    seed: int = 0
    n_boot: int = N_BOOT


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
    settings: Settings = field(default_factory=Settings)

    def list_options(self, one: Reproduction, command: str) -> BenchOptions:
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
            seed=self.settings.seed,
            settings=self.settings,
            command=command,
        )


def run_reproduction(
    name: str,
    one: Reproduction,
    source: str,
    request: Request,
    *,
    train: Train,
    say: Callable[[str], None],
    progress: Progress,
) -> Reproduced:
    """Write the board and the published figures of a reproduction; `say` is told where they are.

    The source is a gallery, or the place of pictures that are first collected into one.
    """
    folder, settings = request.folder / name, request.settings
    gallery, told = _open_or_collect(source, request.folder / f"gallery-{one.source}", settings, progress)
    if told:
        say(told)
    names = request.recipes or (one.recipes if isinstance(one.recipes, str) else ",".join(one.recipes))
    board = run_bench(
        gallery,
        choose_recipes(names),
        {one.split.kind: one.split.draw(gallery.works(), seed=settings.seed)},
        folder,
        train=train,
        options=request.list_options(one, request.command.format(name, f"{one.source}={source}")),
        progress=progress,
    )
    say(f"board: {write_board(board, folder)}")
    further = _measure_further(
        gallery,
        one,
        board,
        folder,
        pairs=_convert_pairs(gallery, request, folder, progress),
        resampling=_Resampling(settings.seed),
        progress=progress,
    )
    found = Reproduced(name, board, set_beside(one, board, further), one.differs)
    if not found.figures.is_empty():
        say(f"published figures: {write_reproduced(found, folder)}")
    return found


def _open_or_collect(
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


def _measure_further(
    gallery: Gallery,
    reproduction: Reproduction,
    board: Board,
    folder: Path,
    *,
    resampling: _Resampling,
    pairs: Path | None = None,
    progress: Progress | None = None,
) -> Further:
    """Return what a protocol asks of the models of a board besides the board's own numbers.

    What is found in the folder of the board is kept beside each cell, and not measured again. Of several
    seeds value, low and high are the means of theirs. What cannot be measured is told in a warning and left
    out.
    """
    found: dict[tuple[str, str], list[Interval]] = {}
    for line in board.lines:
        for seed_of_cell in line.seeds:
            for split in board.splits:
                own = folder / CELLS / name_cell(line.label, split, seed_of_cell)
                if not (own / CELL).exists():
                    continue
                if progress is not None:
                    progress(own.name, 0, 0)
                measured = _measure_cell(gallery, own, reproduction, pairs, resampling)
                for measure, interval in measured.items():
                    found.setdefault((line.label, measure), []).append(interval)
    return {key: _average(intervals) for key, intervals in found.items()}


def _measure_cell(
    gallery: Gallery, own: Path, reproduction: Reproduction, pairs: Path | None, resampling: _Resampling
) -> dict[str, Interval]:
    model = read_model(own / MODEL)
    measured: dict[str, Interval] = {}
    try:
        if reproduction.needs_pairs and pairs is not None:
            measured |= _measure_pairs(gallery, model, pairs, own / "pairs", resampling)
        for label in reproduction.labels:
            measured[f"{label}_accuracy"] = _measure_label(gallery, model, label, **asdict(resampling))
        if reproduction.needs_search:
            measured |= _measure_search(gallery, model, resampling)
    except MorelliError as error:
        _log.warning("%s: %s", own.name, error)
    return measured


def _measure_search(gallery: Gallery, model: Model, resampling: _Resampling) -> dict[str, Interval]:
    """Return the legacy measures of test works that are searched among the train works."""
    gallery_works = GalleryWorks.read(gallery, model.encoder.fingerprint)
    works, searched = (gallery_works.select(model, model.split.part(part)) for part in ("test", "train"))
    if works is None or searched is None:
        raise EvaluationError(
            "works to search",
            expected="train and test works with vectors",
            found=f"none in {'test' if works is None else 'train'}",
            remedy="embed the gallery with the model's encoder",
        )
    return legacy_rows(works, searched, **asdict(resampling))


def _measure_pairs(
    gallery: Gallery, model: Model, pairs: Path, folder: Path, resampling: _Resampling
) -> dict[str, Interval]:
    """Return the areas under the ROC curve of a pair file, those that lie there if the cell is no younger."""
    path = folder / "pairs.json"
    cell = folder.parent / CELL
    if not path.exists() or path.stat().st_mtime_ns < cell.stat().st_mtime_ns or not _is_of(path, pairs):
        evaluate_pairs(gallery, model, pairs, folder, **asdict(resampling))
    rows = json.loads(path.read_text(encoding="utf-8"))["rows"]
    return {
        f"pair_auc_{row['part']}": Interval(row["value"], row["low"], row["high"])
        for row in rows
        if row["metric"] == "roc_auc"
    }


def _is_of(path: Path, pairs: Path) -> bool:
    told: object = json.loads(path.read_text(encoding="utf-8"))["pairs"]
    return told == str(pairs)


def _average(intervals: Sequence[Interval]) -> Interval:
    return Interval(
        mean(one.value for one in intervals),
        mean(one.low for one in intervals),
        mean(one.high for one in intervals),
    )


def _measure_label(
    gallery: Gallery, model: Model, label: str, *, seed: int = 0, n_boot: int = N_BOOT
) -> Interval:
    """Return the share of test works whose label is predicted rightly, with its interval over artists.

    The denominator is the test works with a label, "style" or "genre", that some train work has; of several
    labels the first by name counts. The features are those of the model's comparison space, whatever it was
    trained on.
    """
    gallery_works = GalleryWorks.read(gallery, model.encoder.fingerprint)
    labels = gallery.works().select("id", class_of(label).alias("label")).drop_nulls()
    (train, train_labels), (test, truth) = (
        _read(model, gallery_works, labels, part) for part in ("train", "test")
    )
    if train is None or test is None or len(set(train_labels)) < 2 or not set(truth) & set(train_labels):
        raise EvaluationError(
            f"{label} of works",
            expected="train works of two labels or more, and test works of one of them",
            found=f"{len(set(train_labels))} labels in train, {len(set(truth))} in test",
            remedy=f"collect works whose {label} is known",
        )
    classifier = make_pipeline(StandardScaler(), LogisticRegression(C=_STRENGTH, max_iter=1000))
    classifier.fit(train.rows, train_labels)
    is_known = np.isin(truth, list(set(train_labels)))
    right = classifier.predict(test.rows[is_known]) == truth[is_known]
    return enclose_mean(right, np.array(test.artists, dtype=object)[is_known], seed=seed, n_boot=n_boot)


def _read(
    model: Model, gallery_works: GalleryWorks, labels: pl.DataFrame, part: str
) -> tuple[EvaluatedWorks | None, NDArray[np.object_]]:
    """Return the works of a part that have a label and a vector, and their labels."""
    rows = model.split.part(part).join(labels.select("id"), on="id", how="semi")
    works = gallery_works.select(model, rows) if len(rows) else None
    if works is None:
        return None, np.array([], dtype=object)
    labelled = works.table.select("id").join(labels, on="id", how="left", maintain_order="left")["label"]
    return works, np.array(labelled.to_list(), dtype=object)
