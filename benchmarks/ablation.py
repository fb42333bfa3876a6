"""Each back-end and each step of their fusion on the same pairs of artists held back, with paired intervals.

The train and val artists of the unseen split are divided into groups; each is scored by what was learnt from
the others. The test part is left alone. Intervals resample artists, the same for all; the last columns are
the difference to what `train` builds by default.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from two_covariance import TwoCovariance, normalise_scores
from whitening import WhiteningSpace

from morelli.collection.pairs.samples import Pairs, sample_pairs
from morelli.collection.splits import draw_split
from morelli.evaluate.metrics.intervals import enclose, resample_artists
from morelli.evaluate.metrics.steps import replicate_ranking
from morelli.gallery import Gallery
from morelli.learn.heads import (
    ContrastiveSpace,
    DiscriminantSpace,
    SoftmaxSpace,
)
from morelli.learn.heads.candidates import (
    ARTIST_TEMPERATURE,
    ARTIST_WEIGHT,
    COHORT_WEIGHT,
    WORKS_PER_ARTIST,
    count_neighbours,
    divide_artists,
    draw_cohort,
)
from morelli.learn.heads.likelihood_ratio import ScoredPairs, fit_map
from morelli.model import COSINE, Cohort, Standardisation
from morelli.model.comparison import ArtistSpace
from morelli.model.likelihood_ratio import measure_cllr
from morelli.model.standardisation import unit_rows

Float = NDArray[np.float32]
Scores = dict[str, NDArray[np.float64]]

DEFAULT = "lda + contrastive + softmax, cohort"
N_BOOT = 500


def main() -> None:
    """Print one line for each way to compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("gallery")
    parser.add_argument("--encoder", help="name, or first digits of the fingerprint")
    parser.add_argument("--seed", type=int, default=0, help="of the split, the groups and all that is learnt")
    arguments = parser.parse_args()
    gallery = Gallery(arguments.gallery)
    card = gallery.encoder(arguments.encoder)
    works = draw_split(gallery.works(), "unseen", seed=arguments.seed).table.filter(pl.col("part") != "test")
    vectors = gallery.embeddings(card.fingerprint).select(works["id"].to_list())
    artists = works["artist"].to_numpy()
    edges = np.cumsum([0, *(part.dimension for part in card.parts)])
    parts = {
        part.model: slice(*ends) for part, ends in zip(card.parts, pairwise(edges.tolist()), strict=True)
    }
    groups = [
        score_group(vectors, artists, held, parts if len(parts) > 1 else {}, arguments.seed)
        for held in divide_artists(artists, seed=arguments.seed)
    ]
    print_table([add_fusion(groups, place) for place in range(len(groups))])


def score_group(
    vectors: Float, artists: NDArray, held: NDArray[np.bool_], parts: dict[str, slice], seed: int
) -> tuple[Pairs, NDArray, Scores]:
    """Return the pairs of a group, the artists of its works, and the scores of each way to compare."""
    standardisation = Standardisation.fit(vectors[~held])
    taught, asked = (standardisation.transform(vectors[mask]) for mask in (~held, held))
    names = artists[~held].tolist()
    pairs = sample_pairs(
        artists[held].tolist(), works_per_artist=WORKS_PER_ARTIST, rng=np.random.default_rng(seed)
    )
    cohort = draw_cohort(taught, np.random.default_rng(seed))
    spaces = {
        "whitening": WhiteningSpace(random_state=seed),
        "two-covariance": TwoCovariance(random_state=seed),
        "lda": DiscriminantSpace(random_state=seed),
        "contrastive": ContrastiveSpace(random_state=seed),
        "softmax": SoftmaxSpace(random_state=seed),
    }
    rows = {"cosine": (unit_rows(asked), unit_rows(cohort))}
    scores: Scores = {}
    for name, space in spaces.items():
        space.fit(taught, names)
        rows[name] = (space.transform(asked), space.transform(cohort))
        if isinstance(space, TwoCovariance):
            scores["two-covariance, likelihood ratio"] = _score_densities(space, asked, pairs)
    for part, columns in parts.items():
        space = DiscriminantSpace(random_state=seed).fit(taught[:, columns], names)
        rows[f"lda of {part} alone"] = (
            space.transform(asked[:, columns]), space.transform(cohort[:, columns])
        )  # fmt: skip
    named = ("the three + artists", _join_artists(rows, spaces["softmax"].directions_))
    for name, (ours, theirs) in (*_join_rows(rows, list(parts)), named):
        scores[name] = COSINE.score_at(ours, pairs.left, pairs.right)
        if name == "lda + contrastive + softmax":
            scores |= _score_normalised(name, ours, theirs, pairs)
        if (
            name in {"lda", "contrastive", "lda + contrastive + softmax", "the three + 0.25 cosine"}
            or "artists" in name
        ):
            extended = Cohort(theirs, count_neighbours(len(theirs)), COHORT_WEIGHT).extend(ours)
            scores[f"{name}, cohort"] = COSINE.score_at(extended, pairs.left, pairs.right)
    return pairs, artists[held], scores


def _join_rows(
    rows: dict[str, tuple[Float, Float]], parts: list[str]
) -> Iterator[tuple[str, tuple[Float, Float]]]:
    yield from rows.items()
    three = ["lda", "contrastive", "softmax"]
    yield "lda + contrastive", _join([rows[name] for name in three[:2]])
    yield "lda + contrastive + softmax", _join([rows[name] for name in three])
    quarter = [(0.5 * np.sqrt(3) * ours, 0.5 * np.sqrt(3) * theirs) for ours, theirs in [rows["cosine"]]]
    yield "the three + 0.25 cosine", _join([*(rows[name] for name in three), *quarter])
    if parts:
        yield "lda of each network, joined", _join([rows[f"lda of {part} alone"] for part in parts])


