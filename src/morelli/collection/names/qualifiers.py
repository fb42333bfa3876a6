"""What stands between a name and an autograph work, read in six languages into one short list.

`split_qualifier` takes it off a text, `_is_autograph` says whether a work counts as the artist's own. The
words are in `qualifier_words`; who is named then, `people` tells.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from morelli.collection.names.catalogue import is_place
from morelli.collection.names.text import fold_name

# The words of six languages that stand between a name and an autograph work, grouped by what they mean.


@dataclass(frozen=True)
class Wording:
    """One way of one language to say a qualifier.

    Parameters
    ----------
    qualifier
        What is said, as it is stored: one of `morelli.collection.qualifiers.QUALIFIERS`.
    language
        ISO 639-1 code: en, de, fr, it, es or nl.
    words
        The words that say it, several of one meaning parted by ``|``.
    links
        What may stand between them and the name, parted by ``|``.
    is_link_needed
        Whether "Studio Harcourt" without a link is a name of its own.
    """

    qualifier: str
    language: str
    words: str
    links: str = ""
    is_link_needed: bool = True


_OF = {
    "en": "of|from",
    "de": "von|vom|des|der|um",
    "fr": "de|du|des|d'",
    "it": "di|del|dello|dei|degli|dell'|da",
    "es": "de|del",
    "nl": "van|rond|rondom",
}

_WORDINGS = (
    Wording("possibly by", "en", "possibly|probably|perhaps|presumably", "by", False),
    Wording("possibly by", "de", "möglicherweise|vermutlich|wahrscheinlich|wohl|vielleicht", "von", False),
    Wording("possibly by", "fr", "peut-être|probablement|possiblement", "par", False),
    Wording("possibly by", "it", "forse|probabilmente|possibilmente", "", False),
    Wording("possibly by", "es", "posiblemente|probablemente|quizás|quizá|tal vez", "por", False),
    Wording("possibly by", "nl", "mogelijk|waarschijnlijk|vermoedelijk|misschien", "door", False),
    Wording("attributed to", "en", "attributed|ascribed|attrib.|attr.|att.", "to"),
    Wording("attributed to", "de", "zugeschrieben|zugeschr.|Zuschreibung", "an|:"),
    Wording("attributed to", "fr", "attribué|attribuée|attribués|attr.", "à|au|aux"),
    Wording("attributed to", "it", "attribuito|attribuita|attribuibile|attr.", "a|ad|al"),
    Wording("attributed to", "es", "atribuido|atribuida|atrib.", "a|al"),
    Wording("attributed to", "nl", "toegeschreven|toegeschr.", "aan"),
    Wording("workshop of", "en", "workshop|studio|atelier|shop|assistant|assistants", "of"),
    Wording("workshop of", "de", "Werkstatt|Atelier|Gehilfe|Gehilfen", _OF["de"], False),
    Wording("workshop of", "fr", "atelier", _OF["fr"]),
    Wording("workshop of", "it", "bottega|officina|aiuto", _OF["it"]),
    Wording("workshop of", "es", "taller|obrador|ayudante", _OF["es"]),
    Wording("workshop of", "nl", "atelier|werkplaats", _OF["nl"]),
    Wording("circle of", "en", "circle|entourage|associate|neighborhood|neighbourhood", "of"),
    Wording("circle of", "de", "Umkreis", _OF["de"], False),
    Wording("circle of", "de", "Kreis|Umfeld", _OF["de"]),
    Wording("circle of", "fr", "entourage|cercle", _OF["fr"]),
    Wording("circle of", "it", "cerchia|ambito", _OF["it"]),
    Wording("circle of", "es", "círculo|entorno", _OF["es"]),
    Wording("circle of", "nl", "omgeving|kring", _OF["nl"]),
    Wording("school of", "en", "school|pupil|pupils|student", "of"),
    Wording("school of", "de", "Schule|Schüler", _OF["de"]),
    Wording("school of", "fr", "école|élève", _OF["fr"]),
    Wording("school of", "it", "scuola|allievo", _OF["it"]),
    Wording("school of", "es", "escuela|discípulo", _OF["es"]),
    Wording("school of", "nl", "school|leerling", _OF["nl"]),
    Wording("follower of", "en", "follower|followers|following", "of"),
    Wording("follower of", "de", "Nachfolger|Nachfolge", _OF["de"], False),
    Wording("follower of", "fr", "suiveur|suite", _OF["fr"]),
    Wording("follower of", "it", "seguace|seguito", _OF["it"]),
    Wording("follower of", "es", "seguidor", _OF["es"]),
    Wording("follower of", "nl", "navolger|volgeling", _OF["nl"]),
    Wording("manner of", "en", "manner|style", "of"),
    Wording("manner of", "de", "in der Art|Manier|Stil", _OF["de"]),
    Wording("manner of", "fr", "manière|style|genre|goût", _OF["fr"]),
    Wording("manner of", "it", "maniera|stile", _OF["it"]),
    Wording("manner of", "es", "manera|estilo", _OF["es"]),
    Wording("manner of", "nl", "trant|manier|stijl", _OF["nl"]),
    Wording("imitator of", "en", "imitator|imitation", "of"),
    Wording("imitator of", "de", "Nachahmer|Nachahmung", _OF["de"], False),
    Wording("imitator of", "fr", "imitateur|imitation", _OF["fr"]),
    Wording("imitator of", "it", "imitatore|imitazione", _OF["it"]),
    Wording("imitator of", "es", "imitador|imitación", _OF["es"]),
    Wording("imitator of", "nl", "imitator|nabootser|navolging", _OF["nl"]),
    Wording("after", "en", "after", "", False),
    Wording("after", "de", "nach", "", False),
    Wording("after", "fr", "d'après|après", "", False),
    Wording("after", "es", "según", "", False),
    Wording("after", "nl", "naar", "", False),
    Wording("copy after", "en", "copy|copies|copyist", "after|of|from"),
    Wording("copy after", "de", "Kopie|Kopist", "nach|von|des"),
    Wording("copy after", "fr", "copie|copiste", "d'après|de|du|d'"),
    Wording("copy after", "it", "copia|copista", "da|di|del|dal"),
    Wording("copy after", "es", "copia|copista", "de|del|según"),
    Wording("copy after", "nl", "kopie|kopiist", "naar|van"),
    Wording("forgery of", "en", "forger|forgery|fake|falsification", "of|after"),
    Wording("forgery of", "de", "Fälscher|Fälschung", "nach|von|des"),
    Wording("forgery of", "fr", "faussaire|faux|contrefaçon", "d'après|de|du|d'"),
    Wording("forgery of", "it", "falsario|falso|falsificazione", "da|di|del"),
    Wording("forgery of", "es", "falsificador|falsificación", "de|del"),
    Wording("forgery of", "nl", "vervalser|vervalsing", "naar|van"),
)
"""Each wording; at the start of a text with its link, behind a comma or in brackets with or without it."""

_LEAD_INS = (
    "in the", "from the", "by the", "by a", "by an", "the", "a", "an", "aus der", "aus dem", "in der", "im",
    "à la", "dans le", "dans la", "de l'", "de la", "un", "une", "alla", "nella", "nello", "dalla", "della",
    "a la", "al", "en el", "del", "uit het", "uit de", "in de", "een", "ein", "eine",
)  # fmt: skip
"""What may stand before a wording: "from the workshop of", "in de trant van"."""

_ALONGSIDE = (
    "and his|and her|and|&|with|und seine|und|mit|et son|et|avec|e la|e|ed|con|y su|y|en zijn|en|met",
    "workshop|studio|shop|assistant|assistants|pupil|pupils|Werkstatt|Gehilfe|Gehilfen|Mitarbeiter|atelier|"
    "aides|collaborateurs|bottega|aiuti|aiuto|collaboratori|taller|ayudantes|ayudante|colaboradores|"
    "werkplaats|assistenten|medewerkers|Schüler|élèves|allievi",
)
"""Joining words, and who helped: together they say "with workshop" behind a name."""

_INSTEAD = "and/or|or|oder|ou|o|of"
"""Joining words that leave open whether it was the master: "Rubens or workshop" says "workshop of"."""

_AUTOGRAPH = frozenset({
    "", "by", "autograph", "artist", "eigenhändig", "von", "autographe", "par", "autografo", "autógrafo",
    "por", "eigenhandig", "door",
})  # fmt: skip
"""What a column of qualifiers may say, in lower case, of a work by the artist's own hand."""


