"""From models and a gallery to a report: the test works of each model's split, seen and unseen artists apart.

A test work counts as seen when the model has learnt or chosen anything on works of its artist, else as
unseen; which of the two a split provides follows from the split itself, not from its name.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

import polars as pl

from morelli.errors import EvaluationError, UsageError
from morelli.evaluate.part_evaluation import PartResult, evaluate_part
from morelli.evaluate.qualified import QualifiedRow, qualified_rows
from morelli.evaluate.results import Part, Report
from morelli.evaluate.rows import PartName
from morelli.evaluate.works import GalleryWorks, list_test_rows
from morelli.gallery.auditing import read_warnings
from morelli.gallery.store import Gallery
from morelli.model.artefact import Model

_log = logging.getLogger(__name__)

PARTS: tuple[PartName, ...] = ("seen", "unseen")


def evaluate_models(
    gallery: Gallery,
    models: Sequence[Model],
    *,
    seed: int = 0,
    episodes: pl.DataFrame | None = None,
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
        Of pairs, triplets, episodes, examples and resamples.
    episodes
        To be answered instead of drawn ones, as `collection.episode_files.read_episodes` returns them; one of
        the models must then measure unseen artists.
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
    stock = GalleryWorks.read(gallery, models[0].encoder.fingerprint)
    results: dict[PartName, PartResult] = {}
    for model in models:
        for part in PARTS:
            works = stock.select(model, list_test_rows(model, part))
            if works is None:
                continue
            if not has_pairs(works.artists):
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
            results[part] = evaluate_part(model, part, works, stock, episodes=episodes, seed=seed)
    if episodes is not None and "unseen" not in results:
        raise UsageError(
            "--episodes",
            expected="a model whose split keeps test works of unseen artists",
            found=" and ".join(model.split.name for model in models),
            remedy="train one with --split unseen",
        )
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


def has_pairs(artists: Sequence[str]) -> bool:
    """Say whether there are pairs by one hand and by two; stray works of a split need not make any."""
    return len(artists) > len(set(artists)) > 1


def _assemble(
    gallery: Gallery,
    models: Sequence[Model],
    results: dict[PartName, PartResult],
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
        tables=tuple(table for result in found for table in result.study.tables),
        not_measured=tuple(absence for result in found for absence in result.absences),
        qualified=qualified,
        command=command,
        warnings=read_warnings(gallery),
        split_sha256={part: result.digest for part, result in results.items()},
    )
