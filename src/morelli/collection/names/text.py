"""Names, titles and years out of the texts, folder names and slugs that collections really carry.

The sources call these on every label. Each takes text and gives text (or None); none of them knows a file.
"""

from __future__ import annotations

import re
import unicodedata

import ftfy

_UNKNOWN_ARTISTS = frozenset({
    "", "?", "-", "na", "n/a", "nan", "none", "null", "unknown", "unknown artist", "unknown painter",
    "artist unknown", "unidentified", "unidentified artist", "anonymous", "anonymous artist", "anon", "anon.",
    "anoniem", "anonym", "anonyme", "anonimo", "anónimo", "unbekannt", "unbekannter künstler",
    "unbekannter maler", "unbekannter meister", "künstler unbekannt", "inconnu", "artiste inconnu",
    "peintre inconnu", "ignoto", "sconosciuto", "artista sconosciuto", "desconocido", "artista desconocido",
    "onbekend", "onbekende kunstenaar", "onbekende meester", "unknown master", "unknown maker",
})  # fmt: skip
"""What collections write, in lower case, where no artist is known."""

FIRST_YEAR, LAST_YEAR = 1000, 2100
"""Numbers outside are measurements or inventory numbers rather than years of paintings, CE."""

_PARTICLES = frozenset({
    "af", "and", "av", "da", "dal", "dalla", "de", "degli", "dei", "del", "della", "delle", "den", "der",
    "des", "di", "do", "dos", "du", "et", "in", "of", "op", "ten", "ter", "the", "und", "van", "vom", "von",
    "y", "zu", "zum", "zur",
})  # fmt: skip
_ARTICLES = frozenset({"l", "la", "las", "le", "les", "los"})
"""Lower case only behind a particle: "de la Tour", but "La Thangue" and "Le Brun"."""
_ROMAN_NUMERALS = frozenset({"ii", "iii", "iv"})

_PAGES = ("cp437", "cp850", "cp866", "cp852", "cp1251", "cp1250", "mac_roman", "cp1252")
"""Code pages as which UTF-8 was read; ftfy knows more of Windows-1252, and Latin-1."""
_SWAPS = (
    ("cp437", "cp1252"), ("cp850", "cp1252"), ("cp866", "cp1252"), ("cp1251", "cp1252"),
    ("cp1252", "cp850"), ("latin-1", "cp850"),
)  # fmt: skip
"""The page as which a text was read, and the one in which it was written."""
_LAST_USUAL = "ſ"  # the last letter of Latin Extended-A, which has those of the languages of Europe
_DOS_SIGNS = re.compile(r"[\u2500-\u259fΓΘΣΦΩαδεπστφ]")
"""How DOS shows the first byte of a UTF-8 sequence: line drawing or a stray Greek letter."""
TYPOGRAPHIC = frozenset("’‘“•–—…′″´`²¹ºª§©®™·«»×¸")
"""Signs that may stand beside letters on purpose."""
LOST = re.compile(r"[?\ufffd\x00-\x1f\x7f-\x9f]")
"""What stands for a letter that is lost."""

_LOWERED_LEAD = re.compile(r"ã(?=[\x80-\xbf\u0152-\u2122])")
"""The first byte of a wrongly decoded "é" shows as "Ã", which lowering hides from repair."""
_LOST_SOFT_HYPHEN = re.compile(r"ã(?=[b-df-hj-np-rt-z])|(?<=[a-z])ã(?=a)")
"""What is left of "í": its second byte shows as a soft hyphen, which is easily lost. Portuguese, which has
the letter "ã", writes it before e, i and o, before s or at the end."""
_SLUG = re.compile(r"[^\s_]+-[^\s_]+")
_NO_LETTERS = re.compile(r"[^a-z0-9]+")
_TRAILING_YEAR = re.compile(r"^(?P<title>.*?)-(?P<year>\d{4})(?P<copy>-\d{1,2})?$")
_MAX_ROUNDS = 10


def mend_text(text: str) -> str:
    """Return text with wrongly decoded characters repaired and accents composed (NFC).

    UTF-8 that was read as code page 437 or 850, Windows-1252 or Latin-1, once or several times, is put right;
    other text stays. `ftfy` repairs most, the strict round trip here also sequences that it holds for
    intended.

    >>> mend_text("Albrecht_DuΓòá├¬rer"), mend_text("Albrecht_Du╠êrer"), mend_text("Dürer")
    ('Albrecht_Dürer', 'Albrecht_Dürer', 'Dürer')
    """
    if text.isascii():
        return text
    text = unicodedata.normalize("NFC", text)
    for _ in range(_MAX_ROUNDS):
        before = text
        # Wrong decoding leaves capitals ("Ã") or signs: small letters alone are a word, however rare.
        if not all(letter.isascii() or letter.islower() for letter in text):
            text = unicodedata.normalize("NFC", ftfy.fix_encoding(_decode_again(text)))
        text = _mend_signs(text)
        if text == before:
            break
    return text


def _decode_again(text: str, rounds: int = 3) -> str:
    """Return UTF-8 that was read as another code page, up to three times, where it reads as UTF-8.

    >>> _decode_again("C├йzanne"), _decode_again("CГ©zanne"), _decode_again("Наталья")
    ('Cézanne', 'Cézanne', 'Наталья')
    """
    readings = []
    for page in _PAGES:
        try:
            found = text.encode(page).decode("utf-8")
        except UnicodeError:
            continue
        if not LOST.search(found):
            readings.append(_decode_again(found, rounds - 1) if rounds > 1 and not found.isascii() else found)
    usual = [found for found in readings if all(letter <= _LAST_USUAL for letter in found)]
    return next(iter(usual if usual or not _DOS_SIGNS.search(text) else readings), text)


