"""Pairs that are harder, or of one kind: of one style, from two sources, of one century.

What is easy must not hide what is hard. Two works of one style by two hands are what a judge of paintings is
asked about; two works by one hand from two sources share no photographer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from morelli.collection.samples import Pairs
from morelli.collection.work import LABEL_SEPARATOR

WITHIN_STYLE = "within_style"
ACROSS_SOURCE = "across_source"

MIN_PAIRS = 30
"""Pairs of each kind that a subset must hold; with fewer an error rate has steps of more than 3 %."""

MIN_ARTISTS = 3
"""Artists that must have pairs by one hand; with fewer there is no interval over artists to speak of."""


@dataclass(frozen=True)
class WorkLabels:
    """What is known of the works beside their artist; None where it is not known.

    Parameters
    ----------
    styles
        (n,) one label, or several joined by ``|``.
    years
        (n,) years of our era.
    sources
        (n,) names of sources.
    paths
        (n,) their pictures.
    """

    styles: Sequence[str | None]
    years: Sequence[int | None]
    sources: Sequence[str | None]
    paths: Sequence[str]


@dataclass(frozen=True, eq=False)
class Subset:
    """Some of the pairs, under a name.

    Parameters
    ----------
    name
        As in the rows.
    members
        (p,) bool, which of the pairs.
    reason
        Why they are not measured, as a clause without a full stop; empty when they can be.
    """

    name: str
    members: NDArray[np.bool_]
    reason: str = ""


def list_subsets(pairs: Pairs, codes: NDArray[np.intp], labels: WorkLabels) -> list[Subset]:
    """Return the subsets of pairs that the labels of their works make.

    Parameters
    ----------
    pairs
        Of n works.
    codes
        (n,) the artist of each work.
    labels
        Of the n works.

    Returns
    -------
    subsets
        `WITHIN_STYLE`: both works share a label of style; `ACROSS_SOURCE`: their sources are known and two;
        then ``century_NN`` for each century that occurs: both works are of it. A subset that cannot be
        measured has its reason.

    Examples
    --------
    >>> labels = WorkLabels(["a", "a|b", "b"], [1650, 1660, None], [None] * 3, [""] * 3)
    >>> pairs = Pairs(np.array([0, 0]), np.array([1, 2]), np.array([True, False]))
    >>> [(one.name, one.members.tolist()) for one in list_subsets(pairs, np.array([0, 0, 1]), labels)]
    [('within_style', [True, False]), ('across_source', [False, False]), ('century_17', [True, False])]
    """
    centuries = number_centuries(labels.years)
    found = [
        (WITHIN_STYLE, _share_style(pairs, labels.styles), _explain_labels("style", labels.styles)),
        (ACROSS_SOURCE, _cross_sources(pairs, labels.sources), _explain_sources(labels.sources)),
        *(
            (f"century_{century:02d}", _are_of(pairs, centuries == century), "")
            for century in np.unique(centuries[centuries > 0]).tolist()
        ),
    ]
    return [
        Subset(name, members, reason or _explain_few(pairs, codes, members))
        for name, members, reason in found
    ]


def number_centuries(years: Sequence[int | None]) -> NDArray[np.intp]:
    """Return the century of each year, 0 for none: 1601 to 1700 is the 17th.

    Examples
    --------
    >>> number_centuries([1600, 1601, None]).tolist()
    [16, 17, 0]
    """
    known = np.array([year if year is not None and year > 0 else 0 for year in years], dtype=np.intp)
    return np.where(known > 0, (known - 1) // 100 + 1, 0)


def _are_of(pairs: Pairs, own: NDArray[np.bool_]) -> NDArray[np.bool_]:
    members: NDArray[np.bool_] = own[pairs.left] & own[pairs.right]
    return members


def _share_style(pairs: Pairs, styles: Sequence[str | None]) -> NDArray[np.bool_]:
    members = np.zeros(len(pairs), dtype=np.bool_)
    split = [set(style.split(LABEL_SEPARATOR)) if style else set() for style in styles]
    for label in sorted(set().union(*split)):
        members |= _are_of(pairs, np.array([label in own for own in split]))
    return members


def _cross_sources(pairs: Pairs, sources: Sequence[str | None]) -> NDArray[np.bool_]:
    names, codes = np.unique([source or "" for source in sources], return_inverse=True)
    left, right = codes.ravel()[pairs.left], codes.ravel()[pairs.right]
    is_known = names != ""
    members: NDArray[np.bool_] = is_known[left] & is_known[right] & (left != right)
    return members


def _explain_labels(what: str, labels: Sequence[object]) -> str:
    return "" if any(labels) else f"no work has a {what}"


def _explain_sources(sources: Sequence[str | None]) -> str:
    names = {source for source in sources if source}
    return "all works are from one source" if len(names) == 1 else _explain_labels("source", sources)


def _explain_few(pairs: Pairs, codes: NDArray[np.intp], members: NDArray[np.bool_]) -> str:
    n_same = int((members & pairs.same).sum())
    n_different = int(members.sum()) - n_same
    n_artists = len(np.unique(codes[pairs.left[members & pairs.same]]))
    if min(n_same, n_different) >= MIN_PAIRS and n_artists >= MIN_ARTISTS:
        return ""
    return (
        f"{n_same} pairs by one hand (of {n_artists} artists) and {n_different} by two; "
        f"{MIN_PAIRS} of each kind, of {MIN_ARTISTS} artists, are asked for"
    )
