"""An explanation as drawings and as a page: what is on it, and what is said beside it."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from judge.tiny import make_tiny
from morelli.encode.views import Area
from morelli.judge.comparison import withhold
from morelli.judge.details import Box, DetailMatch, Details
from morelli.judge.explanation import Explanation, Occlusion, Sanity
from morelli.judge.results import Comparison, Diagnostics
from morelli.judge.words import describe_evidence
from morelli.report.explanation import (
    _MIN_SCALE,
    _colour_picture,
    _describe_details,
    _draw_matches,
    _find_scale,
    _list_warnings,
    write_explanation,
)

MATCHES = (
    DetailMatch(Box(0, 0, 64, 32), Box(128, 64, 192, 96), 0.97, 0.004),
    DetailMatch(Box(64, 32, 128, 64), Box(0, 0, 64, 32), 0.91, 0.01),
)


ANSWER = Comparison(
    left="0.png", right="1.png", score=0.6, log10_likelihood_ratio=1.3, prior=0.5, probability=0.95,
    sentence=describe_evidence(1.3, at_limit=True), at_limit=True, sufficient=True,
    diagnostics=Diagnostics(1.3, 2.0, (-1.0, 1.3), (0.5, 1.3), 0.95),
)  # fmt: skip


@pytest.fixture(scope="module")
def explanation(tmp_path_factory) -> Explanation:
    left, right = make_tiny(tmp_path_factory.mktemp("tiny")).pictures[:2]
    falls = np.linspace(-0.2, 0.4, 36).reshape(6, 6)
    return Explanation(
        left,
        right,
        Details(MATCHES, 0.97, 0.9, "strangers", None),
        Occlusion(1.3, falls, -falls, (Area(), Area(0.1, 0, 0.9, 1))),
        Sanity(0.1, 0.5, 0.1),
        ANSWER,
        ("Alba Rossi, Road to $100", "1.png"),
    )


def test_the_files_are_written(explanation, tmp_path):
    page = write_explanation(explanation, tmp_path / "out", max_pixels=10**6)
    assert sorted(path.name for path in page.parent.iterdir()) == [
        "details.html", "details.json", "maps.png", "matches.png",
    ]  # fmt: skip
    assert json.loads((page.parent / "details.json").read_text(encoding="utf-8")) == json.loads(
        json.dumps(explanation.to_dict())
    )
    text = page.read_text(encoding="utf-8")
    assert explanation.sentence in text
    assert "0.4 %" in text
    assert 'class="warning"' not in text
    assert "at the limit of what this model can support" in text
    assert "<h1>Alba Rossi, Road to $100<br>1.png</h1>" in text
    assert not re.search(r'(?:src|href)="(?!data:)', text)
    assert "<script" not in text
    for name in ("maps.png", "matches.png"):
        with Image.open(page.parent / name) as drawing:
            assert np.asarray(drawing.convert("L")).std() > 5


def test_a_page_states_no_ratio_that_the_answer_withholds(explanation, tmp_path):
    answer = withhold(ANSWER, "the range reaches from two hands to one")
    page = write_explanation(replace(explanation, answer=answer), tmp_path, max_pixels=10**6)
    told = json.loads((tmp_path / "details.json").read_text(encoding="utf-8"))
    assert (told["log10_likelihood_ratio"], told["at_limit"]) == (None, False)
    assert told["diagnostics"]["log10_likelihood_ratio"] == 1.3
    lede = re.search(r'<p class="lede">(.*)</p>', page.read_text(encoding="utf-8"))
    assert lede is not None
    assert lede[1] == (
        "There is not enough evidence to speak for one hand or for two. "
        "(The range reaches from two hands to one.)"
    )


def test_each_match_is_drawn_twice(explanation):
    pictures = tuple(Image.open(path).convert("RGB") for path in (explanation.left, explanation.right))
    figure = _draw_matches(pictures, (pictures[0].size, pictures[1].size), MATCHES)
    titles = [ax.get_title() for ax in figure.axes if ax.get_title()]
    assert titles == ["1 in A", "1 in B", "2 in A", "2 in B"]
    crops = [ax.images[0].get_array() for ax in figure.axes if ax.get_title()]
    np.testing.assert_array_equal(crops[0], np.asarray(pictures[0])[0:32, 0:64])
    np.testing.assert_array_equal(crops[1], np.asarray(pictures[1])[64:96, 128:192])
    assert len(_draw_matches(pictures, (pictures[0].size, pictures[1].size), ()).axes) == 2


def test_orange_speaks_for_one_hand_and_blue_for_two():
    falls = np.array([[0.4, 0.0], [-0.4, 0.0]])
    occlusion = Occlusion(0.0, falls, falls, (Area(), Area()))
    pixels = np.asarray(_colour_picture(Image.new("RGB", (40, 40), "grey"), falls, 0.4, occlusion, 0)).astype(
        int
    )
    assert pixels[2, 2, 0] > pixels[2, 2, 2] + 50
    assert pixels[37, 2, 2] > pixels[37, 2, 0] + 50
    assert np.ptp(pixels[20, 38]) < 20


def test_noise_stays_pale():
    faint = Occlusion(0.0, np.full((2, 2), 0.01), np.zeros((2, 2)), (Area(), Area()))
    assert _find_scale(faint) == _MIN_SCALE
    assert _find_scale(replace(faint, right=np.full((2, 2), -0.7))) == 0.7


def test_doubts_are_said(explanation):
    assert _list_warnings(explanation) == []
    details = replace(explanation.details, yardstick="background", same_picture=object())
    doubtful = replace(explanation, details=details, sanity=Sanity(0.8, 0.1, 0.2))
    same, calibration, random, faithful = _list_warnings(doubtful)
    assert "the same painting" in same
    assert "--details" in calibration
    assert "learnt nothing" in random
    assert "no more than hiding others" in faithful


def test_matches_are_counted_in_words():
    one = Details(MATCHES[:1], 0.97, 0.9, "background", None)
    assert _describe_details(one).startswith("1 detail of A answers one of B, more alike than details within")
    two = Details(MATCHES, 0.97, 0.9, "strangers", None)
    assert _describe_details(two).startswith(
        "2 details of A answer details of B, more alike than details of two"
    )
