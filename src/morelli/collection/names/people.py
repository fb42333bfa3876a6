"""Who a record names: the artist's name, the qualifier, the dates, and what else stands there.

The sources that read museums' records call `read_person`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from morelli.collection.names.catalogue import forward_name, split_place
from morelli.collection.names.credits import split_people, take_roles, trim_stop
from morelli.collection.names.nobody import find_school, is_nobody, is_people, is_place
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
    "overleden", "eeuw", "tussen", "approximately", "approx", "between", "fodt", "født", "dod", "død",
    "virksom", "omkring", "fodd", "dog", "verksam", "cirka", "mellan", "mellem", "okolo", "około", "ok",
    "ur", "zm", "czynny", "czynna", "przed", "po", "lub", "miedzy", "nar", "narozen", "zem", "zemrel",
    "cinny", "cinna", "asi", "kolem", "pred", "mezi", "aktiv", "dates", "years", "later", "earlier",
})  # fmt: skip
"""What may stand in dates besides numbers, folded: "active late 16th century"."""
_VERBS = (
    "active|fl\\.|flourished|born|b\\.|died|d\\.|est\\.|documented|tätig|geb\\.|geboren|gest\\.|gestorben|actif|"
    "née?|morte?|attiv[oa]|nat[oa]|mort[oa]|activ[oa]|nacid[oa]|fallecid[oa]|werkzaam|overleden|f[øö]dt?|død|virksom|verksam|aktiv|czynn[ya]|ur\\.|zm\\.|nar\\.|zem\\.|činn[ýá]"
)
_YEAR = re.compile(r"(?<!\d)1?\d{3}(?:s|er)?(?!\d)|(?<!\d)20\d{2}(?!\d)|\d{1,2}(?:st|nd|rd|th|e|º|ème|\.)")
_ORDINAL = re.compile(r"\d{1,2}(?:st|nd|rd|th)?\.?")
_SPAN = re.compile(
    r"(?:\bc(?:a?\.|irca)?\s*)?(?<!\d)1?\d{3}\s*[-–—/]\s*(?:c(?:a?\.|irca)?\s*)?(?:1\d{3}|20\d{2})(?!\d)"
)
_COMMA = re.compile(r",(?![^()\[\]]*[)\]])")
"""A comma outside brackets."""
_MAX_READINGS = 3
_TURNS = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Signs that turn the direction of writing."""
_OPENS = re.compile(rf"(?:{_VERBS})(?!\w)", re.IGNORECASE)
_BRACKETS = re.compile(r"\s*[(\[]([^()\[\]]*)[)\]]")
_ROMAN = re.compile(r"[xvi]+")
_PLACE = r"[^\d()\[\];]*?"
_LIFE_IN_PLACES = re.compile(
    rf"(?P<lead>[(\[,]\s*)(?P<born>(?:born|b\.|geb\.|née? à)\s+{_PLACE}[\s,])?(?P<first>1\d{{3}})"
    rf"(?P<place>,?\s+[^\W\d_]{_PLACE})?\s*[-–—]\s*(?:(?:died|d\.|gest\.|morte? à)\s+{_PLACE}[\s,])?"
    rf"(?P<last>1\d{{3}}|20\d{{2}})(?:,?\s+[^\W\d_]{_PLACE})?(?=[)\]]|$)"
)
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


def read_person(
    text: str | None, *, prefix: str | None = None, suffix: str | None = None, is_forward: bool = False
) -> Person:
    """Return who is named by a record's text and by what it keeps before and behind the name.

    A maker and a model ("Paulus Pontius after Rubens") stay one name, since neither the one's invention nor
    the other's hand is there to be learnt; so do several artists. Without a maker's name the model's stands,
    as "after". A name known to be forward is never turned.

    >>> read_person("Workshop of Rembrandt (1606-1669)")
    Person(name='Rembrandt', qualifier='workshop of', dates='1606-1669', note=None)
    """
    people = [_read_one(piece, is_forward) for piece in split_people(mend_text(text or ""))]
    named = [person for person in people if person.name] or people[:1]
    beside = [split_qualifier(mend_text(part)) for part in (prefix, suffix) if part]
    found = {kept for kept, _ in beside} | {person.qualifier for person in named}
    notes = [*(left for _, left in beside), *(person.note for person in named)]
    return Person(
        "; ".join(dict.fromkeys(person.name for person in named if person.name)) or None,
        max(filter(None, found), key=QUALIFIERS.index, default=None),
        next((person.dates for person in named if person.dates), None),
        "; ".join(dict.fromkeys(filter(None, notes))) or None,
    )


