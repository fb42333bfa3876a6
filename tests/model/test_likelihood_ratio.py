"""Maps from scores to likelihood ratios, for single works and for sets."""

from __future__ import annotations

import numpy as np
import pytest

from morelli.model import Calibration, LikelihoodRatioMap

STEEP = Calibration(
    {1: LikelihoodRatioMap.linear(np.log(10), 0), 4: LikelihoodRatioMap.linear(3 * np.log(10), 0)}, "logistic"
)


def test_beyond_its_knots_a_map_stays_level():
    line = LikelihoodRatioMap(np.array([0.0, 1.0]), np.array([-1.0, 2.0]))
    np.testing.assert_allclose(line.transform(np.array([-5, 0, 0.5, 1, 9])), [-1, -1, 0.5, 2, 2])


def test_to_see_changes_the_line_goes_on():
    line = LikelihoodRatioMap(np.array([0.0, 1.0, 3.0]), np.array([-1.0, 2.0, 3.0]))
    np.testing.assert_allclose(line.extrapolate(np.array([-2.0, 0.5, 2.0, 5.0])), [-7, 0.5, 2.5, 4])


@pytest.mark.parametrize(
    ("n_left", "n_right", "expected"),
    [(1, 1, 0.5), (4, 4, 1.5), (2, 2, 1.0), (9, 9, 1.5), (1, 100, 0.5 + np.log(200 / 101) / np.log(4))],
)
def test_the_harmonic_mean_of_the_sizes_decides(n_left, n_right, expected):
    assert STEEP.transform(np.array(0.5), n_left=n_left, n_right=n_right) == pytest.approx(expected)


def test_the_sides_can_be_swapped():
    one, other = (STEEP.transform(np.array(0.3), n_left=n, n_right=m) for n, m in ((2, 5), (5, 2)))
    assert one == other


def test_the_round_trip_is_exact():
    again = Calibration.from_parts(STEEP.to_facts(), STEEP.to_arrays())
    assert again.method == "logistic"
    for size in (1, 2, 4):
        np.testing.assert_array_equal(
            again.transform(np.array([0.1, 0.7]), n_left=size, n_right=size),
            STEEP.transform(np.array([0.1, 0.7]), n_left=size, n_right=size),
        )
