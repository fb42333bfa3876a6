"""Which records of a source are wanted, and how those without a file get one.

Between the layouts, which list records, and `reading`, which opens pictures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, replace

from morelli.collection.downloads import Downloader, Fetched
from morelli.collection.names.text import fold_name
from morelli.collection.sources.layout import ReadJson
from morelli.collection.work import LABEL_SEPARATOR, Skip, Work
from morelli.errors import UsageError

_Progress = Callable[[str, int, int], None]

_WANTED_FIELDS = tuple(field.name for field in fields(Work) if field.name not in {"path", "address", "year"})
"""The fields of a work that a choice may name."""


def select_works(entries: Iterable[Work | Skip], only: Mapping[str, str]) -> list[Work | Skip]:
    """Return the works that have all wanted values, and all skips.

    Parameters
    ----------
    entries
        As a layout lists them.
    only
        Wanted value by field; of a work with several labels one is enough. Compared by `fold_name`. An empty
        value wants the works without one.

    Raises
    ------
    UsageError
        When there is no such field.

    Examples
    --------
    >>> works = [Work(None, artist="Claude Monet", classification="Print"), Work(None, artist="Claude Monet")]
    >>> len(select_works(works, {"classification": "print"}))
    1
    """
    _check_fields(only)
    wanted = {name: fold_name(value) for name, value in only.items()}
    return [entry for entry in entries if isinstance(entry, Skip) or _is_wanted(entry, wanted)]


def parse_only(texts: Sequence[str]) -> dict[str, str]:
    """Return wanted values by field from texts such as ``classification=Painting``.

    Raises
    ------
    UsageError
        When a text has no equals sign or names no field of a work, or a field comes twice.
    """
    parts = [text.partition("=") for text in texts]
    for text, (_, sign, _) in zip(texts, parts, strict=True):
        if not sign:
            raise UsageError(
                "--only",
                expected="a field and a value, as classification=Painting",
                found=repr(text),
                remedy="put an equals sign between them",
            )
    only: dict[str, str] = {}
    for name, value in ((name.strip(), value.strip()) for name, _, value in parts):
        if only.setdefault(name, value) != value:
            raise UsageError(
                "--only",
                expected="each field once",
                found=f"{name}={only[name]} and {name}={value}",
                remedy="choose one; a gallery takes both when they are collected one after the other",
            )
    _check_fields(only)
    return only


def fetch_works(
    entries: Sequence[Work | Skip],
    downloader: Downloader,
    locate: Callable[[str, ReadJson], str],
    progress: _Progress | None = None,
    *,
    retry_failed: bool = False,
) -> list[Work | Skip]:
    """Return the entries with files in the place of addresses, in the same order.

    Parameters
    ----------
    entries
        Works that have a file stay as they are.
    downloader
        Fetches each address once, however many works share it.
    locate
        What an address leads to, as the layout has it.
    progress
        Called with "download" and how many addresses are done, of how many.
    retry_failed
        Also ask again for what failed for good.

    Returns
    -------
    fetched
        A work whose picture could not be fetched becomes a `Skip` that names its address and the reason.
    """
    addresses = [
        entry.address for entry in entries if isinstance(entry, Work) and not entry.path and entry.address
    ]
    report = None if progress is None else (lambda done, total: progress("download", done, total))
    found: dict[str, Fetched | Skip] = {}
    for fetched in downloader.fetch(addresses, locate=locate, progress=report, retry_failed=retry_failed):
        found[fetched.address if isinstance(fetched, Fetched) else fetched.path] = fetched
    return [_take_file(entry, found) for entry in entries]


def _check_fields(only: Iterable[str]) -> None:
    for name in only:
        if name not in _WANTED_FIELDS:
            raise UsageError(
                "--only",
                expected="one of the fields " + ", ".join(_WANTED_FIELDS),
                found=repr(name),
                remedy="write it as --only classification=Painting",
            )


def _is_wanted(work: Work, wanted: Mapping[str, str]) -> bool:
    return all(
        value in {fold_name(label) for label in str(getattr(work, name) or "").split(LABEL_SEPARATOR)}
        for name, value in wanted.items()
    )


def _take_file(entry: Work | Skip, found: Mapping[str, Fetched | Skip]) -> Work | Skip:
    if isinstance(entry, Skip) or entry.path or not entry.address:
        return entry
    fetched = found[entry.address]
    return replace(entry, path=fetched.path.absolute()) if isinstance(fetched, Fetched) else fetched
