"""What stands between a name and an autograph work ("workshop of", "after"), read in ten languages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from morelli.collection.names.nobody import is_place
from morelli.collection.names.text import fold_name


@dataclass(frozen=True)
class _Phrase:
    """How one language says a qualifier."""

    qualifier: str
    language: str  # ISO 639-1
    words: str  # of one meaning, parted by ``|``
    links: str = ""  # what may stand between them and the name, parted by ``|``
    is_link_needed: bool = True  # whether "Studio Harcourt" without a link is a name of its own


_OF = {
    "en": "of|from",
    "de": "von|vom|des|der|um",
    "fr": "de|du|des|d'",
    "it": "di|del|dello|dei|degli|dell'|da",
    "es": "de|del",
    "nl": "van|rond|rondom",
}

_PHRASES = (
    _Phrase("possibly by", "en", "possibly|probably|perhaps|presumably", "by", False),
    _Phrase("possibly by", "de", "möglicherweise|vermutlich|wahrscheinlich|wohl|vielleicht", "von", False),
    _Phrase("possibly by", "fr", "peut-être|probablement|possiblement", "par", False),
    _Phrase("possibly by", "it", "forse|probabilmente|possibilmente", "", False),
    _Phrase("possibly by", "es", "posiblemente|probablemente|quizás|quizá|tal vez", "por", False),
    _Phrase("possibly by", "nl", "mogelijk|waarschijnlijk|vermoedelijk|misschien", "door", False),
    _Phrase("possibly by", "da", "muligvis|sandsynligvis|formodentlig|måske", "af", False),
    _Phrase("possibly by", "sv", "möjligen|troligen|sannolikt|kanske", "av", False),
    _Phrase("possibly by", "pl", "prawdopodobnie|być może|zapewne", "", False),
    _Phrase("possibly by", "cs", "pravděpodobně|možná|snad", "", False),
    _Phrase("attributed to", "en", "attributed|ascribed|attrib.|attr.|att.", "to"),
    _Phrase("attributed to", "de", "zugeschrieben|zugeschr.|Zuschreibung", "an|:"),
    _Phrase("attributed to", "fr", "attribué|attribuée|attribués|attr.", "à|au|aux"),
    _Phrase("attributed to", "it", "attribuito|attribuita|attribuibile|attr.", "a|ad|al"),
    _Phrase("attributed to", "es", "atribuido|atribuida|atrib.", "a|al"),
    _Phrase("attributed to", "nl", "toegeschreven|toegeschr.", "aan"),
    _Phrase("attributed to", "da", "tilskrevet|tilskrives|tilskr.", ":|til", False),
    _Phrase("attributed to", "sv", "tillskriven|tillskrivet|tillskrivs|tillskr.", ":|till", False),
    _Phrase(
        "attributed to",
        "pl",
        "przypisywany|przypisywana|przypisywane|przypisane|przyp.|atrybucja",
        ":",
        False,
    ),
    _Phrase("attributed to", "cs", "připsáno|připsaný|připisováno|přičítáno|přisuzováno|přips.", ":", False),
    _Phrase("workshop of", "en", "workshop|studio|atelier|shop|assistant|assistants", "of"),
    _Phrase("workshop of", "de", "Werkstatt|Atelier|Gehilfe|Gehilfen", _OF["de"], False),
    _Phrase("workshop of", "fr", "atelier", _OF["fr"]),
    _Phrase("workshop of", "it", "bottega|officina|aiuto", _OF["it"]),
    _Phrase("workshop of", "es", "taller|obrador|ayudante", _OF["es"]),
    _Phrase("workshop of", "nl", "atelier|werkplaats", _OF["nl"]),
    _Phrase("workshop of", "da", "værksted|værkstedet|atelier", "af|hos|til"),
    _Phrase("workshop of", "sv", "verkstad|verkstaden|ateljé", "av|hos|till"),
    _Phrase("workshop of", "pl", "warsztat|warsztatu|pracownia|pracowni", "", False),
    _Phrase("workshop of", "cs", "dílna|dílny|ateliér", "", False),
    _Phrase("circle of", "en", "circle|entourage|associate|neighborhood|neighbourhood", "of"),
    _Phrase("circle of", "de", "Umkreis", _OF["de"], False),
    _Phrase("circle of", "de", "Kreis|Umfeld", _OF["de"]),
    _Phrase("circle of", "fr", "entourage|cercle", _OF["fr"]),
    _Phrase("circle of", "it", "cerchia|ambito", _OF["it"]),
    _Phrase("circle of", "es", "círculo|entorno", _OF["es"]),
    _Phrase("circle of", "nl", "omgeving|kring", _OF["nl"]),
    _Phrase("circle of", "da", "kreds|kredsen|omkreds|omkredsen", "om|omkring|af"),
    _Phrase("circle of", "sv", "krets|kretsen|omkrets", "kring|omkring|runt|av"),
    _Phrase("circle of", "pl", "krąg|kręgu|otoczenie|otoczenia", "", False),
    _Phrase("circle of", "cs", "okruh|okruhu", "", False),
    _Phrase("school of", "en", "school|pupil|pupils|student", "of"),
    _Phrase("school of", "de", "Schule|Schüler", _OF["de"]),
    _Phrase("school of", "fr", "école|élève", _OF["fr"]),
    _Phrase("school of", "it", "scuola|allievo", _OF["it"]),
    _Phrase("school of", "es", "escuela|discípulo", _OF["es"]),
    _Phrase("school of", "nl", "school|leerling", _OF["nl"]),
    _Phrase("school of", "da", "skole|elev", "af|til|efter"),
    _Phrase("school of", "sv", "skola|elev|lärjunge", "av|till|efter"),
    _Phrase("school of", "pl", "szkoła|szkoły|uczeń", "", False),
    _Phrase("school of", "cs", "škola|školy", "", False),
    _Phrase("follower of", "en", "follower|followers|following", "of"),
    _Phrase("follower of", "de", "Nachfolger|Nachfolge", _OF["de"], False),
    _Phrase("follower of", "fr", "suiveur|suite", _OF["fr"]),
    _Phrase("follower of", "it", "seguace|seguito", _OF["it"]),
    _Phrase("follower of", "es", "seguidor", _OF["es"]),
    _Phrase("follower of", "nl", "navolger|volgeling", _OF["nl"]),
    _Phrase("follower of", "da", "efterfølger|efterfølgere", "af|til"),
    _Phrase("follower of", "sv", "efterföljare", "av|till"),
    _Phrase("follower of", "pl", "kontynuator", "", False),
    _Phrase("follower of", "cs", "následovník|následovníci|pokračovatel", "", False),
    _Phrase("manner of", "en", "manner|style", "of"),
    _Phrase("manner of", "de", "in der Art|Manier|Stil", _OF["de"]),
    _Phrase("manner of", "fr", "manière|style|genre|goût", _OF["fr"]),
    _Phrase("manner of", "it", "maniera|stile", _OF["it"]),
    _Phrase("manner of", "es", "manera|estilo", _OF["es"]),
    _Phrase("manner of", "nl", "trant|manier|stijl", _OF["nl"]),
    _Phrase("manner of", "da", "maner|manér|stil", "af|efter|med|som"),
    _Phrase("manner of", "sv", "manér|stil", "av|efter|med|som"),
    _Phrase("manner of", "pl", "maniera|manierze|styl|stylu|typie", "", False),
    _Phrase("manner of", "cs", "způsob|způsobu|styl|stylu", "", False),
    _Phrase("imitator of", "en", "imitator|imitation", "of"),
    _Phrase("imitator of", "de", "Nachahmer|Nachahmung", _OF["de"], False),
    _Phrase("imitator of", "fr", "imitateur|imitation", _OF["fr"]),
    _Phrase("imitator of", "it", "imitatore|imitazione", _OF["it"]),
    _Phrase("imitator of", "es", "imitador|imitación", _OF["es"]),
    _Phrase("imitator of", "nl", "imitator|nabootser|navolging", _OF["nl"]),
    _Phrase("imitator of", "da", "efterligner|efterligning", "af"),
    _Phrase("imitator of", "sv", "efterbildare|imitatör|efterbildning", "av"),
    _Phrase("imitator of", "pl", "naśladowca|naśladowcy|naśladownictwo", "", False),
    _Phrase("imitator of", "cs", "napodobitel|imitátor", "", False),
    _Phrase("after", "en", "after", "", False),
    _Phrase("after", "de", "nach", "", False),
    _Phrase("after", "fr", "d'après|après", "", False),
    _Phrase("after", "es", "según", "", False),
    _Phrase("after", "nl", "naar", "", False),
    _Phrase("after", "da", "efter", "", False),
    _Phrase("after", "pl", "według|wg|podług", "", False),
    _Phrase("after", "cs", "podle|dle", "", False),
    _Phrase("copy after", "en", "copy|copies|copyist", "after|of|from"),
    _Phrase("copy after", "de", "Kopie|Kopist", "nach|von|des"),
    _Phrase("copy after", "fr", "copie|copiste", "d'après|de|du|d'"),
    _Phrase("copy after", "it", "copia|copista", "da|di|del|dal"),
    _Phrase("copy after", "es", "copia|copista", "de|del|según"),
    _Phrase("copy after", "nl", "kopie|kopiist", "naar|van"),
    _Phrase("copy after", "da", "kopi|kopist", "efter|af"),
    _Phrase("copy after", "sv", "kopia|kopist", "efter|av"),
    _Phrase("copy after", "pl", "kopia|kopista", "według|wg|z"),
    _Phrase("copy after", "cs", "kopie|kopista", "podle|dle"),
    _Phrase("forgery of", "en", "forger|forgery|fake|falsification", "of|after"),
    _Phrase("forgery of", "de", "Fälscher|Fälschung", "nach|von|des"),
    _Phrase("forgery of", "fr", "faussaire|faux|contrefaçon", "d'après|de|du|d'"),
    _Phrase("forgery of", "it", "falsario|falso|falsificazione", "da|di|del"),
    _Phrase("forgery of", "es", "falsificador|falsificación", "de|del"),
    _Phrase("forgery of", "nl", "vervalser|vervalsing", "naar|van"),
    _Phrase("forgery of", "da", "forfalskning|forfalsker", "af|efter"),
    _Phrase("forgery of", "sv", "förfalskning|förfalskare", "av|efter"),
    _Phrase("forgery of", "pl", "fałszerstwo|fałszerz", "", False),
    _Phrase("forgery of", "cs", "padělek|padělatel", "", False),
)
"""Each phrase: at the start of a text with its link, behind a comma or in brackets with or without it."""

_LEAD_INS = (
    "in the", "from the", "by the", "by a", "by an", "the", "a", "an", "aus der", "aus dem", "in der", "im",
    "à la", "dans le", "dans la", "de l'", "de la", "un", "une", "alla", "nella", "nello", "dalla", "della",
    "a la", "al", "en el", "del", "uit het", "uit de", "in de", "een", "ein", "eine", "fra", "från", "ur",
    "i", "en", "et", "ett", "af en", "av en", "z", "ze", "w", "ve", "v",
)  # fmt: skip
"""What may stand before a phrase: "from the workshop of", "in de trant van"."""

_ALONGSIDE = (
    "and his|and her|and|&|with|und seine|und|mit|et son|et|avec|e la|e|ed|con|y su|y|en zijn|en|met|"
    "og|med|och|samt|i|oraz|z|a|s",
    "workshop|studio|shop|assistant|assistants|pupil|pupils|Werkstatt|Gehilfe|Gehilfen|Mitarbeiter|atelier|"
    "aides|collaborateurs|bottega|aiuti|aiuto|collaboratori|taller|ayudantes|ayudante|colaboradores|"
    "werkplaats|assistenten|medewerkers|Schüler|élèves|allievi|værksted|medhjælpere|verkstad|ateljé|"
    "medarbetare|medhjälpare|warsztat|warsztatem|pracownia|pomocnicy|dílna|dílnou|pomocníci",
)
"""Joining words, and who helped: together they say "with workshop" behind a name."""

_INSTEAD = "and/or|or|oder|ou|o|of|eller|lub|albo|nebo"
"""Joining words that leave open whether it was the master: "Rubens or workshop" says "workshop of"."""

_AUTOGRAPH = frozenset({
    "", "by", "autograph", "artist", "eigenhändig", "von", "autographe", "par", "autografo", "autógrafo",
    "por", "eigenhandig", "door", "af", "av", "egenhændig", "egenhändig", "własnoręczny", "vlastnoruční",
})  # fmt: skip
"""What a column of qualifiers may say, in lower case, of a work by the artist's own hand."""


