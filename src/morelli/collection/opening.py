"""Opens what works are collected from, and says which of its records are wanted and where their files are.

A source is a place on disk, a set of Kaggle, or the address of a IIIF manifest. Between the layouts, which
list records, and `reading`, which opens pictures.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from urllib.parse import urlsplit

from morelli.collection.downloads import Downloader, Fetched
from morelli.collection.downloads.kaggle import fetch_kaggle_set
from morelli.collection.names.text import fold_name
from morelli.collection.sources import Layout, recognise
from morelli.collection.sources.iiif import Iiif, harvest_manifests
from morelli.collection.sources.layout import ReadJson
from morelli.collection.work import LABEL_SEPARATOR, Skip, Work
from morelli.errors import UsageError
from morelli.settings import Progress, ignore_progress

_MANIFESTS = "manifests"
"""The folder, below that of the downloads, where manifests are kept."""

_KAGGLE = "kaggle:"
"""What the name of a set of Kaggle begins with, to tell it from a path."""

_WANTED_FIELDS = tuple(field.name for field in fields(Work) if field.name not in {"path", "address", "year"})
"""The fields of a work that a choice may name."""


def open_source(
    source: str,
    layout: str | None = None,
    columns: Mapping[str, str] | None = None,
    *,
    downloader: Downloader | None = None,
    progress: Progress = ignore_progress,
    say: Callable[[str], None] | None = None,
) -> tuple[Path, Layout]:
    """Return the place that a source is named after, and its layout, after fetching what is not on disk.

    `layout` and `columns` are as in `recognise`; progress is called with ("manifests", done, known so far),
    and `say` with a sentence before something takes long. Raises `UsageError` when an address or a set of
    Kaggle is given without a downloader, whose folder keeps it.
    """
    if source.startswith(_KAGGLE):
        path = _fetch_set(source, downloader, say)
    elif "://" in source:
        path, lost = _fetch_manifests(source, downloader, progress)
        found = recognise(path, layout or Iiif.name, columns)
        return path, replace(found, lost=lost) if isinstance(found, Iiif) else found
    else:
        path = Path(source)
    return path, recognise(path, layout, columns)


def select_works(entries: Iterable[Work | Skip], only: Mapping[str, str]) -> list[Work | Skip]:
    """Return the works that have all wanted values by field, and all skips.

    Of a work with several labels one is enough. Values are compared by `fold_name`; an empty one wants the
    works without any. Raises `UsageError` when there is no such field.

    >>> works = [Work(None, artist="Claude Monet", classification="Print"), Work(None, artist="Claude Monet")]
    >>> len(select_works(works, {"classification": "print"}))
    1
    """
    _check_fields(only)
    wanted = {name: fold_name(value) for name, value in only.items()}
    return [entry for entry in entries if isinstance(entry, Skip) or _is_wanted(entry, wanted)]


def parse_only(texts: Sequence[str]) -> dict[str, str]:
    """Return wanted values by field from texts such as ``classification=Painting``, each field once."""
    parts = [text.partition("=") for text in texts]
    for text, (_, sign, _) in zip(texts, parts, strict=True):
        if not sign:
            raise UsageError(
                "--only",
                expected="a field and a value, as classification=Painting",
                found=repr(text),
                remedy="put an equals sign between them",
            )
    only: dict[str, str] = {}
    for name, value in ((name.strip(), value.strip()) for name, _, value in parts):
        if only.setdefault(name, value) != value:
            raise UsageError(
                "--only",
                expected="each field once",
                found=f"{name}={only[name]} and {name}={value}",
                remedy="choose one; a gallery takes both when they are collected one after the other",
            )
    _check_fields(only)
    return only


def fetch_works(
    entries: Sequence[Work | Skip],
    downloader: Downloader,
    locate: Callable[[str, ReadJson], str],
    progress: Progress | None = None,
    *,
    retry_failed: bool = False,
) -> list[Work | Skip]:
    """Return the entries with files in the place of addresses, in the same order.

    Works that have a file stay as they are; one whose picture could not be fetched becomes a `Skip` that
    names its address and the reason. Progress is called with ("download", addresses done, of how many).
    """
    addresses = [
        entry.address for entry in entries if isinstance(entry, Work) and not entry.path and entry.address
    ]
    found: dict[str, Fetched | Skip] = {}
    for fetched in downloader.fetch(
        addresses, locate=locate, progress=progress or ignore_progress, retry_failed=retry_failed
    ):
        found[fetched.address if isinstance(fetched, Fetched) else fetched.path] = fetched
    return [_take_file(entry, found) for entry in entries]


def _fetch_set(source: str, downloader: Downloader | None, say: Callable[[str], None] | None) -> Path:
    if downloader is None:
        raise _require_folder(source, "a folder to keep the set in", "a set of Kaggle without --download")
    name = source.removeprefix(_KAGGLE)
    if say is not None:
        say(f"fetching {name} from Kaggle into {downloader.folder}, unless it is there")
    return fetch_kaggle_set(name, downloader.folder)


def _fetch_manifests(
    source: str, downloader: Downloader | None, progress: Progress
) -> tuple[Path, tuple[Skip, ...]]:
    """Return the folder of a collection's manifests, and what of it could not be fetched."""
    if downloader is None:
        expected = "a folder to keep manifests and pictures in"
        raise _require_folder(source, expected, "an address without --download")
    folder = downloader.folder / _MANIFESTS / _name_address(source)
    return folder, tuple(harvest_manifests(source, folder, downloader.read_json, progress=progress))


def _name_address(address: str) -> str:
    """Name a folder after an address: each has its own, so that no source reads the manifests of another."""
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        host = ""
    kept = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in host)
    return f"{kept or 'manifests'}-{hashlib.sha256(address.encode(errors='replace')).hexdigest()[:8]}"


def _require_folder(source: str, expected: str, found: str) -> UsageError:
    return UsageError(source, expected=expected, found=found, remedy="add --download FOLDER")


def _check_fields(only: Iterable[str]) -> None:
    for name in only:
        if name not in _WANTED_FIELDS:
            raise UsageError(
                "--only",
                expected="one of the fields " + ", ".join(_WANTED_FIELDS),
                found=repr(name),
                remedy="write it as --only classification=Painting",
            )


def _is_wanted(work: Work, wanted: Mapping[str, str]) -> bool:
    return all(
        value in {fold_name(label) for label in str(getattr(work, name) or "").split(LABEL_SEPARATOR)}
        for name, value in wanted.items()
    )


def _take_file(entry: Work | Skip, found: Mapping[str, Fetched | Skip]) -> Work | Skip:
    if isinstance(entry, Skip) or entry.path or not entry.address:
        return entry
    fetched = found[entry.address]
    return replace(entry, path=fetched.path.absolute()) if isinstance(fetched, Fetched) else fetched
