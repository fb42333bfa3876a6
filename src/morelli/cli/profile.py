"""The signals on the command line: the profile of a comparison, and searches by one signal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from morelli.cli.console import print_table
from morelli.collection.duplicates.looks import Look, take_look
from morelli.collection.pictures import open_picture
from morelli.encode.descriptors import PICTURE_SIZE_PX, describe_picture
from morelli.errors import GalleryError, PictureError, UsageError
from morelli.gallery import Gallery, Match
from morelli.judge import (
    Comparison,
    Sight,
    SignalProfile,
    find_row,
    open_references,
    profile_pair,
    require_head,
    search_same_work,
)
from morelli.judge.session import Session, identify_query, is_work_id
from morelli.model import read_model
from morelli.model.signals import (
    DESCRIPTORS,
    ENCODER,
    SIGNALS,
    SignalName,
    Source,
    Sources,
    join_sources,
    slice_descriptors,
)

_Float = NDArray[np.float32]

_BAR_WIDTH = 8
"""Characters of a bar to each side, one for each half power of ten."""


def attach_profile(session: Session, answer: Comparison, names: Sequence[str], vectors: _Float) -> Comparison:
    """Return a comparison of two pictures with its profile.

    Parameters
    ----------
    session
        Gives the model, and the gallery for work ids.
    answer
        The comparison.
    names
        The two pictures as they were typed.
    vectors
        (2, d) float32, theirs.
    """
    left, right = (_see_picture(session.gallery, name, row) for name, row in zip(names, vectors, strict=True))
    return replace(answer, profile=profile_pair(session.model, left, right))


def _see_picture(gallery: Gallery | None, name: str, vector: _Float) -> Sight:
    """Return a picture as the signals see it; where its file cannot be read, its vector alone."""
    try:
        return Sight(vector, *_read_pixels(_find_file(gallery, name)))
    except (PictureError, GalleryError):
        return Sight(vector)  # the profile says which signals that leaves without an answer


def _read_pixels(path: Path) -> tuple[_Float, Look]:
    """Return the descriptors and the look of a picture.

    Raises
    ------
    PictureError
        When it cannot be read.
    """
    image = open_picture(path, at_least=PICTURE_SIZE_PX)
    return describe_picture(np.asarray(image)), take_look(image)


def _find_file(gallery: Gallery | None, name: str) -> Path:
    """Return the file of a picture, or of a work of the gallery named by id.

    Raises
    ------
    GalleryError
        When the gallery has no work of that id.
    """
    if gallery is None or not is_work_id(name):
        return Path(name)
    paths = gallery.works(f"id = '{name}'")["path"].to_list()
    if not paths:
        raise GalleryError(
            f"work {name}",
            expected=f"a work of {gallery.address}",
            found="no work of that id",
            remedy="look ids up with 'morelli search'",
        )
    return Path(paths[0])


def print_profile(profile: SignalProfile) -> None:
    """Print a profile as a table with bars, to the right what speaks for one, to the left for two."""
    rows = [
        [
            signal.name,
            "" if signal.score is None else f"{signal.score:.3f}",
            "" if signal.log10_likelihood_ratio is None else f"{signal.log10_likelihood_ratio:+.2f}",
            _draw_bar(signal.log10_likelihood_ratio),
            signal.sentence,
        ]
        for signal in profile.signals
    ]
    print_table("signals", ["signal", "score", "#log10 LR", "two | one", "sentence"], rows)


def _draw_bar(log10_likelihood_ratio: float | None) -> str:
    """Return a bar of one sign for each half power of ten, at most eight to each side.

    Examples
    --------
    >>> _draw_bar(1.0), _draw_bar(-0.5)
    ('        |##      ', '       #|        ')
    """
    if log10_likelihood_ratio is None:
        return " " * _BAR_WIDTH + "?" + " " * _BAR_WIDTH
    length = min(round(2 * abs(log10_likelihood_ratio)), _BAR_WIDTH)
    is_for_one = log10_likelihood_ratio > 0
    left, right = ("", "#" * length) if is_for_one else ("#" * length, "")
    return f"{left:>{_BAR_WIDTH}}|{right:<{_BAR_WIDTH}}"


def search_by(
    query: str,
    gallery: str,
    signal: str,
    *,
    k: int,
    where: str | None,
    model: Path | None,
    weights: Sequence[Path] | None,
    device: str | None,
) -> list[Match]:
    """Return the works most like a picture or a work in one signal other than the hand.

    Raises
    ------
    UsageError
        When the signal needs a model and there is none.
    """
    name = check_signal(signal, model)
    opened = Gallery(gallery)
    if name == "work":
        look = _read_pixels(_find_file(opened, query))[1]
        return search_same_work(opened, look, k=k, where=where, without=identify_query(query))
    loaded = None if model is None else read_model(model)
    head = require_head(loaded, name)
    if is_work_id(query):
        row = find_row(opened, head, loaded, query)
    else:
        session = Session.open(model, gallery, weights=weights, device=device) if model else None
        row = head.transform(_read_query(query, session, {space.source for space in head.spaces}))[0]
    references = open_references(opened, head, loaded, where=where)
    return references.nearest(row, k=k, without=identify_query(query))


def check_signal(signal: str, model: Path | None) -> SignalName:
    """Return the name of a signal.

    Raises
    ------
    UsageError
        When there is no such signal, or it needs a model and there is none.
    """
    for name in SIGNALS:
        if name == signal and (model is not None or name in ("palette", "work")):
            return name
    if signal in SIGNALS:
        raise UsageError(
            f"--by {signal}",
            expected="a model",
            found="none",
            remedy="add --model; palette and work need none",
        )
    raise UsageError("--by", expected=", ".join(SIGNALS), found=repr(signal), remedy="name one of these")


def _read_query(query: str, session: Session | None, needed: set[Source]) -> Sources:
    """Return the sources of one picture, (1, d) each; what the signal does not read is left out."""
    vector = session.read_works([query]) if session is not None and ENCODER in needed else None
    own = slice_descriptors(session.model.encoder, vector) if session and vector is not None else None
    described = None
    if DESCRIPTORS in needed and own is None:
        described = _read_pixels(Path(query))[0][None]
    if session is None or vector is None:
        return {} if described is None else {DESCRIPTORS: described}
    return join_sources(session.model.encoder, vector, described)
