"""Published figures with ours beside them, from the cells of a board.

Most of ours stand on the board. Two are measured on the models of its cells: the pairs of a file, millions of
them, and how well a label is named from what the models see.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from statistics import mean
from typing import Any, Literal

import numpy as np
import polars as pl
import yaml
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from morelli.bench.board import Board
from morelli.bench.cells import CELL, MODEL, name_cell
from morelli.bench.legacy import LEGACY_METRICS, enclose_mean, legacy_rows
from morelli.bench.run import CELLS
from morelli.bench.tables import BoardTable
from morelli.collection.labels import class_of
from morelli.collection.splits import draw_split
from morelli.collection.splits.filters import Filters
from morelli.collection.splits.split import Split
from morelli.errors import EvaluationError, MorelliError, UsageError
from morelli.evaluate.metrics.intervals import Interval
from morelli.evaluate.pair_file import evaluate_pairs
from morelli.evaluate.protocols import N_BOOT
from morelli.evaluate.works import EvaluatedWorks, GalleryWorks
from morelli.gallery.store import Gallery
from morelli.learn.recipe import Trainable
from morelli.model.artefact import Model, read_model
from morelli.settings import Progress

# Boards and published protocols that can be run again, as `reproductions.yaml` lists them.

_FILE = Path(__file__).with_name("reproductions.yaml")


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SplitRule(_Section):
    """How the works are divided; see `collection.splits.draw_split` and `collection.filters.Filters`."""

    kind: Literal["seen", "unseen", "official"]
    by: Literal["artist", "style"] = "artist"
    shares: tuple[float, float, float] | None = None
    largest: int | None = None
    max_works: int | None = None
    styles: tuple[int, int] | None = None

    def draw(self, works: pl.DataFrame, *, seed: int) -> Split:
        """Return the split of some works.

        Raises
        ------
        SplitError
            When there are too few of them.
        """
        filters = Filters(styles=self.styles, largest=self.largest, max_works=self.max_works)
        return draw_split(works, self.kind, seed=seed, by=self.by, filters=filters, shares=self.shares)


class PublishedFigure(_Section):
    """A number that somebody has published."""

    recipe: str = Field(description="Which recipe it is of.")
    measure: str = Field(description="Which of ours it is like.")
    value: float = Field(ge=0, le=1)
    source: str = Field(min_length=3, description="Where it stands.")
    note: str = ""


class Reproduction(_Section):
    """Something that can be run again."""

    kind: Literal["board", "protocol"]
    summary: str = Field(min_length=10)
    source: str = Field(description="The name of the collection that must be given.")
    split: SplitRule
    recipes: Literal["all"] | tuple[str, ...]
    seeds: int = Field(3, gt=0)
    trainable: Trainable | None = None
    epochs: int | None = None
    is_shared: bool = Field(False, description="Whether all learn from the stored vectors of one encoder.")
    changes: dict[str, dict[str, Any]] = Field(
        default_factory=dict, description="Fields of every recipe by section that are different."
    )
    needs_pairs: bool = Field(False, description="Whether a file of pairs must be given.")
    labels: tuple[Literal["style"], ...] = Field((), description="Labels to be named from the features.")
    needs_search: bool = Field(False, description="Whether test works are searched among the train works.")
    published: tuple[PublishedFigure, ...] = ()
    differs: str = Field("", description="How our run differs from the published one.")


@cache
def list_reproductions() -> Mapping[str, Reproduction]:
    """Return all by name: boards first, in the order of the file."""
    entries = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return {name: Reproduction.model_validate(entry) for name, entry in entries.items()}


def find_reproduction(name: str) -> Reproduction:
    """Return the one of a name.

    Raises
    ------
    UsageError
        When there is none.
    """
    known = list_reproductions()
    if name not in known:
        raise UsageError(
            name,
            expected=f"one of {', '.join(known)}",
            found=repr(name),
            remedy="see 'morelli reproduce --list'",
        )
    return known[name]


# How well a label such as the style can be named from what a model sees, whatever it was taught.

_STRENGTH = 0.1
"""Inverse of the classifier's regularisation on standardised features; a first layer of thousands of
dimensions overfits with more."""


def _measure_label(
    gallery: Gallery, model: Model, label: str, *, seed: int = 0, n_boot: int = N_BOOT
) -> Interval:
    """Return the share of test works whose label is named rightly, with its interval over artists.

    Higher is better, 0 to 1; the denominator is the test works with a label that some train work has. Of
    several labels of a work the first by name counts.

    Parameters
    ----------
    gallery
        Holds works and vectors.
    model
        Its comparison space gives the features, its split the works.
    label
        "style" or "genre".
    seed, n_boot
        Of the resamples, and how many.

    Raises
    ------
    EvaluationError
        When train works have fewer than two labels, or no test work has one of them.
    """
    stock = GalleryWorks.read(gallery, model.encoder.fingerprint)
    labels = gallery.works().select("id", class_of(label).alias("label")).drop_nulls()
    (train, taught), (test, truth) = (_read(model, stock, labels, part) for part in ("train", "test"))
    if train is None or test is None or len(set(taught)) < 2 or not set(truth) & set(taught):
        raise EvaluationError(
            f"{label} of works",
            expected="train works of two labels or more, and test works of one of them",
            found=f"{len(set(taught))} labels in train, {len(set(truth))} in test",
            remedy=f"collect works whose {label} is known",
        )
    classifier = make_pipeline(StandardScaler(), LogisticRegression(C=_STRENGTH, max_iter=1000))
    classifier.fit(train.rows, taught)
    asked = np.isin(truth, list(set(taught)))
    right = classifier.predict(test.rows[asked]) == truth[asked]
    return enclose_mean(right, np.array(test.artists, dtype=object)[asked], seed=seed, n_boot=n_boot)


def _read(
    model: Model, stock: GalleryWorks, labels: pl.DataFrame, part: str
) -> tuple[EvaluatedWorks | None, NDArray[np.object_]]:
    """Return the works of a part that have a label and a vector, and their labels."""
    rows = model.split.part(part).join(labels.select("id"), on="id", how="semi")
    works = stock.select(model, rows) if len(rows) else None
    if works is None:
        return None, np.array([], dtype=object)
    told = works.table.select("id").join(labels, on="id", how="left", maintain_order="left")["label"]
    return works, np.array(told.to_list(), dtype=object)


_log = logging.getLogger(__name__)

_PAIR_PARTS = ("all", "both", "one", "none")

_Further = Mapping[tuple[str, str], Interval]
"""By recipe and measure: numbers that do not stand on the board."""


@dataclass(frozen=True)
class Resampling:
    """With which seed artists are resampled, and how often."""

    seed: int
    n_boot: int


@dataclass(frozen=True)
class Beside:
    """A published figure and ours.

    Parameters
    ----------
    recipe, measure
        What it is of. Ours of further recipes on the same works stand in lines of their own.
    published
        The figure; None where nobody has published one for this recipe.
    ours
        Mean over seeds with its interval; None where it was not measured.
    source, note
        Of the published figure.
    """

    recipe: str
    measure: str
    published: float | None
    ours: Interval | None
    source: str = ""
    note: str = ""

    @property
    def difference(self) -> float | None:
        """Ours minus the published figure, where there are both."""
        both = self.ours is not None and self.published is not None
        return self.ours.value - self.published if both else None  # type: ignore[union-attr, operator]

    def to_dict(self) -> dict[str, Any]:
        """Return the fields by name."""
        fields = {key: value for key, value in asdict(self).items() if key != "ours"}
        return {**fields, "ours": self.ours and self.ours.to_dict(), "difference": self.difference}


@dataclass(frozen=True)
class Reproduced:
    """A protocol that was run again.

    Parameters
    ----------
    name
        Of the protocol.
    board
        All that was measured.
    lines
        Published figures with ours.
    differs
        How our run differs from the published one.
    """

    name: str
    board: Board
    lines: tuple[Beside, ...] = field(default=())
    differs: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the fields by name."""
        return {
            "name": self.name,
            "published": [line.to_dict() for line in self.lines],
            "differs": self.differs,
            "board": self.board.to_dict(),
        }


