"""The vocabulary of sources: which column of a table, or label of a record, names which field of a work."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from rapidfuzz import fuzz, process

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
        "artist_full_name", "artist_names", "artist_display", "artist_title", "artist_titles",
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
        "artista_autor", "production", "producer", "principal_makers_of_work", "actors", "participants",
        "contributors", "taiteilija", "full_name", "cited_name", "ophavsmand", "maler_kunstner",
        "upphovsperson", "autorka", "malířka",
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
        "completion_year", "completition_year", "dateringsår", "jahr",
        "datierung", "entstehungsjahr", "entstehungszeit", "année", "date_de_création", "datation", "anno",
        "datazione", "año", "fecha", "datación", "jaar", "jaartal", "datering", "årstal", "årtal", "rok",
        "data_powstania", "datowanie", "datace", "rok_vzniku", "dates", "creation_dates", "date_of_work",
        "entstehungsdatum", "herstellungsdatum", "herstellungsjahr", "datum", "zeit", "années",
        "millesime_de_creation", "periode_de_creation", "periode_de_l_execution", "période_de_création",
        "millésime", "date_d_exécution", "data", "cronologia", "cronología", "fecha_de_creación",
        "data_di_creazione", "vervaardigingsjaar", "vervaardigingsdatum", "dateringen", "fremstillingsår",
        "tilkomstår", "tillkomstår", "tillverkningsår", "datum_vzniku", "vznik", "doba_vzniku",
        "czas_powstania", "datace_díla",
    ),
    "year_from": (
        "year_from", "date_start", "begin_year", "start_year", "year_start", "date_begin", "year_begin",
        "earliest_date", "date_earliest", "earliest_year", "year_early", "dating_year_early",
        "object_begin_date", "creation_date_earliest", "production_date_start", "date_range_start",
        "start_date", "datierung_von", "jahr_von", "année_début", "anno_inizio", "año_inicio", "jaar_van",
        "årtal_från", "år_fra", "rok_od", "from_year", "date_from", "datebegin", "object_date_begin",
        "date_begin_year", "datebeginyear",
    ),
    "year_to": (
        "year_to", "date_end", "end_year", "year_end", "latest_date", "date_latest", "latest_year",
        "year_late", "dating_year_late", "object_end_date", "creation_date_latest", "production_date_end",
        "date_range_end", "end_date", "datierung_bis", "jahr_bis", "année_fin", "anno_fine", "año_fin",
        "jaar_tot", "årtal_till", "år_til", "rok_do", "to_year", "date_to", "dateend", "object_date_end",
        "date_end_year", "dateendyear",
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
        "license_type", "image_rights", "edm_rights", "share_license_status", "rights_type",
        "licence_status", "license_text",
        "usage_rights", "copyright_status", "copyright", "copyright_notice", "image_copyright",
        "thumbnail_copyright", "rights_statement", "object_rights", "lizenz", "licenza", "licencia",
        "licentie", "licens", "rechte",
    ),
    "school": ("school", "schools", "art_school", "schule", "école", "scuola", "escuela"),
    "theme": ("theme", "themes", "tags", "keywords"),
    "medium": (
        "medium", "physical_medium", "medium_display", "is_made_of_summary", "media", "technique",
        "materials", "material",
        "medium_and_support", "materials_and_techniques", "technik", "material_und_technik", "tecnica",
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
        "bild_url", "url_image", "iiif_image", "iiif_url", "iiif", "iiif_base_url", "iiif_base_uri",
        "image_iiif_id", "image_iiif_info",
        "iiif_image_base_url", "iiif_service", "primary_image_small", "small_image_url", "iiif_thumb_url",
        "thumbnail_url",
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

SERVICE_NAMES = (
    "iiif_image", "iiif_url", "iiif", "iiif_base_url", "iiif_base_uri", "image_iiif_id", "image_iiif_info",
    "iiif_image_base_url", "iiif_service", "iiifurl",
)  # fmt: skip
"""Those of the names of addresses that lead to an image service, of which sizes are asked for."""

ROLE_NAMES = (
    "artist_role", "creator_role", "maker_role", "author_role", "contributor_role", "artist_roles", "role",
)  # fmt: skip
"""Columns of what a person did: "after" and its like are qualifiers there, "painter" is none."""

LIFE_NAMES: dict[str, tuple[str, ...]] = {
    "born": (
        "born", "birth_year", "birth_date", "year_of_birth", "date_of_birth", "birthyear", "birthdate",
        "artist_begin_date", "artist_birth_year", "artist_birth_date", "artist_born", "creator_date_of_birth",
        "maker_birth_year", "geburtsjahr", "geburtsdatum", "geboren", "date_de_naissance", "date_naissance",
        "pip_date_naissance",
        "année_de_naissance", "data_di_nascita", "anno_di_nascita", "fecha_de_nacimiento",
        "año_de_nacimiento", "geboortejaar", "geboortedatum", "fødselsår", "fødselsdato", "födelseår",
        "födelsedatum", "rok_urodzenia", "data_urodzenia", "rok_narození", "datum_narození",
    ),
    "died": (
        "died", "death_year", "death_date", "year_of_death", "date_of_death", "deathyear", "deathdate",
        "artist_end_date", "artist_death_year", "artist_death_date", "artist_died", "creator_date_of_death",
        "maker_death_year", "sterbejahr", "sterbedatum", "gestorben", "todesjahr", "date_de_décès",
        "date_deces", "pip_date_deces",
        "année_de_décès", "data_di_morte", "anno_di_morte", "fecha_de_fallecimiento", "fecha_de_muerte",
        "año_de_fallecimiento", "sterfjaar", "sterfdatum", "dødsår", "dødsdato", "dödsår", "dödsdatum",
        "rok_śmierci", "data_śmierci", "rok_úmrtí", "datum_úmrtí",
    ),
    "biography": (
        "artist_display_bio", "artist_bio", "display_bio", "life_date", "artist_nationality_dates",
        "nationality_and_dates", "artist_biography", "person_date", "artist_info", "author_bio",
        "maker_bio", "precisions_sur_l_auteur", "creator_bio",
    ),
}  # fmt: skip
"""Columns, or keys of a person, that tell when somebody lived; without "artist_dates", which is a field."""

PEOPLE_NUMBERS = ("constituent_id", "constituent_ids", "artist_id", "artist_ids", "creator_id", "maker_id")
"""Columns of the numbers of a work's makers: they say how many names a cell holds."""

