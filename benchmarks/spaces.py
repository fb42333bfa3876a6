"""Pair ROC AUC of each learnt space, and of all sets of them, on artists kept from the spaces.

The test part of the unseen split is left alone. The first division is the split's own train and val part; the
others draw as many validation artists anew from both.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from functools import partial

import numpy as np
import polars as pl

from morelli.collection.splits import draw_split
from morelli.gallery import Gallery
from morelli.learn.heads.candidates import hold_out
from morelli.learn.heads.comparison import learn_spaces
from morelli.learn.heads.works import Works


def main() -> None:
    """Print the mean over the divisions, best set first, and each division beside it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("gallery")
    parser.add_argument("--encoder", help="name, or first digits of the fingerprint")
    parser.add_argument("--divisions", type=int, default=3)
    parser.add_argument("--seed", type=int, default=0, help="of the split")
    arguments = parser.parse_args()
    gallery = Gallery(arguments.gallery)
    embeddings = gallery.embeddings(gallery.encoder(arguments.encoder).fingerprint)
    works = draw_split(gallery.works(), "unseen", seed=arguments.seed).table.filter(pl.col("part") != "test")
    known = Works.of_rows(works, embeddings)
    scores: dict[str, list[float]] = defaultdict(list)
    for division in range(arguments.divisions):
        kept = _keep_artists(works, division)
        held = hold_out(partial(learn_spaces, seed=0), known[~kept], known[kept], seed=0)
        for candidate, score in held.measure().items():
            scores[str(candidate)].append(score)
    for name, values in sorted(scores.items(), key=lambda entry: -float(np.mean(entry[1]))):
        print(f"{np.mean(values):.4f}  {name:52} {'  '.join(f'{value:.4f}' for value in values)}")


def _keep_artists(works: pl.DataFrame, division: int) -> np.ndarray:
    """Return (n,) bool: whether a work's artist validates in this division."""
    validating = works.filter(pl.col("part") == "val")["artist"].unique()
    if division:
        names = works["artist"].unique().sort().to_numpy()
        validating = pl.Series(np.random.default_rng(division).permutation(names)[: len(validating)])
    return works["artist"].is_in(validating.to_list()).to_numpy()


if __name__ == "__main__":
    main()
