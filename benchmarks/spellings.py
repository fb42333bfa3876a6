"""How long names take to be compared with one another, as ``morelli names`` does.

    python -m benchmarks.spellings 5000 20000

Invented names, many with one given name, so that the cheap ways of passing pairs over help little. Prints CPU
seconds; four times the names may take little more than four times as long.
"""

from __future__ import annotations

import sys
import time

from morelli.collection.names.twins import suggest_twins

_GIVEN = [f"{a}{b}{c}" for a in "BCDFG" for b in "aeiou" for c in ("rnold", "rthur", "lbert", "dgar")]


def make_names(n: int) -> list[str]:
    """Return n different names: a given name, and a surname that shares its ending with all others."""
    return [f"{_GIVEN[k % len(_GIVEN)]} {chr(65 + k % 26)}{k * 7919 % 99991:05d}smith" for k in range(n)]


def main() -> None:
    """Print the time for each number of names."""
    print(f"{'names':>8}{'CPU s':>9}{'pairs':>8}")
    for n in map(int, sys.argv[1:] or ("5000", "20000")):
        begun = time.process_time()
        found = suggest_twins(make_names(n))
        print(f"{n:8,}{time.process_time() - begun:9.1f}{len(found):8,}")


if __name__ == "__main__":
    main()
