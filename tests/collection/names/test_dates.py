"""When a work was made: single years, spans, decades, centuries and their parts, in ten languages."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from morelli.collection.names.dates import Dates, choose_dates, read_dates, year_from_text

STATED = [
    ("19th century", (None, 1801, 1900)), ("late 1800s", (None, 1866, 1899)),
    ("XIXe siècle", (None, 1801, 1900)), ("19. Jahrhundert", (None, 1801, 1900)),
    ("2. Hälfte 19. Jh.", (None, 1851, 1900)), ("19. Jh., 2. Hälfte", (None, 1851, 1900)),
    ("siglo XIX", (None, 1801, 1900)), ("finales del siglo XIX", (None, 1867, 1900)),
    ("segunda mitad del siglo XVII", (None, 1651, 1700)), ("sec. XVIII", (None, 1701, 1800)),
    ("seconda metà del XVI secolo", (None, 1551, 1600)), ("metà del XIX secolo", (None, 1834, 1866)),
    ("late 18th–early 19th century", (None, 1767, 1833)), ("18th-19th century", (None, 1701, 1900)),
    ("late 18th or 19th century", (None, 1767, 1900)),
    ("first quarter of the 17th century", (None, 1601, 1625)),
    ("last third of the 16th century", (None, 1567, 1600)), ("19e eeuw", (None, 1801, 1900)),
    ("eerste helft 17e eeuw", (None, 1601, 1650)), ("1800-tallet", (None, 1800, 1899)),
    ("slutet av 1800-talet", (None, 1866, 1899)), ("XIX wiek", (None, 1801, 1900)),
    ("2. poł. XIX w.", (None, 1851, 1900)), ("koniec XIX w.", (None, 1867, 1900)),
    ("19. století", (None, 1801, 1900)), ("1. polovina 19. století", (None, 1801, 1850)),
    ("1850-60", (1850, 1850, 1860)), ("1850–1860", (1850, 1850, 1860)),
    ("between 1850 and 1860", (1850, 1850, 1860)), ("ca. 1650-1660", (1650, 1650, 1660)),
    ("before 1720", (1720, None, 1720)), ("after 1848", (1848, 1848, None)),
    ("1640s", (1640, 1640, 1649)), ("1890er Jahre", (1890, 1890, 1899)),
    ("1850s-1860s", (1850, 1850, 1869)), ("années 1890", (1890, 1890, 1899)),
    ("1890", (1890, 1890, 1890)), ("1889, cast 1920", (1889, 1889, 1889)),
    ("1890-05-12", (1890, 1890, 1890)), ("not before 1650", (1650, 1650, None)),
    ("ca. 1981-1975 B.C.", (None, None, None)), ("5th century BC", (None, None, None)),
    ("second half of the nineteenth century", (None, 1851, 1900)), ("n.d.", (None, None, None)),
    ("mid-19th century", (None, 1834, 1866)), ("Ende 15. Jahrhundert", (None, 1467, 1500)),
    ("début du XVIIIe siècle", (None, 1701, 1733)), ("early 20th c.", (None, 1901, 1933)),
    ("17th/18th century", (None, 1601, 1800)), ("inizio XVII secolo", (None, 1601, 1633)),
    ("XVI-XVII sec.", (None, 1501, 1700)), ("vers 1650", (1650, 1650, 1650)),
    ("1652 oder 1655", (1652, 1652, 1655)), ("zwischen 1620 und 1625", (1620, 1620, 1625)),
    ("Edo period, 18th century", (None, 1701, 1800)), ("March 3, 1921", (1921, 1921, 1921)),
    ("dated 1634", (1634, 1634, 1634)), ("vor 1600", (1600, None, 1600)),
    ("third quarter 19th century", (None, 1851, 1875)), ("19th century, late", (None, 1867, 1900)),
    ("XVIIe s.", (None, 1601, 1700)), ("s. XVII", (None, 1601, 1700)),
]  # fmt: skip
"""Texts with year, first and last year."""

ROMAN = [
    "I",
    "II",
    "III",
    "IV",
    "V",
    "VI",
    "VII",
    "VIII",
    "IX",
    "X",
    "XI",
    "XII",
    "XIII",
    "XIV",
    "XV",
    "XVI",
    "XVII",
    "XVIII",
    "XIX",
    "XX",
    "XXI",
]

WORDS = st.sampled_from(
    [
        "late",
        "early",
        "mid",
        "first",
        "2nd",
        "half",
        "quarter",
        "of",
        "the",
        "19th",
        "XVIII",
        "century",
        "Jh.",
        "siècle",
        "1850",
        "1850s",
        "1800s",
        "-",
        "to",
        "before",
        "after",
        "c.",
        "B.C.",
        "siglo",
        "sec.",
        "1.",
        "1999",
        "20",
        "/",
        "(",
        ")",
        "century,",
        "wieku",
        "0",
        "2100",
        "2101",
    ]
)


@pytest.mark.parametrize(("text", "dates"), STATED)
def test_what_a_text_states(text: str, dates: tuple[int | None, int | None, int | None]) -> None:
    assert read_dates(text) == Dates(*dates)


@given(st.lists(WORDS, max_size=8).map(" ".join) | st.text())
def test_any_text_has_a_range_in_order_that_holds_its_year(text: str) -> None:
    dates = read_dates(text)
    assert dates.year == year_from_text(text)
    ends = [end for end in (dates.year_from, dates.year, dates.year_to) if end is not None]
    assert ends == sorted(ends)
    assert all(1 <= end <= 2199 for end in ends)


@pytest.mark.parametrize("number", range(1, 22))
def test_a_century_in_digits_and_in_roman_digits_has_a_hundred_years(number: int) -> None:
    roman = ROMAN[number - 1]
    whole = Dates(None, 100 * number - 99, 100 * number)
    for text in (f"{number}th century", f"{roman}e siècle", f"{number}. Jh.", f"siglo {roman}"):
        assert read_dates(text) == whole


@pytest.mark.parametrize(
    "names",
    [
        ("early", "mid", "late"),
        ("first half of the", "second half of the"),
        ("1. Viertel", "2. Viertel", "3. Viertel", "letztes Viertel"),
        ("first third of the", "second third of the", "last third of the"),
    ],
)
def test_the_parts_of_a_century_meet_and_fill_it(names: tuple[str, ...]) -> None:
    parts = [read_dates(f"{name} 19th century") for name in names]
    assert parts[0].year_from == 1801
    assert parts[-1].year_to == 1900
    for one, following in pairwise(parts):
        assert one.year_to is not None
        assert following.year_from == one.year_to + 1


@pytest.mark.parametrize(
    ("begins", "ends", "text", "dates"),
    [
        ("1867", "1899", "late 19th century", (None, 1867, 1899)),
        (1601.0, 1700.0, "17e eeuw", (None, 1601, 1700)),
        ("1645", "1650", "c. 1648", (1645, 1645, 1650)),
        ("1890", "1890", "19th century", (1890, 1890, 1890)),
        ("1652-01-01T00:00:00Z", "1655-12-31T00:00:00Z", "", (1652, 1652, 1655)),
        (None, None, "second half of the 18th century", (None, 1751, 1800)),
        (None, "1720", None, (None, None, 1720)),
        ("0", "0", "undated", (None, None, None)),
        (-300, -200, "3rd century BC", (None, None, None)),
        (-50, 50, "1st century BC to 1st century", (None, None, None)),
        ("1800", "1750", None, (1800, 1750, 1800)),
        ("9" * 5000, None, None, (None, None, None)),
    ],
)
def test_numbers_beside_a_text(
    begins: object, ends: object, text: str | None, dates: tuple[int | None, int | None, int | None]
) -> None:
    assert choose_dates(begins, ends, text) == Dates(*dates)
