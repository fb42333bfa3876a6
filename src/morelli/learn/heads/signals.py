"""How the signals besides the hand are learnt: style and subject from labels, palette and work from pictures.

Everything is learnt on the train part; what is chosen and calibrated, on the val part. A signal that cannot
be learnt or calibrated has its reason in the model's card, and the model does without it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from PIL import Image
from sklearn.metrics import roc_auc_score

from morelli.collection.duplicates.hashes import group_works
from morelli.collection.duplicates.links import link_looks
from morelli.collection.duplicates.looks import CHANGES, plant_copy, take_look
from morelli.collection.labels import class_of, read_subjects
from morelli.collection.pairs.samples import Pairs, sample_label_pairs
from morelli.collection.pictures import halve_picture, open_picture
from morelli.encode.descriptors import N_DIMENSIONS, PICTURE_SIZE_PX
from morelli.encode.descriptors.canvas import stretch_canvas
from morelli.encode.descriptors.colour import COLOUR_NAMES, measure_colour
from morelli.errors import EvaluationError, PictureError
from morelli.learn.heads import ContrastiveSpace
from morelli.learn.heads.likelihood_ratio import find_bounds, fit_likelihood_ratio
from morelli.model.likelihood_ratio import LN10
from morelli.model.scoring import COSINE
from morelli.model.signals import (
    COMPOSITION,
    DESCRIPTORS,
    ENCODER,
    PALETTE,
    FoundRates,
    Line,
    SignalHead,
    Signals,
    SignalSpace,
    Sources,
)
from morelli.model.standardisation import Standardisation
from morelli.settings import one_thread

_Labels = Sequence[str | None]

_COMPOSITION_WEIGHTS = (0.25, 0.5, 1.0)  # beside the learnt space of the subject; none is tried too
_MAX_PAIRS = 20_000  # pairs of each kind that a signal is chosen and calibrated on
_MIN_PICTURES = 10  # with fewer pictures at hand, nothing is said of palette and work
_N_HALVED = 150  # pictures that are cut into halves: 22,350 pairs of halves of two pictures
_N_COPIED = 16  # pictures that are copied, once for each change
_N_ALIGNED = 1000  # pairs of different works that are aligned


@dataclass(frozen=True, eq=False)
class LabelledWorks:
    """Works with what signals are learnt from."""

    works: pl.DataFrame  # (n,) rows of the works table
    sources: Sources  # their vectors, in the same order

    @property
    def artists(self) -> list[str]:
        """The artist of each work."""
        return self.works["artist"].to_list()

    @property
    def labels(self) -> dict[str, _Labels]:
        """The style and the subject of each work, None where there is none."""
        styles = self.works.select(class_of("style"))["class"].to_list()
        return {"style": styles, "subject": read_subjects(self.works)}


@one_thread()
def fit_signals(train: LabelledWorks, val: LabelledWorks, *, seed: int) -> Signals:
    """Return the signals that can be learnt from works, each with its calibration."""
    heads: dict[str, SignalHead] = {}
    reasons: dict[str, str] = {}
    for name, fit in (("style", _fit_style), ("subject", _fit_subject)):
        try:
            heads[name] = fit(train, val, seed)
        except EvaluationError as error:
            reasons[name] = f"for the {name}, training had {error.found}, but needs {error.expected}"
    heads["palette"] = PALETTE
    rates: FoundRates | None = None
    images, artists = _read_pictures(_shuffle_paths(val.works, seed), _N_HALVED)
    if len(images) < _MIN_PICTURES:
        told = f"training could read {len(images)} validation pictures, but needs {_MIN_PICTURES}"
        reasons |= {"palette": told, "work": told}
    else:
        codes = np.unique(artists, return_inverse=True)[1]
        ends = np.repeat(codes, len(codes)), np.tile(codes, len(codes))
        heads["palette"] = replace(PALETTE, line=_fit_line(*_score_halves(images), *ends))
        found = _rate_alignment(images, np.random.default_rng(seed))
        rates = replace(found, n_copied=len(set(artists[:_N_COPIED])), n_compared=len(set(artists)))
    return Signals(heads, rates, reasons)


def _fit_style(train: LabelledWorks, val: LabelledWorks, seed: int) -> SignalHead:
    space = _learn_space(train, train.labels["style"], seed)
    pairs = _sample(val, "style", seed)
    return _calibrate(SignalHead((space,)), val, pairs)


def _fit_subject(train: LabelledWorks, val: LabelledWorks, seed: int) -> SignalHead:
    """Return the head whose composition has the weight with the highest AUC on validation pairs."""
    space = _learn_space(train, train.labels["subject"], seed)
    pairs = _sample(val, "subject", seed)
    heads = [SignalHead((space,))]
    if DESCRIPTORS in train.sources and DESCRIPTORS in val.sources:
        rows = train.sources[DESCRIPTORS][:, COMPOSITION.first : COMPOSITION.last]
        layout = replace(COMPOSITION, standardisation=Standardisation.fit(rows))
        heads += [SignalHead((space, replace(layout, weight=weight))) for weight in _COMPOSITION_WEIGHTS]
    fitted = [_calibrate(head, val, pairs) for head in heads]
    return max(fitted, key=lambda head: head.line.roc_auc if head.line else 0.0)


def _sample(val: LabelledWorks, name: str, seed: int) -> Pairs:
    rng = np.random.default_rng(seed)
    return sample_label_pairs(val.labels[name], val.artists, max_pairs=_MAX_PAIRS, rng=rng)


def _learn_space(train: LabelledWorks, labels: _Labels, seed: int) -> SignalSpace:
    rows = [place for place, label in enumerate(labels) if label is not None]
    names = [str(labels[place]) for place in rows]
    if len(set(names)) < 2 or len(rows) == len(set(names)):
        raise EvaluationError(
            "labels",
            expected="two labels, and two works of one",
            found=f"{len(set(names))} labels of {len(rows)} works",
            remedy="collect more works with labels",
        )
    vectors = train.sources[ENCODER][rows]
    standardisation = Standardisation.fit(vectors)
    space = ContrastiveSpace(random_state=seed).fit(standardisation.transform(vectors), names)
    return SignalSpace(ENCODER, 0, vectors.shape[1], 1.0, standardisation, space.projection_)


def _calibrate(head: SignalHead, val: LabelledWorks, pairs: Pairs) -> SignalHead:
    scores = COSINE.score_at(head.transform(val.sources), pairs.left, pairs.right)
    codes = np.unique(np.asarray(val.artists, dtype=str), return_inverse=True)[1]
    return replace(head, line=_fit_line(scores, pairs.same, codes[pairs.left], codes[pairs.right]))


def _fit_line(
    scores: NDArray[np.float64], same: NDArray[np.bool_], left: NDArray[np.intp], right: NDArray[np.intp]
) -> Line:
    """Return the calibration of scores of both kinds of pairs by codes of artists, (p,) each."""
    weights = _weigh_artists(same, left, right)
    slope, intercept = fit_likelihood_ratio(scores, same, weights)
    low, high = find_bounds((slope * scores + intercept) / LN10, same, weights) if slope > 0 else (0.0, 0.0)
    n_same = int(same.sum())
    area = float(roc_auc_score(same, scores))
    return Line(slope, intercept, n_same, len(same) - n_same, area, low, high)


def _weigh_artists(
    same: NDArray[np.bool_], left: NDArray[np.intp], right: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Return weights (p,): pairs of two artists count alike, all of a kind as many as artists are in it."""
    weights = np.empty(len(same))
    for kind in (True, False):
        own = same == kind
        ends = np.sort(np.stack([left[own], right[own]]), axis=0)
        _, places, counts = np.unique(ends, axis=1, return_inverse=True, return_counts=True)
        weights[own] = len(np.unique(ends)) / len(counts) / counts[places.ravel()]
    return weights


