"""Pictures on disk by the paths that a table gives: found also where letters were spoilt on either side.

WikiArt's tables and folders have been through many hands: accents composed or not, UTF-8 read as Latin-1 and
lowered, a soft hyphen lost, another folder in front, all pictures in one folder.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from morelli.collection.sources.folders import walk_pictures
from morelli.collection.sources.wikiart import is_style, mend_slug
from morelli.collection.work import Skip

_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")


@dataclass
class PictureIndex:
    """Pictures below a folder, to be looked up by path.

    Parameters
    ----------
    root
        The folder.
    pictures
        The pictures, in the order of `walk_pictures`.
    others
        What is not a picture.
    """

    root: Path
    pictures: Sequence[Path]
    others: Sequence[Skip]
    _keys: list[dict[str, list[Path]]] = field(default_factory=list, repr=False)

    @classmethod
    def read(cls, root: Path) -> PictureIndex:
        """Return the index of the pictures at any depth below a folder."""
        found = list(walk_pictures(root))
        pictures = [entry for entry in found if isinstance(entry, Path)]
        return cls(root, pictures, [entry for entry in found if isinstance(entry, Skip)])

    def find(self, location: str) -> Path | None:
        """Return the picture that a path means, or None when there is none or it could be several.

        Parameters
        ----------
        location
            ``Style/artist_title.jpg`` with anything in front, or the name of the file alone. The folder may
            be missing on disk, but it may not be another style.
        """
        parts = PurePosixPath(location.replace("\\", "/")).parts[-2:]
        for level, spell in enumerate(_SPELLINGS):
            keys = self._keys_of(level)
            files = keys.get("/".join(map(spell, parts)), [])
            if not files and len(parts) > 1:
                files = [path for path in keys.get(spell(parts[-1]), []) if not is_style(path.parent.name)]
            if files:
                # Of several of the very same name the first: which is meant, the table does not say.
                return files[0] if level == 0 or len(files) == 1 else None
        return None

    def _keys_of(self, level: int) -> dict[str, list[Path]]:
        while len(self._keys) <= level:
            spell = _SPELLINGS[len(self._keys)]
            keys: defaultdict[str, list[Path]] = defaultdict(list)
            for path in self.pictures:
                parts = path.relative_to(self.root).parts[-2:]
                for key in {"/".join(map(spell, parts)), spell(parts[-1])}:
                    keys[key].append(path)
            self._keys.append(keys)
        return self._keys[level]


def _keep(part: str) -> str:
    return part


def _fold(part: str) -> str:
    """Mend, and leave out accents and case; punctuation stays, because ``a(1).jpg`` is not ``a-1.jpg``."""
    letters = unicodedata.normalize("NFKD", mend_slug(part.lower()).lower())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _blank(part: str) -> str:
    """Put one question mark for whatever is not ASCII, which is all that spoiling can change."""
    return _NOT_ASCII.sub("?", unicodedata.normalize("NFC", part)).lower()


_SPELLINGS: tuple[Callable[[str], str], ...] = (_keep, _fold, _blank)
"""How paths are compared, strictest first; later ones are only tried when the earlier find nothing."""
