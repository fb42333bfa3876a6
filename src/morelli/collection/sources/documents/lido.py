"""LIDO, the XML in which museums hand on their records (lido-schema.org, versions 1.0 and 1.1).

A file holds one record or thousands, which are read one after the other. Nothing that a document names is
fetched or put in its place: no entities, no DTD, no network.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar

from lxml import etree

from morelli.collection.sources.fields import join_ids
from morelli.collection.sources.folders import is_picture, walk_files
from morelli.collection.sources.iiif.images import is_web_address, locate_image
from morelli.collection.sources.layout import ReadJson
from morelli.collection.sources.tables.makers import is_no_maker
from morelli.collection.sources.tables.table import describe_work
from morelli.collection.work import LABEL_SEPARATOR, Skip, Work
from morelli.errors import LayoutError, SourceError

_SUFFIXES = frozenset({".xml", ".lido"})
_NAMESPACE = "lido-schema.org"
_N_SAMPLED = 20
_N_WALKED = 10_000  # files of any kind among which these are looked for
_PARSER = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}
_FAULTS = (etree.XMLSyntaxError, OSError, ValueError)
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

_MAKING = re.compile(
    r"produc|creat|herstell|entsteh|schöpf|entwurf|design|ausführ|fabric|réalis|création|realiz|vervaardig"
    r"|fremstil|tillverk|wykonan|wytwor|vznik|execut|lido000(?:07|12)$|lido00224$",
    re.IGNORECASE,
)
"""Types of events in which a work was made: production, creation, designing, by word or by LIDO's number."""
_SMALL = re.compile(r"thumb|preview|small|vorschau|lido00451", re.IGNORECASE)
_NO_PICTURE = re.compile(r"html|pdf|video|audio|model|3d|xml", re.IGNORECASE)
_INVENTORY = re.compile(r"inv|accession|objektn|object", re.IGNORECASE)
_AUTOGRAPH = re.compile(r"autograph|eigenhändig|sicher|certain|gesichert", re.IGNORECASE)


@dataclass(frozen=True)
class Lido:
    """Records of LIDO in one file or in all below a folder."""

    name: ClassVar[str] = "lido"

    source: Path
    reason: str

    @classmethod
    def fit(cls, source: Path, *, is_forced: bool) -> Lido:
        """Fit a file of XML that holds a record, or a folder with one among its first twenty of XML."""
        paths = list(islice(_list_files(source, _N_WALKED), _N_SAMPLED))
        faults: list[SourceError] = []
        for path in paths:
            try:
                if next(_iterate(path), None) is not None:
                    return cls(source, f"{path.name!r} is XML with records of LIDO")
            except _FAULTS as fault:
                faults.append(_refuse(path, _describe(fault)))
        if faults and (source.is_file() or len(faults) == len(paths)):
            raise faults[0]
        raise LayoutError(
            source,
            expected="XML with elements 'lido' of lido-schema.org",
            found=f"none in the first {len(paths)} files of XML",
            remedy="give the file or folder of the records",
        )

    def read(self) -> Iterator[Work | Skip]:
        """Yield the works in the order of the files, and a `Skip` for each record without a picture."""
        used: set[Path] = set()
        others: list[Path | Skip] = []
        for found in walk_files(self.source) if self.source.is_dir() else (self.source,):
            if isinstance(found, Skip) or found.suffix.lower() not in _SUFFIXES:
                others.append(found)
                continue
            for entry in _read_file(found):
                if isinstance(entry, Work) and entry.path is not None:
                    used.add(entry.path)
                yield entry
        for other in others:
            if isinstance(other, Skip):
                yield other
            elif other not in used:
                yield Skip(str(other), "expected a record or a picture that one names, found another file")

    def locate(self, address: str, read_json: ReadJson) -> str:
        """Return the address of the picture, which an image service has in a modest size."""
        return locate_image(address, read_json)


def _list_files(source: Path, n_walked: int | None = None) -> Iterator[Path]:
    found = islice(walk_files(source), n_walked) if source.is_dir() else iter((source,))
    return (path for path in found if isinstance(path, Path) and path.suffix.lower() in _SUFFIXES)


