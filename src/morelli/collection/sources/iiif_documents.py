"""What a IIIF document is, and what a collection leads to: Presentation 2 and 3 told apart.

`iiif` and `iiif_harvest` ask here before they read a document or fetch another.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from morelli.collection.sources.json_files import JSON_SUFFIX

MANIFEST, COLLECTION = "Manifest", "Collection"

_CONTEXTS = {
    "iiif.io/api/presentation/3": 3,
    "iiif.io/api/presentation/2": 2,
    "iiif.io/api/presentation/1": 2,
    "shared-canvas.org/ns/context": 2,
}
"""What a context holds, and as which version the document is read: before 2 the shape was the same."""

_OLD_KEYS = frozenset({"sequences", "manifests", "collections", "members"})
_MEMBER_KEYS = ("items", "manifests", "collections", "members", "first", "next")
_MAX_NESTED = 8


@dataclass(frozen=True)
class Reference:
    """What a collection names without holding it.

    Parameters
    ----------
    address
        Where it is, as the collection writes it: usually text.
    """

    address: Any


def find_version(document: Any) -> int | None:
    """Return 2 or 3, the version of the Presentation API by context, else by keys; None for other JSON.

    Examples
    --------
    >>> find_version({"@context": "http://iiif.io/api/presentation/3/context.json", "type": "Manifest"})
    3
    >>> find_version({"@type": "sc:Manifest", "sequences": []}), find_version({"type": "FeatureCollection"})
    (2, None)
    """
    if not isinstance(document, dict):
        return None
    stated = document.get("@context")
    contexts = [text for text in (stated if isinstance(stated, list) else [stated]) if isinstance(text, str)]
    by_context = (version for part, version in _CONTEXTS.items() for text in contexts if part in text)
    return next(by_context, None) or _guess_version(document)


def find_kind(document: Any) -> str | None:
    """Return "Manifest" or "Collection", or None for what is neither."""
    if find_version(document) is None:
        return None
    kind = name_type(document)
    if kind in (MANIFEST, COLLECTION):
        return kind
    is_collection = not _OLD_KEYS.isdisjoint(document.keys() - {"sequences"})
    return MANIFEST if "sequences" in document else COLLECTION if is_collection else None


def name_type(thing: Any) -> str:
    """Return the type of a IIIF object without its prefix, such as "Image" for ``dctypes:Image``, else ""."""
    stated = thing.get("type", thing.get("@type")) if isinstance(thing, dict) else None
    stated = stated[0] if isinstance(stated, list) and stated else stated
    return stated.rpartition(":")[2] if isinstance(stated, str) else ""


def read_address(thing: Any) -> Any:
    """Return the id of a IIIF object, which may itself be no more than that."""
    return thing.get("id", thing.get("@id")) if isinstance(thing, dict) else thing


def list_members(collection: Any, depth: int = _MAX_NESTED) -> Iterator[Any]:
    """Yield the manifests that a collection holds, and a `Reference` for each member that it only names."""
    for key in _MEMBER_KEYS:
        members = collection.get(key)
        for member in members if isinstance(members, list) else [] if members is None else [members]:
            if not isinstance(member, dict) or not depth:
                yield Reference(read_address(member))
            elif name_type(member) == MANIFEST and ("sequences" in member or "items" in member):
                yield member
            elif any(member.get(name) for name in _MEMBER_KEYS):
                yield from list_members(member, depth - 1)
            else:
                yield Reference(read_address(member))


def name_file(address: str) -> str:
    """Return the name of the file that a document is saved in: the SHA-256 of its address.

    Examples
    --------
    >>> name_file("https://museum.test/manifest")[:12]
    '51e23f96c3af'
    """
    return hashlib.sha256(address.encode(errors="replace")).hexdigest() + JSON_SUFFIX


def _guess_version(document: dict[str, Any]) -> int | None:
    kind = document.get("@type")
    if isinstance(kind, str) and kind in ("sc:Manifest", "sc:Collection"):
        return 2
    sequences, items = document.get("sequences"), document.get("items")
    if isinstance(sequences, list) and any(
        isinstance(part, dict) and "canvases" in part for part in sequences
    ):
        return 2
    inner = {"Manifest": {"Canvas"}, "Collection": {MANIFEST, COLLECTION}}.get(name_type(document), set())
    is_new = isinstance(items, list) and any(name_type(item) in inner for item in items)
    return 3 if is_new else None
