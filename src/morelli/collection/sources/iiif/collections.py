"""IIIF manifests and collections, Presentation 2 and 3: a file of JSON, or a folder of them.

Museums and libraries describe their pictures that way. The pictures are fetched from image services; whole
collections are brought here first by `harvest_manifests`.
"""

from __future__ import annotations

import json
import logging
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from morelli.collection.sources.folders import JSON_SUFFIX, load_json, sample_json, try_json, walk_json
from morelli.collection.sources.iiif.images import is_web_address, locate_image
from morelli.collection.sources.iiif.manifests import (
    COLLECTION,
    MANIFEST,
    NEWEST,
    Reference,
    find_kind,
    find_version,
    list_doubtful,
    list_members,
    name_file,
    read_address,
    read_manifest,
)
from morelli.collection.sources.layout import ReadJson
from morelli.collection.work import Skip, Work
from morelli.errors import DownloadError, LayoutError, SourceError
from morelli.files import write_file
from morelli.settings import Progress, ignore_progress

_log = logging.getLogger(__name__)

_MAX_NAMED = 10
"""How many labels that were not understood are named, the most frequent first."""

_MAX_DEPTH = 12
"""Collections within collections are followed this far: the deepest of libraries have five or six."""

_NO_ADDRESS = "expected the web address of a manifest, found none"


@dataclass(frozen=True)
class Iiif:
    """A source of IIIF manifests and collections: a file of JSON, or a folder with such files."""

    name: ClassVar[str] = "iiif"

    source: Path
    reason: str
    lost: tuple[Skip, ...] = ()  # what `harvest_manifests` could not fetch: reasons for what is missing

    @classmethod
    def fit(cls, source: Path, *, is_forced: bool) -> Iiif:
        """Fit a manifest or collection, or a folder of which one of the first files of JSON is one."""
        if source.is_dir():
            sample = sample_json(source)
            found = f"none among the first {len(sample)} files of JSON" if sample else "no file of JSON"
        elif source.suffix.lower() == JSON_SUFFIX:
            sample, found = [load_json(source)], "other JSON"
        else:
            sample, found = [], "a file with another ending"
        kinds = [(kind, find_version(document)) for document in sample if (kind := find_kind(document))]
        newer = [number for document in sample if (number := find_version(document) or 0) > NEWEST]
        if newer and not kinds:
            raise LayoutError(
                source,
                expected=f"IIIF Presentation 2 or {NEWEST}",
                found=f"IIIF Presentation {newer[0]}",
                remedy=f"ask the museum for the same manifest in Presentation {NEWEST}",
            )
        if not kinds:
            raise LayoutError(
                source,
                expected="a IIIF manifest or collection in JSON, or a folder of them",
                found=found,
                remedy="fetch the collection's address with --download FOLDER, and give that folder",
            )
        kind, version = kinds[0]
        return cls(source, f"it holds a {kind} of IIIF Presentation {version}")

    def read(self) -> Iterator[Work | Skip]:
        """Yield the works sorted by file, and a `Skip` for whatever is no image.

        Last comes a `Skip` for each manifest that a collection names and that is not there. Of a single
        collection's file, the manifests saved beside it are read too.
        """
        reading = _Reading()
        for found in walk_json(self.source) if self.source.is_dir() else self._follow(reading):
            if isinstance(found, Skip):
                yield found
                continue
            document = try_json(found)
            yield from [document] if isinstance(document, Skip) else reading.read(document, found)
        yield from reading.list_missing({skip.path: skip for skip in self.lost})
        if reading.doubtful:
            named = ", ".join(f"{label!r} ({n})" for label, n in reading.doubtful.most_common(_MAX_NAMED))
            _log.warning(
                "%s: labels that may name an artist or a date were not understood: %s", self.source, named
            )

    def locate(self, address: str, read_json: ReadJson) -> str:
        """Return the address of the picture: from an image service one within 600 x 600 pixels."""
        return locate_image(address, read_json)

    def _follow(self, reading: _Reading) -> Iterator[Path]:
        """Yield the file, and the files beside it that what was read so far leads to."""
        yield self.source
        beside: dict[Any, Path] | None = None
        read = {self.source}
        waiting = deque(reading.references)
        while waiting:
            address = waiting.popleft()[1]
            if beside is None:
                beside = _index_folder(self.source.parent)
            path = beside.get(address, beside.get(name_file(address)))
            if path is None or path in read:
                continue
            read.add(path)
            n_before = len(reading.references)
            yield path
            waiting.extend(reading.references[n_before:])


