"""Links: each relation from a pair that was planted, and groups as a slower twin makes them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from collection.audit.pictures import add_grain, cut, draw_picture, mirror, photograph_again, save_again
from morelli.collection.audit import links as links_module
from morelli.collection.audit.links import (
    MEANINGS,
    RELATIONS,
    Link,
    find_links,
    group_links,
    link_looks,
)
from morelli.collection.audit.looks import take_look
from morelli.collection.audit.words import Candidates

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
    find_links(looks, progress=lambda done, total: steps.append((done, total)))
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
