"""Strangers score as odder, and newcomers enrolled from a few works are told from known artists."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from morelli.learn import open_set as open_set_room
from morelli.learn.backends import SoftmaxSpace
from morelli.learn.enrolment import Works, fit_enrolment, simulate_enrolments
from morelli.learn.open_set import fit_open_set, learn_nearest_works

from .test_backends import make_hands


@pytest.fixture(scope="module")
def hands():
    """Works of 10 known artists to learn from and to ask about, and of 5 strangers."""
    vectors, artists = make_hands(15, 24, seed=0, nuisance=1.0)
    works = Works.of(vectors, artists.tolist())
    known, strangers = (
        works.select([f"Artist {at:02}" for at in range(10)], is_among=yes) for yes in (True, False)
    )
    is_taught = np.arange(len(known.vectors)) % 3 > 0
    parts = [Works(known.vectors[rows], known.artists[rows]) for rows in (is_taught, ~is_taught)]
    return *parts, strangers


@pytest.fixture(scope="module")
def open_set(hands):
    taught, held, _ = hands
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(open_set_room, "SoftmaxSpace", partial(SoftmaxSpace, n_steps=40))
        evenly = np.full((len(held.vectors[::2]), 10), 0.1)
        nearest = learn_nearest_works(taught.vectors, taught.artists.tolist(), seed=0)
        return fit_open_set(
            nearest, held.vectors[::2], evenly, cohort_vectors=held.vectors[:0], cohort_artists=[]
        )


def test_strangers_score_higher(open_set, hands):
    _, held, strangers = hands
    scores = [
        open_set.score(works.vectors, np.full((len(works.vectors), 10), 0.1)) for works in (held, strangers)
    ]
    truth = np.repeat([0, 1], [len(one) for one in scores])
    assert roc_auc_score(truth, np.concatenate(scores)) > 0.9
    assert open_set.p_value(scores[1]).mean() < open_set.p_value(scores[0]).mean()


def test_a_cohort_holds_other_strangers_back(open_set, hands):
    _, held, strangers = hands
    names = np.unique(strangers.artists)
    cohort, asked = (strangers.select(some) for some in (names[:3].tolist(), names[3:].tolist()))
    with_cohort = fit_open_set(
        open_set,
        held.vectors[::2],
        np.full((len(held.vectors[::2]), 10), 0.1),
        cohort_vectors=cohort.vectors,
        cohort_artists=cohort.artists.tolist(),
    )
    assert with_cohort.cohort_artists == tuple(names[:3])
    n_turned_away = []
    for fitted, works in ((with_cohort, cohort), (with_cohort, asked), (with_cohort, held)):
        p_values = fitted.p_value(fitted.score(works.vectors, np.full((len(works.vectors), 10), 0.1)))
        n_turned_away.append((p_values <= 0.05).mean())
    assert n_turned_away[0] > 0.9
    assert n_turned_away[1] > n_turned_away[2]


def test_newcomers_are_told_from_known_artists(open_set, hands):
    _, held, strangers = hands
    enrolled = fit_enrolment(open_set, *hands, seed=0)
    assert enrolled.artists == ()
    rows = open_set.transform(strangers.vectors)
    own = np.flatnonzero(strangers.artists == "Artist 12")
    one = replace(
        enrolled, artists=("X",), ids=("a", "b", "c"), columns=np.zeros(3, np.int32), rows=rows[own[:3]]
    )
    flat = np.full((1, 10), 0.1)
    for asked, is_own in ((rows[own[3:]], True), (open_set.transform(held.vectors), False)):
        highest = open_set.nearness(asked).max(axis=1)
        found = one.extend(np.repeat(flat, len(asked), axis=0), asked, highest)[:, -1]
        assert (found[: len(asked)] > 0.1).mean() > 0.8 if is_own else (found < 0.1).mean() > 0.8


def test_trials_are_counted(open_set, hands):
    _, held, strangers = hands
    few = Works(strangers.vectors[:3], strangers.artists[:3])  # one newcomer: enrolled from 1 and from 2
    trials = simulate_enrolments(open_set, held, few, np.random.default_rng(0))
    assert trials.n_shots[trials.is_own].tolist() == [1, 1, 2]
    assert (~trials.is_own).sum() == 2 * 20


def test_without_strangers_a_fifth_of_the_artists_plays_them(open_set, hands, monkeypatch):
    monkeypatch.setattr(open_set_room, "SoftmaxSpace", partial(SoftmaxSpace, n_steps=20))
    taught, held, strangers = hands
    nobody = Works(strangers.vectors[:0], strangers.artists[:0])
    assert fit_enrolment(open_set, taught, held, nobody, seed=0).slope > 0
    two = taught.select(["Artist 00", "Artist 01"])
    assert fit_enrolment(open_set, two, held, nobody, seed=0) is None
