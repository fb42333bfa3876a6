"""The words of six languages that stand between a name and an autograph work, grouped by what they mean.

`qualifiers` reads them; `docs/names.md` shows them as a table. Each row joins words with the small words that
link them to a name: "workshop" + "of", "atelier" + "d'".
"""

from __future__ import annotations

from dataclasses import dataclass


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

WORDINGS = (
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

LEAD_INS = (
    "in the", "from the", "by the", "by a", "by an", "the", "a", "an", "aus der", "aus dem", "in der", "im",
    "à la", "dans le", "dans la", "de l'", "de la", "un", "une", "alla", "nella", "nello", "dalla", "della",
    "a la", "al", "en el", "del", "uit het", "uit de", "in de", "een", "ein", "eine",
)  # fmt: skip
"""What may stand before a wording: "from the workshop of", "in de trant van"."""

ALONGSIDE = (
    "and his|and her|and|&|with|und seine|und|mit|et son|et|avec|e la|e|ed|con|y su|y|en zijn|en|met",
    "workshop|studio|shop|assistant|assistants|pupil|pupils|Werkstatt|Gehilfe|Gehilfen|Mitarbeiter|atelier|"
    "aides|collaborateurs|bottega|aiuti|aiuto|collaboratori|taller|ayudantes|ayudante|colaboradores|"
    "werkplaats|assistenten|medewerkers|Schüler|élèves|allievi",
)
"""Joining words, and who helped: together they say "with workshop" behind a name."""

INSTEAD = "and/or|or|oder|ou|o|of"
"""Joining words that leave open whether it was the master: "Rubens or workshop" says "workshop of"."""

AUTOGRAPH = frozenset({
    "", "by", "autograph", "artist", "eigenhändig", "von", "autographe", "par", "autografo", "autógrafo",
    "por", "eigenhandig", "door",
})  # fmt: skip
"""What a column of qualifiers may say, in lower case, of a work by the artist's own hand."""
