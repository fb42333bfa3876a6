"""What an epoch goes through: drawn from seed and epoch alone, and as often as the recipe says."""

from __future__ import annotations

import numpy as np
import pytest

from morelli.learn.network.plans import Batch, IndexedWorks, make_plan
from morelli.learn.recipe import Batches


def index_works(n_artists: int = 6, n_works: int = 8) -> IndexedWorks:
    artists = [f"artist {place}" for place in range(n_artists) for _ in range(n_works)]
    codes = np.repeat(np.arange(n_artists), n_works)
    rows = np.arange(len(artists)) + 100
    return IndexedWorks(rows, np.zeros(len(artists), dtype=np.intp), artists, {"artist": codes})


def artist_of(batch: Batch) -> np.ndarray:
    return (batch.rows - 100) // 8


KINDS = ("works", "pairs", "triplets", "artists")


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_and_epoch_draw_the_same(kind: str) -> None:
    batches = Batches(kind=kind, size=16, per_epoch=64)
    plan, again = (make_plan(batches, index_works(), index_works(), seed=3) for _ in range(2))
    for one, other in zip(plan.list_batches(2), again.list_batches(2), strict=True):
        np.testing.assert_array_equal(one.rows, other.rows)
    first, second = (np.concatenate([batch.rows for batch in plan.list_batches(epoch)]) for epoch in (0, 1))
    assert not np.array_equal(first, second)
    for one, other in zip(plan.list_validation_batches(), plan.list_validation_batches(), strict=True):
        np.testing.assert_array_equal(one.rows, other.rows)


def test_works_come_once_an_epoch_and_never_alone() -> None:
    plan = make_plan(Batches(size=47), index_works(), index_works(), seed=0)
    batches = plan.list_batches(0)
    assert sorted(np.concatenate([batch.rows[:, 0] for batch in batches])) == list(range(100, 148))
    assert [len(batch) for batch in batches] == [48]
    for batch in batches:
        np.testing.assert_array_equal(batch.targets["artist"], artist_of(batch)[:, 0])


def test_pairs_keep_the_ratio_and_say_the_truth() -> None:
    plan = make_plan(
        Batches(kind="pairs", size=32, partners=20, ratio=1.75), index_works(), index_works(), seed=0
    )
    batches = plan.list_batches(0)
    same = np.concatenate([batch.targets["same"] for batch in batches])
    hands = np.concatenate([artist_of(batch) for batch in batches])
    np.testing.assert_array_equal(same, hands[:, 0] == hands[:, 1])
    assert (~same).sum() == round(1.75 * same.sum())
    rows = np.concatenate([batch.rows for batch in batches])
    assert len(np.unique(np.sort(rows, axis=1), axis=0)) == len(rows)


def test_no_work_is_paired_with_its_own_copy() -> None:
    lesson = index_works(3, 4)
    doubled = IndexedWorks(
        np.tile(lesson.rows, 2),
        np.repeat([0, 1], 12),
        [*lesson.artists, *lesson.artists],
        {"artist": np.tile(lesson.classes["artist"], 2)},
    )
    plan = make_plan(Batches(kind="pairs", partners=23, ratio=9), doubled, lesson, seed=0)
    for batch in plan.list_batches(0):
        assert (batch.rows[:, 0] != batch.rows[:, 1]).all()


def test_triplets_are_as_many_as_asked() -> None:
    plan = make_plan(Batches(kind="triplets", size=50, per_epoch=120), index_works(), index_works(), seed=0)
    batches = plan.list_batches(0)
    assert [len(batch) for batch in batches] == [50, 50, 20]
    for batch in batches:
        anchor, positive, negative = artist_of(batch).T
        assert (anchor == positive).all()
        assert (anchor != negative).all()
        assert (batch.rows[:, 0] != batch.rows[:, 1]).all()


def test_artists_bring_the_same_number_of_works() -> None:
    plan = make_plan(
        Batches(kind="artists", size=12, works_per_artist=3), index_works(), index_works(), seed=0
    )
    batches = plan.list_batches(0)
    assert len(batches) == 4
    for batch in batches:
        _, counts = np.unique(artist_of(batch), return_counts=True)
        assert counts.tolist() == [3, 3, 3, 3]
