"""Encoders of other packages: entry points of the group ``morelli.encoders``.

An entry point names a callable without arguments, such as a class, that returns an `EncoderPlugin`. It is
loaded only when its name is asked for and not built in. CONTRIBUTING.md shows how to write one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from morelli.encode.descriptors import PICTURE_SIZE_PX
from morelli.encode.spec import PLUGINS, PartCard
from morelli.encode.views import Area
from morelli.errors import EncoderError
from morelli.plugins import Plugin, find_plugin


class EncoderPlugin(Protocol):
    """What turns pictures into vectors; may have a ``side_px``, the shortest side it wants of a picture."""

    fingerprint: str  # another one whenever the vectors of the same picture would differ
    dimension: int

    def encode_images(self, images: Sequence[Image.Image]) -> NDArray[np.float32]:
        """Return (n, dimension) vectors of n RGB pictures of any size."""


@dataclass(frozen=True)
class _WholePicture:
    """The step of a plug-in: it gets the picture as it was decoded, and sees all of it."""

    scale_px: int

    def apply(self, picture: Image.Image) -> Image.Image:
        """Return the picture."""
        return picture

    def find_area(self, width: int, height: int) -> Area:
        """Return the whole picture."""
        return Area()


class _PluginPart:
    """A plug-in as a part of an encoder."""

    def __init__(self, plugin: Plugin) -> None:
        encoder: Any = plugin.load(EncoderError)
        fingerprint, dimension, encode = (
            getattr(encoder, name, None) for name in ("fingerprint", "dimension", "encode_images")
        )
        self._name = plugin.name
        if not (isinstance(fingerprint, str) and isinstance(dimension, int) and callable(encode)):
            raise self._refuse(
                "a fingerprint (text), a dimension (whole number) and a method encode_images",
                f"{fingerprint!r}, {dimension!r} and {encode!r}",
            )
        self._encode = encode
        self.step = _WholePicture(int(getattr(encoder, "side_px", PICTURE_SIZE_PX)))
        self.card = PartCard(
            model=plugin.name,
            version="",
            layers=(),
            pooling="own",
            weights=fingerprint,
            transform=None,
            dimension=dimension,
            origin=plugin.origin,
        )

    def encode(self, inputs: Sequence[Image.Image]) -> NDArray[np.float32]:
        """Return (n, d) float32 of pictures."""
        try:
            vectors = np.asarray(self._encode(list(inputs)), dtype=np.float32)
        except Exception as error:  # whatever code that is not ours raises
            raise self._refuse("vectors of pictures", f"{type(error).__name__}: {error}") from error
        if vectors.shape != (len(inputs), self.card.dimension):
            expected = f"an array of shape {(len(inputs), self.card.dimension)}"
            raise self._refuse(expected, f"one of {vectors.shape}")
        return vectors

    def _refuse(self, expected: str, found: str) -> EncoderError:
        return EncoderError(
            f"--encoder {self._name}", expected=expected, found=found, remedy="ask the authors of the plug-in"
        )


def load_part(model: str) -> _PluginPart:
    """Return a plug-in by its name; one that cannot be loaded is refused in a sentence."""
    plugin = find_plugin(PLUGINS, model)
    assert plugin is not None  # noqa: S101 - asked before with `is_plugin`
    return _PluginPart(plugin)
