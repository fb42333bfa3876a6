"""The gallery as a store: what goes in comes out, by id; what is missing or damaged is said to be."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from morelli.collection.work import WORKS_SCHEMA, CollectedWork, Skip, Work, works_frame
from morelli.embeddings import Embeddings
from morelli.errors import GalleryError, MorelliError
from morelli.gallery import Gallery, search_gallery
from morelli.gallery.store import quote_values, summarise_gallery

from .sources import Thumbnails


def make_work(number: int, **labels: object) -> CollectedWork:
    digest = f"{number:064x}"[::-1]
    return CollectedWork(
        Work(Path(f"/pictures/{number}.jpg"), **labels),
        digest[:16], digest, "0" * 16, "0" * 16, 10, 20, "JPEG", 5, 7,
    )  # fmt: skip


WORKS = [
    make_work(1, artist="Claude Monet", year=1872),
    make_work(2, artist="O'Keeffe", title='"Rain" 100%', year=1925, style="Modernism|Realism"),
    make_work(3),
]
IDS = [work.id for work in WORKS]


@pytest.fixture
def gallery(tmp_path: Path) -> Gallery:
    gallery = Gallery(tmp_path / "gallery", is_new=True)
    gallery.store_works(works_frame(WORKS))
    return gallery


def test_works_come_back_as_they_went_in(gallery: Gallery) -> None:
    expected = works_frame(WORKS).sort("id")
    assert gallery.works().equals(expected)
    assert gallery.works().schema == WORKS_SCHEMA
    assert Gallery(gallery.address).works().equals(expected)
    assert gallery.count_works() == 3


def test_storing_a_work_again_replaces_its_row(gallery: Gallery) -> None:
    gallery.store_works(works_frame([make_work(2, artist="Georgia O'Keeffe"), make_work(4)]))
    assert gallery.count_works() == 4
    (row,) = gallery.works(f"id = '{IDS[1]}'").to_dicts()
    assert (row["artist"], row["title"], row["year"]) == ("Georgia O'Keeffe", None, None)


@pytest.mark.parametrize(
    ("where", "numbers"),
    [
        ("year < 1900", [1]),
        ("artist = 'O''Keeffe'", [2]),
        ("artist IS NULL", [3]),
        ("style LIKE '%Realism%' AND year BETWEEN 1920 AND 1930", [2]),
        ("title = '\"Rain\" 100%'", [2]),
        ("width = 10", [1, 2, 3]),
        ("false", []),
    ],
)
def test_where_keeps_what_fits(gallery: Gallery, where: str, numbers: list[int]) -> None:
    assert sorted(gallery.works(where)["id"]) == sorted(make_work(number).id for number in numbers)


def test_a_condition_on_the_year_asks_the_first_year_of_a_range(gallery: Gallery) -> None:
    late = make_work(9, year_from=1867, year_to=1900, title="year 1867")
    gallery.store_works(works_frame([late]))
    for where in ("year >= 1867 AND year < 1870", "YEAR = 1867", "title = 'year 1867' AND year > 1800"):
        assert gallery.works(where)["id"].to_list() == [late.id]
    assert gallery.works("id = '" + late.id + "'")["year"].to_list() == [None]
    assert late.id not in gallery.works("year < 1860")["id"].to_list()
    assert gallery.works("year_to = 1900")["id"].to_list() == [late.id]


@pytest.mark.parametrize(
    "where", ["", "artist = Monet", 'artist = "Monet"', "year", "year <", "no_such = 1", "'"]
)
def test_a_condition_that_cannot_be_understood_is_refused(gallery: Gallery, where: str) -> None:
    with pytest.raises(GalleryError, match="an SQL condition over id, path, artist"):
        gallery.works(where)


def test_values_are_quoted() -> None:
    assert quote_values(["a", "O'Keeffe", "'; DROP TABLE works; --"]) == (
        "'a', 'O''Keeffe', '''; DROP TABLE works; --'"
    )
    assert quote_values([]) == ""


def test_a_skip_is_listed_once_per_stage_with_its_latest_reason(gallery: Gallery) -> None:
    assert gallery.skips().is_empty()
    gallery.store_skips([Skip("b'.jpg", "old"), Skip("a.jpg", "x"), Skip("b'.jpg", "new")], stage="collect")
    gallery.store_skips([Skip("b'.jpg", "at embedding")], stage="embed")
    gallery.store_skips([Skip("a.jpg", "newer")], stage="collect")
    gallery.store_skips([], stage="collect")
    assert gallery.skips().rows() == [
        ("a.jpg", "collect", "newer"),
        ("b'.jpg", "collect", "new"),
        ("b'.jpg", "embed", "at embedding"),
    ]
    gallery.forget_skips(["b'.jpg", "never listed"])
    assert gallery.skips().rows() == [("a.jpg", "collect", "newer")]
    gallery.forget_skips([])
    assert len(gallery.skips()) == 1


def test_vectors_come_back_sorted_by_id_and_exact(gallery: Gallery) -> None:
    vectors = np.random.default_rng(0).normal(size=(3, 5)).astype(np.float32)
    gallery.store_vectors("f" * 64, IDS[:2], vectors[:2])
    assert gallery.embedded_ids("f" * 64) == set(IDS[:2])
    gallery.store_vectors("f" * 64, IDS[2:], vectors[2:])
    gallery.compact()
    held = Gallery(gallery.address).embeddings("f" * 64)
    assert isinstance(held, Embeddings)
    assert held.ids == tuple(sorted(IDS))
    np.testing.assert_array_equal(held.select(IDS), vectors)
    assert held.vectors.dtype == np.float32


def test_two_encoders_live_side_by_side(gallery: Gallery) -> None:
    first, second = Thumbnails("1").card, Thumbnails("2", n_dimensions=3).card
    assert first.name == second.name
    for card in (first, second, first):
        gallery.register_encoder(card)
        gallery.store_vectors(card.fingerprint, IDS, np.ones((3, card.dimension), dtype=np.float32))
    assert sorted(card.fingerprint for card in gallery.encoders()) == sorted(
        [first.fingerprint, second.fingerprint]
    )
    assert gallery.encoder(first.fingerprint[:8]) == first
    assert gallery.embeddings(second.fingerprint).vectors.shape == (3, 3)
    for wanted in (None, "thumbnails", "absent", ""):
        with pytest.raises(GalleryError, match="exactly one encoder that fits"):
            gallery.encoder(wanted)


def test_the_only_encoder_needs_no_name(gallery: Gallery) -> None:
    with pytest.raises(GalleryError, match="found no vectors; run 'morelli embed'"):
        gallery.encoder()
    card = Thumbnails().card
    gallery.register_encoder(card)
    assert gallery.encoders() == []  # without a vector it does not count
    gallery.store_vectors(card.fingerprint, IDS, np.ones((3, 8), dtype=np.float32))
    assert gallery.encoder() == gallery.encoder("thumbnails") == card


def test_vectors_of_another_length_are_refused_and_nothing_is_lost(gallery: Gallery) -> None:
    gallery.store_vectors("f" * 64, IDS, np.ones((3, 5), dtype=np.float32))
    with pytest.raises(GalleryError, match="table vectors_ffffffffffffffff"):
        gallery.store_vectors("f" * 64, IDS, np.zeros((3, 4), dtype=np.float32))
    assert (gallery.embeddings("f" * 64).vectors == 1).all()


def test_without_vectors_there_are_none(gallery: Gallery) -> None:
    assert gallery.embedded_ids("f" * 64) == set()
    for ask in (gallery.embeddings, gallery.vectors_table):
        with pytest.raises(GalleryError, match="vectors of encoder ffffffffffff, found none"):
            ask("f" * 64)


@pytest.mark.parametrize("make", [Path.mkdir, Path.touch, lambda _: None])
def test_what_is_no_gallery_is_refused(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / "place")
    with pytest.raises(GalleryError, match="a gallery, found no works table there; make one with"):
        Gallery(tmp_path / "place")


def test_a_new_gallery_may_not_be_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(GalleryError, match="a folder or address that can be opened"):
        Gallery(tmp_path / "file", is_new=True)
    with pytest.raises(GalleryError, match="a folder or address"):
        Gallery("no-such-scheme://bucket/gallery")


def test_a_new_gallery_has_no_works_to_read(tmp_path: Path) -> None:
    gallery = Gallery(tmp_path / "gallery", is_new=True)
    assert gallery.count_works() == 0
    assert gallery.encoders() == []
    assert gallery.name == "gallery"
    with pytest.raises(GalleryError, match="a works table, found none"):
        gallery.works()


def ask_everything(folder: Path) -> None:
    gallery = Gallery(folder)
    card = gallery.encoder()
    gallery.works()
    gallery.skips()
    gallery.embeddings(card.fingerprint)
    search_gallery(gallery, card.fingerprint, np.ones(card.dimension, dtype=np.float32), k=2)
    summarise_gallery(gallery)


@pytest.mark.parametrize("inside", ["_versions", "data"])
@pytest.mark.parametrize("table", ["works", "encoders", "vectors"])
def test_a_damaged_gallery_says_which_table_it_is(gallery_copy: Path, table: str, inside: str) -> None:
    ask_everything(gallery_copy)
    (folder,) = gallery_copy.glob(f"{table}*.lance")
    for path in (folder / inside).iterdir():
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(GalleryError, match=table):
        ask_everything(gallery_copy)


@pytest.mark.parametrize("table", ["works", "encoders", "vectors"])
def test_a_table_that_is_gone_is_missed(gallery_copy: Path, table: str) -> None:
    for folder in gallery_copy.glob(f"{table}*.lance"):
        shutil.rmtree(folder)
    with pytest.raises(MorelliError):
        ask_everything(gallery_copy)


def test_compacting_keeps_all_rows_in_fewer_files(tmp_path: Path) -> None:
    gallery = Gallery(tmp_path / "gallery", is_new=True)
    for number in range(8):
        gallery.store_works(works_frame([make_work(number)]))
    before = gallery.works()
    assert gallery._open("works").stats()["fragment_stats"]["num_fragments"] == 8
    gallery.compact()
    assert gallery.works().equals(before)
    assert gallery._open("works").stats()["fragment_stats"]["num_fragments"] == 1


def test_the_summary_counts(gallery: Gallery) -> None:
    gallery.store_skips([Skip("a.jpg", "x")], stage="collect")
    gallery.register_encoder(Thumbnails().card)
    gallery.store_vectors(Thumbnails().card.fingerprint, IDS[:2], np.ones((2, 8), dtype=np.float32))
    summary = summarise_gallery(gallery).to_dict()
    assert (summary["works"], summary["without_artist"], summary["skips"]) == (3, 1, 1)
    assert summary["artists"] == {"Claude Monet": 1, "O'Keeffe": 1}
    assert [(one["name"], one["works"], one["dimension"]) for one in summary["encoders"]] == [
        ("thumbnails", 2, 8)
    ]


def test_a_hundred_tables_are_all_compacted(gallery: Gallery) -> None:
    for number in range(105):
        gallery.store_vectors(f"{number:016x}", IDS, np.ones((3, 2), dtype=np.float32))
    assert len(set(gallery._names())) == 106


def test_null_is_not_text(gallery: Gallery) -> None:
    gallery.store_works(works_frame([make_work(9, artist="null", title="")]))
    (row,) = gallery.works("artist = 'null'").to_dicts()
    assert row["artist"] == "null"
    assert pl.Series(gallery.works()["artist"]).null_count() == 1


def test_works_are_found_by_place_as_by_condition(tmp_path: Path) -> None:
    gallery = Gallery(tmp_path / "gallery", is_new=True)
    gallery.store_works(
        works_frame([make_work(number, artist=f"Artist {number}") for number in range(1, 60)])
    )
    ids = [make_work(number).id for number in (7, 3, 44)]
    for _ in range(3):
        found = gallery.find_works([*ids, "absent"])
        assert found.equals(gallery.works(f"id IN ({quote_values(ids)})"))
        gallery.remove_works([make_work(1).id, make_work(50).id])  # places move
        gallery.store_works(works_frame([make_work(3, artist="Renamed"), make_work(1, artist="New")]))
    assert gallery.find_works([make_work(3).id])["artist"].to_list() == ["Renamed"]
    assert gallery.find_works(["absent"]).is_empty()
    assert gallery.find_works([]).is_empty()
