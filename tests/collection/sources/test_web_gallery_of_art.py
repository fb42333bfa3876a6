"""The catalogue of the Web Gallery of Art: names, pages turned into pictures, what else a row says."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from collection.sources.tables.test_sheets import write_book
from morelli.collection.sources import recognise
from morelli.collection.sources.web_gallery_of_art import WebGalleryOfArt, _read_author, _read_life
from morelli.collection.work import Skip, Work
from morelli.errors import LayoutError

HEADER = [
    "AUTHOR", "BORN-DIED", "TITLE", "DATE", "TECHNIQUE", "LOCATION", "URL", "FORM", "TYPE", "SCHOOL",
    "TIMEFRAME",
]  # fmt: skip
CRANACH = [
    "CRANACH, Lucas the Elder", "(b. 1472, Kronach, d. 1553, Weimar)", "Venus with Cupid", "1526-27",
    "Oil on panel, 81 x 55 cm", "National Gallery, London",
    "https://www.wga.hu/html/c/cranach/lucas_e/8/venus.html",
    "painting", "mythological", "German", "1501-1550",
]  # fmt: skip
DONATELLO = [
    "DONATELLO", "(b. ca. 1386, Firenze, d. 1466, Firenze)", "Niccolò", "c. 1432", "Terracotta",
    "Firenze",
    "https://www.wga.hu/html_m/d/donatell/2_mature/bust.html", "sculpture", "portrait", "Italian",
    "1401-1450",
]  # fmt: skip


def write_catalogue(folder: Path, *rows: list[str], encoding: str = "cp1252") -> Path:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";").writerows([HEADER, *rows])
    (folder / "catalog.csv").write_bytes(text.getvalue().encode(encoding))
    return folder


def test_a_row_gives_the_picture_and_not_the_page(tmp_path: Path) -> None:
    layout = recognise(write_catalogue(tmp_path, CRANACH, DONATELLO))
    assert layout.name == "web-gallery-of-art"
    assert list(layout.read()) == [
        Work(
            None,
            artist="Lucas Cranach the Elder",
            title="Venus with Cupid",
            year=1526,
            year_from=1526,
            year_to=1527,
            genre="mythological",
            school="German",
            medium="Oil on panel, 81 x 55 cm",
            classification="painting",
            artist_dates="1472-1553",
            address="https://www.wga.hu/art/c/cranach/lucas_e/8/venus.jpg",
            source_id="c/cranach/lucas_e/8/venus",
        ),
        Work(
            None,
            artist="Donatello",
            title="Niccolò",
            year=1432,
            genre="portrait",
            school="Italian",
            medium="Terracotta",
            classification="sculpture",
            artist_dates="ca. 1386-1466",
            address="https://www.wga.hu/art/d/donatell/2_mature/bust.jpg",
            source_id="d/donatell/2_mature/bust",
        ),
    ]


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("ALTDORFER, Albrecht", "Albrecht Altdorfer"),
        ("HEEM, Jan Davidsz. de", "Jan Davidsz. de Heem"),
        ("CLEVE, Joos van", "Joos van Cleve"),
        ("GOES, Hugo van der", "Hugo van der Goes"),
        ("TENIERS, David the Younger", "David Teniers the Younger"),
        ("PIERO della Francesca", "Piero della Francesca"),
        ("RAFFAELLO Sanzio", "Raffaello Sanzio"),
        ("BICCI DI LORENZO", "Bicci di Lorenzo"),
        ("MASTER of Moulins", "Master of Moulins"),
        ("MASTER E. S.", "Master E. S."),
        ("MASTER ES", "Master ES"),
        ("TAPESTRY WEAVER, Flemish", None),
        ("FRENCH, Daniel", "Daniel French"),
        ("CORREGGIO", "Correggio"),
        ("PARIS, Jean", "Jean Paris"),
        ("GENTILE da Fabriano", "Gentile da Fabriano"),
        ("UNKNOWN MASTER, Flemish", None),
        ("ICON PAINTER, Russian", None),
        ("", None),
    ],
)
def test_headings_are_filed_by_surname(heading: str, name: str | None) -> None:
    assert _read_author(heading).name == name


@pytest.mark.parametrize(
    ("text", "life"),
    [
        ("(b. 1606, Leiden, d. 1669, Amsterdam)", "1606-1669"),
        ("(b. ca. 1399, Tournai, d. 1464, Bruxelles)", "ca. 1399-1464"),
        ("(b. 1958, Zürich)", "born 1958"),
        ("(d. before 1475, Siena)", "died before 1475"),
        ("(active 1420s in Umbria)", "active 1420s in Umbria"),
        ("", None),
    ],
)
def test_years_of_life(text: str, life: str | None) -> None:
    assert _read_life(text) == life


def test_pictures_beside_the_table_are_taken(tmp_path: Path) -> None:
    path = write_catalogue(tmp_path, CRANACH) / "art/c/cranach/lucas_e/8/venus.jpg"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"")
    (work,) = recognise(tmp_path).read()
    assert isinstance(work, Work)
    assert work.path == path


def test_other_addresses_are_listed(tmp_path: Path) -> None:
    rows = [
        [*CRANACH[:6], url, *CRANACH[7:]] for url in ("", "https://www.wga.hu/bio/c/cranach.pdf", "venus")
    ]
    skips = list(recognise(write_catalogue(tmp_path, *rows)).read())
    assert [type(skip) for skip in skips] == [Skip] * 3
    assert [skip.path.rpartition(":")[2] for skip in skips if isinstance(skip, Skip)] == [
        "row 2",
        "row 3",
        "row 4",
    ]


def test_the_catalogue_may_be_a_workbook_or_have_another_name(tmp_path: Path) -> None:
    expected = list(recognise(write_catalogue(tmp_path, CRANACH)).read())
    (tmp_path / "catalog.csv").rename(tmp_path / "wga.csv")
    assert list(recognise(tmp_path / "wga.csv").read()) == expected
    (tmp_path / "wga.csv").unlink()
    write_book(tmp_path / "catalog.xlsx", {"catalog": [HEADER, CRANACH]})
    assert list(recognise(tmp_path).read()) == expected


def test_another_catalogue_is_none(tmp_path: Path) -> None:
    (tmp_path / "catalog.csv").write_text("AUTHOR;TITLE;URL\nX;Y;http://a.test/html/a.html\n")
    with pytest.raises(LayoutError):
        WebGalleryOfArt.fit(tmp_path, is_forced=False)
