"""Linked Art, the JSON-LD in which the Rijksmuseum and others publish their records (linked.art/model).

People, pictures and rights may stand within the record of an object, in records of their own beside it, or
elsewhere on the web: what lies beside it is joined by its number, and a picture elsewhere is found when it is
fetched, over the records of what the object shows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit

from morelli.collection.names.people import read_person
from morelli.collection.sources.fields import join_ids
from morelli.collection.sources.folders import is_picture, try_json, walk_files
from morelli.collection.sources.iiif.images import is_web_address, locate_image
from morelli.collection.sources.layout import ReadJson
from morelli.collection.sources.tables.makers import is_no_maker
from morelli.collection.sources.tables.table import describe_work
from morelli.collection.work import LABEL_SEPARATOR, Skip, Work
from morelli.errors import DownloadError, LayoutError

_SUFFIXES = frozenset({".json", ".jsonld", ".jsonl", ".ndjson"})
_LINES = frozenset({".jsonl", ".ndjson"})
_N_SAMPLED = 20
_N_WALKED = 10_000  # files of any kind among which these are looked for
_MAX_DEPTH = 8
_OBJECT = "HumanMadeObject"
_LISTS = ("@graph", "items", "orderedItems", "member", "data", "records", "results")

# Concepts of the Getty's Art & Architecture Thesaurus, by which Linked Art tells statements apart.
_PREFERRED = ("300404670", "300417207", "300417200", "300404669")
_NUMBER = ("300312355", "22015218", "300404620", "accession", "inventory", "object number", "inventaris")
_CREATOR = ("300435416", "300435417", "300435446", "creator")
_MATERIALS = ("300435429", "300010358", "material", "medium")
_KIND = ("300435443",)
_QUALIFIERS = {
    "300404269": "attributed to", "300404270": "formerly attributed to", "300404272": "possibly by",
    "300435722": "possibly by", "300404274": "workshop of", "300404275": "studio of",
    "300404277": "atelier of", "300404279": "pupil of", "300404282": "follower of", "300404283": "circle of",
    "300404284": "school of", "300404285": "style of", "300404286": "after", "300404287": "copyist of",
    "300404288": "manner of",
}  # fmt: skip
_ENGLISH = ("300388277", "en")
_REMARK = re.compile(
    r"\s*\((?:signed|mentioned|stated|inscribed|gesigneerd|vermeld|ondertekend|signé|signiert)[^)]*\)",
    re.IGNORECASE,
)
_REJECTED = re.compile(r"\[?(?:rejected|verworpen|abgelehnt)", re.IGNORECASE)
_WHOLE = re.compile(r"(?P<base>https?://.+)/full/(?:max|full)/0/(?:default|native)\.\w+")
_YEARS = re.compile(r"-?\d{4}")


@dataclass(frozen=True)
class LinkedArt:
    """Records of objects in one file of JSON, or in all below a folder."""

    name: ClassVar[str] = "linked-art"

    source: Path
    reason: str

    @classmethod
    def fit(cls, source: Path, *, is_forced: bool) -> LinkedArt:
        """Fit a file with the record of an object, or a folder with one among its first twenty of JSON."""
        paths = list(islice(_list_files(source, _N_WALKED), _N_SAMPLED))
        for path in paths:
            if any(
                isinstance(found, dict) and _is_object(found)
                for found in islice(_read_file(path), _N_SAMPLED)
            ):
                return cls(source, f"{path.name!r} holds a record of Linked Art")
        raise LayoutError(
            source,
            expected=f"JSON with objects of the type {_OBJECT!r}",
            found=f"none in the first {len(paths)} files of JSON",
            remedy="give the file or folder of the records",
        )

    def read(self) -> Iterator[Work | Skip]:
        """Yield the works in the order of the files, and a `Skip` for each record without a picture."""
        reader = _Reader(self.source, _index_others(self.source))
        for found in walk_files(self.source) if self.source.is_dir() else (self.source,):
            if isinstance(found, Skip):
                yield found
            elif found.suffix.lower() in _SUFFIXES:
                yield from reader.read(found)
            else:
                yield Skip(str(found), "expected a file of JSON, found a file with another ending")

    def locate(self, address: str, read_json: ReadJson) -> str:
        """Return the address of the picture, over the records of what an object shows where there is need."""
        for _ in range(_MAX_DEPTH):
            if match := _WHOLE.fullmatch(address):
                return locate_image(f"{match['base']}/info.json", read_json)
            if _is_image(address):
                return locate_image(address, read_json)
            record = read_json(address)
            found = _find_picture(record, {}) if isinstance(record, dict) else None
            if found is None or found == address:
                break
            address = found
        raise DownloadError(
            address,
            expected="the record of a picture, with its address",
            found="none",
            remedy="open it in a browser, or give the address of the picture in a table",
        )


def _list_files(source: Path, n_walked: int | None = None) -> Iterator[Path]:
    found = islice(walk_files(source), n_walked) if source.is_dir() else iter((source,))
    return (path for path in found if isinstance(path, Path) and path.suffix.lower() in _SUFFIXES)


def _read_file(path: Path) -> Iterator[Any]:
    """Yield the records of a file: one, those of a list, or one of each line; or a `Skip`."""
    if path.suffix.lower() in _LINES:
        yield from _read_lines(path)
        return
    content = try_json(path)
    if isinstance(content, dict) and "identified_by" not in content:
        content = next((content[key] for key in _LISTS if isinstance(content.get(key), list)), content)
    yield from content if isinstance(content, list) else (content,)


def _read_lines(path: Path) -> Iterator[Any]:
    try:
        with path.open(encoding="utf-8-sig") as file:
            for number, line in enumerate(file, start=1):
                try:
                    yield json.loads(line) if line.strip() else None
                except (ValueError, RecursionError) as fault:
                    yield Skip(f"{path}:row {number}", f"expected a JSON object, found {fault}")
    except (OSError, ValueError) as fault:
        yield Skip(str(path), f"expected lines of JSON, found {fault}")


def _index_others(source: Path) -> dict[str, dict[str, Any]]:
    """Return the records of people, pictures and the like, by their numbers."""
    found = (record for path in _list_files(source) for record in _read_file(path))
    return {
        str(record["id"]): record
        for record in found
        if isinstance(record, dict) and record.get("id") and record.get("type") not in (None, _OBJECT)
    }


def _is_object(record: Mapping[str, Any]) -> bool:
    is_named = "identified_by" in record or "linked.art" in str(record.get("@context"))
    return record.get("type") == _OBJECT and is_named


@dataclass(frozen=True)
class _Reader:
    """Reads records, with what lies beside them."""

    source: Path
    others: Mapping[str, dict[str, Any]] = field(repr=False)

    def read(self, path: Path) -> Iterator[Work | Skip]:
        for number, record in enumerate(_read_file(path), start=1):
            if isinstance(record, Skip):
                yield record
            elif isinstance(record, dict) and _is_object(record):
                yield self._read_object(record, f"{path}:record {number}")
            elif isinstance(record, dict) and record.get("type") == _OBJECT:
                yield Skip(
                    f"{path}:record {number}", "expected the record of an object, found only its number"
                )
            elif isinstance(record, dict) and record.get("type") and record.get("id"):
                continue  # of people and the like, which objects refer to
            elif record is not None:
                yield Skip(
                    f"{path}:record {number}", f"expected an object of the type {_OBJECT}, found another"
                )

    def _read_object(self, record: dict[str, Any], place: str) -> Work | Skip:
        address = _find_picture(record, self.others)
        if address is None:
            return Skip(place, "expected an object that shows or is represented by a picture, found none")
        made = next(iter(_dicts(record.get("produced_by"))), {})
        parts = [part for part in _dicts(made.get("part")) if part.get("type", "Production") == "Production"]
        makers = [maker for part in parts or [made] for maker in self._read_makers(part)]
        if not makers:
            makers = self._read_makers({"referred_to_by": _among(made, record)})
        span = next(
            iter([*_dicts(made.get("timespan")), *(s for p in parts for s in _dicts(p.get("timespan")))]), {}
        )
        cells: dict[str, object] = {
            "artist": makers,
            "artist_ids": makers[0].pop("ids", None) if makers else None,
            "title": _choose(record.get("identified_by"), "Name", _PREFERRED),
            "source_id": _choose(record.get("identified_by"), "Identifier", _NUMBER),
            "year": _choose(span.get("identified_by"), "Name") or _name(span),
            "year_from": _first_year(span.get("begin_of_the_begin") or span.get("end_of_the_begin")),
            "year_to": _first_year(span.get("end_of_the_end") or span.get("begin_of_the_end")),
            "medium": _choose(record.get("referred_to_by"), "", _MATERIALS, is_strict=True)
            or LABEL_SEPARATOR.join(filter(None, map(_name, _dicts(record.get("made_of"))))),
            "classification": self._find_kind(record),
            "licence": _find_licence(record, self.others),
            "source": next(filter(None, map(_name, _dicts(record.get("current_owner")))), None),
        }
        qualifiers = {str(maker["qualifier"]) for maker in makers if maker.get("qualifier")}
        if len(makers) == 1 and qualifiers:
            cells["qualifier"] = qualifiers.pop()
        return describe_work(Work(None, address=address), {key: key for key in cells}, cells, set())

    def _read_makers(self, part: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Return who carried out a part of the production, as objects of a person."""
        stated = _choose(part.get("referred_to_by"), "", _CREATOR) or ""
        stated = _REMARK.sub("", stated)
        told = read_person(stated)
        if _REJECTED.search(stated):
            return []
        role = next(filter(None, map(_name, _dicts(part.get("technique")))), None)
        role = stated.partition(":")[0] if ":" in stated else role
        if is_no_maker(role or ""):
            return []
        makers = [
            {**maker, "qualifier": told.qualifier or maker["qualifier"], "role": role}
            for maker in self._list_people(part)
        ]
        if makers or not stated:
            return makers
        return [{"name": stated.partition(":")[2].strip() or stated}]

    def _list_people(self, part: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """Yield the people of a part, and those assigned to it, with what the assignment says."""
        for actor in _dicts(part.get("carried_out_by")):
            yield from self._describe(actor, _find_qualifier(actor))
        for assigned in _dicts(part.get("assigned_by") or part.get("attributed_by")):
            if assigned.get("assigned_property", "carried_out_by") == "carried_out_by":
                for actor in _dicts(assigned.get("assigned")):
                    yield from self._describe(actor, _find_qualifier(assigned) or _find_qualifier(actor))
        for actor in _dicts(part.get("influenced_by")):
            yield from self._describe(actor, "after")

    def _describe(self, actor: dict[str, Any], qualifier: str | None) -> Iterator[dict[str, Any]]:
        formed = [
            one for forming in _dicts(actor.get("formed_by")) for one in _dicts(forming.get("influenced_by"))
        ]
        if formed:  # "school of Rembrandt": a group that he influenced
            for one in formed:
                yield from self._describe(one, qualifier)
            return
        known = {**self.others.get(str(actor.get("id")), {}), **actor}
        name = _name(known)
        if name is None:
            return
        ids: dict[str, str | None] = {}
        for address in (str(one.get("id", "")) for one in [known, *_dicts(known.get("equivalent"))]):
            for kind, form in (("ulan", r"/ulan/(\d+)"), ("wikidata", r"wikidata\.org/entity/(Q\d+)")):
                if match := re.search(form, address):
                    ids.setdefault(kind, match[1])
        yield {
            "name": name,
            "qualifier": qualifier,
            "born": _find_life(known, "born"),
            "died": _find_life(known, "died"),
            "ids": join_ids(ids),
        }

    def _find_kind(self, record: Mapping[str, Any]) -> str | None:
        kinds = [
            self.others.get(str(one.get("id")), one) | one for one in _dicts(record.get("classified_as"))
        ]
        kinds.sort(key=lambda one: not _is_classified(one, _KIND))
        return next(filter(None, map(_name, kinds)), None)


def _among(made: Mapping[str, Any], record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the statements about who made an object."""
    said = [*_dicts(made.get("referred_to_by")), *_dicts(record.get("referred_to_by"))]
    return [one for one in said if _is_classified(one, _CREATOR)] or _dicts(made.get("referred_to_by"))


def _find_qualifier(thing: Mapping[str, Any]) -> str | None:
    """Return the qualifier that a class of an assignment or a group stands for."""
    for kind in _dicts(thing.get("classified_as")):
        number = str(kind.get("id", "")).rpartition("/")[2].removeprefix("aat:")
        if qualifier := _QUALIFIERS.get(number):
            return qualifier
    return None


def _find_life(person: Mapping[str, Any], event: str) -> str | None:
    for found in _dicts(person.get(event)):
        for span in _dicts(found.get("timespan")):
            key = "begin_of_the_begin" if event == "born" else "end_of_the_end"
            if text := _first_year(span.get(key)) or _choose(span.get("identified_by"), "Name"):
                return text
    return None


def _find_picture(
    record: Mapping[str, Any], others: Mapping[str, dict[str, Any]], depth: int = 0
) -> str | None:
    """Return the address of the picture of a record, or that of the record which leads on to it."""
    if depth > _MAX_DEPTH:
        return None
    for point in _dicts(record.get("access_point")):
        if is_web_address(point.get("id")) and not _is_page(record, str(point["id"])):
            return str(point["id"])
    further: str | None = None
    for key in ("representation", "digitally_shown_by", "shows", "digitally_available_via"):
        for one in _dicts(record.get(key)):
            known = {**others.get(str(one.get("id")), {}), **one}
            if found := _find_picture(known, others, depth + 1):
                return found
            if is_web_address(one.get("id")) and not _is_page(one, str(one["id"])):
                further = further or str(one["id"])
    return further


def _is_page(record: Mapping[str, Any], address: str) -> bool:
    """Tell whether an address is that of a page or a manifest rather than of a picture."""
    kind = str(record.get("format", ""))
    return (kind != "" and not kind.startswith("image/")) or address.endswith(
        (".html", "manifest.json", "/manifest")
    )


def _is_image(address: str) -> bool:
    path = urlsplit(address).path
    return is_picture(path) or "/full/" in path or "/iiif/" in path or path.endswith("/info.json")


def _find_licence(
    record: Mapping[str, Any], others: Mapping[str, dict[str, Any]], depth: int = 0
) -> str | None:
    """Return the address of the licence: of the picture, else of the object, else of what is said of it."""
    if depth > _MAX_DEPTH:
        return None
    for key in ("representation", "shows", "digitally_shown_by"):
        for one in _dicts(record.get(key)):
            if found := _find_licence({**others.get(str(one.get("id")), {}), **one}, others, depth + 1):
                return found
    for right in _dicts(record.get("subject_to")):
        for kind in _dicts(right.get("classified_as")):
            if re.search(r"creativecommons\.org|rightsstatements\.org", str(kind.get("id"))):
                return str(kind["id"])
        if text := _name(right):
            return text
    for one in _dicts(record.get("subject_of")):
        if found := _find_licence({"subject_to": one.get("subject_to")}, others, depth + 1):
            return found
    return None


# What things are called: in notations, labels and names, English first.


def _dicts(value: Any) -> list[dict[str, Any]]:
    """Return the objects of a value that may be one or a list; a bare address is an object's number."""
    items = value if isinstance(value, list) else [value]
    return [
        item if isinstance(item, dict) else {"id": item} for item in items if isinstance(item, (dict, str))
    ]


def _is_classified(thing: Mapping[str, Any], classes: tuple[str, ...]) -> bool:
    kinds = _dicts(thing.get("classified_as"))
    told = [f"{kind.get('id', '')} {kind.get('_label', '')}".lower() for kind in kinds]
    return any(name in text for text in told for name in classes)


def _is_english(thing: Mapping[str, Any]) -> bool:
    told = [str(one.get("id", "")) for one in _dicts(thing.get("language"))]
    return any(text.rpartition("/")[2] in _ENGLISH for text in told)


def _choose(things: Any, kind: str, classes: tuple[str, ...] = (), *, is_strict: bool = False) -> str | None:
    """Return the content of a thing of a kind: of one that is English and of these classes, if there is one.

    Strictly, it is of one of these classes.
    """
    found = [one for one in _dicts(things) if isinstance(one.get("content"), str) and one["content"].strip()]
    found = [one for one in found if not kind or one.get("type") == kind]
    if is_strict:
        found = [one for one in found if _is_classified(one, classes)]
    is_named = kind == "Name"
    ranked = sorted(
        found,
        key=lambda one: (
            (not _is_english(one), not _is_classified(one, classes))
            if is_named
            else (not _is_classified(one, classes), not _is_english(one))
        ),
    )
    return " ".join(ranked[0]["content"].split()) if ranked else None


def _name(thing: Mapping[str, Any]) -> str | None:
    """Return what a thing is called."""
    notations = [one for one in _dicts(thing.get("notation")) if isinstance(one.get("@value"), str)]
    notations.sort(key=lambda one: one.get("@language") != "en")
    if notations:
        return str(notations[0]["@value"])
    label = thing.get("_label")
    return _choose(thing.get("identified_by"), "Name", _PREFERRED) or (
        label if isinstance(label, str) else None
    )


def _first_year(moment: Any) -> str | None:
    match = _YEARS.match(str(moment or ""))
    return match[0] if match else None
