"""Labels beside pictures are known by their words, in ten languages; labels of other things are not taken."""

from __future__ import annotations

import pytest

from morelli.collection.sources.matching import join_words, read_label
from morelli.collection.sources.vocabulary import COLUMN_NAMES, LABEL_FIELDS

KNOWN = {
    "artist": [
        "Artist", "ARTIST:", "Artist/Maker", "Creator(s)", "Artist(s)", "People", "Makers",
        "Primary artist", "Artist name", "Associated people", "Künstler/in", "Künstler*innen",
        "Beteiligte Personen", "Maler", "Artiste(s)", "Auteur de l'œuvre", "Autore/i", "Artista", "Autor",
        "Kunstenaar(s)", "Vervaardiger", "Kunstner", "Konstnär", "Upphovsman", "Twórca", "Umělec",
        "Autor díla", "Painter or maker",
    ],
    "year": [
        "Date", "Culture & Date", "Dates", "Date of creation", "Production date", "Date made",
        "Entstehungsjahr", "Datierung", "Entstehungsdatum", "Date de création", "Année", "Datazione",
        "Cronología", "Fecha", "Datering", "Årstal", "Tillkomstår", "Data powstania", "Doba vzniku",
        "Datace", "Object date", "Year(s)",
    ],
    "source_id": [
        "Museum number", "Accession Number", "Accession No.", "Object number", "Inv. no.",
        "Inventory Number(s)", "Inventarnummer", "Inventar-Nr.", "Numéro d'inventaire", "N. inventario",
        "Número de inventario", "Objectnummer", "Inventarienummer", "Numer inwentarzowy",
        "Inventární číslo", "Identifier",
    ],
    "medium": [
        "Medium", "Materials & Techniques", "Technik", "Material/Technik", "Matériaux", "Tecnica",
        "Técnica", "Materiaal", "Teknik", "Technika", "Medium of the work",
    ],
    "title": ["Title", "Title(s)", "Titel", "Titre de l'œuvre", "Titolo", "Título", "Tytuł", "Název"],
}  # fmt: skip


@pytest.mark.parametrize("field", KNOWN)
def test_labels_are_known_by_their_words(field: str) -> None:
    assert {label: read_label(label) for label in KNOWN[field]} == dict.fromkeys(KNOWN[field], field)


@pytest.mark.parametrize(
    "label",
    [
        "Artist nationality", "Artist's gender", "Date of birth", "Date acquired", "Publication date",
        "Artist birth date", "Date photographed", "Place of creation", "Lebensort des Künstlers",
        "Date d'acquisition", "Culture", "Museum", "Number of pages", "Credit line", "Owner",
        "Title of exhibition", "Artist, date", "", "-", "Künstlerische Schule am Ort", "Object",
        "Numbers and dates",
    ],
)  # fmt: skip
def test_labels_of_other_things_are_not_taken(label: str) -> None:
    assert read_label(label) is None


def test_no_name_means_two_fields() -> None:
    names = [join_words(name) for field in LABEL_FIELDS for name in COLUMN_NAMES[field]]
    own = [{join_words(name) for name in COLUMN_NAMES[field]} for field in LABEL_FIELDS]
    assert len(set(names)) == sum(map(len, own))


def test_every_column_of_a_table_is_known_as_a_label() -> None:
    for field in LABEL_FIELDS:
        assert {read_label(name) for name in COLUMN_NAMES[field]} == {field}
