"""IIIF manifests, Presentation 2 and 3, as works: one for each image of each canvas.

`collections` calls `read_manifest`; what the images' addresses lead to, `images` knows.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from morelli.collection.names.dates import Dates, read_dates
from morelli.collection.names.people import Person, read_person
from morelli.collection.sources.fields import join_labels, read_cell
from morelli.collection.sources.folders import JSON_SUFFIX
from morelli.collection.sources.iiif.images import find_service, is_web_address, name_info
from morelli.collection.sources.matching import read_label, resembles_maker_or_date
from morelli.collection.work import Skip, Work

# What a IIIF document is, and what a collection leads to: Presentation 2 and 3 told apart.

MANIFEST, COLLECTION = "Manifest", "Collection"

NEWEST = 3  # version that is read

_CONTEXTS = {
    "iiif.io/api/presentation/4": 4,
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
    """What a collection names without holding it, by its address: usually text."""

    address: Any


def find_version(document: Any) -> int | None:
    """Return the version of the Presentation API by context, else by keys; None for other JSON.

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
    """Return "Manifest" or "Collection", or None for what is neither, or of a version that is not read."""
    version = find_version(document)
    if version is None or version > NEWEST:
        return None
    kind = _name_type(document)
    if kind in (MANIFEST, COLLECTION):
        return kind
    is_collection = not _OLD_KEYS.isdisjoint(document.keys() - {"sequences"})
    return MANIFEST if "sequences" in document else COLLECTION if is_collection else None


def _name_type(thing: Any) -> str:
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
            elif _name_type(member) == MANIFEST and ("sequences" in member or "items" in member):
                yield member
            elif any(member.get(name) for name in _MEMBER_KEYS):
                yield from list_members(member, depth - 1)
            else:
                yield Reference(read_address(member))


def name_file(address: str) -> str:
    """Return the name of the file that a document is saved in: the SHA-256 of its address."""
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
    inner = {"Manifest": {"Canvas"}, "Collection": {MANIFEST, COLLECTION}}.get(_name_type(document), set())
    is_new = isinstance(items, list) and any(_name_type(item) in inner for item in items)
    return 3 if is_new else None


# Texts of IIIF manifests in all their forms, and the labels of a work among a manifest's own words.

_LANGUAGES = ("en", "none", "")
"""Whose text is taken where there are several, best first: English, then what is marked as no language; else
the first that there is."""

_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,1000}>")
_BREAK = re.compile(r"<br\s*/?>|</p>\s*<p[^<>]*>", re.IGNORECASE)
_MAX_DEPTH = 4
_MAX_NAME, _MAX_DATE = 100, 30
"""How long a text may be that is a name with dates, or a date."""


def _read_texts(value: Any) -> list[str]:
    """Return the texts of a value in its best language, without markup; none where it holds none.

    >>> _read_texts({"de": ["Die Mühle"], "en": ["The <b>Mill</b>"]})
    ['The Mill']
    """
    found = list(_list_texts(value, "", _MAX_DEPTH))
    languages = list(dict.fromkeys(language for language, _ in found))
    best = next((language for language in (*_LANGUAGES, *languages) if language in languages), None)
    return [text for language, text in found if language == best]


def _read_line(value: Any) -> str | None:
    """Return the texts of a value as one, joined by semicolons; None where it holds none."""
    return "; ".join(" ".join(text.split()) for text in _read_texts(value)) or None


def _read_metadata(pairs: Any) -> dict[str, list[str]]:
    """Return the texts of each field that a manifest's pairs have a label for, in any language.

    >>> _read_metadata([{"label": {"de": ["Künstler"]}, "value": "Jan Vermeer"}, {"label": "Room"}])
    {'artist': ['Jan Vermeer']}
    """
    fields: dict[str, list[str]] = {}
    for pair in pairs if isinstance(pairs, list) else ():
        if not isinstance(pair, dict):
            continue
        labels = (text for _, text in _list_texts(pair.get("label"), "", _MAX_DEPTH))
        field = next(filter(None, map(read_label, labels)), None)
        if field is not None and (texts := _read_texts(pair.get("value"))):
            # Line breaks part people; elsewhere they mean nothing.
            lines = texts if field == "artist" else [" ".join(text.split()) for text in texts]
            fields.setdefault(field, []).extend(lines)
    return fields


def list_doubtful(manifest: _Object) -> Iterator[str]:
    """Yield the labels that no field has, and whose words or values look like a maker or a date."""
    for pair in _list_objects(manifest, "metadata"):
        labels = [text for _, text in _list_texts(pair.get("label"), "", _MAX_DEPTH)]
        if labels and not any(map(read_label, labels)):
            texts = _read_texts(pair.get("value"))
            if any(map(resembles_maker_or_date, labels)) or any(map(_is_life_or_date, texts)):
                yield labels[0]


def _is_life_or_date(text: str) -> bool:
    """Tell whether a text is a name with dates of life, or a date and nothing else: "um 1650"."""
    person, alone = read_person(text), read_person(f"X ({text})")
    if person.name and person.dates and len(text) <= _MAX_NAME:
        return True
    is_date = alone.name == "X" and alone.dates is not None and alone.note is None
    return is_date and len(text) <= _MAX_DATE and re.search(r"\d\.\d", text) is None


