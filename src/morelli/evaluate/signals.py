"""Do the signals tell different things: each signal scored on its own question and on those of the others.

A question is a set of pairs, alike in one thing or not: hand, style, palette, subject, work. A signal is
worth its name when it answers its own question, and separate when it answers the others less well.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from PIL import Image
from scipy.stats import spearmanr
from sklearn.metrics import roc_auc_score

from morelli.collection.duplicates.links import link_looks
from morelli.collection.duplicates.looks import CHANGES, Look, plant_copy, take_look
from morelli.collection.labels import class_of, read_subjects
from morelli.collection.pairs.samples import Pairs, sample_label_pairs, sample_pairs
from morelli.collection.pictures import halve_picture, open_picture
from morelli.encode.descriptors import PICTURE_SIZE_PX, describe_picture
from morelli.encode.spec import DESCRIPTORS as DESCRIPTORS_MODEL
from morelli.errors import EvaluationError, PictureError
from morelli.evaluate.metrics.comparison import score_works
from morelli.evaluate.metrics.intervals import enclose, resample_artists
from morelli.evaluate.rows import PARTS, Cell, PartName, write_table
from morelli.evaluate.works import list_test_rows
from morelli.files import replace_files, write_file
from morelli.gallery.store import Gallery
from morelli.model.artefact import Model
from morelli.model.likelihood_ratio import measure_cllr
from morelli.model.scoring import COSINE
from morelli.model.signals import (
    DESCRIPTORS,
    ENCODER,
    SIGNALS,
    SignalName,
    Signals,
    Source,
    Sources,
    join_sources,
    read_descriptors,
)
from morelli.settings import Progress, ignore_progress

N_HALVED, N_COPIED = 100, 40
"""Pictures that are cut into halves, and copied once for each change."""

_N_PAIRS = 1000
"""Pairs of each kind for each question."""

_N_BOOT = 200
"""Resamples of artists for each of the 25 areas."""

_COLUMNS = {
    "cells": ["part", "signal", "question", "roc_auc", "low", "high", "cllr", "n_same", "n_different"],
    "correlations": ["part", "signal", "other", "spearman", "n"],
}
"""Of `signals.csv` and `signal_correlations.csv`."""


@dataclass(frozen=True, eq=False)
class SignalReport:
    """How well each signal answers each question, how far signals agree, and why a number is missing.

    A row of `cells` has the area under the ROC curve of one signal on pairs alike in one thing, with its 95 %
    interval over artists; `cllr`, the cost of the log likelihood ratio in bits, stands on the signal's own
    question only, where it is calibrated. A row of `correlations` has the rank correlation of two signals
    over random pairs, null where one gives every pair the same score.
    """

    collection: str
    encoder: str
    split: str
    seed: int
    cells: pl.DataFrame
    correlations: pl.DataFrame
    missing: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the report as a JSON object."""
        return {
            "collection": self.collection,
            "encoder": self.encoder,
            "split": self.split,
            "seed": self.seed,
            "cells": self.cells.to_dicts(),
            "correlations": self.correlations.to_dicts(),
            "missing": list(self.missing),
        }


_NUMBERS = "signals.json"


def write_signals(report: SignalReport, folder: Path) -> Path:
    """Write `signals.json`, `signals.csv` and `signal_correlations.csv`, and return the first's path."""
    tables = {"signals.csv": report.cells, "signal_correlations.csv": report.correlations}
    with replace_files(folder, (_NUMBERS, *tables)) as part:
        write_file(part / _NUMBERS, json.dumps(report.to_dict(), indent=2) + "\n")
        for name, table in tables.items():
            write_table(table, part / name)
    return folder / _NUMBERS


