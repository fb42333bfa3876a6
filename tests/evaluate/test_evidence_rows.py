"""Rows of likelihood ratios: values as measured, and resamples as copies of artists give them."""

from __future__ import annotations

import numpy as np
import pytest

from morelli.evaluate import evidence_resamples
from morelli.evaluate.evidence import Evidence
from morelli.evaluate.evidence_resamples import replicate_evidence
from morelli.evaluate.evidence_rows import EVIDENCE_METRICS, MEASURES, evidence_rows, measure_evidence
from morelli.evaluate.intervals import resample_artists


def make_pairs(n: int, n_artists: int = 7):
    """Return log10 likelihood ratios and artists of pairs, a third of them by one hand."""
    rng = np.random.default_rng(5)
    left, right = rng.integers(n_artists, size=(2, n))
    right[: n // 3] = left[: n // 3]
    return rng.normal(size=n) + (left == right), left, right


def test_a_resample_is_measured_as_its_copies_are():
    ratios, left, right = make_pairs(200)
    weights = resample_artists(7, n_boot=6, rng=np.random.default_rng(0))
    replicates = replicate_evidence(
        ratios, left, right, weights, lambda evidence: measure_evidence(evidence, list(MEASURES))
    )
    for row, own in zip(weights.astype(int), replicates.T, strict=True):
        counts = np.where(left == right, row[left], row[left] * row[right])
        copied = np.repeat(np.arange(200), counts)
        evidence = Evidence.from_pairs(ratios[copied], (left == right)[copied])
        assert own == pytest.approx(measure_evidence(evidence, list(MEASURES))[:, 0], abs=1e-9)


def test_few_steps_move_values_not_at_all_and_intervals_little(monkeypatch):
    ratios, left, right = make_pairs(4000)
    weights = resample_artists(7, n_boot=50, rng=np.random.default_rng(1))
    exact = evidence_rows(ratios, left, right, weights, part="seen")
    monkeypatch.setattr(evidence_resamples, "N_STEPS", 150)
    few = evidence_rows(ratios, left, right, weights, part="seen")
    assert [row.metric for row in few] == list(EVIDENCE_METRICS)
    for one, other in zip(exact, few, strict=True):
        assert one.value == other.value
        assert [one.low, one.high] == pytest.approx([other.low, other.high], abs=6e-3)
