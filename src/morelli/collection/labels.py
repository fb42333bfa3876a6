"""What a work is an example of (its artist, or the first of its styles or genres), and what it shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import polars as pl

from morelli.collection.names.text import fold_name
from morelli.collection.work import LABEL_SEPARATOR
from morelli.errors import UsageError

_CLASSES = ("artist", "style", "genre")
"""The labels by which works can be divided into classes."""

_SUBJECT_WORDS: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "portrait": (
        "portrait", "portraits", "self portrait", "bildnis", "selbstbildnis", "portrat", "selbstportrat",
        "autoportrait", "ritratto", "autoritratto", "retrato", "autorretrato", "portret", "zelfportret",
    ),
    "landscape": (
        "landscape", "landscapes", "landschaft", "paysage", "paesaggio", "paisaje", "landschap", "valley",
        "mountain", "mountains", "forest", "tal", "wald", "gebirge", "vallee", "montagne", "foret", "valle",
        "montagna", "bosco", "montana", "bosque", "bos", "meadow", "wiese", "prairie", "prato",
    ),
    "sea": (
        "seascape", "sea", "marine", "beach", "coast", "shore", "meer", "seestuck", "strand", "kuste", "mer",
        "plage", "cote", "mare", "marina", "spiaggia", "costa", "playa", "zee", "zeegezicht", "kust",
    ),
    "still life": (
        "still life", "stillleben", "stilleben", "nature morte", "natura morta", "naturaleza muerta",
        "bodegon", "stilleven", "bouquet", "blumenstrauss", "vase of flowers", "flower piece",
    ),
    "nude": (
        "nude", "nudes", "akt", "liegender akt", "weiblicher akt", "nu", "nu feminin", "nudo", "desnudo",
        "naakt", "bather", "bathers", "badende", "baigneuse", "baigneuses", "bagnanti", "banistas",
        "baadsters",
    ),
    "religion": (
        "christ", "madonna", "virgin", "crucifixion", "annunciation", "nativity", "adoration",
        "holy family", "resurrection", "lamentation", "immaculate", "baptist", "kreuzigung",
        "verkundigung", "anbetung",
        "heilige familie", "christus", "vierge", "sainte famille", "annonciation", "vergine",
        "sacra famiglia", "crocifissione", "annunciazione", "adorazione", "virgen", "inmaculada",
        "anunciacion", "sagrada familia", "kruisiging", "aanbidding", "pieta",
    ),
    "mythology": (
        "venus", "cupid", "diana", "apollo", "bacchus", "jupiter", "danae", "leda", "mars", "psyche", "nymph",
        "nymphs", "satyr", "satyrs", "venere", "diane", "nymphen", "nymphes", "ninfe", "ninfas",
    ),
    "town": (
        "street", "city", "town", "village", "canal", "bridge", "market", "strasse", "stadt", "dorf",
        "brucke", "rue", "ville", "pont", "marche", "strada", "citta", "villaggio", "ponte", "canale",
        "calle", "ciudad", "pueblo", "puente", "straat", "stad", "dorp", "brug", "stadsgezicht",
    ),
    "interior": (
        "interior", "interieur", "interno", "tavern", "kitchen", "kuche", "cuisine", "cucina", "cocina",
        "keuken", "herberg", "taverne", "taberna", "taverna", "studio interior",
    ),
    "animal": (
        "horse", "horses", "cow", "cows", "dog", "dogs", "cat", "cats", "cattle", "pferd", "pferde", "kuhe",
        "hund", "cheval", "chevaux", "vaches", "chien", "cavallo", "cavalli", "cane", "caballo", "perro",
        "paard", "paarden", "koeien", "hond",
    ),
    "abstract": ("abstract", "abstraction", "abstrakt", "abstraktion", "astratto", "abstracto", "abstractie"),
})  # fmt: skip
"""Subjects, and the words of titles that mean them in English, German, French, Italian, Spanish and Dutch, as
`fold_name` writes them: lower case, without accents. Words of several meanings, such as "study", are left
out; so are given names."""

_BY_WORD = {word: subject for subject, words in _SUBJECT_WORDS.items() for word in words}
_MOST_WORDS = max(word.count(" ") + 1 for word in _BY_WORD)


def class_of(by: str) -> pl.Expr:
    """Return the class of each work by artist, style or genre, as a column expression named ``class``.

    A work of several styles or genres belongs to the first of them, which in a gallery is the first by name.

    >>> pl.DataFrame({"style": ["Baroque|Rococo", None]}).select(class_of("style"))["class"].to_list()
    ['Baroque', None]
    """
    check_class(by)
    if by == "artist":
        return pl.col(by).alias("class")
    first = pl.col(by).str.split(LABEL_SEPARATOR).list.first().str.strip_chars()
    return pl.when(first != "").then(first).alias("class")


def check_class(by: str) -> None:
    """Refuse a label that works have no classes by."""
    if by not in _CLASSES:
        raise UsageError(
            "--by",
            expected=", ".join(_CLASSES[:-1]) + f" or {_CLASSES[-1]}",
            found=repr(by),
            remedy="name one",
        )


def read_subjects(works: pl.DataFrame) -> list[str | None]:
    """Return the subject of each work, (n,), from its genre and theme, else its title.

    None where nothing or more than one thing is named.
    """
    rows = works.select("genre", "theme", "title").iter_rows()
    return [_name_subject([genre, theme], title) for genre, theme, title in rows]


def _name_subject(labels: Sequence[str | None], title: str | None) -> str | None:
    """Return the subject that labels name together, or a title where there is no label.

    >>> _name_subject([None], "Portrait of a man with a dog"), _name_subject(["History painting"], "Portrait")
    (None, 'history painting')
    """
    parts = [fold_name(part) for label in labels if label for part in label.split(LABEL_SEPARATOR)]
    found = {_BY_WORD.get(part, part) for part in parts if part}
    if not found and title:
        found = _find_subject_words(title)
    return found.pop() if len(found) == 1 else None


def _find_subject_words(title: str) -> set[str]:
    """Return the subjects that words of a title name; a phrase counts before the words in it."""
    words, found, at = fold_name(title).split(), set(), 0
    while at < len(words):
        for length in range(min(_MOST_WORDS, len(words) - at), 0, -1):
            subject = _BY_WORD.get(" ".join(words[at : at + length]))
            if subject is not None:
                found.add(subject)
                break
        else:
            length = 1
        at += length
    return found
