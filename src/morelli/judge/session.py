"""Opens what a judging command needs: model, encoder, gallery; and turns files or work ids into vectors."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from morelli.collection.reading import ID_DIGITS
from morelli.collection.work import Skip
from morelli.encode.encoder import Encoder
from morelli.encode.spec import EncoderCard
from morelli.encode.views import cut_crops
from morelli.errors import PictureError, UsageError
from morelli.gallery import Gallery, Match, search_gallery
from morelli.judge import References, Side, find_unsuitable
from morelli.judge.suitability import list_doubts
from morelli.model import BACKBONE_WEIGHTS, Model, read_model
from morelli.settings import load_settings

_Float = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Asked:
    """Pictures from the command line.

    Parameters
    ----------
    names
        (q,) as they were typed.
    ids
        (q,) work ids by content.
    vectors
        (q, d) float32.
    skips
        Pictures that could not be used, where that is no reason to stop.
    """

    names: tuple[str, ...]
    ids: tuple[str, ...]
    vectors: _Float
    skips: tuple[Skip, ...] = ()


@dataclass(frozen=True, eq=False)
class Session:
    """A model with what it needs to answer.

    Parameters
    ----------
    model
        The model.
    gallery
        Reference works, or None.
    weights
        As given on the command line, or those in the model folder.
    device
        As given on the command line.
    """

    model: Model
    gallery: Gallery | None
    weights: tuple[Path, ...]
    device: str | None

    @classmethod
    def open(
        cls, model: Path, gallery: str | None, *, weights: Sequence[Path] | None, device: str | None
    ) -> Session:
        """Read the model and open the gallery; a model of a tuned network has the weights beside it."""
        own = tuple(path for path in [model / BACKBONE_WEIGHTS] if path.is_file())
        return cls(read_model(model), Gallery(gallery) if gallery else None, tuple(weights or own), device)

    @cached_property
    def encoder(self) -> Encoder:
        """The model's encoder, built when first needed."""
        return build_encoder(self.model.encoder, self.weights, self.device)

    @property
    def references(self) -> References | None:
        """The gallery in the model's space, or None without a gallery."""
        return References.open(self.gallery, self.model) if self.gallery is not None else None

    def read_pictures(self, paths: Sequence[Path]) -> Asked:
        """Return pictures with their vectors."""
        vectors = self.encoder.encode_files(paths)
        return Asked(tuple(map(str, paths)), tuple(map(_identify_picture, paths)), vectors)

    def read_each(self, names: Sequence[str]) -> Asked:
        """Return pictures or works with their vectors; pictures that cannot be used are listed as skips.

        Raises
        ------
        PictureError
            When none can be used.
        """
        found, vectors, skips = [], [], []
        for name in names:
            try:
                vectors.append(self._read_work(name))
                found.append(name)
            except PictureError as error:
                skips.append(Skip(name, f"expected {error.expected}, found {error.found}"))
                if len(skips) == len(names):
                    raise
        return Asked(tuple(found), tuple(map(identify_query, found)), np.stack(vectors), tuple(skips))

    def read_works(self, names: Sequence[str]) -> _Float:
        """Return (q, d) vectors of files, or of works of the gallery named by id."""
        return np.stack([self._read_work(name) for name in names])

    def _read_work(self, name: str) -> _Float:
        if is_work_id(name):
            if self.gallery is None:
                raise UsageError(
                    name, expected="a picture", found="a work id without a gallery", remedy="add --gallery"
                )
            row: _Float = self.gallery.embeddings(self.model.encoder.fingerprint).select([name])[0]
            return row
        vector: _Float = self.encoder.encode_files([Path(name)])[0]
        return vector


