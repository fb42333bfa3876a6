"""Descriptors: a picture as measurements of colour, texture, strokes and composition, without any weights."""

from morelli.encode.descriptors.canvas import PICTURE_SIZE_PX
from morelli.encode.descriptors.vector import (
    DESCRIPTOR_NAMES,
    DESCRIPTORS_VERSION,
    N_DIMENSIONS,
    describe_picture,
)

__all__ = ["DESCRIPTORS_VERSION", "DESCRIPTOR_NAMES", "N_DIMENSIONS", "PICTURE_SIZE_PX", "describe_picture"]
