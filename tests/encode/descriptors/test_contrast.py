"""Contrast between neighbours, on edges and checks of known difference."""

from __future__ import annotations

import numpy as np
import pytest

from morelli.encode.descriptors.canvas import stretch_canvas
from morelli.encode.descriptors.contrast import CONTRAST_NAMES, DISTANCES_PX, OCTAVES, measure_contrast


def describe_contrast(picture: np.ndarray) -> np.ndarray:
    """Shares of pairs: (distances, octaves)."""
    numbers = measure_contrast(stretch_canvas(picture))
    assert len(numbers) == len(CONTRAST_NAMES)
    return np.square(numbers).reshape(len(DISTANCES_PX), len(OCTAVES))


def test_blank_neighbours_do_not_differ():
    assert np.allclose(describe_contrast(np.full((99, 99, 3), 70, np.uint8))[:, 0], 1)


def test_an_edge_is_crossed_by_as_many_pairs_as_the_distance():
    picture = np.zeros((224, 224, 3), np.uint8)
    picture[:, 112:] = 255
    shares = describe_contrast(picture)
    for row, distance in zip(shares, DISTANCES_PX, strict=True):
        # of the 112 - d pairs in a row, d cross the edge, some in its blurred pixel and less strongly;
        # as many pairs again are above each other
        assert row[-1] == pytest.approx((distance - 0.5) / (112 - distance) / 2, rel=0.05)


def test_turning_the_picture_changes_nothing():
    picture = np.random.default_rng(0).integers(0, 256, (224, 224, 3)).astype(np.uint8)
    assert np.allclose(describe_contrast(picture), describe_contrast(np.rot90(picture)), atol=0.01)
