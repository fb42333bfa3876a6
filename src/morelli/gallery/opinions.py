"""What people say of the labels of works, with date and name; each opinion stands beside the others."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa

from morelli.collection.names.people import check_artist
from morelli.collection.sources.readers import read_rows
from morelli.collection.work import Skip
from morelli.gallery.store import Gallery

VERDICTS = ("right", "wrong", "don't know")
"""What may be said of a label."""

_OPINIONS = "opinions"
_FIELDS = ("work", "label", "verdict", "artist", "note", "author", "day")
_SCHEMA = pa.schema([(name, pa.string()) for name in ("key", *_FIELDS)])


@dataclass(frozen=True)
class Opinion:
    """What one person said of one work's label on one day."""

    work: str  # id
    label: str  # the artist whom the work was labelled with then
    verdict: str  # one of `VERDICTS`
    artist: str = ""  # who made it instead, where it is said
    note: str = ""
    author: str = ""
    day: str = ""  # ISO 8601

    @property
    def key(self) -> str:
        """What is the same for the same opinion said twice, and for no other."""
        return hashlib.sha256("\0".join(asdict(self).values()).encode()).hexdigest()


def read_opinions(gallery: Gallery) -> list[Opinion]:
    """Return all opinions, by work, the oldest first."""
    rows = gallery.read_table(_OPINIONS, _SCHEMA).to_pylist()
    found = [Opinion(**{name: row[name] or "" for name in _FIELDS}) for row in rows]
    return sorted(found, key=lambda opinion: (opinion.work, opinion.day, opinion.author))


def apply_opinions(gallery: Gallery, path: Path, *, author: str) -> tuple[int, int, tuple[Skip, ...]]:
    """Add the opinions of a table to those that are there; none is ever overwritten.

    Rows have an id and a verdict, and may say who made the work ``instead``, a note, an author and a day; one
    without a verdict says nothing. Returns how many were added, how many were there, and what was skipped.
    """
    labels = dict(gallery.works().select("id", "artist").rows())
    found: dict[str, Opinion] = {}
    skips = []
    for row in read_rows(path, named=("id", "verdict")):
        read = row if isinstance(row, Skip) else _read_row(path, row.number, row.values, labels, author)
        if isinstance(read, Skip):
            skips.append(read)
        elif read is not None:
            found[read.key] = read
    known = {opinion.key for opinion in read_opinions(gallery)}
    new = [opinion for key, opinion in found.items() if key not in known]
    if new:
        rows = [{"key": opinion.key, **asdict(opinion)} for opinion in new]
        gallery.store_table(_OPINIONS, pa.Table.from_pylist(rows, _SCHEMA), on="key")
    return len(new), len(found) - len(new), tuple(skips)


def _read_row(
    path: Path, number: int, values: object, labels: dict[str, str | None], author: str
) -> Opinion | Skip | None:
    """Return the opinion in a row, None where there is none, or why it cannot be taken."""
    cells = {key: str(value or "").strip() for key, value in dict(values).items()}  # type: ignore[call-overload]
    verdict = cells.get("verdict", "").casefold().replace("’", "'")
    if not verdict:
        return None
    place = f"{path}:row {number}"
    if verdict not in VERDICTS:
        return Skip(place, f"expected one of {', '.join(VERDICTS)}, found {verdict!r}")
    if (work := cells.get("id", "")) not in labels:
        return Skip(place, f"expected the id of a work in this gallery, found {work!r}")
    name, fault = check_artist(cells["instead"]) if cells.get("instead") else ("", "")
    if fault:
        return Skip(place, f"expected the name of an artist, found {fault}")
    try:
        day = date.fromisoformat(cells.get("day") or date.today().isoformat()).isoformat()
    except ValueError:
        return Skip(place, f"expected a day such as 2026-05-17, found {cells['day']!r}")
    return Opinion(
        work, labels[work] or "", verdict, name, cells.get("note", ""), cells.get("author") or author, day
    )


def settle_opinions(opinions: Sequence[Opinion], labels: dict[str, str | None]) -> dict[str, str]:
    """Return the last verdict on each work's present label; what was said of another label does not count."""
    return {
        opinion.work: opinion.verdict
        for opinion in sorted(opinions, key=lambda one: one.day)
        if labels.get(opinion.work) == opinion.label
    }
