"""Seconds and peak memory of drawing a split of a million works, for each kind.

The works are made up by a seed: artists of very unequal size, 40 sources, 27 styles, official parts, and
hashes of which two in a hundred are near those of another work. Each kind is drawn in a process of its own,
so that its peak memory is its own; the table of works is part of it.
"""

from __future__ import annotations

import argparse
import hashlib
import resource
import subprocess
import sys
import time

import numpy as np
import polars as pl

from morelli.collection.splits import KINDS, PARTS, draw_split

N_SOURCES, N_STYLES = 40, 27
NEAR = 0.02
"""Share of works that nearly repeat another."""
STRAY = 50
"""One in so many of those is of another artist, and of a source's twin."""


def main() -> None:
    """Print a line per kind."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("-n", type=int, default=1_000_000, help="works")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kind", choices=[*KINDS, "seen-style"], help="this kind only, in this process")
    arguments = parser.parse_args()
    if arguments.kind:
        print(measure_kind(arguments.kind, arguments.n, arguments.seed))
        return
    columns = f"{'seconds':>9}{'of CPU':>9}{'peak GiB':>10}{'train':>10}{'val':>10}{'test':>10}  digest"
    print(f"{'kind':<12}{columns}", flush=True)
    for kind in (*KINDS, "seen-style"):
        command = [
            sys.executable,
            __file__,
            "-n",
            str(arguments.n),
            "--seed",
            str(arguments.seed),
            "--kind",
            kind,
        ]
        print(subprocess.run(command, capture_output=True, text=True, check=True).stdout, end="", flush=True)


def measure_kind(name: str, n: int, seed: int) -> str:
    """Return the line of one kind."""
    works = make_works(n, seed)
    kind, _, by = name.partition("-")
    started, worked = time.perf_counter(), time.process_time()
    split = draw_split(works, kind, seed=seed, by=by or "artist")
    seconds, busy = time.perf_counter() - started, time.process_time() - worked
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20  # kilobytes on Linux
    counts = "".join(f"{split.count(part):>10}" for part in PARTS)
    return f"{name:<12}{seconds:>9.1f}{busy:>9.1f}{peak:>10.2f}{counts}  {split.digest[:12]}"


def make_works(n: int, seed: int) -> pl.DataFrame:
    """Return n works with all columns that a split looks at."""
    rng = np.random.default_rng(seed)
    n_near = int(NEAR * n)
    copies, originals = np.split(rng.permutation(n)[: 2 * n_near], 2)
    columns = {
        "artist": draw_artists(n, max(4, n // 60), rng),
        "source": rng.choice(N_SOURCES, n, p=rng.dirichlet(np.full(N_SOURCES, 2.0))),
        "style": rng.integers(0, N_STYLES, n),
    }
    is_stray = np.arange(n_near) % STRAY == 0
    for codes in columns.values():
        codes[copies[~is_stray]] = codes[originals[~is_stray]]
    # sources that share a picture go together: twins may, or all would be one family
    columns["source"][copies[is_stray]] = columns["source"][originals[is_stray]] ^ 1
    hashes = {name: rng.integers(0, 2**63, n, dtype=np.uint64) for name in ("phash", "dhash")}
    for values in hashes.values():
        values[copies] = values[originals] ^ (np.uint64(1) << rng.integers(0, 63, n_near, dtype=np.uint64))
    return pl.DataFrame(
        {
            "id": [f"{value:016x}" for value in rng.permutation(n)],
            **{name: [f"{name} {code}" for code in codes] for name, codes in columns.items()},
            "part": rng.choice(["train", "test"], n, p=[0.8, 0.2]),
            "qualifier": pl.Series(np.where(rng.random(n) < 0.01, "workshop of", "")).replace("", None),
            **{name: [f"{value:016x}" for value in values.tolist()] for name, values in hashes.items()},
            "content_hash": [hashlib.sha256(str(number).encode()).hexdigest() for number in range(n)],
        }
    )


def draw_artists(n: int, n_artists: int, rng: np.random.Generator) -> np.ndarray:
    """Return the artist of each work; the sizes are lognormal, from a few works to some thousands."""
    weights = rng.lognormal(0, 1.2, n_artists)
    return rng.choice(n_artists, n, p=weights / weights.sum())


if __name__ == "__main__":
    main()
