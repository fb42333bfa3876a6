"""Subsets of pairs: by slow twins over the labels, and the reason why one is too small."""

from __future__ import annotations

import numpy as np

from morelli.collection.samples import sample_pairs
from morelli.evaluate.subsets import MIN_PAIRS, WorkLabels, list_subsets


def make_labels(seed: int, n: int) -> WorkLabels:
    rng = np.random.default_rng(seed)
    return WorkLabels(
        styles=rng.choice([None, "", "Rococo", "Baroque", "Baroque|Rococo", "Ukiyo-e"], n).tolist(),
        years=rng.choice([None, 1600, 1601, 1700, 1850], n).tolist(),
        sources=rng.choice([None, "here", "there"], n).tolist(),
        paths=[""] * n,
    )


def is_member(name: str, left: tuple, right: tuple) -> bool:
    """Say whether two works, each of style, year and source, belong to a subset."""
    if name == "within_style":
        return bool(set((left[0] or "-").split("|")) & set((right[0] or "+").split("|")))
    if name == "across_source":
        return None not in (left[2], right[2]) and left[2] != right[2]
    century = int(name.removeprefix("century_"))
    return all(
        work[1] is not None and 100 * century - 99 <= work[1] <= 100 * century for work in (left, right)
    )


def test_members_are_those_of_a_slow_twin():
    artists = [f"{place % 9}" for place in range(72)]
    labels = make_labels(0, 72)
    pairs = sample_pairs(artists, rng=np.random.default_rng(0))
    works = list(zip(labels.styles, labels.years, labels.sources, strict=True))
    codes = np.array([int(artist) for artist in artists])
    subsets = list_subsets(pairs, codes, labels)
    names = ["within_style", "across_source", "century_16", "century_17", "century_19"]
    assert [subset.name for subset in subsets] == names
    for subset in subsets:
        expected = [
            is_member(subset.name, works[left], works[right])
            for left, right in zip(pairs.left, pairs.right, strict=True)
        ]
        assert subset.members.tolist() == expected
        n_same = int((subset.members & pairs.same).sum())
        assert bool(subset.reason) == (n_same < MIN_PAIRS)
        assert not subset.reason or subset.reason.startswith(f"{n_same} pairs by one hand (of ")


def test_labels_that_are_not_there_are_the_reason():
    artists = ["A", "A", "B", "B"]
    pairs = sample_pairs(artists, rng=np.random.default_rng(0))
    labels = WorkLabels([None] * 4, [None] * 4, ["one"] * 4, [""] * 4)
    found = list_subsets(pairs, np.array([0, 0, 1, 1]), labels)
    assert [subset.reason for subset in found] == ["no work has a style", "all works are from one source"]
    unknown = WorkLabels([None] * 4, [None] * 4, [None] * 4, [""] * 4)
    assert list_subsets(pairs, np.array([0, 0, 1, 1]), unknown)[1].reason == "no work has a source"
