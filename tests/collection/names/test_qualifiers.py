from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docs.pages import DOCS, read_prose
from morelli.collection.names.qualifiers import (
    _PHRASES,
    QUALIFIERS,
    name_qualifier,
    split_qualifier,
)

CASES = [
    # English
    ("Workshop of Rembrandt", "workshop of", "Rembrandt"),
    ("Rembrandt, Workshop of", "workshop of", "Rembrandt"),
    ("Studio of Rubens", "workshop of", "Rubens"),
    ("from the studio of Rubens", "workshop of", "Rubens"),
    ("Cimabue, Follower of", "follower of", "Cimabue"),
    ("by a follower of Cimabue", "follower of", "Cimabue"),
    ("Copley, John Singleton and Workshop", "with workshop", "Copley, John Singleton"),
    ("Sassetta and Assistant", "with workshop", "Sassetta"),
    ("Raphael (and workshop)", "with workshop", "Raphael"),
    ("Rubens or workshop", "workshop of", "Rubens"),
    ("possibly Rembrandt", "possibly by", "Rembrandt"),
    ("Probably by Titian", "possibly by", "Titian"),
    ("Lippo Memmi (?)", "uncertain", "Lippo Memmi"),
    ("(?) John Singer Sargent", "uncertain", "John Singer Sargent"),
    ("Sargent, John Singer, (?)", "uncertain", "Sargent, John Singer"),
    ("Giorgione?", "uncertain", "Giorgione"),
    ("Forger of Vermeer", "forgery of", "Vermeer"),
    ("Imitator of Goya", "imitator of", "Goya"),
    ("in the style of Dürer", "manner of", "Dürer"),
    ("Manner of Edouard Manet", "manner of", "Edouard Manet"),
    ("Leonardo, school of", "school of", "Leonardo"),
    ("Pupil of Rembrandt", "school of", "Rembrandt"),
    ("Copy after Raphael", "copy after", "Raphael"),
    ("After a model by Adriaen de Vries", "after", "Adriaen de Vries"),
    ("Attr. to Giorgione", "attributed to", "Giorgione"),
    ("Circle of the Master of Santo Spirito", "circle of", "Master of Santo Spirito"),
    # German
    ("Rembrandt, Werkstatt", "workshop of", "Rembrandt"),
    ("Werkstatt des Lucas Cranach", "workshop of", "Lucas Cranach"),
    ("nach Rubens", "after", "Rubens"),
    ("Rubens (Umkreis)", "circle of", "Rubens"),
    ("Umkreis des Meisters von Flémalle", "circle of", "Meister von Flémalle"),
    ("Rubens zugeschrieben", "attributed to", "Rubens"),
    ("Rubens, zugeschrieben", "attributed to", "Rubens"),
    ("Nachfolger Rembrandt", "follower of", "Rembrandt"),
    ("Hieronymus Bosch, Nachahmer", "imitator of", "Hieronymus Bosch"),
    ("in der Art von Brouwer", "manner of", "Brouwer"),
    ("Kopie nach Dürer", "copy after", "Dürer"),
    ("Rubens und Werkstatt", "with workshop", "Rubens"),
    ("wohl Jan Steen", "possibly by", "Jan Steen"),
    # French
    ("d'après Watteau", "after", "Watteau"),
    ("d’après Watteau", "after", "Watteau"),
    ("Atelier de Fragonard", "workshop of", "Fragonard"),
    ("atelier d'Hubert Robert", "workshop of", "Hubert Robert"),
    ("École de Rembrandt", "school of", "Rembrandt"),
    ("Entourage de Boucher", "circle of", "Boucher"),
    ("Attribué à Claude Gellée", "attributed to", "Claude Gellée"),
    ("attribuée à La Tour", "attributed to", "La Tour"),
    ("Suiveur de Jérôme Bosch", "follower of", "Jérôme Bosch"),
    ("à la manière de Guardi", "manner of", "Guardi"),
    ("Copie d'après Titien", "copy after", "Titien"),
    ("Rubens et atelier", "with workshop", "Rubens"),
    # Italian
    ("Bottega di Tiziano", "workshop of", "Tiziano"),
    ("Scuola di Raffaello", "school of", "Raffaello"),
    ("Cerchia di Giorgione", "circle of", "Giorgione"),
    ("Seguace di Giotto", "follower of", "Giotto"),
    ("Attribuito a Guido Reni", "attributed to", "Guido Reni"),
    ("Copia da Correggio", "copy after", "Correggio"),
    ("bottega dell'Orcagna", "workshop of", "Orcagna"),
    ("alla maniera di Guardi", "manner of", "Guardi"),
    ("forse Tiziano", "possibly by", "Tiziano"),
    # Spanish
    ("Taller de Zurbarán", "workshop of", "Zurbarán"),
    ("Círculo de Velázquez", "circle of", "Velázquez"),
    ("Seguidor de Goya", "follower of", "Goya"),
    ("Atribuido a Murillo", "attributed to", "Murillo"),
    ("Copia de Tiziano", "copy after", "Tiziano"),
    ("taller del Greco", "workshop of", "Greco"),
    ("El Greco y taller", "with workshop", "El Greco"),
    # Dutch
    ("naar Rubens", "after", "Rubens"),
    ("Atelier van Rembrandt", "workshop of", "Rembrandt"),
    ("Omgeving van Jan van Eyck", "circle of", "Jan van Eyck"),
    ("Navolger van Jan Steen", "follower of", "Jan Steen"),
    ("Toegeschreven aan Frans Hals", "attributed to", "Frans Hals"),
    ("kopie naar Rubens", "copy after", "Rubens"),
    ("in de trant van Jan Steen", "manner of", "Jan Steen"),
    ("Rubens en atelier", "with workshop", "Rubens"),
    # Danish
    ("Værksted af Bertel Thorvaldsen", "workshop of", "Bertel Thorvaldsen"),
    ("Thorvaldsens værksted", "workshop of", "Thorvaldsen"),
    ("Tilskrevet Abildgaard", "attributed to", "Abildgaard"),
    ("Abildgaard (tilskrevet)", "attributed to", "Abildgaard"),
    ("fra kredsen omkring Eckersberg", "circle of", "Eckersberg"),
    ("Elev af Eckersberg", "school of", "Eckersberg"),
    ("kopi efter Melchior Lorck", "copy after", "Melchior Lorck"),
    ("efter Melchior Lorck", "after", "Melchior Lorck"),
    ("Lorck, efterfølger", "follower of", "Lorck"),
    ("i Lorcks stil", "manner of", "Lorck"),
    ("Isenbrandt og værksted", "with workshop", "Isenbrandt"),
    # Swedish
    ("Ehrenstrahls verkstad", "workshop of", "Ehrenstrahl"),
    ("David Bailly, ateljé", "workshop of", "David Bailly"),
    ("Krets kring Pilo", "circle of", "Pilo"),
    ("tillskriven Pehr Hilleström", "attributed to", "Pehr Hilleström"),
    ("Hilleström, Pehr, tillskriven", "attributed to", "Hilleström, Pehr"),
    ("Efterföljare till Wertmüller", "follower of", "Wertmüller"),
    ("kopia efter Wertmüller", "copy after", "Wertmüller"),
    ("Teniers' skola", "school of", "Teniers"),
    ("Ehrenstrahl och verkstad", "with workshop", "Ehrenstrahl"),
    # Polish
    ("Bacciarelli, Marcello (przypisywany)", "attributed to", "Bacciarelli, Marcello"),
    ("Warsztat Bacciarellego", "workshop of", "Bacciarellego"),
    ("z kręgu Dolabelli", "circle of", "Dolabelli"),
    ("Wojciech Gerson, naśladowca", "imitator of", "Wojciech Gerson"),
    ("według Canaletta", "after", "Canaletta"),
    ("kopia według Canaletta", "copy after", "Canaletta"),
    ("w stylu Norblina", "manner of", "Norblina"),
    ("Szkoła Norblina", "school of", "Norblina"),
    # Czech
    ("Karel Škréta, dílna", "workshop of", "Karel Škréta"),
    ("dílna Karla Škréty", "workshop of", "Karla Škréty"),
    ("připsáno: Norbert Grund", "attributed to", "Norbert Grund"),
    ("okruh Norberta Grunda", "circle of", "Norberta Grunda"),
    ("Norbert Grund (následovník)", "follower of", "Norbert Grund"),
    ("podle Škréty", "after", "Škréty"),
    ("kopie podle Škréty", "copy after", "Škréty"),
    ("Škréta a dílna", "with workshop", "Škréta"),
    # a genitive in English and German
    ("Verrocchio's workshop", "workshop of", "Verrocchio"),
    ("Cranachs Werkstatt", "workshop of", "Cranach"),
    # several at once
    ("Attributed to Workshop of Giotto", "workshop of", "Giotto"),
    ("Giotto, Attributed to Workshop of", "workshop of", "Giotto"),
    ("Follower of Rembrandt (?)", "follower of", "Rembrandt"),
    ("Delacroix, Eugène, Follower of (Possibly Pierre Andrieu)", "follower of", None),
    # with life dates behind
    ("Rembrandt, Workshop of (1606-1669)", "workshop of", "Rembrandt (1606-1669)"),
]
NO_QUALIFIER = [
    "Rembrandt",
    "School of Fontainebleau",
    "École de Barbizon",
    "Fontainebleau, School of",
    "Meister des Marienlebens",
    "Master of the Female Half-Lengths",
    "Hugo van der Goes",
    "Georges de La Tour",
    "After Hours",
    "Studio Harcourt",
    "Taller de Gráfica Popular",
    "Art Green",
    "Green, Art",
    "Manner, Anna",
    "Schüler, Hans",
    "Kreis, Johann",
    "Circle, John",
    "Wohl, Max",
    "Leonardo da Vinci",
    "Paulus Pontius after Rubens",
    "Andrea del Verrocchio",
    "Szkoła krakowska",
    "Szkoła flamandzka",
    "Hans School",
    "Jonas Elev",
    "Charles Style",
    "",
]


