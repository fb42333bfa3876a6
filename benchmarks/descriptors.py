"""Images per second and core of the descriptors, from JPEG files of 224 px, in one process on one thread."""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path

import cv2
from embedding import draw_pictures
from threadpoolctl import threadpool_limits

from morelli.collection.pictures import MAX_PIXELS
from morelli.encode.preparation import Describing, Preparation


def main() -> None:
    """Print the median rate of some rounds, and the slowest and fastest."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("-n", type=int, default=200, help="pictures per round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--pictures", type=Path, help="folder of JPEGs to take instead of drawn ones")
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    preparation = Preparation((Describing(),), max_pixels=MAX_PIXELS)
    with tempfile.TemporaryDirectory() as folder, threadpool_limits(1):
        if arguments.pictures:
            paths = sorted(arguments.pictures.rglob("*.jpg"))[: arguments.n]
        else:
            paths = [path for _, path in draw_pictures(Path(folder) / "drawn", arguments.n, (224, 224))]
        preparation.prepare(paths[0])
        rates = []
        for _ in range(arguments.rounds):
            started = time.perf_counter()
            for path in paths:
                preparation.prepare(path)
            rates.append(len(paths) / (time.perf_counter() - started))
    print(f"{statistics.median(rates):.1f} images/s on one core ({min(rates):.1f} to {max(rates):.1f})")


if __name__ == "__main__":
    main()
