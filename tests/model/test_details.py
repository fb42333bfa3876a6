"""Matched details against a slow twin, their yardsticks by hand, and the component on disk."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from morelli.encode.views import Area, Grid
from morelli.model import read_model, write_model
from morelli.model.details import DetailsCalibration, Link, link_mutually, measure_background, thin_links
from morelli.model.standardisation import unit_rows


@given(seed=st.integers(0, 10_000), m=st.integers(1, 6), n=st.integers(1, 6))
def test_links_equal_asking_each_pair(seed, m, n):
    rng = np.random.default_rng(seed)
    left, right = (unit_rows(rng.normal(size=(k, 3)).astype(np.float32)) for k in (m, n))
    scores = left @ right.T
    expected = [
        (i, j) for i in range(m) for j in range(n) if scores[i, j] == scores[i].max() == scores[:, j].max()
    ]
    links = link_mutually(left, right)
    assert sorted((link.left, link.right) for link in links) == expected
    assert [link.score for link in links] == sorted((link.score for link in links), reverse=True)
    mirrored = {(link.right, link.left) for link in link_mutually(right, left)}
    assert mirrored == {(link.left, link.right) for link in links}


def test_a_match_beside_a_better_one_is_left_out_only_when_both_ends_are_there():
    areas = [Area(0, 0, 0.4, 0.4), Area(0.1, 0, 0.5, 0.4), Area(0.6, 0.6, 1, 1)]
    links = [Link(0, 0, 0.9), Link(1, 1, 0.8), Link(1, 2, 0.7)]
    assert thin_links(links, areas, areas) == [links[0], links[2]]


def test_the_background_by_hand():
    """Patch 0 may only look at 2, patch 1 at 2, patch 2 at both: nearest are 0, 0.6 and 0.6."""
    areas = [Area(0, 0, 0.4, 1), Area(0.3, 0, 0.6, 1), Area(0.7, 0, 1, 1)]
    rows = np.array([[1, 0], [0.8, 0.6], [0, 1]], dtype=np.float32)
    assert measure_background(rows, areas) == pytest.approx(0.6)
    assert measure_background(rows, [Area()] * 3) == 1


def test_shares_of_strangers_by_hand():
    calibration = DetailsCalibration(Grid(), np.array([0.1, 0.2, 0.3, 0.4], dtype=np.float32), 5)
    assert calibration.share_of_strangers(0.25) == pytest.approx(3 / 5)
    assert calibration.share_of_strangers(0.9) == pytest.approx(1 / 5)
    assert calibration.share_of_strangers(0.0) == 1
    many = DetailsCalibration(Grid(), np.arange(101, dtype=np.float32), 20)
    assert many.threshold == 99


def test_a_calibration_lies_in_the_model_folder(unseen_model, tmp_path):
    calibration = DetailsCalibration(Grid(5, 0.4), np.array([0.2, 0.5], dtype=np.float32), 12)
    write_model(replace(unseen_model, details=calibration), tmp_path / "m")
    again = read_model(tmp_path / "m").details
    assert (again.grid, again.n_pictures) == (calibration.grid, 12)
    np.testing.assert_array_equal(again.best_scores, calibration.best_scores)
    card = json.loads((tmp_path / "m" / "card.json").read_text(encoding="utf-8"))["details"]
    assert card == {
        "grid": {"n_cells": 5, "window": 0.4},
        "n_pictures": 12,
        "n_pairs": 2,
        "threshold": calibration.threshold,
    }
    assert unseen_model.details is None
