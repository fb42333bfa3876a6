"""Names as catalogues file them, turned back ("Gogh, Vincent van"), and names that name nobody."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from morelli.collection.names.text import fold_name

_GENERATION = (
    r"the\s+(?:elder|younger)|jr\.?|sr\.?|junior|senior|[ivx]+|(?-i:d\.\s?[ÄJ]\.)|der\s+(?:ältere|jüngere)|"
    r"il\s+(?:vecchio|giovane)|le\s+(?:vieux|jeune)|l['’](?:ancien|aîné)|el\s+(?:viejo|joven|mozo)|"
    r"de\s+(?:oude|jonge)|père|fils"
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
    r"[mock]be|frs|inc\.?|ltd\.?|llc\.?|co\.?|&\s*co\.?|gmbh|kg|esq\.?|m\.?d\.?|ph\.?d\.?|r\.?a\.?|p\.?s\.?j\.?|s\.?j\.?|"
    r"architects?|.*\bfirm|publishers?|printers?|collection|&\s.*"
)
_INSTITUTIONS = re.compile(
    r"\b(?:gallery|galerie|galleria|museum|press|company|foundation|society|library|studios?|workshop|service)\b",
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
    bracket = match[0] if (match := _LAST_BRACKET.search(text)) else ""
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
    if given and _is_no_inversion(family, given[0]):
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


def _is_no_inversion(first: str, second: str) -> bool:
    """Tell whether two parts are something else than surname and given names: two people, a firm."""
    is_list = _is_whole_name(first) and _is_whole_name(second)
    is_other = _IS_FORWARD.search(first) or _INSTITUTIONS.search(first) or second.startswith(("and ", "in "))
    return is_list or bool(is_other)


def _is_whole_name(part: str) -> bool:
    words = part.split()
    is_plain = not any(word.casefold() in _PARTICLES or _IS_GENERATION.fullmatch(word) for word in words)
    return len(words) > 1 and is_plain and "." not in part and "'" not in part


# Names that name nobody: schools, places and centuries, which no single hand stands for.

_PLACES = frozenset({
    "amsterdam", "antwerp", "antwerpen", "anvers", "augsburg", "avignon", "barbizon", "barcelona",
    "bassano", "bergamo", "berlin", "bologna", "brescia", "bruges", "brugge", "brussels", "bruxelles",
    "burgundy", "catalonia", "cologne", "cordoba", "cremona", "crete", "cusco", "cuzco", "danube",
    "delft", "dordrecht", "dresden", "dusseldorf", "england", "faenza", "ferrara", "firenze", "flandern",
    "flanders", "florence", "fontainebleau", "france", "frankfurt", "genoa", "genova", "gent", "germany",
    "ghent", "giverny", "glasgow", "granada", "haarlem", "hamburg", "herat", "holland", "isfahan",
    "italy", "kangra", "kiev", "koln", "krakow", "leiden", "leipzig", "leuven", "liege", "lille",
    "lisbon", "lombardy", "london", "londres", "lucca", "lyon", "madrid", "mantua", "mechelen", "mexico",
    "milan", "milano", "modena", "moscow", "moskau", "munich", "munchen", "nancy", "naples", "napoli",
    "netherlands", "newlyn", "novgorod", "norwich", "nuremberg", "nurnberg", "padua",
    "padova", "paris", "parma", "perugia", "pisa", "prague", "prato", "provence", "pskov",
    "quito", "ravenna", "reims", "rimini", "roma", "rome", "rotterdam", "rouen", "salzburg", "seville",
    "sevilla", "shiraz", "siena", "spain", "strasbourg", "tabriz", "toledo", "toulouse",
    "tours", "tuscany", "ulm", "umbria", "urbino", "utrecht", "valencia", "venedig", "venezia", "venice",
    "verona", "vicenza", "vienna", "wien", "worpswede", "wurzburg", "zurich",
}) | {"new york", "pont aven", "the hague", "den haag", "la haye"}  # fmt: skip

NATIONALITIES = frozenset({
    "african", "american", "argentine", "argentinean", "asian", "australian", "austrian", "bavarian",
    "belgian", "bohemian", "bolognese", "brazilian", "british", "bulgarian", "burgundian", "byzantine",
    "canadian", "catalan", "central", "chilean", "chinese", "colombian", "cretan", "croatian", "cuban",
    "czech", "danish", "dutch", "east", "egyptian", "emilian", "english", "estonian", "european",
    "ferrarese", "finnish", "flemish", "florentine", "franconian", "french", "genoese", "german", "greek",
    "hungarian", "icelandic", "indian", "iranian", "irish", "israeli", "italian", "japanese", "korean",
    "latvian", "lithuanian", "lombard", "mantuan", "mexican", "milanese", "mughal", "neapolitan",
    "netherlandish", "north", "northern", "norwegian", "ottoman", "paduan", "pakistani", "parisian",
    "persian", "peruvian", "piedmontese", "pisan", "polish", "portuguese", "prussian", "rhenish", "roman",
    "romanian", "russian", "scottish", "serbian", "sicilian", "sienese", "slovak", "slovenian", "south",
    "southern", "spanish", "swabian", "swedish", "swiss", "syrian", "tuscan", "turkish", "tyrolean",
    "ukrainian", "umbrian", "uruguayan", "venetian", "vietnamese", "welsh", "west", "western", "deutsch",
    "deutscher", "deutsche", "niederlandisch", "niederlandischer", "flamisch", "franzosisch",
    "italienisch", "spanisch", "francais", "francaise", "flamand", "flamande", "hollandais",
    "neerlandais", "allemand", "allemande", "italien", "italienne", "espagnol", "anglais", "francese",
    "fiammingo", "olandese", "tedesco", "italiano", "italiana", "spagnolo", "inglese", "veneto", "veneta",
    "lombardo", "fiorentino", "frances", "flamenco", "holandes", "aleman", "espanol", "espanola",
    "italiaans", "vlaams", "frans", "duits", "spaans", "nederlands", "born", "active", "in", "and", "or",
})  # fmt: skip
"""Adjectives of peoples and regions, folded, with the small words between them."""

_CENTURY = re.compile(
    r"\b(?:century|centuries|jahrhunderts?|siècles?|secolo|siglos?|eeuw|dynasty|period|dynastie)\b"
    r"|\d\.?\s*(?:Jh|Jhdt)\b|\bsec\.\s*[XVI]|\b[XVI]+\s+sec\.",
    re.IGNORECASE,
)
_SCHOOL_FIRST = re.compile(r"(?:school|schule|école|scuola|escuela)\b(?=\s)", re.IGNORECASE)
_SCHOOL_LAST = re.compile(r"(?:^|.*\s)(?:school|schule)", re.IGNORECASE)
_VARIOUS = re.compile(
    r"(?:unknown|unidentified|anonymous|various|unbekannter?|anonyme|artiste\s+inconnu|onbekende)\s",
    re.IGNORECASE,
)
_NOTNAME = re.compile(
    r"(?:the\s+)?(?:master|monogrammist|painter|medalist|meister|maître|maestro|meester|maler|pseudo)\b",
    re.IGNORECASE,
)


def is_place(text: str) -> bool:
    """Tell whether a text is a place or region, after which schools are called, such as "northern Italy"."""
    folded = fold_name(text)
    return bool(folded) and (
        folded in _PLACES or all(word in _PLACES | NATIONALITIES for word in folded.split())
    )


def is_nobody(text: str) -> bool:
    """Tell whether a text names a school, a people or a century; a notname is one hand whose name is lost.

    >>> [is_nobody(text) for text in ("Flemish 17th Century", "English School", "Master of Flémalle")]
    [True, True, False]
    """
    text = text.strip()
    if _NOTNAME.match(text):
        return False
    words = [word for word in fold_name(text).split() if not word.isdigit()]
    is_people = bool(words) and all(word in NATIONALITIES for word in words)
    patterns = (
        _CENTURY.search(text)
        or _SCHOOL_FIRST.match(text)
        or _SCHOOL_LAST.fullmatch(text)
        or _VARIOUS.match(text)
    )
    return is_people or patterns is not None