QUALIFIERS = (
    "uncertain", "possibly by", "attributed to", "with workshop", "workshop of", "circle of", "school of",
    "follower of", "manner of", "imitator of", "after", "copy after", "forgery of",
)  # fmt: skip
"""The qualifiers as they are stored, from the nearest to the artist's own hand to the furthest."""

_ADJECTIVE = re.compile(r"[^\W\d_A-Z]+(?:[sc]|dz)k[aáiyý]?(?:\s.*)?")
"""What follows the word for a school where it is called after a place: "Szkoła krakowska"."""

_WHOLE_NAMES = frozenset({"after hours", "taller de grafica popular"})
"""Names, folded, that only look as if they began with a qualifier."""


def split_qualifier(text: str) -> tuple[str | None, str]:
    """Return the qualifier in a text, or None, and the text without it.

    Of several, the qualifier furthest from the artist's own hand. "School of Fontainebleau" has no master and
    stays whole.

    >>> split_qualifier("Workshop of Rembrandt"), split_qualifier("d'après Rubens (?)")
    (('workshop of', 'Rembrandt'), ('after', 'Rubens'))
    """
    text = " ".join(text.split())
    rest, found = text, []
    while (step := _take_one(rest)) is not None:
        qualifier, shorter = step
        if qualifier == "school of" and (is_place(shorter) or _ADJECTIVE.fullmatch(shorter)):
            break
        found.append(qualifier)
        rest = re.sub(r"^Meisters\b", "Meister", shorter)
    return max(found, key=QUALIFIERS.index, default=None), rest


