"""The mean of reports over seeds: ``python benchmarks/seeds.py report-0 report-1 report-2``.

Each folder is what `morelli evaluate` wrote for one seed. A number that is not in all of them is left out.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from pathlib import Path

import numpy as np

Key = tuple[str, str, str, str]


def main() -> None:
    """Print the mean of each number and its value in each report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("reports", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--metric", action="append", help="only these; repeat for several")
    arguments = parser.parse_args()
    values: dict[Key, list[float]] = defaultdict(list)
    for folder in arguments.reports:
        report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
        for row in report["rows"]:
            values[row["task"], row["part"], row["subset"], row["metric"]].append(row["value"])
    print("| task | artists | subset | metric | mean | each seed |\n|---|---|---|---|---|---|")
    for (task, part, subset, metric), found in values.items():
        if len(found) == len(arguments.reports) and metric in (arguments.metric or [metric]):
            each = ", ".join(f"{value:.3f}" for value in found)
            print(f"| {task} | {part} | {subset} | `{metric}` | {np.mean(found):.3f} | {each} |")


if __name__ == "__main__":
    main()
