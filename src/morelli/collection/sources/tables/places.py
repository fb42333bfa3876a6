"""Where the picture of a table's row is: a file beside it, an address, or an image service."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from morelli.collection.sources.folders import is_picture, walk_pictures
from morelli.collection.sources.iiif.images import name_info
from morelli.collection.sources.matching import is_preview, join_words, list_names, rank_picture_addresses
from morelli.collection.sources.tables.records import SERVICE_KEY, Row
from morelli.collection.sources.vocabulary import COLUMN_NAMES, SERVICE_NAMES
from morelli.collection.work import Skip, Work

_PLACE_KEYS = (
    "path", "url", "href", "src", "uri", "link", "baseimageurl", "contenturl", "publicurl", "@id", "id",
    "value", "full",
)  # fmt: skip
_SCHEME = re.compile(r"(?P<scheme>[a-zA-Z][a-zA-Z0-9+.-]+)://")
_HOST = re.compile(r"(?://)?(?P<rest>(?:[a-z0-9-]+\.)+[a-z]{2,}/\S+)", re.IGNORECASE)
"""An address without its scheme: "//img.museum.org/1.jpg"."""
_NEXT_ADDRESS = re.compile(r"\s*[|;,\s]\s*(?=https?://)")
"""What stands before a further address in one cell."""
_TIFF = re.compile(r"\.tiff?(?:$|[?#])", re.IGNORECASE)
_PLACES = ("path", "address")
_SERVICES = frozenset(map(join_words, SERVICE_NAMES))
_HINTS = re.compile(r"/iiif/|/full/[^/]+/0/|image|img|media|photo|picture|thumb|delivery", re.IGNORECASE)


@dataclass(frozen=True)
class _KnownService:
    """How a museum's records name pictures by a number alone."""

    sign: str  # column whose values say that this is the museum's record
    form: re.Pattern[str]  # of its values
    column: str  # of the number
    address: str


_KNOWN_SERVICES = (
    _KnownService(
        "api_link", re.compile(r"https?://api\.artic\.edu/\S+"), "image_id", "https://www.artic.edu/iiif/2/{}/info.json"
    ),
    _KnownService(
        "id", re.compile(r"https?://api\.artsmia\.org/objects/(\d+)"), "id", "https://1.api.artsmia.org/800/{}.jpg"
    ),
    _KnownService(SERVICE_KEY, re.compile(r"https?://\S+"), "image_id", "{sign}/{}/info.json"),
    _KnownService(
        "artifact.defaultMediaIdentifier", re.compile(r"\w+"), "artifact.defaultMediaIdentifier",
        "https://dms01.dimu.org/image/{}?dimension=1200x1200",
    ),
)  # fmt: skip
"""Of the Art Institute of Chicago, the Minneapolis Institute of Art and DigitaltMuseum, as they say."""


class Places:
    """Finds the picture of a row by the columns of paths and of addresses, the best that says one."""

    def __init__(self, source: Path, columns: Mapping[str, str], further: Sequence[str]) -> None:
        self._source = source
        self._folder = source if source.is_dir() else source.parent
        self._columns = columns
        self._addresses = tuple(filter(None, (columns.get("address"), *further)))
        self._pictures = _Pictures(self._folder)

    def find(self, row: Row) -> Work | Skip:
        """Return a work with its file or address, else a `Skip`."""
        number = f"{self._source}:row {row.number}" if row.path is None else str(row.path)
        path: Path | int = 0
        location, address = self._read(row, "path"), self._find_address(row)
        if _SCHEME.match(location):
            location, address = "", location
        elif location:
            path = self._find_picture(location, self._read(row, "folder"))
            if isinstance(path, Path):
                return Work(path, address=address or None)
        if match := _SCHEME.match(address):
            if match["scheme"].lower() in {"http", "https"}:
                return Work(None, address=address)
            return Skip(number, f"expected a path or an address with http(s), found {address}")
        if location:
            found = f"{path} of that name" if path else f"none at {location}"
            return Skip(number, f"expected a file, found {found}")
        if address:
            return Skip(number, f"expected an address with http(s), found {address}")
        columns = " or ".join(repr(self._columns[key]) for key in _PLACES if key in self._columns)
        return Skip(number, f"expected a path in column {columns}, found none")

    def _read(self, row: Row, key: str) -> str:
        return read_place(row.values.get(self._columns[key])) if key in self._columns else ""

    def _find_address(self, row: Row) -> str:
        """Return the first address in the columns of addresses, else what stands there instead."""
        found = [
            complete_address(address, column)
            for column in self._addresses
            if (address := ask_service(row.values, column) or read_place(row.values.get(column)))
        ]
        return next(filter(_SCHEME.match, found), found[0] if found else "")

    def _find_picture(self, location: str, folder: str) -> Path | int:
        """Return the file at a location, in its folder where there is one; else how many lie elsewhere."""
        places = [f"{folder}/{location}", location] if folder else [location]
        exact = filter(None, (_find_file(self._folder, place) for place in places))
        return next(exact, None) or self._pictures.find(location, folder)


