"""How a work by an unknown artist is told: ``python benchmarks/open_set.py GALLERY FINGERPRINT``.

Some train artists of an unseen split at a time are left out and asked about as strangers, beside works of the
other train artists that did not teach; the val artists are the cohort. For each number of directions and each
size of a batch it prints the area under the ROC curve of ways to say how close a work comes to an artist,
always the highest minus the mean of the next five. With ``--test`` it fits what `morelli train` fits, and
prints for each seed what `morelli evaluate` says of the test artists.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path

import numpy as np
import polars as pl
from sklearn.metrics import roc_auc_score

from morelli.collection.splits import draw_split
from morelli.embeddings import Embeddings
from morelli.evaluate.evaluation import MAX_PROBABILITY_SUFFIX
from morelli.evaluate.metrics.open_set import open_set_rows
from morelli.evaluate.metrics.prediction_sets import coverage_rows
from morelli.gallery import Gallery
from morelli.learn.hand import fit_attribution_parts
from morelli.learn.heads.attribution import MAX_REDUCED as MAX_COMPONENTS
from morelli.learn.heads.attribution import Reduction
from morelli.learn.heads.open_set import BATCH_SIZE, fit_open_set, learn_directions
from morelli.learn.heads.works import Works, assign_roles
from morelli.model.attribution import measure_nearness
from morelli.model.open_set import SHARE_TURNED_AWAY, measure_strangeness
from morelli.settings import ignore_progress


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
    parser.add_argument("--components", type=int, nargs="+", default=[MAX_COMPONENTS])
    parser.add_argument("--batch-sizes", type=int, nargs="+", default=[BATCH_SIZE])
    parser.add_argument("--test", action="store_true", help="ask about the test artists; for final figures")
    arguments = parser.parse_args()
    gallery = Gallery(arguments.gallery)
    embeddings = gallery.embeddings(gallery.encoder(arguments.fingerprint).fingerprint)
    if arguments.test:
        for seed in arguments.seeds:
            print_test(gallery.works(), embeddings, seed=seed)
        return
    sizes = list(product(arguments.components, arguments.batch_sizes))
    areas: dict[tuple[int, int, str], list[float]] = defaultdict(list)
    for seed in arguments.seeds:
        for fold in draw_folds(gallery.works(), embeddings, seed=seed, n_folds=arguments.folds):
            for size in sizes:
                for name, area in measure(fold, embeddings, *size, seed=seed).items():
                    areas[*size, name].append(area)
    print("| directions | batch | closeness | mean | each seed and fold |\n|---|---|---|---|---|")
    for (n_components, batch_size, name), found in areas.items():
        each = ", ".join(f"{area:.3f}" for area in found)
        print(f"| {n_components} | {batch_size} | {name} | {np.mean(found):.3f} | {each} |")


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
    asked = pl.concat([roles.validation, roles.calibration])
    artists = np.random.default_rng(seed).permutation(np.unique(train["artist"].to_numpy()))
    for fold in range(n_folds):
        is_out = pl.col("artist").is_in(artists[fold::n_folds].tolist())
        yield Fold(
            roles.train.filter(~is_out),
            asked.filter(~is_out),
            pl.concat([roles.train, asked]).filter(is_out),
            val,
        )


def measure(
    fold: Fold, embeddings: Embeddings, n_components: int, batch_size: int, *, seed: int
) -> dict[str, float]:
    """Return the area of each way to say how close a work comes to an artist."""
    taught, known, strangers, cohort = (
        Works.of(embeddings.select(rows["id"].to_list()), rows["artist"].to_list())
        for rows in (fold.taught, fold.known, fold.strangers, fold.cohort)
    )
    asked = np.concatenate([known.vectors, strangers.vectors])
    is_stranger = np.arange(len(asked)) >= len(known.vectors)
    learn = partial(learn_directions, Reduction.fit(taught.vectors, n_components))
    nobody = cohort.select([])
    alone, joint = (
        fit_open_set(learn(taught + others, seed=seed, batch_size=batch_size), taught, nobody, others)
        for others in (nobody, cohort)
    )
    near, rows = alone.transform(asked), joint.transform(asked)
    of_cohort = alone.transform(cohort.vectors)
    nearness, others = alone.nearness(near), measure_nearness(near, of_cohort, joint.cohort_columns)
    joint_others = measure_nearness(rows, joint.cohort, joint.cohort_columns)
    ways = {
        "nearness, known rivals": (nearness, others[:, :0]),
        "closeness, known rivals": (alone.closeness(near), others[:, :0]),
        "nearness": (nearness, others),
        "nearness, space learnt from the cohort too": (joint.nearness(rows), joint_others),
        "direction, the same": (rows @ joint.directions, rows @ joint.cohort_directions),
        "closeness, the same": (joint.closeness(rows), joint.cohort_closeness(rows)),
    }
    return {
        name: float(roc_auc_score(is_stranger, measure_strangeness(*values))) for name, values in ways.items()
    }


def print_test(works: pl.DataFrame, embeddings: Embeddings, *, seed: int) -> None:
    """Print what the finished score says of the test artists, and how many works it turns away."""
    train, val, test = draw_parts(works, embeddings, seed=seed)
    roles = assign_roles(train, val, test, seed=seed)
    fitted, parts = fit_attribution_parts(roles, val, embeddings, seed=seed, progress=ignore_progress)
    head, open_set = fitted.head, parts["open_set"]
    known, strangers = (
        (embeddings.select(rows["id"].to_list()), rows["artist"].to_list()) for rows in (roles.held_out, test)
    )
    vectors, artists = np.concatenate([known[0], strangers[0]]), known[1] + strangers[1]
    is_known = np.arange(len(vectors)) < len(known[0])
    probabilities = head.predict_proba(vectors)
    is_right = np.array(head.artists, dtype=object)[probabilities.argmax(axis=1)] == np.array(artists)
    scores = open_set.score(vectors)
    acceptance = {"": -scores, MAX_PROBABILITY_SUFFIX: probabilities.max(axis=1)}
    rows, _ = open_set_rows(acceptance, is_right, is_known, artists, seed=seed, n_boot=1000)
    sets = parts["prediction_sets"].sets.predict(probabilities[is_known])
    of_sets, _ = coverage_rows(sets, head.artists, known[1], seed=seed, n_boot=1000)
    for row in (*rows, *of_sets):
        print(f"| {seed} | `{row.metric}` | {row.value:.3f} ({row.low:.3f} to {row.high:.3f}) |")
    print(f"| {seed} | known works named rightly | {is_right[is_known].mean():.3f} |")
    is_away = open_set.p_value(scores) <= SHARE_TURNED_AWAY
    print(f"| {seed} | known works turned away | {is_away[is_known].mean():.3f} |")
    print(f"| {seed} | strangers' works turned away | {is_away[~is_known].mean():.3f} |", flush=True)


if __name__ == "__main__":
    main()