def name_qualifier(text: str | None) -> str | None:
    """Return what the cell of a column of qualifiers says; None: the artist's own hand.

    What is not understood stays, in lower case, so that nothing counts as autograph by mistake.

    >>> name_qualifier("Werkstatt"), name_qualifier("by"), name_qualifier("Remodelled by")
    ('workshop of', None, 'remodelled by')
    """
    cleaned = " ".join((text or "").split()).casefold()
    if cleaned in _AUTOGRAPH:
        return None
    if match := _BARE.fullmatch(cleaned):
        return _tell_qualifier(match)
    return split_qualifier(cleaned)[0] or cleaned


def _take_one(text: str) -> tuple[str, str] | None:
    """Take one qualifier off a text, wherever it stands."""
    if fold_name(text) in _WHOLE_NAMES:
        return None
    if "?" not in text and _HINTS.isdisjoint(re.findall(r"\w+", text.casefold())):
        return None  # what holds for nearly all names, told quickly
    for match in _LISTED.finditer(text):  # "(atelier, genre de)"
        said = [_BARE.fullmatch(part.strip()) for part in re.split(r"[,;/]", match[1])]
        if None not in said:
            furthest = max((_tell_qualifier(found) for found in said if found), key=QUALIFIERS.index)
            return furthest, " ".join((text[: match.start()] + " " + text[match.end() :]).split()).strip(
                " ,;"
            )
    hit: re.Match[str] | None
    if (hit := _POSSESSED.fullmatch(text)) and not is_place(hit["name"]) and not is_place(hit["name"] + "s"):
        return _tell_qualifier(hit), hit["name"].strip()
    for pattern in (_DOUBT, _AT_START, _BEHIND_COMMA, _IN_BRACKETS, _WITH_WORKSHOP, _AT_END):
        if hit := pattern.search(text):
            before, behind = text[: hit.start()].rstrip(" ,;"), text[hit.end() :].lstrip(" :")
            link = ", " if hit.re is _BEHIND_COMMA and _AT_START_BARE.match(behind) else " "
            return _tell_qualifier(hit), re.sub(r"\s+(?=[,;])", "", before + link + behind).strip(" ,;")
    return None


