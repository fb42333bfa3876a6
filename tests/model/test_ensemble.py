"""The ensemble: one answer for each head, and the same answers after writing and reading."""

from __future__ import annotations

import numpy as np
import pytest

from morelli.model import Calibration, ComparisonHead, Ensemble, Standardisation


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
