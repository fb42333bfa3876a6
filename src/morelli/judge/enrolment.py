"""Enrols an artist from a few works: no training, the same model with one name more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from morelli.collection.names.people import check_artist
from morelli.collection.names.text import fold_name
from morelli.collection.names.twins import suggest_twins
from morelli.errors import UsageError
from morelli.judge.attribution import require_enrolment
from morelli.model.artefact import Model
from morelli.model.open_set import Enrolled

_Float = NDArray[np.float32]

_MAX_WORKS = (
    10  # that an artist is enrolled from at a time, as many as enrolments were tried with in training
)


def enrol_artist(
    model: Model,
    name: str,
    vectors: _Float,
    ids: Sequence[str],
    *,
    is_replacing: bool = False,
    may_be_known: bool = False,
    is_another: bool = False,
) -> Model:
    """Return the model with an artist added, or with more works of an artist who was enrolled before.

    Parameters
    ----------
    vectors, ids
        (k, d) float32 under the model's encoder, and (k,) the works' ids; 1 to 10 works.
    is_replacing
        Whether the works enrolled for this artist before are dropped.
    may_be_known
        Whether the artist may be one that was learnt; the enrolled one is then called "NAME (enrolled)".
    is_another
        Whether the artist is another than one whose name is spelled nearly so.

    Raises
    ------
    UsageError
        When a work is enrolled or was trained on already, the artist was learnt, or the name is none, or is
        nearly that of an artist the model knows.
    """
    open_set, enrolled = require_enrolment(model)
    _check_count(len(ids))
    name = _find_name(enrolled, name)
    if fold_name(name) in {fold_name(known) for known in model.attribution.artists}:
        if not may_be_known:
            _refuse(f"--artist {name!r}", "an artist whom the model has not learnt", "one of its own",
                    "add --known to enrol the name beside the learnt one")  # fmt: skip
        name = f"{name} (enrolled)"
    elif not is_another and name not in enrolled.artists:
        _check_spelling(name, [*model.attribution.artists, *enrolled.artists])
    if is_replacing:
        enrolled = _drop_artist(enrolled, name)
    _check_ids(model, enrolled, ids)
    names = enrolled.artists if name in enrolled.artists else (*enrolled.artists, name)
    columns = np.full(len(ids), names.index(name), dtype=np.int32)
    added = replace(
        enrolled,
        artists=names,
        ids=(*enrolled.ids, *ids),
        columns=np.concatenate([enrolled.columns, columns]),
        rows=np.concatenate([enrolled.rows, open_set.transform(vectors)]),
    )
    return replace(model, enrolled=added)


def _find_name(enrolled: Enrolled, text: str) -> str:
    """Return the name of who is enrolled already, however it is written, or a new one as it is stored."""
    for known in enrolled.artists:
        if fold_name(text) == fold_name(known):
            return known
    name, fault = check_artist(text)
    if fault:
        _refuse(f"--artist {text!r}", "the name of one artist", fault,
                "give the name alone; what others made after an artist is not enrolled as that artist's"
                )  # fmt: skip
    return next((known for known in enrolled.artists if fold_name(name) == fold_name(known)), name)


def _check_spelling(name: str, known: Sequence[str]) -> None:
    """Refuse a new name that may be a known one under another spelling."""
    twins = [twin for twin in suggest_twins([name, *known]) if name in (twin.alias, twin.artist)]
    if twins:
        near = twins[0].alias if twins[0].artist == name else twins[0].artist
        _refuse(f"--artist {name!r}", "a name unlike those that the model knows", f"{near!r} among them",
                "correct the spelling, or add --another if they are two people")  # fmt: skip


def _drop_artist(enrolled: Enrolled, name: str) -> Enrolled:
    if name not in enrolled.artists:
        return enrolled
    dropped = enrolled.artists.index(name)
    kept = enrolled.columns != dropped
    columns = enrolled.columns[kept]
    return replace(
        enrolled,
        artists=tuple(artist for artist in enrolled.artists if artist != name),
        ids=tuple(work_id for work_id, is_kept in zip(enrolled.ids, kept, strict=True) if is_kept),
        columns=columns - (columns > dropped).astype(np.int32),
        rows=enrolled.rows[kept],
    )


def _check_count(n_works: int) -> None:
    if not 1 <= n_works <= _MAX_WORKS:
        _refuse("works", f"1 to {_MAX_WORKS}", str(n_works), "enrol from fewer works, or again with others")


def _check_ids(model: Model, enrolled: Enrolled, ids: Sequence[str]) -> None:
    trained = _list_references(model)
    seen = set(enrolled.ids)
    for work_id in ids:
        if work_id in seen:
            _refuse(f"work {work_id}", "a work that is enrolled once", "it enrolled already, or given twice",
                    "leave it out, or add --replace")  # fmt: skip
        if work_id in trained:
            _refuse(f"work {work_id}", "a work that the model has not learnt from",
                    "one of its training works", "leave it out")  # fmt: skip
        seen.add(work_id)


def _list_references(model: Model) -> set[str]:
    """Return the ids of the works that "none of these" already compares others with."""
    if model.roles is None:
        return set()
    tables = [model.roles.select(model.split, role) for role in ("taught", "chose")]
    return {work_id for table in tables for work_id in table["id"]}


def _refuse(thing: str, expected: str, found: str, remedy: str) -> None:
    raise UsageError(thing, expected=expected, found=found, remedy=remedy)