LONG_TITLE_NAMES = ("long_title", "longtitle", "full_title", "title_line")
"""Columns in which title, maker and date stand in one line, in this order."""

QUALIFYING_KEYS = (
    "qualifier", "prefix", "qualification", "attributionqualifier", "attribution", "suffix", "certainty",
    "nameprefix", "namequalifier", "attributiontype",
)  # fmt: skip
ROLE_KEYS = ("role", "roles", "rolename", "roledisplayname", "function", "association", "fonction", "rolle")
"""Under which keys an object of a person says what qualifies the name, and what that person did."""

_OWNERS = re.compile(
    r"^(?:field)?(?:(?:artist|maker|creator|painter|person|actor|agent|constituent|author|auteur)(?=.))?"
)
"""How a key of a person may begin: "creator_role" is a role."""

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
    "image", "images", "img", "picture", "pictures", "photo", "photos", "thumbnail", "thumb", "preview",
    "bild", "bilder", "afbeelding", "immagine", "immagini", "imagen", "foto", "visuel", "visuels", "vignette",
    "multimedia", "iiif", "obrazek", "kuva", "billede",
})  # fmt: skip
_ADDRESS_WORDS = ("url", "uri", "link", "href", "src", "address", "adresse", "web")
_SIZE_WORDS = frozenset({
    "primary", "main", "first", "full", "original", "large", "largest", "high", "medium", "small", "low",
    "default", "base", "public", "download", "b", "z", "n", "d", "sq", "s", "m", "l", "xl", "o", "jpg",
    "jpeg",
    "work", "artwork", "object", "standard", "size", "derivative", "native", "resolution", "file", "display",
    "info", "service", "id",
})  # fmt: skip
_SMALL = frozenset({"thumb", "thumbnail", "preview", "small", "low", "vignette", "n", "d", "sq", "s"})
_LARGE = frozenset({"large", "largest", "b"})
_SMALL_PX = 400
_STRUCTURE = frozenset({
    "attributes", "content", "freetext", "field", "fields", "entity", "value", "values", "text", "node",
    "data", "record", "artifact", "ingress", "technical", "sheet", "summary", "descriptive", "repeating",
    "non", "physical", "description", "notes", "metadata", "source", "resource", "information", "facts",
    "label", "obj", "pip", "en",
})  # fmt: skip
"""Words of a column that tell where in a record it stands, and not what it holds."""
_BEGINS = frozenset({"from", "start", "begin", "earliest"})
_ENDS = frozenset({"to", "end", "until", "latest", "bis"})
_DOUBTFUL = frozenset({"artist", "year"})
_LEAST_RATIO = 82
_VALUES = frozenset({"title", "name", "label", "value", "text", "publicname", "content", "en"})
NAMING_KEYS = (
    "fullname", "displayname", "name", "preflabel", "preferredlabel", "label", "title", "term", "text",
    "content", "value", "description",
)  # fmt: skip
"""Under which of its keys an object, such as a creator or a tag, says its own name, best first."""

LANGUAGE_KEYS = (
    "en", "none", "@value", "de", "fr", "it", "es", "nl", "da", "sv", "pl", "cs", "fi", "nb", "pt", "def",
)  # fmt: skip
"""Keys of an object that holds one text in several languages; whose text is taken, best first."""

