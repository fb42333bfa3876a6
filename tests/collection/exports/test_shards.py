"""Shards: no work lost or twice, none over the limit, the same bytes again, read by their own tools."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from morelli.collection.exports import export_split
from morelli.collection.exports import shards as module
from morelli.collection.exports.shards import ParquetShards, TarShards, _plan_shards, export_shards

FORMS = {"hf": ParquetShards(), "webdataset": TarShards()}
PARTS = ("train", "val", "test")


@pytest.fixture
def small_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a shard hold two pictures or three."""
    plan = _plan_shards
    monkeypatch.setattr(module, "_plan_shards", lambda rows, limit_bytes: plan(rows, limit_bytes=9000))


def list_shards(folder: Path, layout: str) -> list[Path]:
    return sorted(folder.glob("data/*.parquet" if layout == "hf" else "*.tar"))


def held_ids(folder: Path, layout: str, part: str) -> list[str]:
    paths = [path for path in list_shards(folder, layout) if path.name.startswith(part)]
    return [work_id for path in paths for work_id in FORMS[layout].list_ids(path)]


@given(
    rows=st.lists(st.tuples(st.sampled_from(PARTS), st.integers(0, 50)), max_size=40),
    limit=st.integers(1, 120),
)
@settings(max_examples=100, deadline=None)
def test_shards_lose_nothing_and_keep_the_limit(rows: list[tuple[str, int]], limit: int) -> None:
    frame = pl.DataFrame(
        {
            "part": [part for part, _ in rows],
            "size_bytes": [size for _, size in rows],
            "id": list(range(len(rows))),
        },
        schema={"part": pl.String, "size_bytes": pl.Int64, "id": pl.Int64},
    )
    shards = _plan_shards(frame, limit_bytes=limit)
    for part in PARTS:
        own = [shard for shard in shards if shard.part == part]
        assert [shard.number for shard in own] == list(range(len(own)))
        assert {shard.n_shards for shard in own} <= {len(own)}
        ids = [work_id for shard in own for work_id in shard.rows["id"]]
        assert ids == frame.filter(pl.col("part") == part)["id"].to_list()
        for shard in own:
            assert len(shard.rows)
            assert (
                shard.rows["size_bytes"].sum() <= limit
                or len(shard.rows.filter(pl.col("size_bytes") > 0)) == 1
            )


@pytest.mark.parametrize("layout", FORMS)
@pytest.mark.usefixtures("small_shards")
def test_each_work_stands_in_one_shard_of_its_part(collection, tmp_path: Path, layout: str) -> None:
    out = tmp_path / "out"
    summary = export_split(collection.split, collection.works, out, layout=layout)
    assert (summary.written, summary.parts) == (12, {"train": 6, "val": 3, "test": 3})
    assert len(list_shards(out, layout)) > 3
    for part in PARTS:
        assert held_ids(out, layout, part) == sorted(collection.ids(part))
    again = export_split(collection.split, collection.works, out, layout=layout)
    assert (again.written, again.already) == (0, 12)


@pytest.mark.parametrize("layout", FORMS)
@pytest.mark.usefixtures("small_shards")
def test_the_same_works_give_the_same_bytes(collection, tmp_path: Path, layout: str) -> None:
    for name, works in (("one", collection.works), ("two", collection.works.reverse())):
        export_split(collection.split, works, tmp_path / name, layout=layout)
    first, second = (list_shards(tmp_path / name, layout) for name in ("one", "two"))
    assert [path.name for path in first] == [path.name for path in second]
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


