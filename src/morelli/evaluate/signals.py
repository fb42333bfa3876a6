"""Do the signals say different things: each signal scored on its own question and on those of the others.

A question is a set of pairs, alike in one thing or not: hand, style, palette, subject, work. A signal is
worth its name when it answers its own question, and separate when it answers the others less well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import spearmanr
from sklearn.metrics import roc_auc_score

from morelli.collection.audit.looks import Look
from morelli.collection.classes import class_of
from morelli.collection.label_pairs import sample_label_pairs
from morelli.collection.samples import Pairs, sample_pairs
from morelli.collection.subjects import read_subjects
from morelli.errors import EvaluationError
from morelli.evaluate.intervals import enclose, resample_artists
from morelli.evaluate.rows import PartName
from morelli.evaluate.sightings import Sightings, read_copies, read_halves, read_sightings
from morelli.evaluate.signal_results import Correlation, SignalCell, SignalReport
from morelli.gallery.store import Gallery
from morelli.model.artefact import Model
from morelli.model.likelihood_ratio import measure_cllr
from morelli.model.signals import SIGNALS, SignalName

N_PAIRS = 1000
"""Pairs of each kind for each question."""

N_BOOT = 200
"""Resamples of artists for each of the 25 areas."""

PARTS: tuple[PartName, ...] = ("seen", "unseen")


def evaluate_signals(
    gallery: Gallery, model: Model, *, seed: int = 0, progress: Callable[[str], None] | None = None
) -> SignalReport:
    """Return how well each signal of a model answers each question on the test works of its split.

    Parameters
    ----------
    gallery
        Holds the works, their vectors and where their pictures are.
    model
        Its signals.
    seed
        Of pairs, copies and resamples.
    progress
        Called with a sentence before each step.

    Raises
    ------
    EvaluationError
        When no question can be asked of any test works.
    """
    cells: list[SignalCell] = []
    correlations: list[Correlation] = []
    missing: list[str] = []
    reasons = {} if model.signals is None else model.signals.reasons
    missing += [f"{name}: {reason}" for name, reason in reasons.items()]
    for part in PARTS:
        works = _test_works(gallery, model, part)
        if len(works) < 2:
            continue
        (progress or _say_nothing)(f"{part} artists: {len(works)} works")
        rng, known = np.random.default_rng(seed), dict[str, Look | None]()
        for question, seen, pairs in _ask(gallery, model, works, rng, missing, known):
            cells += _measure(model, part, question, seen, pairs, rng)
        correlations += _correlate(gallery, model, part, works, rng, known)
    if not cells:
        raise EvaluationError(
            "signals",
            expected="test works that make pairs",
            found="none",
            remedy="evaluate a model whose split has a test part with several works per artist",
        )
    report = (tuple(cells), tuple(correlations), tuple(missing))
    return SignalReport(gallery.name, model.encoder.name, model.split.name, seed, *report)


def _say_nothing(step: str) -> None:
    return None


def _test_works(gallery: Gallery, model: Model, part: PartName) -> pl.DataFrame:
    table = model.split.table
    learnt = table.filter(pl.col("part") != "test")["artist"].unique().to_list()
    is_seen = pl.col("artist").is_in(learnt)
    chosen = table.filter((pl.col("part") == "test") & (is_seen if part == "seen" else ~is_seen))
    held = gallery.embedded_ids(model.encoder.fingerprint)
    works = gallery.works().drop("artist").join(chosen.select("id", "artist"), on="id")
    return works.filter(pl.col("id").is_in(list(held))).sort("id")


def _ask(
    gallery: Gallery,
    model: Model,
    works: pl.DataFrame,
    rng: np.random.Generator,
    missing: list[str],
    known: dict[str, Look | None],
) -> Iterator[tuple[SignalName, Sightings, Pairs]]:
    """Yield each question that can be asked of works, with what is compared."""
    artists = works["artist"].to_list()
    labels = {"style": works.select(class_of("style"))["class"].to_list(), "subject": read_subjects(works)}
    questions: dict[SignalName, Callable[[], Pairs]] = {
        "hand": lambda: sample_pairs(artists, max_different=N_PAIRS, rng=rng),
        "style": lambda: sample_label_pairs(labels["style"], artists, max_pairs=N_PAIRS, rng=rng),
        "subject": lambda: sample_label_pairs(labels["subject"], artists, max_pairs=N_PAIRS, rng=rng),
    }
    for name, draw in questions.items():
        try:
            pairs = _thin(draw(), rng)
        except EvaluationError as error:
            missing.append(f"no question of {name}: {error.found}")
            continue
        yield name, *_restrict(gallery, model, works, pairs, known)
    yield "palette", *read_halves(model, works, N_PAIRS, rng)
    yield "work", *read_copies(model, works, N_PAIRS, rng)


def _thin(pairs: Pairs, rng: np.random.Generator) -> Pairs:
    """Keep at most `N_PAIRS` of each kind."""
    kinds = (np.flatnonzero(pairs.same), np.flatnonzero(~pairs.same))
    rows = np.concatenate([np.sort(rng.permutation(kind)[:N_PAIRS]) for kind in kinds])
    return Pairs(pairs.left[rows], pairs.right[rows], pairs.same[rows])


def _restrict(
    gallery: Gallery, model: Model, works: pl.DataFrame, pairs: Pairs, known: dict[str, Look | None]
) -> tuple[Sightings, Pairs]:
    """Return the works that take part, and the pairs by their new positions."""
    used, places = np.unique(np.concatenate([pairs.left, pairs.right]), return_inverse=True)
    moved = Pairs(places[: len(pairs)], places[len(pairs) :], pairs.same)
    return read_sightings(gallery, model, works[used.tolist()], known), moved


def _measure(
    model: Model,
    part: PartName,
    question: SignalName,
    seen: Sightings,
    pairs: Pairs,
    rng: np.random.Generator,
) -> Iterator[SignalCell]:
    codes = np.unique(np.array(seen.artists, dtype=object), return_inverse=True)[1]
    weights = resample_artists(int(codes.max()) + 1, n_boot=N_BOOT, rng=rng)
    n_same = pairs.n_same
    for signal in SIGNALS:
        scores = seen.score(model, signal, pairs)
        if scores is None:
            continue
        interval = enclose(
            float(roc_auc_score(pairs.same, scores)), _replicate(scores, pairs, codes, weights)
        )
        evidence = seen.weigh(model, signal, scores) if signal == question else None
        cost = None if evidence is None else measure_cllr(evidence, pairs.same)
        numbers = (interval.value, interval.low, interval.high, cost, n_same, len(pairs) - n_same)
        yield SignalCell(part, signal, question, *numbers)


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
) -> Iterator[Correlation]:
    left, right = rng.integers(len(works), size=(2, N_PAIRS))
    kept = left != right
    pairs = Pairs(left[kept], right[kept], np.zeros(int(kept.sum()), dtype=bool))
    seen, pairs = _restrict(gallery, model, works, pairs, known)
    scores = {name: seen.score(model, name, pairs) for name in SIGNALS}
    held = {name: values for name, values in scores.items() if values is not None}
    for signal, ours in held.items():
        for other, theirs in held.items():
            is_flat = np.ptp(ours) == 0 or np.ptp(theirs) == 0
            value = None if is_flat else float(spearmanr(ours, theirs).statistic)
            yield Correlation(part, signal, other, value, len(pairs))
