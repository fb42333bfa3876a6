"""Small sources written by code: pictures that differ, in a table or in artists' folders; and an encoder."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
from PIL import Image

from morelli.collection.work import Skip
from morelli.encode.encoder import _EncodedBatch
from morelli.encode.spec import EncoderCard, PartCard


def write_picture(path: Path, seed: int, side_px: int = 48) -> Path:
    """Write a picture that no other seed gives."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.integers(0, 256, (6, 6, 3), dtype=np.uint8))
    grain = rng.integers(-20, 20, (side_px, side_px, 3))
    pixels = np.asarray(coarse.resize((side_px, side_px))).astype(int) + grain
    Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(path)
    return path


def write_table(folder: Path, rows: list[dict[str, object]]) -> Path:
    """Write ``works.csv`` with a row per work; the columns are those of the first row."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "works.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return folder


def write_source(folder: Path, n_artists: int = 3, n_works: int = 4, *, seed: int = 0) -> Path:
    """Write PNG pictures in artists' folders."""
    for artist in range(n_artists):
        for work in range(n_works):
            write_picture(folder / f"Artist_{artist}" / f"{work}.png", seed + artist * n_works + work)
    return folder


class Thumbnails:
    """Stands for an `Encoder`, only quicker: eight means of each picture, a skip where there is none."""

    def __init__(self, version: str = "1", n_dimensions: int = 8) -> None:
        part = PartCard("thumbnails", version, (), "own", "", None, n_dimensions)
        self.card = EncoderCard(parts=(part,), spec={"parts": [{"model": "thumbnails"}]})

    def encode(self, pictures, *, progress=None):
        for done, (work_id, path) in enumerate(pictures, start=1):
            if path.exists():
                pixels = np.asarray(Image.open(path)).ravel()
                rows = np.array_split(pixels.astype(np.float32), self.card.dimension)
                yield _EncodedBatch((work_id,), np.array([[row.mean() for row in rows]], dtype=np.float32))
            else:
                nothing = np.zeros((0, self.card.dimension), dtype=np.float32)
                yield _EncodedBatch((), nothing, (Skip(str(path), "expected a file, found none"),))
            if progress is not None:
                progress("embed", done, len(pictures))
