"""Writes the known columns into docs/collections.md from the vocabulary, so that the page cannot go stale.

python docs/write_vocabulary.py            write the page
python docs/write_vocabulary.py --check    write nothing; exit with 1 when the page is stale

Of each row of the table of fields only the names are written; what follows them after a semicolon stays. The
table of sources is written whole.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from morelli.collection.sources import (
    LAYOUTS,
    best_artworks,
    met,
    national_gallery,
    painter_by_numbers,
    web_gallery_of_art,
    wikiart_labels,
)
from morelli.collection.sources.vocabulary import (
    COLUMN_NAMES,
    FOLDER_NAMES,
    LABEL_FIELDS,
    LIFE_NAMES,
    LONG_TITLE_NAMES,
    PEOPLE_NUMBERS,
)

PAGE = Path(__file__).with_name("collections.md")
LABELS = "The fields that labels beside a picture name, too: "
SOURCES = "| source | columns, keys and labels that are known, by field |"

Names = Mapping[str, tuple[str, ...]]

FIELDS: Names = {
    **COLUMN_NAMES,
    **LIFE_NAMES,
    "artist_numbers": PEOPLE_NUMBERS,
    "long_title": LONG_TITLE_NAMES,
    "folder": FOLDER_NAMES,
}
"""What a table's columns can be: the fields of a work, and what helps to read them."""


def list_names(names: Names) -> str:
    """Return the names of each field in one line, those of a field's own name without it."""
    return "; ".join(
        field if found == (field,) else f"{field}: {', '.join(found)}" for field, found in names.items()
    )


def describe_sources() -> dict[str, str]:
    """Return what is known of each source, by its name, in the order in which they are tried."""
    gallery = [
        f"`{spec.file}`: " + list_names({**spec.needed, **spec.useful})
        for spec in (*national_gallery._NEEDED, national_gallery._TERMS, national_gallery._ALIASES)
    ]
    wikiart = {
        "classes.csv": wikiart_labels._CLASSES,
        "wikiart.csv": wikiart_labels._SEARCH,
        "wclasses.csv": wikiart_labels._CODES,
    }
    labels = list_names({field: COLUMN_NAMES[field] for field in sorted(LABEL_FIELDS)})
    known = {
        "painter-by-numbers": list_names(painter_by_numbers._COLUMN_NAMES),
        "wikiart-tables": "<br>".join(f"`{name}`: {list_names(found)}" for name, found in wikiart.items()),
        "national-gallery": "<br>".join(gallery),
        "met": list_names(met._COLUMNS),
        "tate": "acno, title, contributors (fc, mda, role, prepositions, date), dateRange, dateText, medium, "
        "classification, movements, subjects, thumbnailUrl, thumbnailCopyright, url",
        "lido": "the elements of LIDO: titleSet, eventSet (production, creation, designing), actorInRole, "
        "resourceSet, rightsWorkSet and their kin",
        "linked-art": "the keys of Linked Art: identified_by, produced_by, carried_out_by, attributed_by, "
        "representation, referred_to_by, classified_as and their kin",
        "web-gallery-of-art": list_names(web_gallery_of_art._COLUMNS),
        "hugging-face": "as `table`",
        "table": "the table of fields below; in JSON also their parts, nested as services answer",
        "json-beside-pictures": "as `table`",
        "iiif": f"labels: {labels}",
        "best-artworks": list_names(best_artworks._COLUMN_NAMES),
        "wikiart": "none: names of folders and files",
        "artist-folders": "none: names of folders and files",
        "pictures": "none: names of files",
    }
    return {name: known[name] for name in LAYOUTS}


def write_page(text: str) -> str:
    """Return the page with the names that are known today."""
    lines: list[str] = []
    is_of_sources = False
    for line in text.splitlines(keepends=True):
        field = line.removeprefix("| ").partition(" |")[0]
        if is_of_sources and line.startswith("|"):
            continue
        is_of_sources = line.startswith(SOURCES)
        if is_of_sources:
            rows = (f"| `{name}` | {known} |\n" for name, known in describe_sources().items())
            lines += [line, "|---|---|\n", *rows]
            continue
        if field in FIELDS and line.startswith(f"| {field} | {FIELDS[field][0]}"):
            further = line.partition(";")[2].removesuffix(" |\n")
            names = ", ".join(FIELDS[field]) + (f";{further}" if further else "")
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
