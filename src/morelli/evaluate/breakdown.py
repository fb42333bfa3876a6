"""Pairs that are harder, or of one kind: of one style, from two sources, of one century.

What is easy must not hide what is hard. Two works of one style by two hands are what a judge of paintings is
asked about; two works by one hand from two sources share no photographer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from morelli.collection.pairs.samples import Pairs
from morelli.collection.work import LABEL_SEPARATOR
from morelli.errors import EvaluationError
from morelli.evaluate.metrics.evidence import LN2
from morelli.evaluate.metrics.neighbours import Neighbours
from morelli.evaluate.rows import PartName
from morelli.model.likelihood_ratio import LN10

_WITHIN_STYLE = "within_style"
_ACROSS_SOURCE = "across_source"

_MIN_PAIRS = 30
"""Pairs of each kind that a subset must hold; with fewer an error rate has steps of more than 3 %."""

_MIN_ARTISTS = 3
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
        `_WITHIN_STYLE`: both works share a label of style; `_ACROSS_SOURCE`: their sources are known and two;
        then ``century_NN`` for each century that occurs: both works are of it. A subset that cannot be
        measured has its reason.

    Examples
    --------
    >>> labels = WorkLabels(["a", "a|b", "b"], [1650, 1660, None], [None] * 3, [""] * 3)
    >>> pairs = Pairs(np.array([0, 0]), np.array([1, 2]), np.array([True, False]))
    >>> [(one.name, one.members.tolist()) for one in list_subsets(pairs, np.array([0, 0, 1]), labels)]
    [('within_style', [True, False]), ('across_source', [False, False]), ('century_17', [True, False])]
    """
    centuries = _number_centuries(labels.years)
    found = [
        (_WITHIN_STYLE, _share_style(pairs, labels.styles), _explain_labels("style", labels.styles)),
        (_ACROSS_SOURCE, _cross_sources(pairs, labels.sources), _explain_sources(labels.sources)),
        *(
            (f"century_{century:02d}", _are_of(pairs, centuries == century), "")
            for century in np.unique(centuries[centuries > 0]).tolist()
        ),
    ]
    return [
        Subset(name, members, reason or _explain_few(pairs, codes, members))
        for name, members, reason in found
    ]


def _number_centuries(years: Sequence[int | None]) -> NDArray[np.intp]:
    """Return the century of each year, 0 for none: 1601 to 1700 is the 17th.

    Examples
    --------
    >>> _number_centuries([1600, 1601, None]).tolist()
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
    if min(n_same, n_different) >= _MIN_PAIRS and n_artists >= _MIN_ARTISTS:
        return ""
    return (
        f"{n_same} pairs by one hand (of {n_artists} artists) and {n_different} by two; "
        f"{_MIN_PAIRS} of each kind, of {_MIN_ARTISTS} artists, are asked for"
    )


# Where a comparison fails: the artists whose pairs mislead most, and the pairs that mislead most.

_N_PAIRS = 6
"""Pairs shown of each kind."""


@dataclass(frozen=True)
class ArtistCost:
    """What the pairs of one artist cost.

    Parameters
    ----------
    part
        Whether the model has seen the artist.
    artist
        The name.
    cllr
        Cost of the artist's pairs in bits; 1 is what saying nothing costs. See `metrics.evidence`.
    missed
        Share of the artist's pairs by one hand whose evidence speaks against it, 0 to 1.
    mistaken
        Share of the pairs with another artist whose evidence speaks for one hand, 0 to 1.
    taken_for
        The other artist whose pairs with this one cost most.
    n_same, n_different
        Pairs of the artist by one hand, and with others.
    """

    part: PartName
    artist: str
    cllr: float
    missed: float
    mistaken: float
    taken_for: str
    n_same: int
    n_different: int


@dataclass(frozen=True)
class WorstPair:
    """A pair whose evidence points the wrong way.

    Parameters
    ----------
    part
        Whether the model has seen the artists.
    left, right
        The pictures of the two works.
    left_artist, right_artist
        Who painted them; the same name twice for a pair by one hand.
    log10_likelihood_ratio
        Above 0 for two hands, below 0 for one.
    """

    part: PartName
    left: str
    right: str
    left_artist: str
    right_artist: str
    log10_likelihood_ratio: float

    @property
    def is_same(self) -> bool:
        """Whether one hand made both."""
        return self.left_artist == self.right_artist


def rank_artists(
    log10_likelihood_ratios: NDArray[np.float64], pairs: Pairs, artists: Sequence[str], part: PartName
) -> list[ArtistCost]:
    """Return the artists by the cost of their pairs, the dearest first.

    Parameters
    ----------
    log10_likelihood_ratios
        (p,) of the pairs.
    pairs
        Of n works.
    artists
        (n,) the artist of each work.
    part
        Whether the model has seen them.

    Returns
    -------
    costs
        Of each artist with pairs of both kinds; of equal cost by name.
    """
    names, codes = np.unique(np.asarray(artists, dtype=object), return_inverse=True)
    left, right = codes.ravel()[pairs.left], codes.ravel()[pairs.right]
    natural = LN10 * log10_likelihood_ratios
    costs = np.logaddexp(0, np.where(pairs.same, -natural, natural)) / LN2
    is_wrong = np.where(pairs.same, natural < 0, natural > 0)
    n = len(names)
    n_cells, cost_cells, wrong_cells = (
        np.bincount(left * n + right, weights=values, minlength=n * n).reshape(n, n).astype(np.float64)
        for values in (np.ones(len(pairs)), costs, is_wrong.astype(np.float64))
    )
    tables = [_fold(cells) for cells in (n_cells, cost_cells, wrong_cells)]
    found = [_sum_up(code, names, tables, part) for code in range(n)]
    return sorted((one for one in found if one is not None), key=lambda one: (-one.cllr, one.artist))


def find_worst_pairs(
    log10_likelihood_ratios: NDArray[np.float64],
    pairs: Pairs,
    works: Sequence[tuple[str, str]],
    part: PartName,
    *,
    n_pairs: int = _N_PAIRS,
) -> list[WorstPair]:
    """Return the pairs with the strongest evidence the wrong way, those by two hands first.

    Parameters
    ----------
    log10_likelihood_ratios
        (p,) of the pairs.
    pairs
        Of n works.
    works
        (n,) picture path and artist of each work.
    part
        Whether the model has seen them.
    n_pairs
        At most how many of each kind. Each work comes at most once in each kind.
    """
    worst = []
    for same, sign in ((False, 1.0), (True, -1.0)):
        used: set[int] = set()
        own = np.flatnonzero((pairs.same == same) & (sign * log10_likelihood_ratios > 0))
        for place in own[np.argsort(-sign * log10_likelihood_ratios[own], kind="stable")]:
            both = int(pairs.left[place]), int(pairs.right[place])
            if used.isdisjoint(both):
                used.update(both)
                (left, one), (right, other) = (works[work] for work in both)
                worst.append(WorstPair(part, left, right, one, other, float(log10_likelihood_ratios[place])))
            if len(used) == 2 * n_pairs:
                break
    return worst


def _fold(cells: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (c, c) sums in which it does not matter which work stood left."""
    return cells + cells.T - np.diag(np.diag(cells))


