"""Folders that are named, one per artist or, as WikiArt's, one per style; and pictures in none of these.

`ArtistFolders` reads pictures of any name, ``Claude_Monet/impression.jpg``, in sub-folders too. `WikiArt`
reads ``Cubism/artist-slug_title-1889.jpg``.

Artists, titles and years come from the file names, so names lack accents and some titles are lost. The same
picture may stand under several styles; the gallery unites them by content.
"""

from __future__ import annotations

import logging
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from morelli.collection.names.people import read_person
from morelli.collection.names.spoiled import is_spoiled, match_spoiled
from morelli.collection.names.text import (
    fold_name,
    mend_text,
    name_from_folder,
    name_from_slug,
    title_from_slug,
)
from morelli.collection.sources.file_names import describe_file, part_name, part_title, split_words
from morelli.collection.sources.folders import is_picture, list_folders, sample_pictures, walk_pictures
from morelli.collection.sources.layout import DirectAddresses
from morelli.collection.work import Skip, Work
from morelli.errors import LayoutError

_log = logging.getLogger(__name__)

_STYLES = frozenset({
    "abstract_expressionism", "action_painting", "analytical_cubism", "art_nouveau", "art_nouveau_modern",
    "baroque", "color_field_painting", "contemporary_realism", "cubism", "early_renaissance", "expressionism",
    "fauvism", "high_renaissance", "impressionism", "mannerism_late_renaissance", "minimalism",
    "naive_art_primitivism", "new_realism", "northern_renaissance", "pointillism", "pop_art",
    "post_impressionism", "realism", "rococo", "romanticism", "surrealism", "symbolism", "synthetic_cubism",
    "ukiyo_e",
})  # fmt: skip
"""Folder names, in lower case, of the 27 styles of the WikiArt set by Tan et al. (2019,
doi:10.1109/TIP.2018.2866698) and two that other copies have."""

_FILE_NAME = re.compile(r"(?P<slug>[^_\s]+)_(?P<title>.+?)(?:\(\d+\))?")
"""A slug, an underscore, a title, and the number of a further copy in brackets."""
_LOST_TITLE = re.compile(r"not_detected_\d+(?=-\d{4}$|$)")
_MIN_SHARE = 0.8

_MUSEUM = re.compile(
    r"mus[eé]|muzeum|galler|galer|pinac|pinak|collecti|coleccion|collezion|sammlung|samling|zbiory|sbírk"
    r"|institut|archiv|librar|biblio|foundation|fondation|stiftung|trust|louvre|prado|tate|uffizi|hermitage",
    re.IGNORECASE,
)
"""Words in the names of museums and collections."""
_KIND_OF_WORK = re.compile(
    r"^[\W\d]*s?$|paint|draw|print|etch|engrav|sketch|stud(y|ies)|water|portrait|landscape|still|early|late"
    r"|mature|detail|other|misc|zeichn|gemälde|bilder|druck|dessin|peinture|gravure|disegn|dipint|dibujo|pintura",
    re.IGNORECASE,
)
"""Words in the names of folders for kinds or times of works."""


def is_style(folder_name: str) -> bool:
    """Tell whether a folder bears the name of a style, such as ``Ukiyo_e``."""
    return re.sub(r"[\s-]+", "_", folder_name.lower()) in _STYLES


@dataclass(frozen=True)
class WikiArt(DirectAddresses):
    """A source with one folder per style and the artist in each file's name."""

    name: ClassVar[str] = "wikiart"

    source: Path
    reason: str

    @classmethod
    def fit(cls, source: Path, *, is_forced: bool) -> WikiArt:
        """Fit a folder of which four in five pictures lie in sub-folders and are named ``artist-slug_title``.

        Unless forced, the sub-folders must be styles too, by their names or because artists return from
        folder to folder.
        """
        folders = list_folders(source) if source.is_dir() else []
        slugs = {folder: _read_slugs(folder) for folder in folders}
        n_pictures = sum(map(len, slugs.values()))
        n_named = sum(slug is not None for found in slugs.values() for slug in found)
        if n_pictures == 0 or n_named < _MIN_SHARE * n_pictures:
            raise _refuse(source, f"{n_named} of {n_pictures} pictures in sub-folders with such names")
        if is_forced:
            return cls(source, "it was asked for")
        return cls(source, _find_reason(source, {folder: found for folder, found in slugs.items() if found}))

    def read(self) -> Iterator[Work | Skip]:
        """Yield the works sorted by style and file, and a `Skip` for whatever is not a work."""
        for found in walk_pictures(self.source):
            if isinstance(found, Skip):
                yield found
            elif found.parent == self.source:
                yield Skip(str(found), "expected a picture in a style's folder, found one beside the folders")
            else:
                style = found.relative_to(self.source).parts[0]
                yield read_name(found, style) or Skip(
                    str(found), "expected a file named artist-slug_title, found another name"
                )


