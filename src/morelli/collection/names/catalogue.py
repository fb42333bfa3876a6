"""Names as catalogues file them, turned back: "Gogh, Vincent van"."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from morelli.collection.names.nobody import is_place_name
from morelli.collection.names.text import fold_name
from morelli.collection.names.words import ALSO_NAMES, GIVEN_NAMES

_GENERATION = (
    r"the\s+(?:elder|younger)|jr\.?|sr\.?|junior|senior|[ivx]+|(?-i:d\.\s?[ÄJ]\.)|der\s+(?:ältere|jüngere)|"
    r"il\s+(?:vecchio|giovane)|le\s+(?:vieux|jeune)|l['’](?:ancien|aîné)|el\s+(?:viejo|joven|mozo)|"
    r"de\s+(?:oude|jonge)|père|fils|\d(?:st|nd|rd|th)|den\s+(?:ældre|yngre|äldre)|starszy|młodszy|starší|mladší"
)
_TITLES = (
    r"(?:the\s+)?rev(?:erend|\.)?|sir|dame|mrs?\.?|ms\.?|miss|dr\.?|prof(?:essor|\.)?|fra|frate|maestro|baron(?:ess)?|"
    r"count(?:ess)?|comte(?:sse)?|conte(?:ssa)?|conde|graf|gräfin|freiherr|mme\.?|mlle\.?|madame|mademoiselle|"
    r"monsieur|m\.|don|doña|dom|sister|brother|capt(?:ain|\.)?|col(?:onel|\.)?|major|general|admiral|commander|"
    r"sergeant|cavaliere|cardinal|bishop|abbot|abbé|prince(?:ss)?|king|queen|vicomte(?:sse)?|marquis(?:e)?|"
    r"(?:mr|dr)\.? and mrs\.?"
)
_ENDING_TITLES = (
    r"(?:the\s+)?rev(?:erend|\.)|sir|dame|mrs?\.|ms\.|miss|dr\.?|fra|baron|captain|colonel|professor|mme\.?|mlle\.?|"
    r"madame|mademoiselle|comtesse|countess|vicomte|lady"
)
_RANKS = (
    r"(?:earl|duke|duchess|marquess|marquis|marquise|marchioness|viscount|viscountess|baron|baronet|"
    r"count|countess|prince|princess|king|queen|elector|consort|regent|lord|lady|comte|comtesse|duc|duchesse|"
    r"vicomte|sieur|seigneur|abbé|graf|herzog|conte|marchese|dame|bt\.?|dowager)"
)
_BYNAMES = (
    r"called|known\s+as|genannt|gen\.|dite?|detto|detta|llamad[oa]|genaamd|named|alias|properly|i\.e\.|"
    r"or\s|n[ée]e\b|born"
)
_FIRMS = (
    r"[mockd]be|kcvo|frsa?|bt\.?|kt\.?|(?-i:OM|CH|QC|KC|MP|[AP]?RA|PPRA|[PAR]?RSA|[AP]?RWS|[AP]?RHA|RI|FBA|ROI|RE)|"
    r"inc\.?|ltd\.?|llc\.?|co\.?|&\s*co\.?|gmbh|kg|esq\.?|m\.?d\.?|ph\.?d\.?|r\.?a\.?|p\.?s\.?j\.?|s\.?j\.?|"
    r"architects?|.*\bfirm|publishers?|printers?|collection|&\s.*"
)
_INSTITUTIONS = re.compile(
    r"\b(?:gallery|galerie|galleria|museum|press|company|foundation|society|library|studios?|workshop|service|"
    r"editions?|manufactory|factory|center|graphics|bros|brothers|frères|atelier|imprimerie|litografia)\b|"
    r"(?:verlag|druckerei|presse|vereinigung|bund)\b",
    re.IGNORECASE,
)
_PARTICLES = frozenset({
    "a", "af", "av", "d", "da", "dal", "dalla", "de", "degli", "dei", "del", "della", "delle", "den",
    "der", "des", "di", "do", "dos", "du", "el", "il", "la", "las", "le", "les", "los", "of", "op",
    "saint", "san", "santa", "st", "te", "ten", "ter", "the", "thor", "und", "van", "vande", "vander",
    "vom", "von", "vigée", "y", "zu", "zum", "zur", "'t", "'s", "i", "e",
})  # fmt: skip


def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_IS_GENERATION, _IS_TITLE, _IS_FIRM = _compile(_GENERATION), _compile(_TITLES), _compile(_FIRMS)
_IS_RANK = _compile(
    rf"\d+\w{{2}}\s+{_RANKS}.*|{_RANKS}(?:\s+(?:of|de|du|d['’]|von|consort)\b|\s*d['’]).*|(?:lord|lady)\s+\S.*"
)
_OPEN_RANK = _compile(rf"(?:lord|lady)|.*\b{_RANKS}\s+(?:of|de|du|von|d['’])|\d+\w{{2}}\s+baron")
_IS_BYNAME = _compile(rf"(?:{_BYNAMES}).*")
_ENDING = _compile(rf"(?P<name>.*?\S)\s+(?P<end>{_GENERATION}|(?P<title>{_ENDING_TITLES}))")
_MORE = _compile(
    rf"(?P<name>.*?\S)(?P<more>\s+(?:\([^()]*\)\s*)?(?:(?:and|und|et|or|oder|with|&)\s+\S+\s|{_BYNAMES}).*)"
)
"""Another person or a byname behind the given names: "Rilke, Rainer Maria (author) and Donald Saff"."""
_LAST_BRACKET = re.compile(r"\s*\((?![A-ZÀ-Þ]\w*\))[^()]*\)$")
"""A bracket that is more than a nickname, which stays with the given names: "George Overbury (Pop) Hart"."""
_IS_FORWARD = re.compile(r"\s[A-ZÀ-Þ]\.|^[A-ZÀ-Þ]\..*\s|\S\s+\S+\s*\(|\s(?:and|und|et|&)\s")
"""Signs that what stands before a comma is no surname alone: initials, brackets, several people."""

_INITIALS = re.compile(r"(?:[A-ZÀ-Þ]\.\s?-?)+")
_INNER = frozenset(
    {"de", "van", "von", "der", "den", "di", "da", "du", "del", "della", "ter", "ten", "y", "le", "la"}
)
_CAPITAL_PARTICLES = {"la", "le", "les", "los", "el", "il", "saint", "san", "santa", "st", "vigée"}
_MIN_CAPITALS, _SURE_CAPITALS = 3, 4  # letters of a surname in capitals


@dataclass
class _Parts:
    """A filed name, sorted: the title goes before it, generation and the rest behind."""

    names: list[str] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    generations: list[str] = field(default_factory=list)
    particles: list[str] = field(default_factory=list)
    ranks: list[str] = field(default_factory=list)
    behind: list[str] = field(default_factory=list)
    more: str = ""


def forward_name(text: str) -> str:
    """Return a name in the order in which it is spoken; bynames, firms and lists of artists are not turned.

    >>> forward_name("Bruegel, Pieter, the Elder"), forward_name("Andrea Briosco, called Riccio")
    ('Pieter Bruegel the Elder', 'Andrea Briosco, called Riccio')
    """
    text = _turn_capitals(text)
    match = _LAST_BRACKET.search(text)
    bracket = match[0] if match and not _spells_out(text[: match.start()], match[0]) else ""
    words = [part.strip() for part in text[: len(text) - len(bracket)].split(",") if part.strip()]
    if not words:
        return text.strip()
    name = _assemble(_sort_parts(words))
    name = re.sub(r"(?<!\w)([dl]['’])\s+(?=\w)", r"\1", name, flags=re.IGNORECASE)
    return " ".join((name + bracket).split())


def _sort_parts(words: list[str]) -> _Parts:
    parts = _Parts()
    for position, word in enumerate(words):
        if position == 0:
            parts.names.append(word)
        elif _OPEN_RANK.fullmatch(word):
            parts.ranks.append(word)
        elif _IS_GENERATION.fullmatch(word):
            parts.generations.append(word)
        elif _IS_TITLE.fullmatch(word):
            parts.titles.append(word)
        elif any(kind.fullmatch(word) for kind in (_IS_BYNAME, _IS_RANK, _IS_FIRM)) or word.startswith("of "):
            parts.behind.append(word)
        elif all(piece in _PARTICLES for piece in word.split()):
            parts.particles.append(word)
        else:
            parts.names.append(word)
    if len(parts.names) > 1 and (match := _MORE.fullmatch(parts.names[1])):
        parts.names[1], parts.more = match["name"], match["more"]
    _take_ending(parts)
    return parts


def _take_ending(parts: _Parts) -> None:
    """Find generation and title at the end of the given names: "Bickham, George Jr."."""
    position = min(1, len(parts.names) - 1)
    match = _ENDING.fullmatch(parts.names[position])
    is_sure = position == 1 or parts.names[0].endswith(".")  # "Mary Miss" is no Miss Mary
    if match and match["title"] is not None and is_sure:
        parts.names[position] = match["name"]
        parts.titles.insert(0, match["title"])
    elif match and match["title"] is None and position == 1:
        parts.names[position] = match["name"]
        parts.generations.insert(0, match["end"])


def _assemble(parts: _Parts) -> str:
    family, *given = parts.names
    others: list[str] = []
    if given and _is_no_inversion(family, given):
        given, others = [], given
    elif len(given) > 1:
        given, others = given[:1], given[1:]
    if parts.ranks:
        before = [*given, *parts.generations]
        family = f"{' '.join(before)}, {parts.ranks[0]} {family}" if before else f"{parts.ranks[0]} {family}"
        pieces = [*parts.titles, family]
    else:
        pieces = [*parts.titles, *given, *parts.particles, family, *parts.generations]
    name = re.sub(r"(?<=\w)- ", "-", " ".join(pieces))
    return ", ".join([name + parts.more, *others, *parts.behind])


def _is_no_inversion(first: str, others: list[str]) -> bool:
    """Tell whether parts are something else than surname and given names: several people, a firm."""
    second, words = others[0], first.split()
    if _INITIALS.fullmatch(second):
        return False
    parts = [first, *others]
    if len(parts) > 2 and (all(len(part.split()) > 1 for part in parts) or _are_surnames(parts)):
        return True
    is_list = _is_whole_name(first) and _is_whole_name(second)
    is_other = _IS_FORWARD.search(first) or _INSTITUTIONS.search(first) or second.startswith(("and ", "in "))
    return is_list or bool(is_other) or (len(words) > 1 and _begins_spoken(words, second.split()))


def _begins_spoken(first: list[str], second: list[str]) -> bool:
    """Tell whether a part begins with a given name, and what follows does not read as given names alone."""
    if not _is_given(first[0]) or _IS_GENERATION.fullmatch(" ".join(first[1:])):
        return False
    is_surname = re.match(r"[a-z]|[dl]['’]", first[1]) and first[1].casefold() not in _INNER
    return not is_surname and len(second) > 1 and not all(_is_given(word) for word in second)


def _is_given(word: str) -> bool:
    return all(piece in GIVEN_NAMES for piece in fold_name(word).split())


def _are_surnames(parts: list[str]) -> bool:
    """Tell whether parts are single surnames: "Picasso, Braque, Miró"."""
    return all(part[:1].isupper() and part.isalpha() and not _is_given(part) for part in parts)


def _spells_out(before: str, bracket: str) -> bool:
    """Tell whether a bracket spells out the initials before it: "Thackara, A. M. (Alexander Montgomery)"."""
    given = re.findall(r"[^\W\d_]+", before.rpartition(",")[2])
    full = re.findall(r"[^\W\d_]+", bracket)
    is_short = any(len(word) == 1 for word in given) and "," in before
    return (
        is_short and len(full) > 0 and [word[0] for word in full[: len(given)]] == [word[0] for word in given]
    )


def _turn_capitals(text: str) -> str:
    """Return a name whose surname stands in capitals as one filed by surname: "RUBENS Peter Paul"."""
    family, comma, given = (part.strip() for part in text.partition(","))
    words = family.split()
    n = next((n for n, word in enumerate(words) if not _is_capitals(word)), len(words))
    letters = sum(map(str.isalpha, "".join(words[:n])))
    rest = words[n:] if not comma else given.split()
    if not n or letters < _MIN_CAPITALS or (comma and n < len(words)) or not rest or given.isupper():
        return text
    if not rest[0][:1].isupper() or not any(map(str.islower, rest[0])) or _INSTITUTIONS.search(text):
        return text
    if letters < _SURE_CAPITALS and not _is_given(rest[0]):
        return text
    return f"{' '.join(map(lower_capitals, words[:n]))}, {given or ' '.join(rest)}"


def _is_capitals(word: str) -> bool:
    return word.isupper() and "." not in word[:-1] and not re.fullmatch(r"[IVX]+|.", word)


def lower_capitals(word: str) -> str:
    """Return a word in capitals as names are written; a particle is lower case."""
    if word.casefold() in _PARTICLES - {
        "la",
        "le",
        "les",
        "los",
        "el",
        "il",
        "saint",
        "san",
        "santa",
        "st",
        "vigée",
    }:
        return word.lower()
    pieces = re.split(r"([-'’])", word)
    pieces = [piece.capitalize() for piece in pieces]
    if len(pieces) > 1 and pieces[0] in ("D", "L") and pieces[1] in "'’":
        pieces[0] = pieces[0].lower()
    return re.sub(r"^Mc(.)", lambda match: "Mc" + match[1].upper(), "".join(pieces))


def split_place(text: str) -> tuple[str, str | None]:
    """Return a name without the place behind it, and that place; a firm keeps its own.

    >>> split_place("Hans Holbein, Munich"), split_place("Bordone, Paris")
    (('Hans Holbein', 'Munich'), ('Bordone, Paris', None))
    """
    parts = [part.strip() for part in text.split(",")]
    n = len(parts)
    while n > 1 and is_place_name(parts[n - 1]):
        n -= 1
    if n == len(parts) or _INSTITUTIONS.search(parts[0]) or re.search(r"&|\b(?:and|und|et)\b", parts[0]):
        return text, None
    words = parts[0].split()
    is_spoken = len(words) > 1 and _begins_spoken(words, ["X", "X"])
    if len(parts) == 2 and fold_name(parts[1]) in ALSO_NAMES and not is_spoken:
        return text, None
    return ", ".join(parts[:n]), ", ".join(parts[n:])


def _is_whole_name(part: str) -> bool:
    words = part.split()
    is_plain = not any(word.casefold() in _PARTICLES or _IS_GENERATION.fullmatch(word) for word in words)
    return len(words) > 1 and is_plain and "." not in part and "'" not in part