QUALIFIERS = (
    "uncertain", "possibly by", "attributed to", "with workshop", "workshop of", "circle of", "school of",
    "follower of", "manner of", "imitator of", "after", "copy after", "forgery of",
)  # fmt: skip
"""The qualifiers as they are stored, from the nearest to the artist's own hand to the furthest."""

_WHOLE_NAMES = frozenset({"after hours", "taller de grafica popular"})
"""Names, folded, that only look as if they began with a qualifier."""


def split_qualifier(text: str) -> tuple[str | None, str]:
    """Return the qualifier in a text, as it is stored, or None; and the text without it.

    Parameters
    ----------
    text
        A name with a qualifier before it, behind a comma, in brackets or behind the name, in English,
        German, French, Italian, Spanish or Dutch.

    Returns
    -------
    qualifier
        One of `QUALIFIERS`; of several the one furthest from the artist's own hand.
    rest
        What is left, trimmed. A school that has no master ("School of Fontainebleau") stays whole.

    Examples
    --------
    >>> split_qualifier("Workshop of Rembrandt"), split_qualifier("Rembrandt")
    (('workshop of', 'Rembrandt'), (None, 'Rembrandt'))
    >>> split_qualifier("Cimabue, Follower of"), split_qualifier("d'après Rubens (?)")
    (('follower of', 'Cimabue'), ('after', 'Rubens'))
    >>> split_qualifier("Master of the Female Half-Lengths")
    (None, 'Master of the Female Half-Lengths')
    """
    text = " ".join(text.split())
    rest, found = text, []
    while (step := _take_one(rest)) is not None:
        qualifier, shorter = step
        if qualifier == "school of" and is_place(shorter):
            break
        found.append(qualifier)
        rest = re.sub(r"^Meisters\b", "Meister", shorter)
    return max(found, key=QUALIFIERS.index, default=None), rest


