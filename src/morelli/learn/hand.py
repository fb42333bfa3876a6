"""From a gallery's stored vectors and a split to a model: the recipe `hand`, in which no network learns.

Nothing here needs what networks are trained with, so that the default of `morelli train` starts quickly.
"""

from __future__ import annotations

import logging
import platform
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import replace
from importlib.metadata import version
from typing import Any

import numpy as np
import polars as pl

from morelli.audit.run import read_warnings
from morelli.collection.splits import Split
from morelli.embeddings import Embeddings
from morelli.encode.spec import EncoderCard
from morelli.errors import SplitError
from morelli.learn.heads.attribution import FittedAttribution, Reduction, add_nearness, fit_attribution
from morelli.learn.heads.comparison import FittedComparison, fit_comparison
from morelli.learn.heads.likelihood_ratio import describe_labels
from morelli.learn.heads.open_set import fit_domain, fit_enrolment, fit_open_set, learn_directions
from morelli.learn.heads.prediction_sets import fit_sets
from morelli.learn.heads.signals import LabelledWorks, fit_signals
from morelli.learn.heads.works import RoleRows, Works, assign_roles, describe_validation
from morelli.learn.network.data import Training, choose_works, join_labels
from morelli.learn.recipe import Recipe
from morelli.model.artefact import Model
from morelli.model.comparison import ComparisonHead
from morelli.model.signals import join_sources, read_descriptors
from morelli.settings import Progress, count_processors, ignore_progress, one_thread

_log = logging.getLogger(__name__)

_WHOLE = 100  # hundredths of a training; how many each step takes was measured on the drawn collection
_LARGE = 2000  # works and dimensions, from which all processors find the principal directions sooner than one
_PACKAGES = ("morelli", "numpy", "scipy", "scikit-learn")  # whose versions the card names


def train_model(
    embeddings: Embeddings,
    encoder: EncoderCard,
    split: Split,
    *,
    collection: str,
    seed: int = 0,
    warnings: Sequence[str] = (),
    works: pl.DataFrame | None = None,
    descriptors: Embeddings | None = None,
    progress: Progress = ignore_progress,
) -> Model:
    """Return a model whose heads learn from the train part, are chosen and calibrated on the val part.

    Vectors and encoder that do not belong together, and parts with too few works, are refused.

    Parameters
    ----------
    embeddings
        Vectors of the works in the split; works without one are left out with a warning.
    encoder, collection, warnings
        For the card: the encoder that made them, the collection's name, what its audit warned of.
    works
        The works table, whose labels and pictures the signals are learnt from; None: no signals.
    descriptors
        Vectors of the ``descriptors`` encoder for the same works, where the encoder itself has none.
    """
    embeddings.require(encoder.fingerprint, "train")
    started = time.perf_counter()
    train, val = (_embedded(split.part(part), embeddings, part) for part in ("train", "val"))
    roles = _assign_roles(train, val, split, seed)
    fitted, parts = fit_attribution_parts(roles, val, embeddings, seed=seed, progress=progress)
    of_train, of_val = (Works.of_rows(rows, embeddings) for rows in (train, val))
    comparing = _share(
        progress, f"learning to compare from {len(train)} works, choosing on {len(val)}", 50, 92
    )
    comparison = fit_comparison(of_train, of_val, seed=seed, progress=comparing)
    if works is not None:
        progress("learning style, palette, subject and work", 92, _WHOLE)
        labelled = [_label_works(rows, works, embeddings, encoder, descriptors) for rows in (train, val)]
        parts["signals"] = fit_signals(*labelled, seed=seed)
    facts = _describe_run(fitted, comparison, collection, seed, time.perf_counter() - started)
    judged = Works.of_rows(pl.concat([roles.validation, roles.calibration]), embeddings)
    facts["validation"] |= describe_validation(fitted.head, judged, seed=seed)
    facts["validation"]["set_size_by_score"] = parts["prediction_sets"].sizes
    n_works = {"train": len(train), "val": len(val), "test": split.count("test")}
    facts |= {"warnings": list(warnings), "n_works": n_works}
    parts["prediction_sets"] = parts["prediction_sets"].sets
    return Model(
        encoder=encoder,
        attribution=fitted.head,
        comparison=_label_population(comparison.head, works, [*train["id"], *val["id"]]),
        split=split,
        facts=facts,
        ensemble=comparison.ensemble,
        domain=fit_domain(of_train.vectors, of_val.vectors, seed=seed),
        roles=roles.to_roles(split),
        **parts,
    )