def _tell_qualifier(match: re.Match[str]) -> str:
    """Return the qualifier whose group took part in a match."""
    groups = match.groupdict().items()
    name = next(name for name, value in groups if name != "name" and value is not None)
    return QUALIFIERS[int(name.split("_")[1])]


def _spell(phrases: str | Iterable[str]) -> str:
    """Return a pattern of phrases, the longest first: spaces of any width, either apostrophe, "." or none."""
    listed = phrases.split("|") if isinstance(phrases, str) else list(phrases)
    spelled = []
    for phrase in sorted(listed, key=len, reverse=True):
        pattern = re.escape(phrase).replace(r"\ ", r"\s+").replace("'", "['’]").replace(r"\.", r"\.?")
        spelled.append(pattern + ("" if phrase.endswith(("'", ":")) else r"(?!\w)"))
    return f"(?:{'|'.join(spelled)})"


def _spell_phrase(phrase: _Phrase, *, is_bare: bool) -> str:
    link = rf"\s*{_spell(phrase.links)}" if phrase.links else ""
    is_optional = is_bare or not phrase.is_link_needed
    return _spell(phrase.words) + (f"(?:{link})?" if link and is_optional else link)


def _spell_all(*, is_bare: bool) -> str:
    """Return the pattern of all phrases, one group ``q_<index>_<n>`` each."""
    groups = [
        f"(?P<q_{QUALIFIERS.index(phrase.qualifier)}_{n}>{_spell_phrase(phrase, is_bare=is_bare)})"
        for n, phrase in enumerate(sorted(_PHRASES, key=lambda phrase: not phrase.is_link_needed))
    ]
    return rf"(?:{_spell(_LEAD_INS)}\s*)?(?:{'|'.join(groups)})"


