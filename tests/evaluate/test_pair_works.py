"""What is known of works: artists, seen and learnt, each against a loop over the tables."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import polars as pl

from morelli.evaluate.pair_table import PairTable
from morelli.evaluate.pair_works import PairWorks

WORKS = pl.DataFrame({"id": list("abcde"), "artist": ["Monet", "Manet", None, "Monet", None]})
SPLIT = pl.DataFrame({"id": ["a", "z"], "artist": ["Monet", "Degas"], "part": ["train", "test"]})


def make_works(ids="ecdab") -> PairWorks:
    gallery = SimpleNamespace(works=lambda: WORKS)
    model = SimpleNamespace(split=SimpleNamespace(table=SPLIT))
    return PairWorks.from_gallery(gallery, model, list(ids))  # type: ignore[arg-type]


def test_works_are_looked_up_by_id_in_the_order_asked_for():
    works = make_works()
    assert works.is_known.tolist() == [False, False, True, True, True]
    assert works.is_seen.tolist() == [False, False, True, True, False]
    assert works.is_learnt.tolist() == [False, False, False, True, False]
    assert works.codes.tolist() == [2, 3, 1, 1, 0]  # each work without an artist is one of its own
    assert works.n_artists == 4


def test_artists_the_model_has_seen_are_counted():
    left, right = np.array([2, 2, 4, 0]), np.array([3, 4, 4, 2])
    assert make_works().count_seen(left, right).tolist() == [2, 1, 0, 3]


def test_pairs_to_be_taken_with_care_are_counted():
    pairs = [(2, 3, 1), (2, 3, 0), (2, 4, 1), (2, 4, 0), (3, 4, -1), (0, 1, 1), (0, 3, 0)]
    left, right, same = (np.array(column) for column in zip(*pairs, strict=True))
    table = PairTable(np.arange(7), left.astype(np.int32), right.astype(np.int32), same.astype(np.int8))
    assert make_works().count_pairs(table) == {"n_pairs": 7, "n_unknown": 1, "n_learnt": 4, "n_conflicts": 2}