def fit_attribution_parts(
    roles: RoleRows, val: pl.DataFrame, embeddings: Embeddings, *, seed: int, progress: Progress
) -> tuple[FittedAttribution, dict[str, Any]]:
    """Return the fitted head, and by name what goes with it: fitted sets, open set, weights of newcomers."""
    train, validation, calibration = (
        Works.of_rows(rows, embeddings) for rows in (roles.train, roles.validation, roles.calibration)
    )
    cohort = Works.of_rows(val, embeddings).select(np.unique(train.artists).tolist(), is_among=False)
    known = train + validation
    with one_thread() if min(train.vectors.shape) < _LARGE else nullcontext():
        reduction = Reduction.fit(train.vectors)
    # three spaces, none of which needs another
    with one_thread(), ThreadPoolExecutor(count_processors()) as pool:
        near = pool.submit(learn_directions, reduction, train + cohort, seed=seed)
        space = pool.submit(learn_directions, reduction, known + cohort, seed=seed)
        enrolled = pool.submit(fit_enrolment, reduction, train, validation, cohort, seed=seed)
        progress(f"learning {roles.train['artist'].n_unique()} artists from {len(train)} works", 0, _WHOLE)
        fitted = fit_attribution(reduction, train, validation)
        fitted = add_nearness(fitted, near.result().place(train), validation)
        progress(f"calibrating sets of artists on {len(calibration)} works", 24, _WHOLE)
        sets = fit_sets(fitted.head, validation, calibration)
        progress(f"learning who is none of them, calibrating on {len(calibration)} works", 25, _WHOLE)
        open_set = fit_open_set(space.result(), known, calibration, cohort)
        progress("learning what a few works of a newcomer are worth", 30, _WHOLE)
        parts = {"prediction_sets": sets, "open_set": open_set, "enrolled": enrolled.result()}
    return fitted, parts


def _share(progress: Progress, step: str, first: int, last: int) -> Progress:
    """Return what tells the part of a step that is done as hundredths of the whole, from first to last."""
    return lambda _, done, total: progress(step, first + round((last - first) * done / total), _WHOLE)


def _embedded(rows: pl.DataFrame, embeddings: Embeddings, part: str) -> pl.DataFrame:
    held = rows.filter(pl.col("id").is_in(list(embeddings.ids)))
    if held.is_empty():
        raise SplitError(
            f"part '{part}'",
            expected="works with vectors",
            found="none",
            remedy="run 'morelli embed' on the gallery of this split",
        )
    if len(held) < len(rows):
        _log.warning("%d works of part '%s' have no vector and are left out", len(rows) - len(held), part)
    return held


def check_split(split: Split, *, seed: int) -> None:
    """Raise a `SplitError` where a split has too few works or artists to learn from."""
    _assign_roles(split.part("train"), split.part("val"), split, seed)


def _assign_roles(train: pl.DataFrame, val: pl.DataFrame, split: Split, seed: int) -> RoleRows:
    _check_pairs(train, "train")
    _check_pairs(val, "val")
    roles = assign_roles(train, val, split.table.filter(pl.col("part") == "test"), seed=seed)
    _check_roles(roles)
    return roles


def _check_pairs(rows: pl.DataFrame, part: str) -> None:
    counts = rows.group_by("artist").len()["len"].to_list()
    if len(counts) < 2 or max(counts) < 2:
        raise SplitError(
            f"part '{part}'",
            expected="works of at least two artists, and two works by one of them",
            found=f"{len(rows)} works by {len(counts)} artists",
            remedy="collect at least 10 artists for an unseen split and 12 works per artist for a seen one",
        )


def _check_roles(roles: RoleRows) -> None:
    n_artists = roles.train["artist"].n_unique()
    if n_artists < 2 or roles.validation.is_empty() or roles.calibration.is_empty():
        raise SplitError(
            "train part",
            expected="works of at least 2 artists, and others of theirs to choose and to calibrate on",
            found=f"{len(roles.train)} works of {n_artists} artists, {len(roles.validation)} to choose on "
            f"and {len(roles.calibration)} to calibrate on",
            remedy="collect more works per artist, or more artists",
        )