def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_UNCERTAIN = f"q_{QUALIFIERS.index('uncertain')}"
_BESIDES = (
    rf"(?P<q_{QUALIFIERS.index('with workshop')}_0>{_spell(_ALONGSIDE[0])}\s+{_spell(_ALONGSIDE[1])})"
    rf"|(?P<q_{QUALIFIERS.index('workshop of')}_00>{_spell(_INSTEAD)}\s+{_spell(_ALONGSIDE[1])})"
)
_PLAIN = _spell("|".join(phrase.words for phrase in _PHRASES))
_HINTS = frozenset(re.findall(r"\w+", "|".join([_PLAIN, _ALONGSIDE[1]]).casefold()))
_LINKED, _UNLINKED = _spell_all(is_bare=False), _spell_all(is_bare=True)
_OWNED = {
    "workshop of": ("Werkstatt|værksted|verkstad", "workshop|ateljé"),
    "circle of": ("Umkreis|kreds|omkreds|krets|omkrets", "circle"),
    "school of": ("Schule|skole|skola", "school|pupil|Schüler|elev|lärjunge"),
    "follower of": ("Nachfolger|efterfølger|efterföljare", "follower"),
    "manner of": ("manér", "manner|style"),
}
"""A master's own: behind any genitive; behind an apostrophe only, for "Hans School" is a name."""


def _spell_owned(position: int) -> str:
    groups = [
        f"(?P<q_{QUALIFIERS.index(qualifier)}_{'9' * (position + 1)}>{_spell(words[position])})"
        for qualifier, words in _OWNED.items()
    ]
    return f"(?:{'|'.join(groups)})"


_OF_MASTER = r"(?:\s+the(?=\s+(?:master|monogrammist|painter)))?"
_MODEL = (
    r"(?:\s+an?|\s+the)?(?:\s+lost)?\s+(?:model|design|drawing|painting|composition|print|work)s?\s+"
    r"(?:by|of)(?!\w)"
)

_DOUBT = _compile(rf"(?P<{_UNCERTAIN}_0>[(\[]\s*\?\s*[)\]])|(?P<{_UNCERTAIN}_1>(?<=\S)\s*\?$)")
_AT_START = _compile(rf"^{_LINKED}(?:{_MODEL})?{_OF_MASTER}:?(?=\s|$|(?<=['’:]))(?!\s*,)")
_BEHIND_COMMA = _compile(rf"[,;]\s*{_UNLINKED}\s*(?=$|[,;(\[]|after\s|{_PLAIN})")
_AT_START_BARE = _compile(rf"(?!after\s){_PLAIN}")
_IN_BRACKETS = _compile(rf"[(\[]\s*(?:{_BESIDES}|{_UNLINKED})\s*[)\]]")
_LISTED = _compile(r"[(\[]([^()\[\]]*[,;/][^()\[\]]*)[)\]]")
_WITH_WORKSHOP = _compile(rf"(?:^|(?<=[\s,;]))(?:{_BESIDES})\s*(?=$|[,;(\[])")
_AT_END = _compile(
    rf"(?<=\S)\s+(?P<q_{QUALIFIERS.index('attributed to')}_0>"
    rf"{_spell('attributed|zugeschrieben|zugeschr.|attribué|attribuito|atribuido|toegeschreven')}|"
    rf"{_spell('tilskrevet|tillskriven|tillskrivet|przypisywany|przypisywane|připsáno|připisováno')})$"
)
_APOSTROPHE = r"(?:['’]s|(?<=[sxz])['’])"
_POSSESSED = _compile(
    rf"^(?P<q_{QUALIFIERS.index('manner of')}_0>i\s+(?=.*\s(?:stil|maner)$))?(?P<name>[^,;()]*?\w)"
    rf"(?:(?:{_APOSTROPHE}|(?<=[^\W\d_])s)\s+(?:{_spell_owned(0)}|(?(1)(?:stil|maner)|(?!)))"
    rf"|{_APOSTROPHE}\s+{_spell_owned(1)})$"
)
"""A name in the genitive before what is its own: "Rembrandts værksted", "Rubens' verkstad"."""
_BARE = _compile(rf"{_BESIDES}|{_UNLINKED}|(?P<{_UNCERTAIN}_2>\(?\?\)?)")
