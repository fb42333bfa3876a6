"""A comparison calibrated for other works than those it was trained with: of one population, or collection.

Likelihood ratios hold for pairs like those they were calibrated on. Where all works are of one style, two
hands look more alike, and ratios from pairs of everything are too bold. Here the maps are fitted anew on
labelled works of a gallery; what is learnt otherwise stays. Each work is scored by a head that never met its
artist: by the model's own where the artist is new to it, else by that member of the ensemble which the artist
was kept from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from morelli.collection.duplicates.hashes import group_works
from morelli.collection.names.text import fold_name
from morelli.collection.pairs.samples import keep_one_of_each
from morelli.collection.work import LABEL_SEPARATOR
from morelli.errors import ModelError, UsageError
from morelli.gallery.store import Gallery
from morelli.learn.heads.candidates import WORKS_PER_ARTIST
from morelli.learn.heads.likelihood_ratio import (
    ScoredPairs,
    count_population,
    describe_labels,
    fit_calibration,
    score_sets,
)
from morelli.model.artefact import Model
from morelli.model.comparison import ComparisonHead
from morelli.model.likelihood_ratio import Calibration

_MIN_ARTISTS = 5  # with a pair by one hand, and as many pairs of artists: below, bounds leave nothing to say
_MAX_PAIRS = 400_000  # that are scored of one head; of more, so many are drawn
_DECADES = 10  # years that works may lie before the earlier and after the later of two

SAME_STYLE = "pairs of works of one style"


@dataclass(frozen=True, eq=False)
class _Scored:
    """Works that one head has never met the artists of."""

    head: ComparisonHead
    rows: NDArray[np.float32]  # (n, r) by which it scores
    artists: NDArray[np.object_]  # (n,)
    styles: Sequence[frozenset[str]]  # (n,)

    def pair(self, *, is_within_style: bool, rng: np.random.Generator) -> ScoredPairs:
        """Return all pairs of at most 20 works of each artist, or those that share a style."""
        order = rng.permutation(len(self.artists))
        codes = np.unique(self.artists.astype(str), return_inverse=True)[1].ravel()[order]
        by_artist = np.argsort(codes, kind="stable")
        counts = np.bincount(codes, minlength=1)
        rank = np.arange(len(codes)) - np.repeat(np.cumsum(counts) - counts, counts)
        works = np.sort(order[by_artist[rank < WORKS_PER_ARTIST]])
        left, right = works[np.stack(np.triu_indices(len(works), k=1))]
        if is_within_style:
            labels = sorted(frozenset().union(*self.styles))
            has = np.array([[label in own for label in labels] for own in self.styles], dtype=bool)
            kept = (has[left] & has[right]).any(axis=1)
            left, right = left[kept], right[kept]
        if len(left) > _MAX_PAIRS:
            is_same = self.artists[left] == self.artists[right]
            drawn = rng.permutation(np.flatnonzero(~is_same))[:_MAX_PAIRS]
            kept = np.sort(np.concatenate([np.flatnonzero(is_same), drawn]))
            left, right = left[kept], right[kept]
        scores = self.head.rule.score_at(self.rows, left, right)
        return ScoredPairs.of_artists(scores, self.artists[left], self.artists[right])


def recalibrate_among(
    model: Model,
    gallery: Gallery | None,
    among: str,
    works: Sequence[tuple[int | None, str | None]],
    *,
    seed: int = 0,
) -> Model:
    """Return the model calibrated among works that SQL chooses, or with "auto" on those like some works."""
    if gallery is None:
        raise UsageError(
            "--among", expected="a gallery to choose works from", found="none", remedy="add --gallery"
        )
    if among == "auto":
        return recalibrate_like(model, gallery, works, seed=seed)
    return recalibrate(model, gallery, where=among, seed=seed)


def recalibrate(
    model: Model,
    gallery: Gallery,
    *,
    where: str | None = None,
    name: str | None = None,
    n_artists: int | None = None,
    seed: int = 0,
) -> Model:
    """Return the model with its comparison calibrated on labelled works of a gallery.

    Parameters
    ----------
    where
        SQL over the works table that chooses the works; None: all.
    name
        What the population is called; None: the condition, or the gallery's name.
    n_artists
        So many artists are drawn of those with two works or more; None: all. The others are left to measure
        the calibration on.

    Raises
    ------
    ModelError
        When the works are of too few artists; it says how many there are.
    """
    works = _select_works(model, gallery, where)
    if n_artists is not None:
        counts = works.group_by("artist").len().filter(pl.col("len") > 1).sort("artist")["artist"]
        drawn = np.random.default_rng(seed).permutation(counts.to_list())[:n_artists].tolist()
        works = works.filter(pl.col("artist").is_in(drawn))
    called = name or where or f"works of {gallery.name}"
    return _fit(model, gallery, works, called, is_within_style=False, seed=seed)


def recalibrate_within_style(model: Model, gallery: Gallery, *, seed: int = 0) -> Model:
    """Return the model with its comparison calibrated on pairs of works that share a style, whichever."""
    works = _select_works(model, gallery, "style is not null")
    return _fit(model, gallery, works, SAME_STYLE, is_within_style=True, seed=seed)


def recalibrate_like(
    model: Model, gallery: Gallery, works: Sequence[tuple[int | None, str | None]], *, seed: int = 0
) -> Model:
    """Return the model calibrated on the population that works with a year and a style are of.

    The style that all share with the decades about them; then the style alone; then pairs of one style,
    whichever; where they share none, the decades alone: the first with enough artists.

    Raises
    ------
    ModelError
        When neither style nor year is known of the works, or none of these has enough artists.
    """
    shared = frozenset.intersection(*(_split(style) for _, style in works))
    years = [year for year, _ in works if year is not None]
    decades = f"year between {min(years) - _DECADES} and {max(years) + _DECADES}" if years else ""
    style = " and ".join(f"style like '%{label.replace(chr(39), chr(39) * 2)}%'" for label in sorted(shared))
    conditions = [" and ".join(filter(None, both)) for both in ((style, decades), (style, ""))]
    wanted = list(dict.fromkeys(filter(None, conditions if style else [decades])))
    reasons = []
    for condition in wanted:
        try:
            return recalibrate(model, gallery, where=condition, seed=seed)
        except ModelError as error:
            reasons.append(f"{condition}: {error.found}")
    if style:
        return recalibrate_within_style(model, gallery, seed=seed)
    raise ModelError(
        "--among auto",
        expected=f"a style or years that {_MIN_ARTISTS} artists share with the works",
        found="; ".join(reasons) or "neither a style nor a year of the works in the gallery",
        remedy='name a population with --among "SQL", or leave --among out',
    )


def _split(style: str | None) -> frozenset[str]:
    return frozenset(style.split(LABEL_SEPARATOR)) if style else frozenset()


def _select_works(model: Model, gallery: Gallery, where: str | None) -> pl.DataFrame:
    """Return works with an artist and a vector, without the test works of the model's split."""
    tested = model.split.table.filter(pl.col("part") == "test")["id"].implode()
    held = list(gallery.embedded_ids(model.encoder.fingerprint))
    is_usable = pl.col("id").is_in(held) & ~pl.col("id").is_in(tested)
    return list_autographs(gallery, where).filter(is_usable)


