from __future__ import annotations

import inspect
from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from morelli.demo.commissions import QUALITY, SIZE_PX, commission_work, draw_size
from morelli.demo.hands import draw_hand
from morelli.demo.subjects import SUBJECTS

numbers = st.integers(min_value=0, max_value=200)


@given(seed=numbers, painter=numbers, work=numbers)
@settings(max_examples=40, deadline=None)
def test_every_fact_of_a_work_is_possible(seed: int, painter: int, work: int) -> None:
    commission = commission_work(seed, painter, work)
    hand = draw_hand(seed, painter)
    assert hand.first_year <= commission.year <= hand.last_year
    assert all(SIZE_PX[0] <= side <= SIZE_PX[1] for side in commission.size)
    assert QUALITY[0] <= commission.quality <= QUALITY[1]
    assert commission.path.isascii()
    assert " " not in commission.path


def test_works_have_paths_of_their_own() -> None:
    paths = [commission_work(0, painter, work).path for painter in range(24) for work in range(40)]
    assert len(set(paths)) == len(paths)


def test_all_painters_paint_all_genres_equally_often() -> None:
    for painter in range(6):
        genres = Counter(commission_work(0, painter, work).genre for work in range(20))
        assert genres == dict.fromkeys(SUBJECTS, 4)


def test_size_and_quality_know_nothing_of_the_hand() -> None:
    assert list(inspect.signature(draw_size).parameters) == ["rng"]


def test_size_does_not_differ_between_painters() -> None:
    commissions = [[commission_work(0, painter, work) for work in range(40)] for painter in range(24)]
    log_aspects = np.array([[np.log(c.size[0] / c.size[1]) for c in works] for works in commissions])
    qualities = np.array([[c.quality for c in works] for works in commissions])
    for values in (log_aspects, qualities):
        between = values.mean(axis=1).var(ddof=1)
        by_chance = values.var(axis=1, ddof=1).mean() / values.shape[1]
        # the ratio is F with 23 and 936 degrees of freedom; 2.2 has a probability of 0.001
        assert between / by_chance < 2.2
