"""What the columns of tables and the labels of records are called, and what one cell of them says.

Columns are found by name, never by position. The names that a museum or a data set uses for itself alone
stand with its layout; those that anybody may use stand here.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from morelli.collection.names.people import Person, read_person
from morelli.collection.names.text import LAST_YEAR, fold_name, mend_text, year_from_text
from morelli.collection.sources.readers import read_columns
from morelli.collection.work import LABEL_SEPARATOR
from morelli.errors import LayoutError

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

NAMING_KEYS = (
    "fullname", "displayname", "name", "preflabel", "preferredlabel", "label", "title", "term", "text",
    "value", "description",
)  # fmt: skip
"""Under which of its keys an object, such as a creator or a tag, says its own name, best first."""

LANGUAGE_KEYS = frozenset({"en", "none", "@value", "de", "fr", "it", "es", "nl", "da", "sv", "pl", "cs"})
_MISSING = frozenset({"", "-", "na", "n/a", "nan", "none", "null"})
_CODE = re.compile(r"(\d{1,9})(\.0+)?")
_LIST_FAULTS = (ValueError, SyntaxError, TypeError, MemoryError, RecursionError)  # of ast.literal_eval
_LIST_SIGNS = re.compile(r"^[\[(]|[\])]$")
_PARTS = {
    "train": ("train", "training"),
    "val": ("val", "valid", "validation", "dev"),
    "test": ("test", "testing"),
}
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
_ID_FORMS = {"ulan": re.compile(r"\d{6,}"), "wikidata": re.compile(r"\bQ\d+")}


def match_columns(found: Sequence[str], wanted: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return the table's own name of each wanted column that it has, the best of its names.

    >>> match_columns(["NewFilename", "x"], {"file": ("filename", "new_filename"), "year": ("date",)})
    {'file': 'NewFilename'}
    """
    exact = {fold_column(column): column for column in reversed(found)}
    joined = {_join_words(column): column for column in reversed(found)}
    matches = {}
    for key, names in wanted.items():
        columns = (exact.get(name) or joined.get(_join_words(name)) for name in names)
        if column := next(filter(None, columns), None):
            matches[key] = column
    return matches


def _join_words(name: str) -> str:
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


def require_columns(
    table: Path,
    wanted: Mapping[str, Sequence[str]],
    needed: Iterable[str],
    *,
    found: Sequence[str] | None = None,
) -> dict[str, str]:
    """Return what `match_columns` finds in a table, with all that is needed; else raise `LayoutError`."""
    found = read_columns(table) if found is None else found
    columns = match_columns(found, wanted)
    missing = [" or ".join(repr(name) for name in wanted[key]) for key in needed if key not in columns]
    if missing:
        raise LayoutError(
            table,
            expected="a column named " + " and one named ".join(missing),
            found="the columns " + (", ".join(found) or "(none)"),
            remedy="rename the columns, or give another table",
        )
    return columns


def fold_column(name: str) -> str:
    """Return a column's name for comparing: case, spaces and punctuation do not matter.

    >>> fold_column("New-Filename ")
    'new_filename'
    """
    return re.sub(r"[^\w]+|_+", "_", name.casefold()).strip("_")


def read_cell(value: object, *, keeps_lines: bool = False) -> str | None:
    """Return text, a number or a date as one line of mended text; else, and where it says nothing, None.

    Line breaks can be kept: in a cell of names they part people.

    >>> read_cell("  Albrecht  DÃ¼rer "), read_cell("nan"), read_cell(1890.0), read_cell(["a"])
    ('Albrecht Dürer', None, '1890.0', None)
    """
    if value is None or isinstance(value, (bool, list, tuple, Mapping)):
        return None
    text = str(value)
    if not text.isascii():  # JSON may hold halves of characters, which nothing can store
        text = mend_text(text.encode(errors="replace").decode())
    lines = text.replace("\0", " ").splitlines() if keeps_lines else [text.replace("\0", " ")]
    text = "\n".join(filter(None, (" ".join(line.split()) for line in lines)))
    return None if text.casefold() in _MISSING else text


def join_cell(value: object, *, keeps_lines: bool = False) -> str | None:
    """Return what `read_cell` does, for values of a list or object joined by ``|``, or an object's name.

    >>> join_cell(["Cubism", None, "Pop  Art"]), join_cell({"en": "Rain", "de": "Regen"})
    ('Cubism|Pop Art', 'Rain|Regen')
    """
    if isinstance(value, Mapping):
        named = _name_object(value, keeps_lines=keeps_lines)
        value = list(value.values()) if named is None else named
    if isinstance(value, (list, tuple)):
        return (
            LABEL_SEPARATOR.join(text for item in value if (text := join_cell(item, keeps_lines=keeps_lines)))
            or None
        )
    return read_cell(value, keeps_lines=keeps_lines)


def _name_object(value: Mapping[str, object], *, keeps_lines: bool) -> str | None:
    """Return what an object calls itself, also under a key such as "maker_name", or None."""
    keys = (*NAMING_KEYS, *(key for key in map(_join_words, map(str, value)) if key.endswith("name")))
    return next(iter(list_values(value, keys, keeps_lines=keeps_lines)), None)


def list_values(value: Mapping[str, object], keys: Iterable[str], *, keeps_lines: bool = False) -> list[str]:
    """Return the texts under keys, whatever their case."""
    folded = {_join_words(str(key)): inner for key, inner in value.items()}
    return [text for key in keys if (text := join_cell(folded.get(key), keeps_lines=keeps_lines))]


