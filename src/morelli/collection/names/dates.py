"""When a work was made, out of the texts that collections really carry."""

from __future__ import annotations

import re

FIRST_YEAR, LAST_YEAR = 1000, 2100
"""Numbers outside are measurements or inventory numbers rather than years of paintings, CE."""

_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_NEGATIVE = re.compile(r"\s*[-−–]\s*\d+(?:\.0*)?\s*")
_CENTURY = re.compile(
    r"['’]?s(?!\w)|-?(?:tal|tallet|talet|luku|luvulla)\b|er\b|-e\b|\s*(?:-\s*)?(?:talet|tallet)\b",
    re.IGNORECASE,
)
"""What makes a century of a number that ends in two noughts: "1800s", "1800-talet"."""
_BEFORE_ERA = re.compile(
    r"(?<![^\W\d_])(?:B\.?\s?C\.?(?:\s?E\.?)?(?!\w)|v\.?\s?u\.?\s?Z\.?|v\.?\s?Chr|vor\s+Chr|av(?:ant|\.)?\s+(?:J\.?-?\s?C|notre\s+ère|n\.\s?è)|"
    r"a\.\s?C\.|a\.\s?de\s?C\.|avanti\s+Cristo|antes\s+de\s+Cristo|v\.?\s?o\.?\s?t\.|voor\s+Chr|f\.?\s?Kr|f\.?\s?v\.?\s?t\.|"
    r"före\s+Krist|før\s+Krist|p\.?\s?n\.?\s?e\b|przed\s+Chr|př\.?\s?n\.?\s?l|př\.?\s?Kr|před\s+Krist)",
    re.IGNORECASE,
)
_SPAN = re.compile(
    r"[\s\d\-–—/.,?]*(?:(?:to|or|and|bis|und|oder|et|ou|e|o|y|tot|en|til|till|do|až|c|ca|circa|century|cent)\b[\s\d\-–—/.,?]*)*",
    re.IGNORECASE,
)
"""What may stand between a year and the era that holds for it too: "1981-1975 B.C."."""
_OTHER_ERA = re.compile(r"\s*(?:A\.?\s?H\.?|AM|B\.?\s?P\.?|B\.?\s?S\.?)(?![\w])")
_OTHER_ERA_FIRST = re.compile(r"(?:\bA\.?H\.?|\bAnno\s+Hegirae)\s*$")


def year_from_text(text: str | None) -> int | None:
    """Return the first year CE that a text names, or None; a century names none, a span its first.

    >>> [year_from_text(text) for text in ("1890.0", "the-city-1919-2", "late 1800s", "ca. 1981-1975 B.C.")]
    [1890, 1919, None, None]
    """
    text = text or ""
    if _NEGATIVE.fullmatch(text):
        return None
    for match in _YEAR.finditer(text):
        if not FIRST_YEAR <= int(match[0]) <= LAST_YEAR or _is_no_year(text, match):
            continue
        before_era = _BEFORE_ERA.search(text)
        is_late = before_era and (
            before_era.start() < match.start() or _SPAN.fullmatch(text[match.end() : before_era.start()])
        )
        return None if is_late else int(match[0])
    return None


def _is_no_year(text: str, match: re.Match[str]) -> bool:
    """Tell whether four digits are a century ("1800s"), of another era or a number of the inventory."""
    is_century = match[0].endswith("00") and _CENTURY.match(text, match.end())
    return bool(
        is_century or _OTHER_ERA.match(text, match.end()) or _OTHER_ERA_FIRST.search(text[: match.start()])
    )
