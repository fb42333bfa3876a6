"""Where a comparison fails: costs of artists by a slow twin, and pairs that point the wrong way."""

from __future__ import annotations

import numpy as np
import pytest

from morelli.collection.samples import Pairs, sample_pairs
from morelli.evaluate.evidence import Evidence
from morelli.evaluate.failures import find_worst_pairs, rank_artists
from morelli.evaluate.likelihood_metrics import cllr


def test_the_cost_of_an_artist_is_that_of_the_artist_s_pairs():
    rng = np.random.default_rng(0)
    artists = [f"Artist {place % 5}" for place in range(20)]
    pairs = sample_pairs(artists, rng=rng)
    ratios = rng.normal(size=len(pairs))
    found = rank_artists(ratios, pairs, artists, "seen")
    assert [one.cllr for one in found] == sorted((one.cllr for one in found), reverse=True)
    names = np.array(artists)
    for one in found:
        own = (names[pairs.left] == one.artist) | (names[pairs.right] == one.artist)
        assert one.cllr == pytest.approx(cllr(Evidence.from_pairs(ratios[own], pairs.same[own]))[0])
        assert one.missed == pytest.approx((ratios[own & pairs.same] < 0).mean())
        assert one.mistaken == pytest.approx((ratios[own & ~pairs.same] > 0).mean())
        assert (one.n_same, one.n_different) == (6, 4 * 16)
        others = {
            other: np.logaddexp(
                0, np.log(10) * ratios[own & ((names[pairs.left] == other) | (names[pairs.right] == other))]
            ).mean()
            for other in set(artists) - {one.artist}
        }
        assert one.taken_for == max(others, key=others.get)


def test_an_artist_with_one_work_has_no_cost():
    pairs = Pairs(np.array([0, 0]), np.array([1, 2]), np.array([True, False]))
    assert [one.artist for one in rank_artists(np.zeros(2), pairs, ["A", "A", "B"], "seen")] == ["A"]


def test_worst_pairs_point_the_wrong_way_and_show_a_work_once():
    works = [("a1", "A"), ("a2", "A"), ("b1", "B"), ("b2", "B")]
    pairs = Pairs(
        np.array([0, 2, 0, 1, 0]), np.array([1, 3, 2, 2, 3]), np.array([True, True, False, False, False])
    )
    worst = find_worst_pairs(np.array([-2.0, 1.0, 3.0, 2.0, -1.0]), pairs, works, "unseen")
    assert [(one.left, one.right, one.is_same, one.log10_likelihood_ratio) for one in worst] == [
        ("a1", "b1", False, 3.0),
        ("a1", "a2", True, -2.0),
    ]
    fewer = find_worst_pairs(np.full(5, 1.0), pairs, works, "unseen", n_pairs=1)
    assert [one.is_same for one in fewer] == [False]