def read_place(value: object) -> str:
    """Return the first path or address in a cell as it is written, else nothing."""
    if isinstance(value, (list, tuple)):
        return next(filter(None, map(read_place, value)), "")
    if isinstance(value, Mapping):
        return next(filter(None, (read_place(value.get(key)) for key in _PLACE_KEYS)), "")
    return _NEXT_ADDRESS.split(str(value or "").strip(), maxsplit=1)[0]


def complete_address(address: str, column: str) -> str:
    """Return an address with the scheme that it lacks; of an image service, that of its description.

    >>> complete_address("//img.test/1.jpg", "image_url"), complete_address("https://x.test/iiif/7", "iiif")
    ('https://img.test/1.jpg', 'https://x.test/iiif/7/info.json')
    """
    if match := _HOST.fullmatch(address):
        address = f"https://{match['rest']}"
    is_service = join_words(column.rpartition(".")[2]) in _SERVICES and not is_picture(address)
    return name_info(address) if is_service and _SCHEME.match(address) else address


def ask_service(values: Mapping[str, object], column: str) -> str | None:
    """Return the picture's address in a museum's record that names it by a number in this column, or None."""
    for service in _KNOWN_SERVICES:
        if service.column != column.removeprefix("attributes."):
            continue
        sign, number = (read_place(values.get(key)) for key in (service.sign, column))
        if (match := service.form.fullmatch(sign)) and number:
            return service.address.format(match[1] if match.groups() else number, sign=sign.rstrip("/"))
    return None


def _find_by_value(rows: Sequence[Row], columns: Iterable[str]) -> Iterator[str]:
    """Yield the columns whose values in some rows are addresses of pictures, the surest first.

    Sure are those that end as pictures do or that a known service completes; unsure those that look so.
    """
    ranked = []
    for n, column in enumerate(columns):
        cells = [(row.values, text) for row in rows if (text := read_place(row.values.get(column)))]
        addresses = [complete_address(ask_service(values, column) or text, column) for values, text in cells]
        web = [text for text in addresses if _SCHEME.match(text)]
        ends = (re.split(r"[?#]", text)[0] for text in web)
        sure = [text for text in ends if is_picture(text) or text.endswith("/info.json")]
        likely = [text for text in web if _HINTS.search(text)]
        if 2 * max(len(sure), len(likely)) > len(cells):
            rank = (any(map(_TIFF.search, web)), 2 * len(sure) <= len(cells), is_preview(column), n)
            ranked.append((rank, column))
    yield from (column for _, column in sorted(ranked))


def list_addresses(found: Sequence[str], columns: Mapping[str, str], rows: Sequence[Row]) -> list[str]:
    """Return the columns of pictures' addresses: by name, by words, else by their values."""
    path = columns.get("path")
    names = {join_words(name): column for column in reversed(found) for name in (*list_names(column), column)}
    named = [names[name] for name in map(join_words, COLUMN_NAMES["address"]) if name in names]
    by_words = rank_picture_addresses([column for column in found if column != path])
    others = [column for column in found if column not in columns.values()]
    found_by_name = list(dict.fromkeys([*named, *by_words]))
    return (
        sorted(found_by_name, key=lambda column: _rank_address(column, rows))
        or list(_find_by_value(rows, others))[:1]
    )


def _rank_address(column: str, rows: Sequence[Row]) -> tuple[bool, bool, bool]:
    """Return how a column of addresses ranks among others: no addresses, TIFF and previews come last."""
    cells = [text for row in rows if (text := read_place(row.values.get(column)))]
    is_bare = bool(cells) and not any(_SCHEME.match(complete_address(text, column)) for text in cells)
    return is_bare, any(_TIFF.search(text) for text in cells), is_preview(column)


class _Pictures:
    """The pictures in the folders under a table, by name, for paths of the table that lead nowhere."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @cached_property
    def _by_name(self) -> dict[str, list[Path]]:
        """Paths by file name, and by file name without its ending."""
        index: dict[str, list[Path]] = {}
        for path in walk_pictures(self._folder):
            if isinstance(path, Path):
                for name in {_fold_name(path.name), _fold_name(path.stem)}:
                    index.setdefault(name, []).append(path)
        return index

    def find(self, location: str, folder: str) -> Path | int:
        """Return the one picture of this name, if need be in a folder so named; else how many there are."""
        *parents, name = (_fold_name(part) for part in re.split(r"[\\/]+", location))
        found = self._by_name.get(name, [])
        for parent in filter(None, (*reversed(parents), _fold_name(Path(folder).name))):
            nearer = [path for path in found if parent in map(_fold_name, path.parts[:-1])]
            found = nearer or found
        return found[0] if len(found) == 1 else len(found)


def _fold_name(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _find_file(folder: Path, location: str) -> Path | None:
    """Find what a path means: as written, with Windows' separators, or with accents composed otherwise."""
    spellings = (location, location.replace("\\", "/"))
    forms = (*spellings, *(unicodedata.normalize(form, spellings[1]) for form in ("NFC", "NFD")))
    # os.path rather than Path: it answers False instead of raising on names no file can have.
    places = (os.path.join(folder, form) for form in forms)
    return next((Path(place) for place in places if os.path.exists(place)), None)
