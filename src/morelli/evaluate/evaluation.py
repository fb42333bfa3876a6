"""From models and a gallery to a report: the test works of each model's split, seen and unseen artists apart.

A test work counts as seen when the model has learnt or chosen anything on works of its artist, else as
unseen; which of the two a split provides follows from the split itself, not from its name.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from morelli.embeddings import Embeddings
from morelli.errors import EvaluationError, UsageError
from morelli.evaluate.confusion import Confusion
from morelli.evaluate.examples import RetrievalExample, draw_examples
from morelli.evaluate.neighbours import find_neighbours
from morelli.evaluate.predictions import read_predictions
from morelli.evaluate.protocols import attribution_rows, comparison_rows, retrieval_rows
from morelli.evaluate.qualified import QualifiedRow, qualified_rows
from morelli.evaluate.results import ComparisonResult, Part, Report, RetrievalResult
from morelli.evaluate.rows import PartName, Row
from morelli.gallery.auditing import read_warnings
from morelli.gallery.store import Gallery
from morelli.model.artefact import Model

_log = logging.getLogger(__name__)

Float = NDArray[np.float32]

PARTS: tuple[PartName, ...] = ("seen", "unseen")

_N_EXAMPLES, _N_FOUND = 5, 6


@dataclass(frozen=True, eq=False)
class _Works:
    """Works with their stored vectors and their rows in the model's comparison space."""

    table: pl.DataFrame
    raw: Float
    rows: Float

    @property
    def artists(self) -> list[str]:
        return self.table["artist"].to_list()

    @property
    def ids(self) -> list[str]:
        return self.table["id"].to_list()

    @property
    def pictures(self) -> list[tuple[str, str]]:
        return list(self.table.select("path", "artist").iter_rows())


@dataclass(frozen=True, eq=False)
class _PartResult:
    """All that was measured on one part."""

    part: Part
    rows: tuple[Row, ...]
    comparison: ComparisonResult
    retrieval: RetrievalResult
    examples: tuple[RetrievalExample, ...]
    confusion: Confusion | None


def evaluate_models(
    gallery: Gallery,
    models: Sequence[Model],
    *,
    seed: int = 0,
    command: str = "",
    progress: Callable[[str], None] | None = None,
) -> Report:
    """Return the report of one or several models on the test works of their splits.

    Parameters
    ----------
    gallery
        Holds the works and their vectors.
    models
        Of one encoder; together they may measure each part once: a model of a ``seen`` and one of an
        ``unseen`` split make a report with both.
    seed
        Of pairs, triplets, examples and resamples.
    command
        What to type to get this report again.
    progress
        Called with a sentence before each step.

    Raises
    ------
    UsageError
        When the models do not go together.
    EvaluationError
        When no test work can be evaluated.
    """
    _check_models(models)
    embeddings = gallery.embeddings(models[0].encoder.fingerprint)
    paths = gallery.works().select("id", "path")
    results: dict[PartName, _PartResult] = {}
    for model in models:
        for part in PARTS:
            works = _select(model, embeddings, paths, _test_rows(model, part))
            if works is None:
                continue
            if not _has_pairs(works.artists):
                _log.warning("%d test works of %s artists make no pairs", len(works.table), part)
                continue
            if part in results:
                raise UsageError(
                    "--model",
                    expected=f"one model that measures {part} artists",
                    found="two",
                    remedy="give one model of a seen and one of an unseen split",
                )
            if progress is not None:
                progress(f"{part} artists: {len(works.table)} works")
            results[part] = _evaluate_part(model, part, works, embeddings, paths, seed)
    qualified = next(filter(None, (qualified_rows(model, gallery) for model in models)), ())
    return _assemble(gallery, models, results, qualified, seed, command)


def _check_models(models: Sequence[Model]) -> None:
    fingerprints = {model.encoder.fingerprint for model in models}
    if len(fingerprints) != 1:
        raise UsageError(
            "--model",
            expected="at least one model, all of one encoder",
            found=f"{len(models)} models of {len(fingerprints)} encoders",
            remedy="evaluate models of different encoders one by one",
        )


def _test_rows(model: Model, part: PartName) -> pl.DataFrame:
    table = model.split.table
    learnt = table.filter(pl.col("part") != "test")["artist"].unique().to_list()
    is_seen = pl.col("artist").is_in(learnt)
    return table.filter((pl.col("part") == "test") & (is_seen if part == "seen" else ~is_seen))