def name_qualifier(text: str | None) -> str | None:
    """Return what a text that is nothing but a qualifier says, as it is stored.

    Parameters
    ----------
    text
        The cell of a column of qualifiers, such as "Werkstatt" or "Attributed to".

    Returns
    -------
    qualifier
        One of `QUALIFIERS`; None for a work by the artist's own hand; the text itself, in lower case, where
        it is not understood, so that nothing counts as autograph by mistake.

    Examples
    --------
    >>> name_qualifier("Werkstatt"), name_qualifier("by"), name_qualifier("Remodelled by")
    ('workshop of', None, 'remodelled by')
    """
    cleaned = " ".join((text or "").split()).casefold()
    if cleaned in _AUTOGRAPH:
        return None
    if match := _BARE.fullmatch(cleaned):
        return _tell_qualifier(match)
    return split_qualifier(cleaned)[0] or cleaned


def _is_autograph(qualifier: str | None) -> bool:
    """Tell whether a work with this qualifier counts as by the artist's own hand.

    Only works without any qualifier do; "attributed to" and "with workshop" do not, nor does a text that is
    not understood.

    Examples
    --------
    >>> _is_autograph(None), _is_autograph("with workshop")
    (True, False)
    """
    return name_qualifier(qualifier) is None


def _take_one(text: str) -> tuple[str, str] | None:
    """Take one qualifier off a text, wherever it stands."""
    if fold_name(text) in _WHOLE_NAMES:
        return None
    if "?" not in text and _HINTS.isdisjoint(re.findall(r"\w+", text.casefold())):
        return None  # what holds for nearly all names, told quickly
    for pattern in (_DOUBT, _AT_START, _BEHIND_COMMA, _IN_BRACKETS, _WITH_WORKSHOP, _AT_END):
        if match := pattern.search(text):
            before, behind = text[: match.start()].rstrip(" ,;"), text[match.end() :].lstrip(" :")
            link = ", " if match.re is _BEHIND_COMMA and _AT_START_BARE.match(behind) else " "
            return _tell_qualifier(match), re.sub(r"\s+(?=[,;])", "", before + link + behind).strip(" ,;")
    return None


