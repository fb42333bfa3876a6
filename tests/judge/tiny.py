"""A model on a tiny untrained network, its encoder, and pictures of which two share a corner."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from PIL import Image

from encode.networks import CPU, draw_pixels, save_weights
from morelli.collection.splits import Split
from morelli.encode.encoder import Encoder
from morelli.encode.spec import parse_encoder
from morelli.model import AttributionHead, ComparisonHead, Model, Standardisation
from morelli.model.likelihood_ratio import Calibration

SIZE = 96


@dataclass(frozen=True, eq=False)
class Tiny:
    """What an explanation needs."""

    model: Model
    encoder: Encoder
    pictures: tuple[Path, ...]


def make_tiny(folder: Path, *, n_pictures: int = 4) -> Tiny:
    """Write weights and pictures into a folder and return a model for them.

    The lower right ninth of picture 1 is the upper left ninth of picture 0; all else is different.
    """
    weights = save_weights(folder / "weights.safetensors", "test_resnet")
    spec = parse_encoder(
        "test_resnet", weights=[weights], layers=["layer1,layer2"], size_px=SIZE, crop="squash"
    )
    encoder = Encoder(spec, CPU)
    paths = write_pictures(folder, n_pictures)
    vectors = encoder.encode_files(paths)
    d, rng = encoder.card.dimension, np.random.default_rng(0)
    head = ComparisonHead(
        Standardisation.fit(np.concatenate([vectors, vectors * 1.1])),
        {"lda": rng.normal(size=(d, 16)).astype(np.float32)},
        calibration=Calibration.linear(10.0, -4.0),
    )
    zeros = np.zeros((d, 2), dtype=np.float32)
    ids = ["0" * 16, "1" * 16]
    table = pl.DataFrame({"id": ids, "artist": ["a", "b"], "group": ids, "part": ["train", "val"]})
    attribution = AttributionHead(head.standardisation, ("a", "b"), zeros, zeros[0], 1.0)
    split = Split(kind="file", seed=0, table=table)
    return Tiny(Model(encoder.card, attribution, head, split, {}), encoder, tuple(paths))


def write_pictures(folder: Path, n: int) -> list[Path]:
    images = [draw_pixels(SIZE, SIZE, seed=number) for number in range(n)]
    third = SIZE // 3
    images[1].paste(images[0].crop((0, 0, third, third)), (SIZE - third, SIZE - third))
    paths = [folder / f"{number}.png" for number in range(n)]
    for image, path in zip(images, paths, strict=True):
        image.resize((2 * SIZE, SIZE), Image.Resampling.NEAREST).save(path)
    return paths
