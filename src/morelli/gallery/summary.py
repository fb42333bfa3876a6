"""What is in a gallery, in one glance."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import polars as pl

from morelli.gallery.store import Gallery


@dataclass(frozen=True)
class EncoderSummary:
    """An encoder with vectors in the gallery.

    Parameters
    ----------
    name, fingerprint, dimension, note
        The encoder.
    works
        How many works have a vector under it.
    """

    name: str
    fingerprint: str
    dimension: int
    note: str
    works: int


@dataclass(frozen=True)
class GallerySummary:
    """What is in a gallery.

    Parameters
    ----------
    address
        Where it is.
    sources
        Paths of what was collected.
    works, without_artist, skips
        Counts.
    artists
        Names with their number of works, most first.
    encoders
        What has vectors here.
    """

    address: str
    sources: tuple[str, ...]
    works: int
    without_artist: int
    skips: int
    artists: tuple[tuple[str, int], ...]
    encoders: tuple[EncoderSummary, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the summary as a JSON object."""
        return {**asdict(self), "artists": dict(self.artists)}


def summarise_gallery(gallery: Gallery) -> GallerySummary:
    """Return what is in a gallery."""
    works = gallery.works().select("artist")
    counts = works.drop_nulls().group_by("artist").len().sort("len", "artist", descending=[True, False])
    encoders = [
        EncoderSummary(
            name=card.name,
            fingerprint=card.fingerprint,
            dimension=card.dimension,
            note="; ".join(part.note for part in card.parts if part.note),
            works=len(gallery.embedded_ids(card.fingerprint)),
        )
        for card in gallery.encoders()
    ]
    return GallerySummary(
        address=gallery.address,
        sources=tuple(gallery.sources()["path"].to_list()),
        works=len(works),
        without_artist=works.select(pl.col("artist").null_count()).item(),
        skips=len(gallery.skips()),
        artists=tuple((name, n) for name, n in counts.iter_rows()),
        encoders=tuple(encoders),
    )
