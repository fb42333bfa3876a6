"""Records in JSON: one object per line, or one array of objects, also within a service's answer."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from morelli.collection.sources.folders import walk_json
from morelli.collection.sources.matching import count_fields, is_in_languages, read_label
from morelli.collection.work import Skip
from morelli.errors import SourceError

_JSON_FAULTS = (ValueError, RecursionError)  # of json.loads; too long a number is a ValueError too


@dataclass(frozen=True)
class Row:
    """One row of a table: its values by column name, text from a CSV, anything from Parquet or JSON.

    The number is where a spreadsheet shows it: the header is row 1. In JSON, where there is no header, it is
    the line or element from 1. The path is that of the row's own file, in a folder of records.
    """

    number: int
    values: Mapping[str, object]
    path: Path | None = None


def describe_fault(fault: Exception) -> str:
    """Return what a fault of reading says, in a line."""
    stated = getattr(fault, "strerror", None)
    return stated.lower() if stated else next(iter(str(fault).splitlines()), type(fault).__name__)


def flatten_record(record: Mapping[str, object]) -> dict[str, object]:
    """Return a record whose nested objects are columns of their own, in lists as well.

    >>> flatten_record({"artist": {"name": "Gris", "born": 1887}, "style": ["Cubism"]})
    {'artist.name': 'Gris', 'artist.born': 1887, 'style': ['Cubism']}

    What a record labels is a column of that label.

    >>> flatten_record({"facts": [{"label": "Artist", "content": "Juan Gris"}]})["facts.Artist"]
    'Juan Gris'
    """
    flat: dict[str, object] = {}
    for key, value in record.items():
        if labelled := _list_labelled(value):
            if isinstance(value, Mapping):
                flat[key] = labelled[0][1]
                continue
            flat |= {f"{key}.{label}": text for label, text in labelled}
        if isinstance(value, Mapping):
            flat |= {key: value} if is_in_languages(value) else {}
            flat |= {f"{key}.{inner}": deep for inner, deep in flatten_record(value).items()}
            continue
        flat[key] = value
        objects = [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []
        parts = [flatten_record(item) for item in objects]
        for inner in dict.fromkeys(column for part in parts for column in part):
            flat[f"{key}.{inner}"] = [part[inner] for part in parts if part.get(inner) is not None]
    return flat


def _list_labelled(value: object) -> list[tuple[str, object]]:
    """Return label and text of objects that are no more than that, where a label names a field of works."""
    items = value if isinstance(value, list) else [value]
    found: dict[str, list[object]] = {}
    for item in items:
        if not isinstance(item, Mapping) or len(item) > _MOST_KEYS:
            return []
        label = next((item[key] for key in _LABEL_KEYS if isinstance(item.get(key), str)), "")
        texts = [item[key] for key in _TEXT_KEYS if isinstance(item.get(key), (str, int, float))]
        if not (label and texts):
            return []
        found.setdefault(label, []).append(texts[0])
    if isinstance(value, list) and not any(map(read_label, found)):
        return []
    return [(label, texts[0] if len(texts) == 1 else texts) for label, texts in found.items()]


_LABEL_KEYS = ("label", "key", "name", "field")
_TEXT_KEYS = ("value", "content")
_MOST_KEYS = 5

_WRAPPERS = frozenset({
    "data", "items", "records", "artobjects", "objects", "results", "docs", "hits", "bindings", "works",
    "artworks", "paintings", "rows", "entries", "features", "edges", "nodes", "elements", "content", "member",
})  # fmt: skip
"""Under which keys the records of an answer usually are, in lower case."""

SERVICE_KEY = "config.iiif_url"
"""Where an answer names the image service of all its records: the key in each of them."""

_MAX_WRAPPED = 4
_MAX_ALONE = 2
"""How deep in an answer a single record may lie."""
_N_COUNTED = 3
_MIN_FIELDS = 2  # of each of the records that an object holds by their numbers


def read_lines(path: Path) -> Iterator[Row | Skip]:
    """Yield the rows of JSON Lines."""
    for number, line in enumerate(_read_text(path).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except _JSON_FAULTS as fault:
            yield Skip(f"{path}:row {number}", f"expected a JSON object, found {describe_fault(fault)}")
        else:
            yield _check_record(path, number, value)


def read_array(path: Path) -> Iterator[Row | Skip]:
    """Yield the rows of an array, of a service's answer, or of JSON Lines with another ending."""
    text = _read_text(path)
    try:
        records = json.loads(text)
    except _JSON_FAULTS as fault:
        if not _is_first_line_object(text):
            raise _refuse_json(path, describe_fault(fault)) from fault
        yield from read_lines(path)
        return
    if isinstance(records, dict):
        config = records.get("config")
        records = _choose_records(path, records)
        if isinstance(config, Mapping) and isinstance(config.get("iiif_url"), str):
            base = {SERVICE_KEY: config["iiif_url"]}  # said once for all records of the answer
            records = [{**one, **base} if isinstance(one, dict) else one for one in records]
    if not isinstance(records, list):
        raise _refuse_json(path, f"a JSON {type(records).__name__}")
    yield from (_check_record(path, number, value) for number, value in enumerate(records, start=1))


