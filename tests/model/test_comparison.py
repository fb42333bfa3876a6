"""The space of artists: overlaps of probabilities, by hand and as a property."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from morelli.model import Calibration, ComparisonHead, Ensemble, Standardisation
from morelli.model.comparison import ArtistSpace
from morelli.model.standardisation import unit_rows


def test_two_artists_by_hand():
    """Cosines 1 and 0 at temperature 1 / ln 3 give 3/4 and 1/4; two such works overlap by sqrt(3)/2."""
    space = ArtistSpace("softmax", np.eye(2, dtype=np.float32), float(1 / np.log(3)), 1.0)
    rows = space.transform(np.eye(2, dtype=np.float32))
    np.testing.assert_allclose(rows**2, [[0.75, 0.25], [0.25, 0.75]], atol=1e-6)
    assert float(rows[0] @ rows[1]) == pytest.approx(np.sqrt(3) / 2, abs=1e-6)


@given(st.integers(0, 1000), st.floats(0.01, 10))
def test_rows_are_of_unit_length_and_overlaps_between_zero_and_one(seed, temperature):
    rng = np.random.default_rng(seed)
    rows, directions = (unit_rows(rng.normal(size=(n, 4)).astype(np.float32)) for n in (6, 3))
    placed = ArtistSpace("softmax", directions.T, temperature, 1.0).transform(rows)
    assert placed.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(placed, axis=1), 1, atol=1e-5)
    overlaps = placed @ placed.T
    assert overlaps.min() >= 0
    assert overlaps.max() <= 1 + 1e-5


# The ensemble: one answer for each head, and the same answers after writing and reading.


def make_ensemble() -> Ensemble:
    rng = np.random.default_rng(0)
    plain = Standardisation(np.zeros(4, np.float32), np.ones(4, np.float32))
    projections = [rng.normal(size=(4, 3)).astype(np.float32) for _ in range(3)]
    return Ensemble(
        tuple(
            ComparisonHead(plain, {"lda": projection}, calibration=Calibration.linear(2.0 + place, -1.0))
            for place, projection in enumerate(projections)
        )
    )


def test_each_head_answers_for_itself():
    ensemble = make_ensemble()
    rng = np.random.default_rng(1)
    left, right = (rng.normal(size=(n, 4)).astype(np.float32) for n in (2, 3))
    answers = ensemble.log10_likelihood_ratios(left, right)
    for head, answer in zip(ensemble.heads, answers, strict=True):
        ours, theirs = (head.transform(side).mean(axis=0) for side in (left, right))
        cosine = ours @ theirs / (np.linalg.norm(ours) * np.linalg.norm(theirs))
        assert answer == pytest.approx(float(head.log10_likelihood_ratio(np.array(cosine))), abs=1e-5)
    assert len(set(answers.tolist())) == 3


def test_halved_arrays_change_the_answers_by_little():
    ensemble = make_ensemble()
    again = Ensemble.from_parts(ensemble.to_facts(), ensemble.to_arrays())
    left = np.random.default_rng(2).normal(size=(2, 4)).astype(np.float32)
    right = np.random.default_rng(3).normal(size=(1, 4)).astype(np.float32)
    np.testing.assert_allclose(
        again.log10_likelihood_ratios(left, right), ensemble.log10_likelihood_ratios(left, right), atol=3e-3
    )
    assert all(array.dtype != np.float32 or array.ndim == 1 for array in ensemble.to_arrays().values())