def search_works(
    query: str,
    gallery: str,
    *,
    k: int,
    where: str | None,
    model: Path | None,
    encoder: str | None,
    weights: Sequence[Path] | None,
    device: str | None,
) -> list[Match]:
    """Return the works most like a picture or a work, in a model's space or by the encoder alone."""
    opened = Gallery(gallery)
    if model is not None:
        session = Session.open(model, gallery, weights=weights, device=device)
        row = session.model.comparison.transform(session.read_works([query]))[0]
        references = References.open(opened, session.model, where=where)
        return references.nearest(row, k=k, without=identify_query(query))
    card = opened.encoder(encoder)
    if is_work_id(query):
        vector = opened.embeddings(card.fingerprint).select([query])[0]
    else:
        vector = build_encoder(card, weights or (), device).encode_files([Path(query)])[0]
    return search_gallery(opened, card.fingerprint, vector, k=k, where=where, without=identify_query(query))


def build_encoder(card: EncoderCard, weights: Sequence[Path], device: str | None) -> Encoder:
    """Build the encoder of a card under the settings in force."""
    return Encoder.from_card(card, load_settings(device=device), weights=weights)


def is_work_id(name: str) -> bool:
    """Say whether a text is a work id and not a file."""
    is_hex = len(name) == ID_DIGITS and set(name) <= set("0123456789abcdef")
    return is_hex and not Path(name).exists()


def _identify_picture(path: Path) -> str:
    """Return the id that a picture has or would have in a gallery."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:ID_DIGITS]


def identify_query(query: str) -> str:
    """Return the id of a work, or the one that a picture has or would have."""
    return query if is_work_id(query) else _identify_picture(Path(query))


# Turns files and work ids into the sides of a comparison: vectors, crops, sources and doubts.


@dataclass(frozen=True, eq=False)
class _Work:
    """One work of a side: (d,) vector, (k, d) crops or None without a file, source, and doubts."""

    vector: _Float
    crops: _Float | None
    source: str | None
    doubts: tuple[str, ...]


def read_side(session: Session, names: Sequence[str], *, n_crops: int) -> Side:
    """Return a side of a comparison.

    Parameters
    ----------
    session
        Model, encoder and gallery.
    names
        Files, or ids of works of the gallery.
    n_crops
        How many crops of each picture to encode; where one of the pictures is no longer there, none count.

    Raises
    ------
    UsageError
        When an id is given without a gallery, or there are no such crops.
    PictureError
        When a file cannot be used.
    """
    works = [_read_work(session, name, n_crops) for name in names]
    vectors = np.stack([work.vector for work in works])
    crops = [work.crops for work in works if work.crops is not None]
    return Side(
        names=tuple(names),
        vectors=vectors,
        crops=np.stack(crops) if n_crops and len(crops) == len(works) else None,
        sources=tuple(work.source for work in works),
        unsuitable=find_unsuitable(
            session.model,
            vectors,
            names,
            {name: work.doubts for name, work in zip(names, works, strict=True)},
        ),
    )


def _read_work(session: Session, name: str, n_crops: int) -> _Work:
    if not is_work_id(name):
        vectors, doubts = _read_picture(session, Path(name), n_crops)
        return _Work(vectors[0], vectors[1:], _find_row(session, name).get("source"), doubts)
    vector = session.read_works([name])[0]
    row = _find_row(session, name)
    path = Path(row.get("path") or "")
    if not path.is_file():
        return _Work(vector, None, row.get("source"), ())
    vectors, doubts = _read_picture(session, path, n_crops)
    return _Work(vector, vectors[1:], row.get("source"), doubts)


def _read_picture(session: Session, path: Path, n_crops: int) -> tuple[_Float, tuple[str, ...]]:
    """Return (1 + k, d) vectors of a picture and its crops, and what stands against judging it."""
    picture = session.encoder.open_picture(path)
    images = [picture.image, *cut_crops(picture.image, n_crops)]
    return session.encoder.encode_images(images), list_doubts(picture)


def _find_row(session: Session, name: str) -> dict[str, str | None]:
    """Return source and path of a work of the gallery, by id or by the content of its file; empty without."""
    if session.gallery is None:
        return {}
    work_id = name if is_work_id(name) else _identify_picture(Path(name))
    rows = session.gallery.works(f"id = '{work_id}'").select("source", "path").to_dicts()
    return rows[0] if rows else {}
