"""Which field of a work the name of a column, or a label, means: exactly, or by its words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from rapidfuzz import fuzz, process

from morelli.collection.names.text import fold_name
from morelli.collection.sources.vocabulary import (
    COLUMN_NAMES,
    LABEL_FIELDS,
    LANGUAGE_KEYS,
    NAMING_KEYS,
    QUALIFYING_KEYS,
    ROLE_KEYS,
)

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
_OWNERS = re.compile(
    r"^(?:field)?(?:(?:artist|maker|creator|painter|person|actor|agent|constituent|author|auteur)(?=.))?"
)
"""How a key of a person may begin: "creator_role" is a role."""
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
