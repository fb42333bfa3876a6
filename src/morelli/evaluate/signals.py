"""Do the signals say different things: each signal scored on its own question and on those of the others.

A question is a set of pairs, alike in one thing or not: hand, style, palette, subject, work. A signal is
worth its name when it answers its own question, and separate when it answers the others less well.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
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
from morelli.collection.pairs.samples import Pairs, sample_label_pairs, sample_pairs, score_pairs
from morelli.collection.pictures import halve_picture, open_picture
from morelli.encode.descriptors import PICTURE_SIZE_PX, describe_picture
from morelli.encode.spec import DESCRIPTORS as DESCRIPTORS_MODEL
from morelli.errors import EvaluationError, PictureError
from morelli.evaluate.metrics.comparison import score_works
from morelli.evaluate.metrics.intervals import enclose, resample_artists
from morelli.evaluate.rows import PartName
from morelli.gallery.store import Gallery
from morelli.model.artefact import Model
from morelli.model.likelihood_ratio import measure_cllr
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

# Works, halves and changed copies as the signals see them, and the scores of pairs among them.

N_HALVED, N_COPIED = 100, 40
"""Pictures that are cut into halves, and copied once for each change."""


@dataclass(frozen=True, eq=False)
class Sightings:
    """Pictures as the signals see them.

    Parameters
    ----------
    sources
        Their vectors, (n, d) each.
    looks
        (n,) None where a picture could not be read; empty where none was.
    artists
        (n,) of the work that each shows.
    """

    sources: Sources
    looks: Sequence[Look | None]
    artists: Sequence[str]

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
        return score_pairs(head.transform(self.sources), pairs.left, pairs.right)

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


def _read_sightings(
    gallery: Gallery, model: Model, works: pl.DataFrame, known: dict[str, Look | None]
) -> Sightings:
    """Return works of a gallery with their stored vectors and the looks of their pictures.

    Parameters
    ----------
    gallery, model
        Where the works are, and whose encoder made the vectors.
    works
        Rows of the works table.
    known
        Looks by path, which later calls need not take again; those taken now are added.
    """
    ids = works["id"].to_list()
    vectors = gallery.embeddings(model.encoder.fingerprint).select(ids)
    held = read_descriptors(gallery)
    further = held.select(ids) if held is not None and set(ids) <= set(held.ids) else None
    paths = works["path"].to_list()
    known |= {path: _look(path) for path in paths if path not in known}
    looks = [known[path] for path in paths]
    return Sightings(join_sources(model.encoder, vectors, further), looks, works["artist"].to_list())


def _read_halves(
    model: Model, works: pl.DataFrame, n_pairs: int, rng: np.random.Generator
) -> tuple[Sightings, Pairs]:
    """Return left and right halves of pictures, and the pairs of one left with one right half.

    Raises
    ------
    EvaluationError
        When fewer than two pictures can be read.
    """
    images, artists = _open_some(works, N_HALVED, rng)
    halves = [halve_picture(image) for image in images]
    n = len(images)
    shown = [left for left, _ in halves] + [right for _, right in halves]
    others = rng.integers(n, size=(2, n_pairs))
    others = np.unique(others[:, others[0] != others[1]], axis=1)
    left, right = np.concatenate([np.stack([np.arange(n), np.arange(n)]), others], axis=1)
    pairs = Pairs(left, right + n, np.arange(len(left)) < n)
    return _see(model, shown, artists * 2), pairs


def _read_copies(
    model: Model, works: pl.DataFrame, n_pairs: int, rng: np.random.Generator
) -> tuple[Sightings, Pairs]:
    """Return pictures and changed copies, the pairs of both, and pairs of pictures with others' copies.

    Raises
    ------
    EvaluationError
        When fewer than two pictures can be read.
    """
    images, artists = _open_some(works, N_COPIED, rng)
    n, n_changes = len(images), len(CHANGES)
    copies = [plant_copy(image, change, rng) for image in images for change in CHANGES]
    owners = np.repeat(np.arange(n), n_changes)
    others = np.stack([rng.integers(n, size=n_pairs), rng.integers(n * n_changes, size=n_pairs)])
    others = np.unique(others[:, others[0] != owners[others[1]]], axis=1)
    left, right = np.concatenate([np.stack([owners, np.arange(len(copies))]), others], axis=1)
    pairs = Pairs(left, right + n, np.arange(len(left)) < len(copies))
    shown_artists = [*artists, *(artists[owner] for owner in owners)]
    return _see(model, [*images, *copies], shown_artists), pairs


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


def _see(model: Model, images: Sequence[Image.Image], artists: Sequence[str]) -> Sightings:
    described = np.stack([describe_picture(np.asarray(image)) for image in images])
    sources: dict[Source, NDArray[np.float32]] = {DESCRIPTORS: described}
    if [part.model for part in model.encoder.parts] == [DESCRIPTORS_MODEL]:
        sources[ENCODER] = described
    return Sightings(sources, [take_look(image) for image in images], artists)


def _look(path: str) -> Look | None:
    try:
        return take_look(open_picture(Path(path), at_least=PICTURE_SIZE_PX))
    except PictureError:
        return None


# What an evaluation of signals gives back, and how it is written.

_NAMES = ("signals.json", "signals.csv", "signal_correlations.csv")
"""What `write_signals` writes."""


@dataclass(frozen=True)
class SignalCell:
    """How well one signal answers one question.

    Parameters
    ----------
    part
        Seen or unseen artists.
    signal, question
        Which signal, on pairs alike in which thing.
    roc_auc
        How often a pair that is alike scores above one that is not, 0..1, a tie counting half.
    low, high
        Its 95 % interval over artists.
    cllr
        Cost of the log likelihood ratio in bits, on the signal's own question only: 0 is perfect, 1 says
        nothing, above 1 misleads; None on other questions and without a calibration.
    n_same, n_different
        Pairs of both kinds.
    """

    part: PartName
    signal: SignalName
    question: SignalName
    roc_auc: float
    low: float
    high: float
    cllr: float | None
    n_same: int
    n_different: int


@dataclass(frozen=True)
class Correlation:
    """How far two signals order the same pairs of works alike.

    Parameters
    ----------
    part
        Seen or unseen artists.
    signal, other
        The two.
    spearman
        Rank correlation of their scores, -1..1; None where one gives every pair the same score.
    n
        Pairs drawn at random.
    """

    part: PartName
    signal: SignalName
    other: SignalName
    spearman: float | None
    n: int


@dataclass(frozen=True)
class SignalReport:
    """What an evaluation of signals found.

    Parameters
    ----------
    collection, encoder, split, seed
        What was evaluated.
    cells, correlations
        The numbers.
    missing
        Why a question or a signal has no number, one sentence each.
    """

    collection: str
    encoder: str
    split: str
    seed: int
    cells: tuple[SignalCell, ...]
    correlations: tuple[Correlation, ...]
    missing: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the report as a JSON object."""
        return asdict(self)


