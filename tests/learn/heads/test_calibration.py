"""Temperatures: against a grid search, by hand, and what leaves them as they are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import log_softmax

from morelli.learn.heads.calibration import fit_temperature


def draw_logits(seed: int, *, sharpness: float):
    """Return logits whose calibrated temperature is `sharpness`, and labels drawn from them."""
    rng = np.random.default_rng(seed)
    logits = 2 * rng.normal(size=(3000, 5))
    probabilities = np.exp(log_softmax(logits, axis=1))
    labels = np.array([rng.choice(5, p=row / row.sum()) for row in probabilities])
    return logits * sharpness, labels


@pytest.mark.parametrize("sharpness", [0.3, 1.0, 4.0])
def test_temperature_equals_a_grid_search_and_undoes_overconfidence(sharpness):
    logits, labels = draw_logits(0, sharpness=sharpness)
    grid = np.geomspace(0.05, 20, 2000)
    losses = [-log_softmax(logits / t, axis=1)[np.arange(3000), labels].mean() for t in grid]
    temperature = fit_temperature(logits, labels)
    assert temperature == pytest.approx(grid[int(np.argmin(losses))], rel=0.01)
    assert temperature == pytest.approx(sharpness, rel=0.1)


@given(offset=st.floats(-50, 50))
@settings(max_examples=20, deadline=None)
def test_adding_a_constant_to_all_logits_changes_nothing(offset):
    logits, labels = draw_logits(1, sharpness=2.0)
    logits, labels = logits[:200], labels[:200]
    assert fit_temperature(logits + offset, labels) == pytest.approx(
        fit_temperature(logits, labels), rel=1e-3
    )


def test_temperature_by_hand():
    # one of four is wrong: sigma(2 / t) = 3 / 4, so t = 2 / ln 3
    logits, labels = np.array([[2.0, 0.0]] * 4), np.array([0, 0, 0, 1])
    assert fit_temperature(logits, labels) == pytest.approx(2 / np.log(3), rel=1e-3)
