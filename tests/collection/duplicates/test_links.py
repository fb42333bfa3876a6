"""Links: each relation from a pair that was planted, and groups as a slower twin makes them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from audit.pictures import add_grain, cut, draw_picture, mirror, photograph_again, save_again
from morelli.collection.duplicates import links as links_module
from morelli.collection.duplicates import links as similarity
from morelli.collection.duplicates.candidates import Candidates
from morelli.collection.duplicates.links import (
    MEANINGS,
    RELATIONS,
    Link,
    _Neighbours,
    find_links,
    find_neighbours,
    find_similar,
    group_links,
    link_looks,
)
from morelli.collection.duplicates.looks import take_look
from morelli.embeddings import Embeddings

PLANTS = {
    "copy": save_again(draw_picture(0).resize((180, 150)), 75),
    "photograph": photograph_again(draw_picture(1)),
    "detail": cut(draw_picture(2), 0.1, 0.2, 0.7, 0.8),
    "overlap": cut(draw_picture(3), 0.35, 0, 1, 1),
    "mirror": mirror(save_again(draw_picture(4), 75)),
}
ORIGINALS = [draw_picture(seed) for seed in range(len(PLANTS))]
ORIGINALS[3] = cut(ORIGINALS[3], 0, 0, 0.65, 1)
N_OTHERS = 10


@pytest.fixture(scope="module")
def looks():
    others = [draw_picture(100 + seed) for seed in range(N_OTHERS)]
    return [take_look(image) for image in [*ORIGINALS, *PLANTS.values(), *others]]


@pytest.fixture(scope="module")
def found(looks) -> list[Link]:
    return find_links(looks)


@pytest.mark.parametrize("number", range(len(PLANTS)), ids=list(PLANTS))
def test_a_planted_pair_is_linked_by_its_relation(found, number):
    [link] = [link for link in found if number in (link.left, link.right)]
    assert (link.left, link.right) == (number, number + len(PLANTS))
    assert link.relation == list(PLANTS)[number]
    assert link.inliers >= 7
    assert link.correlation > 0.8


def test_nothing_else_is_linked(found):
    assert len(found) == len(PLANTS)
    assert [link.left for link in found] == sorted(link.left for link in found)


def test_shares_tell_which_of_both_is_the_part(found):
    detail, overlap = found[2], found[3]
    assert detail.left_share == pytest.approx(0.36, abs=0.04)
    assert detail.right_share > 0.95
    assert max(overlap.left_share, overlap.right_share) < 0.85


def test_every_relation_has_a_meaning_and_a_plant():
    assert list(MEANINGS) == list(RELATIONS)
    assert set(RELATIONS) == set(PLANTS) | {"hash", "similar"}


def test_the_same_looks_give_the_same_links(looks, found):
    assert find_links(looks) == found


@pytest.mark.parametrize("pair", [(0, 5), (5, 0)])
def test_further_pairs_are_looked_at(looks, monkeypatch, pair):
    none = Candidates(np.zeros(0, np.intp), np.zeros(0, np.intp), np.zeros(0, np.bool_))
    monkeypatch.setattr(links_module, "find_candidates", lambda looks, seed: none)
    assert find_links(looks) == []
    further = np.array([pair, (0, 1)])
    assert [(link.left, link.right) for link in find_links(looks, further=further)] == [(0, 5)]


def test_a_pair_that_holds_both_ways_is_not_called_a_mirror_image():
    """A picture beside its own mirror image is the same when it is mirrored."""
    half = np.asarray(draw_picture(0))
    image = Image.fromarray(np.concatenate([half, half[:, ::-1]], axis=1))
    [link] = find_links([take_look(image), take_look(add_grain(image, 4))])
    assert link.relation == "copy"


def test_progress_counts_pairs_to_the_end(looks):
    steps: list[tuple[int, int]] = []
    find_links(looks, progress=lambda _, done, total: steps.append((done, total)))
    assert steps[-1][0] == steps[-1][1] >= len(PLANTS)


@pytest.mark.parametrize("n", [0, 1])
def test_fewer_than_two_pictures_have_no_links(looks, n):
    assert find_links(looks[:n]) == []


def group_slowly(links: list[Link], n: int) -> list[set[int]]:
    """Join sets until nothing changes."""
    groups = [{work} for work in range(n)]
    for link in links:
        if link.relation != "similar":
            touched = [group for group in groups if link.left in group or link.right in group]
            groups = [group for group in groups if group not in touched] + [set().union(*touched)]
    return groups


@st.composite
def works_and_links(draw):
    n = draw(st.integers(1, 12))
    place = st.integers(0, n - 1)
    pairs = draw(st.lists(st.tuples(place, place, st.sampled_from(RELATIONS)), max_size=15))
    return n, [Link(min(a, b), max(a, b), relation) for a, b, relation in pairs if a != b]


@given(works_and_links())
@settings(max_examples=60)
def test_groups_are_those_of_the_slow_twin(case):
    n, links = case
    groups = group_links(links, n)
    assert groups.shape == (n,)
    told = {frozenset(np.flatnonzero(groups == number).tolist()) for number in np.unique(groups)}
    assert told == {frozenset(group) for group in group_slowly(links, n)}


def test_likeness_joins_nothing():
    assert len(set(group_links([Link(0, 1, "similar"), Link(1, 2, "similar")], 3))) == 3
    assert len(set(group_links([Link(0, 1, "similar"), Link(1, 2, "hash")], 3))) == 2


def test_two_looks_are_linked_as_among_many(looks, found):
    by_pair = {(link.left, link.right): link for link in found}
    for number, relation in enumerate(PLANTS):
        link = link_looks(looks[number], looks[len(PLANTS) + number])
        among_many = by_pair[number, len(PLANTS) + number]
        assert link is not None
        assert (link.relation, link.inliers) == (relation, among_many.inliers)
    assert link_looks(looks[0], looks[1]) is None


# Neighbours by vector: those of a slow loop, and only works that have a vector.


def make_embeddings(n: int, d: int = 6, seed: int = 0) -> tuple[Embeddings, list[str]]:
    ids = [f"{place:04d}" for place in range(n)]
    rows = np.random.default_rng(seed).normal(3, 1, (n, d)).astype(np.float32)
    return Embeddings(tuple(ids), rows, "f" * 64), ids


def find_slowly(rows: np.ndarray, k: int) -> dict[tuple[int, int], float]:
    centred = rows - rows.mean(axis=0)
    found = {}
    for left, row in enumerate(centred):
        others = [
            (float(row @ other / np.linalg.norm(row) / np.linalg.norm(other)), right)
            for right, other in enumerate(centred)
            if right != left
        ]
        for cosine, right in sorted(others, reverse=True)[:k]:
            found[min(left, right), max(left, right)] = cosine
    return found


@pytest.mark.parametrize("block", [4, 1024])
@pytest.mark.parametrize("k", [1, 3])
def test_neighbours_are_those_of_the_slow_loop(monkeypatch, block, k):
    monkeypatch.setattr(similarity, "_BLOCK_ROWS", block)
    embeddings, ids = make_embeddings(17)
    found = find_neighbours(embeddings, ids, k=k)
    expected = find_slowly(embeddings.vectors.astype(np.float64), k)
    assert {tuple(pair) for pair in found.pairs.tolist()} == set(expected)
    np.testing.assert_allclose(found.cosines, [expected[tuple(pair)] for pair in found.pairs], atol=1e-5)


def test_works_without_a_vector_have_no_neighbours_and_keep_their_places():
    embeddings, ids = make_embeddings(5)
    wider = ["none", *ids[:2], "neither", *ids[2:]]
    found = find_neighbours(embeddings, wider)
    assert 0 not in found.pairs
    assert 3 not in found.pairs
    straight = find_neighbours(embeddings, ids)
    moved = np.array([1, 2, 4, 5, 6])[straight.pairs]
    np.testing.assert_array_equal(found.pairs, moved)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_few_works_have_fewer_neighbours(n):
    found = find_neighbours(*make_embeddings(n), k=3)
    assert len(found.pairs) == len(found.cosines) == n * (n - 1) // 2


def test_no_vectors_no_neighbours():
    embeddings, _ = make_embeddings(4)
    assert len(find_neighbours(embeddings, ["a", "b"]).pairs) == 0


def test_the_most_alike_come_first_and_linked_ones_not_at_all(monkeypatch):
    monkeypatch.setattr(similarity, "_N_SIMILAR", 2)
    pairs = np.array([[0, 1], [0, 2], [1, 3], [2, 3]])
    near = _Neighbours(pairs, np.array([0.5, 0.9, 0.8, 0.7], dtype=np.float32))
    found = find_similar(near, {(0, 2)})
    assert [(link.left, link.right) for link in found] == [(1, 3), (2, 3)]
    assert {link.relation for link in found} == {"similar"}
    assert [link.correlation for link in found] == pytest.approx([0.8, 0.7])
    assert {link.inliers for link in found} == {0}
