"""Texts of IIIF manifests in all their forms, and the labels of a work among a manifest's own words.

``"a"``, ``["a", "b"]``, ``{"@value": "a", "@language": "en"}``, ``{"en": ["a"], "none": ["b"]}``:
`iiif_manifests` reads all of them here.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

from morelli.collection.names import fold_name
from morelli.collection.sources.labels import clean_text

LANGUAGES = ("en", "none", "")
"""Whose text is taken where there are several, best first: English, then what is marked as no language; else
the first that there is."""

LABELS: dict[str, tuple[str, ...]] = {
    "artist": (
        "artist", "artists", "painter", "creator", "creators", "maker", "makers", "maker(s)", "artist/maker",
        "artist/creator", "author", "künstler", "künstlerin", "maler", "malerin", "urheber", "artiste",
        "peintre", "auteur", "artista", "pittore", "autore", "pintor", "autor", "kunstenaar", "schilder",
        "vervaardiger",
    ),
    "title": ("title", "titel", "titre", "titolo", "título"),
    "date": (
        "date", "dates", "date created", "creation date", "date of creation", "date made", "created", "year",
        "datierung", "datum", "entstehungszeit", "jahr", "date de création", "année", "data", "datazione",
        "fecha", "datación", "datering", "jaartal",
    ),
    "medium": (
        "medium", "media", "material", "materials", "technique", "medium and support",
        "materials and technique", "materials and techniques", "technik", "material und technik",
        "material/technik", "technique et support", "matériaux et techniques", "tecnica", "técnica",
        "materia e tecnica", "materiaal", "techniek",
    ),
    "classification": (
        "classification", "object type", "work type", "type of object", "objektart", "gattung",
        "type d'objet", "tipo di oggetto", "tipo de objeto", "objecttype", "soort object",
    ),
    "style": ("style", "styles", "movement", "art movement", "stil", "mouvement", "stile", "estilo", "stijl"),
    "genre": ("genre", "genres"),
    "school": ("school", "schule", "école", "scuola", "escuela"),
    "number": (
        "accession number", "object number", "inventory number", "identifier", "inventarnummer",
        "numéro d'inventaire", "numero di inventario", "número de inventario", "objectnummer", "inv. no.",
    ),
}  # fmt: skip
"""What metadata call each field in six languages; accents, case and punctuation do not matter."""

_FIELDS = {fold_name(word): field for field, words in LABELS.items() for word in words}
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,1000}>")
_MAX_DEPTH = 4


def read_texts(value: Any) -> list[str]:
    """Return the texts of a value in its best language, without markup; none where it holds none.

    Examples
    --------
    >>> read_texts({"de": ["Die Mühle"], "en": ["The Mill"]})
    ['The Mill']
    >>> read_texts([{"@value": "Le <b>Moulin</b>", "@language": "fr"}, {"@value": "x", "@language": "it"}])
    ['Le Moulin']
    """
    found = list(_list_texts(value, "", _MAX_DEPTH))
    languages = list(dict.fromkeys(language for language, _ in found))
    best = next((language for language in (*LANGUAGES, *languages) if language in languages), None)
    return [text for language, text in found if language == best]


def read_line(value: Any) -> str | None:
    """Return the texts of a value as one, joined by semicolons; None where it holds none.

    Examples
    --------
    >>> read_line(["Oil", "canvas"])
    'Oil; canvas'
    """
    return "; ".join(read_texts(value)) or None


def read_metadata(pairs: Any) -> dict[str, list[str]]:
    """Return the texts of each field of `LABELS` that a manifest's pairs have a label for, in any language.

    Examples
    --------
    >>> read_metadata([{"label": {"de": ["Künstler"]}, "value": "Jan Vermeer"}, {"label": "Room"}])
    {'artist': ['Jan Vermeer']}
    """
    fields: dict[str, list[str]] = {}
    for pair in pairs if isinstance(pairs, list) else ():
        if not isinstance(pair, dict):
            continue
        words = (fold_name(text) for _, text in _list_texts(pair.get("label"), "", _MAX_DEPTH))
        field = next((_FIELDS[word] for word in words if word in _FIELDS), None)
        if field is not None and (texts := read_texts(pair.get("value"))):
            fields.setdefault(field, []).extend(texts)
    return fields


def _list_texts(value: Any, language: str, depth: int) -> Iterator[tuple[str, str]]:
    """Yield each text with its language, in lower case without region; "" where it has none."""
    if isinstance(value, list) and depth:
        for item in value:
            yield from _list_texts(item, language, depth - 1)
    elif isinstance(value, dict) and depth:
        if "@value" in value or "value" in value:
            marked = value.get("@language") or value.get("language") or language
            yield from _list_texts(value.get("@value", value.get("value")), _name_language(marked), depth - 1)
        else:
            for key, item in value.items():
                yield from _list_texts(item, _name_language(key), depth - 1)
    elif isinstance(value, (str, int, float)) and (text := _strip_markup(value)):
        yield language, text


def _name_language(value: Any) -> str:
    name = value.casefold() if isinstance(value, str) else ""
    return re.split(r"[-_]", name.removeprefix("@"))[0]


def _strip_markup(value: object) -> str | None:
    return clean_text(html.unescape(_TAG.sub(" ", str(value)))) if not isinstance(value, bool) else None
