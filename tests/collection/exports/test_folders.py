"""Folders of pictures: the bytes of each work where they belong, by copy or link, in one run or several."""

from __future__ import annotations

import json
import os
from pathlib import Path

import polars as pl
import pytest

from morelli.collection.exports import export_split
from morelli.collection.splits import Split
from morelli.errors import SplitError, UsageError


def list_pictures(folder: Path) -> dict[tuple[str, str], set[str]]:
    """Return the ids that stand in each part and class."""
    found: dict[tuple[str, str], set[str]] = {}
    for path in folder.glob("*/*/*"):
        assert path.suffix in {".jpg", ".png"}
        found.setdefault((path.parent.parent.name, path.parent.name), set()).add(path.stem)
    return found


@pytest.mark.parametrize("link", ["copy", "hard", "soft"])
def test_each_picture_stands_in_its_part_and_class(collection, tmp_path: Path, link: str) -> None:
    out = tmp_path / "out"
    done = []
    summary = export_split(
        collection.split, collection.works, out, link=link, progress=lambda *call: done.append(call)
    )
    assert done == [("export", n, 12) for n in range(1, 13)]
    assert (summary.parts, summary.written, summary.already, summary.skips) == (
        {"train": 6, "val": 3, "test": 3}, 12, 0, (),
    )  # fmt: skip
    folders = {row["class"]: row["folder"] for row in pl.read_csv(out / "classes.csv").to_dicts()}
    expected: dict[tuple[str, str], set[str]] = {}
    for row in collection.split.table.to_dicts():
        expected.setdefault((row["part"], folders[row["artist"]]), set()).add(row["id"])
    assert list_pictures(out) == expected
    for path in out.glob("*/*/*"):
        assert path.read_bytes() == collection.bytes_of(path.stem)
        assert path.is_symlink() == (link == "soft")
        assert (path.stat().st_nlink > 1) == (link == "hard")
    assert (out / "split.csv").read_text(encoding="utf-8") == collection.split.table.write_csv()


@pytest.mark.parametrize("link", ["copy", "hard", "soft"])
def test_a_second_run_writes_only_what_is_missing(collection, tmp_path: Path, link: str) -> None:
    out = tmp_path / "out"

    def stop(step: str, n_done: int, n_all: int) -> None:
        if n_done == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export_split(collection.split, collection.works, out, link=link, progress=stop)
    assert json.loads((out / "export.json").read_text(encoding="utf-8"))["complete"] is False
    times = {path: path.lstat().st_mtime_ns for path in out.glob("*/*/*")}
    assert len(times) == 5
    summary = export_split(collection.split, collection.works, out, link=link)
    assert (summary.written, summary.already) == (7, 5)
    assert {path: path.lstat().st_mtime_ns for path in times} == times
    again = export_split(collection.split, collection.works, out, link=link)
    assert (again.written, again.already, again.parts) == (0, 12, summary.parts)
    assert json.loads((out / "export.json").read_text(encoding="utf-8"))["complete"] is True


def test_what_a_killed_run_left_half_done_is_done_again(collection, tmp_path: Path) -> None:
    out = tmp_path / "out"
    export_split(collection.split, collection.works, out)
    [first, second, *_] = sorted(out.glob("*/*/*"))
    first.write_bytes(first.read_bytes()[:100])
    first.with_name(f"{first.name}.part").write_bytes(b"half")
    second.unlink()
    assert export_split(collection.split, collection.works, out).written == 2
    assert first.read_bytes() == collection.bytes_of(first.stem)
    assert not [path for path in out.rglob("*") if path.name.endswith(".part")]


def test_classes_whose_names_no_folder_can_have_are_told(collection, tmp_path: Path) -> None:
    summary = export_split(collection.split, collection.works, tmp_path / "out")
    assert summary.renamed == {
        "Dürer / Werkstatt": "Dürer _ Werkstatt",
        "dürer _ werkstatt": "dürer _ werkstatt (2)",
    }
    assert summary.to_dict()["renamed"] == summary.renamed


@pytest.mark.parametrize("link", ["copy", "hard", "soft"])
def test_pictures_that_cannot_be_read_are_listed(collection, tmp_path: Path, link: str) -> None:
    gone, changed, cut, *_ = (collection.path(work_id) for work_id in collection.ids("train"))
    gone.unlink()
    changed.write_bytes(collection.path(collection.ids("test")[0]).read_bytes())
    cut.write_bytes(b"")
    summary = export_split(collection.split, collection.works, tmp_path / "out", link=link)
    assert {skip.path: skip.reason for skip in summary.skips} == {
        str(gone): "expected a readable file, found no such file or directory",
        str(changed): "expected the picture that was collected, found a file with other bytes",
        str(cut): "expected a picture, found 0 bytes",
    }
    assert summary.parts["train"] == 3
    assert len(list((tmp_path / "out").glob("*/*/*"))) == 9
    card = json.loads((tmp_path / "out" / "export.json").read_text(encoding="utf-8"))
    assert len(card["skips"]) == 3


def test_a_file_that_was_touched_is_still_the_same(collection, tmp_path: Path) -> None:
    os.utime(collection.path(collection.ids("val")[0]))
    assert export_split(collection.split, collection.works, tmp_path / "out", link="soft").skips == ()


@pytest.mark.parametrize("change", ["split", "by", "link", "layout"])
def test_the_folder_of_another_export_is_refused(collection, tmp_path: Path, change: str) -> None:
    out = tmp_path / "out"
    export_split(collection.split, collection.works, out)
    before = list_pictures(out)
    moved = Split("seen", 1, collection.split.table.with_columns(pl.col("part").reverse()))
    options = {"by": {"by": "style"}, "link": {"link": "soft"}, "layout": {"layout": "hf"}}.get(change, {})
    with pytest.raises(SplitError, match="an empty folder, or the same export begun earlier"):
        export_split(moved if change == "split" else collection.split, collection.works, out, **options)
    assert list_pictures(out) == before


def test_a_folder_with_other_things_is_refused(collection, tmp_path: Path) -> None:
    with pytest.raises(SplitError, match=r"other files and no export\.json"):
        export_split(collection.split, collection.works, tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(SplitError, match="a folder that can be written"):
        export_split(collection.split, collection.works, tmp_path / "file")


def test_a_link_that_cannot_be_made_is_an_error(collection, tmp_path: Path, monkeypatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refuse)
    with pytest.raises(SplitError, match="found invalid cross-device link; choose another"):
        export_split(collection.split, collection.works, tmp_path / "out", link="hard")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"layout": "zip"}, "folders, hf, webdataset, found 'zip'"),
        ({"link": "none"}, "copy, hard, soft, found 'none'"),
        ({"layout": "hf", "link": "soft"}, "the layout folders, found hf"),
        ({"layout": "webdataset", "shard_mb": 0}, "at least 1, found 0"),
        ({"by": "colour"}, "artist, style or genre"),
    ],
)
def test_options_that_make_no_sense_are_refused(collection, tmp_path: Path, options, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        export_split(collection.split, collection.works, tmp_path / "out", **options)
    assert not (tmp_path / "out").exists()