def _tell_qualifier(match: re.Match[str]) -> str:
    """Return the qualifier whose group took part in a match."""
    name = next(name for name, value in match.groupdict().items() if value is not None)
    return QUALIFIERS[int(name.split("_")[1])]


def _spell(phrases: str | Iterable[str]) -> str:
    """Return a pattern of phrases, the longest first: spaces of any width, either apostrophe, "." or none."""
    listed = phrases.split("|") if isinstance(phrases, str) else list(phrases)
    spelled = []
    for phrase in sorted(listed, key=len, reverse=True):
        pattern = re.escape(phrase).replace(r"\ ", r"\s+").replace("'", "['’]").replace(r"\.", r"\.?")
        spelled.append(pattern + ("" if phrase.endswith(("'", ":")) else r"(?!\w)"))
    return f"(?:{'|'.join(spelled)})"


def _spell_wording(wording: Wording, *, is_bare: bool) -> str:
    link = rf"\s*{_spell(wording.links)}" if wording.links else ""
    is_optional = is_bare or not wording.is_link_needed
    return _spell(wording.words) + (f"(?:{link})?" if link and is_optional else link)


def _spell_all(*, is_bare: bool) -> str:
    """Return the pattern of all wordings, one group ``q_<index>_<n>`` each."""
    groups = [
        f"(?P<q_{QUALIFIERS.index(wording.qualifier)}_{n}>{_spell_wording(wording, is_bare=is_bare)})"
        for n, wording in enumerate(sorted(_WORDINGS, key=lambda wording: not wording.is_link_needed))
    ]
    return rf"(?:{_spell(_LEAD_INS)}\s*)?(?:{'|'.join(groups)})"


def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_UNCERTAIN = f"q_{QUALIFIERS.index('uncertain')}"
_BESIDES = (
    rf"(?P<q_{QUALIFIERS.index('with workshop')}_0>{_spell(_ALONGSIDE[0])}\s+{_spell(_ALONGSIDE[1])})"
    rf"|(?P<q_{QUALIFIERS.index('workshop of')}_00>{_spell(_INSTEAD)}\s+{_spell(_ALONGSIDE[1])})"
)
_PLAIN = _spell("|".join(wording.words for wording in _WORDINGS))
_HINTS = frozenset(re.findall(r"\w+", "|".join([_PLAIN, _ALONGSIDE[1]]).casefold()))
_LINKED, _UNLINKED = _spell_all(is_bare=False), _spell_all(is_bare=True)
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
_WITH_WORKSHOP = _compile(rf"(?:^|(?<=[\s,;]))(?:{_BESIDES})\s*(?=$|[,;(\[])")
_AT_END = _compile(
    rf"(?<=\S)\s+(?P<q_{QUALIFIERS.index('attributed to')}_0>"
    rf"{_spell('attributed|zugeschrieben|zugeschr.|attribué|attribuito|atribuido|toegeschreven')})$"
)
_BARE = _compile(rf"{_BESIDES}|{_UNLINKED}|(?P<{_UNCERTAIN}_2>\(?\?\)?)")
