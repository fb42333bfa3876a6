"""IIIF manifests, Presentation 2 and 3, as works: one for each image of each canvas.

`iiif` calls `read_manifest`; what the images' addresses lead to, `iiif_images` knows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from morelli.collection.names import year_from_text
from morelli.collection.people import Person, read_person
from morelli.collection.sources.iiif_documents import find_version, name_type, read_address
from morelli.collection.sources.iiif_images import find_service, is_web_address, name_info
from morelli.collection.sources.iiif_texts import read_line, read_metadata
from morelli.collection.sources.labels import clean_text, join_labels
from morelli.collection.work import Skip, Work

_IMAGE_TYPES = frozenset({"image", "stillimage", ""})
_MAX_WRAPPED = 6

_Object = Mapping[str, Any]


@dataclass(frozen=True)
class _Canvas:
    """A canvas and the bodies of what is painted on it; its number is counted from 1."""

    number: int
    canvas: _Object
    bodies: tuple[Any, ...]


def read_manifest(manifest: _Object, place: str, *, version: int | None = None) -> Iterator[Work | Skip]:
    """Yield a work for each image of a manifest, and a `Skip` for whatever cannot be one.

    Parameters
    ----------
    manifest
        The manifest as JSON.
    place
        What to call it in a `Skip`.
    version
        2 or 3 where the manifest itself does not say, because a collection holds it.
    """
    version = find_version(manifest) or version
    find_canvases = _list_old_canvases if version == 2 else _list_new_canvases
    key = "sequences" if version == 2 else "items"
    if not _list_objects(manifest, key):
        yield Skip(place, f"expected {key!r} in a manifest of Presentation {version}, found none")
        return
    canvases = list(find_canvases(manifest))
    if not canvases:
        yield Skip(place, "expected a manifest with canvases, found none")
    common = _read_common(manifest)
    for canvas in canvases:
        yield from _read_canvas(
            canvas, common, f"{place}:canvas {canvas.number}", is_alone=len(canvases) == 1
        )


def _list_old_canvases(manifest: _Object) -> Iterator[_Canvas]:
    """Presentation 2, where several sequences are several orders of the same canvases."""
    seen: set[Any] = set()
    sequences = _list_objects(manifest, "sequences")
    found = (canvas for sequence in sequences for canvas in _list_objects(sequence, "canvases"))
    for number, canvas in enumerate(found, start=1):
        address = read_address(canvas)
        if isinstance(address, str) and address in seen:
            continue
        seen.add(address if isinstance(address, str) else number)
        images = (image.get("resource") for image in _list_objects(canvas, "images"))
        yield _Canvas(number, canvas, tuple(body for image in images for body in _unwrap(image)))


def _list_new_canvases(manifest: _Object) -> Iterator[_Canvas]:
    for number, canvas in enumerate(_list_objects(manifest, "items"), start=1):
        notes = (note for page in _list_objects(canvas, "items") for note in _list_objects(page, "items"))
        painted = (note.get("body") for note in notes if _is_painting(note))
        yield _Canvas(number, canvas, tuple(body for found in painted for body in _unwrap(found)))


def _is_painting(annotation: _Object) -> bool:
    motivation = annotation.get("motivation")
    return motivation in (None, "painting", "sc:painting") or motivation == ["painting"]


def _list_objects(holder: _Object, key: str) -> list[_Object]:
    found = holder.get(key)
    found = found if isinstance(found, list) else [found]
    return [item for item in found if isinstance(item, dict)]


def _unwrap(body: Any, depth: int = _MAX_WRAPPED) -> Iterator[Any]:
    """Yield the bodies within lists, within a choice its first, and what a specific resource is a part of."""
    kind = name_type(body)
    if depth == 0 or body is None:
        return
    if isinstance(body, list):
        for item in body:
            yield from _unwrap(item, depth - 1)
    elif kind == "Choice":
        options = body.get("default") or body.get("items") or body.get("item")
        yield from _unwrap(options[0] if isinstance(options, list) and options else options, depth - 1)
    elif kind == "SpecificResource":
        yield from _unwrap(body.get("source") or body.get("full"), depth - 1)
    else:
        yield body


def _read_canvas(
    canvas: _Canvas, common: Mapping[str, Any], place: str, *, is_alone: bool
) -> Iterator[Work | Skip]:
    values = {**common, **_read_fields(canvas.canvas), "title": common["title"]}
    if not is_alone:
        labels = (common["title"], read_line(canvas.canvas.get("label")))
        values["title"] = ": ".join(label for label in labels if label) or None
    for body in canvas.bodies:
        yield _read_image(body, values, place)
    if not canvas.bodies:
        yield Skip(place, "expected an image on a canvas, found none")


def _read_image(body: Any, values: Mapping[str, Any], place: str) -> Work | Skip:
    kind = name_type(body)
    if kind.casefold() not in _IMAGE_TYPES:
        return Skip(place, f"expected an image, found a body of the type {clean_text(kind)!r}")
    base = find_service(body.get("service")) if isinstance(body, dict) else None
    address = read_address(body) if base is None else name_info(base)
    if is_web_address(address):
        return Work(None, **values, address=address)
    found = ascii(address[:80]) if isinstance(address, str) else "none"
    return Skip(place, f"expected the web address of an image, found {found}")


def _read_common(manifest: _Object) -> dict[str, Any]:
    """Return what a manifest says of all its images, as the fields of a work."""
    fields = _read_fields(manifest)
    title = read_line(manifest.get("label")) or fields.get("title")
    licence = manifest.get("rights") or manifest.get("license")
    year = fields.get("year") or year_from_text(clean_text(manifest.get("navDate")))
    number = fields.get("source_id") or clean_text(read_address(manifest))
    values = {"title": title, "licence": read_line(licence), "year": year, "source_id": number}
    return {**fields, **values, "source": _read_source(manifest)}


def _read_source(manifest: _Object) -> str | None:
    required = manifest.get("requiredStatement")
    stated = required.get("value") if isinstance(required, dict) else manifest.get("attribution")
    providers = (provider.get("label") for provider in _list_objects(manifest, "provider"))
    return read_line(stated) or next((name for label in providers if (name := read_line(label))), None)


def _read_fields(thing: _Object) -> dict[str, Any]:
    """Return what the metadata of a manifest or canvas say, without what they do not say."""
    texts = read_metadata(thing.get("metadata"))
    years = (year_from_text(text) for text in texts.get("date", ()))
    fields = {
        "title": next(iter(texts.get("title", ())), None),
        "year": next((year for year in years if year), None),
        "source_id": next(iter(texts.get("number", ())), None),
        **{name: join_labels(texts.get(name, ())) for name in ("style", "genre", "school", "classification")},
        "medium": "; ".join(texts.get("medium", ())) or None,
    }
    return {name: value for name, value in fields.items() if value is not None} | _read_artist(texts)


def _read_artist(texts: Mapping[str, list[str]]) -> dict[str, Any]:
    people = [read_person(text) for text in texts.get("artist", ())]
    person = people[0] if people else Person(None)
    if person.name is None:
        return {}
    return {"artist": person.name, "qualifier": person.qualifier, "artist_dates": person.dates}