def check_artist(text: str) -> tuple[str, str]:
    """Return an artist's name as it is stored, and what speaks against it: nothing where it can be one.

    >>> check_artist("van Gogh,  Vincent"), check_artist("after Rembrandt"), check_artist("unknown")
    (('Vincent van Gogh', ''), ('Rembrandt', "works 'after' that artist"), ('', 'nobody'))
    """
    person = read_person(" ".join(text.split()))
    if any(unicodedata.category(sign) in ("Cc", "Cs") or sign in _TURNS for sign in person.name or ""):
        return person.name or "", "control characters"
    if person.name is None:
        return "", "nobody" if person.note is None else f"nobody, but {person.note!r}"
    if not any(map(str.isalpha, person.name)):
        return person.name, "no letters"
    return person.name, f"works {person.qualifier!r} that artist" if person.qualifier else ""


def _read_one(text: str, is_forward: bool) -> Person:
    """Return the person whom a text names, read until a second reading of the name changes nothing."""
    person = _read_once(text, is_forward)
    for _ in range(_MAX_READINGS):
        if person.name is None:
            break
        again = _read_once(person.name, is_forward)
        if again.name == person.name:
            break
        qualifiers = {person.qualifier, again.qualifier} - {None}
        notes = "; ".join(filter(None, (person.note, again.note))) or None
        qualifier = max(filter(None, qualifiers), key=QUALIFIERS.index, default=None)
        person = Person(again.name, qualifier, person.dates or again.dates, notes)
    return person


