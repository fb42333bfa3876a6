"""The reference works that a judgement points to: a gallery seen through a model's comparison space."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from morelli.audit.run import list_inspected, read_looks
from morelli.collection.duplicates.candidates import rank_looks
from morelli.collection.duplicates.links import link_looks
from morelli.collection.duplicates.looks import Look
from morelli.errors import GalleryError, ModelError, UsageError
from morelli.gallery.blocks import COSINE, Space
from morelli.gallery.search import Match, check_k, describe_matches
from morelli.gallery.store import Gallery
from morelli.model.artefact import Model
from morelli.model.signals import (
    DESCRIPTORS,
    PALETTE,
    SIGNALS,
    SignalHead,
    SignalName,
    Sources,
    join_sources,
    read_descriptors,
)

_Float = NDArray[np.float32]

_N_ALIGNED = 50  # works sharing most features with the query that are aligned with it, and as many mirrored


@dataclass(frozen=True, eq=False)
class References:
    """Works of a gallery with their rows in the comparison space, or in that of a signal."""

    works: pl.DataFrame  # as in the gallery's works table
    ids: tuple[str, ...]  # (g,) of the rows
    rows: _Float  # (g, p) unit rows

    @classmethod
    def open(cls, gallery: Gallery, model: Model, *, where: str | None = None) -> References:
        """Read the works of a gallery and their vectors under the model's encoder.

        Parameters
        ----------
        where
            An SQL condition over the works table.

        Raises
        ------
        GalleryError
            When the gallery holds no vectors of the model's encoder, or no work fits the condition.
        """
        embeddings = gallery.embeddings(model.encoder.fingerprint)
        works, kept = _find_kept(gallery, embeddings.ids, where, " with the model's encoder")
        rows = model.comparison.transform(embeddings.vectors[kept])
        return cls(works=works, ids=tuple(embeddings.ids[row] for row in kept), rows=rows)

    def nearest(self, row: _Float, *, k: int, without: str | None = None) -> list[Match]:
        """Return the k works, at least 1, with the highest score against one row (p,), best first."""
        check_k(k)
        scores = self.rows @ row
        order = np.argsort(-scores, kind="stable")[: k + 1]
        found = [(self.ids[at], float(scores[at])) for at in order if self.ids[at] != without]
        return describe_matches(self.works, found[:k])


def choose_space(model: Model | None) -> Space:
    """Return the space to search in: that of a model, or that of the vectors themselves."""
    if model is None:
        return COSINE
    digest = hashlib.sha256(json.dumps(model.comparison.to_facts(), sort_keys=True, default=str).encode())
    for name, array in sorted(model.comparison.to_arrays().items()):
        digest.update(f"{name} {array.dtype} {array.shape}".encode())
        digest.update(np.ascontiguousarray(array).data)
    return Space(f"model-{digest.hexdigest()[:16]}", model.comparison.transform)


def check_signal(signal: str, *, has_model: bool) -> SignalName:
    """Return a signal by its name; `UsageError` for what is none, or needs a model where there is none."""
    for name in SIGNALS:
        if name == signal and (has_model or name in ("palette", "work")):
            return name
    if signal in SIGNALS:
        raise UsageError(
            f"--by {signal}",
            expected="a model",
            found="none",
            remedy="add --model; palette and work need none",
        )
    raise UsageError("--by", expected=", ".join(SIGNALS), found=repr(signal), remedy="name one of these")


def require_head(model: Model | None, name: SignalName) -> SignalHead:
    """Return the head of style, palette or subject; without a model only the palette has one.

    Raises `ModelError` when the model has none.
    """
    if name == "palette":
        return PALETTE
    signals = model.signals if model is not None else None
    head = signals.find_head(name) if signals is not None else None
    if head is None:
        why = signals.reasons.get(name) if signals is not None else None
        raise ModelError(
            f"signal '{name}'",
            expected="a model that has learnt it",
            found=why or "a model without signals",
            remedy="train a model on works with labels for it, by 'morelli train GALLERY -o MODEL'",
        )
    return head


def open_references(
    gallery: Gallery, head: SignalHead, model: Model | None, *, where: str | None = None
) -> References:
    """Return the works of a gallery with their rows in a signal's space; `where` is a condition in SQL.

    Without a model for signals that read the descriptors alone. Raises `GalleryError` when the vectors that
    the signal reads are missing, or no work fits the condition.
    """
    ids, sources = _read_sources(gallery, head, model)
    works, kept = _find_kept(gallery, ids, where)
    rows = head.transform({name: vectors[kept] for name, vectors in sources.items()})
    return References(works, tuple(ids[row] for row in kept), rows)


def _find_kept(
    gallery: Gallery, ids: Sequence[str], where: str | None, encoder: str = ""
) -> tuple[pl.DataFrame, list[int]]:
    """Return the works that fit a condition, and the places of ids that are among them."""
    works = gallery.works(where)
    wanted = set(works["id"])
    kept = [place for place, work_id in enumerate(ids) if work_id in wanted]
    if not kept:
        raise GalleryError(
            gallery.address,
            expected="embedded works" + (f" where {where}" if where else ""),
            found="none",
            remedy=f"widen --where, or run 'morelli embed'{encoder}",
        )
    return works, kept


def find_row(gallery: Gallery, head: SignalHead, model: Model | None, work_id: str) -> _Float:
    """Return the row of one work of a gallery in a signal's space, (p,); `GalleryError` without vectors."""
    ids, sources = _read_sources(gallery, head, model)
    if work_id not in ids:
        raise GalleryError(
            f"work {work_id}",
            expected="a work with the vectors that this signal reads",
            found="none",
            remedy="run 'morelli embed' on the gallery first",
        )
    at = ids.index(work_id)
    row: _Float = head.transform({name: vectors[at : at + 1] for name, vectors in sources.items()})[0]
    return row