def evaluate_signals(
    gallery: Gallery, model: Model, *, seed: int = 0, progress: Progress | None = None
) -> SignalReport:
    """Return how well each signal of a model answers each question on the test works of its split.

    The seed is that of pairs, copies and resamples; the progress is told before each step.
    Raises `EvaluationError` when no question can be asked of any test works.
    """
    cells: list[tuple[Cell, ...]] = []
    correlations: list[tuple[Cell, ...]] = []
    reasons = {} if model.signals is None else model.signals.reasons
    missing = [f"{name}: {reason}" for name, reason in reasons.items()]
    for part in PARTS:
        works = _select_test_works(gallery, model, part)
        if len(works) < 2:
            continue
        (progress or ignore_progress)(f"{part} artists: {len(works)} works", 0, 0)
        rng, known = np.random.default_rng(seed), dict[str, Look | None]()
        for question, observed, pairs in _draw_questions(gallery, model, works, rng, missing, known):
            cells += _measure(model, part, question, observed, pairs, rng)
        correlations += _correlate(gallery, model, part, works, rng, known)
    if not cells:
        raise EvaluationError(
            "signals",
            expected="test works that make pairs",
            found="none",
            remedy="evaluate a model whose split has a test part with several works per artist",
        )
    tables = [
        pl.DataFrame(records, schema=_COLUMNS[name], orient="row", infer_schema_length=None)
        for name, records in (("cells", cells), ("correlations", correlations))
    ]
    return SignalReport(
        gallery.name, model.encoder.name, model.split.name, seed, tables[0], tables[1], tuple(missing)
    )


@dataclass(frozen=True, eq=False)
class _Observations:
    """n pictures as the signals see them."""

    sources: Sources  # their vectors, (n, d) each
    looks: Sequence[Look | None]  # None where a picture could not be read; empty where none was
    artists: Sequence[str]  # of the work that each shows

    def score(self, model: Model, signal: SignalName, pairs: Pairs) -> NDArray[np.float64] | None:
        """Return the score of each pair, (p,), or None where the signal sees nothing."""
        if signal == "work":
            return self._align(pairs)
        if signal == "hand":
            if ENCODER not in self.sources:
                return None
            rows = model.comparison.read_rows(self.sources[ENCODER])
            return score_works(rows, pairs.left, pairs.right, model.comparison.rule)
        head = (model.signals or Signals()).find_head(signal)
        if head is None or head.missing_from(self.sources):
            return None
        return COSINE.score_at(head.transform(self.sources), pairs.left, pairs.right)

    def weigh(
        self, model: Model, signal: SignalName, scores: NDArray[np.float64]
    ) -> NDArray[np.float64] | None:
        """Return the log10 likelihood ratio of scores, or None where the signal is not calibrated."""
        if signal == "hand":
            return model.comparison.log10_likelihood_ratio(scores)
        signals = model.signals or Signals()
        if signal == "work":
            rates = signals.rates
            if rates is None:
                return None
            found, lost = rates.log10_likelihood_ratio(True), rates.log10_likelihood_ratio(False)
            return np.where(scores > 0, found, lost)
        head = signals.find_head(signal)
        return None if head is None or head.line is None else head.line.log10_likelihood_ratio(scores)

    def _align(self, pairs: Pairs) -> NDArray[np.float64] | None:
        if any(look is None for look in self.looks) or len(self.looks) < len(self.artists):
            return None
        scores = np.zeros(len(pairs))
        for row, (left, right) in enumerate(zip(pairs.left.tolist(), pairs.right.tolist(), strict=True)):
            one, other = self.looks[left], self.looks[right]
            link = link_looks(one, other) if one is not None and other is not None else None
            scores[row] = 0.0 if link is None else link.correlation
        return scores


def _observe_works(
    gallery: Gallery, model: Model, works: pl.DataFrame, known: dict[str, Look | None]
) -> _Observations:
    """Return works of a gallery with stored vectors and looks, which are added to those known by path."""
    ids = works["id"].to_list()
    vectors = gallery.embeddings(model.encoder.fingerprint).select(ids)
    held = read_descriptors(gallery)
    further = held.select(ids) if held is not None and set(ids) <= set(held.ids) else None
    paths = works["path"].to_list()
    known |= {path: _look(path) for path in paths if path not in known}
    looks = [known[path] for path in paths]
    return _Observations(join_sources(model.encoder, vectors, further), looks, works["artist"].to_list())


