"""How near works of workshops, circles and followers come to their masters: a table apart from all others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from morelli.collection.qualifiers import QUALIFIERS
from morelli.gallery.store import Gallery
from morelli.judge.qualified import QualifiedWork, score_qualified
from morelli.model.artefact import Model


@dataclass(frozen=True)
class QualifiedRow:
    """Works of one qualifier.

    Parameters
    ----------
    qualifier
        Such as "workshop of".
    n_works, n_masters
        How many works, and of how many masters.
    log10_likelihood_ratio
        The median over the works, each the median over its master's reference works.
    share_above_0
        Works whose likelihood ratio speaks for the master's own hand.
    share_in_set
        Works whose 90 % prediction set holds the master; None when no set was made.
    """

    qualifier: str
    n_works: int
    n_masters: int
    log10_likelihood_ratio: float
    share_above_0: float
    share_in_set: float | None


def qualified_rows(model: Model, gallery: Gallery) -> tuple[QualifiedRow, ...]:
    """Return a row for each qualifier that works of the gallery have, the nearest to the master first.

    Parameters
    ----------
    model
        Its split must not hold the works: what was trained on proves nothing.
    gallery
        Holds works and vectors.
    """
    works = gallery.works()
    if works["qualifier"].is_null().all():
        return ()
    scored = score_qualified(model, works, gallery.embeddings(model.encoder.fingerprint))
    return summarise_qualified(scored)


def summarise_qualified(scored: Sequence[QualifiedWork]) -> tuple[QualifiedRow, ...]:
    """Return a row for each qualifier, in the order of `QUALIFIERS`."""
    found = {work.qualifier for work in scored}
    ordered = [*(name for name in QUALIFIERS if name in found), *sorted(found - set(QUALIFIERS))]
    return tuple(_summarise(name, [work for work in scored if work.qualifier == name]) for name in ordered)


def _summarise(qualifier: str, works: Sequence[QualifiedWork]) -> QualifiedRow:
    evidence = np.array([work.log10_likelihood_ratio for work in works])
    members = [work.is_in_set for work in works if work.is_in_set is not None]
    return QualifiedRow(
        qualifier=qualifier,
        n_works=len(works),
        n_masters=len({work.master for work in works}),
        log10_likelihood_ratio=float(np.median(evidence)),
        share_above_0=float((evidence > 0).mean()),
        share_in_set=float(np.mean(members)) if members else None,
    )
