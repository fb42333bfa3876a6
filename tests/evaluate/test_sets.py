"""Sets of works: no work in both sets, the same artists for each size, and gains on the same resamples."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from evaluate.reports import make_works
from morelli.evaluate.sets import _choose_sizes, _draw_set_pairs, set_rows
from morelli.model import Rule


def relate(scores, n_works):
    return 4 * (np.asarray(scores) - 0.5)


def test_scores_are_dot_products_of_sets_without_a_common_work():
    """Each work is a row of its own: two sets have the score 0 unless a work stands in both."""
    rows = np.eye(24, dtype=np.float32)
    artists = [f"{place // 4}" for place in range(24)]
    drawn = _draw_set_pairs(rows, artists, (1, 2), rng=np.random.default_rng(0))
    for pairs in drawn.values():
        assert np.count_nonzero(pairs.scores) == 0
        assert (pairs.left == pairs.right).sum() == 6 * 10
        assert len(pairs.scores) == 6 * 6 * 10


def test_a_smaller_set_is_part_of_the_larger_one():
    """The row of a work is the power of two of its place, so a sum tells which works were taken."""
    rows = (2.0 ** np.arange(8))[:, None]
    taken = {1: [], 2: []}

    class Keep:
        def score_all_sets(self, left, right, dtype):
            sets = [*left, *right]
            taken[len(sets[0])] += [{int(np.log2(value)) for value in works.ravel()} for works in sets]
            return np.zeros((len(left), len(right)), dtype)

    _draw_set_pairs(rows, ["A"] * 4 + ["B"] * 4, (1, 2), rng=np.random.default_rng(0), rule=Keep())
    assert len(taken[1]) == len(taken[2]) == 4 * 10
    assert all(any(small <= large for large in taken[2]) for small in taken[1])


def test_rows_say_what_more_works_bring():
    vectors, _, artists = make_works(12, 10, seed=4, noise=2.0)
    rows, reason = set_rows(vectors, artists, part="unseen", seed=0, n_boot=60, relate=relate)
    assert reason == ""
    by_name = {(row.subset, row.metric): row for row in rows}
    assert len(rows) == 4 * 2 + 3 * 2
    single, five = by_name["sets_of_1", "roc_auc"], by_name["sets_of_5", "roc_auc"]
    gain = by_name["sets_of_5", "roc_auc_gain"]
    assert gain.value == pytest.approx(five.value - single.value)
    assert gain.low > 0
    drawn = _draw_set_pairs(vectors, artists, (1, 2, 3, 5), rng=np.random.default_rng(0))
    expected = roc_auc_score(drawn[5].left == drawn[5].right, drawn[5].scores)
    assert five.value == pytest.approx(expected)
    assert {(row.part, row.unit, row.n) for row in rows} == {("unseen", "pairs", 12 * 12 * 10)}


def test_sizes_without_a_map_have_no_likelihood_ratio():
    """What `compare` refuses is not measured by another map."""
    vectors, _, artists = make_works(12, 10, seed=4, noise=2.0)
    rows, reason = set_rows(
        vectors,
        artists,
        part="unseen",
        seed=0,
        n_boot=20,
        relate=lambda scores, n_works: relate(scores, n_works) if n_works <= 2 else None,
    )
    assert reason == "sets of 3 and 5: the model is not calibrated for their likelihood ratio"
    assert {row.subset for row in rows if row.metric == "cllr"} == {"sets_of_1", "sets_of_2"}
    assert {row.subset for row in rows if row.metric == "roc_auc"} == {f"sets_of_{n}" for n in (1, 2, 3, 5)}


def test_sizes_without_artists_enough_are_left_out_with_a_reason():
    vectors, _, artists = make_works(6, 5, seed=0)
    rows, reason = set_rows(vectors, artists, part="seen", seed=0, n_boot=20, relate=relate)
    assert {row.subset for row in rows} == {"sets_of_1", "sets_of_2"}
    assert reason == "sets of 3 or more: 0 artists have 6 works or more, 5 are asked for"
    assert _choose_sizes(["A", "B"])[0] == ()
    assert set_rows(vectors[:2], ["A", "B"], part="seen", seed=0, n_boot=20, relate=relate)[0] == []


def test_a_rule_scores_sets_by_the_mean_over_their_pairs():
    vectors, _, artists = make_works(5, 8, seed=1)
    rows, rule = vectors.astype(np.float32), Rule("euclidean")
    drawn = _draw_set_pairs(rows, artists, (1, 3), rng=np.random.default_rng(7), rule=rule)
    rng, codes = np.random.default_rng(7), np.repeat(np.arange(5), 8)
    draws = [[rng.permutation(np.flatnonzero(codes == code))[:6] for code in range(5)] for _ in range(10)]
    for size, pairs in drawn.items():
        expected = [
            rule.score_sets(rows[one[:size]], rows[other[3 : 3 + size]])
            for draw in draws
            for one in draw
            for other in draw
        ]
        np.testing.assert_allclose(pairs.scores, expected, atol=1e-6)
