"""Reads the works of a source: every picture opened once, hashed and verified, in the order of the source.

Between a `Layout`, which names files, and the gallery, which stores what comes out of here.
"""

from __future__ import annotations

import hashlib
import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import imagehash

from morelli.collection.memory import MEMORY_MB, Memory, Take
from morelli.collection.pictures import MAX_PIXELS, decode_picture, open_file
from morelli.collection.work import CollectedWork, Skip, Work
from morelli.errors import PictureError, UsageError
from morelli.settings import count_processors

ID_DIGITS = 16
"""Hexadecimal digits of the content hash that make an id: 64 bits, among which even 50 million works meet by
accident with a probability below 1e-4 (birthday bound, n^2 / 2^65)."""

FILE_FACTS = ("size_bytes", "mtime_ns", "content_hash")
"""Columns of the works table by which `has_changed` tells the file that was collected."""

CHANGED = "no longer the file that was collected"

_HASH_SIDE_PX = 256
"""Perceptual hashes are taken from JPEGs decoded at a scale that keeps both sides this long. The hashes
shrink the picture to 32 and 9 pixels, so nothing that they see is lost."""

_LOOK_AHEAD = 8
"""Pictures under way per worker: enough to keep all busy, few enough to bound memory."""


class _Source(Protocol):
    """Whatever yields works: any `Layout`."""

    def read(self) -> Iterator[Work | Skip]:
        """Yield works and skips."""


def collect_works(
    layout: _Source,
    *,
    max_pixels: int = MAX_PIXELS,
    workers: int | None = None,
    memory: int = MEMORY_MB,
) -> Iterator[CollectedWork | Skip]:
    """Yield each work whose picture is whole, and a `Skip` for each other, in the source's order.

    Every picture is read to its end, so that a cut-off file is found now and not while embedding. Pictures of
    more than `max_pixels` are skipped. `workers` threads decode, by default one for each processor;
    together they take `memory` megabytes at most.
    """
    for name, value in (
        ("workers", 1 if workers is None else workers),
        ("max_pixels", max_pixels),
        ("memory", memory),
    ):
        if value < 1:
            raise UsageError(name, expected="at least 1", found=str(value), remedy="give a larger number")
    return _collect(layout.read(), max_pixels, workers or count_processors(), Memory(memory))


def read_work(work: Work, *, max_pixels: int = MAX_PIXELS, take: Take | None = None) -> CollectedWork:
    """Return a work with what its picture's file tells, after reading that to its end."""
    path = _require_path(work)
    with open_file(path) as file:
        status = os.fstat(file.fileno())
        content_hash = hashlib.file_digest(file, "sha256").hexdigest()
        picture = decode_picture(file, path, max_pixels=max_pixels, at_least=_HASH_SIDE_PX, take=take)
    grey = picture.image.convert("L")
    return CollectedWork(
        work=work,
        id=content_hash[:ID_DIGITS],
        content_hash=content_hash,
        phash=str(imagehash.phash(grey)),
        dhash=str(imagehash.dhash(grey)),
        width=picture.width,
        height=picture.height,
        format=picture.format,
        size_bytes=status.st_size,
        mtime_ns=status.st_mtime_ns,
    )


def is_untouched(path: Path, size_bytes: int, mtime_ns: int) -> bool:
    """Say whether a file has still this size and time; OSError where it is not at hand."""
    status = path.stat()
    return (status.st_size, status.st_mtime_ns) == (size_bytes, mtime_ns)


def has_changed(path: Path, size_bytes: int, mtime_ns: int, content_hash: str) -> bool:
    """Say whether a file is no longer the one that was collected; one that cannot be read has not changed.

    Its content is read only where its size or time differ.
    """
    try:
        if is_untouched(path, size_bytes, mtime_ns):
            return False
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() != content_hash
    except OSError:
        return False


def _require_path(work: Work) -> Path:
    if work.path is None:
        raise PictureError(
            work.place,
            expected="a picture",
            found="only its address" if work.address else "neither a file nor an address",
            remedy="fetch it with --download FOLDER",
        )
    try:
        str(work.path).encode()
    except UnicodeEncodeError as fault:
        raise PictureError(
            _print_path(str(work.path)),
            expected="a file name in UTF-8",
            found="bytes that are not",
            remedy="rename the file",
        ) from fault
    return work.path


def _print_path(path: str) -> str:
    """Show what is not UTF-8 in a path by its bytes, so that every `Skip` can be printed and stored."""
    return path.encode(errors="surrogateescape").decode(errors="backslashreplace")


def _collect(
    found: Iterable[Work | Skip], max_pixels: int, workers: int, memory: Memory
) -> Iterator[CollectedWork | Skip]:
    pending: deque[Future[CollectedWork | Skip]] = deque()
    pool = ThreadPoolExecutor(workers, thread_name_prefix="morelli-read")
    try:
        for entry in found:
            pending.append(pool.submit(_read_entry, entry, max_pixels, memory))
            if len(pending) > _LOOK_AHEAD * workers:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    finally:
        # Also reached when the caller stops early: then what is still waiting is not worth reading.
        pool.shutdown(cancel_futures=True)


def _read_entry(entry: Work | Skip, max_pixels: int, memory: Memory) -> CollectedWork | Skip:
    if isinstance(entry, Skip):
        return replace(entry, path=_print_path(entry.path))  # what lost it stays: a `Loss` knows its step
    try:
        with memory.lease() as take:
            return read_work(entry, max_pixels=max_pixels, take=take)
    except PictureError as fault:
        return Skip.of_fault(_print_path(entry.place), fault)
