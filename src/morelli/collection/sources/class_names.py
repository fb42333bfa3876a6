"""The names behind the numbers in WikiArt's tables: from the files of class names where there are any.

A number without a name stays a label of its own, such as "artist 17".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from morelli.collection.names import mend_text, name_artist
from morelli.errors import SourceError

GENRES = (
    "abstract painting", "cityscape", "genre painting", "illustration", "landscape", "nude painting",
    "portrait", "religious painting", "sketch and study", "still life",
)  # fmt: skip
"""The genres in the order of ArtGAN's ``genre_class.txt``; in ``wclasses.csv`` the first is `FIRST_GENRE`."""

FIRST_GENRE = 129
"""In ``wclasses.csv`` 0 to 128 are artists, 129 to 139 genres and 140 to 166 styles."""
OTHER_GENRE = FIRST_GENRE + len(GENRES)
"""The code of works whose genre is none of `GENRES`; like artist 0 it is no class."""

_CODE = re.compile(r"(\d{1,9})(\.0+)?")
_LINE = re.compile(r"\s*(?P<code>\d{1,9})[\s,;:]+(?P<name>.*\S)\s*")


def read_code(text: str | None) -> int | None:
    """Return the class number that a cell holds, or None.

    Examples
    --------
    >>> read_code("17"), read_code("17.0"), read_code("seventeen")
    (17, 17, None)
    """
    match = _CODE.fullmatch((text or "").strip())
    return int(match[1]) if match else None


@dataclass(frozen=True)
class ClassNames:
    """The names of the classes of one task.

    Parameters
    ----------
    task
        "artist", "genre" or "style".
    names
        The name of each number; none where there is no file of names.
    """

    task: str
    names: Mapping[int, str]

    @classmethod
    def find(cls, folder: Path, task: str) -> ClassNames:
        """Return the names in a folder's ``artist_class.txt`` or its like, or none.

        Raises
        ------
        SourceError
            When there is such a file and it cannot be read.
        """
        for name in (f"{task}_class.txt", f"{task}_classes.txt", f"{task}_class"):
            if (folder / name).is_file():
                return cls(task, _read_names(folder / name))
        return cls(task, {})

    def name_class(self, code: int | None) -> str | None:
        """Return the name of a number, else a label made of it, such as "style 17"."""
        if code is None:
            return None
        return self.names.get(code) or f"{self.task} {code}"

    def name_shifted(self, code: int | None) -> str | None:
        """Return the artist of a number of ``wclasses.csv``, or None when the file of names is another list.

        There 0 is the unknown artist. ArtGAN's list begins with Dürer instead and does not go with it.
        """
        is_its_list = 0 in self.names and name_artist(self.names[0]) is None
        return self.names.get(code) if is_its_list and code is not None else None

    def name_genre(self, code: int | None) -> str | None:
        """Return the genre of a number of ``wclasses.csv``; none for that of all other genres."""
        if code is not None and FIRST_GENRE <= code < OTHER_GENRE:
            return GENRES[code - FIRST_GENRE]
        return None if code == OTHER_GENRE else self.name_class(code)


def _read_names(path: Path) -> dict[int, str]:
    try:
        data = path.read_bytes()
    except OSError as fault:
        raise SourceError(
            path,
            expected="a readable file of class names",
            found=(fault.strerror or str(fault)).lower(),
            remedy="check its permissions, or take it away",
        ) from fault
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    matches = (_LINE.fullmatch(line) for line in text.splitlines())
    return {int(match["code"]): mend_text(match["name"]).replace("_", " ") for match in matches if match}
