"""Examples are drawn over artists, and tell right from wrong."""

from __future__ import annotations

import numpy as np
import pytest

from morelli.errors import EvaluationError
from morelli.evaluate.examples import draw_examples
from morelli.evaluate.neighbours import find_neighbours


def draw(n_examples: int = 6, seed: int = 0):
    vectors = np.eye(4)[[0, 0, 0, 1, 1, 2]]
    ids = list("abcdef")
    works = [(f"{place}.jpg", artist) for place, artist in enumerate("AAABBC")]
    neighbours = find_neighbours(vectors, vectors, k=3, query_ids=ids, gallery_ids=ids)
    rng = np.random.default_rng(seed)
    return draw_examples(neighbours, works, works, part="seen", rng=rng, n_examples=n_examples, n_found=2)


def test_one_query_from_each_artist():
    examples = draw()
    assert sorted(example.artist for example in examples) == ["A", "B", "C"]
    assert len(draw(n_examples=2)) == 2
    assert draw(seed=4) == draw(seed=4)


def test_right_and_wrong():
    found = {example.artist: example.found for example in draw()}
    assert [work.is_right for work in found["A"]] == [True, True]
    assert [work.is_right for work in found["B"]] == [True, False]
    assert found["B"][0].score == 1
    assert found["C"][0].path == "0.jpg"  # nothing is near: the first of the gallery
    assert draw()[0].to_dict()["part"] == "seen"


def test_other_queries_than_searched_are_refused():
    neighbours = find_neighbours(np.eye(2), np.eye(2), k=1)
    with pytest.raises(EvaluationError, match=r"one path and artist per query \(2\), found 1"):
        draw_examples(neighbours, [("a", "A")], [("a", "A")], part="seen", rng=np.random.default_rng(0))
