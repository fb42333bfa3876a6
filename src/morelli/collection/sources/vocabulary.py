"""The vocabulary of sources: which column of a table, or label of a record, names which field of a work."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from morelli.collection.names.text import fold_name

COLUMN_NAMES: dict[str, tuple[str, ...]] = {
    "path": (
        "path", "file", "filename", "file_name", "file_path", "filepath", "image", "image_path", "imagepath",
        "image_file", "image_filename", "picture", "picture_path", "img", "img_path", "new_filename",
        "picture_file", "photo_file", "img_file", "image_name", "img_name", "datei", "dateiname", "bilddatei",
        "fichier", "nom_de_fichier", "nome_file", "archivo", "bestand", "bestandsnaam", "filnavn", "filnamn",
        "plik", "soubor",
    ),
    "artist": (
        "artist", "artist_name", "painter", "creator", "author", "maker", "artist_display_name", "artists",
        "artist_full_name", "artist_names", "artist_title", "artist_titles", "artist_display", "artist_label",
        "painter_name", "painter_label", "creators", "creator_name", "creator_label", "creator_display_name",
        "makers", "maker_name", "author_name", "principal_or_first_maker", "principal_maker",
        "principal_makers", "principal_maker_name", "production_creator", "dc_creator", "display_artist",
        "artist_maker", "artist_or_maker", "forward_display_name", "people", "constituents",
        "künstler", "kuenstler", "künstlerin", "künstlername", "maler", "malerin", "urheber", "artiste",
        "peintre", "auteur", "artista", "pittore", "autore", "pintor", "autor", "kunstenaar", "schilder",
        "vervaardiger", "kunstner", "billedkunstner", "konstnär", "konstnar", "upphovsman", "artysta",
        "malarz", "twórca", "umělec", "malíř",
    ),
    "title": (
        "title", "work_title", "artwork_title", "object_title", "painting_title", "picture_title",
        "title_text", "display_title", "titles", "artwork_name", "painting_name", "work_name", "dc_title",
        "item_label", "work_label", "painting_label", "titel", "werktitel", "bildtitel", "titre", "titolo",
        "título", "tytuł", "název",
    ),
    "year": (
        "year", "date", "year_created", "creation_year", "object_date", "display_date", "displaydate",
        "date_created", "date_made", "date_text", "date_display", "dated", "dating", "creation_date",
        "date_of_creation", "year_of_creation", "year_made", "year_painted", "production_date",
        "production_year", "dating_presenting_date", "dating_year", "dating_sorting_date", "inception",
        "completion_year", "completition_year", "begin_year", "date_start", "dateringsår", "jahr",
        "datierung", "entstehungsjahr", "entstehungszeit", "année", "date_de_création", "datation", "anno",
        "datazione", "año", "fecha", "datación", "jaar", "jaartal", "datering", "årstal", "årtal", "rok",
        "data_powstania", "datowanie", "datace", "rok_vzniku",
    ),
    "style": ("style", "styles", "movement", "art_style", "art_movement", "stil", "stile", "estilo", "stijl"),
    "genre": ("genre", "genres", "subject"),
    "qualifier": (
        "qualifier", "attribution_qualifier", "artist_prefix", "artist_qualifier", "creator_qualifier",
        "maker_qualifier", "artist_attribution_qualifier",
    ),
    "licence": (
        "licence", "license", "rights", "rights_and_reproduction", "license_url", "licence_url",
        "license_type", "image_rights", "edm_rights", "share_license_status",
    ),
    "school": ("school", "schools", "art_school", "schule", "école", "scuola", "escuela"),
    "theme": ("theme", "themes", "tags", "keywords"),
    "medium": (
        "medium", "media", "technique", "materials", "material", "medium_display", "medium_and_support",
        "materials_and_techniques", "physical_medium", "technik", "material_und_technik", "tecnica",
        "técnica", "techniek", "materiaal", "teknik", "materiale", "technika",
    ),
    "classification": (
        "classification", "object_type", "work_type", "artwork_type", "classification_title",
        "artwork_type_title", "object_types", "objektart", "gattung", "objecttype", "objekttyp",
    ),
    "artist_ids": ("artist_ids",),
    "artist_dates": (
        "artist_dates", "artist_life_dates", "life_dates", "artist_years", "artist_display_dates",
        "creator_dates", "maker_dates", "lebensdaten",
    ),
    "address": (
        "image_url", "image_address", "picture_url", "img_url", "primary_image", "primary_image_url",
        "base_image_url", "image_uri", "image_link", "image_href", "image_src", "img_src", "photo_url",
        "full_image_url", "original_image_url", "large_image_url", "web_image_url", "images_web_url",
        "image_web", "header_image_url", "image_native", "edm_is_shown_by", "content_url", "media_url",
        "bild_url", "url_image", "primary_image_small", "small_image_url", "iiif_thumb_url", "thumbnail_url",
        "image_thumbnail", "thumbnail_link", "thumb_url", "edm_preview", "preview_url",
    ),
    "source": ("source", "museum", "institution", "repository", "data_provider"),
    "source_id": (
        "source_id", "object_id", "objectid", "accession_number", "inventory_number", "object_number",
        "accession_no", "inventory_no", "museum_number", "inventarnummer", "inventarnr", "objectnummer",
        "numéro_d_inventaire", "numero_di_inventario", "número_de_inventario", "inventarienummer",
    ),
    "part": ("part", "split", "subset", "partition"),
}  # fmt: skip
"""The columns under which each field of a work is looked for in a table, best first; see `fold_column`."""

ADDRESS_NAMES = ("address", "url", "link")
"""Further names of addresses. They may also lead to pages, so they count only in a table that was given
itself, and not in one that merely lies in a folder."""

ROLE_NAMES = (
    "artist_role", "creator_role", "maker_role", "author_role", "contributor_role", "artist_roles", "role",
)  # fmt: skip
"""Columns of what a person did: "after" and its like are qualifiers there, "painter" is none."""

ID_NAMES: dict[str, tuple[str, ...]] = {
    "ulan": ("ulan", "ulan_id", "ulanid", "artist_ulan_url", "artist_ulan"),
    "wikidata": ("wikidata", "wikidata_id", "wikidataid", "artist_wikidata_url", "artist_wikidata"),
}
"""Columns that hold one kind of artist's number each; together they fill `artist_ids`."""

