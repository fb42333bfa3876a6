"""Whether an installation works: every command of the first hour on a few drawn painters, as a user types it.

    python benchmarks/smoke.py PATH/TO/bin [--without-networks]

Run it with the Python of any environment; what is tried is the `morelli` of the folder given.
"""

from __future__ import annotations

import argparse
import csv
import subprocess
import sys
import tempfile
import time
from pathlib import Path

DRAW = """
from pathlib import Path
from morelli.demo.collection import draw_collection
draw_collection(Path("painters"), n_painters=12, n_works=12)
"""
ABSENT = ("torch", "torchvision", "timm", "pytorch_metric_learning", "lightning_fabric")


def main() -> int:
    """Try each command and print its seconds; 1 when one fails."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("bin", type=Path, help="folder of the environment's executables")
    parser.add_argument("--without-networks", action="store_true", help="the extra must not be there")
    arguments = parser.parse_args()
    place = arguments.bin.absolute()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run([place / "python", "-c", DRAW], folder)
        if arguments.without_networks:
            look = f"import importlib.util as u; print([n for n in {ABSENT} if u.find_spec(n)])"
            found = run([place / "python", "-c", look], folder).stdout.strip()
            if found != "[]":
                sys.exit(f"expected an installation without networks, found {found}")
        for command in list_commands(folder):
            started = time.perf_counter()
            run([place / "morelli", *command], folder)
            print(f"{time.perf_counter() - started:7.1f} s  morelli {' '.join(command)[:90]}", flush=True)
        if arguments.without_networks:
            done = run([place / "morelli", "embed", "g", "-e", "resnet18"], folder, code=2)
            if 'pip install "morelli[networks]"' not in done.stderr:
                sys.exit(f"expected the line to type, found: {done.stderr}")
        versions = [run([place / name, "--version"], folder).stdout.strip() for name in ("morelli", "python")]
    print(f"all of it works: {', '.join(versions)}")
    return 0


def list_commands(folder: Path) -> list[list[str]]:
    """Return the commands in order, on the drawn works."""
    with (folder / "painters" / "works.csv").open(encoding="utf-8", newline="") as stream:
        paths = [f"painters/{next(iter(row.values()))}" for row in csv.DictReader(stream)]
    first, last = paths[0], paths[-1]
    return [
        ["--version"],
        ["collect", "painters", "-g", "g"],
        ["audit", "g", "-o", "audit"],
        ["embed", "g"],
        ["train", "g", "-s", "seen", "-o", "seen"],
        ["train", "g", "-s", "unseen", "-o", "unseen"],
        ["evaluate", "g", "-m", "seen", "-m", "unseen", "-o", "report"],
        ["attribute", first, "-m", "seen", "-g", "g"],
        ["compare", first, last, "-m", "unseen"],
        ["search", first, "-g", "g", "-k", "3"],
        ["card", "seen", "-o", "card.html"],
    ]


def run(command: list[object], folder: Path, *, code: int = 0) -> subprocess.CompletedProcess[str]:
    """Return what a command printed; leave with its words when it ends with another code."""
    done = subprocess.run(
        [str(part) for part in command], cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode != code:
        words = " ".join(map(str, command))
        sys.exit(f"{words}: expected exit code {code}, found {done.returncode}\n{done.stderr}")
    return done


if __name__ == "__main__":
    sys.exit(main())
