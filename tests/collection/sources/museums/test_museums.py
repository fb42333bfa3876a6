"""Records in the shapes that museums publish: each field of a work is right without a mapping."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from collection.sources.museums import (
    records_of_america,
    records_of_nations,
    records_of_others,
    records_of_portals,
)
from morelli.cli.collect import _say_columns
from morelli.collection.sources.layouts import recognise
from morelli.collection.work import Work

CASES = {**records_of_america.CASES, **records_of_portals.CASES, **records_of_nations.CASES}
RANGES: dict[str, list[tuple[int | None, int | None]]] = {
    "met-api": [(1889, 1889), (1472, 1475), (1600, 1699)],
    "moma-csv": [(1896, 1896), (1929, 1930), (None, None), (None, None)],
    "moma-json": [(1896, 1896), (1975, 1976), (None, None)],
    "cleveland": [(1760, 1770), (1600, 1633), (None, None)],
    "cleveland-csv": [(1760, 1770), (1500, 1510)],
    "aic": [(1884, 1886), (1645, 1645), (1801, 1900)],
    "aic-dump": [(1884, 1886), (1645, 1645), (1801, 1900)],
    "harvard": [(1645, 1655), (1888, 1888), (None, None)],
    "rijks": [(1642, 1642), (1625, 1630), (1700, 1800)],
    "rijks-details": [(1625, 1630), (1642, 1642)],
    "smk": [(1886, 1886), (1640, 1645), (1600, 1699)],
    "carnegie-csv": [(1511, 1511), (1890, 1891)],
    "carnegie-json": [(1511, 1511), (None, None)],
    "mia": [(1853, 1853), (1666, 1699), (None, None)],
    "walters": [(1500, 1510), (1800, 1899)],
    "brooklyn": [(1868, 1868), (1645, 1655), (None, None)],
    "cooper-hewitt": [(1775, 1785), (None, None)],
    "europeana": [(1665, 1665), (1630, 1635), (None, None)],
    "wikidata-json": [(1503, 1503), (1650, 1650), (None, None)],
    "wikidata-csv": [(1503, 1503), (1650, 1650), (None, None)],
    "wikidata-simple": [(1503, 1503)],
    "joconde": [(1623, 1623), (1651, 1700), (None, None)],
    "nationalmuseum": [(1650, 1650), (1650, 1650), (None, None)],
    "finland": [(1877, 1877), (None, None)],
    "belvedere": [(1908, 1909), (1620, 1620)],
    "paris-musees": [(1872, 1875), (None, None)],
    "te-papa": [(1903, 1903), (1850, 1850), (None, None)],
    "v-and-a": [(1802, 1802), (1515, 1516), (1801, 1900)],
    "science-museum": [(1845, 1845)],
    "dpla": [(1885, 1885), (1645, 1655)],
    "smithsonian": [(1894, 1894), (1800, 1810), (None, None)],
    "philadelphia": [(1888, 1889), (1635, 1645)],
    "prado": [(1656, 1656), (1638, 1640), (1401, 1500)],
    "dimu": [(1893, 1893), (None, None)],
    "tate-csv": [(None, None), (1819, 1819), (1650, 1660)],
    "auckland": [(1840, 1840), (1900, 1900)],
}
"""The first and last years of the works, as the records word or count them."""

FIELDS = ("artist", "qualifier", "artist_dates", "title", "year", "medium", "licence", "address")


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder if len(files) > 1 else folder / next(iter(files))


@pytest.mark.parametrize("name", [*CASES, *records_of_others.CASES])
def test_the_records_of_a_museum_are_read(tmp_path: Path, name: str) -> None:
    files, expected = (CASES | records_of_others.CASES)[name]
    found: list[Any] = []
    for work in recognise(write(tmp_path, files)).read():
        assert isinstance(work, Work)
        found.append(tuple(getattr(work, field) for field in FIELDS))
    assert found == expected


@pytest.mark.parametrize("name", CASES)
def test_the_ranges_of_years_are_read(tmp_path: Path, name: str) -> None:
    works = [work for work in recognise(write(tmp_path, CASES[name][0])).read() if isinstance(work, Work)]
    assert [(work.year_from, work.year_to) for work in works] == RANGES[name]


@pytest.mark.parametrize("name", CASES)
def test_the_mapping_is_told(tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    layout = recognise(write(tmp_path, CASES[name][0]))
    told = _say_columns(layout)
    said = capsys.readouterr().err.replace("\n", " ")
    columns, unused = layout.columns, layout.unused  # type: ignore[attr-defined]
    assert told == {"columns": columns, "unused_columns": list(unused)}
    assert {"artist", "title", "address"} & columns.keys() >= {"artist", "title"}
    assert "artist from " in said
    assert "title from " in said
    assert "no column names the artists" not in said
    assert set(columns.values()).isdisjoint(unused)
