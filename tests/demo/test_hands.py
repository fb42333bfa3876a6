from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from morelli.demo.hands import (
    _ANCHOR_STEP,
    _PAINTER_SPREAD,
    _TRAITS,
    _WORK_SPREAD,
    SCHOOLS,
    Role,
    _mix_palette,
    _realise_manner,
    convert_lab,
    draw_hand,
)

N_LATENTS = len(_TRAITS) + 3 * len(Role)
latents = arrays(np.float64, N_LATENTS, elements=st.floats(-1e6, 1e6))


@given(school=st.integers(0, len(SCHOOLS) - 1), latents=latents)
@settings(max_examples=40, deadline=None)
def test_no_latent_leaves_the_range_of_its_trait(school: int, latents: np.ndarray) -> None:
    manner = _realise_manner(school, latents)
    assert set(manner.habits) == set(_TRAITS)
    for name, (low, high) in _TRAITS.items():
        assert low <= manner[name] <= high
    assert manner.palette.shape == (len(Role), 3)
    assert np.all((manner.palette[:, 0] >= 4.0) & (manner.palette[:, 0] <= 97.0))


@given(seed=st.integers(0, 2**32), painter=st.integers(0, 500))
@settings(max_examples=40, deadline=None)
def test_a_hand_depends_on_seed_and_painter_only(seed: int, painter: int) -> None:
    hand, again = draw_hand(seed, painter), draw_hand(seed, painter)
    np.testing.assert_array_equal(hand.early, again.early)
    assert hand.early.shape == hand.late.shape == (N_LATENTS,)
    assert hand.first_year < hand.turn_year < hand.last_year


def test_leanings_name_traits() -> None:
    for school in SCHOOLS:
        assert set(school.leanings) <= set(_TRAITS)
        assert school.anchors.shape == (len(Role), 3)


def test_hands_of_one_school_are_closer() -> None:
    hands = [draw_hand(0, painter) for painter in range(40)]
    traits = np.stack([hand.early[: len(_TRAITS)] for hand in hands])
    schools = np.array([hand.school for hand in hands])
    distances = np.linalg.norm(traits[:, None] - traits[None], axis=-1)
    same = schools[:, None] == schools[None]
    within = distances[same & ~np.eye(len(hands), dtype=bool)].mean()
    assert distances[~same].mean() > 1.15 * within
    # two painters of a school differ by two independent draws in every trait
    expected = _PAINTER_SPREAD * np.sqrt(2.0 * len(_TRAITS))
    assert abs(within / expected - 1.0) < 0.1


def test_works_vary_around_their_painter() -> None:
    hand = draw_hand(0, 0)
    rng = np.random.default_rng(0)
    shares = np.array(
        [
            [(manner[name] - low) / (high - low) for name, (low, high) in _TRAITS.items()]
            for manner in (hand.vary(hand.first_year - 100, rng) for _ in range(400))
        ]
    )
    departures = np.log(shares / (1.0 - shares)) - hand.early[: len(_TRAITS)]
    assert np.abs(departures.mean(axis=0)).max() < 5.0 * _WORK_SPREAD / np.sqrt(400)
    assert abs(departures.std() - _WORK_SPREAD) < 0.02


def test_a_painter_turns_from_the_early_to_the_late_manner() -> None:
    hand = draw_hand(0, 0)
    early = _realise_manner(hand.school, hand.early)
    late = _realise_manner(hand.school, hand.late)
    assert not np.allclose(early.palette, late.palette, atol=0.5)
    years = {"early": hand.turn_year - 60, "late": hand.turn_year + 60}
    drawn = {
        period: np.mean([hand.vary(year, np.random.default_rng(work)).palette for work in range(200)], axis=0)
        for period, year in years.items()
    }
    assert np.abs(drawn["early"] - early.palette).mean() < np.abs(drawn["early"] - late.palette).mean()
    assert np.abs(drawn["late"] - late.palette).mean() < np.abs(drawn["late"] - early.palette).mean()


ANCHORS = SCHOOLS[0].anchors
NEUTRAL = {"tint": (0.0, 0.0), "chroma": 1.0, "key": 0.0, "contrast": 1.0}


def test_a_painter_without_departures_has_the_palette_of_the_school() -> None:
    palette = _mix_palette(ANCHORS, np.zeros((7, 3)), **NEUTRAL)
    np.testing.assert_allclose(palette, ANCHORS, atol=1e-4)
    assert palette.dtype == np.float32


def test_the_school_is_left_as_it_is() -> None:
    before = ANCHORS.copy()
    _mix_palette(ANCHORS, np.ones((7, 3)), tint=(5.0, 5.0), chroma=0.5, key=10.0, contrast=0.5)
    np.testing.assert_array_equal(ANCHORS, before)


def test_each_option_moves_what_it_names() -> None:
    still = np.zeros((7, 3))
    tinted = _mix_palette(ANCHORS, still, **{**NEUTRAL, "tint": (3.0, -2.0)})
    np.testing.assert_allclose(tinted - ANCHORS, np.tile([0.0, 3.0, -2.0], (7, 1)), atol=1e-4)
    grey = _mix_palette(ANCHORS, still, **{**NEUTRAL, "chroma": 0.0})
    np.testing.assert_allclose(grey[:, 1:], 0.0, atol=1e-4)
    flat = _mix_palette(ANCHORS, still, **{**NEUTRAL, "contrast": 0.0})
    np.testing.assert_allclose(flat[:, 0], ANCHORS[:, 0].mean(), atol=1e-3)
    moved = _mix_palette(ANCHORS, np.tile([0.0, 1.0, 0.0], (7, 1)), **NEUTRAL)
    np.testing.assert_allclose(moved[:, 1] - ANCHORS[:, 1], _ANCHOR_STEP, atol=1e-4)


def test_known_colours_convert() -> None:
    # white and black by definition; sRGB red under D65 from Lindbloom's colour calculator
    lab = np.array([[100.0, 0.0, 0.0], [0.0, 0.0, 0.0], [53.24, 80.09, 67.20]], np.float32)
    np.testing.assert_allclose(convert_lab(lab), [[255, 255, 255], [0, 0, 0], [0, 0, 255]], atol=1)


def test_colours_outside_srgb_are_clipped() -> None:
    assert convert_lab(np.array([[[50.0, 200.0, -200.0]]], np.float32)).shape == (1, 1, 3)
