"""Hubs: counts against a slow loop, skewness against scipy on copied works."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import skew

from morelli.evaluate.hubness import count_occurrences, hubness_rows, hubness_skewness, weigh_skewness

from .conftest import make_works


@pytest.mark.parametrize("block_bytes", [100, 2**26])
def test_counts_against_a_slow_loop(block_bytes):
    vectors, _, _ = make_works(4, 6, seed=2)
    counts = np.zeros(len(vectors), dtype=int)
    for row in range(len(vectors)):
        others = [place for place in range(len(vectors)) if place != row]
        for place in sorted(others, key=lambda place, row=row: -float(vectors[row] @ vectors[place]))[:5]:
            counts[place] += 1
    assert count_occurrences(vectors, k=5, block_bytes=block_bytes).tolist() == counts.tolist()


def test_a_hub_by_hand():
    """Four works, one of which is near to the three others: deviations 3, -1, -1, -1."""
    assert hubness_skewness(np.array([4, 0, 0, 0])) == pytest.approx((27 - 3) / 4 / 3**1.5)
    assert np.isnan(hubness_skewness(np.array([1, 1, 1])))


@settings(max_examples=40, deadline=None)
@given(
    counts=st.lists(st.integers(0, 30), min_size=4, max_size=20),
    weights=st.lists(st.integers(0, 3), min_size=4, max_size=4),
)
def test_weights_are_copies(counts, weights):
    counts, codes = np.array(counts), np.arange(len(counts)) % 4
    copied = np.repeat(counts, np.array(weights)[codes])
    found = weigh_skewness(counts, codes, np.array([weights], dtype=float))[0]
    if len(copied) == 0 or np.ptp(copied) == 0:
        assert np.isnan(found)
    else:
        assert found == pytest.approx(skew(copied), abs=1e-6)


def test_rows():
    vectors, raw, artists = make_works(5, 6, seed=0)
    model, cosine, gain = hubness_rows(vectors, raw, artists, part="unseen", seed=0, n_boot=40)
    assert model.value == pytest.approx(skew(count_occurrences(vectors)))
    assert gain.value == pytest.approx(model.value - cosine.value)
    assert {row.metric for row in (model, cosine, gain)} == {
        "hubness_skewness", "hubness_skewness_raw_cosine", "hubness_skewness_gain",
    }  # fmt: skip


def test_too_few_works_for_hubs_have_no_row():
    vectors, raw, artists = make_works(2, 4, seed=0)
    assert hubness_rows(vectors, raw, artists, part="seen", seed=0, n_boot=9) == []
