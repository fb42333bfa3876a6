"""Bands: gratings answer at their own scale and angle, hatching in the second order."""

from __future__ import annotations

import numpy as np
import pytest

from morelli.encode.descriptors.bands import BAND_NAMES, measure_bands
from morelli.encode.descriptors.canvas import stretch_canvas

Y, X = np.mgrid[:224, :224]


def describe_bands(lightness: np.ndarray) -> dict[str, float]:
    """Bands of a grey picture given as values in 0..1."""
    picture = np.repeat((lightness * 255).astype(np.uint8)[..., None], 3, axis=2)
    return dict(zip(BAND_NAMES, measure_bands(stretch_canvas(picture)).tolist(), strict=True))


@pytest.mark.parametrize("level", range(4))
@pytest.mark.parametrize("degrees", [0, 30, 60, 90, 120, 150])
def test_a_grating_answers_at_its_scale_and_angle(level, degrees):
    along = X * np.cos(np.radians(degrees)) - Y * np.sin(np.radians(degrees))
    bands = describe_bands(0.5 + 0.3 * np.sin(2 * np.pi * along / (4.7 * 2**level)))
    means = {name: value for name, value in bands.items() if name.endswith("degrees.mean")}
    assert max(means, key=means.get) == f"bands.level_{level}.along_{degrees}_degrees.mean"


def test_the_second_order_sees_how_hatching_is_arranged():
    hatching = np.sin(2 * np.pi * X / 4.7)
    rows = describe_bands(0.5 + 0.3 * hatching * (np.sin(2 * np.pi * Y / 19) > 0))
    plain = describe_bands(0.5 + 0.3 * hatching)
    name = "bands.level_0.along_0_degrees.then_1_coarser.along_{}_degrees"
    assert rows[name.format(60)] > plain[name.format(60)] + 1
    assert rows[name.format(60)] > rows[name.format(0)]


def test_the_second_order_hardly_depends_on_contrast():
    texture = np.random.default_rng(0).random((224, 224))
    strong, weak = (describe_bands(0.5 + contrast * (texture - 0.5)) for contrast in (0.8, 0.4))
    for name in BAND_NAMES:
        expected = 0 if ".then_" in name else np.log(2)
        assert strong[name] - weak[name] == pytest.approx(expected, abs=0.1)
