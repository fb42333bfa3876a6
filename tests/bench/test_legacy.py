"""The measures of earlier projects: what they say, by hand, and why not to trust them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from morelli.bench.legacy import (
    LEGACY_METRICS,
    _compare_titles,
    _measure_legacy,
    _quality_metric,
    _title_average_precision,
    legacy_rows,
)
from morelli.evaluate.metrics.neighbours import Neighbours, find_neighbours
from morelli.evaluate.metrics.retrieval import average_precision_at
from morelli.evaluate.works import GalleryWorks


@settings(max_examples=40, deadline=None)
@given(k=st.integers(0, 10), n=st.integers(1, 10), n_approximate=st.integers(1, 500))
def test_the_quality_metric_is_precision_over_what_there_is(k, n, n_approximate):
    found = min(k, n)
    value = _quality_metric(found, n, n_approximate)
    assert value == pytest.approx((found / n) / n_approximate)
    assert value <= 1 / n_approximate + 1e-12


@pytest.mark.parametrize("n", [1, 10, 1000])
def test_perfect_retrieval_scores_less_in_a_larger_collection(n):
    assert _quality_metric(n, n, n) == pytest.approx(1 / n)


def test_one_like_title_at_the_first_place_is_perfect_for_the_old_average_precision():
    hits = [True, *[False] * 9]
    assert _title_average_precision(hits) == 1.0
    assert average_precision_at([1, *range(11, 20)], 10) == 0.1
    assert _title_average_precision([False]) == 0.0
    assert _title_average_precision([False, True, True]) == pytest.approx((1 / 2 + 2 / 3) / 2)


@pytest.mark.parametrize(
    ("one", "other", "is_like"),
    [
        ("Landscape", "Landscape", True),  # two works that need have nothing in common
        ("The Haystacks, evening", "Haystacks (evening), the", True),
        ("Irises", "Sunflowers", False),
    ],
)
def test_titles(one, other, is_like):
    assert (_compare_titles(one, other) >= 80) == is_like
    assert _compare_titles(one, other) == _compare_titles(other, one)


def test_by_hand():
    places = np.array([[0, 1, 2], [2, -1, -1], [-1, -1, -1]])
    scores = np.array([[0.9, 0.8, 0.1], [0.5, np.nan, np.nan], [np.nan] * 3], dtype=np.float32)
    found = _measure_legacy(
        Neighbours(places, scores),
        ["A", "B", "C"],
        ["Boats", None, "Boats"],
        ["A", "X", "A"],
        ["Boats", "Trees", None],
        [4, 0, 1],
    )
    assert found["legacy_title_precision_at_10"][0] == pytest.approx(1 / 3)
    assert np.isnan(found["legacy_title_precision_at_10"][1:]).all()
    assert found["legacy_mean_cosine"][:2] == pytest.approx([0.6, 0.5])
    assert found["legacy_share_over_threshold"][:2] == pytest.approx([2 / 3, 0])
    assert found["legacy_quality_metric"][0] == pytest.approx(2 / 3 / 4)
    assert np.isnan(found["legacy_quality_metric"][1:]).all()
    assert found["legacy_combined_score"][0] == pytest.approx((1 / 3 + 1 + 0.6 + 2 / 3) / 4)


def test_test_works_are_searched_among_train_works(gallery, seen_model):
    stock = GalleryWorks.read(gallery, seen_model.encoder.fingerprint)
    works, searched = (stock.select(seen_model, seen_model.split.part(part)) for part in ("test", "train"))
    rows = legacy_rows(works, searched, seed=0, n_boot=50)
    assert tuple(rows) == LEGACY_METRICS
    assert all(row.low <= row.value <= row.high for row in rows.values())
    cosines = np.sort(works.rows @ searched.rows.T, axis=1)[:, -10:]
    assert rows["legacy_mean_cosine"].value == pytest.approx(cosines.mean(), abs=1e-5)
    assert rows["legacy_share_over_threshold"].value == pytest.approx((cosines > 0.7).mean(), abs=1e-5)
    relevant = [searched.artists.count(artist) for artist in works.artists]
    assert rows["legacy_quality_metric"].value <= np.mean(1 / np.array(relevant))


def test_a_work_that_is_searched_for_among_all_is_no_work_to_be_found(gallery, seen_model):
    stock = GalleryWorks.read(gallery, seen_model.encoder.fingerprint)
    works = stock.select(seen_model, seen_model.split.part("test"))
    rows = legacy_rows(works, works, seed=0, n_boot=20)
    others = np.array([works.artists.count(artist) - 1 for artist in works.artists])
    found = find_neighbours(works.rows, works.rows, k=10, query_ids=works.ids, gallery_ids=works.ids)
    artists = np.array(works.artists)
    right = (artists[found.places] == artists[:, None]).mean(axis=1)
    quality = right[others > 0] / others[others > 0]
    assert rows["legacy_quality_metric"].value == pytest.approx(quality.mean())


def test_works_without_titles_have_no_number_of_titles():
    nearest = Neighbours(np.array([[0], [1]]), np.ones((2, 1), dtype=np.float32))
    found = _measure_legacy(nearest, ["A", "B"], [None, ""], ["A", "B"], ["Boats", "Boats"], [1, 1])
    measured = {metric for metric, values in found.items() if np.isfinite(values).any()}
    assert measured == {"legacy_mean_cosine", "legacy_share_over_threshold", "legacy_quality_metric"}