def _join_artists(rows: dict[str, tuple[Float, Float]], directions: Float) -> tuple[Float, Float]:
    artists = ArtistSpace("softmax", directions, ARTIST_TEMPERATURE, ARTIST_WEIGHT)
    ours, theirs = (artists.transform(side) for side in rows["softmax"])
    scale = np.float32(np.sqrt(3 * ARTIST_WEIGHT))  # the three weigh 3 when they are joined
    three = [rows[name] for name in ("lda", "contrastive", "softmax")]
    return _join([*three, (ours * scale, theirs * scale)])


def _join(blocks: list[tuple[Float, Float]]) -> tuple[Float, Float]:
    ours, theirs = (unit_rows(np.hstack(side)) for side in zip(*blocks, strict=True))
    return ours, theirs


def _score_densities(space: TwoCovariance, asked: Float, pairs: Pairs) -> NDArray[np.float64]:
    rows, terms = space.score_rows(asked)
    scores: NDArray[np.float64] = COSINE.score_at(rows, pairs.left, pairs.right) + terms[pairs.left]
    return scores + terms[pairs.right]


def _score_normalised(name: str, ours: Float, theirs: Float, pairs: Pairs) -> Scores:
    scores = COSINE.score_at(ours, pairs.left, pairs.right)
    near = (ours @ theirs.T).astype(np.float64)
    k = count_neighbours(len(theirs))
    top = np.partition(near, -k, axis=1)[:, -k:]
    local = top.mean(axis=1)
    return {
        f"{name}, s-norm": _normalise(scores, near, pairs, None),
        f"{name}, adaptive s-norm": _normalise(scores, top, pairs, None),
        f"{name}, CSLS": 2 * scores - local[pairs.left] - local[pairs.right],
    }


def _normalise(scores: NDArray, near: NDArray, pairs: Pairs, k: int | None) -> NDArray[np.float64]:
    size = 20_000  # pairs at a time, so that no (pairs, cohort) table is made
    return np.concatenate([
        normalise_scores(
            scores[start : start + size],
            near[pairs.left[start : start + size]],
            near[pairs.right[start : start + size]],
            n_nearest=k,
        )
        for start in range(0, len(scores), size)
    ])  # fmt: skip


def add_fusion(groups: list[tuple[Pairs, NDArray, Scores]], place: int) -> tuple[Pairs, NDArray, Scores]:
    """Return a group with logistic regressions over several scores, fitted on the other groups."""
    pairs, artists, scores = groups[place]
    others = [group for other, group in enumerate(groups) if other != place]
    sets = {
        "logistic regression over the three": ["lda", "contrastive", "softmax"],
        "logistic regression over all spaces, cosine and cohort": [
            "cosine", "two-covariance", "lda", "contrastive", "softmax", DEFAULT,
        ],
    }  # fmt: skip
    fused = {}
    for name, used in sets.items():
        table = np.concatenate([np.column_stack([group[2][key] for key in used]) for group in others])
        scale = table.std(axis=0)
        line = LogisticRegression(class_weight="balanced", C=1.0).fit(
            table / scale, np.concatenate([group[0].same for group in others])
        )
        fused[name] = line.decision_function(np.column_stack([scores[key] for key in used]) / scale)
    return pairs, artists, scores | fused


def print_table(groups: list[tuple[Pairs, NDArray, Scores]]) -> None:
    """Print ROC AUC (mean over groups), Cllr (a line from the others), and the difference to the default."""
    weights = [
        resample_artists(len(np.unique(artists)), n_boot=N_BOOT, rng=np.random.default_rng(place))
        for place, (_, artists, _) in enumerate(groups)
    ]
    measured = {name: _measure(groups, weights, name) for name in groups[0][2]}
    base, base_replicates, _ = measured[DEFAULT]
    print(f"{'':56} {'AUC':>6}  {'95 % interval':16} {'Cllr':>8}  {'difference':>10}  95 % interval")
    for name, (value, replicates, cost) in sorted(measured.items(), key=lambda entry: entry[1][0]):
        own, paired = enclose(value, replicates), enclose(value - base, replicates - base_replicates)
        print(
            f"{name:56} {value:6.4f}  {own.low:.3f} to {own.high:.3f}  {cost:8.4f}  {paired.value:+10.4f}  "
            f"{paired.low:+.4f} to {paired.high:+.4f}",
            flush=True,
        )


def _measure(
    groups: list[tuple[Pairs, NDArray, Scores]], weights: list[NDArray[np.float64]], name: str
) -> tuple[float, NDArray[np.float64], float]:
    values, replicates, ratios = [], [], []
    for (pairs, artists, scores), drawn in zip(groups, weights, strict=True):
        codes = np.unique(artists, return_inverse=True)[1]
        values.append(roc_auc_score(pairs.same, scores[name]))
        replicates.append(replicate_ranking(scores[name], codes[pairs.left], codes[pairs.right], drawn)[:, 0])
        others = [group for group in groups if group[0] is not pairs]
        ratios.append(fit_map(_join_pairs(others, name)).transform(scores[name]))
    is_same = np.concatenate([pairs.same for pairs, _, _ in groups])
    cost = measure_cllr(np.concatenate(ratios), is_same)
    return float(np.mean(values)), np.mean(replicates, axis=0), cost


def _join_pairs(groups: list[tuple[Pairs, NDArray, Scores]], name: str) -> ScoredPairs:
    return ScoredPairs.join([
        ScoredPairs.of_artists(scores[name], artists[pairs.left], artists[pairs.right])
        for pairs, artists, scores in groups
    ])  # fmt: skip


if __name__ == "__main__":
    main()
