"""The index: measured against comparing with every vector, and not trusted below the recall asked for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from morelli.collection.work import works_frame
from morelli.errors import GalleryError, UsageError
from morelli.gallery import Gallery, search_gallery
from morelli.gallery.index import index_gallery, read_index

from .test_store import make_work

N, D, FINGERPRINT = 900, 16, "d" * 64
RNG = np.random.default_rng(5)
CENTRES = RNG.normal(size=(30, D))
VECTORS = (CENTRES[RNG.integers(0, 30, N)] + 0.4 * RNG.normal(size=(N, D))).astype(np.float32)
WORKS = [make_work(number, artist="Monet" if number % 2 else "Degas") for number in range(N)]
IDS = [work.id for work in WORKS]


@pytest.fixture
def gallery(tmp_path: Path) -> Gallery:
    gallery = Gallery(tmp_path / "gallery", is_new=True)
    gallery.store_works(works_frame(WORKS))
    gallery.store_vectors(FINGERPRINT, IDS[:800], VECTORS[:800])
    return gallery


def slow_search(query: np.ndarray, places: range, k: int) -> set[str]:
    rows = VECTORS[list(places)].astype(float)
    cosines = rows @ query / np.linalg.norm(rows, axis=1)
    return {IDS[places[at]] for at in np.argsort(-cosines)[:k]}


def measure(gallery: Gallery, n: int) -> float:
    """Return recall@10 over queries of our own, with a slow search as the truth."""
    shares = []
    for query in np.random.default_rng(9).permutation(VECTORS)[:30] + np.float32(0.05):
        found = {match.id for match in search_gallery(gallery, FINGERPRINT, query, k=10)}
        shares.append(len(found & slow_search(query, range(n), 10)) / 10)
    return float(np.mean(shares))


def test_an_index_reaches_what_it_says_and_finds_new_works_at_once(gallery: Gallery) -> None:
    summary = index_gallery(gallery, FINGERPRINT, recall=0.95, exact_limit=500)
    assert (summary.kind, summary.works, summary.is_good) == ("IVF_RQ", 800, True)
    assert read_index(gallery, FINGERPRINT) == summary
    assert measure(gallery, 800) >= 0.9
    gallery.store_vectors(FINGERPRINT, IDS[800:], VECTORS[800:])
    assert search_gallery(gallery, FINGERPRINT, VECTORS[850], k=1)[0].id == IDS[850]
    gallery.remove_works([IDS[850]])
    assert IDS[850] not in {m.id for m in search_gallery(gallery, FINGERPRINT, VECTORS[850], k=20)}
    gallery.compact()
    assert gallery.vectors_table(FINGERPRINT).index_stats("vector_idx").num_unindexed_rows == 0
    assert search_gallery(gallery, FINGERPRINT, VECTORS[851], k=1)[0].id == IDS[851]


def test_a_filter_stays_exact_beside_an_index(gallery: Gallery) -> None:
    index_gallery(gallery, FINGERPRINT, recall=0.5, exact_limit=0)
    query = VECTORS[4]
    found = search_gallery(gallery, FINGERPRINT, query, k=10, where="artist = 'Monet'")
    assert {match.id for match in found} == slow_search(query, range(1, 800, 2), 10)


def test_few_works_stay_exact_and_an_index_can_be_left_again(gallery: Gallery) -> None:
    index_gallery(gallery, FINGERPRINT, exact_limit=500)
    summary = index_gallery(gallery, FINGERPRINT)
    assert (summary.kind, summary.recall, summary.partitions) == ("exact", 1.0, 0)
    assert read_index(gallery, FINGERPRINT) is None
    assert gallery.vectors_table(FINGERPRINT).list_indices() == []


def test_a_recall_that_was_not_reached_is_not_good(gallery: Gallery) -> None:
    summary = index_gallery(gallery, FINGERPRINT, recall=1.0, exact_limit=500)
    assert summary.is_good == (summary.recall == 1)
    assert summary.probes <= summary.partitions


def test_what_cannot_be_asked_is_refused(gallery: Gallery) -> None:
    for recall in (0, 1.1, -1, float("nan")):
        with pytest.raises(UsageError, match="above 0 and at most 1"):
            index_gallery(gallery, FINGERPRINT, recall=recall)
    with pytest.raises(UsageError, match="limit of at least 0"):
        index_gallery(gallery, FINGERPRINT, exact_limit=-1)
    with pytest.raises(GalleryError, match="found none"):
        index_gallery(gallery, "0" * 64)
