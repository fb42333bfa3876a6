"""The vectors that the signals of a model read: those of its own encoder, and the descriptors.

The descriptors name their numbers, so that colours can be read apart from composition. They come from the
model's encoder where it contains them, else from vectors that the gallery keeps beside its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from morelli.embeddings import Embeddings
from morelli.encode.card import EncoderCard
from morelli.encode.descriptors import DESCRIPTOR_NAMES, DESCRIPTORS_VERSION
from morelli.encode.spec import DESCRIPTORS as DESCRIPTORS_MODEL
from morelli.gallery.store import Gallery

Float = NDArray[np.float32]
Source = Literal["encoder", "descriptors"]
ENCODER: Source = "encoder"
DESCRIPTORS: Source = "descriptors"

Sources = Mapping[Source, Float]
"""Vectors of the same works by source, (n, d) float32 each."""


def find_dimensions(prefix: str, part: str = "") -> tuple[int, int]:
    """Return the first and one past the last dimension of the descriptors whose names begin so.

    Parameters
    ----------
    prefix
        The block, such as "colour".
    part
        What the names must hold besides.

    Examples
    --------
    >>> find_dimensions("composition")
    (742, 812)
    """
    places = [
        place for place, name in enumerate(DESCRIPTOR_NAMES) if name.startswith(f"{prefix}.") and part in name
    ]
    return places[0], places[-1] + 1


def slice_descriptors(card: EncoderCard, vectors: Float) -> Float | None:
    """Return the descriptors within an encoder's vectors, (n, 812), or None where it has none.

    Parameters
    ----------
    card
        The encoder's card.
    vectors
        (n, d) float32, made by it.
    """
    first = 0
    for part in card.parts:
        if part.model == DESCRIPTORS_MODEL and part.version == DESCRIPTORS_VERSION:
            return vectors[:, first : first + part.dimension]
        first += part.dimension
    return None


def read_descriptors(gallery: Gallery) -> Embeddings | None:
    """Return the descriptors that a gallery keeps of its works under any encoder, or None.

    An encoder of descriptors alone is preferred; of others that contain them, the first by name.
    """
    cards = sorted(gallery.encoders(), key=lambda card: len(card.parts))
    for card in cards:
        if slice_descriptors(card, np.zeros((0, card.dimension), np.float32)) is None:
            continue
        if not gallery.embedded_ids(card.fingerprint):
            continue
        held = gallery.embeddings(card.fingerprint)
        rows = slice_descriptors(card, held.vectors)
        return Embeddings(held.ids, rows, card.fingerprint) if rows is not None else None
    return None


def join_sources(card: EncoderCard, vectors: Float, descriptors: Float | None) -> Sources:
    """Return the sources of works from their own vectors and, where at hand, their descriptors."""
    own = slice_descriptors(card, vectors)
    further = own if own is not None else descriptors
    return {ENCODER: vectors} if further is None else {ENCODER: vectors, DESCRIPTORS: further}
