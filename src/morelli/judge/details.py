"""Which details of one picture answer which of another, beyond what two hands have in common by chance."""

from __future__ import annotations

from dataclasses import dataclass

from morelli.collection.duplicates.looks import Alignment, align_looks, take_look
from morelli.collection.pictures import Picture
from morelli.encode.encoder import Encoder, Patches
from morelli.encode.views import Grid
from morelli.model.artefact import Model
from morelli.model.details import Link, link_mutually, measure_background, thin_links

_MAX_MATCHES = 6  # a reader compares them one by one


@dataclass(frozen=True)
class Box:
    """A rectangle in the pixels of the whole picture, upright; right and bottom lie outside."""

    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True)
class DetailMatch:
    """Two details that are each other's nearest and more alike than the threshold."""

    left: Box
    right: Box
    score: float  # cosine in the comparison space, -1..1
    share_of_strangers: float | None  # of pairs by different artists with two details as alike


@dataclass(frozen=True)
class Details:
    """The details of two pictures that answer each other.

    The threshold comes from pairs by different artists on which the model was calibrated ("strangers"), or
    from how alike the details of either picture are among themselves ("background").
    """

    matches: tuple[DetailMatch, ...]  # best first, at most `_MAX_MATCHES`
    best_score: float  # of the closest two details, whether they pass the threshold or not
    threshold: float  # what a match must reach
    yardstick: str  # "strangers" or "background"
    same_picture: Alignment | None  # where both show one painting: the likeness is not of the hand


def match_details(model: Model, encoder: Encoder, left: Picture, right: Picture) -> Details:
    """Return the details of two pictures, as the model's encoder opens them, that answer each other."""
    calibration = model.details
    grid = Grid() if calibration is None else calibration.grid
    patches = [encoder.encode_patches(picture.image, grid) for picture in (left, right)]
    rows = [model.comparison.transform(one.vectors) for one in patches]
    links = link_mutually(rows[0], rows[1])
    threshold = (
        max(measure_background(row, one.areas) for row, one in zip(rows, patches, strict=True))
        if calibration is None
        else calibration.threshold
    )
    kept = thin_links([link for link in links if link.score >= threshold], patches[0].areas, patches[1].areas)
    return Details(
        matches=tuple(_locate(link, patches, (left, right), model) for link in kept[:_MAX_MATCHES]),
        best_score=links[0].score,
        threshold=threshold,
        yardstick="background" if calibration is None else "strangers",
        same_picture=_align(left, right),
    )


def _locate(
    link: Link, patches: list[Patches], pictures: tuple[Picture, Picture], model: Model
) -> DetailMatch:
    boxes = [
        Box(*one.areas[number].to_pixels(picture.width, picture.height))
        for number, one, picture in zip((link.left, link.right), patches, pictures, strict=True)
    ]
    share = None if model.details is None else model.details.share_of_strangers(link.score)
    return DetailMatch(boxes[0], boxes[1], link.score, share)


def _align(left: Picture, right: Picture) -> Alignment | None:
    looks = [take_look(picture.image) for picture in (left, right)]
    return align_looks(looks[0], looks[1]) or align_looks(looks[0], looks[1].mirror())
