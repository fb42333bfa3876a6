"""Shards with pictures inside: names of classes, parts by file, pictures written out once, few at a time."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from morelli.collection.sources import recognise
from morelli.collection.sources.hugging_face import HuggingFace
from morelli.collection.work import Skip, Work
from morelli.errors import LayoutError, SourceError, UsageError
from morelli.gallery import Gallery, collect_source
from morelli.settings import Settings

IMAGE = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
ARTISTS = ["Unknown Artist", "berthe-morisot", "el-greco", "Paula Modersohn-Becker"]
STYLES = ["Abstract_Expressionism", "Post_Impressionism"]
FEATURES = {
    "image": {"_type": "Image"},
    "artist": {"names": ARTISTS, "_type": "ClassLabel"},
    "style": {"names": STYLES, "_type": "ClassLabel"},
}
TYPES = {"image": IMAGE, "artist": pa.int64(), "style": pa.int64()}


def draw(seed: int, kind: str = "PNG", side: int = 24) -> bytes:
    pixels = np.random.default_rng(seed).integers(0, 256, (side, side + 2, 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, kind)
    return buffer.getvalue()


def write_shard(
    path: Path,
    rows: Sequence[Mapping[str, Any]],
    features: Mapping[str, Any] | None = FEATURES,
    types: Mapping[str, pa.DataType] = TYPES,
    **options: Any,
) -> Path:
    metadata = {"huggingface": json.dumps({"info": {"features": features}})} if features else None
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(
        pa.Table.from_pylist(list(rows), pa.schema(list(types.items()), metadata)), path, **options
    )
    return path


def row(seed: int, artist: int = 1, style: int = 1, **image: Any) -> dict[str, Any]:
    return {"image": {"bytes": draw(seed), "path": None} | image, "artist": artist, "style": style}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_shard(tmp_path / "set/data/train-00000-of-00002.parquet", [row(1), row(2, 2, 0)])
    write_shard(tmp_path / "set/data/train-00001-of-00002.parquet", [row(3, 3)])
    write_shard(tmp_path / "set/data/validation-00000-of-00001.parquet", [row(4, 0)])
    return tmp_path / "set"


def read(source: Path, columns: Mapping[str, str] | None = None) -> list[Work]:
    layout = recognise(source, columns=columns)
    assert layout.name == "hugging-face"
    found = list(layout.read())
    assert all(isinstance(entry, Work) for entry in found), found
    return [entry for entry in found if isinstance(entry, Work)]


def unpack(source: Path, folder: Path) -> list[Work | Skip]:
    layout = recognise(source)
    assert isinstance(layout, HuggingFace)
    return layout.unpack(list(layout.read()), folder)


def test_classes_have_names_and_shards_parts(folder: Path) -> None:
    assert [(work.artist, work.style, work.part) for work in read(folder)] == [
        ("Berthe Morisot", "Post Impressionism", "train"),
        ("El Greco", "Abstract Expressionism", "train"),
        ("Paula Modersohn-Becker", "Post Impressionism", "train"),
        (None, "Post Impressionism", "val"),
    ]
    assert recognise(folder).reason == "3 shards have pictures inside, in the column 'image'"


@pytest.mark.parametrize("place", ["data", "data/train-00001-of-00002.parquet"])
def test_a_folder_below_or_one_shard_may_be_given(folder: Path, place: str) -> None:
    works = read(folder / place)
    assert len(works) == (3 if place == "data" else 0) + 1
    assert works[-1].part == ("val" if place == "data" else "train")


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("default/test/0000.parquet", "test"),
        ("train.parquet", "train"),
        ("valid_0.parquet", "val"),
        ("shard-00000.parquet", None),
        ("latest-00000.parquet", None),
    ],
)
def test_parts_by_names(tmp_path: Path, name: str, part: str | None) -> None:
    write_shard(tmp_path / "x" / name, [row(1)])
    assert [work.part for work in read(tmp_path / "x")] == [part]


@pytest.mark.parametrize(
    ("number", "artist"), [(-1, None), (9, None), (None, None), (1, "Berthe Morisot"), (0, None)]
)
def test_numbers_without_a_class_name_nobody(tmp_path: Path, number: int | None, artist: str | None) -> None:
    write_shard(tmp_path / "a.parquet", [row(1) | {"artist": number}])
    assert [work.artist for work in read(tmp_path / "a.parquet")] == [artist]


def test_other_columns_are_read_as_those_of_a_table(tmp_path: Path) -> None:
    types = {
        "jpg": pa.binary(), "creator": pa.struct([("name", pa.string())]), "date": pa.string(),
        "split": pa.string(), "genre": pa.list_(pa.int64()), "nr": pa.int64(), "style": pa.int64(),
    }  # fmt: skip
    features = {
        "genre": {
            "_type": "Sequence",
            "feature": {"_type": "ClassLabel", "names": ["portrait", "still_life"]},
        }
    }
    value = {
        "jpg": draw(1, "JPEG"), "creator": {"name": "Workshop of Bellini, Giovanni"}, "date": "c. 1490",
        "split": "Test", "genre": [1, 0], "nr": 4, "style": 7,
    }  # fmt: skip
    (work,) = read(write_shard(tmp_path / "train.parquet", [value], features, types))
    assert (work.artist, work.qualifier, work.year) == ("Giovanni Bellini", "workshop of", 1490)
    assert (work.part, work.genre, work.style) == ("test", "still life|portrait", "style 7")


def test_columns_may_be_mapped(tmp_path: Path) -> None:
    types = {"image": IMAGE, "label": pa.int64()}
    features = {"label": {"_type": "ClassLabel", "names": ["joan_miro", "odilon_redon"]}}
    path = write_shard(tmp_path / "a.parquet", [{"image": {"bytes": draw(1)}, "label": 1}], features, types)
    layout = recognise(path)
    assert isinstance(layout, HuggingFace)
    assert (layout.unused, layout.suggest_artist()) == (("label",), ["label"])
    assert [work.artist for work in read(path)] == [None]
    assert [work.artist for work in read(path, {"artist": "Label"})] == ["Odilon Redon"]
    with pytest.raises(UsageError, match="no column 'painter'"):
        recognise(path, columns={"artist": "painter"})


def test_pictures_are_written_out_as_they_are(folder: Path, tmp_path: Path) -> None:
    found = unpack(folder, tmp_path / "out")
    paths = [entry.path for entry in found if isinstance(entry, Work) and entry.path]
    assert [path.read_bytes() for path in paths] == [draw(seed) for seed in (1, 2, 3, 4)]
    assert [type(entry) for entry in found] == [Work] * 4
    assert {path.suffix for path in paths} == {".png"}


def test_what_is_there_is_not_written_again(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = unpack(folder, tmp_path / "out")
    lost = [entry.path for entry in first if isinstance(entry, Work)][1]
    assert lost is not None
    lost.unlink()
    read_rows = []
    original = HuggingFace.unpack.__globals__["_read_pictures"]

    def spy(shard: Path, image: str, rows: set[int]) -> Any:
        for number, value in original(shard, image, rows):
            read_rows.append((shard.name, number))
            yield number, value

    monkeypatch.setitem(HuggingFace.unpack.__globals__, "_read_pictures", spy)
    assert unpack(folder, tmp_path / "out") == first
    assert read_rows == [("train-00000-of-00002.parquet", 2)]


def test_only_what_is_wanted_is_written(folder: Path, tmp_path: Path) -> None:
    layout = recognise(folder)
    assert isinstance(layout, HuggingFace)
    wanted = [entry for entry in layout.read() if isinstance(entry, Work) and entry.artist == "El Greco"]
    steps: list[tuple[str, int, int]] = []
    layout.unpack(wanted, tmp_path / "out", lambda *step: steps.append(step))
    assert len([path for path in (tmp_path / "out").rglob("*") if path.is_file()]) == 1
    assert steps == [("unpack", 1, 1)]


def test_a_shard_written_anew_gives_new_files(tmp_path: Path) -> None:
    path = write_shard(tmp_path / "a.parquet", [row(1)])
    unpack(path, tmp_path / "out")
    os.utime(write_shard(path, [row(2)]), ns=(1, 1))
    (entry,) = unpack(path, tmp_path / "out")
    assert isinstance(entry, Work)
    assert entry.path is not None
    assert entry.path.read_bytes() == draw(2)


@pytest.mark.parametrize(
    ("name", "content", "suffix"),
    [
        ("a b/Ü.JPG", draw(1, "JPEG"), "-Ü.jpg"),
        (None, draw(1, "JPEG"), ".jpg"),
        ("../../x", draw(1, "WEBP"), "-x.webp"),
        ("x.txt", draw(1, "TIFF"), "-x.tif"),
        (None, b"no picture", ".img"),
    ],
)
def test_names_of_files(tmp_path: Path, name: str | None, content: bytes, suffix: str) -> None:
    path = write_shard(tmp_path / "a.parquet", [row(1, bytes=content, path=name)])
    (entry,) = unpack(path, tmp_path / "out")
    assert isinstance(entry, Work)
    assert entry.path is not None
    assert entry.path.name == f"0000001{suffix}"
    assert entry.path.parent.parent == tmp_path / "out"


def test_rows_without_bytes_are_files_beside_or_listed(tmp_path: Path) -> None:
    (tmp_path / "b.png").write_bytes(draw(1))
    rows = [row(1, bytes=None, path="b.png"), row(1, bytes=None, path="c.png"), row(1) | {"image": None}]
    path = write_shard(tmp_path / "a.parquet", rows)
    beside, *skips = unpack(path, tmp_path / "out")
    assert isinstance(beside, Work)
    assert beside.path == tmp_path / "b.png"
    assert skips == [
        Skip(f"{path}:row 2", "expected a picture, found none at c.png"),
        Skip(f"{path}:row 3", "expected a picture, found none"),
    ]


def test_shards_that_are_cut_off_or_of_other_columns_are_listed(folder: Path) -> None:
    (folder / "data/train-00002-of-00003.parquet").write_bytes(b"PAR1 cut off")
    pq.write_table(pa.table({"text": ["x"]}), folder / "notes.parquet")
    entries = list(recognise(folder).read())
    assert [isinstance(entry, Work) for entry in entries] == [True] * 4 + [False] * 2
    assert "text" in entries[-1].reason if isinstance(entries[-1], Skip) else False


def test_a_shard_that_is_damaged_inside(tmp_path: Path) -> None:
    path = write_shard(tmp_path / "a.parquet", [row(seed) for seed in range(40)], row_group_size=10)
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 2000] = b"\0" * 2000
    path.write_bytes(data)
    found = unpack(path, tmp_path / "out")
    assert len(found) == 40
    assert any(isinstance(entry, Skip) for entry in found)


def test_a_table_with_paths_is_no_such_set(tmp_path: Path) -> None:
    pq.write_table(pa.table({"image": ["a.png"], "artist": ["x"]}), tmp_path / "a.parquet")
    assert recognise(tmp_path / "a.parquet").name == "table"
    with pytest.raises(LayoutError, match="found none among 1 Parquet files"):
        recognise(tmp_path, "hugging-face")


def test_a_set_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/train-00000.parquet").write_bytes(b"PAR1 cut off")
    with pytest.raises(SourceError, match=r"train-00000\.parquet: expected Parquet"):
        recognise(tmp_path, "hugging-face")


def test_collecting_twice_adds_nothing(folder: Path, tmp_path: Path) -> None:
    gallery = Gallery(tmp_path / "gallery", is_new=True)
    first = collect_source(gallery, recognise(folder), Settings(workers=1))
    again = collect_source(gallery, recognise(folder), Settings(workers=1))
    assert (first.added, again.added, again.unchanged, len(again.skips)) == (4, 0, 4, 0)
    assert first.funnel["with a picture"] == 4
    paths = gallery.works()["path"].to_list()
    assert all(Path(path).is_relative_to(tmp_path / "gallery-pictures") for path in paths)
    assert gallery.works()["source"].unique().to_list() == ["set"]