@dataclass
class _Reading:
    """Remembers which documents were read, and which a collection only named."""

    names: set[str] = field(default_factory=set)
    references: list[tuple[str, str]] = field(default_factory=list)
    doubtful: Counter[str] = field(default_factory=Counter)

    def read(self, document: Any, path: Path) -> Iterator[Work | Skip]:
        """Yield the works of a document; call it for every document before `list_missing`."""
        kind, place = find_kind(document), str(path)
        if kind is None:
            version = find_version(document)
            found = f"IIIF Presentation {version}, which is not read" if version else "other JSON"
            yield Skip(place, f"expected a IIIF manifest or collection, found {found}")
            return
        self._remember(document, path)
        members = [document] if kind == MANIFEST else list_members(document)
        for member in members:
            if isinstance(member, Reference) and is_web_address(member.address):
                self.references.append((place, member.address))
            elif isinstance(member, Reference):
                yield Skip(place, _NO_ADDRESS)
            else:
                self._remember(member, path)
                self.doubtful.update(list_doubtful(member))
                yield from read_manifest(member, place, version=find_version(document))

    def list_missing(self, lost: Mapping[str, Skip]) -> Iterator[Skip]:
        """Yield a `Skip` for each document that was named and not read."""
        for place, address in dict.fromkeys(self.references):
            if not {address, name_file(address)} & self.names:
                yield lost.get(address) or Skip(
                    place,
                    f"expected the manifest {address} among the files, found only its address: fetch the "
                    "collection's own address with --download FOLDER",
                )

    def _remember(self, document: Any, path: Path) -> None:
        address = read_address(document)
        self.names |= {path.name, *([address] if isinstance(address, str) else [])}


def _index_folder(folder: Path) -> dict[Any, Path]:
    """Return the files of JSON in a folder by their names and by the addresses of what they hold."""
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() == JSON_SUFFIX)
    index: dict[Any, Path] = {path.name: path for path in paths}
    for path in paths:
        address = read_address(try_json(path))
        if isinstance(address, str):
            index.setdefault(address, path)
    return index


# Bringing a IIIF collection here: its manifests, and those of the collections within, one file each.


def harvest_manifests(
    address: str,
    folder: str | Path,
    read_json: ReadJson,
    *,
    progress: Progress = ignore_progress,
) -> list[Skip]:
    """Save a manifest or collection, and all it names, as JSON in a folder; return what could not be fetched.

    Files are named by the SHA-256 of their addresses; what is there is not asked for again. Raises
    `DownloadError` when the address itself cannot be fetched, or is neither manifest nor collection.
    """
    folder = Path(folder)
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
            skips.append(Skip.of_fault(here, fault))
            document = None
        for member in _list_references(document):
            skip = _check_member(member, here, depth)
            if skip is not None:
                skips.append(skip)
            elif member not in known:
                known.add(member)
                waiting.append((member, depth + 1))
        n_done += 1
        progress("manifests", n_done, len(known))
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
    try:
        write_file(path, text)
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
        return Skip(collection, _NO_ADDRESS)
    if depth >= _MAX_DEPTH:
        return Skip(address, f"expected collections at most {_MAX_DEPTH} deep, found one that goes deeper")
    return None
