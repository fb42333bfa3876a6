"""What a leaderboard asks of every model, and how one model is measured.

All models of a board are measured on the same test works, pairs, triplets and resamples of artists, so that
any two can be compared resample by resample; `board_resamples` does that. What depends on how a model
compares two works is left to `protocols`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from morelli.errors import EvaluationError
from morelli.evaluate.evaluation import PARTS, has_pairs
from morelli.evaluate.part_evaluation import search_part
from morelli.evaluate.protocols import N_BOOT, attribution_rows, comparison_rows
from morelli.evaluate.replicates import Replicates, digest_works
from morelli.evaluate.rows import PartName, Row, Task
from morelli.evaluate.works import EvaluatedWorks, GalleryWorks, list_test_rows
from morelli.gallery.store import Gallery
from morelli.model.artefact import Model

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
    """One column of a board; of all of them more is better, 0 to 1.

    Parameters
    ----------
    name
        In files and options.
    title
        In tables.
    task, part, metric
        The row of an evaluation that it is.
    """

    name: MeasureName
    title: str
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
class Measured:
    """The numbers of one model.

    Parameters
    ----------
    rows
        One for each of `MEASURES` that its split can answer.
    replicates
        The same in each resample of artists, and which works they are of.
    """

    rows: tuple[Row, ...]
    replicates: Replicates


def measure_model(gallery: Gallery, model: Model, *, seed: int = 0, n_boot: int = N_BOOT) -> Measured:
    """Return the numbers of a model on the test works of its split.

    Parameters
    ----------
    gallery
        Holds the works, and their vectors of the model's encoder.
    model
        Its split says which works are tested, and which of their artists it has seen.
    seed
        Of pairs, triplets and resamples.
    n_boot
        How many resamples of artists.

    Raises
    ------
    GalleryError
        When the gallery has no vectors of the model's encoder.
    EvaluationError
        When the test works make no pairs.

    Notes
    -----
    A model that was taught some artists only, such as the 20 largest, is asked about all test works of seen
    artists like every other. A work by an artist whom it was not taught is named wrongly.
    """
    stock = GalleryWorks.read(gallery, model.encoder.fingerprint)
    rows: list[Row] = []
    digests: dict[str, str] = {}
    for part in PARTS:
        works = stock.select(model, list_test_rows(model, part))
        if works is None or not has_pairs(works.artists):
            continue
        digests[part] = digest_works(works.ids, works.artists)
        rows += _measure_part(model, part, works, stock, seed=seed, n_boot=n_boot)
    if not rows:
        raise EvaluationError(
            gallery.address,
            expected="test works of the split, by two artists or more and two by one of them",
            found="none with a vector, or too few",
            remedy="draw a split with more test works, or collect more works per artist",
        )
    chosen = tuple(row for row in rows if row.key in _KEYS)
    return Measured(chosen, Replicates.from_rows(chosen, seed=seed, digests=digests))


def _measure_part(
    model: Model, part: PartName, works: EvaluatedWorks, stock: GalleryWorks, *, seed: int, n_boot: int
) -> list[Row]:
    rule = model.comparison.rule
    comparison = comparison_rows(
        works.scored, works.raw, works.artists, part=part, seed=seed, n_boot=n_boot, rule=rule
    )
    retrieval, _ = search_part(model, part, works, stock, seed=seed, n_boot=n_boot)
    named = _name_artists(model, works, seed=seed, n_boot=n_boot) if part == "seen" else []
    return [*named, *comparison.rows, *retrieval.rows]


def _name_artists(model: Model, works: EvaluatedWorks, *, seed: int, n_boot: int) -> list[Row]:
    """Return the rows of attribution; an artist without a training work counts as named wrongly."""
    classes = list(model.attribution.artists)
    strangers = sorted(set(works.artists) - set(classes))
    probabilities = model.attribution.predict_proba(works.raw)
    never = np.zeros((len(works), len(strangers)))
    return attribution_rows(
        np.hstack([probabilities, never]),  # (n, c) and (n, s) to (n, c + s)
        [*classes, *strangers],
        works.artists,
        seed=seed,
        n_boot=n_boot,
    )
