"""How many names that two museums file by surname are turned as these museums speak them.

    python -m benchmarks.names nga/constituents.csv tate/artist_data.csv

The first is of the National Gallery of Art's open data, which has both forms of each artist's name; the
second of the Tate collection, which has the spoken form in each artist's address ("/edwin-austin-abbey-0").
A constituent of the type "anonymous" and a school are right where nobody is named. Also counted: names that
a second reading changes, names in which a word for a qualifier is left, and different persons who fall
together. ``--misses N`` prints so many that are not right.

To measure another version, put its ``src`` first on ``PYTHONPATH`` and run this file by its path.
"""

from __future__ import annotations

import argparse
import csv
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from morelli.collection.names.people import read_person
from morelli.collection.names.qualifiers import split_qualifier
from morelli.collection.names.text import fold_name


@dataclass(frozen=True)
class Filed:
    """A name as a list files it, and as it speaks it; nothing where it names nobody."""

    number: str
    filed: str
    spoken: str
    is_slug: bool  # whether the spoken form is lower case without accents

    def is_right(self, name: str | None) -> bool:
        """Tell whether a name is the spoken one: to the letter, or as far as a slug tells."""
        if not self.is_slug:
            return (name or "") == self.spoken
        return _make_slug(name or "") == _make_slug(self.spoken)


def _make_slug(text: str) -> str:
    """Return the letters and digits of a text, without accents and bars."""
    folded = fold_name(text).translate(str.maketrans("øłđı", "oldi"))
    return re.sub(r"[^a-z0-9]", "", folded.replace("ß", "ss").replace("æ", "ae"))


def read_list(table: Path) -> list[Filed]:
    """Return the names of a museum's list, told from the other by its columns."""
    with table.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return list(_read_nga(rows) if rows and "forwarddisplayname" in rows[0] else _read_tate(rows))


def _read_nga(rows: list[dict[str, str]]) -> Iterator[Filed]:
    for row in rows:
        if row["artistofngaobject"] != "1":
            continue
        spoken = "" if row["constituenttype"] == "anonymous" else " ".join(row["forwarddisplayname"].split())
        yield Filed(row["constituentid"], row["preferreddisplayname"], spoken, False)


def _read_tate(rows: list[dict[str, str]]) -> Iterator[Filed]:
    for row in rows:
        slug = row["url"].rstrip("/").rpartition("/")[2].rpartition("-")[0]
        is_nobody = re.search(r"\bSchool\b|^Anonymous$|^Unknown$", row["name"])
        yield Filed(row["id"], row["name"], "" if is_nobody else slug, True)


def find_fallen(names: list[tuple[Filed, str | None]]) -> list[list[Filed]]:
    """Return groups of entries with different spoken forms that were read as the same name."""
    groups = defaultdict(list)
    for entry, name in names:
        if name is not None:
            groups[name].append(entry)
    return [
        group for group in groups.values() if len({entry.filed for entry in group}) > 1 and _differ(group)
    ]


def _differ(group: list[Filed]) -> bool:
    return len({_make_slug(entry.spoken) for entry in group}) > 1


def main() -> None:
    """Print the figures of each list."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("tables", nargs="+", type=Path)
    parser.add_argument("--misses", type=int, default=0)
    options = parser.parse_args()
    print(f"{'list':<28}{'names':>8}{'right':>9}{'unstable':>10}{'qualified':>11}{'fallen':>8}")
    for table in options.tables:
        names = [(entry, read_person(entry.filed).name) for entry in read_list(table)]
        misses = [(entry, name) for entry, name in names if not entry.is_right(name)]
        known = [name for _, name in names if name is not None]
        unstable = [name for name in known if read_person(name).name != name]
        qualified = [name for name in known if split_qualifier(name)[0]]
        fallen = find_fallen(names)
        share = 100 * (1 - len(misses) / max(len(names), 1))
        print(
            f"{table.name:<28}{len(names):8,}{share:8.2f}%{len(unstable):10,}{len(qualified):11,}{len(fallen):8,}"
        )
        for entry, name in misses[: options.misses]:
            print(f"  {entry.filed!r} was read as {name!r}, is {entry.spoken!r}")
        for group in fallen[: options.misses]:
            print("  together: " + "; ".join(entry.filed for entry in group))
        for name in (unstable + qualified)[: options.misses]:
            print(f"  not at rest: {name!r}")


if __name__ == "__main__":
    main()
