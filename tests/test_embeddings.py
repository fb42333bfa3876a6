"""Embeddings: rows by id, never by position, and never of another encoder."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from morelli.embeddings import Embeddings
from morelli.errors import FingerprintError, GalleryError

IDS = ("a", "b", "c", "d")
VECTORS = np.arange(8, dtype=np.float32).reshape(4, 2)
EMBEDDINGS = Embeddings(IDS, VECTORS, "0123456789abcdef")


@given(st.lists(st.sampled_from(IDS)))
def test_rows_come_in_the_order_asked_for(ids):
    rows = EMBEDDINGS.select(ids)
    assert rows.shape == (len(ids), 2)
    assert rows.dtype == np.float32
    assert rows.tolist() == [[2.0 * IDS.index(one), 2.0 * IDS.index(one) + 1] for one in ids]


def test_a_work_without_a_vector_is_named():
    with pytest.raises(GalleryError, match=r"work x: .* found 2 works without one"):
        EMBEDDINGS.select(["a", "x", "y"])


@pytest.mark.parametrize("vectors", [np.zeros((3, 2), np.float32), np.zeros(4, np.float32)])
def test_rows_that_do_not_match_the_ids_are_refused(vectors):
    with pytest.raises(GalleryError, match=r"one row per id \(4\)"):
        Embeddings(IDS, vectors, "f")


def test_another_encoder_is_refused():
    EMBEDDINGS.require("0123456789abcdef", "search")
    with pytest.raises(
        FingerprintError, match=r"search: expected vectors of encoder fff, found .* 0123456789ab"
    ):
        EMBEDDINGS.require("fff", "search")


def test_size_and_repr():
    assert len(EMBEDDINGS) == 4
    assert repr(EMBEDDINGS) == "Embeddings(n=4, d=2, fingerprint='0123456789ab')"