@pytest.mark.parametrize("layout", FORMS)
@pytest.mark.usefixtures("small_shards")
def test_a_run_that_was_stopped_goes_on(collection, tmp_path: Path, layout: str) -> None:
    out = tmp_path / "out"

    def stop(step: str, n_done: int, n_all: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export_split(collection.split, collection.works, out, layout=layout, progress=stop)
    [first] = list_shards(out, layout)
    written = first.stat().st_mtime_ns
    summary = export_split(collection.split, collection.works, out, layout=layout)
    assert summary.written + summary.already == 12
    assert summary.already == len(FORMS[layout].list_ids(first))
    assert first.stat().st_mtime_ns == written


@pytest.mark.parametrize("layout", FORMS)
@pytest.mark.usefixtures("small_shards")
def test_a_damaged_shard_is_written_again(collection, tmp_path: Path, layout: str) -> None:
    out = tmp_path / "out"
    export_split(collection.split, collection.works, out, layout=layout)
    first = list_shards(out, layout)[0]
    whole = first.read_bytes()
    first.write_bytes(whole[:700])
    export_split(collection.split, collection.works, out, layout=layout)
    assert first.read_bytes() == whole


@pytest.mark.parametrize("layout", FORMS)
def test_pictures_that_cannot_be_read_are_listed_until_they_can(
    collection, tmp_path: Path, layout: str
) -> None:
    out, work_id = tmp_path / "out", collection.ids("train")[2]
    path, content = collection.path(work_id), collection.bytes_of(work_id)
    path.write_bytes(content[:50])
    for n_written in (11, 0):
        summary = export_split(collection.split, collection.works, out, layout=layout)
        [skip] = summary.skips
        assert (skip.path, summary.written, summary.parts["train"]) == (str(path), n_written, 5)
        assert "found a file with other bytes" in skip.reason
    path.write_bytes(content)
    summary = export_split(collection.split, collection.works, out, layout=layout)
    assert (summary.skips, summary.written, summary.parts["train"]) == ((), 6, 6)
    assert held_ids(out, layout, "train") == sorted(collection.ids("train"))


@pytest.mark.usefixtures("small_shards")
def test_hugging_face_datasets_reads_the_folder(collection, tmp_path: Path) -> None:
    from datasets import ClassLabel, load_dataset

    export_split(collection.split, collection.works, tmp_path / "out", layout="hf")
    loaded = load_dataset(str(tmp_path / "out"), cache_dir=str(tmp_path / "cache"))
    assert {part: rows.num_rows for part, rows in loaded.items()} == {"train": 6, "val": 3, "test": 3}
    features = loaded["train"].features
    assert isinstance(features["label"], ClassLabel)
    assert features["label"].names == sorted(collection.works["artist"].unique())
    for part, rows in loaded.items():
        assert rows["id"][:] == sorted(collection.ids(part))
        for row in rows:
            assert features["label"].names[row["label"]] == row["artist"]
            with Image.open(io.BytesIO(collection.bytes_of(row["id"]))) as expected:
                assert row["image"].tobytes() == expected.tobytes()
    known = {row["id"]: row for row in collection.works.to_dicts()}
    for row in loaded["val"].remove_columns("image"):
        assert all(row[name] == known[row["id"]][name] for name in ("title", "year", "style", "licence"))


@pytest.mark.slow  # webdataset imports torch
@pytest.mark.usefixtures("small_shards")
def test_webdataset_reads_the_shards(collection, tmp_path: Path) -> None:
    import webdataset

    export_split(collection.split, collection.works, tmp_path / "out", layout="webdataset", by="artist")
    for part in PARTS:
        urls = [str(path) for path in sorted((tmp_path / "out").glob(f"{part}-*.tar"))]
        samples = list(webdataset.WebDataset(urls, shardshuffle=False, empty_check=False))
        assert [sample["__key__"] for sample in samples] == sorted(collection.ids(part))
        for sample in samples:
            labels = json.loads(sample["json"])
            picture = sample["jpg"] if "jpg" in sample else sample["png"]
            assert picture == collection.bytes_of(sample["__key__"])
            assert (labels["id"], labels["part"], labels["year"]) == (sample["__key__"], part, 1500)
            assert labels["label"] == int(sample["cls"])
            assert labels["class"] == labels["artist"]


def test_tar_shards_name_no_owner_and_no_time(collection, tmp_path: Path) -> None:
    export_split(collection.split, collection.works, tmp_path / "out", layout="webdataset")
    with tarfile.open(tmp_path / "out" / "val-000000.tar") as archive:
        entries = archive.getmembers()
    assert len(entries) == 9
    assert {(entry.mtime, entry.uid, entry.uname) for entry in entries} == {(0, 0, "")}
    keys = [entry.name.partition(".")[0] for entry in entries]
    assert keys == sorted(keys)


def test_parquet_is_written_in_groups(collection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("morelli.collection.exports.shards._GROUP_BYTES", 5000)
    export_shards(collection.split, collection.works, tmp_path / "out", ParquetShards())
    path = tmp_path / "out" / "data" / "train-00000-of-00001.parquet"
    assert pq.ParquetFile(path).num_row_groups > 1
    assert ParquetShards().list_ids(path) == sorted(collection.ids("train"))