def _read_slugs(folder: Path) -> list[str | None]:
    matches = [_match_name(path) for path in sample_pictures(folder)]
    return [match["slug"] if match else None for match in matches]


def _match_name(path: Path) -> re.Match[str] | None:
    match = _FILE_NAME.fullmatch(path.stem)
    is_slug = (
        match is not None and match["slug"] == match["slug"].lower() and re.search(r"[^\W\d]", match["slug"])
    )
    return match if is_slug else None


def _find_reason(source: Path, slugs: dict[Path, list[str | None]]) -> str:
    """Say by what the folders are styles, or raise."""
    n_styles = sum(is_style(folder.name) for folder in slugs)
    if 2 * n_styles > len(slugs):
        return f"{n_styles} of {len(slugs)} folders are named after styles, the files artist-slug_title"
    homes = defaultdict(set)
    for folder, found in slugs.items():
        for slug in found:
            homes[slug].add(folder)
    n_returning = sum(len(folders) > 1 for folders in homes.values())
    if n_returning > 0 and _are_full_names(list(homes)) and len(homes) > len(slugs):
        return f"files are named artist-slug_title and {n_returning} artists are in several folders"
    raise _refuse(source, f"{n_styles} of {len(slugs)} folders named after a style")


def _are_full_names(slugs: Sequence[str | None]) -> bool:
    """Tell whether most slugs have a hyphen, as first and last names do and words of titles do not."""
    return 2 * sum(slug is not None and "-" in slug for slug in slugs) > len(slugs)


def _refuse(source: Path, found: str) -> LayoutError:
    return LayoutError(
        source,
        expected="folders named after styles holding files named artist-slug_title.jpg",
        found=found,
        remedy="give the folder that holds the styles' folders",
    )


def read_name(path: Path, style: str) -> Work | None:
    """Return the work that a file's name and its folder describe, or None when the name is of another kind.

    >>> work = read_name(Path("juan-gris_still-life-1921(1).jpg"), "Synthetic_Cubism")
    >>> work.artist, work.title, work.year, work.style
    ('Juan Gris', 'Still life', 1921, 'Synthetic Cubism')
    """
    match = _match_name(path)
    if match is None:
        return None
    title, year = title_from_slug(_LOST_TITLE.sub("", match["title"]))
    return Work(
        path,
        artist=name_from_slug(match["slug"]),
        title=title,
        year=year,
        style=mend_text(style).replace("_", " ").strip(),
    )


@dataclass(frozen=True)
class ArtistFolders(DirectAddresses):
    """A source with one folder per artist; `source` holds the artists' folders."""

    name: ClassVar[str] = "artist-folders"

    source: Path
    reason: str
    is_by_source: bool = False  # whether a level of museums or collections lies above the artists' folders

    @classmethod
    def fit(cls, source: Path, *, is_forced: bool) -> ArtistFolders:
        """Fit a folder whose sub-folders hold pictures and, unless forced, are not named after styles."""
        folders = list_folders(source) if source.is_dir() else []
        filled = [folder for folder in folders if sample_pictures(folder, n_max=1)]
        if not filled:
            raise _refuse_artists(
                source, f"{len(folders)} sub-folders without a picture" if folders else "no sub-folders"
            )
        n_styles = sum(is_style(folder.name) for folder in filled)
        if 2 * n_styles > len(filled) and not is_forced:
            raise _refuse_artists(source, f"{n_styles} of {len(filled)} sub-folders named after styles")
        if not is_forced and _has_sources_above(source, filled):
            return cls(
                source, f"artists' folders lie in {len(filled)} others, such as {filled[0].name!r}", True
            )
        return cls(source, f"pictures lie in {len(filled)} sub-folders, such as {filled[0].name!r}")

    def read(self) -> Iterator[Work | Skip]:
        """Yield the works sorted by folder and file, and a `Skip` for whatever is not a work.

        Log the folders whose names have lost letters, and as which others they are read.
        """
        spellings = _match_folders(self.source, self.is_by_source)
        for found in walk_pictures(self.source):
            if isinstance(found, Skip):
                yield found
            elif found.parent == self.source:
                yield Skip(
                    str(found), "expected a picture in an artist's folder, found one beside the folders"
                )
            else:
                parts = found.relative_to(self.source).parts
                place = parts[0] if self.is_by_source and len(parts) > 2 else None
                folder = parts[1] if place else parts[0]
                person = read_person(name_from_folder(spellings.get(folder, folder)))
                yield Work(
                    found,
                    artist=person.name,
                    qualifier=person.qualifier,
                    artist_dates=person.dates,
                    school=None if person.name else person.note,
                    source=name_from_folder(place) if place else None,
                    **describe_file(found, artist=person.name or ""),
                )