def _read_sources(gallery: Gallery, head: SignalHead, model: Model | None) -> tuple[list[str], Sources]:
    """Return ids and vectors of the works that have all that a signal reads."""
    needs_encoder = any(space.source != DESCRIPTORS for space in head.spaces)
    own = gallery.embeddings(model.encoder.fingerprint) if model is not None and needs_encoder else None
    if own is not None and model is not None:
        sources = join_sources(model.encoder, own.vectors, None)
        if not head.missing_from(sources):
            return list(own.ids), sources
    further = read_descriptors(gallery)
    if further is None:
        raise GalleryError(
            gallery.address,
            expected="vectors of the encoder 'descriptors', which this signal reads",
            found="none",
            remedy=f"run 'morelli embed {gallery.address} --encoder descriptors'",
        )
    if own is None or model is None:
        return list(further.ids), {DESCRIPTORS: further.vectors}
    ids = sorted(set(own.ids) & set(further.ids))
    return ids, join_sources(model.encoder, own.select(ids), further.select(ids))


def search_same_work(
    gallery: Gallery, look: Look, *, k: int, where: str | None = None, without: str | None = None
) -> list[Match]:
    """Return the works that show the same as a picture: copies, crops, mirror images, other photographs.

    At most k, and only works that do show the same: there may be none. `where` is a condition in SQL,
    `without` the id of a work to leave out. Raises `GalleryError` when no audit has inspected a work.
    """
    check_k(k)
    works = gallery.works(where)
    inspected = list_inspected(gallery)
    if not inspected:
        raise GalleryError(
            gallery.address,
            expected="works that an audit has inspected, as this signal compares pictures",
            found="none",
            remedy=f"run 'morelli audit {gallery.address} -o FOLDER'",
        )
    ids = [work_id for work_id in works["id"].to_list() if work_id in inspected and work_id != without]
    looks = read_looks(gallery, ids)
    links = {ids[place]: link_looks(look, looks[place]) for place in rank_looks(look, looks, k=_N_ALIGNED)}
    found = [(work_id, link.correlation, link.inliers) for work_id, link in links.items() if link is not None]
    found.sort(key=lambda entry: (-entry[1], -entry[2], entry[0]))
    return describe_matches(works, [(work_id, correlation) for work_id, correlation, _ in found[:k]])