def _observe_halves(
    model: Model, works: pl.DataFrame, n_pairs: int, rng: np.random.Generator
) -> tuple[_Observations, Pairs]:
    """Return left and right halves of pictures, and the pairs of one left with one right half."""
    images, artists = _open_some(works, N_HALVED, rng)
    halves = [halve_picture(image) for image in images]
    n = len(images)
    shown = [left for left, _ in halves] + [right for _, right in halves]
    others = rng.integers(n, size=(2, n_pairs))
    others = np.unique(others[:, others[0] != others[1]], axis=1)
    left, right = np.concatenate([np.stack([np.arange(n), np.arange(n)]), others], axis=1)
    pairs = Pairs(left, right + n, np.arange(len(left)) < n)
    return _observe(model, shown, artists * 2), pairs


def _observe_copies(
    model: Model, works: pl.DataFrame, n_pairs: int, rng: np.random.Generator
) -> tuple[_Observations, Pairs]:
    """Return pictures and changed copies, the pairs of both, and pairs of pictures with others' copies."""
    images, artists = _open_some(works, N_COPIED, rng)
    n, n_changes = len(images), len(CHANGES)
    copies = [plant_copy(image, change, rng) for image in images for change in CHANGES]
    owners = np.repeat(np.arange(n), n_changes)
    others = np.stack([rng.integers(n, size=n_pairs), rng.integers(n * n_changes, size=n_pairs)])
    others = np.unique(others[:, others[0] != owners[others[1]]], axis=1)
    left, right = np.concatenate([np.stack([owners, np.arange(len(copies))]), others], axis=1)
    pairs = Pairs(left, right + n, np.arange(len(left)) < len(copies))
    shown_artists = [*artists, *(artists[owner] for owner in owners)]
    return _observe(model, [*images, *copies], shown_artists), pairs


def _open_some(works: pl.DataFrame, n: int, rng: np.random.Generator) -> tuple[list[Image.Image], list[str]]:
    images: list[Image.Image] = []
    artists: list[str] = []
    for place in rng.permutation(len(works)).tolist():
        if len(images) == n:
            break
        try:
            images.append(open_picture(Path(works["path"][place]), at_least=2 * PICTURE_SIZE_PX))
            artists.append(str(works["artist"][place]))
        except PictureError:
            continue  # `morelli embed` lists it; another serves as well
    if len(images) < 2:
        raise EvaluationError(
            "signals of palette and work",
            expected="at least two test works whose pictures can be read",
            found=str(len(images)),
            remedy="put the pictures back where the gallery has them",
        )
    return images, artists


def _observe(model: Model, images: Sequence[Image.Image], artists: Sequence[str]) -> _Observations:
    described = np.stack([describe_picture(np.asarray(image)) for image in images])
    sources: dict[Source, NDArray[np.float32]] = {DESCRIPTORS: described}
    if [part.model for part in model.encoder.parts] == [DESCRIPTORS_MODEL]:
        sources[ENCODER] = described
    return _Observations(sources, [take_look(image) for image in images], artists)


def _look(path: str) -> Look | None:
    try:
        return take_look(open_picture(Path(path), at_least=PICTURE_SIZE_PX))
    except PictureError:
        return None


def _select_test_works(gallery: Gallery, model: Model, part: PartName) -> pl.DataFrame:
    chosen = list_test_rows(model, part).select("id", "artist")
    held = gallery.embedded_ids(model.encoder.fingerprint)
    works = gallery.works().drop("artist").join(chosen, on="id")
    return works.filter(pl.col("id").is_in(list(held))).sort("id")


def _draw_questions(
    gallery: Gallery,
    model: Model,
    works: pl.DataFrame,
    rng: np.random.Generator,
    missing: list[str],
    known: dict[str, Look | None],
) -> Iterator[tuple[SignalName, _Observations, Pairs]]:
    """Yield each question that can be asked of works, with what is compared."""
    artists = works["artist"].to_list()
    labels = {"style": works.select(class_of("style"))["class"].to_list(), "subject": read_subjects(works)}
    questions: dict[SignalName, Callable[[], Pairs]] = {
        "hand": lambda: sample_pairs(artists, max_different=_N_PAIRS, rng=rng),
        "style": lambda: sample_label_pairs(labels["style"], artists, max_pairs=_N_PAIRS, rng=rng),
        "subject": lambda: sample_label_pairs(labels["subject"], artists, max_pairs=_N_PAIRS, rng=rng),
    }
    for name, draw in questions.items():
        try:
            pairs = _thin(draw(), rng)
        except EvaluationError as error:
            missing.append(f"no question of {name}: {error.found}")
            continue
        yield name, *_restrict(gallery, model, works, pairs, known)
    yield "palette", *_observe_halves(model, works, _N_PAIRS, rng)
    yield "work", *_observe_copies(model, works, _N_PAIRS, rng)


