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
        "artist_full_name", "artist_names", "artist_title", "artist_titles", "artist_display",
        "artist_label", "painter_name", "painter_label", "creators", "creator_name", "creator_label",
        "creator_display_name", "makers", "maker_name", "author_name", "principal_or_first_maker",
        "principal_maker", "principal_makers", "principal_maker_name", "production_creator", "dc_creator",
        "display_artist", "artist_maker", "artist_or_maker", "forward_display_name", "people",
        "constituents", "künstler", "kuenstler", "künstlerin", "künstlername", "maler", "malerin",
        "urheber", "artiste", "peintre", "auteur", "artista", "pittore", "autore", "pintor", "autor",
        "kunstenaar", "schilder", "vervaardiger", "kunstner", "billedkunstner", "konstnär", "konstnar",
        "upphovsman", "artysta", "malarz", "twórca", "umělec", "malíř", "artist_creator",
        "artist_or_creator", "makers_and_contributors", "creator_s", "maker_s", "made_by", "created_by",
        "painted_by", "schöpfer", "schoepfer", "künstler_in", "beteiligte", "beteiligte_personen",
        "créateur", "créatrice", "autrice", "autora", "pittrice", "artefice", "creador", "creadora",
        "artista_autor", "ophavsmand", "maler_kunstner", "upphovsperson", "autorka", "malířka",
    ),
    "title": (
        "title", "work_title", "artwork_title", "object_title", "painting_title", "picture_title",
        "title_text", "display_title", "titles", "artwork_name", "painting_name", "work_name", "dc_title",
        "item_label", "work_label", "painting_label", "titel", "werktitel", "bildtitel", "titre", "titolo",
        "título", "tytuł", "název", "object_name_title", "nimike", "navn_titel",
    ),
    "year": (
        "year", "date", "year_created", "creation_year", "object_date", "display_date", "displaydate",
        "date_created", "date_made", "date_text", "date_display", "dated", "dating", "creation_date",
        "date_of_creation", "year_of_creation", "year_made", "year_painted", "production_date",
        "production_year", "dating_presenting_date", "dating_year", "dating_sorting_date", "inception",
        "completion_year", "completition_year", "begin_year", "date_start", "dateringsår", "jahr",
        "datierung", "entstehungsjahr", "entstehungszeit", "année", "date_de_création", "datation", "anno",
        "datazione", "año", "fecha", "datación", "jaar", "jaartal", "datering", "årstal", "årtal", "rok",
        "data_powstania", "datowanie", "datace", "rok_vzniku", "dates", "creation_dates", "date_of_work",
        "entstehungsdatum", "herstellungsdatum", "herstellungsjahr", "datum", "zeit", "années",
        "millésime", "date_d_exécution", "data", "cronologia", "cronología", "fecha_de_creación",
        "data_di_creazione", "vervaardigingsjaar", "vervaardigingsdatum", "dateringen", "fremstillingsår",
        "tilkomstår", "tillkomstår", "tillverkningsår", "datum_vzniku", "vznik", "doba_vzniku",
        "czas_powstania", "datace_díla",
    ),
    "style": (
        "style", "styles", "movement", "art_style", "art_movement", "stil", "stile", "estilo", "stijl",
        "mouvement", "styl", "stilart",
    ),
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
        "técnica", "techniek", "materiaal", "teknik", "materiale", "technika", "materials_and_technique",
        "technique_et_support", "matériaux_et_techniques", "matériau", "matériaux", "materia_e_tecnica",
        "material_technik", "materialien", "materiali", "materiales", "materialen", "material_och_teknik",
        "materialer", "materiał", "materiały", "materiál", "medium_technique",
    ),
    "classification": (
        "classification", "object_type", "work_type", "artwork_type", "classification_title",
        "artwork_type_title", "object_types", "objektart", "gattung", "objecttype", "objekttyp",
        "type_of_object", "objektart_gattung", "type_d_objet", "tipo_di_oggetto", "tipo_de_objeto",
        "soort_object", "genstandstype", "typ_obiektu", "typ_díla", "category", "objektbezeichnung",
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
        "identifier", "inv_no", "inv_nr", "inventory_num", "accession", "ident_nr", "identnr",
        "objektnummer", "inventarienr", "numer_inwentarzowy", "inventární_číslo", "numéro_inventaire",
        "nº_inventario", "cote",
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

FOLDER_NAMES = (
    "folder", "folder_name", "image_folder", "subfolder", "sub_folder", "directory", "image_directory", "dir",
    "ordner", "verzeichnis", "dossier", "répertoire", "cartella", "carpeta", "mappe", "mapp", "katalog",
    "složka",
)  # fmt: skip
"""Columns of the folder in which a picture lies, beside that of its file."""

ID_NAMES: dict[str, tuple[str, ...]] = {
    "ulan": ("ulan", "ulan_id", "ulanid", "artist_ulan_url", "artist_ulan"),
    "wikidata": ("wikidata", "wikidata_id", "wikidataid", "artist_wikidata_url", "artist_wikidata"),
}
"""Columns that hold one kind of artist's number each; together they fill `artist_ids`."""

LABEL_FIELDS = frozenset({
    "artist", "title", "year", "medium", "classification", "style", "genre", "school", "source_id",
})  # fmt: skip
"""The fields that a label beside a picture can name, as in the metadata of a IIIF manifest."""

_JOINING_WORDS = frozenset({
    "a", "al", "d", "da", "dal", "dalla", "de", "degli", "dei", "del", "della", "delle", "der", "des",
    "di", "do", "du", "e", "el", "en", "et", "i", "in", "innen", "l", "la", "las", "le", "les", "los",
    "n", "na", "nas", "nel", "o", "och", "of", "og", "ou", "s", "se", "the", "to", "um", "und", "van",
    "von", "w", "y", "z", "za", "ze", "and", "or", "for", "by",
})  # fmt: skip
"""What stands between words, and endings such as those of "Creator(s)" and "Künstler*in"."""

_PLAIN_WORDS = frozenset({
    "artwork", "artworks", "object", "objects", "objekt", "objet", "oggetto", "objeto", "obra", "oeuvre",
    "œuvre", "dila",
    "opera", "werk", "work", "works", "dilo", "dzielo", "museum", "culture", "period", "main", "primary",
    "principal", "display", "presented", "associated", "related", "name", "names", "full", "label",
    "production", "produced", "creation", "created", "made", "manufacture", "entstehung", "entstanden",
    "herstellung", "realisation", "vervaardiging", "tillkomst", "skapande", "powstania", "vzniku",
    "wykonania", "realizacion", "execution", "esecuzione", "ejecucion", "beteiligte", "personen",
    "person", "persons",
})  # fmt: skip
"""What says no more of a work's maker, date or material."""

_NUMBERED = frozenset({
    "accession", "inventory", "inventar", "inventaire", "inventario", "inventaris", "inventarie",
    "inventarzowy", "inventarni", "identification", "catalogue", "catalog", "reference", "museum",
    "object", "objects", "objekt", "objet",
})  # fmt: skip
_NUMBERS = frozenset({
    "number", "numbers", "n", "nr", "no", "num", "nummer", "numero", "cislo", "inv", "id", "identifier",
    "identifiers",
})  # fmt: skip
"""Words of a museum's number for a work, and those that say that it is a number."""

_PICTURE_WORDS = frozenset({
    "image", "images", "img", "picture", "pictures", "photo", "thumbnail", "thumb", "preview", "bild",
    "afbeelding", "immagine", "imagen", "foto",
})  # fmt: skip
_ADDRESS_WORDS = ("url", "uri", "link", "href", "src", "address", "adresse", "web")
_SIZE_WORDS = frozenset({
    "primary", "main", "first", "full", "original", "large", "high", "medium", "small", "low", "default",
    "base", "public", "download", "1",
})  # fmt: skip
NAMING_KEYS = (
    "fullname", "displayname", "name", "preflabel", "preferredlabel", "label", "title", "term", "text",
    "value", "description",
)  # fmt: skip
"""Under which of its keys an object, such as a creator or a tag, says its own name, best first."""

LANGUAGE_KEYS = frozenset({"en", "none", "@value", "de", "fr", "it", "es", "nl", "da", "sv", "pl", "cs"})

_RECORDS = frozenset({"_source", "fields", "attributes", "node", "properties", "record", "artwork", "item"})
"""Under which keys an answer may keep a record's own values."""

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


def list_names(column: str) -> list[str]:
    """Return other names of a record's part: "_source.artist.name" is "artist"."""
    first, *others = column.split(".")
    parts = others if others and first in _RECORDS else [first, *others]
    if len(parts) > 1 and parts[-1] in LANGUAGE_KEYS:
        parts = parts[:-1]
    is_name = len(parts) > 1 and fold_column(parts[-1]).replace("_", "") in NAMING_KEYS
    names = {".".join(parts), ".".join(parts[:-1] if is_name else parts)}
    return [name for name in names if name != column]


def join_words(name: str) -> str:
    """Return a column's name without accents, case and what parts its words."""
    return fold_name(name).replace(" ", "")


def read_label(text: str) -> str | None:
    """Return the field that a label names, by its words in ten languages; None where it names none, or two.

    >>> [read_label(text) for text in ("Creator(s)", "Culture & Date", "Museum no.", "Artist's nationality")]
    ['artist', 'year', 'source_id', None]
    """
    whole = join_words(text)
    if whole in _LABELS:
        return _LABELS[whole]
    words = set(re.findall(r"[^\W\d_]+", fold_name(text)))
    if not (numbered := words - _JOINING_WORDS | words & _NUMBERS).isdisjoint(_NUMBERS):
        return "source_id" if numbered <= _NUMBERED | _NUMBERS else None
    words -= _JOINING_WORDS | _PLAIN_WORDS
    named = {_LABELS.get(word) or _LABELS.get(word.removesuffix("s")) for word in words}
    return named.pop() if len(named) == 1 else None


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


_LABELS = {join_words(name): field for field in LABEL_FIELDS for name in COLUMN_NAMES[field]}
