"""Seconds to fetch many pictures from a server of our own when the client is killed twice on the way.

The same run as in the tests, with 10,000 pictures: it ends with an error unless all are there after the third
start, nothing stored is asked for again and every file is what its name says.

    python benchmarks/downloads.py -n 10000
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from collection.downloads.server import PictureServer
from collection.downloads.test_resuming import kill_twice


def main() -> None:
    """Print the seconds and the pictures per second, server and client on one machine."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("-n", type=int, default=10_000, help="pictures")
    n = parser.parse_args().n
    with tempfile.TemporaryDirectory() as folder, PictureServer() as server:
        begun = time.perf_counter()
        kill_twice(server, Path(folder), n)
        seconds = time.perf_counter() - begun
        n_asked = len(server.requests)
    print(f"{n} pictures, {n_asked} requests, {seconds:.1f} s, {n / seconds:.0f} pictures/s")


if __name__ == "__main__":
    main()
