"""Opens what ``morelli collect`` is given: a place on disk, a set of Kaggle, or an address of a manifest."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from morelli.cli.console import say
from morelli.collection.downloads import Downloader, Politeness
from morelli.collection.sources import recognise
from morelli.collection.sources.iiif import Iiif
from morelli.collection.sources.layout import Layout
from morelli.collection.sources.table import parse_map
from morelli.collection.work import Skip
from morelli.errors import UsageError

_MANIFESTS = "manifests"
"""The folder, below that of the downloads, where manifests are kept."""

_KAGGLE = "kaggle:"
"""What the name of a set of Kaggle begins with, to tell it from a path."""

_Progress = Callable[[str, int, int], None]


def open_downloader(
    stack: ExitStack, folder: Path | None, rate_per_s: float, *, is_private_allowed: bool
) -> Downloader | None:
    """Return a downloader that is closed with the stack, or None without a folder."""
    if folder is None:
        return None
    politeness = Politeness(rate_per_s=rate_per_s, allow_private=is_private_allowed)
    return stack.enter_context(Downloader(folder, politeness))


def open_source(
    source: str,
    layout: str | None,
    columns: Sequence[str],
    *,
    downloader: Downloader | None,
    folder: Path | None,
    progress: _Progress,
) -> tuple[Path, Layout]:
    """Return the place that a source is named after, and its layout.

    Raises
    ------
    UsageError
        When an address or a set of Kaggle is given without a folder to download into.
    """
    mapping = parse_map(",".join(columns)) if columns else None
    if source.startswith(_KAGGLE):
        path = _fetch_set(source, folder)
    elif "://" in source:
        path, lost = _fetch_manifests(source, downloader, folder, progress)
        found = recognise(path, layout or "iiif", mapping)
        return path, replace(found, lost=lost) if isinstance(found, Iiif) else found
    else:
        path = Path(source)
    return path, recognise(path, layout, mapping)


def _fetch_set(source: str, folder: Path | None) -> Path:
    if folder is None:
        raise _ask_for_folder(source, "a folder to keep the set in", "a set of Kaggle without --download")
    from morelli.collection.downloads.kaggle import fetch_kaggle_set

    name = source.removeprefix(_KAGGLE)
    say(f"fetching {name} from Kaggle into {folder}, unless it is there")
    return fetch_kaggle_set(name, folder)


def _fetch_manifests(
    source: str, downloader: Downloader | None, folder: Path | None, progress: _Progress
) -> tuple[Path, tuple[Skip, ...]]:
    """Return the folder of a collection's manifests, and what of it could not be fetched."""
    if downloader is None or folder is None:
        expected = "a folder to keep manifests and pictures in"
        raise _ask_for_folder(source, expected, "an address without --download")
    from morelli.collection.sources.iiif import harvest_manifests

    manifests = folder / _MANIFESTS / _name_address(source)
    lost = harvest_manifests(
        source, manifests, downloader.read_json, progress=lambda done, n: progress("manifests", done, n)
    )
    return manifests, tuple(lost)


def _name_address(address: str) -> str:
    """Name a folder after an address: each has its own, so that no source reads the manifests of another."""
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        host = ""
    kept = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in host)
    return f"{kept or 'manifests'}-{hashlib.sha256(address.encode(errors='replace')).hexdigest()[:8]}"


def _ask_for_folder(source: str, expected: str, found: str) -> UsageError:
    return UsageError(source, expected=expected, found=found, remedy="add --download FOLDER")
