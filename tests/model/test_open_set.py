"""None of these: nearness against a slow twin, p-values by hand, and the share that is turned away."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from morelli.model.nearest_works import N_NEIGHBOURS, measure_nearness
from morelli.model.open_set import CONFIDENCE_WEIGHT, N_RIVALS, OpenSet, measure_strangeness
from morelli.model.standardisation import Standardisation, unit_rows


def make_open_set(scores: np.ndarray) -> OpenSet:
    rng = np.random.default_rng(0)
    plain = Standardisation(np.zeros(4, np.float32), np.ones(4, np.float32))
    rows = unit_rows(rng.normal(size=(9, 3)).astype(np.float32))
    cohort = unit_rows(rng.normal(size=(4, 3)).astype(np.float32))
    return OpenSet(
        plain,
        rng.normal(size=(4, 3)).astype(np.float32),
        rows,
        np.arange(9, dtype=np.int32) % 2,
        scores,
        cohort,
        np.array([0, 1, 1, 0], dtype=np.int32),
        ("Cohn", "Dorn"),
    )


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 999))
def test_nearness_equals_the_loop(seed):
    rng = np.random.default_rng(seed)
    rows, references = (unit_rows(rng.normal(size=(n, 3)).astype(np.float32)) for n in (4, 17))
    columns = np.concatenate([[0, 1, 2], rng.integers(0, 3, 14)]).astype(np.int32)
    found = measure_nearness(rows, references, columns)
    for row, values in zip(rows, found, strict=True):
        for artist, value in enumerate(values):
            own = sorted(float(row @ one) for one in references[columns == artist])[-N_NEIGHBOURS:]
            assert abs(value - sum(own) / len(own)) < 1e-5


def test_p_values_by_hand():
    """Four calibration works: a score above all of them has p = 1/5, one equal to the highest 2/5."""
    open_set = make_open_set(np.array([0.1, 0.2, 0.3, 0.4]))
    assert open_set.p_value(np.array([0.5, 0.4, 0.25, 0.05])).tolist() == [0.2, 0.4, 0.6, 1.0]


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_no_more_known_works_are_turned_away_than_promised(seed):
    rng = np.random.default_rng(seed)
    open_set = make_open_set(np.sort(rng.normal(size=500)))
    turned_away = (open_set.p_value(rng.normal(size=4000)) <= 0.05).mean()
    assert turned_away < 0.05 + 5 * np.sqrt(0.05 * 0.95 * (1 / 500 + 1 / 4000))


@settings(max_examples=30)
@given(n_artists=st.integers(2, 9), n_others=st.integers(0, 9), seed=st.integers(0, 999))
def test_strangeness_equals_the_loop(n_artists, n_others, seed):
    rng = np.random.default_rng(seed)
    nearness, probabilities = rng.uniform(-1, 1, (5, n_artists)), rng.dirichlet(np.ones(n_artists), 5)
    cohort = rng.uniform(-1, 1, (5, n_others))
    for found, near, likely, strange in zip(
        measure_strangeness(nearness, probabilities, cohort), nearness, probabilities, cohort, strict=True
    ):
        first, *others = sorted(near, reverse=True)
        rivals = sorted([*others, *strange], reverse=True)[:N_RIVALS]
        expected = sum(rivals) / len(rivals) - first - CONFIDENCE_WEIGHT * math.log(max(likely))
        assert found == pytest.approx(expected)


def test_a_work_that_is_near_to_one_artist_alone_is_less_strange():
    nearness = np.array([[0.6, 0.1, 0.1], [0.6, 0.5, 0.5]])
    alone, between = measure_strangeness(nearness, np.full((2, 3), 1 / 3))
    assert alone < between


def test_a_work_near_to_an_unknown_artist_is_stranger():
    nearness, evenly = np.array([[0.6, 0.1, 0.1]] * 2), np.full((2, 3), 1 / 3)
    far, near = measure_strangeness(nearness, evenly, np.array([[0.0], [0.9]]))
    assert near > far


def test_an_artist_of_the_cohort_who_becomes_known_is_no_stranger():
    open_set = make_open_set(np.array([0.5]))
    rows = unit_rows(np.random.default_rng(3).normal(size=(5, 3)).astype(np.float32))
    both = open_set.cohort_nearness(rows)
    assert both.shape == (5, 2)
    np.testing.assert_array_equal(open_set.cohort_nearness(rows, without=("Cohn", "Emil")), both[:, 1:])
    assert open_set.cohort_nearness(rows, without=("Cohn", "Dorn")).shape == (5, 0)
    np.testing.assert_allclose(both, measure_nearness(rows, open_set.cohort, open_set.cohort_columns))


def test_scores_follow_from_nearness_and_survive_a_round_trip():
    open_set = make_open_set(np.array([0.5]))
    vectors = np.random.default_rng(1).normal(size=(5, 4)).astype(np.float32)
    probabilities = np.random.default_rng(2).dirichlet([1, 1], 5)
    scores = open_set.score(vectors, probabilities)
    nearness = open_set.nearness(open_set.transform(vectors))
    cohort = open_set.cohort_nearness(open_set.transform(vectors))
    np.testing.assert_allclose(scores, measure_strangeness(nearness, probabilities, cohort))
    again = OpenSet.from_parts(open_set.to_facts(), open_set.to_arrays())
    np.testing.assert_array_equal(again.score(vectors, probabilities), scores)


def test_scores_of_another_kind_are_refused():
    open_set = make_open_set(np.array([0.5]))
    older = {"n_works": 9, "n_calibration": 1}
    with pytest.raises(ValueError, match="another kind"):
        OpenSet.from_parts(older, open_set.to_arrays())