def _mend_signs(text: str) -> str:
    """Return text with signs within words put right that can only be one letter of another code page.

    >>> _mend_signs("Albrecht D³rer"), _mend_signs("K÷ln"), _mend_signs("C‚zanne"), _mend_signs("5 ÷ 2")
    ('Albrecht Dürer', 'Köln', 'Cézanne', '5 ÷ 2')
    """
    signs = list(text)
    for place, sign in enumerate(text):
        before, after = text[place - 1 : place] or " ", text[place + 1 : place + 2] or " "
        is_first = before in " _" and is_latin(after) and (sign.isalpha() or "─" <= sign <= "▟")
        is_within = is_latin(before) and (is_latin(after) or sign in "¡¢£¤¥≤≥")
        if not sign.isascii() and not is_latin(sign) and (is_within or is_first):
            signs[place] = _find_letter(sign) or sign
    return "".join(signs)


def _find_letter(sign: str) -> str | None:
    """Return the one Latin letter that is meant, or None where several may be."""
    if sign in TYPOGRAPHIC:
        return None
    found = set()
    for read_as, written_in in _SWAPS:
        try:
            letter = sign.encode(read_as).decode(written_in)
        except UnicodeError:
            continue
        if is_latin(letter) and not letter.isascii():
            found.add(letter)
    return found.pop() if len(found) == 1 else None


def is_latin(sign: str) -> bool:
    """Tell whether a sign is a letter of the Latin script."""
    return sign.isalpha() and unicodedata.name(sign, "").startswith("LATIN")


def mend_slug(slug: str) -> str:
    """Return a slug with letters repaired that were wrongly decoded and then lowered.

    >>> mend_slug("grã©goire-michonze"), mend_slug("joaquãn-sorolla"), mend_slug("joão-vaz")
    ('grégoire-michonze', 'joaquín-sorolla', 'joão-vaz')
    """
    if slug.isascii():
        return slug
    slug = unicodedata.normalize("NFC", slug).replace("ã\xad", "í")
    return mend_text(_LOWERED_LEAD.sub("Ã", _LOST_SOFT_HYPHEN.sub("í", slug)))


def name_artist(text: str | None) -> str | None:
    """Return an artist's name mended and trimmed, or None where nobody is named.

    >>> name_artist("  Vincent  van Gogh "), name_artist("Unknown Artist")
    ('Vincent van Gogh', None)
    """
    name = " ".join(mend_text(text or "").split())
    return None if name.casefold() in _UNKNOWN_ARTISTS else name


def fold_name(text: str) -> str:
    """Return a name for comparing: mended, without accents, case and punctuation.

    >>> fold_name("Albrecht_Dürer")
    'albrecht durer'
    """
    letters = mend_text(text).casefold()
    if letters.isascii():
        return " ".join(_NO_LETTERS.sub(" ", letters).split())
    letters = unicodedata.normalize("NFKD", letters)
    kept = (sign if sign.isalnum() else " " for sign in letters if not unicodedata.combining(sign))
    return " ".join("".join(kept).split())


def name_from_folder(folder: str) -> str | None:
    """Return the artist whom a folder is named after, or None; lower case with hyphens is read as a slug.

    >>> name_from_folder("Vincent_van_Gogh"), name_from_folder("claude-monet")
    ('Vincent van Gogh', 'Claude Monet')
    """
    if _SLUG.fullmatch(folder) and folder == folder.lower():
        return name_from_slug(folder)
    return name_artist(folder.replace("_", " "))


def name_from_slug(slug: str) -> str | None:
    """Return the artist named by a slug, or None; accents and inner capitals that it lost stay lost.

    >>> name_from_slug("vincent-van-gogh"), name_from_slug("t.-c.-steele"), name_from_slug("el-greco")
    ('Vincent van Gogh', 'T. C. Steele', 'El Greco')
    """
    words = mend_slug(slug).lower().replace("_", "-").split("-")
    words = [word for word in words if word.strip()]
    capitals = [_capitalise_word(word, words[:position]) for position, word in enumerate(words)]
    return name_artist(" ".join(capitals))


def title_from_slug(slug: str) -> tuple[str | None, int | None]:
    """Return the title and the trailing year of a work's slug, each None where there is none.

    >>> title_from_slug("still-life-1921"), title_from_slug("1001-nights")
    (('Still life', 1921), ('1001 nights', None))
    """
    year = None
    if (match := _TRAILING_YEAR.match(slug)) and FIRST_YEAR <= int(match["year"]) <= LAST_YEAR:
        slug, year = match["title"], int(match["year"])
    title = " ".join(mend_slug(slug).replace("-", " ").replace("_", " ").split())
    return (title[:1].upper() + title[1:] or None), year


def _capitalise_word(word: str, before: list[str]) -> str:
    if word in _ROMAN_NUMERALS and before:
        return word.upper()
    is_small = word in _PARTICLES or (word in _ARTICLES and before[-1:] and before[-1] in _PARTICLES)
    return word if before and is_small else word[:1].upper() + word[1:]
