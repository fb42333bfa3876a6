"""Places of right works and what follows from them: against sorting everything, and scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score

from morelli.evaluate.whole_ranking import average_precision_of, locate_right, precision_at, share_found_at


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=1, max_size=30))
def test_places_against_sorting_everything(works):
    scores = np.array([value for value, _ in works], dtype=np.float32)
    right = np.array([is_right for _, is_right in works])
    order = sorted(range(len(works)), key=lambda place: (-scores[place], place))
    assert locate_right(scores, right).tolist() == [
        rank for rank, place in enumerate(order, 1) if right[place]
    ]


def test_works_that_must_not_be_found_stand_last():
    scores = np.array([-np.inf, 0.1, 0.9])
    assert locate_right(scores, np.array([False, True, False])).tolist() == [2]


def test_average_precision_is_that_of_scikit_learn_without_ties():
    rng = np.random.default_rng(0)
    scores, right = rng.permutation(40).astype(float), rng.random(40) < 0.3
    found = average_precision_of(locate_right(scores, right))
    assert found == pytest.approx(average_precision_score(right, scores))


def test_precision_and_share_by_hand():
    places = [1, 2, 9, 40]
    assert (precision_at(places, 10), share_found_at(places, 10)) == (0.3, 0.75)
    assert average_precision_of([1, 2, 3]) == 1.0