def set_beside(reproduction: Reproduction, board: Board, further: _Further) -> tuple[Beside, ...]:
    """Return the published figures with ours, and behind them ours for the other recipes of the board.

    Parameters
    ----------
    reproduction
        Names the published figures.
    board
        Of its recipes.
    further
        Numbers that do not stand on the board.
    """
    ours: dict[tuple[str, str], Interval] = {
        **{
            (line.label, name): figure.interval
            for line in board.lines
            for name, figure in line.figures.items()
        },
        **further,
    }
    published = [
        Beside(one.recipe, one.measure, one.value, ours.get((one.recipe, one.measure)), one.source, one.note)
        for one in reproduction.published
    ]
    asked = {(one.recipe, one.measure) for one in reproduction.published}
    measures = dict.fromkeys((*(one.measure for one in reproduction.published), *LEGACY_METRICS))
    others = [
        Beside(line.label, measure, None, ours[line.label, measure])
        for measure in measures
        for line in board.lines
        if (line.label, measure) in ours and (line.label, measure) not in asked
    ]
    return (*published, *others)


def measure_further(
    gallery: Gallery,
    reproduction: Reproduction,
    board: Board,
    folder: Path,
    *,
    pairs: Path | None = None,
    seed: int = 0,
    n_boot: int = N_BOOT,
    progress: Progress | None = None,
) -> _Further:
    """Return what a protocol asks of the models of a board besides the board's own numbers.

    Parameters
    ----------
    gallery
        Holds works and vectors.
    reproduction
        Says what: pairs, labels.
    board
        Its lines name the cells.
    folder
        Of the board. What is found is kept beside each cell, and not measured again.
    pairs
        A pair file.
    seed, n_boot
        Of the resamples, and how many.
    progress
        Called before each model.

    Notes
    -----
    Of several seeds value, low and high are the means of theirs. What cannot be measured is told in a
    warning and left out.
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
                measured = _measure_cell(gallery, own, reproduction, pairs, Resampling(seed, n_boot))
                for measure, interval in measured.items():
                    found.setdefault((line.label, measure), []).append(interval)
    return {key: _average(intervals) for key, intervals in found.items()}


def _measure_cell(
    gallery: Gallery, own: Path, reproduction: Reproduction, pairs: Path | None, resampling: Resampling
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


def _measure_search(gallery: Gallery, model: Model, resampling: Resampling) -> dict[str, Interval]:
    """Return the legacy measures of test works that are searched among the train works."""
    stock = GalleryWorks.read(gallery, model.encoder.fingerprint)
    works, searched = (stock.select(model, model.split.part(part)) for part in ("test", "train"))
    if works is None or searched is None:
        raise EvaluationError(
            "works to search",
            expected="train and test works with vectors",
            found=f"none in {'test' if works is None else 'train'}",
            remedy="embed the gallery with the model's encoder",
        )
    return legacy_rows(works, searched, **asdict(resampling))


def _measure_pairs(
    gallery: Gallery, model: Model, pairs: Path, folder: Path, resampling: Resampling
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


# Published figures beside ours, as texts and on disk: ``published.json`` and ``published.md``.


def write_reproduced(reproduced: Reproduced, folder: Path) -> Path:
    """Write what was found, and return the path of the Markdown."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(reproduced.to_dict(), indent=2, ensure_ascii=False, allow_nan=False)
    (folder / "published.json").write_text(text + "\n", encoding="utf-8")
    path = folder / "published.md"
    parts = [f"## {reproduced.name}\n", tabulate_beside(reproduced).to_markdown()]
    if reproduced.differs:
        parts.append(f"Where ours differs: {reproduced.differs}.\n")
    path.write_text("\n".join(parts), encoding="utf-8")
    return path


def tabulate_beside(reproduced: Reproduced) -> BoardTable:
    """Return a line for each published figure with ours beside it, then ours of the other recipes."""
    columns = ("recipe", "measure", "published", "ours", "95 % interval", "difference", "where published")
    return BoardTable(
        f"{reproduced.name}: published and ours",
        columns,
        tuple(_write_line(line) for line in reproduced.lines),
    )


def _write_line(line: Beside) -> tuple[str, ...]:
    ours, difference = line.ours, line.difference
    return (
        line.recipe,
        line.measure,
        "–" if line.published is None else f"{line.published:.4f}",
        "not measured" if ours is None else f"{ours.value:.4f}",
        "–" if ours is None else f"{ours.low:.4f} to {ours.high:.4f}",
        "–" if difference is None else f"{difference:+.4f}",
        "; ".join(filter(None, (line.source, line.note))),
    )
