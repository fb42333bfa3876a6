"""The rows that a search multiplies: the same as those of the tables, whatever has happened to either."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from morelli.collection.work import works_frame
from morelli.gallery import Gallery
from morelli.gallery.blocks import COSINE, Space, open_rows

from .test_store import make_work

D, FINGERPRINT = 5, "f" * 64
WORKS = [make_work(number) for number in range(80)]
VECTORS = np.random.default_rng(3).normal(2, 1, (80, D)).astype(np.float32)
QUERY = VECTORS[70] / np.linalg.norm(VECTORS[70])


def store(gallery: Gallery, places: range) -> None:
    gallery.store_works(works_frame([WORKS[place] for place in places]))
    gallery.store_vectors(FINGERPRINT, [WORKS[place].id for place in places], VECTORS[list(places)])


@pytest.fixture
def gallery(tmp_path: Path) -> Gallery:
    gallery = Gallery(tmp_path / "gallery", is_new=True)
    store(gallery, range(40))
    return gallery


def slow_search(places: list[int], k: int) -> list[str]:
    scores = [float(np.dot(QUERY, VECTORS[place]) / np.linalg.norm(VECTORS[place])) for place in places]
    order = sorted(range(len(places)), key=lambda at: (-scores[at], WORKS[places[at]].id))
    return [WORKS[places[at]].id for at in order[:k]]


def find(gallery: Gallery, k: int = 12) -> list[str]:
    return [work_id for work_id, _ in open_rows(gallery, FINGERPRINT).nearest(QUERY, k)]


def test_new_works_are_found_at_once_and_those_that_left_are_not(gallery: Gallery) -> None:
    assert find(gallery) == slow_search(list(range(40)), 12)
    store(gallery, range(40, 50))
    assert find(gallery) == slow_search(list(range(50)), 12)
    gallery.remove_works([WORKS[place].id for place in (3, 7, 44)])
    left = [place for place in range(50) if place not in (3, 7, 44)]
    assert find(gallery) == slow_search(left, 12)
    assert len(open_rows(gallery, FINGERPRINT)) == 47
    store(gallery, range(3, 8))  # a work that left comes back
    assert find(gallery, 60) == slow_search(sorted({*left, 3, 7}), 60)
    gallery.remove_works([WORKS[place].id for place in range(5, 50)])  # so many that all is made anew
    assert find(gallery) == slow_search(list(range(5)), 12)


def test_many_small_additions_become_one_block_again(gallery: Gallery) -> None:
    for start in range(40, 80, 2):
        store(gallery, range(start, start + 2))
        assert len(open_rows(gallery, FINGERPRINT).blocks) <= 16
    assert find(gallery, 80) == slow_search(list(range(80)), 80)


def test_blocks_are_read_where_they_are_right_and_made_anew_where_damaged(gallery: Gallery) -> None:
    seen = []
    space = Space("counted", lambda vectors: seen.append(len(vectors)) or COSINE.transform(vectors))
    first = open_rows(gallery, FINGERPRINT, space).nearest(QUERY, 5)
    assert open_rows(gallery, FINGERPRINT, space).nearest(QUERY, 5) == first
    assert seen == [40]
    (rows,) = Path(gallery.address).glob(".morelli-search/*/counted/*.rows.npy")
    rows.write_bytes(rows.read_bytes()[:100])
    assert open_rows(gallery, FINGERPRINT, space).nearest(QUERY, 5) == first
    (note,) = Path(gallery.address).glob(".morelli-search/*/counted/blocks.json")
    note.write_text("[1, 2")
    assert open_rows(gallery, FINGERPRINT, space).nearest(QUERY, 5) == first
    assert seen == [40, 40, 40]


def test_a_folder_that_takes_no_blocks_is_searched_from_memory(gallery: Gallery) -> None:
    Path(gallery.address, ".morelli-search").write_text("a file where the folder would be")
    assert find(gallery) == slow_search(list(range(40)), 12)


def test_only_works_that_fit_are_found_and_equal_scores_come_by_id(gallery: Gallery) -> None:
    among = np.array([WORKS[place].id for place in (30, 2, 11)] + ["0123456789abcdef"], dtype=np.bytes_)
    found = open_rows(gallery, FINGERPRINT).nearest(QUERY, 9, among=among)
    assert [work_id for work_id, _ in found] == slow_search([2, 11, 30], 9)
    assert open_rows(gallery, FINGERPRINT).nearest(QUERY, 9, among=among[:0]) == []
    alike = Space("alike", lambda vectors: np.ones((len(vectors), 1), dtype=np.float32))
    ties = open_rows(gallery, FINGERPRINT, alike).nearest(np.ones(1, dtype=np.float32), 7)
    assert [work_id for work_id, _ in ties] == sorted(work.id for work in WORKS[:40])[:7]