def write_signals(report: SignalReport, folder: Path) -> Path:
    """Write `signals.json`, `signals.csv` and `signal_correlations.csv`, and return the first's path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / _NAMES[0]
    path.write_text(json.dumps(report.to_dict(), indent=2) + "\n", encoding="utf-8")
    told = report.to_dict()
    for name, rows in zip(_NAMES[1:], (told["cells"], told["correlations"]), strict=True):
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]) if rows else [])
            writer.writeheader()
            writer.writerows(rows)
    return path


_N_PAIRS = 1000
"""Pairs of each kind for each question."""

_N_BOOT = 200
"""Resamples of artists for each of the 25 areas."""

_PARTS: tuple[PartName, ...] = ("seen", "unseen")


def evaluate_signals(
    gallery: Gallery, model: Model, *, seed: int = 0, progress: Progress | None = None
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
    for part in _PARTS:
        works = _test_works(gallery, model, part)
        if len(works) < 2:
            continue
        (progress or ignore_progress)(f"{part} artists: {len(works)} works", 0, 0)
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
    yield "palette", *_read_halves(model, works, _N_PAIRS, rng)
    yield "work", *_read_copies(model, works, _N_PAIRS, rng)


def _thin(pairs: Pairs, rng: np.random.Generator) -> Pairs:
    """Keep at most `_N_PAIRS` of each kind."""
    kinds = (np.flatnonzero(pairs.same), np.flatnonzero(~pairs.same))
    rows = np.concatenate([np.sort(rng.permutation(kind)[:_N_PAIRS]) for kind in kinds])
    return Pairs(pairs.left[rows], pairs.right[rows], pairs.same[rows])


def _restrict(
    gallery: Gallery, model: Model, works: pl.DataFrame, pairs: Pairs, known: dict[str, Look | None]
) -> tuple[Sightings, Pairs]:
    """Return the works that take part, and the pairs by their new positions."""
    used, places = np.unique(np.concatenate([pairs.left, pairs.right]), return_inverse=True)
    moved = Pairs(places[: len(pairs)], places[len(pairs) :], pairs.same)
    return _read_sightings(gallery, model, works[used.tolist()], known), moved


def _measure(
    model: Model,
    part: PartName,
    question: SignalName,
    seen: Sightings,
    pairs: Pairs,
    rng: np.random.Generator,
) -> Iterator[SignalCell]:
    codes = np.unique(np.array(seen.artists, dtype=object), return_inverse=True)[1]
    weights = resample_artists(int(codes.max()) + 1, n_boot=_N_BOOT, rng=rng)
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
    left, right = rng.integers(len(works), size=(2, _N_PAIRS))
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
