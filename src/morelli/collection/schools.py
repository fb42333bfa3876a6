"""Names that name nobody: schools, places and centuries, which no single hand stands for.

"School of Rembrandt" has a master, "School of Fontainebleau" and "Flemish 17th Century" have none.
`qualifiers` asks for places, `people` for whole texts.
"""

from __future__ import annotations

import re

from morelli.collection.names import fold_name

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
    """Tell whether a text is a place or region, after which schools are called.

    Examples
    --------
    >>> is_place("Fontainebleau"), is_place("northern Italy"), is_place("Rembrandt")
    (True, True, False)
    """
    folded = fold_name(text)
    return bool(folded) and (
        folded in _PLACES or all(word in _PLACES | NATIONALITIES for word in folded.split())
    )


def is_nobody(text: str) -> bool:
    """Tell whether a text names a school, a people or a century rather than one artist.

    Notnames ("Master of the Death of the Virgin") are somebody: one hand whose name is lost.

    Examples
    --------
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
