"""Which works are meant: names as texts, and folders as the pictures in them."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from morelli.errors import PictureError
from morelli.judge.works import list_names, open_folders


@pytest.fixture
def folder(tmp_path) -> Path:
    for name in ("b.png", "a.png", "deep/c.jpg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        Image.new("RGB", (8, 8)).save(tmp_path / name)
    (tmp_path / "list.txt").write_text("no picture")
    return tmp_path


@pytest.mark.parametrize("works", ["a.jpg", Path("a.jpg"), ["a.jpg"], (Path("a.jpg"),)])
def test_one_work_is_a_list_of_one(works):
    assert list_names(works) == ["a.jpg"]


def test_a_folder_stands_for_its_pictures_in_order(folder):
    names, skips = open_folders(["0123456789abcdef", str(folder), "z.jpg"])
    own = [str(folder / name) for name in ("a.png", "b.png", "deep/c.jpg")]
    assert names == ["0123456789abcdef", *own, "z.jpg"]
    assert [skip.path for skip in skips] == [str(folder / "list.txt")]


@pytest.mark.parametrize("names", [[], ["."]])
def test_nothing_to_read_is_refused(names, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(PictureError, match="expected pictures"):
        open_folders(names)
