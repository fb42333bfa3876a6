"""Writes the known columns into docs/collections.md from the vocabulary, so that the page cannot go stale.

python docs/write_vocabulary.py            write the page
python docs/write_vocabulary.py --check    write nothing; exit with 1 when the page is stale

Of each row of the table only the names are written; what follows them after a semicolon stays.
"""

from __future__ import annotations

import sys
from pathlib import Path

from morelli.collection.sources.vocabulary import COLUMN_NAMES, LABEL_FIELDS

PAGE = Path(__file__).with_name("collections.md")
LABELS = "The fields that labels beside a picture name, too: "


def write_page(text: str) -> str:
    """Return the page with the names that are known today."""
    lines = []
    for line in text.splitlines(keepends=True):
        field = line.removeprefix("| ").partition(" |")[0]
        if field in COLUMN_NAMES and line.startswith(f"| {field} | {COLUMN_NAMES[field][0]}"):
            further = line.partition(";")[2].removesuffix(" |\n")
            names = ", ".join(COLUMN_NAMES[field]) + (f";{further}" if further else "")
            line = f"| {field} | {names} |\n"
        elif line.startswith(LABELS):
            line = f"{LABELS}{', '.join(sorted(LABEL_FIELDS))}.\n"
        lines.append(line)
    return "".join(lines)


def main(arguments: list[str]) -> int:
    """Write the page, or check it."""
    text = PAGE.read_text(encoding="utf-8")
    written = write_page(text)
    if "--check" in arguments:
        return int(written != text)
    PAGE.write_text(written, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
