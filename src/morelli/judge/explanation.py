"""An explanation: where the evidence of a comparison lies, and whether that can be believed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.stats import spearmanr

from morelli.encode.encoder import Encoder
from morelli.encode.spec import DESCRIPTORS
from morelli.encode.views import Area
from morelli.judge.details import Details, match_details
from morelli.judge.results import Comparison
from morelli.model.artefact import Model
from morelli.model.comparison import ComparisonHead
from morelli.model.likelihood_ratio import Calibration
from morelli.model.scoring import COSINE
from morelli.model.standardisation import Standardisation

Map = NDArray[np.float64]

# Of the left and of the right picture: the inputs of all parts of an encoder for the whole picture, then for
# each mask.
_HiddenInputs = tuple[Sequence[Sequence[NDArray[Any]]], Sequence[Sequence[NDArray[Any]]]]

_N_REGIONS = 6  # across and down; finer ones hide too little to change a vector of the whole picture
_FEATHER = 0.2  # half the width, in regions, of the soft edge: a sharp one would itself be a detail
_MAX_ENLARGEMENT = 2  # a picture is first reduced to this many times what the encoder reads, to save time

N_HIDDEN = 6
"""Regions hidden at once in a sanity test: a sixth of each picture."""

_N_DRAWS = 5  # random choices of as many regions, per picture
_LIKE_RANDOM = 0.5  # rank correlation with a random model's map from which on the page warns: a convention
_N_RANDOM_DIMENSIONS = 256  # as many as the contrastive space has


@dataclass(frozen=True, eq=False)
class Occlusion:
    """What hiding each region of two pictures does to the evidence."""

    log10_likelihood_ratio: float  # of the whole pictures
    left: Map  # (r, r) by how much it falls when a region is hidden; positive: it speaks for one hand
    right: Map
    areas: tuple[Area, Area]  # what the maps cover of both pictures, in shares of their sides


@dataclass(frozen=True, eq=False)
class _HiddenVectors:
    """Two pictures as vectors: each first whole, then with a mask's regions hidden."""

    left: NDArray[np.float32]  # (1 + m, d)
    right: NDArray[np.float32]

    def measure_falls(self, head: ComparisonHead) -> tuple[float, Map]:
        """Return the log10 likelihood ratio of the whole pictures, and (2, m) by how much it falls."""
        left, right = (head.read_rows(vectors) for vectors in (self.left, self.right))
        sides = (left, right), (right, left)  # of each the other stays whole
        scores = np.hstack([head.rule.score_all(rows, others[:1]) for rows, others in sides]).T
        evidence = head.log10_likelihood_ratio(scores, bounded=False)
        whole = float(head.log10_likelihood_ratio(scores[0, 0]))
        return whole, evidence[:, :1] - evidence[:, 1:]


@dataclass(frozen=True)
class Sanity:
    """Two tests that a map of evidence should pass before anybody believes it."""

    correlation_with_random: float  # Spearman's, of the map with that of a random model, -1..1
    top_fall: float  # of log10 LR when the `N_HIDDEN` regions with the largest fall are hidden
    random_fall: float  # the same for as many random ones; should be clearly smaller

    @property
    def is_like_random(self) -> bool:
        """Whether the map follows that of a model that has learnt nothing."""
        return self.correlation_with_random > _LIKE_RANDOM

    @property
    def is_faithful(self) -> bool:
        """Whether the regions that it points to matter more than others."""
        return self.top_fall > self.random_fall

    def to_dict(self) -> dict[str, Any]:
        """Return the tests as a JSON object."""
        verdicts = {"is_like_random": self.is_like_random, "is_faithful": self.is_faithful}
        return {**asdict(self), **verdicts}


