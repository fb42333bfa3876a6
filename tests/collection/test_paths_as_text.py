"""Whatever of the collection takes a path takes it as text, and does the same with it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from PIL import Image

from morelli.collection.downloads import Downloader, write_losses
from morelli.collection.exports import export_split
from morelli.collection.names.twins import read_mapping, write_twins
from morelli.collection.pairs.files import read_pairs, write_pairs
from morelli.collection.pictures import open_picture
from morelli.collection.reading import read_work
from morelli.collection.sources import recognise
from morelli.collection.sources.readers import read_columns, read_rows
from morelli.collection.splits import Split, load_split, read_split
from morelli.collection.splits.episodes import read_episodes, write_episodes
from morelli.collection.work import WORKS_SCHEMA, Skip, Work, works_frame

_PAIRS = "left,right,same\na,b,1\nc,d,0\n"
_SPLIT = "id,artist,part\na,Juan Gris,train\n"
_EPISODES = pl.DataFrame(
    [("w1", 0, "A", "support", 1), ("w2", 0, "A", "query", 1), ("w3", 0, "B", "support", 1)],
    schema=["id", "episode", "artist", "role", "k"],
    orient="row",
)


def _write_split(path: Any) -> None:
    Split("file", 0, pl.DataFrame({"id": ["a"], "artist": ["Gris"], "part": ["test"]}), ()).write(path)


def _write_pairs(path: Any) -> None:
    given = Path(path).with_name("given.csv")
    given.write_text(_PAIRS)
    write_pairs(read_pairs(given), path)


WRITERS: dict[str, Callable[[Any], object]] = {
    "split": _write_split,
    "pairs": _write_pairs,
    "losses": lambda path: write_losses(path, [Skip("a.jpg", "expected a picture, found none")]),
    "twins": lambda path: write_twins(path, []),
}

READERS: dict[str, tuple[str, Callable[[Any], object]]] = {
    "split": (_SPLIT, lambda path: read_split(path).table.rows()),
    "split by name": (_SPLIT, lambda path: load_split(path, _works()).table.rows()),
    "pairs": (_PAIRS, lambda path: [block.left.to_pylist() for block in read_pairs(path)]),
    "mapping": ("alias,artist,decision\nMonnet,Monet,same\n", read_mapping),
    "columns": (_PAIRS, read_columns),
    "rows": (_PAIRS, lambda path: list(read_rows(path))),
    "source": ("path,artist\na.jpg,Juan Gris\n", lambda path: list(recognise(path).read())),
}


def _works() -> pl.DataFrame:
    row = {"id": "a", "artist": "Juan Gris", "phash": "0", "dhash": "0"}
    return pl.DataFrame([row], schema=WORKS_SCHEMA)


@pytest.mark.parametrize("name", WRITERS)
def test_writing(tmp_path: Path, name: str) -> None:
    WRITERS[name](tmp_path / "one.csv")
    WRITERS[name](str(tmp_path / "two.csv"))
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes() != b""


@pytest.mark.parametrize("name", READERS)
def test_reading(tmp_path: Path, name: str) -> None:
    text, read = READERS[name]
    path = tmp_path / "table.csv"
    path.write_text(text)
    (tmp_path / "a.jpg").write_bytes(b"")
    assert read(str(path)) == read(path)


def test_a_picture(tmp_path: Path) -> None:
    Image.new("RGB", (3, 2), "red").save(tmp_path / "a.png")
    assert open_picture(str(tmp_path / "a.png")).size == (3, 2)


def test_a_folder_of_downloads(tmp_path: Path) -> None:
    with Downloader(str(tmp_path / "pictures")) as downloader:
        assert downloader.folder == tmp_path / "pictures"


def test_an_export(tmp_path: Path) -> None:
    Image.new("RGB", (3, 2), "red").save(tmp_path / "a.png")
    works = works_frame([read_work(Work(tmp_path / "a.png", "Juan Gris"))])
    (tmp_path / "split.csv").write_text(f"id,artist,part\n{works['id'][0]},Juan Gris,train\n")
    export_split(read_split(tmp_path / "split.csv"), works, str(tmp_path / "out"), link="soft")
    assert len(list((tmp_path / "out").rglob("*.png"))) == 1


def test_episodes(tmp_path: Path) -> None:
    write_episodes(_EPISODES, str(tmp_path / "episodes.csv"))
    assert set(read_episodes(str(tmp_path / "episodes.csv"))["artist"]) == {"A", "B"}
