"""Names of folders for classes: such that every file system takes them, and no two become one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

MAX_BYTES = 120
"""Longest name in bytes of UTF-8, well below the 255 that file systems allow for one name."""

_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
"""What Windows takes in no name, POSIX's slash among it."""

_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
"""Names of devices on Windows, with any ending."""


def name_folders(classes: Iterable[str]) -> dict[str, str]:
    """Return a folder name for each class; the name of the class itself wherever that can be.

    Parameters
    ----------
    classes
        Names, in any order; repeated ones count once.

    Returns
    -------
    names
        Class to folder, sorted by class. No two folders differ in case or composition of accents only: later
        classes, in order of name, get a number.

    Examples
    --------
    >>> name_folders(["AC/DC", "ac_dc", "Claude Monet"])
    {'AC/DC': 'AC_DC', 'Claude Monet': 'Claude Monet', 'ac_dc': 'ac_dc (2)'}
    """
    taken: set[str] = set()
    names = {}
    for name in sorted(set(classes)):
        stem = clean_name(name)
        folder, number = stem, 1
        while (key := _fold(folder)) in taken:
            number += 1
            folder = f"{stem} ({number})"
        taken.add(key)
        names[name] = folder
    return names


def clean_name(name: str) -> str:
    """Return a name without what a file system refuses; ``_`` stands for it.

    Examples
    --------
    >>> clean_name("CON"), clean_name("../etc"), clean_name("Monet, C. ")
    ('CON_', '_._etc', 'Monet, C')
    """
    text = _FORBIDDEN.sub("_", unicodedata.normalize("NFC", name))
    text = text.encode("utf-8", "replace")[:MAX_BYTES].decode("utf-8", "ignore").strip(" ")
    text = text.rstrip(". ")
    if text.startswith("."):
        text = "_" + text[1:]  # hidden otherwise
    if _RESERVED.fullmatch(text):
        stem, dot, ending = text.partition(".")
        text = f"{stem}_{dot}{ending}"
    return text or "_"


def _fold(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
