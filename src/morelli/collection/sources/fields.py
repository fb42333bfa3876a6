"""What the columns of tables and the labels of records are called, and what one cell of them says.

Columns are found by name, never by position. The names that a museum or a data set uses for itself alone
stand with its layout; those that anybody may use stand here.
"""

from __future__ import annotations

import ast
import html
import re
from collections.abc import Iterable, Mapping, Sequence

from morelli.collection.names.people import Person, read_person
from morelli.collection.names.text import mend_text
from morelli.collection.sources.matching import join_words, read_label
from morelli.collection.sources.vocabulary import LANGUAGE_KEYS, NAMING_KEYS
from morelli.collection.work import LABEL_SEPARATOR

_DATE_KEYS = (
    "period", "displaydate", "display", "presentingdate", "text", "value", "content", "label", "date", "name",
    "verbatim", "begin", "start", "from", "year", "startyear", "earliest", *LANGUAGE_KEYS,
)  # fmt: skip
"""Under which of its keys an object says a date, the words first."""
_FIRST_KEYS = ("start", "begin", "from", "earliest", "startyear", "beginyear", "dateearliest", "yearearly")
_LAST_KEYS = ("end", "to", "latest", "endyear", "datelatest", "yearlate")
_MISSING = frozenset({"", "-", "na", "n/a", "nan", "none", "null"})
_TAG = re.compile(
    r"</?(?:a|abbr|b|big|cite|div|em|font|i|li|ol|p|q|s|small|span|strong|sub|sup|u|ul)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
"""The marks of HTML that museums leave in texts; other text in angle brackets stays."""
_BREAK = re.compile(r"<br\s*/?>|</p>\s*<p[^<>]*>", re.IGNORECASE)
_N_BEST = 3
"""How many of `LANGUAGE_KEYS` go before the one that comes first."""
_CODE = re.compile(r"(\d{1,9})(\.0+)?")
_LIST_FAULTS = (ValueError, SyntaxError, TypeError, MemoryError, RecursionError)  # of ast.literal_eval
_LIST_SIGNS = re.compile(r"^[\[(]|[\])]$")
_PARTS = {
    "train": ("train", "training"),
    "val": ("val", "valid", "validation", "dev"),
    "test": ("test", "testing"),
}
_ID_FORMS = {"ulan": re.compile(r"\d{6,}"), "wikidata": re.compile(r"\bQ\d+")}


def read_cell(value: object, *, keeps_lines: bool = False) -> str | None:
    """Return text, a number or a date as one line of mended text; else, and where it says nothing, None.

    Marks of HTML are taken off.

    Line breaks can be kept: in a cell of names they part people.

    >>> read_cell("  Albrecht  DÃ¼rer "), read_cell("nan"), read_cell(1890.0), read_cell(["a"])
    ('Albrecht Dürer', None, '1890.0', None)
    """
    if value is None or isinstance(value, (bool, list, tuple, Mapping)):
        return None
    text = str(value)
    if "<" in text or "&" in text:
        text = html.unescape(_TAG.sub("", _BREAK.sub("\n", text)))
    if not text.isascii():  # JSON may hold halves of characters, which nothing can store
        text = mend_text(text.encode(errors="replace").decode())
    lines = text.replace("\0", " ").splitlines() if keeps_lines else [text.replace("\0", " ")]
    text = "\n".join(filter(None, (" ".join(line.split()) for line in lines)))
    return None if text.casefold() in _MISSING else text


def join_cell(value: object, *, keeps_lines: bool = False) -> str | None:
    """Return what `read_cell` does, for values of a list or object joined by ``|``, or an object's name.

    >>> join_cell(["Cubism", None, "Pop  Art"]), join_cell({"de": "Regen", "en": "Rain"})
    ('Cubism|Pop Art', 'Rain')
    """
    if isinstance(value, Mapping):
        value = unwrap(value)
        named = name_object(value, keeps_lines=keeps_lines)
        value = list(value.values()) if named is None else named
    if isinstance(value, (list, tuple)):
        return (
            LABEL_SEPARATOR.join(text for item in value if (text := join_cell(item, keeps_lines=keeps_lines)))
            or None
        )
    return read_cell(value, keeps_lines=keeps_lines)


def unwrap(value: Mapping[str, object]) -> Mapping[str, object]:
    """Return the object within objects that hold nothing else: {"entity": {"name": "Monet"}}."""
    while len(value) == 1 and isinstance(inner := next(iter(value.values())), Mapping):
        value = inner
    return value


def name_object(value: Mapping[str, object], *, keeps_lines: bool = False) -> str | None:
    """Return what an object calls itself in the best language, also under a key as "maker_name", or None."""
    folded = {join_words(str(key)): inner for key, inner in value.items()}
    is_labelled = "label" in folded and ("content" in folded or read_label(str(folded["label"])) is not None)
    names = (key for key in folded if key.endswith("name"))
    keys = (*(("content", "value") if is_labelled else ()), *NAMING_KEYS, *names)
    texts = list_values(value, keys, keeps_lines=keeps_lines)
    if texts:
        return texts[0]
    languages = [*LANGUAGE_KEYS[:_N_BEST], *(key for key in value if key in LANGUAGE_KEYS)]
    return next(filter(None, (join_cell(value.get(key), keeps_lines=keeps_lines) for key in languages)), None)


def list_values(value: Mapping[str, object], keys: Iterable[str], *, keeps_lines: bool = False) -> list[str]:
    """Return the texts under keys, whatever their case."""
    folded = {join_words(str(key)): inner for key, inner in value.items()}
    return [text for key in keys if (text := join_cell(folded.get(key), keeps_lines=keeps_lines))]


def read_title(value: object) -> str | None:
    """Return a work's title, the first of several.

    >>> read_title([{"title": "Regen", "language": "de"}, {"title": "Rain"}]), read_title({"en": "Rain"})
    ('Regen', 'Rain')
    """
    items = value if isinstance(value, (list, tuple)) else [value]
    return next(filter(None, map(join_cell, items)), None)


def read_date(value: object) -> str | None:
    """Return what a cell says of when a work was made: as the source words it, before its own numbers.

    >>> read_date([{"start": "1640-01-01", "end": "1645-12-31", "period": "1640-45"}]), read_date(1890)
    ('1640-45', '1890')
    """
    for item in value if isinstance(value, (list, tuple)) else [value]:
        texts = list_values(item, _DATE_KEYS) if isinstance(item, Mapping) else [join_cell(item)]
        if text := next(filter(None, texts), None):
            return text
    return None


def read_span(value: object) -> tuple[str | None, str | None]:
    """Return the first and the last year that the object of a date says, which may be whole days.

    >>> read_span([{"start": "1640-01-01T00:00:00.000Z", "end": "1645-12-31", "period": "17th century"}])
    ('1640', '1645')
    """
    items = value if isinstance(value, (list, tuple)) else [value]
    span = next((item for item in items if isinstance(item, Mapping)), {})
    ends = (next(iter(list_values(span, keys)), "") for keys in (_FIRST_KEYS, _LAST_KEYS))
    numbers = [text for text in map(read_cell, items) if text and re.fullmatch(r"\d{4}", text)]
    if len(numbers) > 1:
        return min(numbers), max(numbers)
    first, last = (re.match(r"[-−]?\d{1,4}(?!\d)", text) for text in ends)
    return first and first[0], last and last[0]


def read_line_date(line: str | None, title: str | None, maker: str | None) -> str | None:
    """Return what a line of title, maker and date says behind these.

    >>> read_line_date("View, 1900 feet up, Jan Steen, c. 1660 - c. 1665", "View, 1900 feet up", "Jan Steen")
    'c. 1660 - c. 1665'
    """
    rest = (line or "").removeprefix(title or "")
    rest = rest.rpartition(maker)[2] if maker and maker in rest else rest.rpartition(",")[2]
    return rest.strip(" ,") or None


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


def read_code(text: str | None) -> int | None:
    """Return the class number that a cell holds, also as "17.0", or None."""
    match = _CODE.fullmatch((text or "").strip())
    return int(match[1]) if match else None


def read_part(text: str | None) -> str | None:
    """Return "train", "val" or "test" for what a table calls them, such as "Validation"; else None."""
    wanted = (text or "").casefold()
    return next((part for part, names in _PARTS.items() if wanted in names), None)


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
    ids = [entry for entry in (texts.get("artist_ids") or "").split(LABEL_SEPARATOR) if ":" in entry]
    for kind, form in _ID_FORMS.items():
        ids += [f"{kind}:{number}" for number in form.findall(texts.get(kind) or "")]
    return LABEL_SEPARATOR.join(dict.fromkeys(entry for entry in ids if entry)) or None
