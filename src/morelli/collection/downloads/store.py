"""Files named by their content: written aside, looked at, and only then moved to their place.

::

    folder/
    ├── ledger.sqlite             what is known of each address (see `ledger`)
    ├── incoming/                 files on their way; emptied when the folder is opened
    └── ab/abcdef0123….jpg        SHA-256 of the content, ending by what the content is
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO, Final
from uuid import uuid4

import httpx

from morelli.collection.downloads.bodies import check_type, is_length_announced, save_body
from morelli.collection.downloads.faults import Fault, Lasting, Step
from morelli.collection.downloads.ledger import StoredFile
from morelli.collection.downloads.politeness import Politeness
from morelli.collection.pictures import decode_picture, read_format
from morelli.errors import DownloadError, PictureError

_INCOMING = "incoming"
_SUFFIXES: Final = {
    "JPEG": ".jpg", "MPO": ".jpg", "PNG": ".png", "GIF": ".gif", "WEBP": ".webp", "TIFF": ".tif",
    "BMP": ".bmp", "DIB": ".dib", "JPEG2000": ".jp2", "AVIF": ".avif", "PPM": ".ppm", "TGA": ".tga",
    "PCX": ".pcx", "PSD": ".psd",
}  # fmt: skip


class Store:
    """The pictures of a folder; for use from any thread.

    Parameters
    ----------
    folder
        Where they are; it must exist, and no other process may write to it.
    politeness
        The caps on bytes and pixels.
    """

    def __init__(self, folder: Path, politeness: Politeness) -> None:
        self._folder = folder
        self._politeness = politeness
        self._incoming = folder / _INCOMING
        try:
            self._incoming.mkdir(exist_ok=True)
            for left in self._incoming.iterdir():  # by a run that was killed
                left.unlink()
        except OSError as fault:
            raise _describe_disk(folder, fault) from fault

    def find_path(self, stored: StoredFile) -> Path | None:
        """Return where a file is, or None when it is gone or has another size than it had."""
        path = self._folder / stored.file
        try:
            return path if path.stat().st_size == stored.size_bytes else None
        except OSError:
            return None

    def receive(self, response: httpx.Response) -> StoredFile:
        """Store the picture in an answer.

        Raises
        ------
        Fault
            When it is none, or over a cap.
        DownloadError
            When the disk refuses it.
        """
        check_type(response)
        part = self._incoming / f"{uuid4().hex}.part"
        try:
            with part.open("w+b") as file:
                content_hash, size_bytes = save_body(response, file, self._politeness.max_bytes)
            suffix = self._identify(part, is_whole=is_length_announced(response))
            return self._keep(part, StoredFile(content_hash, size_bytes, _name_file(content_hash, suffix)))
        except OSError as fault:
            raise _describe_disk(self._folder, fault) from fault
        finally:
            part.unlink(missing_ok=True)

    def _identify(self, part: Path, *, is_whole: bool) -> str:
        """Return the ending for a picture's format."""
        max_pixels = self._politeness.max_pixels
        try:
            with part.open("rb") as file:
                name = read_format(file, part, max_pixels=max_pixels)
                if not is_whole:
                    _check_end(file, part, max_pixels)
        except PictureError as fault:
            # Not for good: the cap on pixels may rise, and Pillow may learn.
            raise Fault(
                Step.PICTURE, expected=fault.expected, found=fault.found, lasting=Lasting.LIMITED
            ) from fault
        return _SUFFIXES.get(name, ".img")

    def _keep(self, part: Path, stored: StoredFile) -> StoredFile:
        path = self._folder / stored.file
        if self.find_path(stored) is None:
            path.parent.mkdir(exist_ok=True)
            os.replace(part, path)
        return stored


def _check_end(file: BinaryIO, part: Path, max_pixels: int) -> None:
    """Decode a picture whose end nobody announced: whether it broke off, only its pixels can tell."""
    file.seek(0)
    try:
        decode_picture(file, part, max_pixels=max_pixels)
    except PictureError as fault:
        raise Fault(
            Step.TRANSFER, expected=fault.expected, found=fault.found, lasting=Lasting.TEMPORARY
        ) from fault


def _name_file(content_hash: str, suffix: str) -> str:
    return f"{content_hash[:2]}/{content_hash}{suffix}"


def _describe_disk(folder: Path, fault: OSError) -> DownloadError:
    return DownloadError(
        folder,
        expected="a folder to write to",
        found=(fault.strerror or str(fault)).lower(),
        remedy="check its permissions and the room on the disk",
    )
