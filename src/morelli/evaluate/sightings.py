"""Works, halves and changed copies as the signals see them, and the scores of pairs among them.

Halves and copies are described here from their pixels. For an encoder of networks that would need its
weights, so their signals of hand, style and subject are left out; palette and work always have a score.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from PIL import Image

from morelli.collection.audit.links import link_looks
from morelli.collection.audit.looks import Look, take_look
from morelli.collection.audit.plants import CHANGES, plant_copy
from morelli.collection.pictures import halve_picture, open_picture
from morelli.collection.samples import Pairs, score_pairs
from morelli.encode.descriptors import PICTURE_SIZE_PX, describe_picture
from morelli.encode.spec import DESCRIPTORS as DESCRIPTORS_MODEL
from morelli.errors import EvaluationError, PictureError
from morelli.evaluate.scoring import score_works
from morelli.gallery.store import Gallery
from morelli.model.artefact import Model
from morelli.model.signals import SignalName, Signals
from morelli.model.sources import DESCRIPTORS, ENCODER, Source, Sources, join_sources, read_descriptors

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


def read_sightings(
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


def read_halves(
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


def read_copies(
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