def _sum_up(
    code: int, names: NDArray[np.object_], tables: Sequence[NDArray[np.float64]], part: PartName
) -> ArtistCost | None:
    counts, costs, wrong = (table[code] for table in tables)
    others = np.arange(len(names)) != code
    n_same, n_different = counts[code], counts[others].sum()
    if n_same == 0 or n_different == 0:
        return None
    with_each = np.divide(costs, counts, out=np.full(len(names), -1.0), where=others & (counts > 0))
    return ArtistCost(
        part=part,
        artist=str(names[code]),
        cllr=float(costs[code] / n_same + costs[others].sum() / n_different) / 2,
        missed=float(wrong[code] / n_same),
        mistaken=float(wrong[others].sum() / n_different),
        taken_for=str(names[with_each.argmax()]),
        n_same=int(n_same),
        n_different=int(n_different),
    )


# A few queries with what was found near them, so that a reader can look instead of believing numbers.


@dataclass(frozen=True)
class FoundWork:
    """One work found near a query.

    Parameters
    ----------
    path
        Its picture.
    artist
        Its artist.
    is_right
        Whether it is by the query's artist.
    score
        The dot product with the query, -1 to 1.
    """

    path: str
    artist: str
    is_right: bool
    score: float


@dataclass(frozen=True)
class RetrievalExample:
    """One query and the works found near it.

    Parameters
    ----------
    part
        Whether the model has seen the query's artist.
    path
        The query's picture.
    artist
        The query's artist.
    found
        The nearest works, nearest first.
    """

    part: PartName
    path: str
    artist: str
    found: tuple[FoundWork, ...]

    def to_dict(self) -> dict[str, object]:
        """Return the fields by name."""
        return asdict(self)


def draw_examples(
    neighbours: Neighbours,
    queries: Sequence[tuple[str, str]],
    gallery: Sequence[tuple[str, str]],
    *,
    part: PartName,
    rng: np.random.Generator,
    n_examples: int = 6,
    n_found: int = 6,
) -> tuple[RetrievalExample, ...]:
    """Return examples, one query from each of some drawn artists.

    Parameters
    ----------
    neighbours
        The nearest works of q queries.
    queries, gallery
        (q,) and (g,) picture path and artist of each work, in the order of the vectors.
    part
        Whether the model has seen the artists of the queries.
    n_examples
        How many artists are drawn; fewer when there are fewer.
    n_found
        How many of the nearest works are shown.

    Raises
    ------
    EvaluationError
        When there are not as many queries as neighbours.
    """
    if len(queries) != len(neighbours.places):
        raise EvaluationError(
            "retrieval examples",
            expected=f"one path and artist per query ({len(neighbours.places)})",
            found=f"{len(queries)}",
            remedy="pass the works whose vectors were searched for",
        )
    artists = np.array([artist for _, artist in queries], dtype=object)
    shuffled = rng.permutation(len(artists))
    _, first = np.unique(artists[shuffled], return_index=True)  # one query per artist
    drawn = rng.permutation(shuffled[first])[:n_examples]
    examples = []
    for row in drawn:
        path, artist = queries[row]
        found = _list_found(neighbours, int(row), artist, gallery, n_found)
        examples.append(RetrievalExample(part=part, path=path, artist=artist, found=found))
    return tuple(examples)


def _list_found(
    neighbours: Neighbours, row: int, artist: str, gallery: Sequence[tuple[str, str]], n_found: int
) -> tuple[FoundWork, ...]:
    near = zip(neighbours.places[row, :n_found], neighbours.scores[row, :n_found], strict=True)
    works = [(*gallery[place], float(score)) for place, score in near if place >= 0]
    return tuple(
        FoundWork(path, other, is_right=other == artist, score=score) for path, other, score in works
    )