@pytest.mark.parametrize(("text", "qualifier", "rest"), CASES)
def test_qualifiers_of_ten_languages(text: str, qualifier: str, rest: str | None) -> None:
    found, left = split_qualifier(text)
    assert found == qualifier
    assert rest is None or left == rest


@pytest.mark.parametrize("text", NO_QUALIFIER)
def test_names_that_only_look_like_it_stay_whole(text: str) -> None:
    assert split_qualifier(text) == (None, text)


@pytest.mark.parametrize("phrase", _PHRASES, ids=lambda phrase: f"{phrase.language}-{phrase.words}")
def test_every_phrase_is_read_before_and_behind_a_name(phrase) -> None:
    for word in phrase.words.split("|"):
        for link in phrase.links.split("|"):
            text = f"{word} {link}".strip() + ("" if link.endswith("'") else " ") + "Xenophon"
            assert split_qualifier(text) == (phrase.qualifier, "Xenophon"), text
        qualifier, rest = split_qualifier(f"Xenophon, {word}")
        assert rest == "Xenophon"
        assert qualifier is not None


def test_every_qualifier_has_a_row_in_the_docs_with_its_words() -> None:
    rows = {row.split("|")[1].strip(): row for row in read_prose(DOCS / "names.md") if row.startswith("|")}
    for phrase in _PHRASES:
        assert phrase.words.split("|")[0] in rows[phrase.qualifier]
    assert set(QUALIFIERS) <= set(rows)


