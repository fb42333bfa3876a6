"""Collecting a source again after something has changed, and what the skip report says of it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from gallery.sources import Thumbnails, write_picture, write_source, write_table
from morelli.collection.sources import recognise
from morelli.errors import GalleryError
from morelli.gallery import CollectOptions, CollectSummary, Gallery, collect_source, embed_gallery
from morelli.settings import Settings

SETTINGS = Settings(workers=1, commit_size=3)


@pytest.fixture
def gallery(tmp_path: Path) -> Gallery:
    return Gallery(tmp_path / "gallery", is_new=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for seed in range(3):
        write_picture(tmp_path / "source" / f"{seed}.png", seed)
    return tmp_path / "source"


def collect(gallery: Gallery, source: Path) -> CollectSummary:
    return collect_source(gallery, recognise(source), SETTINGS)


def counts(summary: CollectSummary) -> tuple[int, int, int, int, int]:
    return (summary.added, summary.updated, summary.repeated, summary.unchanged, len(summary.skips))


def rows(*artists: str | None, **columns: list[object]) -> list[dict[str, object]]:
    return [
        {
            "path": f"{place}.png",
            "artist": artist,
            **{name: column[place] for name, column in columns.items()},
        }
        for place, artist in enumerate(artists)
    ]


def test_collecting_twice_adds_nothing(gallery: Gallery, folder: Path) -> None:
    write_table(folder, rows("A", "A", "B", year=["1900", "", "c. 1910"]))
    assert counts(collect(gallery, folder)) == (3, 0, 0, 0, 0)
    before = gallery.works()
    assert counts(collect(gallery, folder)) == (0, 0, 0, 3, 0)
    assert gallery.works().equals(before)


@pytest.mark.parametrize(
    ("pattern", "kept"),
    [("0.png", 5), ("*.PNG", 0), ("small", 3), ("small/1*", 3), ("small/11*", 5), ("none", 6), ("works", 6)],
)
def test_what_is_excluded_is_not_read(gallery: Gallery, tmp_path: Path, pattern: str, kept: int) -> None:
    works = tmp_path / "works"
    for seed in range(3):
        write_picture(works / "large" / f"{seed}.png", seed)
        write_picture(works / "small" / f"1{seed}.png", 10 + seed)
    options = CollectOptions(exclude=(pattern,))
    summary = collect_source(gallery, recognise(works), SETTINGS, options=options)
    assert (summary.works, len(summary.skips)) == (kept, 0)


def test_a_changed_label_is_taken_over(gallery: Gallery, folder: Path) -> None:
    write_table(folder, rows("A", "A", "B"))
    collect(gallery, folder)
    write_table(folder, rows("A", "C", "B"))
    assert counts(collect(gallery, folder)) == (0, 1, 0, 3, 0)
    assert sorted(gallery.works()["artist"]) == ["A", "B", "C"]
    write_table(folder, rows("A", None, "B"))
    collect(gallery, folder)
    assert gallery.works()["artist"].null_count() == 1


def test_a_file_that_now_holds_another_picture_replaces_its_work(gallery: Gallery, folder: Path) -> None:
    write_table(folder, rows("A", "A", "B"))
    collect(gallery, folder)
    embed_gallery(gallery, Thumbnails(), SETTINGS)
    before = set(gallery.works()["id"])
    write_picture(folder / "1.png", 7)
    summary = collect(gallery, folder)
    assert (summary.added, summary.replaced, summary.unchanged) == (1, 1, 2)
    after = set(gallery.works()["id"])
    assert len(before & after) == 2
    assert len(after) == 3
    assert set(gallery.embeddings(Thumbnails().card.fingerprint).ids) == before & after
    assert collect(gallery, folder).replaced == 0


def test_a_file_overwritten_by_a_copy_of_another_leaves_one_work(gallery: Gallery, folder: Path) -> None:
    write_table(folder, rows("A", "A", "B"))
    collect(gallery, folder)
    shutil.copy(folder / "0.png", folder / "1.png")
    summary = collect(gallery, folder)
    assert (summary.added, summary.repeated, summary.replaced, summary.works) == (0, 1, 1, 2)


def test_a_touched_file_with_a_changed_label_is_no_conflict(gallery: Gallery, folder: Path) -> None:
    write_table(folder, rows("A", "A", "B"))
    collect(gallery, folder)
    write_table(folder, rows("A", "C", "B"))
    os.utime(folder / "1.png", ns=(0, 0))
    assert counts(collect(gallery, folder)) == (0, 1, 0, 3, 0)
    assert sorted(gallery.works()["artist"]) == ["A", "B", "C"]
    assert counts(collect(gallery, folder)) == (0, 0, 0, 3, 0)


def test_the_same_bytes_under_two_paths_are_one_work(gallery: Gallery, folder: Path) -> None:
    shutil.copy(folder / "0.png", folder / "2.png")
    styles = {"style": ["Cubism", None, "Realism"], "title": [None, None, "Late"]}
    write_table(folder, rows("A", "A", "A", **styles))
    assert counts(collect(gallery, folder)) == (2, 0, 1, 0, 0)
    (work,) = gallery.works("style IS NOT NULL").to_dicts()
    assert (work["path"], work["style"], work["title"]) == (str(folder / "0.png"), "Cubism|Realism", "Late")
    before = gallery.works()
    assert counts(collect(gallery, folder)) == (0, 0, 1, 2, 0)
    assert gallery.works().equals(before)


def test_a_conflict_is_listed_until_it_is_settled(gallery: Gallery, folder: Path) -> None:
    shutil.copy(folder / "0.png", folder / "2.png")
    write_table(folder, rows("Monet", "A", "Manet"))
    assert counts(collect(gallery, folder)) == (2, 0, 0, 0, 1)
    (skip,) = gallery.skips().to_dicts()
    assert (skip["path"], skip["stage"]) == (str(folder / "2.png"), "collect")
    assert "'Manet' here and 'Monet' for the same file" in skip["reason"]
    assert gallery.works()["artist"].to_list().count("Monet") == 1
    write_table(folder, rows("Monet", "A", "Claude MONET"))
    collect(gallery, folder)
    assert len(gallery.skips()) == 1  # still two names
    write_table(folder, rows("Monet", "A", "Monet"))
    assert counts(collect(gallery, folder)) == (0, 0, 1, 2, 0)
    assert gallery.skips().is_empty()


def test_a_moved_file_keeps_its_work_and_its_vector(gallery: Gallery, tmp_path: Path) -> None:
    source = write_source(tmp_path / "source", 2, 3)
    collect(gallery, source)
    embed_gallery(gallery, Thumbnails(), SETTINGS)
    ids = gallery.works()["id"]
    (source / "Artist_0" / "0.png").rename(source / "Artist_0" / "new name.png")
    assert counts(collect(gallery, source)) == (0, 1, 1, 5, 0)
    assert gallery.works()["id"].equals(ids)
    assert all(Path(path).exists() for path in gallery.works()["path"])
    assert embed_gallery(gallery, Thumbnails(), SETTINGS).embedded == 0
    assert counts(collect(gallery, source)) == (0, 0, 0, 6, 0)


def test_a_file_moved_to_another_artists_folder_changes_hands(gallery: Gallery, tmp_path: Path) -> None:
    source = write_source(tmp_path / "source", 2, 3)
    collect(gallery, source)
    (source / "Artist_0" / "0.png").rename(source / "Artist_1" / "moved.png")
    assert counts(collect(gallery, source)) == (0, 1, 1, 5, 0)
    assert sorted(gallery.works()["artist"]) == ["Artist 0"] * 2 + ["Artist 1"] * 4


def test_a_file_that_could_be_read_after_all_leaves_the_skip_report(gallery: Gallery, folder: Path) -> None:
    write_table(folder, rows("A", "A", "A"))
    whole = (folder / "1.png").read_bytes()
    (folder / "1.png").write_bytes(whole[:100])
    (folder / "2.png").write_bytes(b"")
    assert counts(collect(gallery, folder)) == (1, 0, 0, 0, 2)
    assert gallery.skips()["path"].to_list() == [str(folder / "1.png"), str(folder / "2.png")]
    (folder / "1.png").write_bytes(whole)
    shutil.copy(folder / "0.png", folder / "2.png")  # read, though it adds no work
    assert counts(collect(gallery, folder)) == (1, 0, 1, 1, 0)
    assert gallery.skips().is_empty()


def test_a_source_without_one_good_picture_leaves_a_gallery_that_says_why(
    gallery: Gallery, folder: Path
) -> None:
    write_table(folder, rows("A", "A", "A"))
    for place in range(3):
        (folder / f"{place}.png").write_bytes(b"rubbish")
    summary = collect(gallery, folder)
    assert (summary.works, len(summary.skips)) == (0, 3)
    assert len(Gallery(gallery.address).skips()) == 3
    with pytest.raises(GalleryError, match="works to embed"):
        embed_gallery(gallery, Thumbnails(), SETTINGS)


def test_progress_ends_at_the_number_of_files(gallery: Gallery, folder: Path) -> None:
    write_table(folder, rows("A", "A", "B"))
    calls: list[tuple[object, ...]] = []
    settings = Settings(workers=1)
    collect_source(gallery, recognise(folder), settings, progress=lambda *call: calls.append(call))
    assert calls[-1] == ("collect", 3, 3)
    calls.clear()
    embed_gallery(gallery, Thumbnails(), settings, progress=lambda *call: calls.append(call))
    assert calls == [("embed", 1, 3), ("embed", 2, 3), ("embed", 3, 3)]


def test_summaries_are_plain_objects(gallery: Gallery, folder: Path) -> None:
    write_table(folder, rows("A", "A", "B"))
    (folder / "2.png").write_bytes(b"")
    collected = collect(gallery, folder).to_dict()
    assert collected["layout"] == "table"
    assert collected["skips"] == (
        {"path": str(folder / "2.png"), "reason": "expected a picture, found 0 bytes"},
    )
    embedded = embed_gallery(gallery, Thumbnails(), SETTINGS).to_dict()
    assert (embedded["encoder"], embedded["dimension"], embedded["embedded"]) == ("thumbnails", 8, 2)
