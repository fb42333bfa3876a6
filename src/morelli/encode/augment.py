"""Training pictures that differ from themselves, each time in the way that its place in training says.

The work is done by torchvision's transforms. What they draw follows from seed, epoch, work and copy alone,
not from the order in which pictures are read or from the process that reads them, so that a run that was
stopped goes on with what it would have seen.
"""

from __future__ import annotations

import hashlib
import math

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torchvision.transforms import v2
from torchvision.transforms.functional import InterpolationMode

from morelli.encode.augmentation import Augmentation
from morelli.encode.transform import RESAMPLING, Transform


class Augmenter:
    """Makes the squares that a network is trained on.

    Parameters
    ----------
    augmentation
        How far a square may differ.
    transform
        How the network sees a picture otherwise; without crops, all else starts from its square.
    seed
        Of everything random.
    """

    def __init__(self, augmentation: Augmentation, transform: Transform, *, seed: int) -> None:
        self._transform, self._seed = transform, seed
        self._is_cropping = augmentation.is_cropping
        self._area = augmentation.least_area
        self._steps = v2.Compose([v2.Identity(), *_build_steps(augmentation, transform)])

    @property
    def side_px(self) -> int:
        """Shortest side in pixels that a picture should have, so that no crop need be enlarged."""
        return math.ceil(self._transform.scale_px / math.sqrt(self._area))

    def apply(self, picture: Image.Image, work_id: str, *, copy: int, epoch: int) -> NDArray[np.uint8]:
        """Return what the network sees of a picture at one place in training.

        Parameters
        ----------
        picture
            An RGB picture of any size.
        work_id, copy, epoch
            The place; the same gives the same square.

        Returns
        -------
        square
            (size_px, size_px, 3) uint8, not yet normalised.
        """
        start = self._prepare(picture)
        with torch.random.fork_rng(devices=[]):  # torchvision draws from the global state, which is put back
            torch.manual_seed(derive_seed(self._seed, epoch, work_id, copy))
            return np.asarray(self._steps(start))

    def _prepare(self, picture: Image.Image) -> Image.Image:
        """Return what is cropped from, or else the square that is seen without augmentation."""
        if not self._is_cropping:
            return Image.fromarray(self._transform.apply(picture))
        if self._transform.crop_mode == "squash":  # shapes of crops are then shares of the picture's
            side = self.side_px
            return picture.resize((side, side), RESAMPLING[self._transform.interpolation])
        return picture


def derive_seed(seed: int, epoch: int, work_id: str, copy: int) -> int:
    """Return the seed of one picture at one place in training, 0 to 2**63 - 1.

    Examples
    --------
    >>> derive_seed(0, 0, "a", 0) == derive_seed(0, 0, "a", 1)
    False
    """
    text = f"{seed}/{epoch}/{copy}/{work_id}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) >> 1


def _build_steps(augmentation: Augmentation, transform: Transform) -> list[torch.nn.Module]:
    size, interpolation = transform.size_px, InterpolationMode(transform.interpolation)
    steps: list[torch.nn.Module] = []
    if augmentation.is_cropping:
        ratio = (augmentation.least_ratio, 1 / augmentation.least_ratio)
        scale = (augmentation.least_area, 1.0)
        steps.append(v2.RandomResizedCrop(size, scale=scale, ratio=ratio, interpolation=interpolation))
    if augmentation.flip:
        steps.append(v2.RandomHorizontalFlip())
    if augmentation.is_moving:
        steps.extend(_build_movement(augmentation, size))
    if augmentation.brightness or augmentation.contrast or augmentation.saturation:
        steps.append(v2.ColorJitter(augmentation.brightness, augmentation.contrast, augmentation.saturation))
    return steps


def _build_movement(augmentation: Augmentation, size_px: int) -> list[torch.nn.Module]:
    """Return turn, shear and shift at once; what comes in at the edges is the picture's own, mirrored."""
    margin = size_px // 2
    shift = (
        augmentation.shift * size_px / (size_px + 2 * margin)
    )  # torchvision takes shares of the padded side
    shear = (-augmentation.shear_degrees, augmentation.shear_degrees) if augmentation.shear_degrees else None
    return [
        v2.Pad(margin, padding_mode="reflect"),
        v2.RandomAffine(
            augmentation.rotate_degrees,
            translate=(shift, shift) if shift else None,
            shear=shear,
            interpolation=InterpolationMode.BILINEAR,
        ),
        v2.CenterCrop(size_px),
    ]
