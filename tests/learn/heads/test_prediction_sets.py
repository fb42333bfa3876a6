"""The score of the sets: sizes by hand, the smallest wins, calibration works alone set the thresholds."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from morelli.learn.heads.prediction_sets import _calibrate_sets, _mean_size, fit_sets
from morelli.learn.heads.works import Works
from morelli.model.prediction_sets import Score


def test_sizes_by_hand():
    """The threshold that covers 90 % of two works covers both: 0.6 for 1 - p."""
    probabilities = np.array([[0.9, 0.1, 0.0], [0.45, 0.4, 0.15]])
    assert _mean_size(Score("lac"), probabilities, np.array([0, 1])) == pytest.approx((1 + 2) / 2)


def test_the_score_with_the_smallest_sets_is_kept():
    rng = np.random.default_rng(0)
    probabilities = rng.dirichlet(np.full(6, 0.3), size=600)
    truth = (probabilities.cumsum(axis=1) > rng.random((600, 1))).argmax(axis=1)
    head = SimpleNamespace(artists=np.arange(6), predict_proba=lambda rows: rows)
    fitted = fit_sets(head, Works(probabilities[:300], truth[:300]), Works(probabilities[300:], truth[300:]))
    assert fitted.sizes[str(fitted.sets.score)] == min(fitted.sizes.values())
    assert {"lac", "aps"} < set(fitted.sizes)
    own = _calibrate_sets(fitted.sets.score, probabilities[300:], truth[300:])
    np.testing.assert_array_equal(own.scores, fitted.sets.scores)
    assert (np.diff(fitted.sets.scores) >= 0).all()
    by_hand = sorted(fitted.sets.score.measure(probabilities[300:])[np.arange(300), truth[300:]])
    np.testing.assert_allclose(fitted.sets.scores, by_hand)
