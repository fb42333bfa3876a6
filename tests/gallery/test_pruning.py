"""What leaves a gallery: works whose files are gone, and encoders."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from morelli.collection.sources import recognise
from morelli.collection.work import works_frame
from morelli.gallery import CollectOptions, Gallery, collect_source, embed_gallery
from morelli.gallery.store import list_losses, summarise_gallery
from morelli.settings import Settings

from .sources import Thumbnails, write_source

SETTINGS = Settings(workers=0, commit_size=4)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_source(tmp_path / "source", 2, 3)


@pytest.fixture
def gallery(source: Path, tmp_path: Path) -> Gallery:
    gallery = Gallery(tmp_path / "gallery", is_new=True)
    collect_source(gallery, recognise(source), SETTINGS)
    embed_gallery(gallery, Thumbnails(), SETTINGS)
    return gallery


def count_vectors(gallery: Gallery) -> int:
    return len(gallery.embedded_ids(Thumbnails().card.fingerprint))


def test_vanished_files_are_listed_and_their_works_kept(
    gallery: Gallery, source: Path, tmp_path: Path
) -> None:
    gone = source / "Artist_0" / "1.png"
    gone.rename(tmp_path / "aside.png")
    assert summarise_gallery(gallery).vanished == 1
    assert list_losses(gallery).select("path", "stage").rows() == [(str(gone), "now")]
    summary = collect_source(gallery, recognise(source), SETTINGS)
    assert (summary.vanished, summary.pruned, summary.works) == ((str(gone),), False, 6)
    assert gallery.skips().select("path", "stage").rows() == [(str(gone), "collect")]
    assert list_losses(gallery).equals(gallery.skips())
    (tmp_path / "aside.png").rename(gone)
    assert collect_source(gallery, recognise(source), SETTINGS).vanished == ()
    assert list_losses(gallery).is_empty()
    assert count_vectors(gallery) == 6


def test_pruning_takes_out_the_works_of_this_source_whose_files_are_gone(
    gallery: Gallery, source: Path, tmp_path: Path
) -> None:
    other = write_source(tmp_path / "other", 1, 1)
    for path in other.rglob("*.png"):
        shutil.copyfile(source / "Artist_1" / "2.png", path)
        path.write_bytes(path.read_bytes() + b"other")
    collect_source(gallery, recognise(other), SETTINGS)
    embed_gallery(gallery, Thumbnails(), SETTINGS)
    shutil.rmtree(other)
    collect_source(gallery, recognise(source), SETTINGS)
    gone = [source / "Artist_0" / "1.png", source / "Artist_1" / "0.png"]
    for path in gone:
        path.unlink()
    (source / "Artist_0" / "0.png").rename(source / "Artist_0" / "moved.png")
    summary = collect_source(gallery, recognise(source), SETTINGS, options=CollectOptions(prune=True))
    assert (sorted(summary.vanished), summary.pruned) == (sorted(map(str, gone)), True)
    left = gallery.works()["path"].to_list()
    assert str(source / "Artist_0" / "moved.png") in left
    assert len(left) == count_vectors(gallery) == 5
    assert sum(path.startswith(str(other)) for path in left) == 1
    assert gallery.skips().is_empty()


def test_an_encoder_is_removed_with_its_vectors(gallery: Gallery) -> None:
    (card,) = gallery.encoders()
    assert gallery.remove_encoder(card.fingerprint) == 6
    assert gallery.encoders() == []
    assert count_vectors(gallery) == 0
    assert gallery.count_works() == 6
    assert embed_gallery(gallery, Thumbnails(), SETTINGS).embedded == 6
    assert gallery.encoders() == [card]


def test_an_encoder_without_vectors_does_not_count(gallery: Gallery) -> None:
    (card,) = gallery.encoders()
    gallery.remove_works(gallery.works()["id"].to_list())
    assert gallery.encoders() == []
    gallery.store_works(works_frame([]))
    gallery.store_vectors(card.fingerprint, ["a" * 16], np.ones((1, card.dimension), np.float32))
    assert gallery.encoders() == [card]
