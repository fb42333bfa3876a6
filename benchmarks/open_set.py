"""How a work by an unknown artist is told: ``python benchmarks/open_set.py GALLERY FINGERPRINT``.

Of an unseen split only train and val artists are looked at. Some train artists at a time are left out and
asked about as strangers, beside works of the other train artists that did not teach; the val artists are the
cohort. For each number of principal directions it prints the area under the ROC curve of three scores: the
nearness of the first artist; the same minus the mean of the next five known ones; minus the mean of the next
five, known or of the cohort. With ``--test`` it fits names and score as `morelli train` does, and prints for
each seed what `morelli evaluate` says of the test artists.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from morelli.collection.splits import draw_split
from morelli.embeddings import Embeddings
from morelli.evaluate.open_set import open_set_rows
from morelli.gallery import Gallery
from morelli.learn.attribution import add_nearness, fit_attribution
from morelli.learn.open_set import fit_open_set, learn_nearest_works
from morelli.learn.roles import assign_roles
from morelli.model.open_set import SHARE_TURNED_AWAY, measure_strangeness


@dataclass(frozen=True, eq=False)
class Fold:
    """Rows of a split's table: who teaches, who is asked about, and the cohort."""

    taught: pl.DataFrame
    known: pl.DataFrame
    strangers: pl.DataFrame
    cohort: pl.DataFrame


def main() -> None:
    """Print a row for each number of directions."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("gallery", type=Path)
    parser.add_argument("fingerprint")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--folds", type=int, default=3)
    parser.add_argument("--components", type=int, nargs="+", default=[1024, 2048])
    parser.add_argument("--test", action="store_true", help="ask about the test artists; for final figures")
    arguments = parser.parse_args()
    gallery = Gallery(arguments.gallery)
    embeddings = gallery.embeddings(gallery.encoder(arguments.fingerprint).fingerprint)
    if arguments.test:
        for seed in arguments.seeds:
            print_test(gallery.works(), embeddings, seed=seed)
        return
    areas: dict[tuple[int, str], list[float]] = defaultdict(list)
    for seed in arguments.seeds:
        for fold in draw_folds(gallery.works(), embeddings, seed=seed, n_folds=arguments.folds):
            for n_components in arguments.components:
                for name, area in measure(fold, embeddings, seed=seed, n_components=n_components).items():
                    areas[n_components, name].append(area)
    print("| directions | score | mean | each seed and fold |\n|---|---|---|---|")
    for (n_components, name), found in areas.items():
        each = ", ".join(f"{area:.3f}" for area in found)
        print(f"| {n_components} | {name} | {np.mean(found):.3f} | {each} |")


def draw_parts(
    works: pl.DataFrame, embeddings: Embeddings, *, seed: int
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Return the embedded works of train, val and test of an unseen split."""
    split = draw_split(works, "unseen", seed=seed)
    held = split.table.filter(pl.col("id").is_in(list(embeddings.ids)))
    train, val, test = (held.filter(pl.col("part") == part) for part in ("train", "val", "test"))
    return train, val, test


def draw_folds(works: pl.DataFrame, embeddings: Embeddings, *, seed: int, n_folds: int) -> Iterator[Fold]:
    """Yield folds of the train artists of an unseen split."""
    train, val, test = draw_parts(works, embeddings, seed=seed)
    roles = assign_roles(train, val, test, seed=seed)
    asked = pl.concat([roles.chose, roles.calibrated])
    artists = np.random.default_rng(seed).permutation(np.unique(train["artist"].to_numpy()))
    for fold in range(n_folds):
        is_out = pl.col("artist").is_in(artists[fold::n_folds].tolist())
        yield Fold(
            roles.taught.filter(~is_out),
            asked.filter(~is_out),
            pl.concat([roles.taught, asked]).filter(is_out),
            val,
        )


def measure(fold: Fold, embeddings: Embeddings, *, seed: int, n_components: int) -> dict[str, float]:
    """Return the area of each score."""
    taught, known, strangers, cohort = (
        embeddings.select(rows["id"].to_list())
        for rows in (fold.taught, fold.known, fold.strangers, fold.cohort)
    )
    nearest = learn_nearest_works(
        taught, fold.taught["artist"].to_list(), seed=seed, n_components=n_components
    )
    evenly = np.ones((0, 1))
    open_set = fit_open_set(
        nearest, taught[:0], evenly, cohort_vectors=cohort, cohort_artists=fold.cohort["artist"].to_list()
    )
    rows = open_set.transform(np.concatenate([known, strangers]))
    is_stranger = np.arange(len(rows)) >= len(known)
    nearness = open_set.nearness(rows)
    even = np.ones_like(nearness)
    scores: dict[str, NDArray[np.float64]] = {
        "nearness of the first": -nearness.max(axis=1),
        "minus the next five known": measure_strangeness(nearness, even),
        "minus the next five, known or cohort": measure_strangeness(
            nearness, even, open_set.cohort_nearness(rows)
        ),
    }
    return {name: float(roc_auc_score(is_stranger, values)) for name, values in scores.items()}


def print_test(works: pl.DataFrame, embeddings: Embeddings, *, seed: int) -> None:
    """Print what the finished score says of the test artists, and how many works it turns away."""
    train, val, test = draw_parts(works, embeddings, seed=seed)
    roles = assign_roles(train, val, test, seed=seed)
    taught, chose, calibrated, known, cohort, strangers = (
        (embeddings.select(rows["id"].to_list()), rows["artist"].to_list())
        for rows in (roles.taught, roles.chose, roles.calibrated, roles.known, val, test)
    )
    nearest = learn_nearest_works(*taught, seed=seed)
    head = add_nearness(fit_attribution(*taught, *chose, seed=seed), nearest, *chose).head
    open_set = fit_open_set(
        nearest,
        calibrated[0],
        head.predict_proba(calibrated[0]),
        cohort_vectors=cohort[0],
        cohort_artists=cohort[1],
    )
    vectors, artists = np.concatenate([known[0], strangers[0]]), known[1] + strangers[1]
    is_known = np.arange(len(vectors)) < len(known[0])
    probabilities = head.predict_proba(vectors)
    is_right = np.array(head.artists, dtype=object)[probabilities.argmax(axis=1)] == np.array(artists)
    scores = open_set.score(vectors, probabilities)
    acceptance = {"": -scores, "_max_probability": probabilities.max(axis=1)}
    rows, _ = open_set_rows(acceptance, is_right, is_known, artists, seed=seed, n_boot=1000)
    for row in rows:
        print(f"| {seed} | `{row.metric}` | {row.value:.3f} ({row.low:.3f} to {row.high:.3f}) |")
    print(f"| {seed} | known works named rightly | {is_right[is_known].mean():.3f} |")
    is_away = open_set.p_value(scores) <= SHARE_TURNED_AWAY
    print(f"| {seed} | known works turned away | {is_away[is_known].mean():.3f} |")
    print(f"| {seed} | strangers' works turned away | {is_away[~is_known].mean():.3f} |", flush=True)


if __name__ == "__main__":
    main()
