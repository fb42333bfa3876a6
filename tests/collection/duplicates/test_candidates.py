"""Candidates: whatever was planted is among them, and too little to go by is no fault."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from audit.pictures import cut, draw_picture, mirror, save_again
from morelli.collection.duplicates.candidates import (
    _MIN_SCORE,
    Candidates,
    _Vocabulary,
    find_candidates,
    rank_looks,
)
from morelli.collection.duplicates.looks import take_look

N_OTHERS = 24
PLANTS = {
    "re-encoded": save_again(draw_picture(0), 30),
    "resized": draw_picture(1).resize((150, 125)),
    "cropped": cut(draw_picture(2), 0.2, 0.1, 0.8, 0.7),
    "mirrored": mirror(draw_picture(3)),
}


@pytest.fixture(scope="module")
def looks():
    return [take_look(image) for image in [*map(draw_picture, range(N_OTHERS)), *PLANTS.values()]]


@pytest.fixture(scope="module")
def candidates(looks) -> Candidates:
    return find_candidates(looks)


def list_rows(candidates: Candidates) -> list[tuple[int, int, bool]]:
    columns = (candidates.left.tolist(), candidates.right.tolist(), candidates.mirrored.tolist())
    return list(zip(*columns, strict=True))


@pytest.mark.parametrize("number", range(len(PLANTS)), ids=list(PLANTS))
def test_a_plant_is_a_candidate_of_its_original(candidates, number):
    is_mirrored = list(PLANTS)[number] == "mirrored"
    assert (number, N_OTHERS + number, is_mirrored) in list_rows(candidates)


def test_pairs_are_ordered_and_stand_once(candidates):
    rows = list_rows(candidates)
    assert len(candidates) == len(rows) == len(set(rows))
    assert all(left <= right for left, right, _ in rows)


def test_no_picture_is_its_own_candidate(looks):
    same = find_candidates([looks[0], looks[0], looks[1]])
    assert all(left < right for left, right, _ in list_rows(same))
    assert (0, 1, False) in list_rows(same)


@pytest.mark.parametrize("n", [2, 3])
def test_pictures_that_are_all_the_same_are_candidates(looks, n):
    """Words that are in all of them tell nothing apart, and yet they are shared."""
    rows = list_rows(find_candidates(looks[:1] * n))
    assert [row for row in rows if not row[2]] == [
        (left, right, False) for left in range(n) for right in range(left + 1, n)
    ]


def test_the_same_seed_gives_the_same_candidates(looks, candidates):
    assert list_rows(find_candidates(looks)) == list_rows(candidates)


def test_a_picture_like_no_other_has_no_candidates(looks):
    blank = take_look(Image.new("RGB", (100, 100)))
    rows = list_rows(find_candidates([*looks[:5], blank]))
    assert all(5 not in row[:2] for row in rows)


@pytest.mark.parametrize("n", [0, 1, 3])
def test_pictures_without_features_have_no_candidates(n):
    blank = take_look(Image.new("RGB", (100, 100)))
    assert len(find_candidates([blank] * n)) == 0


def test_one_picture_has_no_candidates(looks):
    assert len(find_candidates(looks[:1])) == 0


def test_a_vocabulary_gives_each_feature_a_word_in_range(looks):
    descriptors = np.concatenate([look.descriptors for look in looks])
    vocabulary = _Vocabulary.learn(descriptors, seed=1)
    words = vocabulary.read(descriptors)
    assert words.shape == (len(descriptors),)
    assert 0 <= words.min() <= words.max() < vocabulary.size
    assert len(np.unique(words)) > vocabulary.size / 2
    np.testing.assert_array_equal(words, _Vocabulary.learn(descriptors, seed=1).read(descriptors))
    assert len(vocabulary.read(np.zeros((0, 128), dtype=np.uint8))) == 0


@pytest.mark.parametrize("n", [1, 2, 9])
def test_a_vocabulary_of_few_features_is_small(n):
    descriptors = np.random.default_rng(0).integers(0, 200, (n, 128), dtype=np.uint8)
    vocabulary = _Vocabulary.learn(descriptors)
    assert vocabulary.size == 1
    np.testing.assert_array_equal(vocabulary.read(descriptors), 0)


def test_the_least_score_lies_where_no_true_pair_is_lost():
    assert 0 < _MIN_SCORE < 0.07


def test_a_plant_is_ranked_with_its_original(looks):
    for number in range(len(PLANTS)):
        assert number in rank_looks(looks[N_OTHERS + number], looks[:N_OTHERS], k=2)
    blank = take_look(Image.new("RGB", (50, 50)))
    assert len(rank_looks(blank, looks[:N_OTHERS], k=2)) == 0
    assert len(rank_looks(looks[0], [], k=2)) == 0
