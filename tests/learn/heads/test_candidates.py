"""Groups of artists: every artist is held back once, and never by spaces that knew him."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from morelli.learn.heads.candidates import _MIN_ARTISTS, _N_GROUPS, divide_artists
from morelli.learn.heads.likelihood_ratio import score_sets
from morelli.model import Rule
from morelli.model.standardisation import unit_rows


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 4), min_size=0, max_size=30), st.integers(0, 5))
def test_every_work_is_held_back_once_with_all_of_its_artist(counts, seed):
    artists = np.repeat([f"Artist {place}" for place in range(len(counts))], counts).astype(object)
    groups = divide_artists(artists, seed=seed)
    several = sum(count > 1 for count in counts)
    assert len(groups) == (min(_N_GROUPS, several // _MIN_ARTISTS) if several >= 2 * _MIN_ARTISTS else 0)
    if groups:
        assert (np.sum(groups, axis=0) == 1).all()
    for name in set(artists) if groups else ():
        assert sum(group[artists == name].any() for group in groups) == 1
    for group in groups:
        names, held = np.unique(artists[group], return_counts=True)
        assert (held > 1).sum() >= _MIN_ARTISTS
        assert len(names) >= _MIN_ARTISTS


def test_the_same_seed_gives_the_same_groups():
    artists = np.repeat([f"Artist {place}" for place in range(12)], 2).astype(object)
    first, again, other = (divide_artists(artists, seed=seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_scores_of_sets_by_hand():
    rows = unit_rows(np.array([[1, 0], [1, 0.2], [0, 1], [0.1, 1]], dtype=np.float32))
    artists = np.array(["A", "A", "B", "B"], dtype=object)
    scores, is_same = score_sets(rows, artists, 1, rng=np.random.default_rng(0))
    expected = {True: {float(rows[0] @ rows[1]), float(rows[2] @ rows[3])}}
    assert {round(score, 5) for score in scores[is_same]} == {round(score, 5) for score in expected[True]}
    assert scores[~is_same].max() < scores[is_same].min()
    assert is_same.mean() == pytest.approx(0.5)


def test_sets_of_one_hand_share_no_work():
    rows = np.eye(12, dtype=np.float32)
    artists = np.repeat(np.array(["A", "B"], dtype=object), 6)
    scores, is_same = score_sets(rows, artists, 3, rng=np.random.default_rng(0))
    assert (scores == 0).all()
    assert is_same.sum() == 2 * len(is_same) // 4


def test_a_rule_scores_sets_by_the_mean_over_their_pairs():
    rows = np.array([[0], [2], [10], [14]], dtype=np.float32)
    artists = np.array(["A", "A", "B", "B"], dtype=object)
    rng, rule = np.random.default_rng(0), Rule("euclidean")
    scores, is_same = score_sets(rows, artists, 1, rng=rng, rule=rule)
    assert set(scores[is_same].tolist()) == {-2, -4}
    assert set(scores[~is_same].tolist()) <= {-8, -10, -12, -14}
    six = np.array([[0], [2], [10], [10], [11], [17]], dtype=np.float32)
    owners = np.array(["A", "B", "A", "B", "A", "B"], dtype=object)
    assert len(score_sets(six, owners, 2, rng=rng, rule=rule)[0]) == 0  # three works make no two sets of two


def test_too_few_works_make_no_sets():
    artists = np.array(["A", "A", "B"], dtype=object)
    scores, is_same = score_sets(np.eye(3, dtype=np.float32), artists, 1, rng=np.random.default_rng(0))
    assert len(scores) == len(is_same) == 0
