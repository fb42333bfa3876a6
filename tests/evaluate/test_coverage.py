"""Sets of names: coverage and size by hand, for all works and for each artist."""

from __future__ import annotations

import numpy as np
import pytest

from morelli.errors import EvaluationError
from morelli.evaluate.coverage import coverage_rows

CLASSES, TRUTH = ["A", "B", "C"], ["A", "A", "B", "B"]
SETS = np.array([[1, 0, 0], [1, 1, 0], [1, 0, 0], [1, 1, 1]], dtype=bool)


def test_by_hand():
    (coverage, size), table = coverage_rows(SETS, CLASSES, TRUTH, seed=0, n_boot=50)
    assert (coverage.metric, coverage.value, size.metric, size.value) == (
        "set_coverage",
        0.75,
        "set_size",
        1.75,
    )
    assert coverage.low == 0.5
    assert coverage.high == 1.0
    assert [record[:3] for record in table.records] == [("B", 2, 0.5), ("A", 2, 1.0)]
    assert table.column("set_size") == [2.0, 1.5]


def test_everybody_in_every_set():
    (coverage, size), _ = coverage_rows(np.ones((4, 3), dtype=bool), CLASSES, TRUTH, seed=0, n_boot=9)
    assert (coverage.value, coverage.low, size.value) == (1.0, 1.0, 3.0)


@pytest.mark.parametrize(
    ("sets", "truth"),
    [(SETS[:3], TRUTH), (SETS[:, :2], TRUTH), (SETS[:0], []), (SETS, ["A", "A", "B", "Z"])],
)
def test_what_does_not_fit_is_refused(sets, truth):
    with pytest.raises(EvaluationError, match="sets of artists"):
        coverage_rows(sets, CLASSES, truth, seed=0, n_boot=9)
