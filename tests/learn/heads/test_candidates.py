"""Groups of artists: every artist is held back once, and never by spaces that knew him."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from morelli.learn.heads.candidates import _MIN_ARTISTS, _N_GROUPS, divide_artists


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
