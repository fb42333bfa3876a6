"""Signal heads: scores against loops, likelihood ratios within bounds, and their way to disk and back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from morelli.encode.descriptors import DESCRIPTOR_NAMES, DESCRIPTORS_VERSION, N_DIMENSIONS
from morelli.encode.spec import EncoderCard, PartCard
from morelli.model.signals import (
    DESCRIPTORS,
    ENCODER,
    PALETTE,
    SIGNALS,
    FoundRates,
    Line,
    SignalHead,
    Signals,
    SignalSpace,
    _find_dimensions,
    join_sources,
    slice_descriptors,
)
from morelli.model.standardisation import Standardisation


def make_part(model: str, dimension: int, version: str = DESCRIPTORS_VERSION) -> PartCard:
    return PartCard(model, version, (), "own", "", None, dimension)


def make_head(rng: np.random.Generator) -> SignalHead:
    standard = Standardisation(rng.normal(size=4).astype(np.float32), np.ones(4, np.float32))
    learnt = SignalSpace(ENCODER, 1, 5, 1.0, standard, rng.normal(size=(4, 2)).astype(np.float32))
    return SignalHead((learnt, SignalSpace(DESCRIPTORS, 0, 3, 0.5)), Line(2.0, -1.0, 9, 99, 0.7))


def test_a_score_is_the_weighted_mean_of_cosines():
    rng = np.random.default_rng(0)
    head = make_head(rng)
    vectors, further = (rng.normal(size=(2, d)).astype(np.float32) for d in (6, 4))
    rows = head.transform({ENCODER: vectors, DESCRIPTORS: further})
    cosines = []
    for space, source in zip(head.spaces, (vectors, further), strict=True):
        one, other = source[:, space.first : space.last].astype(float)
        if space.standardisation is not None and space.projection is not None:
            clipped = [np.clip(row - space.standardisation.mean, -2.5, 2.5) for row in (one, other)]
            one, other = (row @ space.projection for row in clipped)
        cosines.append(one @ other / np.linalg.norm(one) / np.linalg.norm(other))
    assert rows[0] @ rows[1] == pytest.approx((cosines[0] + 0.5 * cosines[1]) / 1.5, abs=1e-5)
    assert head.missing_from([ENCODER]) == [DESCRIPTORS]
    assert head.missing_from([ENCODER, DESCRIPTORS]) == []


def test_a_line_by_hand():
    line = Line(slope=10.0, intercept=-4.0, n_same=999, n_different=999, roc_auc=0.8)
    assert line.log10_likelihood_ratio(np.array(0.7)) == pytest.approx(3 / np.log(10))
    assert line.log10_likelihood_ratio(np.array([9.0, -9.0])).tolist() == pytest.approx([3, -3])


@given(scores=st.lists(st.floats(-1, 1), min_size=2, max_size=2), slope=st.floats(0, 1e6))
def test_a_line_rises_within_its_bounds(scores, slope):
    low, high = Line(slope, 0.0, 9, 99, 0.5).log10_likelihood_ratio(np.sort(scores))
    assert -1 <= low <= high <= 2
    low, high = Line(slope, 0.0, 9, 99, 0.5, -0.3, 0.5).log10_likelihood_ratio(np.sort(scores))
    assert -0.3 <= low <= high <= 0.5


def test_rates_by_hand():
    rates = FoundRates(n_same=9, n_found=8, n_different=99, n_mistaken=0)
    assert 10 ** rates.log10_likelihood_ratio(True) == pytest.approx((8.5 / 10) / (0.5 / 100))
    assert 10 ** rates.log10_likelihood_ratio(False) == pytest.approx((1.5 / 10) / (99.5 / 100))
    by_artists = FoundRates(
        n_same=112, n_found=112, n_different=1000, n_mistaken=0, n_copied=9, n_compared=19
    )
    assert 10 ** by_artists.log10_likelihood_ratio(True) == pytest.approx((9.5 / 10) / (0.5 / 20))
    half = FoundRates(n_same=2, n_found=1, n_different=9, n_mistaken=3, n_copied=8, n_compared=3)
    assert 10 ** half.log10_likelihood_ratio(True) == pytest.approx((1.5 / 3) / (1.5 / 4))


def test_signals_are_read_as_they_were_written():
    head = make_head(np.random.default_rng(1))
    signals = Signals({"style": head, "palette": PALETTE}, FoundRates(9, 8, 99, 0), {"subject": "why"})
    again = Signals.from_parts(signals.to_facts(), signals.to_arrays())
    assert again.to_facts() == signals.to_facts()
    assert sorted(again.to_arrays()) == ["style.0.mean", "style.0.projection", "style.0.scale"]
    for name, rows in signals.to_arrays().items():
        np.testing.assert_array_equal(again.to_arrays()[name], rows)
    assert again.rates == signals.rates
    assert again.find_head("subject") is None


def test_the_palette_needs_no_learning():
    head = Signals().find_head("palette")
    assert head is PALETTE
    rows = np.zeros((1, N_DIMENSIONS), np.float32)
    names = DESCRIPTOR_NAMES[head.spaces[0].first : head.spaces[0].last]
    assert len(names) == 16 * 3 + 12 + 18
    assert all(name.startswith("colour.") and ".at_" in name for name in names)
    assert not head.transform({DESCRIPTORS: rows}).any()
    assert SIGNALS == ("hand", "style", "palette", "subject", "work")


def test_descriptors_are_cut_out_of_a_longer_vector():
    card = EncoderCard((make_part("a", 3), make_part("descriptors", N_DIMENSIONS)), spec={})
    vectors = np.arange(2 * (3 + N_DIMENSIONS), dtype=np.float32).reshape(2, -1)
    np.testing.assert_array_equal(slice_descriptors(card, vectors), vectors[:, 3:])
    assert list(join_sources(card, vectors, None)) == [ENCODER, DESCRIPTORS]
    other = EncoderCard((make_part("descriptors", 5, version="old"),), spec={})
    assert slice_descriptors(other, vectors) is None
    assert list(join_sources(other, vectors, None)) == [ENCODER]
    first, last = _find_dimensions("composition")
    assert DESCRIPTOR_NAMES[first].startswith("composition.")
    assert last - first == 70