def _select(model: Model, embeddings: Embeddings, paths: pl.DataFrame, rows: pl.DataFrame) -> _Works | None:
    table = rows.join(paths, on="id").filter(pl.col("id").is_in(list(embeddings.ids))).sort("id")
    if len(table) < len(rows):
        _log.warning("%d test works are not in the gallery, or have no vector", len(rows) - len(table))
    if table.is_empty():
        return None
    raw = embeddings.select(table["id"].to_list())
    return _Works(table, raw, model.comparison.transform(raw))


def _has_pairs(artists: Sequence[str]) -> bool:
    """Say whether there are pairs by one hand and by two; stray works of a split need not make any."""
    return len(artists) > len(set(artists)) > 1


def _evaluate_part(
    model: Model, part: PartName, works: _Works, embeddings: Embeddings, paths: pl.DataFrame, seed: int
) -> _PartResult:
    comparison = comparison_rows(works.rows, works.raw, works.artists, part=part, seed=seed)
    learnt = model.split.table.filter(pl.col("part") == "train")
    searched = (_select(model, embeddings, paths, learnt) if part == "seen" else None) or works
    retrieval = retrieval_rows(
        works.rows,
        works.artists,
        searched.rows,
        searched.artists,
        query_ids=works.ids,
        gallery_ids=searched.ids,
        part=part,
        seed=seed,
    )
    attribution, confusion = _evaluate_attribution(model, works, seed) if part == "seen" else ([], None)
    return _PartResult(
        part=Part(part, n_works=len(works.table), n_artists=len(set(works.artists))),
        rows=(*attribution, *comparison.rows, *retrieval.rows),
        comparison=comparison,
        retrieval=retrieval,
        examples=_draw_examples(works, searched, part, seed),
        confusion=confusion,
    )


def _evaluate_attribution(model: Model, works: _Works, seed: int) -> tuple[list[Row], Confusion | None]:
    classes = list(model.attribution.artists)
    known = [row for row, artist in enumerate(works.artists) if artist in set(classes)]
    if len(known) < len(works.artists):
        _log.warning("%d test works are by artists without a training work", len(works.artists) - len(known))
    if not known:
        return [], None
    truth = [works.artists[row] for row in known]
    probabilities = model.attribution.predict_proba(works.raw[known])
    return (
        attribution_rows(probabilities, classes, truth, seed=seed),
        Confusion.from_predictions(read_predictions(probabilities, classes, truth)),
    )


def _draw_examples(
    works: _Works, searched: _Works, part: PartName, seed: int
) -> tuple[RetrievalExample, ...]:
    neighbours = find_neighbours(
        works.rows, searched.rows, k=_N_FOUND, query_ids=works.ids, gallery_ids=searched.ids
    )
    return draw_examples(
        neighbours,
        works.pictures,
        searched.pictures,
        part=part,
        rng=np.random.default_rng(seed),
        n_examples=_N_EXAMPLES,
        n_found=_N_FOUND,
    )


def _assemble(
    gallery: Gallery,
    models: Sequence[Model],
    results: dict[PartName, _PartResult],
    qualified: tuple[QualifiedRow, ...],
    seed: int,
    command: str,
) -> Report:
    if not results:
        raise EvaluationError(
            gallery.address,
            expected="test works of the model's split, by two artists or more and two by one of them",
            found="none with a vector, or too few",
            remedy="evaluate on the gallery that the model was trained on, or collect more works",
        )
    missing = tuple(
        Part(name, reason=f"no model was given whose split keeps test works of {name} artists")
        for name in PARTS
        if name not in results
    )
    found = [results[name] for name in PARTS if name in results]
    return Report(
        collection=gallery.name
        if "collection" not in models[0].facts
        else str(models[0].facts["collection"]),
        split="+".join(model.split.kind for model in models),
        encoder=models[0].encoder.name,
        seed=seed,
        rows=tuple(row for result in found for row in result.rows),
        parts=(*(result.part for result in found), *missing),
        confusion=next((result.confusion for result in found if result.confusion is not None), None),
        comparisons=tuple(result.comparison for result in found),
        retrievals=tuple(result.retrieval for result in found),
        examples=tuple(example for result in found for example in result.examples),
        qualified=qualified,
        command=command,
        warnings=read_warnings(gallery),
    )
