"""Who a record names: the artist's name, the qualifier, the dates, and what else stands there.

The sources that read museums' records call `read_person`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from morelli.collection.names.catalogue import NATIONALITIES, forward_name, is_nobody
from morelli.collection.names.qualifiers import QUALIFIERS, split_qualifier
from morelli.collection.names.text import fold_name, mend_text, name_artist

_DATE_WORDS = frozenset({
    "c", "ca", "circa", "about", "around", "before", "after", "by", "or", "and", "to", "of", "the", "in",
    "probably", "possibly", "perhaps", "active", "fl", "flourished", "floruit", "born", "died", "b", "d",
    "est", "established", "founded", "unknown", "present", "living", "still", "until", "from", "since",
    "bapt", "baptised", "baptized", "buried", "documented", "doc", "recorded", "century", "centuries",
    "early", "mid", "middle", "late", "first", "second", "third", "last", "quarter", "half", "decade",
    "st", "nd", "rd", "th", "s", "he", "she", "ad", "um", "vor", "nach", "tatig", "geboren", "geb",
    "gestorben", "gest", "jahrhundert", "jahrhunderts", "jh", "anfang", "ende", "mitte", "bis", "seit",
    "zwischen", "und", "oder", "erwahnt", "nachweisbar", "vers", "avant", "apres", "actif", "entre", "et",
    "ou", "ne", "nee", "en", "mort", "morte", "siecle", "siecles", "debut", "fin", "verso", "prima",
    "dopo", "attivo", "attiva", "nato", "nata", "morto", "morta", "secolo", "tra", "documentato",
    "documentata", "hacia", "antes", "despues", "activo", "activa", "nacido", "nacida", "muerto",
    "fallecido", "siglo", "siglos", "y", "documentado", "omstreeks", "voor", "na", "werkzaam",
    "overleden", "eeuw", "tussen",
})  # fmt: skip
"""What may stand in dates besides numbers, folded: "active late 16th century"."""
_VERBS = (
    "active|fl\\.|flourished|born|b\\.|died|d\\.|est\\.|documented|tätig|geb\\.|geboren|gest\\.|gestorben|actif|"
    "née?|morte?|attiv[oa]|nat[oa]|mort[oa]|activ[oa]|nacid[oa]|fallecid[oa]|werkzaam|overleden"
)
_YEAR = re.compile(r"(?<!\d)1?\d{3}(?:s|er)?(?!\d)|(?<!\d)20\d{2}(?!\d)|\d{1,2}(?:st|nd|rd|th|e|º|ème|\.)")
_OPENS = re.compile(rf"(?:{_VERBS})(?!\w)", re.IGNORECASE)
_BRACKETS = re.compile(r"\s*[(\[]([^()\[\]]*)[)\]]")
_ROMAN = re.compile(r"[xvi]+")
_UNLINKED_TAIL = re.compile(
    rf"\s+((?:(?:c|ca)\.\s*)?1?\d{{3}}\s*[-–—]\s*(?:(?:c|ca)\.\s*)?(?:\d{{3,4}})?|(?:{_VERBS})\s+[^,]*\d{{3,4}}s?)$",
    re.IGNORECASE,
)

_AND_MODEL = re.compile(
    r"(?P<maker>.*?\S),?\s+(?P<link>(?:probably\s+)?after|in the (?:manner|style) of|nach|d['’]après|naar)\s+"
    r"(?P<model>\S.*)",
    re.IGNORECASE,
)
_BRACKET = re.compile(r"\s*\((?P<aside>[^()]*)\)")


@dataclass(frozen=True)
class Person:
    """An artist as a record names one."""

    name: str | None  # None where nobody is named
    qualifier: str | None = None  # one of `QUALIFIERS`, such as "workshop of"
    dates: str | None = None  # of life, such as "1840-1926"
    note: str | None = None  # a nationality, another attribution, the school of a work without a name


def read_person(text: str | None, *, prefix: str | None = None, suffix: str | None = None) -> Person:
    """Return who is named by a record's text and by what it keeps before and behind the name.

    A maker and a model ("Paulus Pontius after Rubens") stay one name, since neither the one's invention nor
    the other's hand is there to be learnt; so do two artists. Without a maker's name the model's stands, as
    "after".

    >>> read_person("Workshop of Rembrandt (1606-1669)")
    Person(name='Rembrandt', qualifier='workshop of', dates='1606-1669', note=None)
    """
    dates, note, rest = _split_dates(" ".join(mend_text(text or "").split()))
    qualifier, rest = split_qualifier(rest)
    if dates is None:  # "Workshop of (1606-1669)": only now does it stand at the end
        dates, note, rest = _split_dates(rest)
    beside = [split_qualifier(mend_text(part)) for part in (prefix, suffix) if part]
    found = {kept for kept, _ in (*beside, (qualifier, "")) if kept}
    notes = [note, *(left for _, left in beside)]
    rest, aside = _take_asides(rest)
    person = _name_person(rest)
    if person.qualifier is not None:
        found.add(person.qualifier)
    return Person(
        person.name,
        max(found, key=QUALIFIERS.index, default=None),
        dates,
        "; ".join(filter(None, [*notes, aside, person.note])) or None,
    )


def years_of(dates: str | None) -> tuple[int, ...]:
    """Return the years of three or four digits that dates name."""
    return tuple(int(digits) for digits in re.findall(r"(?<!\d)\d{3,4}(?!\d)", dates or ""))


def _take_asides(text: str) -> tuple[str, str | None]:
    """Take off a bracket that holds another attribution: "(possibly Leonardo da Vinci)"."""
    for match in _BRACKET.finditer(text):
        if split_qualifier(match["aside"])[0]:
            return (text[: match.start()] + text[match.end() :]).strip(" ,;"), match["aside"]
    return text, None


def _name_person(text: str) -> Person:
    if match := _AND_MODEL.fullmatch(text):
        maker, model = match["maker"].rstrip(" ,"), match["model"]
        if is_nobody(maker) or name_artist(maker) is None:
            return Person(name_artist(forward_name(model)), "after", note=maker)
        return Person(f"{forward_name(maker)} {match['link']} {model}")
    if is_nobody(text):
        return Person(None, note=text)
    return Person(name_artist(forward_name(text)))


def _split_dates(text: str) -> tuple[str | None, str | None, str]:
    """Return the life dates in a text, what stood beside them, and the text without both.

    >>> _split_dates("Claude Monet (French, 1840 – 1926)")
    ('1840-1926', 'French', 'Claude Monet')
    """
    if text.isdigit():  # an artist who is only known by number, as in many published tables
        return None, None, text
    for match in _BRACKETS.finditer(text):
        dates, note = _part_dates(re.split(r"[,;]\s*", match[1]))
        if dates:
            before, peoples = _take_peoples(text[: match.start()].split(","))
            rest = ",".join(before) + text[match.end() :]
            return _tidy_dates(dates), _join([*peoples, *note]), rest.strip(" ,;")
    return _split_tail(text)


def _is_date(text: str) -> bool:
    """Tell whether a text is a date and nothing else: "c. 1390", "active late 16th century"."""
    if not _YEAR.search(text):
        return False
    words = re.findall(r"[^\W\d_]+", fold_name(text))
    return all(word in _DATE_WORDS or _ROMAN.fullmatch(word) for word in words)


def _split_tail(text: str) -> tuple[str | None, str | None, str]:
    parts = text.split(",")
    n_dates = 0
    while n_dates < len(parts) and _opens_date(parts[-1 - n_dates].strip()):
        n_dates += 1
    dates = [part.strip() for part in parts[len(parts) - n_dates :]]
    before = parts[: len(parts) - n_dates]
    if not dates and (match := _UNLINKED_TAIL.search(text)) and _is_date(match[1]):
        dates, before = [match[1]], text[: match.start()].split(",")
    if not dates:
        return None, None, text.strip(" ,;")
    before, peoples = _take_peoples(before)
    return _tidy_dates(dates), _join(peoples), ",".join(before).strip(" ,;")


def _opens_date(part: str) -> bool:
    """Tell whether a part is a date, also one with a place in it: "active in Siena 1440"."""
    return _is_date(part) or bool(_OPENS.match(part) and _YEAR.search(part))


def _part_dates(parts: list[str]) -> tuple[list[str], list[str]]:
    dates = [part for part in parts if _opens_date(part.strip())]
    return dates, [part.strip() for part in parts if part not in dates and part.strip()]


def _take_peoples(parts: list[str]) -> tuple[list[str], list[str]]:
    """Take a nationality off the end of a name: "Claude Monet, French"; it may be all there is."""
    if parts and parts[-1].strip() and all(word in NATIONALITIES for word in fold_name(parts[-1]).split()):
        return parts[:-1], [parts[-1].strip()]
    return parts, []


def _tidy_dates(dates: list[str]) -> str:
    text = ", ".join(part.strip() for part in dates)
    text = re.sub(r"(?<=\d)\s*[-–—]\s*(?=\d|$)", "-", text)
    return re.sub(r"\s*[–—]\s*|\s+-\s+", "-", text)


def _join(parts: list[str]) -> str | None:
    return ", ".join(parts) or None