@dataclass(frozen=True, eq=False)
class Explanation:
    """Where the evidence of a comparison lies."""

    left: Path
    right: Path
    details: Details  # which answer each other
    occlusion: Occlusion  # how much the evidence falls when a region is hidden
    sanity: Sanity  # whether the maps can be believed
    answer: Comparison  # that of the comparison itself: no ratio is stated here that it withholds
    names: tuple[str, str]  # what the works are called

    @property
    def sentence(self) -> str:
        """The answer in words, with its reasons where it is not enough evidence."""
        reasons = "; ".join(self.answer.reasons)
        return f"{self.answer.sentence} ({_capitalise(reasons)}.)" if reasons else self.answer.sentence

    def to_dict(self) -> dict[str, Any]:
        """Return the explanation as a JSON object."""
        return {
            "left": str(self.left),
            "right": str(self.right),
            "names": list(self.names),
            "log10_likelihood_ratio": self.answer.log10_likelihood_ratio,
            "at_limit": self.answer.at_limit,
            "sentence": self.sentence,
            "diagnostics": {"log10_likelihood_ratio": self.occlusion.log10_likelihood_ratio},
            "details": asdict(self.details),
            "occlusion": {
                "left": self.occlusion.left.tolist(),
                "right": self.occlusion.right.tolist(),
                "left_area": asdict(self.occlusion.areas[0]),
                "right_area": asdict(self.occlusion.areas[1]),
            },
            "sanity": self.sanity.to_dict(),
        }


def _capitalise(text: str) -> str:
    return text[:1].upper() + text[1:]


def explain_comparison(
    model: Model,
    encoder: Encoder,
    left: Path,
    right: Path,
    *,
    answer: Comparison,
    names: tuple[str, str] | None = None,
    seed: int = 0,
) -> Explanation:
    """Return where the evidence of comparing two picture files lies; the seed is of the sanity tests.

    The answer is what the comparison said; the names, those of the files where none are given, are what the
    works are called. Raises `PictureError` when a picture cannot be used.
    """
    pictures = encoder.open_picture(left), encoder.open_picture(right)
    small = [_reduce_picture(picture.image, encoder.side_px) for picture in pictures]
    areas = encoder.find_area(*small[0].size), encoder.find_area(*small[1].size)
    masks = _mask_each_region()
    inputs = _prepare_hidden(encoder, small, (masks, masks))
    occlusion = _measure_occlusion(model.comparison, _encode_hidden(encoder, inputs), areas)
    return Explanation(
        left=left,
        right=right,
        details=match_details(model, encoder, *pictures),
        occlusion=occlusion,
        sanity=_test_sanity(model, encoder, small, inputs, occlusion, seed),
        answer=answer,
        names=names or (left.name, right.name),
    )


def _test_sanity(
    model: Model,
    encoder: Encoder,
    pictures: Sequence[Image.Image],
    inputs: _HiddenInputs,
    occlusion: Occlusion,
    seed: int,
) -> Sanity:
    rng = np.random.default_rng(seed)
    chosen = _choose_masks(occlusion.left, rng), _choose_masks(occlusion.right, rng)
    together = _encode_hidden(encoder, _prepare_hidden(encoder, pictures, chosen))
    _, falls = together.measure_falls(model.comparison)
    has_weights = any(part.model != DESCRIPTORS for part in encoder.card.parts)
    hidden = _encode_hidden(encoder.randomise(seed) if has_weights else encoder, inputs)
    head = _randomise_head(model.comparison, hidden, rng)
    return _check_maps(occlusion, _measure_occlusion(head, hidden, occlusion.areas), falls)


def _measure_occlusion(head: ComparisonHead, hidden: _HiddenVectors, areas: tuple[Area, Area]) -> Occlusion:
    """Return the maps of vectors made with `_mask_each_region`."""
    whole, falls = hidden.measure_falls(head)
    left, right = falls.reshape(2, _N_REGIONS, _N_REGIONS)
    return Occlusion(whole, left, right, areas)


def _mask_each_region(n_regions: int = _N_REGIONS) -> NDArray[np.bool_]:
    """Return (r * r, r, r) masks, each of one region, row by row from the top."""
    return np.eye(n_regions**2, dtype=bool).reshape(-1, n_regions, n_regions)


def _prepare_hidden(
    encoder: Encoder, pictures: Sequence[Image.Image], masks: Sequence[NDArray[np.bool_]]
) -> _HiddenInputs:
    """Return what an encoder is to read of two pictures, whole and with regions hidden.

    Two RGB pictures as `_reduce_picture` returns them, and for each (m, r, r) masks of what to hide.
    """
    left, right = (
        encoder.prepare_images([picture, *_hide_regions(picture, own, encoder.find_area(*picture.size))])
        for picture, own in zip(pictures, masks, strict=True)
    )
    return left, right


