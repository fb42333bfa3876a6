"""Published figures with ours beside them, from the cells of a board.

Most of ours stand on the board. Two are measured on the models of its cells: the pairs of a file, millions of
them, and how well a label is named from what the models see.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import mean
from typing import Any

from morelli.errors import MorelliError
from morelli.evaluate.bench import CELLS
from morelli.evaluate.board import Board
from morelli.evaluate.board_cells import CELL, MODEL, name_cell
from morelli.evaluate.intervals import Interval
from morelli.evaluate.label_accuracy import measure_label
from morelli.evaluate.pairs import evaluate_pairs
from morelli.evaluate.protocols import N_BOOT
from morelli.evaluate.reproductions import Reproduction
from morelli.gallery.store import Gallery
from morelli.model.artefact import Model, read_model

_log = logging.getLogger(__name__)

PAIR_PARTS = ("all", "both", "one", "none")

Further = Mapping[tuple[str, str], Interval]
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


def set_beside(reproduction: Reproduction, board: Board, further: Further) -> tuple[Beside, ...]:
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
    measures = dict.fromkeys(one.measure for one in reproduction.published)
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
    progress: Callable[[str], None] | None = None,
) -> Further:
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
        Called with a sentence before each model.

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
                    progress(own.name)
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
            measured[f"{label}_accuracy"] = measure_label(gallery, model, label, **asdict(resampling))
    except MorelliError as error:
        _log.warning("%s: %s", own.name, error)
    return measured


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