def list_autographs(gallery: Gallery, where: str | None = None) -> pl.DataFrame:
    """Return the works that are by an artist's own hand."""
    return gallery.works(where).filter(
        pl.col("artist").is_not_null() & (pl.col("qualifier").fill_null("") == "")
    )


def _fit(
    model: Model, gallery: Gallery, works: pl.DataFrame, name: str, *, is_within_style: bool, seed: int
) -> Model:
    groups = _divide(model, gallery, works)
    rng = np.random.default_rng(seed)
    scored = [group.pair(is_within_style=is_within_style, rng=rng) for group in groups.values()]
    pairs = ScoredPairs.join(scored) if scored else ScoredPairs(np.zeros(0), *np.zeros((2, 0), np.int64))
    counted = count_population(name, pairs)
    labelled = describe_labels(counted, works["year"].to_list(), works["style"].to_list())
    new = set(works["artist"]) - set(model.split.table["artist"])
    population = replace(labelled, artists=tuple(sorted(new)))
    if min(population.n_artists, population.n_artist_pairs) < _MIN_ARTISTS:
        raise ModelError(
            f"a calibration on {name}",
            expected=f"{_MIN_ARTISTS} artists with two works each and {_MIN_ARTISTS} pairs of artists, whom "
            "the model or one of its ensemble has not learnt",
            found=f"{population.n_artists} artists and {population.n_artist_pairs} pairs of artists",
            remedy="choose more works, or take the calibration of the whole",
        )
    keys = list(groups)

    def calibrate(kept: Sequence[int]) -> Calibration:
        chosen = [groups[keys[place]] for place in kept]
        artists = np.concatenate([group.artists for group in chosen])
        draws = np.empty(0, dtype=object) if is_within_style else artists
        joined = ScoredPairs.join([scored[place] for place in kept])
        fitted = fit_calibration(joined, draws, lambda size: _draw_sets(chosen, size, seed))
        return replace(fitted, population=population)

    every = calibrate(range(len(keys)))
    head = replace(model.comparison, calibration=every)
    if model.ensemble is None:
        return replace(model, comparison=head)
    members = []
    for number, member in enumerate(model.ensemble.heads):
        kept = [place for place, key in enumerate(keys) if key != number]
        same = [scored[place].is_same for place in kept]
        is_enough = any(one.any() for one in same) and not all(one.all() for one in same)
        members.append(replace(member, calibration=calibrate(kept) if is_enough else every))
    return replace(model, comparison=head, ensemble=replace(model.ensemble, heads=tuple(members)))


