"""Writes the tables of museums as they publish them, faults and all."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from morelli.collection.work import Skip, Work
from morelli.errors import MorelliError

NGA_COLUMNS = {
    "objects": (
        "objectid", "accessioned", "accessionnum", "locationid", "title", "displaydate", "beginyear",
        "endyear", "visualbrowsertimespan", "medium", "dimensions", "attributioninverted", "attribution",
        "creditline", "classification", "wikidataid",
    ),
    "published_images": (
        "uuid", "iiifurl", "iiifthumburl", "viewtype", "sequence", "width", "height", "maxpixels",
        "depictstmsobjectid", "assistivetext",
    ),
    "objects_constituents": (
        "objectid", "constituentid", "displayorder", "roletype", "role", "prefix", "suffix", "displaydate",
    ),
    "constituents": (
        "constituentid", "ulanid", "preferreddisplayname", "forwarddisplayname", "lastname", "displaydate",
        "artistofngaobject", "beginyear", "endyear", "visualbrowsertimespan", "nationality",
        "constituenttype", "wikidataid",
    ),
    "objects_terms": ("termid", "objectid", "termtype", "term", "visualbrowsertheme", "visualbrowserstyle"),
    "constituents_altnames": (
        "altnameid", "constituentid", "lastname", "displayname", "forwarddisplayname", "nametype",
    ),
}  # fmt: skip

MET_COLUMNS = (
    "Object Number", "Is Highlight", "Is Timeline Work", "Is Public Domain", "Object ID", "Gallery Number",
    "Department", "AccessionYear", "Object Name", "Title", "Culture", "Period", "Dynasty", "Reign",
    "Portfolio",
    "Constituent ID", "Artist Role", "Artist Prefix", "Artist Display Name", "Artist Display Bio",
    "Artist Suffix", "Artist Alpha Sort", "Artist Nationality", "Artist Begin Date", "Artist End Date",
    "Artist Gender", "Artist ULAN URL", "Artist Wikidata URL", "Object Date", "Object Begin Date",
    "Object End Date", "Medium", "Dimensions", "Credit Line", "Geography Type", "City", "State", "County",
    "Country", "Region", "Subregion", "Locale", "Locus", "Excavation", "River", "Classification",
    "Rights and Reproduction", "Link Resource", "Object Wikidata URL", "Metadata Date", "Repository", "Tags",
    "Tags AAT URL", "Tags Wikidata URL",
)  # fmt: skip

POINTER = (
    "version https://git-lfs.github.com/spec/v1\n"
    "oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 72345678\n"
)

Rows = Iterable[Mapping[str, object]]


def format_csv(columns: Iterable[str], rows: Rows) -> str:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(columns), restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def write_gallery(folder: Path, **tables: Rows) -> Path:
    """Write the tables of the National Gallery of Art: those that are given, else the rows of `EXAMPLE`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in {**EXAMPLE, **tables}.items():
        text = format_csv(NGA_COLUMNS[name], rows)
        (folder / f"{name}.csv").write_text(text, encoding="utf-8", newline="")
    return folder


def view(number: str, uuid: str, **values: object) -> dict[str, object]:
    """Return a row of published_images."""
    address = f"https://iiif.museum.test/{uuid}"
    row = {"uuid": uuid, "iiifurl": address, "viewtype": "primary", "sequence": "0"}
    return {**row, "depictstmsobjectid": number, **values}


def credit(number: str, constituent: str, **values: object) -> dict[str, object]:
    """Return a row of objects_constituents."""
    row = {"objectid": number, "constituentid": constituent, "displayorder": "1", "roletype": "artist"}
    return {**row, "role": "artist", **values}


REMBRANDT = {
    "constituentid": "7", "ulanid": "500011051", "preferreddisplayname": "Rijn, Rembrandt van",
    "forwarddisplayname": "Rembrandt van Rijn", "lastname": "Rijn", "displaydate": "Dutch, 1606 - 1669",
    "artistofngaobject": "1", "constituenttype": "individual", "wikidataid": "Q5598",
}  # fmt: skip
LIEVENS = {
    "constituentid": "8", "preferreddisplayname": "Lievens, Jan", "forwarddisplayname": "Jan Lievens",
    "lastname": "Lievens", "displaydate": "Dutch, 1607 - 1674", "artistofngaobject": "1",
    "constituenttype": "individual",
}  # fmt: skip
NOBODY = {
    "constituentid": "9", "preferreddisplayname": "Dutch 17th Century", "artistofngaobject": "1",
    "forwarddisplayname": "Dutch 17th Century", "constituenttype": "anonymous",
    "displaydate": "Dutch, active 1650",
}  # fmt: skip

EXAMPLE: dict[str, Rows] = {
    "objects": [
        {
            "objectid": "1", "title": "The Mill,\n\"large\"", "displaydate": "1645/1648", "beginyear": "1645",
            "medium": "oil on canvas", "attribution": "Rembrandt van Rijn", "classification": "Painting",
        },
    ],
    "published_images": [view("1", "aaaa-1")],
    "objects_constituents": [credit("1", "7")],
    "constituents": [REMBRANDT, LIEVENS, NOBODY],
    "objects_terms": [
        {"termid": "1", "objectid": "1", "termtype": "Style", "term": "Baroque"},
        {"termid": "2", "objectid": "1", "termtype": "School", "term": "Dutch"},
        {"termid": "3", "objectid": "1", "termtype": "Theme", "term": "landscape"},
        {"termid": "4", "objectid": "1", "termtype": "Technique", "term": "impasto"},
    ],
}  # fmt: skip


def read_without_surprise(read: Callable[[], Iterable[Work | Skip]]) -> bool:
    """Tell whether reading gave works and skips, or one of morelli's own errors, and nothing else."""
    try:
        return all(isinstance(entry, (Work, Skip)) for entry in read())
    except MorelliError:
        return True
