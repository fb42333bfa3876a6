"""Memory of reading large pictures: four PNGs of 181 megapixels, four workers.

Run from the project's root: ``python -m benchmarks.memory``. It prints the most that the process, and with
``--embed`` the processes that it starts, held in RAM, and ends with code 1 at 2 GiB or more.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
from PIL import Image

WIDTH, HEIGHT, N_PICTURES, LIMIT_MB = 15_700, 11_530, 4, 2048


def write_pictures(folder: Path) -> None:
    """Write the pictures, quickly packed: bands of colours, each picture other ones."""
    for number in range(N_PICTURES):
        rows = np.random.default_rng(number).integers(0, 256, (HEIGHT, 1, 3), dtype=np.uint8)
        image = Image.fromarray(np.broadcast_to(rows, (HEIGHT, WIDTH, 3)))
        place = folder / f"Painter {number}" / "work.png"
        place.parent.mkdir(parents=True)
        image.save(place, compress_level=1)


def measure_peak(command: list[str]) -> float:
    """Return the most megabytes that a command and its children held in RAM together."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    peak = [0.0]

    def watch() -> None:
        while process.poll() is None:
            peak[0] = max(peak[0], _sum_resident(process.pid))
            time.sleep(0.02)

    watcher = threading.Thread(target=watch)
    watcher.start()
    if process.wait() != 0:
        sys.exit("the command failed")
    watcher.join()
    return peak[0]


def _sum_resident(pid: int) -> float:
    try:
        own = sum(
            int(line.split()[1]) / 1024
            for line in Path(f"/proc/{pid}/status").read_text().splitlines()
            if line.startswith("VmRSS")
        )
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return 0.0
    return own + sum(_sum_resident(int(child)) for child in children)


def main() -> int:
    """Print the peaks; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--embed", action="store_true", help="also embed what was collected")
    is_embedding = parser.parse_args().embed
    with tempfile.TemporaryDirectory() as folder:
        place, gallery = Path(folder, "pictures"), str(Path(folder, "gallery"))
        write_pictures(place)
        morelli = [sys.executable, "-c", "from morelli.cli import main; main()"]
        steps = {"collect": ["collect", str(place), "-g", gallery, "--workers", "4"]}
        if is_embedding:
            steps["embed"] = ["embed", gallery, "--workers", "4"]
        peaks = {name: measure_peak([*morelli, *step]) for name, step in steps.items()}
    for name, peak in peaks.items():
        print(f"{name}: {peak:,.0f} MB at most, {N_PICTURES} PNGs of {WIDTH * HEIGHT / 1e6:.0f} megapixels")
    return int(max(peaks.values()) >= LIMIT_MB)


if __name__ == "__main__":
    sys.exit(main())
