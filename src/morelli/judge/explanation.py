"""An explanation: where the evidence of a comparison lies, and whether that can be believed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from morelli.encode.encoder import Encoder
from morelli.encode.spec import DESCRIPTORS
from morelli.judge.details import Details, match_details
from morelli.judge.occlusion import (
    HiddenInputs,
    Occlusion,
    encode_hidden,
    mask_each_region,
    measure_occlusion,
    prepare_hidden,
    reduce_picture,
)
from morelli.judge.sanity import Sanity, check_maps, choose_masks, randomise_head
from morelli.judge.words import describe_evidence
from morelli.model.artefact import Model


@dataclass(frozen=True, eq=False)
class Explanation:
    """Where the evidence of a comparison lies.

    Parameters
    ----------
    left, right
        The picture files.
    details
        Which details answer each other.
    occlusion
        How much the evidence falls when a region is hidden.
    sanity
        Whether the maps can be believed.
    """

    left: Path
    right: Path
    details: Details
    occlusion: Occlusion
    sanity: Sanity

    @property
    def sentence(self) -> str:
        """The evidence in words."""
        return describe_evidence(self.occlusion.log10_likelihood_ratio)

    def to_dict(self) -> dict[str, Any]:
        """Return the explanation as a JSON object."""
        return {
            "left": str(self.left),
            "right": str(self.right),
            "log10_likelihood_ratio": self.occlusion.log10_likelihood_ratio,
            "sentence": self.sentence,
            "details": asdict(self.details),
            "occlusion": {
                "left": self.occlusion.left.tolist(),
                "right": self.occlusion.right.tolist(),
                "left_area": asdict(self.occlusion.areas[0]),
                "right_area": asdict(self.occlusion.areas[1]),
            },
            "sanity": self.sanity.to_dict(),
        }


def explain_comparison(
    model: Model, encoder: Encoder, left: Path, right: Path, *, seed: int = 0
) -> Explanation:
    """Return where the evidence of comparing two pictures lies.

    Parameters
    ----------
    model
        Gives the comparison space, its calibration, and the threshold for details if it has one.
    encoder
        The model's.
    left, right
        Picture files.
    seed
        Of the random model and the random regions of the sanity tests.

    Raises
    ------
    PictureError
        When a picture cannot be used.
    """
    pictures = encoder.open_picture(left), encoder.open_picture(right)
    small = [reduce_picture(picture.image, encoder.side_px) for picture in pictures]
    areas = encoder.find_area(*small[0].size), encoder.find_area(*small[1].size)
    masks = mask_each_region()
    inputs = prepare_hidden(encoder, small, (masks, masks))
    occlusion = measure_occlusion(model.comparison, encode_hidden(encoder, inputs), areas)
    return Explanation(
        left=left,
        right=right,
        details=match_details(model, encoder, *pictures),
        occlusion=occlusion,
        sanity=_test_sanity(model, encoder, small, inputs, occlusion, seed),
    )


def _test_sanity(
    model: Model,
    encoder: Encoder,
    pictures: Sequence[Image.Image],
    inputs: HiddenInputs,
    occlusion: Occlusion,
    seed: int,
) -> Sanity:
    rng = np.random.default_rng(seed)
    chosen = choose_masks(occlusion.left, rng), choose_masks(occlusion.right, rng)
    together = encode_hidden(encoder, prepare_hidden(encoder, pictures, chosen))
    _, falls = together.measure_falls(model.comparison)
    has_weights = any(part.model != DESCRIPTORS for part in encoder.card.parts)
    hidden = encode_hidden(encoder.randomise(seed) if has_weights else encoder, inputs)
    head = randomise_head(model.comparison, hidden, rng)
    return check_maps(occlusion, measure_occlusion(head, hidden, occlusion.areas), falls)