_DUBLIN_CORE = re.compile(r"^(?:dc|dcterms)(?:[_:]|(?=[A-Z]))")
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
    """Return other names of a record's part: "_source.artist.name" is "artist", "genreLabel" is "genre"."""
    first, *others = column.split(".")
    parts = others if others and first in _RECORDS else [first, *others]
    if len(parts) > 1 and parts[-1] in LANGUAGE_KEYS:
        parts = parts[:-1]
    is_name = len(parts) > 1 and fold_column(parts[-1]).replace("_", "") in NAMING_KEYS
    short = ".".join(parts[:-1] if is_name else parts)
    names = {".".join(parts), short, _DUBLIN_CORE.sub("", short), re.sub(r"(?<=[a-z])_?[Ll]abel$", "", short)}
    return [name for name in names if name != column]


def is_in_languages(value: Mapping[str, object]) -> bool:
    """Tell whether an object holds one text in several languages."""
    return bool(value) and {str(key) for key in value} - {"id"} <= set(LANGUAGE_KEYS)


def count_fields(columns: Iterable[str]) -> int:
    """Return how many fields of a work columns name, by which records are told from what stands around them.

    >>> count_fields(["title", "maker.name", "width"]), count_fields(["role", "name"])
    (2, 0)
    """
    names = (name for column in columns for name in (column, *list_names(column)))
    return len({_FIELDS[words] for name in names if (words := join_words(name)) in _FIELDS})


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


def resembles_maker_or_date(label: str) -> bool:
    """Tell whether a label that names no field has a word for a maker or a date, or is spelled nearly so.

    >>> [resembles_maker_or_date(text) for text in ("Date of purchase", "Artsit", "Room")]
    [True, True, False]
    """
    words = fold_name(label).split()
    if any(_LABELS.get(word) in _DOUBTFUL for word in words):
        return True
    near = process.extractOne(join_words(label), list(_LABELS), scorer=fuzz.ratio, score_cutoff=_LEAST_RATIO)
    return near is not None and _LABELS[near[0]] in _DOUBTFUL


def strip_owner(key: str) -> str:
    """Return the folded key of a person without whose it says it is: "creatorrole" is "role"."""
    return _OWNERS.sub("", key)


def is_qualifying(key: str) -> bool:
    """Tell whether a key of a person says what qualifies the name, such as "creator_role"."""
    folded = join_words(key)
    return not {folded, strip_owner(folded)}.isdisjoint((*QUALIFYING_KEYS, *ROLE_KEYS))


def rank_picture_addresses(found: Sequence[str]) -> list[str]:
    """Return the columns whose words say that they hold addresses of pictures, the full size first.

    >>> rank_picture_addresses(["pageURL", "image_page", "smallThumbURL", "LargePictureLink"])
    ['LargePictureLink', 'smallThumbURL']
    """
    ranked = []
    for number, column in enumerate(found):
        words = _split_words(column)
        others = [word for word in words if word not in _PICTURE_WORDS and not word.isdecimal()]
        if _is_picture_address(words, others):
            sizes = [int(word) for word in words if word.isdecimal()]
            is_small = is_preview(column) or any(size < _SMALL_PX for size in sizes)
            is_named = not set(_ADDRESS_WORDS).isdisjoint(others)
            is_large = not _LARGE.isdisjoint(words)
            ranked.append((is_small, not is_large, not is_named, -max(sizes, default=0), number))
    return [found[rank[-1]] for rank in sorted(ranked)]


def is_preview(column: str) -> bool:
    """Tell whether the words of a column of addresses say that its pictures are small."""
    return not _SMALL.isdisjoint(_split_words(column))


def _is_picture_address(words: list[str], others: list[str]) -> bool:
    is_picture = not _PICTURE_WORDS.isdisjoint(words)
    return is_picture and bool(len(words) > 1) and _SIZE_WORDS.union(_ADDRESS_WORDS).issuperset(others)


def read_words(column: str) -> str | None:
    """Return the field that the words of a column name, without those of the record's structure.

    >>> read_words("technical_sheet_tecnica"), read_words("freetext.date"), read_words("date_acquired")
    ('medium', 'year', None)
    """
    ends = [join_words(part) for part in column.split(".") if join_words(part) not in _VALUES]
    if len(ends) > 1 and _FIELDS.get(ends[-1]) == "licence":
        return "licence"
    words = [word for word in _split_words(column) if word not in _STRUCTURE]
    field = read_label(" ".join(word for word in words if word not in _BEGINS)) if words else None
    is_end = field == "year" and not _ENDS.isdisjoint(words)
    return None if field == "source_id" or is_end else field


def _split_words(column: str) -> list[str]:
    return [word.casefold() for word in _WORD_STARTS.split(column) if word]


def fold_column(name: str) -> str:
    """Return a column's name for comparing: case, spaces and punctuation do not matter.

    >>> fold_column("New-Filename ")
    'new_filename'
    """
    return re.sub(r"[^\w]+|_+", "_", name.casefold()).strip("_")


_FIELDS = {join_words(name): field for field, names in COLUMN_NAMES.items() for name in names}
_LABELS = {join_words(name): field for field in LABEL_FIELDS for name in COLUMN_NAMES[field]}