def _iterate(path: Path) -> Iterator[Any]:
    """Yield the records of a file, each taken out of memory when the next is asked for."""
    with path.open("rb") as file:
        for _, element in etree.iterparse(file, events=("end",), tag="{*}lido", **_PARSER):
            if _NAMESPACE in (etree.QName(element).namespace or ""):
                yield element
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]


def _read_file(path: Path) -> Iterator[Work | Skip]:
    number = 0
    try:
        for number, record in enumerate(_iterate(path), start=1):
            yield _read_record(record, path, number)
    except _FAULTS as fault:
        yield Skip(f"{path}:record {number + 1}", f"expected XML to its end, found {_describe(fault)}")
        return
    if number == 0:
        yield Skip(str(path), "expected records of LIDO, found none")


def _read_record(record: Any, path: Path, number: int) -> Work | Skip:
    place, licence = _find_picture(record, path)
    if isinstance(place, str):
        return Skip(f"{path}:record {number}", place)
    # One block for each language: what the English or first one lacks, the others may have.
    blocks = sorted(_all(record, "descriptiveMetadata"), key=lambda block: not _is_english(block))
    cells: dict[str, object] = {"licence": licence or _find_rights(record, "rightsWorkSet")}
    for block in blocks:
        for key, value in _read_block(block).items():
            if value and not cells.get(key):
                cells[key] = value
    cells.setdefault("source", _text(record, "recordSource", "appellationValue"))
    cells["source_id"] = cells.get("source_id") or _text(record, "recordID") or _text(record, "lidoRecID")
    return describe_work(place, {key: key for key in cells}, cells, set())


def _read_block(block: Any) -> dict[str, object]:
    """Return the fields that a block of descriptions states."""
    events = [event for event in _all(block, "event") if _is_making(event)]
    repositories = _all(block, "repositorySet")
    current = [
        one for one in repositories if _attribute(one, "type").lower() in {"current", ""}
    ] or repositories
    numbers = [one for place in current for one in _all(place, "workID")]
    numbers.sort(key=lambda one: not _INVENTORY.search(_attribute(one, "type")))
    makers = [maker for event in events for maker in _read_makers(event)]
    qualifiers = [str(maker["qualifier"]) for maker in makers if maker.get("qualifier")]
    return {
        "title": _text(block, "titleSet", "appellationValue"),
        "artist": makers,
        "qualifier": qualifiers[0] if len(makers) == 1 and qualifiers else None,
        "artist_ids": _read_numbers(events),
        **_read_dates(events),
        "medium": _read_medium(events or [block]),
        "style": _terms(events, "periodName"),
        "theme": _terms(_all(block, "subjectSet"), "subjectConcept"),
        "classification": _terms(_all(block, "objectWorkTypeWrap"), "objectWorkType"),
        "source": next(
            filter(None, (_text(one, "repositoryName", "appellationValue") for one in current)), None
        ),
        "source_id": next(filter(None, map(_join, numbers)), None),
    }


def _is_making(event: Any) -> bool:
    told = [_join(one) or "" for kind in _all(event, "eventType") for one in kind.iterdescendants()]
    return not any(told) or any(map(_MAKING.search, told))


def _read_makers(event: Any) -> list[dict[str, object]]:
    """Return who took part in an event, as objects of a person."""
    makers: list[dict[str, object]] = []
    for actor in _all(event, "eventActor"):
        name = _text(actor, "nameActorSet", "appellationValue") or _text(actor, "displayActorInRole")
        stated = _text(actor, "attributionQualifierActor")
        role = _text(actor, "roleActor", "term")
        if name is None or is_no_maker(role or ""):
            continue
        makers.append({
            "name": name,
            "role": role,
            "qualifier": None if stated and _AUTOGRAPH.search(stated) else stated,
            "born": _text(actor, "vitalDatesActor", "earliestDate"),
            "died": _text(actor, "vitalDatesActor", "latestDate"),
        })  # fmt: skip
    return makers


def _read_numbers(events: Sequence[Any]) -> str | None:
    """Return who the first maker is elsewhere, by the addresses that identify the actor."""
    ids: dict[str, str | None] = {}
    for one in _all(events[0], "actorID") if events else ():
        for kind, form in (("ulan", r"ulan/(\d+)|^(500\d{6})$"), ("wikidata", r"\b(Q\d+)\b")):
            if match := re.search(form, _join(one) or ""):
                ids.setdefault(kind, match[1] or match[match.lastindex or 1])
    return join_ids(ids)


