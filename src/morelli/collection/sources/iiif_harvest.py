"""Bringing a IIIF collection here: its manifests, and those of the collections within, one file each.

What is here already is not fetched again, so a harvest that was broken off goes on. `iiif` reads the folder.
"""

from __future__ import annotations

import json
import os
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

from morelli.collection.sources.addresses import ReadJson
from morelli.collection.sources.iiif_documents import (
    COLLECTION,
    Reference,
    find_kind,
    list_members,
    name_file,
)
from morelli.collection.sources.iiif_images import is_web_address
from morelli.collection.sources.json_files import try_json
from morelli.collection.work import Skip
from morelli.errors import DownloadError, SourceError

MAX_DEPTH = 12
"""Collections within collections are followed this far: the deepest of libraries have five or six."""

Progress = Callable[[int, int], None]
"""Told how many documents are done, and how many are known so far."""


def harvest_manifests(
    address: str,
    folder: Path,
    read_json: ReadJson,
    *,
    progress: Progress | None = None,
) -> list[Skip]:
    """Return what could not be fetched of a manifest or collection, after saving all else.

    Parameters
    ----------
    address
        A manifest or collection of Presentation 2 or 3.
    folder
        Where each document is saved as JSON, named by the SHA-256 of its address; made where it is missing.
    read_json
        Fetches an address.
    progress
        Called after each document.

    Raises
    ------
    DownloadError
        When the address itself cannot be fetched, or is neither manifest nor collection.
    SourceError
        When the folder cannot be made or written in.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise _refuse_folder(folder, fault) from fault
    skips: list[Skip] = []
    waiting, known, n_done = deque([(address, 0)]), {address}, 0
    while waiting:
        here, depth = waiting.popleft()
        try:
            document = _get_document(here, folder, read_json)
        except DownloadError as fault:
            if here == address:
                raise
            skips.append(Skip(here, f"expected {fault.expected}, found {fault.found}"))
            document = None
        for member in _list_references(document):
            skip = _check_member(member, here, depth)
            if skip is not None:
                skips.append(skip)
            elif member not in known:
                known.add(member)
                waiting.append((member, depth + 1))
        n_done += 1
        if progress is not None:
            progress(n_done, len(known))
    return skips


def _get_document(address: str, folder: Path, read_json: ReadJson) -> Any:
    """Return a document from the folder, else from its address; then save it."""
    path = folder / name_file(address)
    if path.is_file() and find_kind(document := try_json(path)):
        return document
    document = read_json(address)
    if find_kind(document) is None:
        raise DownloadError(
            address,
            expected="a IIIF manifest or collection",
            found="other JSON",
            remedy="give the address of a manifest or collection of Presentation 2 or 3",
        )
    _save_document(document, path)
    return document


def _save_document(document: Any, path: Path) -> None:
    """Write a file that is there as a whole or not at all, whenever this is broken off."""
    try:
        text = json.dumps(document)
    except RecursionError as fault:
        raise DownloadError(
            path.name,
            expected="JSON of some levels",
            found="levels without end",
            remedy="leave it out",
        ) from fault
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_text(text, encoding="ascii")
        os.replace(part, path)
    except OSError as fault:
        raise _refuse_folder(path.parent, fault) from fault


def _refuse_folder(folder: Path, fault: OSError) -> SourceError:
    return SourceError(
        folder,
        expected="a folder to write in",
        found=(fault.strerror or str(fault)).lower(),
        remedy="give another folder, or make room",
    )


def _list_references(document: Any) -> list[Any]:
    if find_kind(document) != COLLECTION:
        return []
    return [member.address for member in list_members(document) if isinstance(member, Reference)]


def _check_member(address: Any, collection: str, depth: int) -> Skip | None:
    if not is_web_address(address):
        return Skip(collection, "expected the web address of a manifest, found none")
    if depth >= MAX_DEPTH:
        return Skip(address, f"expected collections at most {MAX_DEPTH} deep, found one that goes deeper")
    return None
