"""Gives the works of a gallery their vectors, and goes on where it was stopped."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import compress
from pathlib import Path
from typing import Any

import numpy as np

from morelli.collection.reading import CHANGED, FILE_FACTS, has_changed
from morelli.collection.work import Skip
from morelli.encode.encoder import Encoder
from morelli.errors import GalleryError
from morelli.gallery.store import Gallery
from morelli.settings import Progress, Settings

_CHANGED = f"expected the picture that was collected, found {CHANGED}: run 'morelli collect' again"


@dataclass(frozen=True)
class EmbedSummary:
    """What one `embed` did."""

    encoder: str
    fingerprint: str
    dimension: int
    embedded: int  # works that got their vector now
    already: int  # works that had it before
    skips: tuple[Skip, ...]  # works whose picture could not be used
    seconds: float  # without building the encoder

    def to_dict(self) -> dict[str, Any]:
        """Return the summary as a JSON object."""
        return asdict(self)


def embed_gallery(
    gallery: Gallery, encoder: Encoder, settings: Settings, *, progress: Progress | None = None
) -> EmbedSummary:
    """Give every work of a gallery its vector under an encoder; works that have one are left alone.

    Parameters
    ----------
    gallery, encoder
        Which works, and what makes the vectors.
    settings
        How many works go into one commit.
    progress
        Called with "embed" and how many of the works without a vector are done.
    """
    fingerprint, works = encoder.card.fingerprint, gallery.works()["id"]
    held = gallery.embedded_ids(fingerprint)
    if (
        fingerprint in {card.fingerprint for card in gallery.encoders()}
        and held >= set(works)
        and not works.is_duplicated().any()
        and gallery.vectors_table(fingerprint).count_rows() == len(held)
    ):  # nothing to do, also where nothing may be written
        return _summarise(encoder, 0, len(held), (), 0.0)
    with gallery.writing(is_sure=False):
        gallery.remove_doubles()
        return _embed_waiting(gallery, encoder, settings, progress)


def _embed_waiting(
    gallery: Gallery, encoder: Encoder, settings: Settings, progress: Progress | None
) -> EmbedSummary:
    works = gallery.works().select("id", "path", *FILE_FACTS)
    if works.is_empty():
        raise GalleryError(
            gallery.address, expected="works to embed", found="none", remedy="run 'morelli collect' first"
        )
    fingerprint = encoder.card.fingerprint
    held = gallery.embedded_ids(fingerprint)
    files = {row[0]: (Path(row[1]), *row[2:]) for row in works.iter_rows() if row[0] not in held}
    changed = {work_id for work_id, facts in files.items() if has_changed(*facts)}
    waiting = [(work_id, facts[0]) for work_id, facts in files.items() if work_id not in changed]
    if held and fingerprint not in {card.fingerprint for card in gallery.encoders()}:
        gallery.register_encoder(encoder.card)
    started = time.perf_counter()
    skips = [Skip(str(files[work_id][0]), _CHANGED) for work_id in sorted(changed)]
    gallery.store_skips(skips, stage="embed")
    n_embedded = 0
    for ids, rows, lost in _gather(encoder, waiting, settings.commit_size, progress):
        still = [not has_changed(*files[work_id]) for work_id in ids]  # nor while it was read
        lost += [
            Skip(str(files[one][0]), _CHANGED) for one, is_same in zip(ids, still, strict=True) if not is_same
        ]
        kept = list(compress(ids, still))
        if kept:
            if not held and not n_embedded:  # just before its first vectors: a failed run leaves no encoder
                gallery.register_encoder(encoder.card)
            gallery.store_vectors(fingerprint, kept, rows[still])
            gallery.forget_skips(str(files[work_id][0]) for work_id in kept)
        gallery.store_skips(lost, stage="embed")
        n_embedded += len(kept)
        skips += lost
    if n_embedded:
        gallery.compact()
    seconds = time.perf_counter() - started
    return _summarise(encoder, n_embedded, len(works) - len(files), tuple(skips), seconds)


def _summarise(
    encoder: Encoder, n_embedded: int, n_already: int, skips: tuple[Skip, ...], seconds: float
) -> EmbedSummary:
    card = encoder.card
    return EmbedSummary(card.name, card.fingerprint, card.dimension, n_embedded, n_already, skips, seconds)


def _gather(
    encoder: Encoder, waiting: list[tuple[str, Path]], commit_size: int, progress: Progress | None
) -> Iterator[tuple[list[str], Any, list[Skip]]]:
    """Yield ids, vectors and skips in portions of about `commit_size` works."""
    ids: list[str] = []
    rows: list[Any] = []
    skips: list[Skip] = []
    for batch in encoder.encode(waiting, progress=progress):
        ids += batch.ids
        rows.append(batch.vectors)
        skips += batch.skips
        if len(ids) + len(skips) >= commit_size:
            yield ids, np.concatenate(rows), skips
            ids, rows, skips = [], [], []
    if ids or skips:
        yield ids, np.concatenate(rows), skips
