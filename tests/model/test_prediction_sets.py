"""Sets with a promise: scores and thresholds by hand, coverage on works that can be exchanged."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from morelli.errors import UsageError
from morelli.model.prediction_sets import _MIN_ARTIST_WORKS, PredictionSets, Score, find_threshold

PROBABILITIES = np.array([[0.5, 0.3, 0.2], [0.1, 0.1, 0.8]])


@pytest.mark.parametrize(
    ("score", "expected"),
    [
        (Score("lac"), [[0.5, 0.7, 0.8], [0.9, 0.9, 0.2]]),
        (Score("aps"), [[0.5, 0.8, 1.0], [0.9, 1.0, 0.8]]),  # of equal probabilities the first comes first
        (Score("raps", 1, 0.25), [[0.5, 1.05, 1.5], [1.15, 1.5, 0.8]]),
        (Score("raps", 0, 0.1), [[0.6, 1.0, 1.3], [1.1, 1.3, 0.9]]),
    ],
    ids=str,
)
def test_scores_by_hand(score, expected):
    np.testing.assert_allclose(score.measure(PROBABILITIES), expected)


@pytest.mark.parametrize(
    ("n", "level", "rank"), [(9, 0.9, 9), (8, 0.9, None), (19, 0.9, 18), (99, 0.95, 95), (1, 0.5, 1)]
)
def test_the_threshold_by_hand(n, level, rank):
    found = find_threshold(np.arange(1.0, n + 1), level)
    assert found == (math.inf if rank is None else rank)


def test_sets_by_hand():
    """Of 9 calibration scores the threshold at 80 % is the 8th, 0.7."""
    scores = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.65, 0.7, 0.95])
    sets = PredictionSets(Score("lac"), scores, np.zeros(9, np.int32), 3)
    assert sets.predict(PROBABILITIES, 0.8).tolist() == [[True, True, False], [False, False, True]]
    assert sets.predict(PROBABILITIES, 0.95).all()  # 9 works are too few for that level
    unsure = np.array([[0.26, 0.25, 0.25]])
    assert sets.predict(unsure, 0.5).tolist() == [[True, False, False]]  # never nobody


def test_an_artist_with_many_calibration_works_has_a_threshold_of_his_own():
    own = np.linspace(0, 0.4, _MIN_ARTIST_WORKS)
    rest = np.linspace(0.5, 0.9, _MIN_ARTIST_WORKS)
    scores = np.concatenate([own, rest])
    columns = np.repeat([0, 1], _MIN_ARTIST_WORKS).astype(np.int32)
    columns[-1] = 2
    sets = PredictionSets(Score("lac"), scores, columns, 3)
    assert sets.own_thresholds.tolist() == [0]
    # the others have 20 works with one another: only by artist 1 there are 19
    assert sets.predict(np.array([[0.5, 0.3, 0.2]]), 0.9).tolist() == [[True, True, True]]
    assert sets.predict(np.array([[0.4, 0.6, 0.0]]), 0.9).tolist() == [[False, True, False]]


@settings(max_examples=20, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1), method=st.sampled_from(["lac", "aps", "raps"]), level=st.floats(0.5, 0.95)
)
def test_works_that_can_be_exchanged_are_covered_as_promised(seed, method, level):
    """Over 2,000 works from 400 calibration works, coverage falls short by chance alone."""
    rng = np.random.default_rng(seed)
    probabilities = rng.dirichlet(np.full(5, 0.5), size=2400)
    truth = (probabilities.cumsum(axis=1) > rng.random((2400, 1))).argmax(axis=1)
    score = Score(method, 2, 0.05)
    own = score.measure(probabilities[:400])[np.arange(400), truth[:400]]
    order = np.argsort(own)
    sets = PredictionSets(score, own[order], truth[:400][order].astype(np.int32), 5)
    members = sets.predict(probabilities[400:], level)
    covered = members[np.arange(2000), truth[400:]].mean()
    deviation = math.sqrt(level * (1 - level) * (1 / 400 + 1 / 2000))
    assert covered > level - 4.5 * deviation


@given(
    low=st.floats(0.01, 0.98),
    more=st.floats(0, 1),
    method=st.sampled_from(["lac", "aps", "raps"]),
    seed=st.integers(0, 99),
)
def test_a_larger_level_gives_a_larger_set(low, more, method, seed):
    rng = np.random.default_rng(seed)
    columns = rng.integers(0, 3, 80).astype(np.int32)
    sets = PredictionSets(Score(method, 1, 0.1), np.sort(rng.random(80)), columns, 4)
    probabilities = rng.dirichlet(np.ones(4), size=20)
    small, large = sets.predict(probabilities, low), sets.predict(probabilities, low + more * (0.99 - low))
    assert (small <= large).all()
    assert small.any(axis=1).all()


@pytest.mark.parametrize("level", [0, 1, -0.5, 90, float("nan")])
def test_a_level_that_is_no_share_is_refused(level):
    sets = PredictionSets(Score("lac"), np.array([0.5]), np.array([0], np.int32), 3)
    with pytest.raises(UsageError, match="--level: expected a share between 0 and 1"):
        sets.predict(PROBABILITIES, level)


def test_the_round_trip_is_exact():
    sets = PredictionSets(Score("raps", 2, 0.03), np.array([0.25, 0.5]), np.array([1, 0], np.int32), 3)
    again = PredictionSets.from_parts(sets.to_facts(), sets.to_arrays())
    assert (again.score, again.n_artists) == (sets.score, 3)
    np.testing.assert_array_equal(again.predict(PROBABILITIES, 0.6), sets.predict(PROBABILITIES, 0.6))
