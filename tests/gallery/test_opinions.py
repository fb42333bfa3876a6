"""Opinions are kept with name and day, several for a work, and never overwritten."""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl
import pytest

from morelli.gallery import Gallery
from morelli.gallery.opinions import Opinion, apply_opinions, read_opinions, settle_opinions


@pytest.fixture
def store(gallery_folder: Path, tmp_path: Path) -> Gallery:
    return Gallery(Path(shutil.copytree(gallery_folder, tmp_path / "copy")))


def write(path: Path, *rows: tuple[str, str, str, str]) -> Path:
    pl.DataFrame(rows, schema=["id", "verdict", "instead", "day"], orient="row").write_csv(path)
    return path


def test_opinions_are_added_and_none_is_lost(store: Gallery, tmp_path: Path) -> None:
    first, second = store.works()["id"][:2]
    told = write(tmp_path / "a.csv", (first, "Wrong", "Klee, Paul", "2026-05-17"), (second, "", "", ""))
    assert apply_opinions(store, told, author="A. B.") == (1, 0, ())
    assert apply_opinions(store, told, author="A. B.") == (0, 1, ())
    assert apply_opinions(store, told, author="C. D.") == (1, 0, ())
    later = write(tmp_path / "b.csv", (first, "right", "", "2026-06-01"), (second, "don’t know", "", ""))
    assert apply_opinions(store, later, author="A. B.") == (2, 0, ())
    found = [opinion for opinion in read_opinions(store) if opinion.work == first]
    label = store.works(f"id = '{first}'")["artist"][0]
    assert found == [
        Opinion(first, label, "wrong", "Paul Klee", "", "A. B.", "2026-05-17"),
        Opinion(first, label, "wrong", "Paul Klee", "", "C. D.", "2026-05-17"),
        Opinion(first, label, "right", "", "", "A. B.", "2026-06-01"),
    ]
    assert [opinion.verdict for opinion in read_opinions(store) if opinion.work == second] == ["don't know"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (("ID", "maybe", "", ""), "expected one of right, wrong, don't know, found 'maybe'"),
        (("absent", "right", "", ""), "expected the id of a work in this gallery, found 'absent'"),
        (("ID", "wrong", "unknown", ""), "expected the name of an artist, found nobody"),
        (("ID", "wrong", "", "17 May"), "expected a day such as 2026-05-17, found '17 May'"),
    ],
)
def test_rows_that_cannot_be_taken_are_listed(
    store: Gallery, tmp_path: Path, row: tuple[str, str, str, str], reason: str
) -> None:
    work_id = store.works()["id"][0]
    told = write(tmp_path / "a.csv", (row[0].replace("ID", work_id), *row[1:]), (work_id, "right", "", ""))
    n_new, _, (skip,) = apply_opinions(store, told, author="")
    assert n_new == 1
    assert (skip.path, skip.reason) == (f"{tmp_path / 'a.csv'}:row 2", reason)


def test_the_last_opinion_on_the_present_label_counts() -> None:
    said = [
        Opinion("1", "Klee", "right", day="2026-02-01"), Opinion("1", "Klee", "wrong", day="2026-01-01"),
        Opinion("2", "Klee", "wrong", day="2026-01-01"),
    ]  # fmt: skip
    assert settle_opinions(said, {"1": "Klee", "2": "Macke"}) == {"1": "right"}
