"""Search: equal to comparing with every vector, the filter before the neighbours."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from morelli.collection.work import works_frame
from morelli.errors import GalleryError, UsageError
from morelli.gallery import Gallery, Match, search_gallery
from morelli.gallery.search import describe_matches

from .test_store import make_work

N, D, FINGERPRINT = 60, 6, "e" * 64
ARTISTS = ("Rare", "O'Keeffe", "Monet", "Degas")
RNG = np.random.default_rng(0)
VECTORS = RNG.normal(size=(N, D)).astype(np.float32) * RNG.uniform(0.1, 10, (N, 1)).astype(np.float32)


def name_artist(number: int) -> str:
    return "Rare" if number == 57 else ARTISTS[1 + number % 3]


WORKS = [make_work(number, artist=name_artist(number), year=1800 + number) for number in range(N)]


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Gallery:
    gallery = Gallery(tmp_path_factory.mktemp("search") / "gallery", is_new=True)
    gallery.store_works(works_frame(WORKS))
    for start in range(0, N, 7):  # several commits
        ids = [work.id for work in WORKS[start : start + 7]]
        gallery.store_vectors(FINGERPRINT, ids, VECTORS[start : start + 7])
    return gallery


def slow_search(vector, k: int, keep) -> list[tuple[str, float]]:
    """Compare with every vector, one by one."""
    scores = []
    for work, stored in zip(WORKS, VECTORS, strict=True):
        if keep(work):
            lengths = np.linalg.norm(vector) * np.linalg.norm(stored)
            scores.append((float(np.dot(vector.astype(float), stored.astype(float)) / lengths), work.id))
    return [(work_id, score) for score, work_id in sorted(scores, reverse=True)[:k]]


def assert_equal(matches: list[Match], expected: list[tuple[str, float]]) -> None:
    assert [match.id for match in matches] == [work_id for work_id, _ in expected]
    assert [match.score for match in matches] == pytest.approx([score for _, score in expected], abs=1e-5)
    assert [match.rank for match in matches] == list(range(1, len(matches) + 1))


@given(seed=st.integers(0, 10_000), k=st.integers(1, N + 5))
@settings(max_examples=25, deadline=None)
def test_it_equals_comparing_with_every_vector(gallery: Gallery, seed: int, k: int) -> None:
    vector = np.random.default_rng(seed).normal(size=D).astype(np.float32)
    matches = search_gallery(gallery, FINGERPRINT, vector, k=k)
    assert_equal(matches, slow_search(vector, k, lambda work: True))
    assert all(-1.000001 <= match.score <= 1.000001 for match in matches)


@pytest.mark.parametrize(
    ("where", "keep"),
    [
        ("year < 1820", lambda work: work.work.year < 1820),
        ("artist = 'O''Keeffe'", lambda work: work.work.artist == "O'Keeffe"),
        ("artist = 'Rare'", lambda work: work.work.artist == "Rare"),
        ("year > 3000", lambda work: False),
    ],
)
def test_the_filter_comes_before_the_neighbours(gallery: Gallery, where: str, keep) -> None:
    vector = -VECTORS[57]  # the one work of the rare artist is the farthest of all
    matches = search_gallery(gallery, FINGERPRINT, vector, k=4, where=where)
    assert_equal(matches, slow_search(vector, 4, keep))


@pytest.mark.parametrize("where", [None, "year < 1830"])
def test_a_work_does_not_find_itself(gallery: Gallery, where: str | None) -> None:
    own = WORKS[11].id
    matches = search_gallery(gallery, FINGERPRINT, VECTORS[11], k=5, where=where, without=own)
    expected = slow_search(
        VECTORS[11], 5, lambda work: work.id != own and (where is None or work.work.year < 1830)
    )
    assert_equal(matches, expected)
    assert search_gallery(gallery, FINGERPRINT, VECTORS[11], k=1)[0].id == own


def test_a_match_describes_its_work(gallery: Gallery) -> None:
    (match,) = search_gallery(gallery, FINGERPRINT, VECTORS[3], k=1)
    assert match.to_dict() == {
        "rank": 1,
        "id": WORKS[3].id,
        "artist": "O'Keeffe",
        "title": None,
        "year": 1803,
        "style": None,
        "path": str(Path("/pictures/3.jpg")),
        "score": pytest.approx(1, abs=1e-6),
    }


def test_ids_that_are_no_works_are_left_out(gallery: Gallery) -> None:
    nearest = [("gone", 0.9), (WORKS[1].id, 0.8)]
    (match,) = describe_matches(gallery.works(), nearest)
    assert (match.rank, match.id, match.score) == (1, WORKS[1].id, 0.8)


@pytest.mark.parametrize("k", [0, -3])
def test_less_than_one_match_is_refused(gallery: Gallery, k: int) -> None:
    with pytest.raises(UsageError, match="at least 1, found"):
        search_gallery(gallery, FINGERPRINT, VECTORS[0], k=k)


def test_what_cannot_be_searched_is_refused(gallery: Gallery) -> None:
    with pytest.raises(GalleryError, match="found none"):
        search_gallery(gallery, "0" * 64, VECTORS[0])
    with pytest.raises(GalleryError, match="vectors of 5 dimensions"):
        search_gallery(gallery, FINGERPRINT, VECTORS[0, :5])
    with pytest.raises(GalleryError, match="an SQL condition"):
        search_gallery(gallery, FINGERPRINT, VECTORS[0], where="artist = Monet")