def _encode_hidden(encoder: Encoder, inputs: _HiddenInputs) -> _HiddenVectors:
    """Return the vectors for what `_prepare_hidden` made with this encoder, or with the one it randomises."""
    left, right = (encoder.encode_inputs(side) for side in inputs)
    return _HiddenVectors(left, right)


def _hide_regions(picture: Image.Image, masks: NDArray[np.bool_], area: Area) -> list[Image.Image]:
    """Return a copy of a picture for each mask, its regions covered with the picture's mean colour.

    The masks (m, r, r), rows from the top, are of regions in an area; beyond it, nothing is hidden.
    """
    pixels = np.asarray(picture, dtype=np.float32)
    change = pixels.mean(axis=(0, 1)) - pixels
    down = _feather(masks.shape[1], area.top, area.bottom, picture.height)
    across = _feather(masks.shape[2], area.left, area.right, picture.width)
    copies = []
    for mask in masks:
        cover = (down.T @ mask @ across)[..., None]
        copies.append(Image.fromarray(np.rint(pixels + cover * change).astype(np.uint8)))
    return copies


def _reduce_picture(picture: Image.Image, side_px: int) -> Image.Image:
    """Return a picture whose short side is at most twice what an encoder reads."""
    short = min(picture.size)
    if short <= _MAX_ENLARGEMENT * side_px:
        return picture
    scale = _MAX_ENLARGEMENT * side_px / short
    width, height = (max(1, round(side * scale)) for side in picture.size)
    return picture.resize((width, height), Image.Resampling.LANCZOS)


def _feather(n_regions: int, start: float, end: float, n_pixels: int) -> NDArray[np.float32]:
    """Return (r, n_pixels) weights of 0..1 that add up to 1 within the area and are 0 beyond it."""
    places = (np.arange(n_pixels) + 0.5) / n_pixels  # pixel centres
    is_inside = (places > start) & (places < end)
    within = np.clip((places - start) / (end - start) * n_regions, _FEATHER, n_regions - _FEATHER)
    distances = np.abs(within - (np.arange(n_regions)[:, None] + 0.5))
    weights = np.clip((0.5 + _FEATHER - distances) / (2 * _FEATHER), 0, 1) * is_inside
    return weights.astype(np.float32)


def _choose_masks(falls: Map, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Return (1 + draws, r, r) masks: the regions of a map with the largest falls, then random ones."""
    order = np.argsort(-falls, axis=None, kind="stable")
    chosen = [order[:N_HIDDEN], *(rng.choice(falls.size, N_HIDDEN, replace=False) for _ in range(_N_DRAWS))]
    masks = np.zeros((len(chosen), falls.size), dtype=bool)
    for mask, regions in zip(masks, chosen, strict=True):
        mask[regions] = True
    return masks.reshape(-1, *falls.shape)


def _randomise_head(head: ComparisonHead, hidden: _HiddenVectors, rng: np.random.Generator) -> ComparisonHead:
    """Return a head that has learnt nothing: random directions, scaled to the vectors at hand.

    Those of a random encoder where there is one: the model's own scaling would be wrong for them. No
    calibration would fit; only the order of the falls is used.
    """
    vectors = np.concatenate([hidden.left, hidden.right])
    shape = vectors.shape[1], _N_RANDOM_DIMENSIONS
    projection = rng.normal(size=shape).astype(np.float32)
    return replace(
        head,
        standardisation=Standardisation.fit(vectors),
        projections={"random": projection},
        raw_weight=0.0,
        artists=None,
        cohort=None,
        calibration=Calibration.linear(),
        layers=None,
        rule=COSINE,
    )


def _check_maps(real: Occlusion, random: Occlusion, hidden_falls: Map) -> Sanity:
    """Return both tests, given the (2, 1 + draws) falls of the masks that `_choose_masks` gave."""
    pairs = ((real.left, random.left), (real.right, random.right))
    return Sanity(
        correlation_with_random=float(np.mean([_correlate_ranks(one, other) for one, other in pairs])),
        top_fall=float(hidden_falls[:, 0].mean()),
        random_fall=float(hidden_falls[:, 1:].mean()),
    )


def _correlate_ranks(one: Map, other: Map) -> float:
    """Return Spearman's correlation of two maps, 0 where one is constant."""
    if np.ptp(one) == 0 or np.ptp(other) == 0:
        return 0.0
    return float(spearmanr(one, other, axis=None).statistic)
