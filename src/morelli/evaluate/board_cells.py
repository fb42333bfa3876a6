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
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from morelli.errors import EvaluationError
from morelli.evaluate.replicates import Replicates, read_replicates, write_replicates
from morelli.evaluate.rows import Row

OPTIONS, CELL, ERROR, MODEL = "options.json", "cell.json", "error.txt", "model"

TRAINING = "training"
"""The folder of checkpoints and curves within that of a model."""

SCHEMA = 1
"""Version of `cell.json`; it rises when a number changes its meaning. A cell of another one is made again."""


@dataclass(frozen=True, eq=False)
class Cell:
    """One training of one recipe, measured.

    Parameters
    ----------
    label
        Of the recipe and its variant: ``name`` or ``name:variant``.
    split
        The split's name on the board.
    seed
        Of the training.
    facts
        What the training says of itself: variant, weights, trainable, n_parameters, train_seconds, ...; and
        model_megabytes.
    rows
        The numbers, with their resamples.
    replicates
        The resamples with the digests of the test works.
    """

    label: str
    split: str
    seed: int
    facts: Mapping[str, Any]
    rows: tuple[Row, ...]
    replicates: Replicates

    def __repr__(self) -> str:
        return f"Cell({self.label!r}, split={self.split!r}, seed={self.seed}, n_rows={len(self.rows)})"


@dataclass(frozen=True)
class Failure:
    """A cell that could not be made.

    Parameters
    ----------
    label, split, seed
        Which one.
    error
        The message.
    """

    label: str
    split: str
    seed: int
    error: str

    def to_dict(self) -> dict[str, str | int]:
        """Return the fields by name."""
        return {"recipe": self.label, "split": self.split, "seed": self.seed, "error": self.error}


def name_cell(label: str, split: str, seed: int) -> str:
    """Return the name of a cell's folder.

    Examples
    --------
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
        folder.mkdir(parents=True)
        (folder / OPTIONS).write_text(_dump(dict(options)), encoding="utf-8")
    (folder / ERROR).unlink(missing_ok=True)
    return was_begun and (folder / MODEL).exists()


def write_cell(cell: Cell, folder: Path) -> None:
    """Write numbers and resamples; `cell.json` comes last and at once."""
    write_replicates(cell.replicates, folder)
    fields = {
        "schema": SCHEMA,
        "recipe": cell.label,
        "split": cell.split,
        "seed": cell.seed,
        "facts": dict(cell.facts),
        "rows": [row.to_dict() for row in cell.rows],
    }
    unfinished = folder / f"{CELL}.new"
    unfinished.write_text(_dump(fields), encoding="utf-8")
    unfinished.replace(folder / CELL)


def read_cell(folder: Path, options: Mapping[str, Any]) -> Cell | None:
    """Return a finished cell, or None when there is no whole one that was made with these options."""
    if not is_made_with(folder, options):
        return None
    try:
        fields = json.loads((folder / CELL).read_text(encoding="utf-8"))
        replicates = read_replicates(folder)
    except (OSError, ValueError, EvaluationError):
        return None
    if fields["schema"] != SCHEMA:
        return None
    rows = tuple(_join(Row(**row), replicates) for row in fields["rows"])
    return Cell(fields["recipe"], fields["split"], fields["seed"], fields["facts"], rows, replicates)


def _join(row: Row, replicates: Replicates) -> Row:
    return replace(row, replicates=replicates.values[row.key].astype(np.float64))


def measure_megabytes(folder: Path) -> float:
    """Return what a model takes on disk in MB (10^6 bytes), without what its training left."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    kept = [path for path in files if TRAINING not in path.relative_to(folder).parts]
    return sum(path.stat().st_size for path in kept) / 1e6


def _dump(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
