"""Seconds and memory that `evaluate --pairs` takes: 22 million random pairs, 24,000 works, 1,024 dimensions.

A gallery, a model and a pair file are written first, in a process of their own, so that the memory told is
that of the evaluation alone.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl

from morelli.collection.pairs.files import name_pairs, write_pairs
from morelli.collection.pairs.samples import Pairs
from morelli.collection.splits import Split
from morelli.collection.work import WORKS_SCHEMA
from morelli.encode.spec import EncoderCard, PartCard
from morelli.evaluate.pair_file import evaluate_pairs
from morelli.gallery import Gallery
from morelli.model import (
    AttributionHead,
    Calibration,
    ComparisonHead,
    Model,
    Standardisation,
    read_model,
    write_model,
)


def main() -> None:
    """Print seconds, pairs per second and peak memory."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("-n", type=int, default=22_000_000, help="pairs")
    parser.add_argument("--works", type=int, default=24_000)
    parser.add_argument("--artists", type=int, default=1_500)
    parser.add_argument("--dimensions", type=int, default=1_024)
    parser.add_argument("--n-boot", type=int, default=1_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        writing = multiprocessing.get_context("spawn").Process(target=write_all, args=(folder, arguments))
        writing.start()
        writing.join()
        size_mb = (folder / "pairs.parquet").stat().st_size / 1e6
        print(f"pair file: {arguments.n:,} pairs, {size_mb:.0f} MB")
        before, started = read_peak_mib(), time.perf_counter()
        report = evaluate_pairs(
            Gallery(folder / "gallery"),
            read_model(folder / "model"),
            folder / "pairs.parquet",
            folder / "report",
            n_boot=arguments.n_boot,
            progress=Watch(),
        )
        seconds = time.perf_counter() - started
    for part, metric, value, low, high, n, *_, error in report.findings.tables["pairs"].iter_rows():
        print(f"{part:5} {metric:18} {value:.4f} [{low:.4f}, {high:.4f}], binning {error:+.1e}, n = {n:,}")
    print(f"{seconds:.0f} s, {report.n_pairs / seconds:,.0f} pairs/s")
    print(f"peak memory {read_peak_mib():,.0f} MiB, of which {before:,.0f} MiB for the libraries")


class Watch:
    """Prints when scoring is done and measuring begins."""

    def __init__(self) -> None:
        self.started, self.is_told = time.perf_counter(), False

    def __call__(self, step: str, done: int, total: int) -> None:
        """Take note of the progress."""
        if done >= total // 2 and not self.is_told:
            self.is_told = True
            print(f"read and scored after {time.perf_counter() - self.started:.0f} s")


def write_all(folder: Path, arguments: argparse.Namespace) -> None:
    """Write gallery, model and pair file; works of one artist are nearer to each other than to others."""
    rng = np.random.default_rng(0)
    artists = rng.integers(arguments.artists, size=arguments.works)
    ids = [f"{number:016x}" for number in rng.permutation(arguments.works)]
    card = EncoderCard((PartCard("random", "1", (), "own", "", None, arguments.dimensions),), spec={})
    gallery = Gallery(folder / "gallery", is_new=True)
    names = [f"artist {code}" for code in artists]
    works = {"id": ids, "artist": names, "path": [f"{name}.jpg" for name in ids]}
    lacking = [pl.lit(None, kind).alias(name) for name, kind in WORKS_SCHEMA.items() if name not in works]
    gallery.store_works(pl.DataFrame(works).with_columns(lacking).select(list(WORKS_SCHEMA)))
    gallery.register_encoder(card)
    for start in range(0, arguments.works, 2_000):
        some = artists[start : start + 2_000]
        hands = np.stack([np.random.default_rng(code).normal(size=arguments.dimensions) for code in some])
        vectors = (0.25 * hands + rng.normal(size=hands.shape)).astype(np.float32)
        gallery.store_vectors(card.fingerprint, ids[start : start + 2_000], vectors)
    write_model(make_model(card, works, arguments), folder / "model")
    write_pairs(name_pairs(draw_pairs(artists, arguments.n, rng), ids), folder / "pairs.parquet")


def make_model(card: EncoderCard, works: dict[str, list[str]], arguments: argparse.Namespace) -> Model:
    """Return a model that compares by cosine and has learnt from another work of two artists in three."""
    zero, one = np.zeros(arguments.dimensions, np.float32), np.ones(arguments.dimensions, np.float32)
    standardisation = Standardisation(zero, one)
    seen = sorted(set(works["artist"]))[: 2 * arguments.artists // 3]
    learnt = {"id": [f"learnt {name}" for name in seen], "artist": seen, "part": ["train"] * len(seen)}
    table = pl.DataFrame(learnt).with_row_index("group").with_columns(pl.col("group").cast(pl.Int64))
    return Model(
        encoder=card,
        attribution=AttributionHead(standardisation, ("nobody",), zero[:, None], zero[:1], 1.0),
        comparison=ComparisonHead(standardisation, calibration=Calibration.linear(20.0, -4.0)),
        split=Split("file", 0, table.select("id", "artist", "group", "part").sort("id")),
        facts={},
    )


def draw_pairs(artists: np.ndarray, n: int, rng: np.random.Generator) -> Iterator[Pairs]:
    """Yield random pairs, one in eighty by one hand, as many as in Painter by Numbers."""
    by_artist = np.argsort(artists, kind="stable")
    for start in range(0, n, 1 << 18):
        left = rng.integers(len(artists), size=min(1 << 18, n - start))
        right = (left + rng.integers(1, len(artists), size=len(left))) % len(artists)
        some = slice(0, len(left) // 80)
        neighbours = rng.integers(len(artists) - 1, size=len(left[some]))
        left[some], right[some] = by_artist[neighbours], by_artist[neighbours + 1]
        yield Pairs(left, right, artists[left] == artists[right])


def read_peak_mib() -> float:
    """Return the largest memory that this process has held."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


if __name__ == "__main__":
    main()
