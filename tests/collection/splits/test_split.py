"""Splits that are shared: files fitted to other galleries by id and by content."""

from __future__ import annotations

import logging
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collection.tables import make_table
from morelli.collection.splits import draw_split, load_split
from morelli.collection.splits.split import fit_split, read_split
from morelli.errors import SplitError

WORKS = make_table([{"artist": artist} for artist in "AABBCCDD" for _ in range(3)])


def rename(works: pl.DataFrame) -> pl.DataFrame:
    """Return the works under ids that another program gave them."""
    return works.with_columns(id=pl.lit("work-") + pl.int_range(pl.len()).cast(pl.String))


@given(seed=st.integers(0, 99), n_here=st.integers(1, 24))
@settings(max_examples=40, deadline=None)
def test_a_file_fits_by_id_and_by_content_alike(tmp_path_factory, seed: int, n_here: int) -> None:
    path = tmp_path_factory.mktemp("split") / "split.csv"
    split = draw_split(WORKS, "seen", seed=seed)
    split.write(path)
    here = WORKS.sample(n_here, seed=seed)
    by_id = fit_split(read_split(path), here)
    assert (by_id.n_rows, by_id.n_by_id, by_id.n_by_content) == (24, n_here, 0)
    assert (by_id.n_missing, by_id.n_unnamed) == (24 - n_here, 0)
    by_content = fit_split(read_split(path), rename(here))
    assert (by_content.n_by_id, by_content.n_by_content) == (0, n_here)
    parts = dict(split.table.select("content_hash", "part").iter_rows())
    for fit in (by_id, by_content):
        assert dict(fit.split.table.select("content_hash", "part").iter_rows()).items() <= parts.items()
        assert len(fit.split.table) == n_here
    assert set(by_content.split.table["id"]) == set(rename(here)["id"])


def test_the_file_is_plain_csv_that_begins_with_its_columns(tmp_path: Path) -> None:
    draw_split(WORKS, "seen").write(tmp_path / "split.csv")
    lines = (tmp_path / "split.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "id,artist,group,part,content_hash"
    assert len(lines) == 1 + len(WORKS)
    assert lines[1].split(",")[-1].startswith(lines[1].split(",")[0])


def test_a_file_without_hashes_still_fits_by_id(tmp_path: Path) -> None:
    split = draw_split(WORKS, "seen")
    split.table.drop("content_hash").write_csv(tmp_path / "old.csv")
    fit = fit_split(read_split(tmp_path / "old.csv"), WORKS)
    assert fit.split.digest == split.digest
    assert fit.split.table.columns == ["id", "artist", "group", "part"]
    with pytest.raises(SplitError, match="none among 24 rows and 24 works"):
        fit_split(read_split(tmp_path / "old.csv"), rename(WORKS))


def test_hashes_may_be_in_capitals_or_missing(tmp_path: Path) -> None:
    table = draw_split(WORKS, "seen").table
    odd = table.with_columns(
        content_hash=pl.when(pl.int_range(pl.len()) < 4).then(pl.col("content_hash").str.to_uppercase())
    )
    odd.write_csv(tmp_path / "odd.csv")
    assert fit_split(read_split(tmp_path / "odd.csv"), WORKS).n_by_id == 24
    assert fit_split(read_split(tmp_path / "odd.csv"), rename(WORKS)).n_by_content == 4


def test_an_id_whose_content_is_another_picture_does_not_fit() -> None:
    split = draw_split(WORKS, "seen")
    table = split.table.with_columns(content_hash=pl.col("content_hash").shift(-1).fill_null("0" * 64))
    fit = fit_split(type(split)("file", 0, table), WORKS)
    assert (fit.n_by_id, fit.n_by_content, fit.n_missing) == (0, 23, 1)
    moved = dict(zip(table["content_hash"], table["part"], strict=True))
    held = dict(WORKS.select("id", "content_hash").iter_rows())
    assert all(moved[held[row["id"]]] == row["part"] for row in fit.split.table.to_dicts())


def test_a_partial_fit_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    draw_split(WORKS, "seen").write(tmp_path / "split.csv")
    with caplog.at_level(logging.WARNING):
        split = load_split(str(tmp_path / "split.csv"), WORKS.head(20))
    assert "4 of 24 rows fit no work and are left out" in caplog.text
    assert [step.n_works for step in split.steps] == [24, 20]
    caplog.clear()
    load_split(str(tmp_path / "split.csv"), WORKS)
    assert caplog.text == ""


def test_a_file_of_another_gallery_is_refused(tmp_path: Path) -> None:
    draw_split(WORKS, "seen").write(tmp_path / "split.csv")
    others = WORKS.with_columns(
        id=pl.col("id").str.reverse(), content_hash=pl.col("content_hash").str.reverse()
    )
    with pytest.raises(SplitError, match="rows whose id or content_hash is that of a work"):
        load_split(str(tmp_path / "split.csv"), others)


def test_one_picture_in_two_parts_is_refused() -> None:
    split = draw_split(WORKS, "seen")
    twice = split.table.with_columns(id=pl.lit("x") + pl.col("id"))
    table = pl.concat([split.table, twice.with_columns(part=pl.lit("test"))]).sort("id")
    with pytest.raises(SplitError, match="each work in one part, found two for"):
        fit_split(type(split)("file", 0, table), WORKS)
    same = pl.concat([split.table, twice]).sort("id")
    assert fit_split(type(split)("file", 0, same), WORKS).split.digest == split.digest


def test_a_file_may_name_works_with_a_qualifier(tmp_path: Path) -> None:
    works = WORKS.with_columns(qualifier=pl.lit("after"))
    draw_split(works, "seen", with_qualified=True).write(tmp_path / "split.csv")
    assert len(load_split(str(tmp_path / "split.csv"), works).table) == 24


@pytest.mark.parametrize("group", ["1.5", "", "one"])
def test_groups_are_whole_numbers(tmp_path: Path, group: str) -> None:
    (tmp_path / "split.csv").write_text(
        f"id,artist,group,part\na,A,0,train\nb,A,{group},train\n", encoding="utf-8"
    )
    with pytest.raises(SplitError, match="a group that is no whole number"):
        read_split(tmp_path / "split.csv")