def _read_once(text: str, is_forward: bool) -> Person:
    text, role = take_roles(text)
    dates, note, rest = _split_dates(text)
    qualifier, rest = split_qualifier(rest)
    if dates is None:  # "Workshop of (1606-1669)": only now does it stand at the end
        dates, more, rest = _split_dates(rest)
        note = _join(list(filter(None, (note, more))))
    rest, role_behind = take_roles(rest)
    rest, aside = _take_asides(rest)
    person = _name_person(rest, is_forward)
    found = {kept for kept in (qualifier, person.qualifier) if kept}
    notes = dict.fromkeys(filter(None, (note, role, role_behind, aside, person.note)))
    return Person(
        person.name, max(found, key=QUALIFIERS.index, default=None), dates, "; ".join(notes) or None
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


def _name_person(text: str, is_forward: bool) -> Person:
    if match := _AND_MODEL.fullmatch(text):
        maker, model = match["maker"].rstrip(" ,"), match["model"]
        if is_nobody(maker) or name_artist(maker) is None:
            return Person(name_artist(forward_name(model)), "after", note=maker)
        return Person(f"{maker if is_forward else forward_name(maker)} {match['link']} {model}")
    if is_nobody(text):
        return Person(None, note=find_school(text))
    if is_forward:
        return Person(name_artist(text))
    name, place = split_place(trim_stop(text))
    return Person(name_artist(forward_name(name)), note=place)


def _split_dates(text: str) -> tuple[str | None, str | None, str]:
    """Return the life dates in a text, what stood beside them, and the text without both.

    >>> _split_dates("Claude Monet (French, 1840 – 1926)")
    ('1840-1926', 'French', 'Claude Monet')
    """
    text = _LIFE_IN_PLACES.sub(_keep_years, text)
    if text.isdigit():  # an artist who is only known by number, as in many published tables
        return None, None, text
    for match in _BRACKETS.finditer(text):
        dates, note = _part_dates(re.split(r"[,;]\s*", match[1]))
        if dates or (note and is_people(note[0]) and not is_nobody(text)):
            before, peoples = _take_peoples(text[: match.start()].split(","))
            rest = ",".join(before) + text[match.end() :]
            more, beside, rest = _split_tail(rest)
            notes = [*peoples, *note, *([beside] if beside else [])]
            return _tidy_dates(dates) or more, _join(notes), rest
    return _split_tail(text)


def _keep_years(life: re.Match[str]) -> str:
    """Return a life told with its places as its years: "1862 Baumgarten - 1918 Wien"."""
    has_place = life["born"] or life["place"]
    return f"{life['lead']}{life['first']}-{life['last']}" if has_place else life[0]


def _is_date(text: str) -> bool:
    """Tell whether a text is a date and nothing else: "c. 1390", "active late 16th century"."""
    if not _YEAR.search(text) or _ORDINAL.fullmatch(text):
        return False
    words = re.findall(r"[^\W\d_]+", fold_name(text))
    return all(word in _DATE_WORDS or _ROMAN.fullmatch(word) for word in words)


def _split_tail(text: str) -> tuple[str | None, str | None, str]:
    """Take off all that follows from the first date or nationality behind a comma, but for qualifiers."""
    parts = [part.strip() for part in _COMMA.split(text)]
    start = next((n for n in range(1, len(parts)) if _begins_life(parts, n)), None)
    if start is None:
        match = _UNLINKED_TAIL.search(text)
        if not match or not _is_date(match[1]):
            return None, None, text.strip(" ,;")
        before, peoples = _take_peoples(text[: match.start()].split(","))
        return _tidy_dates([match[1]]), _join(peoples), ",".join(before).strip(" ,;")
    kept = parts[:start]
    dates: list[str] = []
    notes: list[str] = []
    for part in parts[start:]:
        found, rest = _part_dates([part])
        dates += found
        if rest and not notes and not is_people(rest[0]) and not is_place(rest[0]):
            kept += rest  # "Rembrandt, 1606-1669, workshop of"
        elif rest and split_qualifier(f"X, {rest[0]}")[0]:
            kept += rest
        else:
            notes += rest
    return _tidy_dates(dates) or None, _join(notes), ", ".join(kept).strip(" ,;")


def _begins_life(parts: list[str], n: int) -> bool:
    """Tell whether a part behind a name is a date, or a nationality and no given name."""
    return bool(_part_dates([parts[n]])[0]) or is_people(parts[n], is_filed=n == 1)


def _opens_date(part: str) -> bool:
    """Tell whether a part is a date, also one with a place in it: "active in Siena 1440"."""
    return _is_date(part) or bool(_OPENS.match(part) and _YEAR.search(part))


def _part_dates(parts: list[str]) -> tuple[list[str], list[str]]:
    """Return the dates among parts and the rest, also of a part with places: "Leiden 1606-1669 Amsterdam"."""
    dates, rest = [], []
    for part in (part.strip() for part in parts):
        if _opens_date(part):
            dates.append(part)
        elif match := _SPAN.search(part):
            dates.append(match[0])
            rest += [" ".join((part[: match.start()] + " " + part[match.end() :]).split())]
        else:
            rest.append(part)
    return dates, [part for part in rest if part]


def _take_peoples(parts: list[str]) -> tuple[list[str], list[str]]:
    """Take a nationality off the end of a name: "Claude Monet, French"; it may be all there is."""
    is_filed = len(parts) == 2 and len(split_qualifier(parts[0])[1].split()) == 1
    is_taken = bool(parts) and is_people(parts[-1], is_filed=is_filed)
    return (parts[:-1], [parts[-1].strip()]) if is_taken else (parts, [])


def _tidy_dates(dates: list[str]) -> str:
    text = re.sub(r"(?<=\d)\.$", "", ", ".join(part.strip() for part in dates))
    text = re.sub(r"(?<=\d)\s*[-–—]\s*(?=\d|$)", "-", text)
    return re.sub(r"\s*[–—]\s*|\s+-\s+", "-", text)


def _join(parts: list[str]) -> str | None:
    return ", ".join(parts) or None
