"""Twelve small pictures in a table of works, and a split of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from PIL import Image

from morelli.collection.reading import read_work
from morelli.collection.splits import Split
from morelli.collection.work import Work, works_frame

ARTISTS = ("Dürer / Werkstatt", "dürer _ werkstatt", "Monet")
ENDINGS = ("jpg", "png", "jpeg")


@dataclass(frozen=True)
class Collection:
    """Works and a split of them: two of each artist in train, one in val, one in test."""

    works: pl.DataFrame
    split: Split

    def bytes_of(self, work_id: str) -> bytes:
        [path] = self.works.filter(pl.col("id") == work_id)["path"]
        return Path(path).read_bytes()

    def ids(self, part: str) -> list[str]:
        return self.split.part(part)["id"].to_list()

    def path(self, work_id: str) -> Path:
        return Path(self.works.filter(pl.col("id") == work_id)["path"].item())


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    rng = np.random.default_rng(0)
    (tmp_path / "pictures").mkdir()
    works = []
    for number in range(12):
        path = tmp_path / "pictures" / f"{number} é.{ENDINGS[number % 3]}"
        Image.fromarray(rng.integers(0, 256, (40, 32, 3), dtype=np.uint8)).save(path)
        style = "Baroque|Cubism" if number % 2 else None
        works.append(
            read_work(Work(path, ARTISTS[number // 4], title=f'"{number}", ü', year=1500, style=style))
        )
    frame = works_frame(works)
    parts = pl.Series("part", ["train", "train", "val", "test"] * 3)
    rows = frame.select("id", "artist", "content_hash").with_columns(parts, group=pl.int_range(12))
    table = rows.select("id", "artist", "group", "part", "content_hash").sort("id")
    return Collection(frame.sort("id"), Split("seen", 0, table))