_METADATA_LABELS: dict[str, tuple[str, ...]] = {
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
METADATA_FIELDS = {fold_name(label): field for field, labels in _METADATA_LABELS.items() for label in labels}
"""The field that a label in a IIIF manifest names, in six languages, by its folded name."""

_PICTURE_WORDS = frozenset({
    "image", "images", "img", "picture", "pictures", "photo", "thumbnail", "thumb", "preview", "bild",
    "afbeelding", "immagine", "imagen", "foto",
})  # fmt: skip
_ADDRESS_WORDS = ("url", "uri", "link", "href", "src", "address", "adresse", "web")
_SIZE_WORDS = frozenset({
    "primary", "main", "first", "full", "original", "large", "high", "medium", "small", "low", "default",
    "base", "public", "download", "1",
})  # fmt: skip
_WORD_STARTS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[\W_]+|(?<=[A-Za-z])(?=\d)")


def match_columns(found: Sequence[str], wanted: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return the table's own name of each wanted column that it has, the best of its names.

    >>> match_columns(["NewFilename", "x"], {"file": ("filename", "new_filename"), "year": ("date",)})
    {'file': 'NewFilename'}
    """
    exact = {fold_column(column): column for column in reversed(found)}
    joined = {join_words(column): column for column in reversed(found)}
    matches = {}
    for key, names in wanted.items():
        columns = (exact.get(name) or joined.get(join_words(name)) for name in names)
        if column := next(filter(None, columns), None):
            matches[key] = column
    return matches


def join_words(name: str) -> str:
    """Return a column's name without accents, case and what parts its words."""
    return fold_name(name).replace(" ", "")


def find_picture_address(found: Sequence[str]) -> str | None:
    """Return the column whose words say that it holds the address of a picture, in full size if there is one.

    >>> find_picture_address(["pageURL", "image_page", "smallThumbURL", "LargePictureLink"])
    'LargePictureLink'
    """
    ranked = []
    for number, column in enumerate(found):
        words = [word.casefold() for word in _WORD_STARTS.split(column) if word]
        others = [word for word in words if word not in _PICTURE_WORDS]
        if 0 < len(others) < len(words) and _SIZE_WORDS.union(_ADDRESS_WORDS).issuperset(others):
            is_small = not {"thumb", "thumbnail", "preview", "small", "low"}.isdisjoint(words)
            ranked.append((is_small, set(_ADDRESS_WORDS).isdisjoint(others), number))
    return found[min(ranked)[-1]] if ranked else None


def fold_column(name: str) -> str:
    """Return a column's name for comparing: case, spaces and punctuation do not matter.

    >>> fold_column("New-Filename ")
    'new_filename'
    """
    return re.sub(r"[^\w]+|_+", "_", name.casefold()).strip("_")
