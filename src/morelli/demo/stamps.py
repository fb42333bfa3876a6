"""Stamps: how a picture on disk proves that it is whole and was drawn from a given recipe.

The stamp is a hash over the recipe and the picture's bytes, kept in a JPEG comment. Redrawing can so be
skipped without a list beside the pictures that could go astray or lie, and a truncated or edited file is
noticed. It is a hash so that it tells a reader of the file nothing about the painter.
"""

from __future__ import annotations

import hashlib
import struct
from pathlib import Path

_START = b"\xff\xd8"  # JPEG's start of image, ITU-T T.81 table B.1
_COMMENT = b"\xff\xfe"  # JPEG's comment segment, same table; its length counts its own two bytes
_DIGITS = 32


def stamp_jpeg(jpeg: bytes, recipe: str) -> bytes:
    """Return the same JPEG with a stamp.

    Parameters
    ----------
    jpeg
        A whole JPEG file.
    recipe
        Everything the picture depends on, as text.
    """
    body = jpeg[len(_START) :]
    return _head(body, recipe) + body


def has_stamp(path: Path, recipe: str) -> bool:
    """Tell whether the file is there, whole, and drawn from the recipe.

    Parameters
    ----------
    path
        The file, which need not exist.
    recipe
        The text that `stamp_jpeg` was given.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return False
    length = len(_head(b"", recipe))
    return content[:length] == _head(content[length:], recipe)


def _head(body: bytes, recipe: str) -> bytes:
    digest = hashlib.sha256(recipe.encode() + b"\0" + body).hexdigest()[:_DIGITS].encode()
    return _START + _COMMENT + struct.pack(">H", len(digest) + 2) + digest
