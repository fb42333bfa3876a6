"""What an export consists of: labels in order of name, and a reason for whatever is left out."""

from __future__ import annotations

import polars as pl
import pytest

from morelli.collection.exports.plan import plan_export
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
