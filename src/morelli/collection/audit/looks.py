"""What a picture looks like to the search for duplicates: local features, and a small grey copy.

The features are SIFT (Lowe 2004, doi:10.1023/B:VISI.0000029664.99615.94) of a reduced picture: they survive
re-encoding, other colours, other sizes and cuts. `words` finds pictures that share many of them, `alignment`
checks whether they agree on how one picture lies on the other.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIDE_PX = 160
"""The long side at which features are taken: enough to align works, quick enough for whole museums."""

N_FEATURES = 128
"""The strongest features that are kept of a picture."""

THUMBNAIL_PX = 64
"""Side of the grey copy, squashed to a square."""

_CONTRAST_THRESHOLD = 0.02  # half of Lowe's 0.04: pale drawings and washes have few features otherwise

_BINS = np.arange(128).reshape(4, 4, 8)
MIRROR_ORDER: NDArray[np.intp] = _BINS[::-1][:, :, (8 - np.arange(8)) % 8].ravel()
"""The order of a descriptor's 128 numbers (4 rows, 4 columns, 8 directions) in the mirrored picture.

A mirror image turns the feature's own frame over its axis of orientation: rows change places and directions
their sign. So features of the mirrored picture need not be taken again.
"""


@dataclass(frozen=True, eq=False)
class Look:
    """The appearance of one picture.

    Parameters
    ----------
    points
        (m, 2) float32, x and y of each feature, 0..1 of the picture's width and height.
    descriptors
        (m, 128) uint8.
    aspect
        Width divided by height.
    thumbnail
        (64, 64) uint8, grey.
    """

    points: NDArray[np.float32]
    descriptors: NDArray[np.uint8]
    aspect: float
    thumbnail: NDArray[np.uint8]

    def mirror(self) -> Look:
        """Return the look of the mirrored picture."""
        points = np.stack([1 - self.points[:, 0], self.points[:, 1]], axis=1)
        return Look(points, self.descriptors[:, MIRROR_ORDER], self.aspect, self.thumbnail[:, ::-1])


def take_look(image: Image.Image) -> Look:
    """Return the look of a picture.

    Parameters
    ----------
    image
        RGB or grey, of any size.
    """
    grey = image.convert("L")
    scale = SIDE_PX / max(grey.size)
    width, height = (max(1, round(side * scale)) for side in grey.size)
    pixels = np.asarray(grey.resize((width, height), Image.Resampling.LANCZOS))
    sift = cv2.SIFT.create(nfeatures=N_FEATURES, contrastThreshold=_CONTRAST_THRESHOLD)
    found, descriptors = sift.detectAndCompute(pixels, None)
    # OpenCV keeps all features that tie with the last one; the order makes the choice reproducible
    order = sorted(range(len(found)), key=lambda n: (-found[n].response, found[n].pt))[:N_FEATURES]
    places = np.array([found[n].pt for n in order]).reshape(-1, 2)
    points = ((places + 0.5) / [width, height]).astype(np.float32)
    rows = np.zeros((0, 128)) if descriptors is None else descriptors[order]
    small = grey.resize((THUMBNAIL_PX, THUMBNAIL_PX), Image.Resampling.BOX)
    return Look(points, rows.astype(np.uint8), image.width / image.height, np.asarray(small))