def read_folder(folder: Path, n_sampled: int | None = None) -> Iterator[Row | Skip]:
    """Yield the rows of all files of JSON below a folder, or of a few, evenly spread, as a sample."""
    paths = [found for found in walk_json(folder) if isinstance(found, Path)]
    if not paths:
        raise _refuse_json(folder, "a folder without files of JSON")
    step = 1 if n_sampled is None else max(1, -(-len(paths) // n_sampled))
    for path in paths[::step]:
        try:
            for row in read_array(path):
                yield row if isinstance(row, Skip) else replace(row, path=path)
        except SourceError as fault:
            yield Skip.of_fault(path, fault)


def _is_first_line_object(text: str) -> bool:
    """Tell whether these are JSON Lines: a whole object on the first of several lines."""
    first, *others = text.strip().split("\n", 1)
    try:
        return bool(others) and isinstance(json.loads(first), dict)
    except _JSON_FAULTS:
        return False


def _choose_records(path: Path, answer: dict[str, Any]) -> list[Any]:
    """Return the records in an object: those of the list that names most fields of works, or it alone.

    Where nothing names fields, the one list of objects is taken; under a usual key it goes before others.
    """
    lists = dict(_list_lists(answer, "", _MAX_WRAPPED))
    if _are_records(answer):
        lists[""] = list(answer.values())
    usual = [name for name in lists if name.rpartition(".")[2].lower() in _WRAPPERS]
    usual = [name for name in usual if name.count(".") == min(found.count(".") for found in usual)]
    counts = {name: _count_fields(records) for name, records in lists.items()}
    most = max(counts.values(), default=0)
    single = max(_list_objects(answer, _MAX_ALONE), key=lambda found: _count_fields([found]))
    if _count_fields([single]) > most:
        return [single]
    best = [name for name in lists if counts[name] == most]
    for names in ([name for name in best if name in usual], best if most else [], usual, list(lists)):
        if len(names) == 1:
            return lists[names[0]]
    found = f"one with the lists {', '.join(lists)}" if lists else "one without a list of objects"
    raise _refuse_json(path, f"a JSON object, {found}", "keep the list of works alone, or " if lists else "")


def _are_records(answer: dict[str, Any]) -> bool:
    """Tell whether an object holds nothing but records, by their numbers."""
    values = list(answer.values())
    return len(values) > 1 and all(
        isinstance(value, dict) and _count_fields([value]) >= _MIN_FIELDS for value in values
    )


def _count_fields(records: list[Any]) -> int:
    try:
        return count_fields(column for record in records[:_N_COUNTED] for column in flatten_record(record))
    except RecursionError:
        return 0


def _list_objects(value: dict[str, Any], depth: int) -> Iterator[dict[str, Any]]:
    """Yield an object and those within it, the outer first."""
    yield value
    for inner in value.values() if depth else ():
        if isinstance(inner, dict):
            yield from _list_objects(inner, depth - 1)


def _list_lists(value: dict[str, Any], name: str, depth: int) -> Iterator[tuple[str, list[Any]]]:
    """Yield each list of objects in an object with its name, such as "response.docs"."""
    for key, inner in value.items():
        if isinstance(inner, dict) and depth:
            yield from _list_lists(inner, f"{name}{key}.", depth - 1)
        elif (
            isinstance(inner, list)
            and all(isinstance(item, dict) for item in inner)
            and (inner or key.lower() in _WRAPPERS)
        ):
            yield f"{name}{key}", inner


def _check_record(path: Path, number: int, value: Any) -> Row | Skip:
    place = f"{path}:row {number}"
    if not isinstance(value, dict):
        return Skip(place, f"expected a JSON object, found {type(value).__name__}")
    try:
        json.dumps(value, ensure_ascii=False).encode()
        return Row(number, flatten_record(value))
    except UnicodeEncodeError:
        return Skip(place, "expected text in Unicode, found half a character")
    except RecursionError:
        return Skip(place, "expected a JSON object, found one nested too deeply")


def _read_text(path: Path) -> str:
    try:
        data = path.read_bytes()
        return data.decode(json.detect_encoding(data))
    except (OSError, ValueError) as fault:
        raise _refuse_json(path, describe_fault(fault)) from fault


def _refuse_json(path: Path, found: str, advice: str = "") -> SourceError:
    return SourceError(
        path,
        expected="JSON Lines, or one JSON array of objects",
        found=found,
        remedy=f"{advice}write one JSON object per line (.jsonl), in UTF-8",
    )
