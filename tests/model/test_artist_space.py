"""The space of artists: overlaps of probabilities, by hand and as a property."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from morelli.model.artist_space import ArtistSpace
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
