"""The words that stand between a name and an autograph work: "attributed to", "workshop of", "after"."""

from __future__ import annotations

import re

QUALIFIERS = (
    "attributed to", "workshop of", "studio of", "circle of", "follower of", "school of", "manner of",
    "style of", "imitator of", "copy after", "after",
)  # fmt: skip
"""The qualifiers as they are stored."""

_AT_START = re.compile(rf"\s*({'|'.join(QUALIFIERS)})\b", re.IGNORECASE)


def split_qualifier(text: str) -> tuple[str | None, str]:
    """Return the qualifier a text begins with, as it is stored, or None; and the text without it.

    Examples
    --------
    >>> split_qualifier("Workshop of Rembrandt"), split_qualifier("Rembrandt")
    (('workshop of', 'Rembrandt'), (None, 'Rembrandt'))
    """
    match = _AT_START.match(text)
    return (match[1].lower(), text[match.end() :].strip()) if match else (None, text.strip())