def _thin(pairs: Pairs, rng: np.random.Generator) -> Pairs:
    """Keep at most `_N_PAIRS` of each kind."""
    kinds = (np.flatnonzero(pairs.same), np.flatnonzero(~pairs.same))
    rows = np.concatenate([np.sort(rng.permutation(kind)[:_N_PAIRS]) for kind in kinds])
    return Pairs(pairs.left[rows], pairs.right[rows], pairs.same[rows])


def _restrict(
    gallery: Gallery, model: Model, works: pl.DataFrame, pairs: Pairs, known: dict[str, Look | None]
) -> tuple[_Observations, Pairs]:
    """Return the works that take part, and the pairs by their new positions."""
    used, places = np.unique(np.concatenate([pairs.left, pairs.right]), return_inverse=True)
    moved = Pairs(places[: len(pairs)], places[len(pairs) :], pairs.same)
    return _observe_works(gallery, model, works[used.tolist()], known), moved


def _measure(
    model: Model,
    part: PartName,
    question: SignalName,
    observed: _Observations,
    pairs: Pairs,
    rng: np.random.Generator,
) -> Iterator[tuple[Cell, ...]]:
    """Yield a row of `cells` for each signal that sees these pictures."""
    codes = np.unique(np.array(observed.artists, dtype=object), return_inverse=True)[1]
    weights = resample_artists(int(codes.max()) + 1, n_boot=_N_BOOT, rng=rng)
    n_same = pairs.n_same
    for signal in SIGNALS:
        scores = observed.score(model, signal, pairs)
        if scores is None:
            continue
        interval = enclose(
            float(roc_auc_score(pairs.same, scores)), _replicate(scores, pairs, codes, weights)
        )
        evidence = observed.weigh(model, signal, scores) if signal == question else None
        cost = None if evidence is None else measure_cllr(evidence, pairs.same)
        bounds = (interval.value, interval.low, interval.high)
        yield part, signal, question, *bounds, cost, n_same, len(pairs) - n_same


def _replicate(
    scores: NDArray[np.float64],
    pairs: Pairs,
    codes: NDArray[np.intp],
    weights: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the area in each resample of artists; nan where a kind of pair is missing.

    A pair of one artist counts as often as the artist, one of two as the product: see `intervals`.
    """
    left, right = codes[pairs.left], codes[pairs.right]
    areas = np.full(len(weights), np.nan)
    for row, counts in enumerate(weights):
        count = np.where(left == right, counts[left], counts[left] * counts[right])
        if count[pairs.same].any() and count[~pairs.same].any():
            areas[row] = roc_auc_score(pairs.same, scores, sample_weight=count)
    return areas


def _correlate(
    gallery: Gallery,
    model: Model,
    part: PartName,
    works: pl.DataFrame,
    rng: np.random.Generator,
    known: dict[str, Look | None],
) -> Iterator[tuple[Cell, ...]]:
    """Yield a row of `correlations` for each two signals, over random pairs."""
    left, right = rng.integers(len(works), size=(2, _N_PAIRS))
    kept = left != right
    pairs = Pairs(left[kept], right[kept], np.zeros(int(kept.sum()), dtype=bool))
    observed, pairs = _restrict(gallery, model, works, pairs, known)
    scores = {name: observed.score(model, name, pairs) for name in SIGNALS}
    held = {name: values for name, values in scores.items() if values is not None}
    for signal, ours in held.items():
        for other, theirs in held.items():
            is_flat = np.ptp(ours) == 0 or np.ptp(theirs) == 0
            value = None if is_flat else float(spearmanr(ours, theirs).statistic)
            yield part, signal, other, value, len(pairs)