def _label_works(
    rows: pl.DataFrame,
    works: pl.DataFrame,
    embeddings: Embeddings,
    encoder: EncoderCard,
    descriptors: Embeddings | None,
) -> LabelledWorks:
    """Return the embedded works of a part for the signals; descriptors only where every work has them."""
    table = works.join(rows.select("id"), on="id", how="semi").sort("id")
    ids = table["id"].to_list()
    held = descriptors is not None and set(ids) <= set(descriptors.ids)
    further = descriptors.select(ids) if descriptors is not None and held else None
    return LabelledWorks(table, join_sources(encoder, embeddings.select(ids), further))


def _label_population(head: ComparisonHead, works: pl.DataFrame | None, ids: Sequence[str]) -> ComparisonHead:
    """Return the head, its calibration told the years and styles of the works with these ids."""
    population = head.calibration.population
    if works is None or population is None:
        return head
    own = works.filter(pl.col("id").is_in(ids))
    labelled = describe_labels(population, own["year"].to_list(), own["style"].to_list())
    return replace(head, calibration=replace(head.calibration, population=labelled))


def _describe_run(
    attribution: FittedAttribution, comparison: FittedComparison, collection: str, seed: int, seconds: float
) -> dict[str, Any]:
    return {
        "collection": collection,
        "seed": seed,
        "validation": {
            "accuracy_by_C": attribution.scores,
            "C": attribution.strength,
            "log_loss_by_scaling": attribution.losses,
            "pair_roc_auc_by_method": comparison.scores,
            "n_pairs": comparison.n_pairs,
            "cllr_by_calibration": comparison.cllr,
        },
        "seconds": round(seconds, 2),
        "versions": {"python": platform.python_version(), **{name: version(name) for name in _PACKAGES}},
    }


def train_hand(training: Training, card: EncoderCard, *, facts: Mapping[str, Any] | None = None) -> Model:
    """Return the model of `train_model` on the vectors of an encoder, within the recipe's limits on works.

    The facts are what the card says of the recipe; None: that nothing of a backbone has learnt.
    """
    gallery, recipe, split, seed = training.gallery, training.recipe, training.split, training.seed
    works = gallery.works()
    limited = pl.concat(
        choose_works(join_labels(split.part(part), works, part), recipe.data, "artist", seed=seed)["id"]
        for part in ("train", "val")
    )
    embeddings = gallery.embeddings(card.fingerprint)
    left_out = set(split.table.filter(pl.col("part").is_in(["train", "val"]))["id"]) - set(limited)
    kept = [work_id for work_id in embeddings.ids if work_id not in left_out]
    model = train_model(
        Embeddings(tuple(kept), embeddings.select(kept), card.fingerprint),
        card,
        split,
        collection=gallery.name,
        seed=seed,
        warnings=read_warnings(gallery),
        works=works,
        descriptors=read_descriptors(gallery),
        progress=training.progress,
    )
    own = facts or {
        **describe_recipe(recipe),
        "weights": describe_weights(card),
        "backbone": card.name,
        "n_parameters": _count_numbers(model),
        "n_trained": _count_numbers(model),
        "train_seconds": model.facts["seconds"],
        "works_per_second": None,
        "epochs": None,
        "note": "",
    }
    return Model(**{**vars(model), "facts": {**model.facts, "recipe": own}})


def describe_weights(card: EncoderCard) -> str:
    """Return "partial" where layers of a network had no weights, and were not used; else "pretrained"."""
    if not any(part.weights for part in card.parts):
        return "none needed"
    return "partial" if any(part.note.startswith("weights without") for part in card.parts) else "pretrained"


def describe_recipe(recipe: Recipe) -> dict[str, Any]:
    """Return what the card of every model says of its recipe."""
    return {
        "name": recipe.name,
        "variant": recipe.variant,
        "digest": recipe.digest,
        "trainable": recipe.trainable,
        "summary": recipe.summary,
        "source": recipe.source,
    }


def _count_numbers(model: Model) -> int:
    return sum(
        int(np.asarray(values).size)
        for name in ("attribution", "comparison")
        for values in getattr(model, name).to_arrays().values()
    )
