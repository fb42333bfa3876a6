"""Seconds that `train` takes on random vectors: 7,600 works, 118 artists, 5,136 dimensions."""

from __future__ import annotations

import argparse
import time

import numpy as np
import polars as pl

from morelli.collection.splits import draw_split
from morelli.embeddings import Embeddings
from morelli.encode.spec import EncoderCard, PartCard
from morelli.learn import train_model


def main() -> None:
    """Print seconds for both kinds of split."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("-n", type=int, default=7600)
    parser.add_argument("--artists", type=int, default=118)
    parser.add_argument("--dimensions", type=int, default=5136)
    arguments = parser.parse_args()
    rng = np.random.default_rng(0)
    card = EncoderCard((PartCard("random", "1", (), "own", "", None, arguments.dimensions),), spec={})
    artists = rng.integers(0, arguments.artists, arguments.n)
    hands = rng.normal(size=(arguments.artists, arguments.dimensions))
    vectors = (hands[artists] + 3 * rng.normal(size=(arguments.n, arguments.dimensions))).astype(np.float32)
    ids = tuple(f"{number:016x}" for number in range(arguments.n))
    hashes = [f"{value:016x}" for value in rng.integers(0, 2**63, arguments.n)]
    works = pl.DataFrame(
        {"id": ids, "artist": [f"artist {code}" for code in artists], "phash": hashes, "dhash": hashes}
    )
    for kind in ("seen", "unseen"):
        started = time.perf_counter()
        train_model(
            Embeddings(ids, vectors, card.fingerprint), card, draw_split(works, kind), collection="random"
        )
        print(f"{kind}: {time.perf_counter() - started:.1f} s for {arguments.n} x {arguments.dimensions}")


if __name__ == "__main__":
    main()
