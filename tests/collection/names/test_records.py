"""Credits as museums' files really hold them: roles, line breaks, commas, nobody, eras, spoiled letters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from morelli.collection.names.dates import year_from_text
from morelli.collection.names.nobody import find_school, is_nobody
from morelli.collection.names.people import Person, read_person
from morelli.collection.names.qualifiers import _PHRASES

ROLES = [
    ("Berthe Morisot (French, 1841-1895), artist", "Berthe Morisot"),
    ("Photographer: Ansel Adams", "Ansel Adams"),
    ("Künstler: Gabriele Münter (1877-1962)", "Gabriele Münter"),
    ("Malarz: Jan Matejko", "Jan Matejko"),
    ("Konstnär: Anders Zorn", "Anders Zorn"),
    ("William Blake [author]", "William Blake"),
    ("Ambroise Vollard (Publisher)", "Ambroise Vollard"),
    ("Corot, Camille (1796-1875). Peintre", "Camille Corot"),
    ("Jan Vermeer, painter and engraver", "Jan Vermeer"),
    ("Dürer, Albrecht, 1471-1528, artist.", "Albrecht Dürer"),
    ("Giotto, Italian painter, 1267-1337", "Giotto"),
    ("Painted by Claude Monet", "Claude Monet"),
    ("Manet, Édouard ; Morisot, Berthe", "Édouard Manet; Berthe Morisot"),
    ("Hokusai, Katsushika (Japanese, 1760-1849), artist; Eijudo (Japanese), publisher", "Katsushika Hokusai"),
    ("Publisher: Eijudo; Artist: Katsushika Hokusai", "Katsushika Hokusai"),
    ("After Raphael; engraved by Marcantonio Raimondi", "Raphael"),
]
LINES = [
    ("Edgar Degas\nFrench, 1834–1917", Person("Edgar Degas", None, "1834-1917", "French")),
    ("Unknown maker, Japanese\nEdo period", Person(None, note="Japanese")),
    ("Maker unknown\nFrench", Person(None, note="Maker unknown (French)")),
    ("Joan Miró (Spanish, 1893-1983)\nprinted by Mourlot", Person("Joan Miró", None, "1893-1983", "Spanish")),
    ("Franz Marc\r\nGerman, 1880–1916\r\nPaul Klee", Person("Franz Marc", None, "1880-1916", "German")),
    ("Artist:\nPaul Klee\n(1879-1940)", Person("Paul Klee", None, "1879-1940")),
    ("Workshop of\nGiotto", Person("Giotto", "workshop of")),
    ("Titian<br>Italian, 1490-1576", Person("Titian", None, "1490-1576", "Italian")),
    (
        "James McNeill Whistler\nAmerican, Lowell 1834–1903 London",
        Person("James McNeill Whistler", None, "1834-1903", "American, Lowell London"),
    ),
]  # fmt: skip
COMMAS = [
    ("J. M. W. Turner, 1775-1851, British", "J. M. W. Turner"),
    ("Turner, Joseph Mallord William, 1775-1851, British", "Joseph Mallord William Turner"),
    ("Édouard Manet, French", "Édouard Manet"),
    ("Albrecht Dürer, Nuremberg", "Albrecht Dürer"),
    ("Lucas Cranach, Wittenberg", "Lucas Cranach"),
    ("Bellini, Giovanni, Venice", "Giovanni Bellini"),
    ("Bordone, Paris", "Paris Bordone"),
    ("Hals, Frans (1582-1666)", "Frans Hals"),
    ("Paul Klee, Wassily Kandinsky, Franz Marc", "Paul Klee, Wassily Kandinsky, Franz Marc"),
    ("Juan de Flandes, Pedro Berruguete", "Juan de Flandes, Pedro Berruguete"),
    ("Picasso, Braque, Miró", "Picasso, Braque, Miró"),
    ("Smith, John, 3rd", "John Smith 3rd"),
    ("Henry Moore, OM, CH", "Henry Moore, OM, CH"),
    ("Moore, Henry, OM, CH", "Henry Moore, OM, CH"),
    ("Sir Joshua Reynolds, PRA", "Sir Joshua Reynolds, PRA"),
    ("Currier & Ives, New York", "Currier & Ives, New York"),
    ("Peter Blum Edition, New York", "Peter Blum Edition, New York"),
    ("Lawrence, D. H. (David Herbert), 1885-1930", "D. H. (David Herbert) Lawrence"),
    ("Eliot, T. S. (Thomas Stearns), 1888-1965.", "T. S. (Thomas Stearns) Eliot"),
    ("Shaw, Joshua, approximately 1777-1860", "Joshua Shaw"),
    ("Homer, Winslow.", "Winslow Homer"),
    ("INGRES Jean-Auguste-Dominique", "Jean-Auguste-Dominique Ingres"),
    ("VAN GOGH Vincent", "Vincent van Gogh"),
    ("TOULOUSE-LAUTREC Henri de", "Henri de Toulouse-Lautrec"),
    ("Espérance Langlois, Louise", "Louise Espérance Langlois"),
    ("Lucas Villamil, Eugenio", "Eugenio Lucas Villamil"),
    ("Tessier, Emilia", "Emilia Tessier"),
    ("Aldini, Urbino", "Urbino Aldini"),
    ("Ferrand, Marseille", "Marseille Ferrand"),
    ("Corti, Italia", "Italia Corti"),
    ("Moss, Sicily", "Sicily Moss"),
    ("Anna Corti, Urbino", "Anna Corti"),
]
JOCONDE = [
    ("LA TOUR Georges de (école de)", "Georges de La Tour", "school of"),
    ("POUSSIN Nicolas (d'après)", "Nicolas Poussin", "after"),
    ("LE BRUN Charles (atelier, attribué à)", "Charles Le Brun", "workshop of"),
    ("VERNET Joseph (attribué à, ?)", "Joseph Vernet", "attributed to"),
    ("VINCI Léonard de (copie, suiveur)", "Léonard de Vinci", "copy after"),
    ("WATTEAU Antoine (genre de)", "Antoine Watteau", "manner of"),
]
NOBODY = [
    "French Painter", "German (Nuremberg) Painter", "South Netherlandish Painter", "Japan", "Florence",
    "Rome, Italy", "Unknown, German", "Artist unknown, French", "Photographer unknown", "(unknown)",
    "Unidentified artist", "England or Flanders", "Italian Master", "Not recorded", "artist",
    "Unbekannter Künstler", "Maler: unbekannt", "Künstler unbekannt", "Peintre français", "Maître inconnu",
    "pittore ignoto", "Pittore veneziano", "Pintor anónimo", "Autor desconocido", "onbekende schilder",
    "Ukendt kunstner", "dansk maler", "Okänd", "svensk konstnär", "Nieznany malarz", "Autor nieznany",
    "Polski malarz", "Neznámý malíř", "Český malíř", "unknown, probably Dutch",
    "Ikke kendt", "Ubekendt maler", "Ej känd", "Oidentifierad mästare", "Dansk skole", "Flamländsk skola",
    "Szkoła wenecka", "Anonimowy malarz niderlandzki", "Neurčený autor", "Anonymní mistr",
]  # fmt: skip
SOMEBODY = [
    "Norman Rockwell", "Roman Opałka", "Franz West", "Beatrix Potter", "Florence Henri", "Artist A",
    "artist 1", "Afro", "Rauschenberg Overseas Culture Interchange",
    "Master of Flémalle", "Meister der Heiligen Veronika", "Paul Potter", "Jan Maler", "Frans Hals",
]  # fmt: skip
YEARS = [
    ("ca. 1353–1336 B.C.", None), ("200 B.C.–A.D. 1050", None), ("1500 BCE", None), ("1350 v. Chr.", None),
    ("1479–1458 av. J.-C.", None), ("1200–1100 a.C.", None), ("1300 p.n.e.", None), ("1400 př. n. l.", None),
    ("-1981", None), ("late 1800s", None), ("mid-1600s", None), ("1700’s", None), ("1800-talet", None),
    ("1600er", None), ("19th century", None), ("XIXe siècle", None), ("1870s", 1870), ("1650-1660", 1650),
    ("A.D. 1100", 1100), ("AH 1250 / 1834", 1834), ("1800", 1800),
    ("1890 copy of a 5th century BC vase", 1890),
]  # fmt: skip


@pytest.mark.parametrize(("text", "name"), ROLES)
def test_a_role_beside_a_name_is_no_part_of_it(text: str, name: str) -> None:
    assert read_person(text).name == name


@pytest.mark.parametrize(("text", "person"), LINES)
def test_line_breaks_part_a_name_from_its_life_and_from_other_makers(text: str, person: Person) -> None:
    assert read_person(text) == person


@pytest.mark.parametrize(("text", "name"), COMMAS)
def test_a_comma_is_not_always_an_inversion(text: str, name: str) -> None:
    assert read_person(text).name == name


@pytest.mark.parametrize(("text", "name", "qualifier"), JOCONDE)
def test_surnames_in_capitals_with_qualifiers_in_brackets(text: str, name: str, qualifier: str) -> None:
    person = read_person(text)
    assert (person.name, person.qualifier) == (name, qualifier)


def test_a_name_known_to_be_forward_is_never_turned() -> None:
    for name in ("Umberto, Duke", "Pillet, Paris", "Hai, Bo", "Andrea, Stephen, and Karen Feldman"):
        assert read_person(name, is_forward=True).name == name


@pytest.mark.parametrize("text", NOBODY)
def test_nobody_in_ten_languages(text: str) -> None:
    assert read_person(text).name is None


@pytest.mark.parametrize("text", SOMEBODY)
def test_somebody_whose_name_is_a_word_of_the_vocabulary(text: str) -> None:
    assert read_person(text).name == text
    assert not is_nobody(text)


def test_what_is_said_of_a_school_is_kept() -> None:
    assert find_school("Artist/maker unknown, Italian") == "Italian"
    assert read_person("British Painter").note == "British Painter"
    assert read_person("Italy, probably Venice").note == "Italy, probably Venice"
    assert read_person("unknown, commercially printed") == Person(None)


@pytest.mark.parametrize(("text", "year"), YEARS)
def test_years_of_eras_and_centuries(text: str, year: int | None) -> None:
    assert year_from_text(text) == year


NAMES = [name for _, name in (*ROLES, *COMMAS)] + SOMEBODY
BESIDE = [
    "", ", artist", " (French, 1834-1917)", ", 1834-1917", "\nFrench, 1834-1917", ". Peintre",
    ", workshop of",
    " (?)", ", OM", ", the Elder", "; publisher", ", Munich", " (atelier, genre de)",
    ", approximately 1500",
]  # fmt: skip


@given(st.sampled_from(NAMES), st.lists(st.sampled_from(BESIDE), max_size=3))
def test_a_name_that_was_read_is_read_as_the_same(name: str, beside: list[str]) -> None:
    person = read_person(name + "".join(beside))
    assert person.name is not None
    assert read_person(person.name).name == person.name
    assert read_person(person.name).qualifier is None


@given(st.sampled_from(_PHRASES), st.sampled_from(["Xenophon Xylander", "Jan Steen"]), st.integers(0, 2))
def test_no_qualifier_ends_up_inside_a_name(phrase, name: str, form: int) -> None:
    word, link = phrase.words.split("|")[0], phrase.links.split("|")[0]
    joined = f"{word} {link}".strip() + ("" if link.endswith("'") else " ") + name
    text = (joined, f"{name}, {word}", f"{name} ({word})")[form]
    person = read_person(f"{text}, artist")
    assert (person.name, person.qualifier) == (name, phrase.qualifier)
