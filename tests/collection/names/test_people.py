"""Names as museums really file them, and what is read out of them."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from morelli.collection.names.nobody import is_nobody, is_place
from morelli.collection.names.people import Person, _is_date, _split_dates, read_person, years_of

FILED = [
    # as the National Gallery of Art files and speaks them
    ("Gogh, Vincent van", "Vincent van Gogh"),
    ("Velde, Willem van de, the Younger", "Willem van de Velde the Younger"),
    ("Collaert, Hans the Younger", "Hans Collaert the Younger"),
    ("Cranach the Elder, Lucas", "Lucas Cranach the Elder"),
    ("Velde, Esaias van de, I", "Esaias van de Velde I"),
    ("Le Sidaner, Henri Eugéne", "Henri Eugéne Le Sidaner"),
    ("La Tour, Maurice-Quentin de", "Maurice-Quentin de La Tour"),
    ("Rubens, Peter Paul, Sir", "Sir Peter Paul Rubens"),
    ("Gerard, François Baron", "Baron François Gerard"),
    ("Briosco, called Riccio, Andrea", "Andrea Briosco, called Riccio"),
    ("Cesati, Alessandro, called Il Grechetto", "Alessandro Cesati, called Il Grechetto"),
    ("Cardi, Ludovico called Cigoli", "Ludovico Cardi called Cigoli"),
    ("Antonio da Brescia, Fra", "Fra Antonio da Brescia"),
    ("Pompadour, Jeanne Antoinette Poisson, marquise de", "Jeanne Antoinette Poisson, marquise de Pompadour"),
    ("Howard, 9th Earl of Carlisle, George", "George Howard, 9th Earl of Carlisle"),
    ("Louis XIV, King of France", "Louis XIV, King of France"),
    ("Eggers and Higgins, Architects", "Eggers and Higgins, Architects"),
    ("Hart, George Overbury (Pop)", "George Overbury (Pop) Hart"),
    ("Hogg, Danny (Cool Disco Dan)", "Danny Hogg (Cool Disco Dan)"),
    ("Rilke, Rainer Maria (author) and Donald Saff", "Rainer Maria Rilke (author) and Donald Saff"),
    ("Miss, Mary", "Mary Miss"),
    ("King, Charles Bird", "Charles Bird King"),
    ("Horter, Earl", "Earl Horter"),
    # as others do
    ("Bruegel the Elder, Pieter", "Pieter Bruegel the Elder"),
    ("Bruegel, Pieter, the Elder", "Pieter Bruegel the Elder"),
    ("Pieter Bruegel, the Elder", "Pieter Bruegel the Elder"),
    ("Sanzio, Raffaello, called Raphael", "Raffaello Sanzio, called Raphael"),
    ("Le Nain, Antoine", "Antoine Le Nain"),
    ("Cranach, Lucas, d. Ä.", "Lucas Cranach d. Ä."),
    ("Teniers, David, le Jeune", "David Teniers le Jeune"),
    ("Orléans, Louis d'", "Louis d'Orléans"),
    ("Vinci, Leonardo da", "Leonardo da Vinci"),
    ("Umberto Boccioni, Francesco Balilla Pratella", "Umberto Boccioni, Francesco Balilla Pratella"),
    ("Daniel Faria Gallery, Toronto", "Daniel Faria Gallery, Toronto"),
    ("M.C. Escher, A.E. Drijfhout", "M.C. Escher, A.E. Drijfhout"),
    ("Grant, D.J.", "D.J. Grant"),
]


@pytest.mark.parametrize(("filed", "spoken"), FILED)
def test_names_filed_by_surname_are_turned(filed: str, spoken: str) -> None:
    assert read_person(filed) == Person(spoken)


@pytest.mark.parametrize("spoken", [spoken for _, spoken in FILED])
def test_names_as_spoken_stay(spoken: str) -> None:
    assert read_person(spoken).name == spoken


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("Claude Monet (1840-1926)", Person("Claude Monet", None, "1840-1926")),
        ("Monet, Claude, 1840–1926", Person("Claude Monet", None, "1840-1926")),
        ("Monet, Claude, French, 1840 - 1926", Person("Claude Monet", None, "1840-1926", "French")),
        ("Claude Monet (French, 1840 – 1926)", Person("Claude Monet", None, "1840-1926", "French")),
        ("Rembrandt van Rijn, Dutch (1606–1669)", Person("Rembrandt van Rijn", None, "1606-1669", "Dutch")),
        ("Dutch (1606–1669)", Person(None, None, "1606-1669", "Dutch")),
        ("Jan van Eyck, c. 1390-1441", Person("Jan van Eyck", None, "c. 1390-1441")),
        ("Sherrie Levine, born 1947", Person("Sherrie Levine", None, "born 1947")),
        ("Jean Bourdichon (active 1520s)", Person("Jean Bourdichon", None, "active 1520s")),
        ("Giuliano, active in Siena 1440", Person("Giuliano", None, "active in Siena 1440")),
        ("Hans Holbein 1497-1543", Person("Hans Holbein", None, "1497-1543")),
        ("Cao Fei (* 1978)", Person("Cao Fei", None, "* 1978")),
        ("Workshop of Rembrandt (1606-1669)", Person("Rembrandt", "workshop of", "1606-1669")),
        ("Hals, Frans, workshop of (1582-1666)", Person("Frans Hals", "workshop of", "1582-1666")),
        ("Rubens, Peter Paul, Umkreis", Person("Peter Paul Rubens", "circle of")),
        ("Copley, John Singleton and Workshop", Person("John Singleton Copley", "with workshop")),
        ("Leonardo, school of", Person("Leonardo", "school of")),
    ],
)  # fmt: skip
def test_dates_and_qualifiers_are_split_off(text: str, person: Person) -> None:
    assert read_person(text) == person


@pytest.mark.parametrize(
    "text",
    [
        "Flemish 17th Century", "English School", "School of Fontainebleau", "Florentinische Schule",
        "École française", "Roman", "Unknown European Artist", "Various Artists", "Chinese Qing Dynasty",
    ],
)  # fmt: skip
def test_schools_and_centuries_are_nobody_but_are_noted(text: str) -> None:
    assert read_person(text) == Person(None, note=text)


@pytest.mark.parametrize(
    "text",
    [
        "Master of the Female Half-Lengths",
        "Meister des Marienlebens",
        "Veronese",
        "Benjamin West",
        "S. Clay Wilson",
    ],
)
def test_notnames_and_names_that_look_like_peoples_are_somebody(text: str) -> None:
    assert read_person(text) == Person(text)


@pytest.mark.parametrize("text", [None, "", "Unknown", "artiste inconnu", "Ignoto", "onbekend"])
def test_nobody(text: str | None) -> None:
    assert read_person(text).name is None


def test_prefix_and_suffix_count_like_words_in_the_text() -> None:
    assert read_person("Rubens", prefix="Attributed to").qualifier == "attributed to"
    assert read_person("Rubens", suffix="and Workshop").qualifier == "with workshop"
    assert read_person("Follower of Rubens", prefix="Attributed to").qualifier == "follower of"
    assert read_person("Rubens", prefix="Published by").note == "Published by"


def test_another_attribution_becomes_a_note() -> None:
    person = read_person("Verrocchio, Andrea del, Workshop of (Possibly Leonardo da Vinci)")
    assert person == Person("Andrea del Verrocchio", "workshop of", None, "Possibly Leonardo da Vinci")


def test_a_maker_and_a_model_are_neither_of_the_two() -> None:
    spoken = "Paulus Pontius after Sir Peter Paul Rubens"
    assert read_person(spoken) == read_person("Pontius, Paulus after Sir Peter Paul Rubens") == Person(spoken)


def test_a_nameless_maker_leaves_the_model() -> None:
    person = read_person("Italian 18th Century, after Andrea Pozzo")
    assert person == Person("Andrea Pozzo", "after", note="Italian 18th Century")


def test_spoiled_names_are_mended() -> None:
    assert read_person("DÃ¼rer, Albrecht (1471â€“1528)") == Person("Albrecht Dürer", None, "1471-1528")


def test_words_and_given_names_are_no_dates() -> None:
    assert not _is_date("Claude")
    assert not _is_date("II")
    assert not is_place("")
    assert _split_dates("Monet, Claude") == (None, None, "Monet, Claude")
    assert years_of("active 1616 or 1625 - 1679") == (1616, 1625, 1679)
    assert not is_nobody("Master of the 15th century Altarpiece")


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    person = read_person(text, prefix=text, suffix=text)
    assert person.name is None or person.name == person.name.strip() != ""


@given(st.text("abIVX ,.()[]?-–1890'd’of", max_size=40))
def test_any_punctuation_is_read(text: str) -> None:
    assert read_person(text) == read_person(text)


def read_rows(paintings: Path, name: str) -> pl.DataFrame:
    return pl.read_csv(paintings / "nga" / name, infer_schema_length=0)


@pytest.mark.paintings
def test_filed_and_spoken_names_of_15714_artists_agree(paintings: Path) -> None:
    rows = read_rows(paintings, "constituents.csv").filter(
        (pl.col("constituenttype") == "individual") & (pl.col("artistofngaobject") == "1")
    )
    pairs = rows.select("preferreddisplayname", "forwarddisplayname").rows()
    n_same = sum(read_person(filed).name == read_person(spoken).name for filed, spoken in pairs)
    assert n_same >= 0.992 * len(pairs)


@pytest.mark.paintings
def test_filed_and_spoken_attributions_of_3497_records_agree(paintings: Path) -> None:
    rows = read_rows(paintings, "objects_historical_data.csv").filter(
        (pl.col("datatype") == "previous_attribution")
        & pl.col("invertedtext").is_not_null()
        & (pl.col("invertedtext") != "N/A")
    )
    people = [(read_person(a), read_person(b)) for a, b in rows.select("forwardtext", "invertedtext").rows()]
    n_same = sum((a.name, a.qualifier) == (b.name, b.qualifier) for a, b in people)
    n_qualified = sum(a.qualifier is not None for a, _ in people)
    assert n_same >= 0.975 * len(people)
    assert n_qualified >= 600


@pytest.mark.parametrize(
    ("text", "name", "dates"),
    [
        ("Gustav Klimt (1862 Baumgarten – 1918 Wien)", "Gustav Klimt", "1862-1918"),
        ("Schiele, Egon (1890 Tulln/Donau - 1918 Wien)", "Egon Schiele", "1890-1918"),
        ("Max Ernst (1891, Brühl – 1976, Paris)", "Max Ernst", "1891-1976"),
        ("Winslow Homer, born Boston, MA 1836-died Prouts Neck, ME 1910", "Winslow Homer", "1836-1910"),
        (
            "Mary Cassatt, born Allegheny 1844-died Le Mesnil, France 1926",
            "Mary Cassatt",
            "1844-1926",
        ),
        ("Constable, John (RA)", "John Constable", None),
        ("Turner, Joseph (PRA)", "Joseph Turner", None),
        ("Danny Hogg (Cool)", "Danny Hogg (Cool)", None),
    ],
)
def test_places_of_a_life_and_memberships_are_no_part_of_a_name(
    text: str, name: str, dates: str | None
) -> None:
    person = read_person(text)
    assert (person.name, person.dates) == (name, dates)


def test_a_given_name_behind_a_qualified_surname_is_no_people() -> None:
    assert read_person("toegeschreven aan Hals, Frans (1582-1666)") == Person(
        "Frans Hals", "attributed to", "1582-1666"
    )
