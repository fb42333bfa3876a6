"""Groups of artists: every artist is held back once, and never by spaces that knew him."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from morelli.learn.heads.candidates import _MIN_ARTISTS, _N_GROUPS, LearntSpaces, divide_artists, hold_out
from morelli.learn.heads.works import Works
from morelli.model.standardisation import Standardisation


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 4), min_size=0, max_size=30), st.integers(0, 5))
def test_every_work_is_held_back_once_with_all_of_its_artist(counts, seed):
    artists = np.repeat([f"Artist {place}" for place in range(len(counts))], counts).astype(object)
    groups = divide_artists(artists, seed=seed)
    several = sum(count > 1 for count in counts)
    assert len(groups) == (min(_N_GROUPS, several // _MIN_ARTISTS) if several >= 2 * _MIN_ARTISTS else 0)
    if groups:
        assert (np.sum(groups, axis=0) == 1).all()
    for name in set(artists) if groups else ():
        assert sum(group[artists == name].any() for group in groups) == 1
    for group in groups:
        names, held = np.unique(artists[group], return_counts=True)
        assert (held > 1).sum() >= _MIN_ARTISTS
        assert len(names) >= _MIN_ARTISTS


def test_the_same_seed_gives_the_same_groups():
    artists = np.repeat([f"Artist {place}" for place in range(12)], 2).astype(object)
    first, again, other = (divide_artists(artists, seed=seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_artists_who_share_a_near_duplicate_are_held_back_together():
    artists = np.repeat([f"Artist {place:02}" for place in range(12)], 3).astype(object)
    alone = np.array([str(place) for place in range(36)], dtype=object)
    for seed in range(4):
        np.testing.assert_array_equal(
            divide_artists(artists, alone, seed=seed), divide_artists(artists, seed=seed)
        )
        copied = alone.copy()
        copied[[0, 11]] = "copy"  # of artists 0 and 3
        copied[[9, 35]] = "another"  # of artists 3 and 11
        for held in divide_artists(artists, copied, seed=seed):
            assert len({held[artists == f"Artist {place:02}"].all() for place in (0, 3, 11)}) == 1


def test_a_fold_scores_one_work_of_each_group():
    rng = np.random.default_rng(0)
    names = [f"Artist {place}" for place in range(4) for _ in range(5)]
    groups = ["copy" if place in (0, 2, 7) else str(place) for place in range(20)]
    works = Works.of(rng.normal(size=(20, 6)).astype(np.float32), names, groups)
    learnt = LearntSpaces(Standardisation.fit(works.vectors), {}, works.vectors[:3])
    fold = hold_out(lambda _: learnt, works, works, seed=0)
    assert len(fold.works) == 18
    assert fold.pairs.n_same == 6 + 6 + 10 + 10  # artists 0 and 1 have four works each that count


def test_works_without_groups_all_differ():
    works = Works.of(np.eye(3, dtype=np.float32), ["A", "A", "B"])
    assert len(works.one_per_group()) == 3
    assert len((works + works).one_per_group()) == 6
    grouped = Works.of(np.eye(3, dtype=np.float32), ["A", "A", "B"], [5, 5, 6])
    assert (grouped + grouped).one_per_group().artists.tolist() == ["A", "B"]
