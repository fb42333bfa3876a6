"""``audit`` on a few drawn pictures: five files, one screen or JSON, and messages instead of tracebacks."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from PIL import ImageFilter

from collection.audit.pictures import cut, draw_picture, save_again
from gallery.sources import write_table
from morelli.collection.sources import recognise
from morelli.gallery import Gallery, collect_source
from morelli.settings import Settings

FILES = {"audit.html", "audit.json", "links.csv", "groups.csv", "groups.jpg", "works.csv", "classes.csv"}
PICTURES = {
    "one": draw_picture(0),
    "again": save_again(draw_picture(0)),
    "two": draw_picture(1),
    "detail": cut(draw_picture(1), 0.1, 0.1, 0.8, 0.8),
    "soft": draw_picture(2).filter(ImageFilter.GaussianBlur(6)),
    "three": draw_picture(3),
}
ARTISTS = ("A", "A", "A", "B", "B", "B")


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return a source and a gallery of it; not to be changed."""
    folder = tmp_path_factory.mktemp("audit")
    rows = [{"path": f"{name}.png", "artist": artist} for name, artist in zip(PICTURES, ARTISTS, strict=True)]
    source = write_table(folder / "source", rows)
    for name, image in PICTURES.items():
        image.save(source / f"{name}.png")
    collect_source(Gallery(folder / "gallery", is_new=True), recognise(source), Settings(workers=1))
    return source, folder / "gallery"


@pytest.fixture
def small_gallery(collected: tuple[Path, Path], tmp_path: Path) -> Path:
    return Path(shutil.copytree(collected[1], tmp_path / "gallery"))


def test_files_are_written_and_one_screen_printed(morelli, small_gallery, tmp_path):
    done = morelli("audit", small_gallery, "-o", tmp_path / "out")
    assert done.code == 0
    assert {path.name for path in (tmp_path / "out").iterdir()} == FILES
    screen = " ".join(done.out.split())
    assert "6 works, 4 of them in 2 groups that show the same painting, 1 pairs under two artists" in screen
    for word in ("copy", "detail", "blurred"):
        assert word in screen
    assert "mirror" not in screen
    assert f"audit: {tmp_path / 'out' / 'audit.html'}" in done.err.replace("\n", "")


def test_json_is_all_of_stdout_and_the_same_as_in_the_file(morelli, small_gallery, tmp_path):
    done = morelli("audit", small_gallery, "-o", tmp_path / "out", "--json", "--split", "seen")
    assert done.code == 0
    assert done.json == json.loads((tmp_path / "out" / "audit.json").read_text(encoding="utf-8"))
    assert (done.json["links"]["copy"], done.json["links"]["detail"]) == (1, 1)
    assert done.json["split"] == "seen-0"
    assert not [leak for leak in done.json["leaks"] if leak["is_fault"]]


def test_leaks_of_a_split_in_a_file_are_printed_as_faults(morelli, small_gallery, tmp_path):
    works = Gallery(small_gallery).works()
    names = [Path(path).stem for path in works["path"]]
    rows = [
        f"{work_id},{artist},{'test' if name in {'again', 'detail'} else 'train'}"
        for work_id, artist, name in zip(works["id"], works["artist"], names, strict=True)
    ]
    (tmp_path / "mine.csv").write_text("\n".join(["id,artist,part", *rows]), encoding="utf-8")
    done = morelli("audit", small_gallery, "-o", tmp_path / "out", "--split", tmp_path / "mine.csv")
    screen = " ".join(done.out.split())
    assert "2 pairs of works that show the same painting in different parts (fault)" in screen


def test_works_are_dropped_left_out_and_restored(morelli, collected, small_gallery, tmp_path):
    source, out = collected[0], tmp_path / "out"
    assert morelli("audit", small_gallery, "-o", out, "--drop", "blurred", "--json").json["works"] == 5
    again = morelli("collect", source, "--gallery", small_gallery)
    assert "1 left out as dropped" in " ".join((again.out + again.err).split())
    assert morelli("audit", small_gallery, "--restore", "--json").json == {"restored": 1}
    assert morelli("audit", small_gallery, "--restore").out == "0 files will be collected again\n"
    assert morelli("collect", source, "--gallery", small_gallery, "--json").json["added"] == 1


def test_an_unknown_flag_is_wrong_usage(refuses, small_gallery):
    assert "colour-bar" in refuses("audit", small_gallery, "--drop", "ugly", code=2).err


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("absent",), 1, "absent"),
        (("absent", "--restore"), 1, "absent"),
        ((), 2, "GALLERY"),
    ],
)
def test_without_a_gallery_there_is_no_audit(refuses, arguments, code, message):
    assert message in refuses("audit", *arguments, code=code).err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(("--split", "absent.csv"), "absent.csv"), (("--encoder", "none"), "exactly one encoder")],
)
def test_what_is_not_there_is_refused(refuses, small_gallery, tmp_path, arguments, message):
    assert message in refuses("audit", small_gallery, "-o", tmp_path / "out", *arguments).err
    assert not (tmp_path / "out").exists()


def test_an_output_that_is_a_file_is_refused(refuses, small_gallery, tmp_path):
    (tmp_path / "out").write_text("not a folder", encoding="utf-8")
    assert "out" in refuses("audit", small_gallery, "-o", tmp_path / "out").err
