"""One cell of a board on disk: a trained model, its numbers, its resamples, and what it was made with.

::

    cells/hand-unseen-0/
      options.json               what the cell is made with; written first
      model/                     the model folder that the training wrote
      replicates.safetensors     the numbers in each resample of artists
      cell.json                  facts and numbers; written last, so a folder with it is whole
      error.txt                  why there is no cell.json, where the training failed
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from morelli.errors import EvaluationError
from morelli.evaluate.against import REPLICATES, digest_works, read_replicates, write_replicates
from morelli.evaluate.evaluation import search_part
from morelli.evaluate.protocols import N_BOOT, attribution_rows, compare_works
from morelli.evaluate.results import Part, Report
from morelli.evaluate.rows import PARTS, Findings, PartName, Row, Task
from morelli.evaluate.works import EvaluatedWorks, GalleryWorks, has_pairs, list_test_rows
from morelli.files import replace_files, whole_files, write_file
from morelli.gallery.store import Gallery
from morelli.model.artefact import Model

OPTIONS, CELL, ERROR, MODEL = "options.json", "cell.json", "error.txt", "model"

_TRAINING = "training"
"""The folder of checkpoints and curves within that of a model."""

_SCHEMA = 1
"""Version of `cell.json`; it rises when a number changes its meaning. A cell of another one is made again."""


MeasureName = Literal[
    "top_1",
    "balanced_accuracy",
    "seen_pair_auc",
    "unseen_pair_auc",
    "seen_triplet_accuracy",
    "unseen_triplet_accuracy",
    "seen_recall_at_1",
    "unseen_recall_at_1",
    "seen_map_at_10",
    "unseen_map_at_10",
]


@dataclass(frozen=True)
class BoardMeasure:
    """One column of a board, and the row of an evaluation that it is; more is better, 0 to 1."""

    name: MeasureName  # in files and options
    title: str  # in tables
    task: Task
    part: PartName
    metric: str

    @property
    def key(self) -> str:
        """The key of its row, as `Row.key`."""
        return f"{self.task}/{self.part}/all/{self.metric}"


MEASURES: tuple[BoardMeasure, ...] = (
    BoardMeasure("top_1", "top-1", "attribution", "seen", "accuracy"),
    BoardMeasure("balanced_accuracy", "balanced accuracy", "attribution", "seen", "balanced_accuracy"),
    BoardMeasure("seen_pair_auc", "pair AUC, seen", "comparison", "seen", "roc_auc"),
    BoardMeasure("unseen_pair_auc", "pair AUC, unseen", "comparison", "unseen", "roc_auc"),
    BoardMeasure("seen_triplet_accuracy", "triplets, seen", "comparison", "seen", "triplet_accuracy"),
    BoardMeasure("unseen_triplet_accuracy", "triplets, unseen", "comparison", "unseen", "triplet_accuracy"),
    BoardMeasure("seen_recall_at_1", "recall@1, seen", "retrieval", "seen", "recall_at_1"),
    BoardMeasure("unseen_recall_at_1", "recall@1, unseen", "retrieval", "unseen", "recall_at_1"),
    BoardMeasure("seen_map_at_10", "mAP@10, seen", "retrieval", "seen", "map_at_10"),
    BoardMeasure("unseen_map_at_10", "mAP@10, unseen", "retrieval", "unseen", "map_at_10"),
)
"""The columns of a board, in their order; one that no cell has is left out."""

LEADS: tuple[MeasureName, ...] = ("unseen_pair_auc", "seen_pair_auc", "top_1")
"""By which column a board is ordered: the first of these that it has."""

_KEYS = frozenset(measure.key for measure in MEASURES)


@dataclass(frozen=True, eq=False)
class Cell:
    """One training of one recipe, measured."""

    label: str  # ``name`` or ``name:variant`` of the recipe
    split: str  # its name on the board
    seed: int  # of the training
    facts: Mapping[str, Any]  # what the training tells: variant, weights, n_parameters, train_seconds, ...
    report: Report  # what was measured, with resamples and the digests of the test works

    @property
    def rows(self) -> tuple[Row, ...]:
        """The numbers, with their resamples."""
        return self.report.rows

    def __repr__(self) -> str:
        return f"Cell({self.label!r}, split={self.split!r}, seed={self.seed}, n_rows={len(self.rows)})"


@dataclass(frozen=True)
class Failure:
    """A cell that could not be made, and the message."""

    label: str
    split: str
    seed: int
    error: str

    def to_dict(self) -> dict[str, str | int]:
        """Return the fields by name."""
        return {"recipe": self.label, "split": self.split, "seed": self.seed, "error": self.error}


def name_cell(label: str, split: str, seed: int) -> str:
    """Return the name of a cell's folder.

    >>> name_cell("artist-vit:augmented", "unseen", 2)
    'artist-vit.augmented-unseen-2'
    """
    return f"{label.replace(':', '.')}-{split}-{seed}"


def is_made_with(folder: Path, options: Mapping[str, Any]) -> bool:
    """Say whether what lies in a cell's folder, whole or not, was made with these options."""
    try:
        return bool(json.loads((folder / OPTIONS).read_text(encoding="utf-8")) == dict(options))
    except (OSError, ValueError):
        return False


