"""What an export consists of: labels in order of name, and a reason for whatever is left out."""

from __future__ import annotations

import re
import unicodedata

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from morelli.collection.exports.plan import _clean_name, _name_folders, plan_export
from morelli.collection.splits import Split
from morelli.errors import SplitError


def test_rows_are_in_order_of_part_and_id(collection) -> None:
    plan = plan_export(collection.split, collection.works)
    for part in ("train", "val", "test"):
        assert plan.rows.filter(pl.col("part") == part)["id"].to_list() == sorted(collection.ids(part))
    assert plan.rows["part"].to_list() == ["train"] * 6 + ["val"] * 3 + ["test"] * 3
    assert list(plan.folders) == sorted(plan.folders)
    labels = {(row["class"], row["label"]) for row in plan.rows.to_dicts()}
    assert labels == {(name, place) for place, name in enumerate(plan.folders)}


def test_files_are_named_after_the_work_and_what_the_picture_is(collection) -> None:
    rows = plan_export(collection.split, collection.works).rows.to_dicts()
    assert {row["format"]: row["name"].rpartition(".")[2] for row in rows} == {"JPEG": "jpg", "PNG": "png"}
    assert all(row["name"].startswith(row["id"] + ".") for row in rows)


def test_a_work_without_the_class_is_a_skip(collection) -> None:
    plan = plan_export(collection.split, collection.works, by="style")
    assert len(plan.rows) == 6
    assert set(plan.rows["class"]) == {"Baroque"}
    assert len(plan.skips) == 6
    assert {skip.reason for skip in plan.skips} == {"expected a work with a style, found none"}


def test_a_work_that_the_gallery_lacks_is_a_skip(collection) -> None:
    [skip] = plan_export(collection.split, collection.works.head(11)).skips
    assert skip.path == collection.works["id"][-1]
    assert "found none of this id" in skip.reason


def test_a_plan_of_nothing_is_refused(collection) -> None:
    with pytest.raises(SplitError, match="works of the gallery with a genre, found none among 12"):
        plan_export(collection.split, collection.works, by="genre")
    with pytest.raises(SplitError, match="found none named format, title"):
        plan_export(collection.split, collection.works.drop("format", "title"))


def test_the_digest_follows_parts_and_classes(collection) -> None:
    digest = plan_export(collection.split, collection.works).digest
    assert plan_export(collection.split, collection.works.reverse()).digest == digest
    moved = collection.split.table.with_columns(part=pl.lit("train"))
    assert plan_export(Split("seen", 0, moved), collection.works).digest != digest
    renamed = collection.works.with_columns(artist=pl.lit("Monet"))
    assert plan_export(collection.split, renamed).digest != digest


# Names of folders: every file system takes them, and two classes never share one.

TRICKY = st.sampled_from(
    ["CON", "con.", "a/b", "A_b", "a_b", ".", "..", "", " ", "e\u0301", "é", "É", "x" * 300, "ß", "ss"]
)


@given(classes=st.lists(st.one_of(TRICKY, st.text(max_size=12)), max_size=15))
@settings(max_examples=60, deadline=None)
def test_no_two_classes_share_a_folder(classes: list[str]) -> None:
    names = _name_folders(classes)
    assert list(names) == sorted(set(classes))
    assert _name_folders(reversed(classes)) == names
    folded = {unicodedata.normalize("NFC", folder).casefold() for folder in names.values()}
    assert len(folded) == len(names)
    for folder in names.values():
        assert folder
        assert len(folder.encode()) < 255
        assert not re.search(r'[<>:"/\\|?*\x00-\x1f]', folder)
        assert folder.strip(". ") == folder.rstrip(". ") == folder
        assert folder.partition(".")[0].casefold() not in {"con", "prn", "aux", "nul", "com1", "lpt9"}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Claude Monet", "Claude Monet"),
        ("葛飾 北斎", "葛飾 北斎"),
        ("M/F: a?", "M_F_ a_"),
        ("", "_"),
        ("...", "_"),
        (".hidden", "_hidden"),
        ("St. Luke Master.", "St. Luke Master"),
        ("nul.tar", "nul_.tar"),
        ("Mu\u0308ller", "Müller"),
        ("x" * 300, "x" * 120),
        ("é" * 100, "é" * 60),
    ],
)
def test_names_by_hand(name: str, expected: str) -> None:
    assert _clean_name(name) == expected


def test_a_number_that_is_taken_is_not_given() -> None:
    names = _name_folders(["a", "A", "a (2)"])
    assert names == {"A": "A", "a": "a (2)", "a (2)": "a (2) (2)"}
