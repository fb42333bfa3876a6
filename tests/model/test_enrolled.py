"""Enrolled artists: odds by hand, and none of them changes nothing."""

from __future__ import annotations

import math

import numpy as np
import pytest

from morelli.model.enrolled import Enrolled

ROWS = np.array([[1, 0], [0, 1]], np.float32)


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


def test_among_themselves_they_share_one():
    enrolled = make_enrolled(0, 0, 1)
    found = enrolled.predict_proba(ROWS)
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
    np.testing.assert_array_equal(again.predict_proba(ROWS), enrolled.predict_proba(ROWS))
    assert (again.artists, again.ids) == (enrolled.artists, enrolled.ids)
    with pytest.raises(ValueError, match="does not hold the enrolled works"):
        Enrolled.from_parts({**enrolled.to_facts(), "ids": ["a"]}, enrolled.to_arrays())