def split_cell(value: object, separator: str = LABEL_SEPARATOR, *, is_free: bool = False) -> str | None:
    """Return the labels of a cell joined by ``|``, each once; None where there are none.

    A list is taken apart, also one that Python wrote as text; other text at the separator. Unless the text is
    free, as in a table of the user's own, such a list may be cut off, and underscores stand for spaces.

    >>> split_cell("['Impressionism', 'Post_Impressionism'"), split_cell("Dutch, Flemish", ",")
    ('Impressionism|Post Impressionism', 'Dutch|Flemish')
    """
    items = value if isinstance(value, (list, tuple)) else _split_text(str(value or ""), separator, is_free)
    labels = (read_cell(str(item) if is_free else str(item).replace("_", " ")) for item in items)
    return LABEL_SEPARATOR.join(dict.fromkeys(label for label in labels if label)) or None


def _split_text(text: str, separator: str, is_free: bool) -> Sequence[object]:
    text = text.strip()
    if not text.startswith("[") or (is_free and not text.endswith("]")):
        return text.split(separator)
    try:
        items = ast.literal_eval(text)
    except _LIST_FAULTS:
        return [text] if is_free else [item.strip(" '\"") for item in _LIST_SIGNS.sub("", text).split(",")]
    return items if isinstance(items, list) else [text]


def join_labels(values: Iterable[object]) -> str | None:
    """Return labels as one text, each once, in their order; None when there are none.

    >>> join_labels(["Baroque", None, "Rococo", "Baroque"])
    'Baroque|Rococo'
    """
    texts = (text.replace(LABEL_SEPARATOR, "/") for value in values if (text := read_cell(value)))
    return LABEL_SEPARATOR.join(dict.fromkeys(texts)) or None


def read_year(value: object) -> int | None:
    """Return a year CE that a column of years holds, or None; it may be earlier than those of free text.

    >>> read_year("1890.0"), read_year(200), read_year("-300"), read_year("c. 1890")
    (1890, 200, None, None)
    """
    digits = (read_cell(value) or "").removesuffix(".0")
    is_number = digits.isascii() and digits.isdecimal() and len(digits) <= len(str(LAST_YEAR))
    return int(digits) if is_number and 1 <= int(digits) <= LAST_YEAR else None


def read_code(text: str | None) -> int | None:
    """Return the class number that a cell holds, also as "17.0", or None."""
    match = _CODE.fullmatch((text or "").strip())
    return int(match[1]) if match else None


def read_part(text: str | None) -> str | None:
    """Return "train", "val" or "test" for what a table calls them, such as "Validation"; else None."""
    wanted = (text or "").casefold()
    return next((part for part, names in _PARTS.items() if wanted in names), None)


def read_people(text: str | None) -> Person:
    """Return who is named by a cell; several artists parted by ``|`` are one entry with all their names.

    >>> read_people("Rubens, Peter Paul|Brueghel, Jan").name
    'Peter Paul Rubens|Jan Brueghel'
    """
    people = [read_person(part) for part in (text or "").split(LABEL_SEPARATOR)]
    if len(people) == 1:
        return people[0]

    def join(values: list[str | None]) -> str | None:
        return LABEL_SEPARATOR.join(value for value in values if value) or None

    qualifier = next((person.qualifier for person in people if person.qualifier), None)
    names, dates = join([person.name for person in people]), join([person.dates for person in people])
    return Person(names, qualifier, dates, join([person.note for person in people]))


def read_credit(
    name: object, *, prefix: object = None, suffix: object = None, is_forward: bool = False
) -> Person:
    """Return who is credited by a record that keeps what stands before and after a name in fields of its own.

    A prefix that is no known qualifier, such as "Designed by", is kept as one in lower case: whatever a
    museum puts before a name, it does not say "painted by".
    """
    before, behind = read_cell(prefix), read_cell(suffix)
    person = read_person(
        read_cell(name, keeps_lines=True), prefix=before, suffix=behind, is_forward=is_forward
    )
    if person.qualifier is not None or before is None:
        return person
    return Person(person.name, before.casefold(), person.dates)


def choose_year(begins: object, text: object) -> int | None:
    """Return the year with which a span begins, by a number, else by a text; None before our era."""
    number = (read_cell(begins) or "").removesuffix(".0")
    is_before = re.fullmatch(r"[-−]\d+", number) is not None
    return None if is_before else read_year(begins) or year_from_text(read_cell(text))


def join_ids(ids: Mapping[str, str | None]) -> str | None:
    """Return who an artist is elsewhere, as `Work.artist_ids` has it, or None.

    >>> join_ids({"ulan": "500115588", "wikidata": "Q5598"})
    'ulan:500115588|wikidata:Q5598'
    """
    return LABEL_SEPARATOR.join(f"{name}:{number}" for name, number in ids.items() if number) or None


def read_ids(texts: Mapping[str, str | None]) -> str | None:
    """Return who an artist is elsewhere, from the texts of "artist_ids", "ulan" and "wikidata".

    >>> read_ids({"ulan": "http://vocab.getty.edu/page/ulan/500115588", "wikidata": "Q5598"})
    'ulan:500115588|wikidata:Q5598'
    """
    ids = [texts["artist_ids"]] if texts.get("artist_ids") else []
    for kind, form in _ID_FORMS.items():
        ids += [f"{kind}:{number}" for number in form.findall(texts.get(kind) or "")]
    return LABEL_SEPARATOR.join(dict.fromkeys(entry for entry in ids if entry)) or None