def _match_folders(source: Path, is_by_source: bool) -> dict[str, str]:
    """Return by which other folder's name a spoiled one is read; log these, and those like no other."""
    folders = list_folders(source)
    names = [
        inner.name for folder in folders for inner in (list_folders(folder) if is_by_source else [folder])
    ]
    mended = {name: mend_text(name) for name in names}
    found = match_spoiled(mended.values())
    if found:
        told = ", ".join(f"{name!r} as {other!r}" for name, other in found.items())
        _log.warning("%s: letters lost in folders' names, read by others: %s", source, told)
    if lost := [name for name in mended.values() if name not in found and is_spoiled(name)]:
        _log.warning(
            "%s: letters lost in folders' names: %s; rename them", source, ", ".join(map(repr, lost))
        )
    return {name: found[text] for name, text in mended.items() if text in found}


def _has_sources_above(source: Path, folders: Sequence[Path]) -> bool:
    """Say whether artists return from folder to folder, so that these are museums; raise where both may be.

    Rembrandt/drawings beside Rubens/drawings are artists with kinds of their works.
    """
    names = [inner.name.casefold() for folder in folders for inner in list_folders(folder)]
    if len(names) == len(set(names)) or any(_holds_pictures(folder) for folder in folders):
        return False
    if all(_KIND_OF_WORK.search(name) for name in names):
        return False
    if any(_MUSEUM.search(folder.name) for folder in folders) or len(set(names)) > len(folders):
        return True
    raise LayoutError(
        source,
        expected="one level of artists' folders",
        found=f"two levels with the same names below, such as {min(names)!r}",
        remedy="if the upper folders are the artists, add --layout artist-folders; else give each in turn",
    )


def _holds_pictures(folder: Path) -> bool:
    return any(is_picture(path.name) and path.is_file() for path in folder.iterdir())


def _refuse_artists(source: Path, found: str) -> LayoutError:
    return LayoutError(
        source,
        expected="a folder of artists' folders with pictures in them",
        found=found,
        remedy="give the folder that holds the artists' folders",
    )


@dataclass(frozen=True)
class Pictures(DirectAddresses):
    """A folder of pictures: a collection without artists, unless its files are named after them."""

    name: ClassVar[str] = "pictures"

    source: Path
    reason: str
    names_artists: bool = False

    @classmethod
    def fit(cls, source: Path, *, is_forced: bool) -> Pictures:
        """Fit a folder in which pictures lie and, unless forced, none lie in folders below."""
        pictures = sample_pictures(source) if source.is_dir() else []
        n_beside = sum(path.parent == source for path in pictures)
        if not pictures or (n_beside < len(pictures) and not is_forced):
            raise LayoutError(
                source,
                expected="a folder of pictures, and none in folders below",
                found=f"{n_beside} pictures there and {len(pictures) - n_beside} in folders below",
                remedy="give the folder of the pictures, or add --layout pictures",
            )
        found = [artist for path in pictures if (artist := part_name(path.stem).artist)]
        n_full = sum(len(split_words(artist)) > 1 for artist in found)
        returns = len({fold_name(artist) for artist in found}) < len(found)
        is_named = len(found) >= _MIN_SHARE * len(pictures) and (2 * n_full > len(found) or returns)
        reason = f"{len(pictures)} pictures lie in it"
        reason += ", named artist and title" if is_named else ", without artists"
        return cls(source, reason, is_named)

    def read(self) -> Iterator[Work | Skip]:
        """Yield the works sorted by file, and a `Skip` for whatever is no picture."""
        for found in walk_pictures(self.source):
            yield found if isinstance(found, Skip) else self._describe(found)

    def _describe(self, path: Path) -> Work:
        artist = part_name(path.stem).artist if self.names_artists else None
        if artist is None:
            whole = part_title(path.stem)
            return Work(path, title=whole.title, **(whole.dates or {}))
        person = read_person(name_from_folder(artist.strip()))
        return Work(
            path,
            artist=person.name,
            qualifier=person.qualifier,
            artist_dates=person.dates,
            school=None if person.name else person.note,
            **describe_file(path),
        )
