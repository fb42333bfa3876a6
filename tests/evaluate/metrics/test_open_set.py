"""Known and unknown artists: areas against scikit-learn, copied works and a slow loop."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from morelli.errors import EvaluationError
from morelli.evaluate.metrics.open_set import _OpenSetCurves, _OpenSetWorks, open_set_rows


@st.composite
def works(draw):
    """Draw works of two known and two unknown artists, often tied."""
    n = draw(st.integers(2, 20))
    scores = np.array(draw(st.lists(st.integers(0, 6), min_size=n, max_size=n))) / 6
    codes = np.array([0, 2, *draw(st.lists(st.integers(0, 3), min_size=n - 2, max_size=n - 2))])
    is_right = np.array(draw(st.lists(st.booleans(), min_size=n, max_size=n))) & (codes < 2)
    return _OpenSetWorks(scores, codes < 2, is_right, codes, 4)


def sum_slowly(works, rows):
    """Return the OSCR of some works: for each threshold that lets one in, by the trapezoid rule."""
    scores, known, right = works.acceptance[rows], works.is_known[rows], works.is_right[rows]
    points = [(0.0, 0.0)]
    for threshold in sorted(set(scores), reverse=True):
        let_in = scores >= threshold
        points.append((let_in[~known].mean(), (let_in & right)[known].sum() / known.sum()))
    return sum((x1 - x0) * (y0 + y1) / 2 for (x0, y0), (x1, y1) in pairwise(points))


@settings(max_examples=40, deadline=None)
@given(works=works(), weights=st.lists(st.integers(0, 3), min_size=4, max_size=4))
def test_both_areas_with_weights_are_those_of_copies(works, weights):
    copies = np.repeat(np.arange(len(works)), np.array(weights)[works.codes])
    known = works.is_known[copies]
    assume(known.any() and not known.all())
    [[area, oscr]] = _OpenSetCurves.trace(works, np.array([weights], dtype=float)).measure()
    assert area == pytest.approx(roc_auc_score(known, works.acceptance[copies]))
    assert oscr == pytest.approx(sum_slowly(works, copies))
    assert oscr <= works.is_right[copies].sum() / known.sum() + 1e-9


def test_when_every_name_is_right_both_areas_are_one_number():
    scores = np.random.default_rng(0).normal(size=30)
    known = np.arange(30) < 15
    works = _OpenSetWorks(scores, known, known, np.arange(30) % 5, 5)
    [[area, oscr]] = _OpenSetCurves.trace(works, np.ones((1, 5))).measure()
    assert oscr == pytest.approx(area)


def test_rows_and_points():
    rng = np.random.default_rng(1)
    known = np.arange(60) < 30
    artists = [f"A{place % 6}" if place < 30 else f"Z{place % 6}" for place in range(60)]
    acceptance = known + rng.normal(size=60)
    right = known & (rng.random(60) < 0.8)
    options = {"": acceptance, "_max_probability": rng.normal(size=60)}
    rows, table = open_set_rows(options, right, known, artists, seed=0, n_boot=40)
    assert [row.metric for row in rows] == [
        "open_set_roc_auc", "oscr", "open_set_roc_auc_max_probability", "oscr_max_probability",
    ]  # fmt: skip
    assert rows[0].value == pytest.approx(roc_auc_score(known, acceptance))
    assert all(row.low <= row.value <= row.high and row.n == 60 for row in rows)
    assert set(table["scoring"]) == {"model", "max_probability"}
    assert table.row(0) == ("model", 0.0, 0.0)
    ends = [record for record in table.iter_rows() if record[0] == "model"][-1]
    assert ends == ("model", 1.0, pytest.approx(right.sum() / 30))


@pytest.mark.parametrize("known", [[True, True], [False, False], [True]])
def test_works_of_one_kind_are_refused(known):
    with pytest.raises(EvaluationError, match="works by known as well as by unknown artists"):
        open_set_rows({"": [0.1, 0.2]}, [True, True], known, ["A", "B"], seed=0, n_boot=9)
