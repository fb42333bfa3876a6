from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import imagehash
import pytest
from PIL import Image

from morelli.collection import reading
from morelli.collection.reading import collect_works, read_work
from morelli.collection.sources.layouts import recognise
from morelli.collection.work import CollectedWork, Skip, Work
from morelli.errors import PictureError, UsageError

from .odd_files import CAP_PIXELS, draw_picture, encode_picture, write_odd_files


@dataclass(frozen=True)
class Listed:
    """A source that yields what it was given."""

    entries: tuple[Work | Skip, ...]

    def read(self) -> Iterator[Work | Skip]:
        yield from self.entries


def list_files(*paths: Path) -> Listed:
    return Listed(tuple(Work(path) for path in paths))


@pytest.fixture
def pictures(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / f"{n:03}.jpg" for n in range(40)]
    for n, path in enumerate(paths):
        path.write_bytes(encode_picture(draw_picture(seed=n), "JPEG"))
    return paths


def test_a_work_knows_its_file(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(encode_picture(draw_picture(300, 200), "PNG"))
    (collected,) = collect_works(Listed((Work(path, artist="Gris", style="Cubism"),)))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert collected == CollectedWork(
        work=Work(path, artist="Gris", style="Cubism"),
        id=digest[:16],
        content_hash=digest,
        phash=str(imagehash.phash(Image.open(path))),
        dhash=str(imagehash.dhash(Image.open(path))),
        width=300,
        height=200,
        format="PNG",
        size_bytes=path.stat().st_size,
        mtime_ns=path.stat().st_mtime_ns,
    )


def test_hashes_are_16_hexadecimal_digits_also_of_a_blank_picture(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(encode_picture(Image.new("RGB", (50, 50), (9, 9, 9)), "PNG"))
    work = read_work(Work(tmp_path / "a.png"))
    for text in (work.phash, work.dhash):
        assert len(text) == 16
        int(text, 16)


def test_a_large_jpeg_and_its_small_copy_have_close_hashes(tmp_path: Path) -> None:
    large = draw_picture(24, 16).resize((2400, 1600), Image.Resampling.BICUBIC)
    (tmp_path / "large.jpg").write_bytes(encode_picture(large, "JPEG"))
    (tmp_path / "small.png").write_bytes(encode_picture(large.resize((240, 160)), "PNG"))
    first, second = collect_works(list_files(tmp_path / "large.jpg", tmp_path / "small.png"))
    assert isinstance(first, CollectedWork)
    assert isinstance(second, CollectedWork)
    assert (first.width, first.height) == (2400, 1600)
    for hash_name in ("phash", "dhash"):
        texts = (getattr(first, hash_name), getattr(second, hash_name))
        assert imagehash.hex_to_hash(texts[0]) - imagehash.hex_to_hash(texts[1]) <= 4


@pytest.mark.parametrize("options", [{}, {"progressive": True}])
@pytest.mark.parametrize("n_missing", [1, 2, 100])
def test_a_large_jpeg_that_is_cut_off_is_skipped_though_read_at_reduced_scale(
    tmp_path: Path, options: dict[str, bool], n_missing: int
) -> None:
    data = encode_picture(draw_picture(2400, 1600), "JPEG", **options)
    (tmp_path / "cut.jpg").write_bytes(data[:-n_missing])
    (skip,) = collect_works(list_files(tmp_path / "cut.jpg"))
    assert isinstance(skip, Skip)
    assert "truncated" in skip.reason


def test_odd_files_are_collected_or_skipped_as_they_deserve(tmp_path: Path) -> None:
    expected = write_odd_files(tmp_path)
    found = collect_works(list_files(*(tmp_path / name for name in expected)), max_pixels=CAP_PIXELS)
    assert {
        name: isinstance(entry, CollectedWork) for name, entry in zip(expected, found, strict=True)
    } == expected


def test_a_skip_says_what_was_expected_and_found(tmp_path: Path) -> None:
    (tmp_path / "empty.jpg").write_bytes(b"")
    (skip,) = collect_works(list_files(tmp_path / "empty.jpg"))
    assert skip == Skip(str(tmp_path / "empty.jpg"), "expected a picture, found 0 bytes")


def test_skips_of_the_source_pass_through_in_their_place(pictures: list[Path]) -> None:
    skip = Skip("table.csv:row 3", "expected a file, found none")
    found = list(collect_works(Listed((Work(pictures[0]), skip, Work(pictures[1])))))
    assert found[1] == skip
    assert len(found) == 3


@pytest.mark.parametrize("workers", [1, 2, 8, None])
def test_the_order_is_that_of_the_source(pictures: list[Path], workers: int | None) -> None:
    found = list(collect_works(list_files(*pictures), workers=workers))
    assert [entry.work.path for entry in found if isinstance(entry, CollectedWork)] == pictures


@pytest.mark.skipif(os.name != "posix", reason="names of files are text elsewhere")
def test_a_name_that_is_not_utf_8_is_skipped_and_can_be_printed(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/D\xfcrer.jpg"))
    path.write_bytes(encode_picture(draw_picture(), "JPEG"))
    with pytest.raises(PictureError):
        read_work(Work(path))
    (skip,) = collect_works(list_files(path))
    assert skip == Skip(
        f"{tmp_path}/D\\xfcrer.jpg", "expected a file name in UTF-8, found bytes that are not"
    )


@pytest.mark.parametrize("options", [{"workers": 0}, {"max_pixels": 0}])
def test_options_below_one_are_refused_at_once(pictures: list[Path], options: dict[str, int]) -> None:
    with pytest.raises(UsageError):
        collect_works(list_files(*pictures), **options)


def test_stopping_early_leaves_no_threads_and_reads_little_more(
    pictures: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Path] = []
    open_file = reading.open_file
    monkeypatch.setattr(reading, "open_file", lambda path: read.append(path) or open_file(path))
    works = collect_works(list_files(*pictures), workers=1)
    next(works)
    works.close()
    time.sleep(0.05)
    assert len(read) <= 12
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("morelli-read")]


@pytest.mark.paintings
@pytest.mark.slow
def test_the_pictures_of_the_real_set_are_whole(paintings: Path) -> None:
    """All are listed, one in six is read; ``benchmarks/duplicates.py --n 0`` reads all of them."""
    listed = list(recognise(paintings / "wikiart").read())
    assert len(listed) == 7608
    found = list(collect_works(Listed(tuple(listed[::6])), workers=1))
    assert [entry for entry in found if isinstance(entry, Skip)] == []
    assert len(found) == 1268
