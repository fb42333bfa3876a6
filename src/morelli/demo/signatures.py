"""Signatures: invented names for painters, titles for works, and the years between them.

Names are put together from syllables; no painter of that name is known to the authors. Titles say what the
subject is and nothing about the hand.
"""

from __future__ import annotations

import re
import unicodedata

import numpy as np

_NAMES_STREAM = 2  # keeps these draws apart from the hands', which start from the same seed

_GIVEN_NAMES = (
    "Aldous", "Anneke", "Bastien", "Brenna", "Caspar", "Corisande", "Dorian", "Edda", "Emeric", "Fenna",
    "Florian", "Gisela", "Hadrian", "Ilse", "Jorin", "Katinka", "Leander", "Linnea", "Matthis", "Merle",
    "Nerissa", "Odile", "Orsolya", "Quentin", "Rosalind", "Silvan", "Tamsin", "Ulric", "Verena", "Wystan",
)  # fmt: skip
_ONSETS = (
    "Ald", "Bren", "Calv", "Dorn", "Eld", "Farn", "Grav", "Hest", "Ilm", "Jarv", "Keld", "Lorn", "Marv",
    "Nord", "Orv", "Pell", "Quend", "Rast", "Selv", "Torv",
)  # fmt: skip
_ENDINGS = (
    "acker", "anti", "embeck", "enholt", "ermond", "esco", "evain", "iani", "ingham", "isson", "olaine",
    "omar", "orska", "ovic", "ulane", "ynde",
)  # fmt: skip

MAX_PAINTERS = len(_ONSETS) * len(_ENDINGS)
"""No more surnames than this can be made."""

_PLACES = (
    "Ostermoor", "Vael", "the Lower Dyke", "Port Ansel", "Hallow Wood", "the Mill Race", "Sankt Orin",
    "Grey Ferry", "the Tamber", "Lisse Hill", "Corran Bay", "the Old Harbour", "Wend", "Marlow Fen",
    "the Salt Road", "Brae",
)  # fmt: skip
_THINGS = (
    "Apples", "a Folded Cloth", "Lemons", "Quinces", "a Jug", "Pears", "a Pewter Plate", "Oranges", "Plums",
    "Onions",
)  # fmt: skip
_SITTERS = (
    "a Miller", "the Artist's Sister", "a Boatman", "a Young Clerk", "a Widow", "the Schoolmaster",
    "a Gardener", "a Girl from Wend", "the Notary", "a Violinist", "a Seamstress", "an Old Sailor",
    "the Doctor", "a Student",
)  # fmt: skip
_TITLES = {
    "landscape": (
        "Evening at {place}",
        "Road to {place}",
        "Fields near {place}",
        "Trees at {place}",
        "{place}, Noon",
    ),
    "seascape": (
        "Boats off {place}",
        "Low Sun, {place}",
        "Calm at {place}",
        "Sails before {place}",
        "{place}, Wind",
    ),
    "still life": ("Still Life with {thing}", "{thing} on a Table", "{thing} and Earthenware"),
    "figure": ("Portrait of {sitter}", "{sitter}, Seated", "Study of {sitter}"),
    "abstract": ("Composition {number}", "Counterpoint {number}", "Planes {number}", "Interval {number}"),
}


def name_painter(seed: int, painter: int) -> str:
    """Invent the name of one painter; within a seed no two share a surname.

    Parameters
    ----------
    seed
        The collection's seed, 0 or more.
    painter
        The painter's number, 0 to ``MAX_PAINTERS - 1``.

    Examples
    --------
    >>> name_painter(0, 0) == name_painter(0, 0) != name_painter(0, 1)
    True
    """
    rng = np.random.default_rng(np.random.SeedSequence([seed, _NAMES_STREAM]))
    given = rng.permutation(len(_GIVEN_NAMES))[painter % len(_GIVEN_NAMES)]
    onset, ending = divmod(int(rng.permutation(MAX_PAINTERS)[painter]), len(_ENDINGS))
    return f"{_GIVEN_NAMES[given]} {_ONSETS[onset]}{_ENDINGS[ending]}"


def title_work(genre: str, rng: np.random.Generator) -> str:
    """Invent a title for a work of that genre, a key of `morelli.demo.subjects.SUBJECTS`."""
    title = str(rng.choice(_TITLES[genre])).format(
        place=rng.choice(_PLACES),
        thing=rng.choice(_THINGS),
        sitter=rng.choice(_SITTERS),
        number=int(rng.integers(1, 60)),
    )
    return title[0].upper() + title[1:]


def slugify(text: str, separator: str = "-") -> str:
    """Return the text as part of a file name: ASCII letters, digits and separators, case kept.

    Examples
    --------
    >>> slugify("Sails before Lisse Hill").lower()
    'sails-before-lisse-hill'
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9]+", separator, plain.replace("'", "")).strip(separator)
