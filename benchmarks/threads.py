"""Seconds to train alone and beside a neighbour that keeps every processor busy, and their ratio.

With as many threads as processors in each loop over small matrices, the ratio was fourteen. Two runs that
share a machine fairly take twice as long each: above 2.5 it ends with 1.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time

from morelli.settings import count_processors

TRAIN = """
import numpy as np, polars as pl, time
from morelli.collection.splits import Split
from morelli.embeddings import Embeddings
from morelli.encode.encoder import Encoder
from morelli.encode.spec import parse_encoder
from morelli.learn import train_model
from morelli.settings import Settings

n_artists, n_works, d = {artists}, {works}, 812
rng = np.random.default_rng(0)
artists = np.repeat([f"Artist {{number:02}}" for number in range(n_artists)], n_works)
hands = np.repeat(rng.normal(size=(n_artists, d)), n_works, axis=0)
vectors = (hands + 2 * rng.normal(size=hands.shape)).astype(np.float32)
ids = [f"work-{{number}}" for number in range(len(artists))]
turns = np.tile(np.arange(n_works), n_artists)
parts = np.where(turns % 4 == 0, "test", np.where(turns % 4 == 1, "val", "train"))
table = pl.DataFrame({{"id": ids, "artist": artists, "group": range(len(ids)), "part": parts}})
split = Split("seen", 0, table)
card = Encoder(parse_encoder("descriptors"), Settings(workers=0)).card
embeddings = Embeddings(tuple(ids), vectors, card.fingerprint)
started = time.perf_counter()
train_model(embeddings, card, split, collection="made up")
print(time.perf_counter() - started)
"""
NEIGHBOUR = "while True: sum(range(100_000))"


def main() -> int:
    """Print both figures and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--artists", type=int, default=10)
    parser.add_argument("--works", type=int, default=16, help="of each artist")
    parser.add_argument("--repeats", type=int, default=3, help="the quickest of each counts")
    parser.add_argument("--limit", type=float, default=2.5)
    arguments = parser.parse_args()
    code = TRAIN.format(artists=arguments.artists, works=arguments.works)
    alone = measure(code, arguments.repeats)
    neighbours = [subprocess.Popen([sys.executable, "-c", NEIGHBOUR]) for _ in range(count_processors())]
    try:
        time.sleep(0.5)
        beside = measure(code, arguments.repeats)
    finally:
        for one in neighbours:
            one.kill()
    n_works = arguments.artists * arguments.works
    print(f"{n_works} works, {count_processors()} processors, the quickest of {arguments.repeats}")
    print(f"alone                     {alone:6.1f} s")
    print(f"beside a busy neighbour   {beside:6.1f} s")
    print(f"ratio                     {beside / alone:6.2f}   at most {arguments.limit}")
    return int(beside / alone > arguments.limit)


def measure(code: str, repeats: int) -> float:
    """Return the seconds of the quickest of some trainings, each in a process of its own."""
    runs = (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        for _ in range(repeats)
    )
    return min(float(done.stdout) for done in runs)


if __name__ == "__main__":
    sys.exit(main())