def _read_dates(events: Sequence[Any]) -> dict[str, object]:
    for event in events:
        for date in _all(event, "eventDate"):
            first, last = _text(date, "earliestDate"), _text(date, "latestDate")
            shown = _text(date, "displayDate")
            if shown or first or last:
                span = "-".join(text for text in dict.fromkeys((first, last)) if text)
                return {"year": shown or span, "year_from": first, "year_to": last}
    return {}


def _read_medium(parts: Sequence[Any]) -> str | None:
    wraps = [one for part in parts for one in _all(part, "eventMaterialsTech") or _all(part, "materialsTech")]
    shown = next(filter(None, (_text(one, "displayMaterialsTech") for one in wraps)), None)
    return shown or _terms(wraps, "termMaterialsTech")


def _find_picture(record: Any, path: Path) -> tuple[Work | str, str | None]:
    """Return a work with the largest picture of the first resource that has one, and that picture's licence.

    In place of the work it is the reason why there is none.
    """
    reason = "expected the address of a picture, found none"
    for resource in _all(record, "resourceSet"):
        links: list[tuple[bool, str]] = []
        for part in _all(resource, "resourceRepresentation"):
            for link in _all(part, "linkResource"):
                kind, text = _attribute(link, "formatResource"), _join(link)
                if (
                    text
                    and not _NO_PICTURE.search(kind)
                    and not text.lower().endswith((".html", ".pdf", ".xml"))
                ):
                    links.append((bool(_SMALL.search(_attribute(part, "type") or text)), text))
        for _, link in sorted(links, key=lambda one: one[0]):
            if is_web_address(link):
                return Work(None, address=link), _find_rights(resource, "rightsResource")
            if is_picture(link) and (beside := path.parent / link.replace("\\", "/")).is_file():
                return Work(beside), _find_rights(resource, "rightsResource")
            reason = f"expected a file, found none at {link}"
    return reason, None


def _find_rights(part: Any, tag: str) -> str | None:
    """Return the licence that a statement of rights names, by its address where it has one."""
    for rights in _all(part, tag):
        addresses = (_join(one) or "" for one in _all(rights, "conceptID"))
        stated = next((text for text in addresses if text.startswith("http")), None)
        if text := stated or _text(rights, "rightsType", "term") or _text(rights, "creditLine"):
            return text
    return None


# Elements by their names alone: the prefix and version of the namespace differ from museum to museum.


def _all(part: Any, tag: str) -> list[Any]:
    return list(part.iter(f"{{*}}{tag}"))


def _join(element: Any) -> str | None:
    return " ".join("".join(element.itertext()).split()) or None


def _text(part: Any, *tags: str) -> str | None:
    """Return the text under tags within each other: the preferred, the English, or the first."""
    parts = [part]
    for tag in tags:
        parts = [one for outer in parts for one in _all(outer, tag)]
    filled = [one for one in parts if _join(one)]
    filled.sort(key=lambda one: (not _is_preferred(one), not _is_english(one)))
    return _join(filled[0]) if filled else None


def _terms(parts: Iterable[Any], tag: str) -> str | None:
    """Return the term of each element of this tag, in one language, joined by ``|``."""
    elements = [one for part in parts for one in _all(part, tag)]
    terms = [_text(one, "term") or _text(one, "prefLabel") for one in elements]
    return LABEL_SEPARATOR.join(dict.fromkeys(filter(None, terms))) or None


def _attribute(element: Any, name: str) -> str:
    return next((value for key, value in element.attrib.items() if etree.QName(key).localname == name), "")


def _is_preferred(element: Any) -> bool:
    return "prefer" in _attribute(element, "pref").lower()


def _is_english(element: Any) -> bool:
    while element is not None:
        if language := element.get(_LANG):
            return str(language).lower().startswith("en")
        element = element.getparent()
    return False


def _describe(fault: Exception) -> str:
    return getattr(fault, "strerror", None) or str(fault).partition(" (")[0] or type(fault).__name__


def _refuse(path: Path, found: str) -> SourceError:
    return SourceError(
        path,
        expected="XML with records of LIDO",
        found=found,
        remedy="export or fetch the file again",
    )
