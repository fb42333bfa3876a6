"""Reading the body of an answer, never more of it than is allowed, into a file or as JSON."""

from __future__ import annotations

import hashlib
import json
from typing import Any, BinaryIO, Final

import httpx

from morelli.collection.downloads.faults import Fault, Lasting, Step

JSON_TYPES: Final = "application/ld+json, application/json, */*;q=0.1"
PICTURE_TYPES: Final = "image/jpeg, image/*;q=0.9, */*;q=0.1"

_NO_PICTURE = ("text/html", "application/xhtml", "application/pdf", "video/", "audio/")
"""Types, by their beginnings, that are believed unseen. All others are opened: servers call pictures by many
names, text/plain among them."""


def check_type(response: httpx.Response) -> None:
    """Refuse an answer that calls itself something else than a picture.

    Raises
    ------
    Fault
        When it does.
    """
    name = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if name.startswith(_NO_PICTURE) or name.endswith(("json", "xml")):
        raise Fault(
            Step.PICTURE, expected="a picture", found=f"content of type {name}", lasting=Lasting.PERMANENT
        )


def is_length_announced(response: httpx.Response) -> bool:
    """Return whether the answer says where it ends; if not, one that breaks off looks like a whole one."""
    return "Content-Length" in response.headers or "Transfer-Encoding" in response.headers


def save_body(response: httpx.Response, file: BinaryIO, max_bytes: int) -> tuple[str, int]:
    """Write a body to a file and return its SHA-256 in hexadecimal and its size in bytes.

    Raises
    ------
    Fault
        When it is larger than `max_bytes`, or has 0 bytes.
    """
    announced = response.headers.get("Content-Length", "")
    if announced.isdecimal() and int(announced[:18]) > max_bytes:
        raise _refuse_size(max_bytes, f"{int(announced[:18]):,} announced")
    digest, size_bytes = hashlib.sha256(), 0
    for piece in response.iter_bytes():
        size_bytes += len(piece)
        if size_bytes > max_bytes:
            raise _refuse_size(max_bytes, "more")
        digest.update(piece)
        file.write(piece)
    if size_bytes == 0:  # nobody means to publish nothing: a server in trouble
        raise Fault(Step.TRANSFER, expected="content", found="0 bytes", lasting=Lasting.TEMPORARY)
    return digest.hexdigest(), size_bytes


def parse_json(data: bytes) -> Any:
    """Return the content of a JSON text.

    Raises
    ------
    Fault
        When it is none.
    """
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as fault:
        found = f"content that begins with {data[:20]!r}"
        raise Fault(Step.RECORD, expected="JSON", found=found, lasting=Lasting.PERMANENT) from fault


def _refuse_size(max_bytes: int, found: str) -> Fault:
    return Fault(Step.TRANSFER, expected=f"at most {max_bytes:,} bytes", found=found, lasting=Lasting.LIMITED)
