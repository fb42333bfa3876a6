"""When a work was made, out of the texts that collections really carry."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from morelli.collection.names.text import FIRST_YEAR, LAST_YEAR

_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_NEGATIVE = re.compile(r"\s*[-−–]\s*\d+(?:\.0*)?\s*")
_CENTURY = re.compile(
    r"['’]?s(?!\w)|-?(?:tal|tallet|talet|luku|luvulla)\b|er\b|-e\b|\s*(?:-\s*)?(?:talet|tallet)\b",
    re.IGNORECASE,
)
"""What makes a century of a number that ends in two noughts: "1800s", "1800-talet"."""
_BEFORE_ERA = re.compile(
    r"(?<![^\W\d_])(?:B\.?\s?C\.?(?:\s?E\.?)?(?!\w)|v\.?\s?u\.?\s?Z\.?|v\.?\s?Chr|vor\s+Chr|av(?:ant|\.)?\s+(?:J\.?-?\s?C|notre\s+ère|n\.\s?è)|"
    r"a\.\s?C\.|a\.\s?de\s?C\.|avanti\s+Cristo|antes\s+de\s+Cristo|v\.?\s?o\.?\s?t\.|voor\s+Chr|f\.?\s?Kr|f\.?\s?v\.?\s?t\.|"
    r"före\s+Krist|før\s+Krist|p\.?\s?n\.?\s?e\b|przed\s+Chr|př\.?\s?n\.?\s?l|př\.?\s?Kr|před\s+Krist)",
    re.IGNORECASE,
)
_SPAN = re.compile(
    r"[\s\d\-–—/.,?]*(?:(?:to|or|and|bis|und|oder|et|ou|e|o|y|tot|en|til|till|do|až|c|ca|circa|century|cent)\b[\s\d\-–—/.,?]*)*",
    re.IGNORECASE,
)
"""What may stand between a year and the era that holds for it too: "1981-1975 B.C."."""
_OTHER_ERA = re.compile(r"\s*(?:A\.?\s?H\.?|AM|B\.?\s?P\.?|B\.?\s?S\.?)(?![\w])")
_OTHER_ERA_FIRST = re.compile(r"(?:\bA\.?H\.?|\bAnno\s+Hegirae)\s*$")
_NUMBER = re.compile(r"\s*([-−]?[0-9]{1,4})(?:\.0*|-\d\d-\d\d(?!\d).*)?\s*")
_DECADE = re.compile(r"(?<=0)(?:['’]?s|-?er|-?tal(?:let|et)?|-luku)(?![^\W\d_])", re.IGNORECASE)
_NEXT_YEAR = re.compile(
    r"\s*(?:[-–—/]|\b(?:to|and|or|bis|und|oder|et|ou|e|o|y|u|a|à|al|en|of|tot|og|eller|til|och|till|i|lub|do|až|nebo)\b)"
    r"\s*(?:(?:c|ca|circa|um|vers|about|around|omkring|ok|kolem|asi)\b\.?\s*)?(?P<year>\d{4}|\d{1,2})(?!\d)",
    re.IGNORECASE,
)
_CENTURIES = frozenset({
    "century", "centuries", "cent", "siecle", "siecles", "jahrhundert", "jahrhunderts", "jahrhunderte", "jh",
    "jhd", "jhdt", "jhs", "secolo", "secoli", "sec", "siglo", "siglos", "eeuw", "eeuwse", "arhundrede", "arh",
    "arhundrade", "arhundradet", "wiek", "wieku", "w", "stoleti", "stol", "vuosisata",
})  # fmt: skip
_SHORT_CENTURY = re.compile(
    r"(?<=\dth)\s+c\b\.?|(?<=[ivx])(?<![a-z]{6})e?\s+s\b\.|\bs\.\s*(?=[ivx]+\b)", re.IGNORECASE
)
"""Century as one letter: "20th c.", "XVIIe s.", "s. XVII"."""

_HUNDREDS = frozenset({"s", "tal", "tallet", "tallets", "talet", "talets", "luku", "luvun"})
"""What follows the first year of a century in "1800s" and "1800-talet"."""

_EARLY = frozenset({
    "early", "beginning", "start", "debut", "anfang", "beginn", "fruhes", "fruhen", "inizio", "inizi",
    "principios", "comienzos", "begin", "vroege", "vroeg", "tidlig", "tidligt", "borjan", "begyndelsen",
    "poczatek", "pocz", "pocatek", "zacatek", "poc", "zac",
})  # fmt: skip
_MIDDLE = frozenset({
    "mid", "middle", "milieu", "mitte", "meta", "mediados", "midden", "midten", "mitten", "polowa",
    "polovina",
    "pol", "polowie",
})  # fmt: skip
_LATE = frozenset({
    "late", "end", "fin", "ende", "spates", "spaten", "fine", "finales", "fines", "eind", "einde", "laat",
    "laatste", "sen", "sent", "slutet", "slutningen", "slutning", "koniec", "konec", "kon", "last",
    "letztes", "dernier", "derniere", "ultimo", "ultima", "sidste", "sista", "ostatnia", "posledni", "letzte",
})  # fmt: skip
_PARTS_OF = {
    **dict.fromkeys(("half", "moitie", "halfte", "meta", "mitad", "helft", "halvdel", "halvdelen", "halften",
                     "polowa", "polovina", "pol"), 2),
    **dict.fromkeys(("third", "tiers", "drittel", "terzo", "tercio", "derde", "tredjedel", "tredjedelen"), 3),
    **dict.fromkeys(("quarter", "quart", "viertel", "quarto", "cuarto", "kwart", "fjerdedel", "fjardedelen",
                     "cwierc", "ctvrtina"), 4),
}  # fmt: skip
"""Words for parts of a century, and how many of them make one."""

_ORDINAL_ENDS = frozenset({"st", "nd", "rd", "th", "e", "er", "ere", "eme", "de", "a", "o", "ra", "da"})
_CONNECTORS = frozenset({
    "to", "and", "or", "bis", "und", "oder", "et", "ou", "o", "y", "u", "a", "en", "of", "og", "eller", "til",
    "och", "till", "i", "lub", "do", "az", "nebo", "the", "du", "des", "del", "dell", "della", "der", "di",
    "van", "het", "av", "af", "de", "von", "vom", "c", "ca", "circa", "probably", "possibly", "um", "around",
    "about", "vers", "im", "in", "nel", "au", "w",
})  # fmt: skip
_ROMAN = (
    "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv", "xvi",
    "xvii", "xviii", "xix", "xx", "xxi",
)  # fmt: skip
_ORDINALS = {
    **{word: number for number, word in enumerate(_ROMAN, start=1)},
    **dict.fromkeys(("first", "premier", "premiere", "erstes", "erste", "ersten", "prima", "primo",
                     "primera", "primer",
                     "eerste", "forste", "forsta", "pierwsza", "prvni"), 1),
    **dict.fromkeys(("second", "deuxieme", "seconde", "zweites", "zweite", "zweiten", "seconda", "secondo",
                     "segunda",
                     "segundo", "tweede", "anden", "andra", "druga", "druha"), 2),
    **dict.fromkeys(("third", "troisieme", "drittes", "terza", "terzo", "tercera", "tercer", "derde",
                     "tredje",
                     "trzecia", "treti"), 3),
    **dict.fromkeys(("fourth", "quatrieme", "viertes", "quarto", "cuarto", "vierde", "fjerde", "fjarde",
                     "czwarta", "ctvrta"), 4),
    **dict(zip(("fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth", "twentieth"),
               range(15, 21), strict=True)),
}  # fmt: skip
_ROMAN_END = re.compile(r"(?<=[ivx])(?:e|eme|th|es|o)$")
_THIRD = 33  # of a hundred years the early third has 33, the late one 34
_BEFORE = frozenset({"before", "vor", "avant", "prima", "antes", "voor", "fore", "przed", "pred", "until"})
_AFTER = frozenset({"after", "nach", "apres", "dopo", "despues", "na", "efter", "po", "since", "ab", "seit"})
_DECADES = frozenset({"annees", "anni", "anos", "lata", "leta", "jaren", "decade"})
"""Words before a decade named by its first year: "années 1890"."""


def year_from_text(text: str | None) -> int | None:
    """Return the first year CE that a text names, or None; a century names none, a span its first.

    >>> [year_from_text(text) for text in ("1890.0", "the-city-1919-2", "late 1800s", "ca. 1981-1975 B.C.")]
    [1890, 1919, None, None]
    """
    text = text or ""
    if _NEGATIVE.fullmatch(text):
        return None
    for match in _YEAR.finditer(text):
        if not FIRST_YEAR <= int(match[0]) <= LAST_YEAR or _is_no_year(text, match):
            continue
        before_era = _BEFORE_ERA.search(text)
        is_late = before_era and (
            before_era.start() < match.start() or _SPAN.fullmatch(text[match.end() : before_era.start()])
        )
        return None if is_late else int(match[0])
    return None


def _is_no_year(text: str, match: re.Match[str]) -> bool:
    """Tell whether four digits are a century ("1800s"), of another era or a number of the inventory."""
    is_century = match[0].endswith("00") and _CENTURY.match(text, match.end())
    return bool(
        is_century or _OTHER_ERA.match(text, match.end()) or _OTHER_ERA_FIRST.search(text[: match.start()])
    )


@dataclass(frozen=True)
class Dates:
    """When a work was made, all in years CE; None: not known, or open on that side."""

    year: int | None = None  # the only year, or the first of a span; None for a century
    year_from: int | None = None  # the first year in which it may have been made
    year_to: int | None = None  # the last


def read_dates(text: str | None) -> Dates:
    """Return the year and the range of years that a text states, in ten languages.

    A century is a range without a year: the 19th lasts from 1801 to 1900, the "1800s" from 1800 to 1899.
    Early and late are its first and last third, mid the one between; halves and quarters are as they say.

    >>> read_dates("1850-60")
    Dates(year=1850, year_from=1850, year_to=1860)
    >>> read_dates("late 19th century")
    Dates(year=None, year_from=1867, year_to=1900)
    """
    text = text or ""
    if (year := year_from_text(text)) is not None:
        return Dates(year, *_find_span(text, year))
    if _BEFORE_ERA.search(text):
        return Dates()
    return Dates(None, *_find_centuries(_split_words(_SHORT_CENTURY.sub(" century ", text))))


def choose_dates(begins: object, ends: object, text: str | None) -> Dates:
    """Return the dates of a record that keeps the first and the last year as numbers beside a text.

    A text that names a century alone has no year, whatever year the numbers begin with. Nothing stands before
    our era.

    >>> choose_dates("1867", "1899", "late 19th century")
    Dates(year=None, year_from=1867, year_to=1899)
    """
    first, last = _read_number(begins), _read_number(ends)
    if min(first or 1, last or 1) < 1:
        return Dates()
    stated = read_dates(text)
    if first is None and last is None:
        return stated
    is_century = stated.year is None and stated.year_from is not None
    year = None if is_century and first != last else first or stated.year
    span = sorted(number for number in (first or stated.year_from, last or stated.year_to) if number)
    is_open = first is None and stated.year_from is None
    return Dates(year, None if is_open else span[0], span[-1] if len(span) > 1 or last else None)


def _read_number(value: object) -> int | None:
    """Return a year in a column of numbers, negative before our era; None for 0 and for what is none."""
    match = _NUMBER.fullmatch("" if value is None else str(value))
    number = int(match[1].replace("−", "-")) if match else 0
    return number if number and number <= LAST_YEAR else None


def _find_span(text: str, year: int) -> tuple[int | None, int | None]:
    """Return the first and last year of a text whose first year is known."""
    match = next(match for match in _YEAR.finditer(text) if int(match[0]) == year)
    last, place = _read_decade(text, year, match.end())
    while further := _NEXT_YEAR.match(text, place):
        digits = further["year"]
        named = int(digits) if len(digits) == 4 else int(str(last)[: -len(digits)] + digits)
        end, place = _read_decade(text, named, further.end())
        last = max(end, last) if named <= LAST_YEAR else last
    before = [word for word in _split_words(text[: match.start()])[-4:] if word not in _CONNECTORS]
    if year % 10 == 0 and not _DECADES.isdisjoint(before[-1:]):
        last = max(last, year + 9)
    if last > year or not before:
        return year, last
    is_denied = not {"not", "nicht", "pas", "non", "no", "niet", "ikke", "inte"}.isdisjoint(before)
    if before[-1] in (_AFTER if is_denied else _BEFORE):
        return None, year
    return year, None if before[-1] in (_BEFORE if is_denied else _AFTER) else last


def _read_decade(text: str, year: int, place: int) -> tuple[int, int]:
    """Return the last year of what a year stands for, such as "1890s", and the place behind it."""
    match = _DECADE.match(text, place)
    return (year + 9, match.end()) if match else (year, place)


def _split_words(text: str) -> list[str]:
    """Return words without accents and case, and numbers."""
    letters = unicodedata.normalize("NFKD", text.casefold().replace("ł", "l").replace("ø", "o"))
    return re.findall(r"[a-z]+|\d+", "".join(sign for sign in letters if not unicodedata.combining(sign)))


def _find_centuries(words: list[str]) -> tuple[int | None, int | None]:
    """Return the range of one century or several, with what is said of their parts."""
    found: list[tuple[int, int]] = []
    for place, word in enumerate(words):
        before, behind = words[:place], words[place + 1 :]
        if word in _CENTURIES:
            found += _read_before(before, behind) or _read_behind(before, behind)
        elif re.fullmatch(r"1\d00|2000", word) and not _HUNDREDS.isdisjoint(behind[:1]):
            found.append(_cut((int(word), int(word) + 99), before, behind[1:]))
    if not found:
        return None, None
    return min(first for first, _ in found), max(last for _, last in found)


def _read_before(before: list[str], behind: list[str]) -> list[tuple[int, int]]:
    """Return the centuries that stand before the word for them: "late 18th or early 19th century"."""
    found: list[tuple[int, int]] = []
    for place in reversed(range(len(before))):
        word = before[place]
        if found and word in _PARTS_OF:
            break
        if (number := _read_ordinal(word)) is not None and not _counts_parts(before, place):
            found.append(_cut(_name_century(number), before[:place], [] if found else behind))
        elif word not in _ORDINAL_ENDS | _CONNECTORS | _EARLY | _MIDDLE | _LATE:
            break
    return found


def _read_behind(before: list[str], behind: list[str]) -> list[tuple[int, int]]:
    """Return the centuries that follow the word for them: "finales del siglo XVIII", "sec. XVIII-XIX"."""
    found: list[tuple[int, int]] = []
    for place, word in enumerate(behind):
        if (number := _read_ordinal(word)) is not None and not _counts_parts(behind, place):
            found.append(_cut(_name_century(number), [] if found else before, behind[place + 1 :]))
        elif word not in _ORDINAL_ENDS | _CONNECTORS:
            break
    return found


def _name_century(number: int) -> tuple[int, int]:
    return 100 * number - 99, 100 * number


def _counts_parts(words: list[str], place: int) -> bool:
    """Tell whether a number counts halves or quarters: "2nd half"."""
    behind = [word for word in words[place + 1 : place + 3] if word not in _ORDINAL_ENDS]
    return not _PARTS_OF.keys().isdisjoint(behind[:1])


def _cut(span: tuple[int, int], before: list[str], behind: list[str]) -> tuple[int, int]:
    """Return the part of a century that the words next to it name, before it or behind."""
    nearest = [word for word in before[-8:] if word not in _CONNECTORS | _ORDINAL_ENDS][-2:]
    following = [word for word in behind[:6] if word not in _CONNECTORS | _ORDINAL_ENDS][:2]
    return _take_part(span, nearest) or _take_part(span, following, is_behind=True) or span


def _take_part(span: tuple[int, int], words: list[str], *, is_behind: bool = False) -> tuple[int, int] | None:
    """Return the part of a century that two words name, the last one or two of them; None: none."""
    first, last = span
    if len(words) == 2 and words[1] in _PARTS_OF:
        n_parts = _PARTS_OF[words[1]]
        number = n_parts if words[0] in _LATE else _read_ordinal(words[0])
        if number is not None and number <= n_parts:
            years = last - first + 1
            return first + years * (number - 1) // n_parts, first + years * number // n_parts - 1
    word = next(iter(words if is_behind else words[::-1]), "")
    if word in _EARLY:
        return first, first + _THIRD - 1
    if word in _MIDDLE:
        return first + _THIRD, last - _THIRD - 1
    return (last - _THIRD, last) if word in _LATE else None


def _read_ordinal(word: str) -> int | None:
    """Return a number between 1 and 21, in digits, Roman digits or words."""
    if word.isdecimal():
        return int(word) if 1 <= int(word) <= 21 else None
    return _ORDINALS.get(word) or _ORDINALS.get(_ROMAN_END.sub("", word))
