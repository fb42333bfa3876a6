"""None of these: nearness against a slow twin, p-values by hand, and the share that is turned away."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import mahalanobis

from morelli.learn.heads.open_set import _QUANTILE, fit_domain
from morelli.model.attribution import _N_NEIGHBOURS, measure_nearness
from morelli.model.open_set import _N_RIVALS, Domain, Enrolled, OpenSet, measure_strangeness
from morelli.model.standardisation import Standardisation, unit_rows


def make_open_set(scores: np.ndarray) -> OpenSet:
    rng = np.random.default_rng(0)
    plain = Standardisation(np.zeros(4, np.float32), np.ones(4, np.float32))
    rows = unit_rows(rng.normal(size=(9, 3)).astype(np.float32))
    cohort, directions = (unit_rows(rng.normal(size=(4, 3)).astype(np.float32)) for _ in range(2))
    return OpenSet(
        plain,
        rng.normal(size=(4, 3)).astype(np.float32),
        rows,
        np.arange(9, dtype=np.int32) % 2,
        directions=directions[:2].T,
        cohort=cohort,
        cohort_columns=np.array([0, 1, 1, 0], dtype=np.int32),
        cohort_directions=directions[2:].T,
        cohort_artists=("Cohn", "Dorn"),
        scores=scores,
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
            own = sorted(float(row @ one) for one in references[columns == artist])[-_N_NEIGHBOURS:]
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
    closeness, cohort = rng.uniform(-1, 1, (5, n_artists)), rng.uniform(-1, 1, (5, n_others))
    for found, known, strange in zip(measure_strangeness(closeness, cohort), closeness, cohort, strict=True):
        first, *others = sorted(known, reverse=True)
        rivals = sorted([*others, *strange], reverse=True)[:_N_RIVALS]
        assert found == pytest.approx(sum(rivals) / len(rivals) - first)


def test_a_work_that_is_near_to_one_artist_alone_is_less_strange():
    closeness = np.array([[0.6, 0.1, 0.1], [0.6, 0.5, 0.5]])
    alone, between = measure_strangeness(closeness, np.empty((2, 0)))
    assert alone < between


def test_a_work_near_to_an_unknown_artist_is_stranger():
    far, near = measure_strangeness(np.array([[0.6, 0.1, 0.1]] * 2), np.array([[0.0], [0.9]]))
    assert near > far


def test_an_artist_of_the_cohort_who_becomes_known_is_no_stranger():
    open_set = make_open_set(np.array([0.5]))
    rows = unit_rows(np.random.default_rng(3).normal(size=(5, 3)).astype(np.float32))
    both = open_set.cohort_closeness(rows)
    nearness = measure_nearness(rows, open_set.cohort, open_set.cohort_columns)
    np.testing.assert_allclose(both, nearness + rows @ open_set.cohort_directions)
    np.testing.assert_allclose(
        open_set.cohort_closeness(rows, without=("Cohn", "Emil")), both[:, 1:], rtol=1e-6
    )
    assert open_set.cohort_closeness(rows, without=("Cohn", "Dorn")).shape == (5, 0)


def test_scores_follow_from_closeness_and_survive_a_round_trip():
    open_set = make_open_set(np.array([0.5]))
    vectors = np.random.default_rng(1).normal(size=(5, 4)).astype(np.float32)
    scores = open_set.score(vectors)
    rows = open_set.transform(vectors)
    closeness = np.hstack(
        [
            measure_nearness(rows, open_set.rows, open_set.columns) + rows @ open_set.directions,
            measure_nearness(rows, open_set.cohort, open_set.cohort_columns)
            + rows @ open_set.cohort_directions,
        ]
    )
    for score, values in zip(scores, closeness.tolist(), strict=True):
        first = max(values[:2])
        assert score == pytest.approx((sum(values) - first) / 3 - first, abs=1e-6)
    again = OpenSet.from_parts(open_set.to_facts(), open_set.to_arrays())
    np.testing.assert_array_equal(again.score(vectors), scores)


def test_scores_of_another_kind_are_refused():
    open_set = make_open_set(np.array([0.5]))
    arrays, facts = open_set.to_arrays(), open_set.to_facts()
    cohort = {"cohort": arrays.pop("cohort_directions"), **arrays}
    for older, parts in (({"n_works": 9, "n_calibration": 1}, open_set.to_arrays()), (facts, cohort)):
        with pytest.raises(ValueError, match="another kind"):
            OpenSet.from_parts(older, parts)


# The distance from the training works: against the full covariance, and what is far away.


@pytest.fixture(scope="module")
def cloud():
    """Return vectors that vary along three directions and little along all others."""
    rng = np.random.default_rng(0)
    directions = rng.normal(size=(3, 12)) * np.array([[9.0], [5.0], [3.0]])
    return (rng.normal(size=(600, 3)) @ directions + rng.normal(size=(600, 12))).astype(np.float32)


def test_the_distance_is_that_of_mahalanobis(cloud):
    domain = fit_domain(cloud[:300], cloud[300:], seed=0)
    standard = domain.standardisation.transform(cloud) - domain.centre
    components = domain.components.astype(np.float64)
    rest = np.eye(12) - components.T @ components
    covariance = components.T @ np.diag(domain.variances) @ components + domain.noise * rest
    inverse = np.linalg.inv(covariance)
    expected = [mahalanobis(row, np.zeros(12), inverse) / np.sqrt(12) for row in standard[:20]]
    np.testing.assert_allclose(domain.measure_distances(cloud[:20]), expected, rtol=1e-3)


def test_training_works_lie_at_about_one(cloud):
    domain = fit_domain(cloud[:300], cloud[300:], seed=0)
    assert np.sqrt(np.mean(domain.measure_distances(cloud[:300]) ** 2)) == pytest.approx(1, abs=0.1)


def test_the_threshold_is_a_distance_of_the_validation_works(cloud):
    domain = fit_domain(cloud[:300], cloud[300:], seed=0)
    assert domain.quantile == _QUANTILE
    assert (domain.measure_distances(cloud[300:]) > domain.threshold).sum() == 1  # of 300, one in 200


def test_too_few_validation_works_make_no_domain(cloud):
    assert fit_domain(cloud, cloud[:199], seed=0) is None


def test_leaving_the_directions_of_the_works_is_farther_than_going_along_them(cloud):
    domain = fit_domain(cloud[:300], cloud[300:], seed=0)
    scale, mean = domain.standardisation.scale, domain.standardisation.mean
    along = domain.components[0] * scale
    across = np.linalg.svd(domain.components)[2][-1].astype(np.float32) * scale
    steps = np.stack([mean + 2 * along, mean + 2 * across])
    distances = domain.measure_distances(steps)
    assert distances[0] < distances[1]


def test_constant_vectors_and_few_works_make_a_domain():
    domain = fit_domain(np.ones((3, 4), np.float32), np.ones((200, 4), np.float32), seed=0)
    assert domain.measure_distances(np.ones((1, 4), np.float32))[0] == 0
    assert domain.measure_distances(np.full((1, 4), 9, np.float32))[0] > domain.threshold


def test_parts_make_the_same_domain_again(cloud):
    domain = fit_domain(cloud[:300], cloud[300:], seed=0)
    again = Domain.from_parts(domain.to_facts(), domain.to_arrays())
    np.testing.assert_array_equal(again.measure_distances(cloud), domain.measure_distances(cloud))
    assert again.threshold == domain.threshold


# Enrolled artists: odds by hand, and none of them changes nothing.

ROWS = np.array([[1, 0], [0, 1]], np.float32)
NEAR = np.array([0.5, 0.4])  # the highest nearness of a known artist to each


def make_enrolled(*columns: int) -> Enrolled:
    rows = np.array([[1, 0], [0.6, 0.8], [0, 1]], np.float32)[: len(columns)]
    names = tuple("XYZ"[: max(columns) + 1]) if columns else ()
    ids = tuple("abc"[: len(columns)])
    return Enrolled(2.0, -0.5, 0.25, names, ids, np.array(columns, np.int32), rows.reshape(-1, 2))


def test_the_odds_by_hand():
    """X has the works (1, 0) and (0.6, 0.8): to (1, 0) she is 0.8 near, 0.3 nearer than the best known."""
    enrolled = make_enrolled(0, 0)
    known = np.array([[0.75, 0.25]])
    found = enrolled.extend(known, ROWS[:1], np.array([0.5]))
    odds = math.exp(2 * 0.3 - 0.5 * math.log(2) + 0.25) / 2  # two known artists
    np.testing.assert_allclose(found, [[0.75 / (1 + odds), 0.25 / (1 + odds), odds / (1 + odds)]], rtol=1e-6)


def test_the_odds_of_a_mean_by_hand():
    """The mean of (1, 0) and (0.6, 0.8) points to (2, 1): the cosine with (1, 0) is 2 / sqrt(5)."""
    enrolled = replace(make_enrolled(0, 0), slope_per_log_k=1.5)
    found = enrolled.extend(np.array([[0.75, 0.25]]), ROWS[:1], np.array([0.5]))
    slope = 2 + 1.5 * math.log(2)
    odds = math.exp(slope * (2 / math.sqrt(5) - 0.5) - 0.5 * math.log(2) + 0.25) / 2
    np.testing.assert_allclose(found, [[0.75 / (1 + odds), 0.25 / (1 + odds), odds / (1 + odds)]], rtol=1e-6)


def test_among_themselves_they_share_one():
    enrolled = make_enrolled(0, 0, 1)
    found = enrolled.predict_proba(ROWS, np.array([0.1, 0.2]))
    np.testing.assert_allclose(found.sum(axis=1), 1)
    x, y = 2 * 0.8 - 0.5 * math.log(2), 2 * 0.0
    assert found[0, 0] == pytest.approx(math.exp(x) / (math.exp(x) + math.exp(y)))
    assert enrolled.counts == {"X": 2, "Y": 1}


def test_without_anybody_enrolled_nothing_changes():
    known = np.array([[0.75, 0.25]])
    np.testing.assert_allclose(make_enrolled().extend(known, ROWS[:1], np.array([0.5])), known)


def test_the_round_trip_is_exact_and_torn_parts_are_refused():
    enrolled = make_enrolled(0, 0, 1)
    again = Enrolled.from_parts(enrolled.to_facts(), enrolled.to_arrays())
    np.testing.assert_array_equal(again.predict_proba(ROWS, NEAR), enrolled.predict_proba(ROWS, NEAR))
    assert "slope_per_log_k" not in enrolled.to_facts()
    grown = replace(enrolled, slope_per_log_k=1.5)
    assert Enrolled.from_parts(grown.to_facts(), grown.to_arrays()).slope_per_log_k == 1.5
    assert (again.artists, again.ids) == (enrolled.artists, enrolled.ids)
    with pytest.raises(ValueError, match="does not hold the enrolled works"):
        Enrolled.from_parts({**enrolled.to_facts(), "ids": ["a"]}, enrolled.to_arrays())
