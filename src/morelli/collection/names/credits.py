"""A record's text parted into the people whom it credits, and the roles taken off beside their names."""

from __future__ import annotations

import re

from morelli.collection.names.nobody import is_people, is_place, is_role
from morelli.collection.names.qualifiers import split_qualifier
from morelli.collection.names.text import fold_name
from morelli.collection.names.words import NATIONALITIES, OTHER_ROLES, ROLES

_LINE = re.compile(r"\s*(?:[\r\n\v\f\x85\u2028\u2029]|<br\s*/?>)\s*", re.IGNORECASE)
_SEMICOLON = re.compile(r"\s*;\s*(?![^()\[\]]*[)\]])")
"""A semicolon outside brackets."""
_LABEL = re.compile(r"(?P<role>[^\W\d_][^:;,()\[\]\d]{2,40}?)\s*:\s+(?P<name>\S.*)")
_LEAD = re.compile(
    r"(?:(?:painted|drawn|photographed|made|created|etched)\s+)?by\s+(?!an?\s|the\s)(?=[A-ZÀ-Þ])",
    re.IGNORECASE,
)
_IN_BRACKETS = re.compile(r"\s*[(\[](?P<role>[^()\[\]]*)[)\]]\.?$")
_BEHIND = re.compile(r"(?P<name>.*\S)\s*(?P<sign>[,.])\s+(?P<role>[^,.()\[\]]+)\.?", re.DOTALL)
_HONOURS = re.compile(r"(?<=[a-zà-ÿ])\s*\((?:H?[AP]?R\.?\s?(?:A|S\.?A|W\.?S|B\.?A|I|E)\.?|OM|CH|KCVO)\)")
"""Memberships of academies behind a name: "Constable, John (RA)"."""
_CALLED = re.compile(r"\s*[(\[](?:dit|dite|dit\s+le|le|la)[)\]]", re.IGNORECASE)
_BY_OTHERS = re.compile(
    r"(?:(?:printed|published|issued|written|edited|engraved|etched|lithographed|carved|cast|framed|woven|made)\b.*\bby\b"
    r"|(?:gedruckt|verlegt|gestochen|herausgegeben)\s+von|(?:imprimé|édité|publié|gravé)e?s?\s+par"
    r"|(?:stampat|edit|pubblicat|incis)[oa]\s+da|(?:impreso|editado|publicado|grabado)\s+por"
    r"|(?:gedrukt|uitgegeven|gegraveerd)\s+door|(?:trykt|udgivet)\s+af|(?:tryckt|utgiven)\s+av)(?!\w)",
    re.IGNORECASE,
)
"""How a record goes on with another maker: "printed by Fernand Mourlot"."""
_LIFE = re.compile(r"(?<!\d)1?\d{3}(?!\d)|(?<!\d)20\d{2}(?!\d)")
_ALIASES = frozenset({"none", "null"})  # what some museums write for no role
_SHORTENED = re.compile(
    r"(?:bros|mass|corp|prof|capt|esq|phot|publ|assoc|dept|conn|penn|calif|messrs|inc|mfg|cie|comp|esqr|lith)\.$|z\.$",
    re.IGNORECASE,
)
_STOP = re.compile(r"(?:[)\]]|\d{4}[-?]?|(?<![^\W\d_])[^\W\d_][a-zà-ÿ]{4,})\.$")


def split_people(text: str) -> list[str]:
    r"""Return the texts of those who made a work, each in one line; who printed or published it is left out.

    Line 1 names a person; lines of nationality and dates belong to it, a further line names another maker.

    >>> split_people("Georges Seurat\nFrench, 1859-1891\nprinted by A. Smith")
    ['Georges Seurat (French, 1859-1891)']
    """
    first = ""
    for line in filter(None, (" ".join(line.split()) for line in _LINE.split(text))):
        if not first or first.endswith(":") or not split_qualifier(first)[1]:
            first = f"{first} {line}".strip()
        elif not _is_life(line):
            break
        else:
            first += f" {line}" if line[0] in "([" else f" ({line})"
    pieces: list[str] = []
    for piece in filter(None, _SEMICOLON.split(first)):
        is_more = (
            _is_life(piece)
            or split_qualifier(f"X, {piece}")[1] == "X"
            or is_role(re.split(r"[,(\[]", piece)[0])
        )
        if pieces and is_more:
            pieces[-1] += f", {piece}"
        else:
            pieces.append(piece)
    return [piece for piece in pieces if not _is_of_others(piece)] or pieces[:1] or [""]


def take_roles(text: str) -> tuple[str, str | None]:
    """Return a text without the roles beside the name, and the nationality that stood with them.

    >>> take_roles("Photographer: Paul Wolff"), take_roles("Giotto, Italian painter")
    (('Paul Wolff', None), ('Giotto', 'Italian painter'))
    """
    text = text.strip()
    if (match := _LABEL.fullmatch(text)) and is_role(match["role"]):
        text = match["name"]
    text = _HONOURS.sub("", text)
    text = _CALLED.sub("", _LEAD.sub("", text, count=1) if _LEAD.match(text) else text)
    notes: list[str] = []
    while (step := _take_role(text)) is not None:
        text, role = step
        if any(word in NATIONALITIES for word in fold_name(role).split()):
            notes.insert(0, role)
    return text, ", ".join(notes) or None


def trim_stop(text: str) -> str:
    """Return a name without the full stop with which library records end; one of an abbreviation stays."""
    return text[:-1] if _STOP.search(text) and not _SHORTENED.search(text) else text


def _take_role(text: str) -> tuple[str, str] | None:
    match = _IN_BRACKETS.search(text)
    if match and is_role(match["role"]) and match.start() > 0:
        return text[: match.start()].rstrip(" ,;"), match["role"]
    match = _BEHIND.fullmatch(text)
    if match is None or not is_role(match["role"]):
        return None
    name, role = match["name"], match["role"]
    is_given = role[:1].isupper() and " " not in name and " " not in role  # "Smith, Potter"
    is_initial = match["sign"] == "." and not re.search(r"[)\]\d]$|[^\W\d_]{4}$", name)
    return None if is_given or is_initial else (name.rstrip(" ,;"), role)


def _is_of_others(piece: str) -> bool:
    """Tell whether a text credits somebody who only printed, published or commissioned a work."""
    if _BY_OTHERS.match(piece):
        return True
    label, behind = _LABEL.fullmatch(piece), _BEHIND.fullmatch(piece)
    brackets = _IN_BRACKETS.search(piece)
    for match in filter(None, (label, behind, brackets)):
        words = set(fold_name(match["role"]).split())
        if is_role(match["role"]) and words & OTHER_ROLES and not words & ROLES:
            return True
    return False


def _is_life(line: str) -> bool:
    """Tell whether a line is a nationality with or without dates, or dates alone: "French, born 1820"."""
    line = line.strip("()[] ")
    if _BY_OTHERS.match(line):
        return False
    first = line.split(",")[0]
    words = [word for word in fold_name(first).split() if word not in _ALIASES]
    if is_people(first) or is_place(first) or (is_role(first) and len(words) > 1):
        return True
    return _LIFE.search(first.split("(")[0]) is not None
