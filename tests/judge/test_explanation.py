"""Where the evidence lies: details, hidden regions and sanity, on a tiny network."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from judge.tiny import SIZE, make_tiny
from morelli.encode.views import Area, Grid
from morelli.errors import PictureError
from morelli.judge import compare_vectors
from morelli.judge.details import match_details
from morelli.judge.explanation import (
    _N_DRAWS,
    _N_REGIONS,
    N_HIDDEN,
    Occlusion,
    _check_maps,
    _choose_masks,
    _correlate_ranks,
    _encode_hidden,
    _hide_regions,
    _mask_each_region,
    _prepare_hidden,
    _randomise_head,
    _reduce_picture,
    explain_comparison,
)
from morelli.model.details import DetailsCalibration


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    return make_tiny(tmp_path_factory.mktemp("tiny"))


def answer_pair(tiny):
    return compare_vectors(tiny.model, *tiny.encoder.encode_files(tiny.pictures[:2]), names=("0", "1"))


@pytest.fixture(scope="module")
def explanation(tiny):
    return explain_comparison(tiny.model, tiny.encoder, *tiny.pictures[:2], answer=answer_pair(tiny))


def open_pair(tiny, right=1):
    return [tiny.encoder.open_picture(tiny.pictures[number]) for number in (0, right)]


def calibrate(tiny, scores):
    grid = Grid(3, 1 / 3)
    return replace(tiny.model, details=DetailsCalibration(grid, np.array(scores, dtype=np.float32), 9))


def test_a_picture_answers_itself_in_place(tiny):
    first = open_pair(tiny)[0]
    details = match_details(calibrate(tiny, [0.0]), tiny.encoder, first, first)
    assert len(details.matches) == 6
    assert all(match.left == match.right for match in details.matches)
    assert [match.score for match in details.matches] == pytest.approx([1] * 6, abs=1e-4)
    assert {match.left.right - match.left.left for match in details.matches} == {2 * SIZE // 3}
    assert details.yardstick == "strangers"
    assert details.matches[0].share_of_strangers == pytest.approx(1 / 2)


def test_details_below_the_threshold_are_not_told(tiny):
    details = match_details(calibrate(tiny, [2.0]), tiny.encoder, *open_pair(tiny))
    assert details.matches == ()
    assert details.best_score < details.threshold == 2


def test_without_a_calibration_details_are_held_against_the_pictures_themselves(tiny):
    details = match_details(tiny.model, tiny.encoder, *open_pair(tiny))
    assert details.yardstick == "background"
    assert all(match.score >= details.threshold for match in details.matches)
    assert all(match.share_of_strangers is None for match in details.matches)


def test_the_same_painting_is_named_as_such(tiny, tmp_path):
    picture = Image.open(tiny.pictures[0])
    picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(tmp_path / "mirrored.png")
    mirrored = tiny.encoder.open_picture(tmp_path / "mirrored.png")
    first = open_pair(tiny)[0]
    assert match_details(tiny.model, tiny.encoder, first, first).same_picture.left_share > 0.9
    assert match_details(tiny.model, tiny.encoder, first, mirrored).same_picture is not None


def test_a_map_equals_hiding_region_by_region(tiny, explanation):
    left, right = (picture.image for picture in open_pair(tiny))
    whole = tiny.encoder.encode_images([left, right])
    base = compare_vectors(tiny.model, *whole, names=("a", "b")).diagnostics.log10_likelihood_ratio
    assert explanation.occlusion.log10_likelihood_ratio == pytest.approx(base, abs=1e-4)
    for row, column in [(0, 0), (2, 5), (5, 3)]:
        mask = np.zeros((1, _N_REGIONS, _N_REGIONS), dtype=bool)
        mask[0, row, column] = True
        hidden = tiny.encoder.encode_images(_hide_regions(right, mask, Area()))[0]
        evidence = compare_vectors(
            tiny.model, whole[0], hidden, names=("a", "b")
        ).diagnostics.log10_likelihood_ratio
        assert explanation.occlusion.right[row, column] == pytest.approx(base - evidence, abs=1e-3)


def test_hidden_regions_take_the_mean_colour():
    picture = Image.fromarray(np.random.default_rng(0).integers(0, 256, (60, 90, 3), dtype=np.uint8))
    pixels, mask = np.asarray(picture), np.zeros((2, 3, 3), dtype=bool)
    mask[0, 1, 1], mask[1] = True, True
    one, everything = (np.asarray(image).astype(int) for image in _hide_regions(picture, mask, Area()))
    mean = pixels.mean(axis=(0, 1))
    np.testing.assert_allclose(one[30, 45], mean, atol=1)
    np.testing.assert_array_equal(one[:10], pixels[:10])
    np.testing.assert_allclose(everything.reshape(-1, 3), np.broadcast_to(mean, (5400, 3)), atol=1)


@given(seed=st.integers(0, 1000))
def test_only_the_area_is_touched(seed):
    rng = np.random.default_rng(seed)
    picture = Image.fromarray(rng.integers(0, 256, (40, 40, 3), dtype=np.uint8))
    masks = rng.random((1, 2, 2)) < 0.5
    (hidden,) = _hide_regions(picture, masks, Area(0.4, 0.4, 0.6, 0.6))
    np.testing.assert_array_equal(np.asarray(hidden)[:12], np.asarray(picture)[:12])


def test_large_pictures_are_reduced_and_small_ones_kept():
    assert _reduce_picture(Image.new("RGB", (1000, 500)), 100).size == (400, 200)
    small = Image.new("RGB", (300, 150))
    assert _reduce_picture(small, 100) is small


def test_masks_hold_the_top_regions_and_then_random_ones():
    falls = np.arange(36.0).reshape(6, 6)
    masks = _choose_masks(falls, np.random.default_rng(0))
    assert masks.shape == (1 + _N_DRAWS, 6, 6)
    assert masks.sum(axis=(1, 2)).tolist() == [N_HIDDEN] * (1 + _N_DRAWS)
    assert masks[0].ravel().nonzero()[0].tolist() == list(range(30, 36))
    assert len({mask.tobytes() for mask in masks}) == 1 + _N_DRAWS


def test_sanity_by_hand():
    ramp = np.arange(36.0).reshape(6, 6)
    real = Occlusion(1.0, ramp, ramp, (Area(), Area()))
    random = Occlusion(1.0, 3 * ramp, -ramp, (Area(), Area()))
    falls = np.array([[0.5, 0.1, 0.3], [0.7, 0.0, 0.0]])
    sanity = _check_maps(real, random, falls)
    assert (sanity.correlation_with_random, sanity.top_fall, sanity.random_fall) == pytest.approx(
        (0, 0.6, 0.1)
    )
    assert (sanity.is_like_random, sanity.is_faithful) == (False, True)
    assert _check_maps(real, real, falls[:, ::-1]).to_dict() == {
        "correlation_with_random": pytest.approx(1),
        "top_fall": pytest.approx(0.15),
        "random_fall": pytest.approx(0.325),
        "is_like_random": True,
        "is_faithful": False,
    }
    assert _correlate_ranks(ramp, np.zeros((6, 6))) == 0


def test_a_random_head_knows_nothing_of_the_model(tiny):
    images = [picture.image for picture in open_pair(tiny)]
    masks = _mask_each_region(2)
    hidden = _encode_hidden(tiny.encoder, _prepare_hidden(tiny.encoder, images, (masks, masks)))
    heads = [_randomise_head(tiny.model.comparison, hidden, np.random.default_rng(n)) for n in (0, 0, 1)]
    falls = [hidden.measure_falls(head)[1] for head in heads]
    np.testing.assert_array_equal(falls[0], falls[1])
    assert np.abs(falls[0] - falls[2]).max() > 1e-3
    assert "lda" not in heads[0].projections


def test_hiding_what_the_maps_point_to_matters_more_than_hiding_others(explanation):
    assert explanation.sanity.top_fall > explanation.sanity.random_fall
    assert -1 <= explanation.sanity.correlation_with_random <= 1


def test_an_explanation_is_a_plain_object_and_the_same_each_time(tiny, explanation):
    told = json.loads(json.dumps(explanation.to_dict(), allow_nan=False))
    assert sorted(told) == [
        "at_limit", "details", "diagnostics", "left", "log10_likelihood_ratio", "names", "occlusion",
        "right", "sanity", "sentence",
    ]  # fmt: skip
    assert np.shape(told["occlusion"]["left"]) == (_N_REGIONS, _N_REGIONS)
    again = explain_comparison(tiny.model, tiny.encoder, *tiny.pictures[:2], answer=answer_pair(tiny))
    assert again.to_dict() == explanation.to_dict()


def test_a_picture_that_is_not_there_is_named(tiny, tmp_path):
    with pytest.raises(PictureError, match=r"gone\.png"):
        explain_comparison(
            tiny.model, tiny.encoder, tiny.pictures[0], tmp_path / "gone.png", answer=answer_pair(tiny)
        )