def _list_texts(value: Any, language: str, depth: int) -> Iterator[tuple[str, str]]:
    """Yield each text with its language, in lower case without region; "" where it has none."""
    if isinstance(value, list) and depth:
        for item in value:
            yield from _list_texts(item, language, depth - 1)
    elif isinstance(value, dict) and depth:
        if "@value" in value or "value" in value:
            marked = value.get("@language") or value.get("language") or language
            yield from _list_texts(value.get("@value", value.get("value")), _name_language(marked), depth - 1)
        else:
            for key, item in value.items():
                yield from _list_texts(item, _name_language(key), depth - 1)
    elif isinstance(value, (str, int, float)) and (text := _strip_markup(value)):
        yield language, text


def _name_language(value: Any) -> str:
    name = value.casefold() if isinstance(value, str) else ""
    return re.split(r"[-_]", name.removeprefix("@"))[0]


def _strip_markup(value: object) -> str | None:
    if isinstance(value, bool):
        return None
    return read_cell(html.unescape(_TAG.sub(" ", _BREAK.sub("\n", str(value)))), keeps_lines=True)


_IMAGE_TYPES = frozenset({"image", "stillimage", ""})
_DOCUMENT = re.compile(r"\.(pdf|txt|html?|xml|json|docx?|epub|mp[34]|mov|wav|glb|obj|zip)$", re.IGNORECASE)
_MAX_WRAPPED = 6

_Object = Mapping[str, Any]


@dataclass(frozen=True)
class _Canvas:
    """A canvas and the bodies of what is painted on it; its number is counted from 1."""

    number: int
    canvas: _Object
    bodies: tuple[Any, ...]


def read_manifest(manifest: _Object, place: str, *, version: int | None = None) -> Iterator[Work | Skip]:
    """Yield a work for each image of a manifest, and a `Skip`, which names the place, for whatever is none.

    The version is needed where the manifest does not say it, because a collection holds it.
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
    kind = _name_type(body)
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
        labels = (common["title"], _read_line(canvas.canvas.get("label")))
        values["title"] = ": ".join(label for label in labels if label) or None
    for body in canvas.bodies:
        yield _read_image(body, values, place)
    if not canvas.bodies:
        yield Skip(place, "expected an image on a canvas, found none")


def _read_image(body: Any, values: Mapping[str, Any], place: str) -> Work | Skip:
    kind = _name_type(body)
    if kind.casefold() not in _IMAGE_TYPES:
        return Skip(place, f"expected an image, found a body of the type {read_cell(kind)!r}")
    stated = body.get("format") if isinstance(body, dict) else None
    if isinstance(stated, str) and not stated.strip().casefold().startswith("image"):
        return Skip(place, f"expected an image, found a body of the format {read_cell(stated)!r}")
    base = find_service(body.get("service")) if isinstance(body, dict) else None
    address = read_address(body) if base is None else name_info(base)
    if base is None and isinstance(address, str) and _DOCUMENT.search(address):
        return Skip(place, f"expected an image, found a document at {address}")
    if is_web_address(address):
        return Work(None, **values, address=address)
    found = ascii(address[:80]) if isinstance(address, str) else "none"
    return Skip(place, f"expected the web address of an image, found {found}")


def _read_common(manifest: _Object) -> dict[str, Any]:
    """Return what a manifest says of all its images, as the fields of a work."""
    fields = _read_fields(manifest)
    title = _read_line(manifest.get("label")) or fields.get("title")
    licence = manifest.get("rights") or manifest.get("license")
    dated = {} if "year_to" in fields or "year_from" in fields else asdict(_read_navigation(manifest))
    number = fields.get("source_id") or read_cell(read_address(manifest))
    values = {"title": title, "licence": _read_line(licence), "source_id": number}
    return {**fields, **dated, **values, "source": _read_source(manifest)}


def _read_navigation(manifest: _Object) -> Dates:
    """Return the date by which a viewer places a manifest in time."""
    return read_dates(read_cell(manifest.get("navDate")))


def _read_source(manifest: _Object) -> str | None:
    """Return who provides the manifest; else whom it asks to be named, which may be a statement of rights."""
    providers = (provider.get("label") for provider in _list_objects(manifest, "provider"))
    required = manifest.get("requiredStatement")
    stated = required.get("value") if isinstance(required, dict) else manifest.get("attribution")
    return next(filter(None, map(_read_line, providers)), None) or _read_line(stated)


def _read_fields(thing: _Object) -> dict[str, Any]:
    """Return what the metadata of a manifest or canvas say, without what they do not say."""
    texts = _read_metadata(thing.get("metadata"))
    dates = [found for text in texts.get("year", ()) if (found := read_dates(text)) != Dates()]
    dated = next((found for found in dates if found.year), next(iter(dates), Dates()))
    fields = {
        "title": next(iter(texts.get("title", ())), None),
        **asdict(dated),
        "source_id": next(iter(texts.get("source_id", ())), None),
        **{name: join_labels(texts.get(name, ())) for name in ("style", "genre", "school", "classification")},
        "medium": "; ".join(texts.get("medium", ())) or None,
    }
    return _read_artist(texts) | {name: value for name, value in fields.items() if value is not None}


def _read_artist(texts: Mapping[str, list[str]]) -> dict[str, Any]:
    people = [read_person(text) for text in texts.get("artist", ())]
    person = people[0] if people else Person(None)
    if person.name is None:
        return {"school": person.note} if person.note else {}
    return {"artist": person.name, "qualifier": person.qualifier, "artist_dates": person.dates}