def _divide(model: Model, gallery: Gallery, works: pl.DataFrame) -> dict[int, _Scored]:
    """Return the works by the head that may score them: of the ensemble by number, the model's own as -1."""
    learnt = model.split.table.filter(pl.col("part") != "test")["artist"].unique().to_list()
    kept_from = model.ensemble.held_out or {} if model.ensemble is not None else {}
    heads = {fold_name(name): place for name, place in kept_from.items()}
    unknown = {fold_name(name): -2 for name in learnt} | heads
    numbers = np.array([unknown.get(fold_name(name), -1) for name in works["artist"].to_list()], dtype=int)
    embeddings = gallery.embeddings(model.encoder.fingerprint)
    groups = _group(model, works)
    found = {}
    for number in sorted(set(numbers.tolist()) - {-2}):
        own = np.flatnonzero(numbers == number)
        own = own[keep_one_of_each(groups[own])]
        head = model.comparison if number < 0 or model.ensemble is None else model.ensemble.heads[number]
        rows = head.read_rows(embeddings.select(works["id"][own].to_list()))
        styles = [_split(style) for style in works["style"][own].to_list()]
        found[number] = _Scored(head, rows, works["artist"].to_numpy()[own], styles)
    return found


def _group(model: Model, works: pl.DataFrame) -> NDArray[np.object_]:
    """Return the group of near-duplicates of each work: that of the split, else that of its hashes."""
    known = dict(model.split.table.select("id", pl.col("group").cast(pl.String)).iter_rows())
    found = group_works(works)
    return np.array(
        [known.get(work, f"hash {code}") for work, code in zip(works["id"], found, strict=True)], dtype=object
    )


def _draw_sets(groups: Sequence[_Scored], size: int, seed: int) -> ScoredPairs:
    rng = np.random.default_rng(seed)
    return ScoredPairs.join([
        score_sets(group.rows, group.artists, size, rng=rng, rule=group.head.rule) for group in groups
    ])  # fmt: skip
