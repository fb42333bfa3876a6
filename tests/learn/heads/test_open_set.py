"""Strangers score as odder, and newcomers enrolled from a few works are told from known artists."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from learn.heads.test_spaces import make_hands
from morelli.learn.heads import open_set as open_set_room
from morelli.learn.heads.attribution import Reduction
from morelli.learn.heads.open_set import (
    _simulate_enrolments,
    _Trials,
    fit_enrolment,
    fit_open_set,
    learn_directions,
)
from morelli.learn.heads.works import Works


@pytest.fixture(scope="module")
def hands():
    """Works of 10 known artists to learn from and to ask about, and of 5 unknown ones."""
    vectors, artists = make_hands(15, 24, seed=0, nuisance=1.0)
    works = Works.of(vectors, artists.tolist())
    known, unknown = (
        works.select([f"Artist {at:02}" for at in range(10)], is_among=yes) for yes in (True, False)
    )
    is_train = np.arange(len(known.vectors)) % 3 > 0
    parts = [Works(known.vectors[rows], known.artists[rows]) for rows in (is_train, ~is_train)]
    return *parts, unknown


@pytest.fixture(scope="module")
def open_set(hands):
    return fit_quickly(hands, cohort_names=[])


def fit_quickly(hands, *, cohort_names):
    """Return the open set with some unknown artists as its cohort, its space learnt in 100 steps."""
    train, held, unknown = hands
    cohort, (calibration, _) = unknown.select(cohort_names), halve(held)
    return fit_open_set(learn_quickly(train, train + cohort), train, calibration, cohort)


def learn_quickly(reduced, train):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(open_set_room, "_N_STEPS", 100)
        return learn_directions(Reduction.fit(reduced.vectors), train, seed=0)


def halve(works):
    """Return the works that calibrate, and those that are asked about."""
    return [Works(works.vectors[first::2], works.artists[first::2]) for first in (0, 1)]


def test_unknown_artists_score_higher(open_set, hands):
    _, held, unknown = hands
    scores = [open_set.score(works.vectors) for works in (halve(held)[1], unknown)]
    truth = np.repeat([0, 1], [len(one) for one in scores])
    assert roc_auc_score(truth, np.concatenate(scores)) > 0.9
    assert open_set.p_value(scores[1]).mean() < open_set.p_value(scores[0]).mean()


def test_without_a_cohort_the_references_are_the_works_that_teach(open_set, hands):
    train, held, _ = hands
    _, asked = halve(held)
    nearest = learn_quickly(train, train).place(train)
    for name, values in nearest.to_arrays().items():
        np.testing.assert_array_equal(open_set.to_arrays()[name], values)
    assert open_set.directions.shape == (nearest.projection.shape[1], 10)
    assert open_set.cohort_directions.shape[1] == 0
    named = open_set.closeness(open_set.transform(asked.vectors)).argmax(axis=1)
    assert (np.unique(train.artists)[named] == asked.artists).mean() > 0.8


def test_calibration_works_only_give_the_scores(open_set, hands):
    train, held, unknown = hands
    nobody = unknown.select([])
    plain = fit_open_set(learn_quickly(train, train), train, nobody, nobody)
    np.testing.assert_array_equal(plain.projection, open_set.projection)
    assert plain.scores.shape == (0,)
    np.testing.assert_array_equal(open_set.scores, np.sort(plain.score(halve(held)[0].vectors)))


def test_a_cohort_holds_other_unknown_artists_back(hands):
    _, held, unknown = hands
    names = np.unique(unknown.artists).tolist()
    with_cohort = fit_quickly(hands, cohort_names=names[:3])
    assert with_cohort.cohort_artists == tuple(names[:3])
    n_turned_away = []
    for works in (unknown.select(names[:3]), unknown.select(names[3:]), halve(held)[1]):
        n_turned_away.append((with_cohort.p_value(with_cohort.score(works.vectors)) <= 0.05).mean())
    assert n_turned_away[0] > 0.9
    assert n_turned_away[1] > n_turned_away[2]


def test_each_artist_is_nearest_to_her_own_direction(hands):
    """Also where the names of the cohort stand among those of the known artists."""
    train, held, _ = hands
    known = [f"Artist {at:02}" for at in range(2, 10)]
    cohort = train.select(["Artist 00", "Artist 01"])
    swapped = (train.select(known), held.select(known), cohort)
    fitted = fit_quickly(swapped, cohort_names=["Artist 00", "Artist 01"])
    asked = halve(held.select(known))[1]
    named = np.array(known)[fitted.closeness(fitted.transform(asked.vectors)).argmax(axis=1)]
    assert (named == asked.artists).mean() > 0.8
    rows = fitted.transform(held.select(["Artist 00"]).vectors)
    assert (fitted.cohort_closeness(rows).argmax(axis=1) == 0).mean() > 0.8
    assert (fitted.cohort_closeness(rows).max(axis=1) > fitted.closeness(rows).max(axis=1)).mean() > 0.8


def test_newcomers_are_told_from_known_artists(open_set, hands):
    _, held, unknown = hands
    enrolled = fit_enrolment(Reduction.fit(hands[0].vectors), *hands, seed=0)
    assert enrolled.artists == ()
    assert enrolled.rows.shape == (0, open_set.projection.shape[1])
    rows = open_set.transform(unknown.vectors)
    own = np.flatnonzero(unknown.artists == "Artist 12")
    one = replace(
        enrolled, artists=("X",), ids=("a", "b", "c"), columns=np.zeros(3, np.int32), rows=rows[own[:3]]
    )
    flat = np.full((1, 10), 0.1)
    for asked, is_own in ((rows[own[3:]], True), (open_set.transform(held.vectors), False)):
        highest = open_set.nearness(asked).max(axis=1)
        found = one.extend(np.repeat(flat, len(asked), axis=0), asked, highest)[:, -1]
        assert (found[: len(asked)] > 0.1).mean() > 0.8 if is_own else (found < 0.1).mean() > 0.8


def test_trials_are_counted(open_set, hands):
    _, held, unknown = hands
    few = Works(unknown.vectors[:3], unknown.artists[:3])  # one newcomer: enrolled from 1 and from 2
    trials = _simulate_enrolments(open_set, held, few, np.random.default_rng(0))
    assert trials.n_shots[trials.is_own].tolist() == [1, 1, 2] * 5
    assert (~trials.is_own).sum() == 5 * 2 * 20


def test_more_works_of_a_newcomer_never_make_her_less_likely(hands, monkeypatch):
    """The share of her further works that are given to her rises with the number of works enrolled."""
    monkeypatch.setattr(open_set_room, "_N_STEPS", 100)
    enrolled = fit_enrolment(Reduction.fit(hands[0].vectors), *hands, seed=0)
    space = learn_quickly(hands[0], hands[0]).place(hands[0])
    rows, flat = space.transform(hands[2].vectors), np.full((99, 10), 0.1)
    shares = []
    for k in (1, 2, 3, 5, 8):
        given = []
        for name in np.unique(hands[2].artists):
            own = np.flatnonzero(hands[2].artists == name)
            for turn in range(len(own)):
                drawn = np.roll(own, turn)
                shown, asked = drawn[:k], drawn[8:]
                one = replace(
                    enrolled,
                    artists=("X",),
                    ids=tuple(map(str, shown)),
                    columns=np.zeros(k, np.int32),
                    rows=rows[shown],
                )
                highest = space.nearness(rows[asked]).max(axis=1)
                given.append(one.extend(flat[: len(asked)], rows[asked], highest)[:, -1].mean())
        shares.append(float(np.mean(given)))
    assert shares[0] > 0.3
    assert all(after >= before - 0.01 for before, after in pairwise(shares))
    assert shares[-1] > shares[0] + 0.05


def test_a_line_never_gives_less_for_more_works():
    rng = np.random.default_rng(0)
    is_own = np.tile([True, False], 300)
    n_shots = np.repeat([1.0, 10.0], 300)
    gaps = np.where(is_own, 0.4, -0.4) / np.sqrt(n_shots) + 0.1 * rng.normal(size=600)
    slope, _, growth, _ = _Trials(gaps, n_shots, is_own).fit_line()
    assert (slope > 0, growth >= 0) == (True, True)
    slope, _, growth, _ = _Trials(np.where(n_shots > 1, -gaps, gaps), n_shots, is_own).fit_line()
    assert (slope >= 0, growth) == (True, 0)


def test_without_unknown_artists_a_fifth_of_the_artists_plays_them(open_set, hands, monkeypatch):
    monkeypatch.setattr(open_set_room, "_N_STEPS", 20)
    train, held, unknown = hands
    nobody, reduction = unknown.select([]), Reduction.fit(train.vectors)
    assert fit_enrolment(reduction, train, held, nobody, seed=0).slope > 0
    two = train.select(["Artist 00", "Artist 01"])
    assert fit_enrolment(reduction, two, held, nobody, seed=0) is None