def _shuffle_paths(works: pl.DataFrame, seed: int) -> list[tuple[str, str]]:
    """Return path and artist of one work of each group of near-duplicates, in a drawn order."""
    grouped = works.with_columns(group=pl.Series(group_works(works))).unique("group", maintain_order=True)
    rows = list(grouped.select("path", "artist").iter_rows())
    return [rows[place] for place in np.random.default_rng(seed).permutation(len(rows))]


def _read_pictures(works: Iterable[tuple[str, str]], n: int) -> tuple[list[Image.Image], list[str]]:
    """Return the first n pictures that can still be read, at a small scale, and their artists."""
    found: list[Image.Image] = []
    artists: list[str] = []
    for path, artist in works:
        if len(found) == n:
            break
        try:
            found.append(open_picture(Path(path), at_least=2 * PICTURE_SIZE_PX))
            artists.append(artist)
        except PictureError:
            continue  # an audit or an embedding has listed it; the next one serves as well
    return found, artists


def _score_halves(images: Sequence[Image.Image]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the palette's (n * n,) scores of left halves with right ones, and which are of one picture."""
    halves = [halve_picture(image) for image in images]
    left, right = (
        PALETTE.transform({DESCRIPTORS: _describe_colours(side)}) for side in zip(*halves, strict=True)
    )
    return (left @ right.T).astype(np.float64).ravel(), np.eye(len(images), dtype=bool).ravel()


def _rate_alignment(images: Sequence[Image.Image], rng: np.random.Generator) -> FoundRates:
    """Return how often an alignment finds changed copies of works, and how often it takes two for one."""
    looks = [take_look(image) for image in images]
    left, right = np.triu_indices(len(images), k=1)
    chosen = rng.permutation(len(left))[:_N_ALIGNED]
    found = [
        link_looks(looks[place], take_look(plant_copy(image, change, rng))) is not None
        for place, image in enumerate(images[:_N_COPIED])
        for change in CHANGES
    ]
    pairs = zip(left[chosen].tolist(), right[chosen].tolist(), strict=True)
    mistaken = sum(link_looks(looks[one], looks[other]) is not None for one, other in pairs)
    return FoundRates(len(found), sum(found), len(chosen), mistaken)


def _describe_colours(images: Iterable[Image.Image]) -> NDArray[np.float32]:
    """Return descriptors of which only the first block, colour, is measured."""
    colours = [measure_colour(stretch_canvas(np.asarray(image))) for image in images]
    rows = np.zeros((len(colours), N_DIMENSIONS), dtype=np.float32)
    rows[:, : len(COLOUR_NAMES)] = colours
    return rows