def begin_cell(folder: Path, options: Mapping[str, Any]) -> bool:
    """Make a folder ready for a training, and say whether that training was begun before.

    What was made with other options is removed.
    """
    was_begun = is_made_with(folder, options)
    if not was_begun:
        shutil.rmtree(folder, ignore_errors=True)
        write_file(folder / OPTIONS, _dump(dict(options)))
    (folder / ERROR).unlink(missing_ok=True)
    return was_begun and (folder / MODEL).exists()


def write_cell(cell: Cell, folder: Path) -> None:
    """Write numbers and resamples, both at once."""
    fields = {
        "schema": _SCHEMA,
        "recipe": cell.label,
        "split": cell.split,
        "seed": cell.seed,
        "facts": dict(cell.facts),
        "rows": [row.to_dict() for row in cell.rows],
    }
    with replace_files(folder, (CELL, REPLICATES)) as part:
        write_replicates(cell.report.to_replicates(), part)
        write_file(part / CELL, _dump(fields))


def read_cell(folder: Path, options: Mapping[str, Any]) -> Cell | None:
    """Return a finished cell, or None when there is no whole one that was made with these options."""
    if not is_made_with(folder, options):
        return None
    try:
        with whole_files(folder):
            fields = json.loads((folder / CELL).read_text(encoding="utf-8"))
            replicates = read_replicates(folder)
    except (OSError, ValueError, EvaluationError):
        return None
    if fields["schema"] != _SCHEMA:
        return None
    report = Report(
        collection="",
        split=fields["split"],
        encoder="",
        seed=replicates.seed,
        findings=Findings(replicates.join(Row(**row) for row in fields["rows"])),
        parts=tuple(
            Part(name, digest=replicates.digests[name]) for name in PARTS if name in replicates.digests
        ),
    )
    return Cell(fields["recipe"], fields["split"], fields["seed"], fields["facts"], report)


def measure_megabytes(folder: Path) -> float:
    """Return what a model takes on disk in MB (10^6 bytes), without what its training left."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    kept = [path for path in files if _TRAINING not in path.relative_to(folder).parts]
    return sum(path.stat().st_size for path in kept) / 1e6


def _dump(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def measure_model(gallery: Gallery, model: Model, *, seed: int = 0, n_boot: int = N_BOOT) -> Report:
    """Return the rows of `MEASURES` that a model's split can answer, on its test works.

    A model that was trained on some artists only, such as the 20 largest, is measured on all test works of
    seen artists like every other. A work by an artist whom it was not trained on is named wrongly.
    """
    gallery_works = GalleryWorks.read(gallery, model.encoder.fingerprint)
    rows: list[Row] = []
    parts: list[Part] = []
    for part in PARTS:
        works = gallery_works.select(model, list_test_rows(model, part))
        if works is None or not has_pairs(works.one_per_group().artists):
            continue
        digest = digest_works(works.ids, works.artists)
        parts.append(Part(part, len(works), len(set(works.artists)), digest=digest))
        rows += _measure_part(model, part, works, gallery_works, seed=seed, n_boot=n_boot)
    if not rows:
        raise EvaluationError(
            gallery.address,
            expected="test works of the split, by two artists or more and two by one of them",
            found="none with a vector, or too few",
            remedy="draw a split with more test works, or collect more works per artist",
        )
    chosen = tuple(row for row in rows if row.key in _KEYS)
    return Report(
        collection=gallery.name,
        split=model.split.name,
        encoder=model.encoder.name,
        seed=seed,
        findings=Findings(chosen),
        parts=tuple(parts),
    )


def _measure_part(
    model: Model,
    part: PartName,
    works: EvaluatedWorks,
    gallery_works: GalleryWorks,
    *,
    seed: int,
    n_boot: int,
) -> list[Row]:
    rule = model.comparison.rule
    alone = works.one_per_group()
    comparison = compare_works(
        alone.scored, alone.raw, alone.artists, part=part, seed=seed, n_boot=n_boot, rule=rule
    )
    retrieval, _ = search_part(model, part, works, gallery_works, seed=seed, n_boot=n_boot)
    named = _name_artists(model, works, seed=seed, n_boot=n_boot) if part == "seen" else []
    return [*named, *comparison.rows, *retrieval]


def _name_artists(model: Model, works: EvaluatedWorks, *, seed: int, n_boot: int) -> list[Row]:
    """Return the rows of attribution; an artist without a training work counts as named wrongly."""
    classes = list(model.attribution.artists)
    unknown = sorted(set(works.artists) - set(classes))
    probabilities = model.attribution.predict_proba(works.raw)
    never = np.zeros((len(works), len(unknown)))
    return attribution_rows(
        np.hstack([probabilities, never]),  # (n, c) and (n, s) to (n, c + s)
        [*classes, *unknown],
        works.artists,
        seed=seed,
        n_boot=n_boot,
    )