@given(
    st.lists(st.sampled_from([text for text, *_ in CASES] + [",", "(", ")", "?", "after", "d'"]), max_size=4)
)
def test_any_mixture_gives_a_known_qualifier_and_trimmed_text(parts: list[str]) -> None:
    qualifier, rest = split_qualifier(" ".join(parts))
    assert qualifier is None or qualifier in QUALIFIERS
    assert rest == rest.strip()


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    qualifier, rest = split_qualifier(text)
    assert qualifier is None or qualifier in QUALIFIERS
    assert len(rest) <= len(text) + 2


@pytest.mark.parametrize(
    ("cell", "stored"),
    [
        (None, None),
        (" ", None),
        ("Eigenhändig", None),
        ("by", None),
        ("Werkstatt", "workshop of"),
        ("Attributed to", "attributed to"),
        ("and workshop", "with workshop"),
        ("?", "uncertain"),
        ("Remodelled by", "remodelled by"),
    ],
)
def test_cells_of_a_column_of_qualifiers(cell: str | None, stored: str | None) -> None:
    assert name_qualifier(cell) == stored


def test_no_qualifier_is_taken_for_autograph() -> None:
    assert [name_qualifier(qualifier) for qualifier in QUALIFIERS] == list(QUALIFIERS)


@pytest.mark.parametrize(
    ("text", "qualifier", "name"),
    [
        ("efter Rembrandt", "after", "Rembrandt"), ("Værksted af Rembrandt", "workshop of", "Rembrandt"),
        ("tilskrevet Jens Juel", "attributed to", "Jens Juel"), ("kopi efter Rubens", "copy after", "Rubens"),
        ("Tillskriven Alexander Roslin", "attributed to", "Alexander Roslin"),
        ("Kopia efter Rubens", "copy after", "Rubens"), ("Rubens, verkstad", "workshop of", "Rubens"),
        ("Rembrandt, dílna", "workshop of", "Rembrandt"), ("kopie podle Rubens", "copy after", "Rubens"),
        ("Rembrandt, warsztat", "workshop of", "Rembrandt"), ("według Rubens", "after", "Rubens"),
        ("Krag, Peter", None, "Krag, Peter"), ("Efterman, Jon", None, "Efterman, Jon"),
    ],
)  # fmt: skip
def test_words_of_four_more_languages(text: str, qualifier: str | None, name: str) -> None:
    assert split_qualifier(text) == (qualifier, name)
