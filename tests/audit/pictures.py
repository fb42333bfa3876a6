"""Pictures drawn by code that have local features enough, and what others make of them: copies and cuts."""

from __future__ import annotations

import io

import cv2
import numpy as np
from PIL import Image

SIZE = (240, 200)
"""Width and height."""


def draw_picture(seed: int, size: tuple[int, int] = SIZE) -> Image.Image:
    """Return coloured polygons over each other, with a little grain; no other seed gives the same."""
    rng = np.random.default_rng(seed)
    pixels = np.full((size[1], size[0], 3), rng.integers(60, 200, 3), dtype=np.uint8)
    for _ in range(60):
        colour = rng.integers(0, 256, 3).tolist()
        corners = rng.integers([0, 0], size) + rng.integers(-35, 35, (int(rng.integers(3, 6)), 2))
        cv2.fillPoly(pixels, [corners.astype(np.int32)], colour, lineType=cv2.LINE_AA)
    grain = rng.normal(0, 8, (size[1], size[0], 1))
    return Image.fromarray((pixels + grain).clip(0, 255).astype(np.uint8))


def save_again(image: Image.Image, quality: int = 60) -> Image.Image:
    """Return what is left of a picture after JPEG."""
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality)
    return Image.open(file).convert("RGB")


def cut(image: Image.Image, left: float, top: float, right: float, bottom: float) -> Image.Image:
    """Return a part of a picture, its sides given as shares of width and height."""
    sides = (left * image.width, top * image.height, right * image.width, bottom * image.height)
    return image.crop(tuple(map(round, sides)))


def mirror(image: Image.Image) -> Image.Image:
    """Return the mirror image."""
    return image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)


def photograph_again(image: Image.Image) -> Image.Image:
    """Return a picture as another camera has it: warmer, flatter, and a little cut."""
    pixels = np.asarray(cut(image, 0.03, 0.02, 0.98, 0.97), dtype=np.float64)
    warmer = pixels * [0.85, 0.75, 0.6] + [30, 20, 10]
    return Image.fromarray(warmer.clip(0, 255).astype(np.uint8))


def add_grain(image: Image.Image, deviation: float, seed: int = 0) -> Image.Image:
    """Return a picture with as much noise on it."""
    noise = np.random.default_rng(seed).normal(0, deviation, (image.height, image.width, 3))
    return Image.fromarray((np.asarray(image) + noise).clip(0, 255).astype(np.uint8))
