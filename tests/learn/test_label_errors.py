"""Wrong labels are found, with no more right ones than said, and none where there are no errors."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from gallery.test_store import make_work
from learn.heads.test_spaces import make_hands
from morelli.collection.work import works_frame
from morelli.embeddings import Embeddings
from morelli.errors import SplitError
from morelli.learn.label_errors import _estimate_rate, _weigh, find_label_errors


def make_collection(n_artists: int = 8, n_works: int = 40, *, share: float = 0.0, seed: int = 0):
    """Return vectors, a works table some of whose labels are wrong, and the ids of these."""
    vectors, artists = make_hands(n_artists, n_works, seed=seed, nuisance=0.2)
    rng = np.random.default_rng(seed)
    names = sorted(set(artists))
    labels = [str(name) for name in artists]
    wrong = rng.permutation(len(labels))[: round(share * len(labels))]
    for place in wrong:
        labels[place] = str(rng.choice([name for name in names if name != labels[place]]))
    made = [make_work(place + 1, artist=label) for place, label in enumerate(labels)]
    ids = [work.id for work in made]
    works = works_frame(made).with_columns(pl.Series("phash", [f"{rng.integers(2**62):016x}" for _ in ids]))
    return Embeddings(tuple(ids), vectors, "f" * 64), works, {ids[place] for place in wrong}


@pytest.mark.parametrize("seed", [0, 1])
def test_wrong_labels_are_found_with_no_more_right_ones_than_said(seed: int) -> None:
    embeddings, works, wrong = make_collection(share=0.08, seed=seed)
    found = find_label_errors(embeddings, works, seed=seed)
    listed = found.select(0.2)
    share_right = sum(doubt.id not in wrong for doubt in listed) / len(listed)
    assert len(wrong & {doubt.id for doubt in listed}) >= 0.2 * len(wrong)
    assert share_right <= 0.35
    assert 0.02 <= found.error_rate <= 0.16
    assert [doubt.is_usual for doubt in found.doubts] == sorted(doubt.is_usual for doubt in found.doubts)
    for doubt in listed[:3]:
        labels = dict(works.select("id", "artist").rows())
        assert doubt.artist == labels[doubt.id] != doubt.others[0][0]
        assert {labels[work_id] for work_id, _ in doubt.nearest} == {doubt.others[0][0]}
        assert sum(share for _, share in doubt.others) <= 1 + 1e-9


def test_without_errors_nothing_is_listed() -> None:
    embeddings, works, _ = make_collection()
    found = find_label_errors(embeddings, works)
    assert found.select(0.2) == ()
    assert found.error_rate < 0.01
    assert found.accuracy > 0.8
    assert len(found.doubts) == len(works)


def test_the_rate_of_a_list_is_the_mean_of_its_probabilities() -> None:
    embeddings, works, _ = make_collection(share=0.1)
    found = find_label_errors(embeddings, works)
    for n in (1, 5, 20):
        twin = sum(doubt.is_usual for doubt in found.doubts[:n]) / n
        assert found.doubts[n - 1].rate == pytest.approx(twin)
    assert len(found.select(0.3)) == max(n for n, doubt in enumerate(found.doubts, 1) if doubt.rate <= 0.3)


def test_the_weights_are_bayes_rule_worked_by_hand() -> None:
    assert _weigh(np.array([0.5]), 0.1, 3)[0] == pytest.approx(0.45 / (0.45 + 0.1 * 0.5 / 2))
    assert _weigh(np.array([0.0, 1.0]), 0.1, 3).tolist() == [0.0, 1.0]


def test_the_rate_is_the_likeliest_of_a_grid() -> None:
    rng = np.random.default_rng(0)
    own = np.concatenate([rng.beta(5, 1, 190), rng.beta(0.3, 20, 10)])
    grid = np.linspace(0.001, 0.5, 500)
    likelihoods = [np.log((1 - rate) * own + rate * (1 - own) / 4).sum() for rate in grid]
    assert _estimate_rate(own, 5) == pytest.approx(grid[int(np.argmax(likelihoods))], abs=0.002)


def test_works_that_cannot_be_judged_are_counted() -> None:
    embeddings, works, _ = make_collection()
    marked = works.with_columns(
        qualifier=pl.when(pl.int_range(pl.len()) < 3).then(pl.lit("after")).otherwise(None),
        artist=pl.when(pl.int_range(pl.len()) == 100).then(None).otherwise(pl.col("artist")),
    )
    assert find_label_errors(embeddings, marked).n_left_out == 4
    with pytest.raises(SplitError, match="at least 2 artists, each with 5 works"):
        find_label_errors(embeddings, works.head(6))
