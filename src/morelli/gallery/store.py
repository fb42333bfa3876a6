"""One LanceDB database: a works table, a skip list, and a vectors table per encoder fingerprint.

Every write is one atomic Lance commit, and every reader asks what is there by id. So a process that is killed
at any moment leaves a gallery that the next run completes to the same content.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from morelli.collection.names.twins import resolve_aliases
from morelli.collection.work import WORKS_SCHEMA, Skip
from morelli.embeddings import Embeddings
from morelli.encode.spec import EncoderCard
from morelli.errors import GalleryError
from morelli.gallery.tables import LanceTables

_WORKS, _SKIPS, _ENCODERS, _SOURCES, _ALIASES = "works", "skips", "encoders", "sources", "aliases"
_SKIP_SCHEMA = pa.schema([("path", pa.string()), ("stage", pa.string()), ("reason", pa.string())])
_ENCODER_SCHEMA = pa.schema([("fingerprint", pa.string()), ("name", pa.string()), ("card", pa.string())])
_SOURCE_SCHEMA = pa.schema([("path", pa.string()), ("name", pa.string()), ("layout", pa.string())])
_ALIAS_SCHEMA = pa.schema([("alias", pa.string()), ("artist", pa.string())])
_VECTORS_PREFIX = "vectors_"
_PREFIXES_BY_ID = (_VECTORS_PREFIX, "inspections")
"""Tables with a row per work, which go with it."""
_FINGERPRINT_DIGITS = 16
_FEW = 100  # works that are sooner taken by their places than asked for by a condition
_QUOTED = re.compile(r"('(?:[^']|'')*'|\"[^\"]*\"|`[^`]*`)")
_YEAR = re.compile(r"\byear\b(?!\s*\()", re.IGNORECASE)

VANISHED = "expected the file that was collected, found none: put it back, or take the work out with --prune"
"""In the skip report, of a work whose file is no longer there."""


class Gallery(LanceTables):
    """A collection and its vectors in one LanceDB database: a folder, or an address such as ``s3://...``.

    >>> import tempfile
    >>> Gallery(tempfile.mkdtemp() + "/gallery", is_new=True).count_works()
    0
    """

    def __init__(self, address: str | Path, *, is_new: bool = False, waits: bool = True) -> None:
        place = str(address)
        is_local = "://" not in place
        if is_local and not is_new and not (Path(place) / f"{_WORKS}.lance").is_dir():
            raise GalleryError(
                place,
                expected="a gallery",
                found="no works table there",
                remedy=f"make one with 'morelli collect SOURCE --gallery {place}'",
            )
        super().__init__(place, waits=waits)
        self._places: tuple[int, dict[str, int]] | None = None  # of the works, by a version of their table

    @property
    def name(self) -> str:
        """The names of the sources joined by ``+``, or the last part of the address when there are none."""
        names = self.sources()["name"].unique().sort().to_list()
        return "+".join(names) or self.address.rstrip("/").rsplit("/", 1)[-1]

    def sources(self) -> pl.DataFrame:
        """Return what was collected: path, name, layout; sorted by path."""
        return self._read(_SOURCES, schema=_SOURCE_SCHEMA).sort("path")

    def register_source(self, path: Path, layout: str, *, given: Path | None = None) -> None:
        """Note a source that works come from, named after the file or folder that was given for it."""
        row = {"path": str(path), "name": name_source(path, given), "layout": layout}
        if row in self.sources().to_dicts():
            return
        self._upsert(_SOURCES, pa.Table.from_pylist([row], _SOURCE_SCHEMA), on="path")

    def works(self, where: str | None = None) -> pl.DataFrame:
        """Return the works, or those that an SQL condition such as ``year < 1900`` keeps, sorted by id.

        Where a work has no single year, a condition on ``year`` asks the first year of its range.
        """
        return self._fill_works(self._read(_WORKS, where=where and self._widen_year(where)))

    def _fill_works(self, stored: pl.DataFrame) -> pl.DataFrame:
        lacking = [column for column in WORKS_SCHEMA if column not in stored.columns]
        blanks = [pl.lit(None, WORKS_SCHEMA[column]).alias(column) for column in lacking]
        return stored.with_columns(blanks).select(list(WORKS_SCHEMA)).sort("id")

    def find_works(self, ids: Sequence[str]) -> pl.DataFrame:
        """Return the works of these ids, sorted by id; those that are not here are left out.

        Few are taken by their places in the table, which are read once for each of its versions.
        """
        found = self._take_works(ids) if 0 < len(ids) <= _FEW else None
        if found is None:
            return self.works(f"id IN ({quote_values(ids)})" if ids else "false")
        return self._fill_works(found)

    def _take_works(self, ids: Sequence[str]) -> pl.DataFrame | None:
        """Return rows by their places; None where these are not those that were asked for."""
        table = self._open(_WORKS)
        if table is None:
            return None
        with self._blame(_WORKS):
            version = table.version
            if self._places is None or self._places[0] != version:
                held = table.search().select(["id"]).limit(None).to_arrow()["id"].to_numpy()
                self._places = version, {work_id: place for place, work_id in enumerate(held.tolist())}
            places = {work_id: self._places[1][work_id] for work_id in ids if work_id in self._places[1]}
            if not places:
                return None
            rows = pl.DataFrame(pl.from_arrow(table.take_offsets(sorted(places.values())).to_arrow()))
        return rows if set(rows["id"]) == set(places) else None

    def list_ids(self, where: str) -> list[str]:
        """Return the ids of the works that an SQL condition keeps; no other column is read than it names."""
        return self._read(_WORKS, where=self._widen_year(where), columns=["id"])["id"].to_list()

    def _widen_year(self, where: str) -> str:
        """Return a condition in which the year of a range is its first; texts in quotes stay as they are."""
        table = self._open(_WORKS)
        if table is None or "year_from" not in table.schema.names:  # a gallery of an earlier version
            return where
        parts = _QUOTED.split(where)
        return "".join(
            part if place % 2 else _YEAR.sub("coalesce(year, year_from)", part)
            for place, part in enumerate(parts)
        )

    def vanished(self) -> pl.DataFrame:
        """Return id, path and source of the works whose file is no longer there, sorted by path."""
        works = self.works().select("id", "path", "source").sort("path")
        return works.filter([not os.path.exists(path) for path in works["path"]])

    def count_works(self) -> int:
        """Return how many works are stored."""
        return self._count_rows(_WORKS)

    def store_works(self, frame: pl.DataFrame) -> None:
        """Add works, or replace the rows of those already there by id, in one commit."""
        rows = frame.to_arrow()
        with self.writing():
            table = self._open(_WORKS)
            if table is not None and (
                lacking := [field for field in rows.schema if field.name not in table.schema.names]
            ):
                with self._blame(_WORKS):
                    table.add_columns(lacking)  # a gallery of an earlier version
            self._upsert(_WORKS, rows, on="id")

    def remove_works(self, ids: Sequence[str]) -> None:
        """Remove works, their vectors first, so that a vector without a work is never left behind."""
        if not ids:
            return
        with self.writing():
            for name in [*(name for name in self._names() if name.startswith(_PREFIXES_BY_ID)), _WORKS]:
                with self._blame(name):
                    self._open(name).delete(f"id IN ({quote_values(ids)})")

    def remove_doubles(self) -> dict[str, int]:
        """Remove rows that stand twice; return how many by table, of those that had some.

        Before writers waited for each other, two at once could store a work or a vector twice.
        """
        by_id = [name for name in self._names() if name.startswith(_PREFIXES_BY_ID)]
        keys = {_WORKS: ["id"], **{name: ["id"] for name in by_id}, _SKIPS: ["path", "stage"]}
        found = {name: self._remove_doubles(name, key) for name, key in keys.items()}
        return {name: n for name, n in found.items() if n}

    def aliases(self) -> dict[str, str]:
        """Return which artist each alias stands for, as a person has decided."""
        return dict(sorted(self._read(_ALIASES, schema=_ALIAS_SCHEMA).rows()))

    def store_aliases(self, mapping: Mapping[str, str]) -> None:
        """Add aliases to those that are known, and rename the artists of the works that are stored."""
        if not mapping:
            return
        with self.writing():
            aliases = resolve_aliases(self.aliases() | dict(mapping), place=f"{self.address}: aliases")
            rows = [{"alias": alias, "artist": artist} for alias, artist in aliases.items()]
            self._upsert(_ALIASES, pa.Table.from_pylist(rows, _ALIAS_SCHEMA), on="alias")
            works = self.works()
            concerned = works.filter(pl.col("artist").is_in(list(aliases)))
            if not concerned.is_empty():
                self.store_works(concerned.with_columns(pl.col("artist").replace(aliases)))

    def skips(self) -> pl.DataFrame:
        """Return the skip report: path, stage ("collect" or "embed"), reason; sorted by path."""
        return self._read(_SKIPS, schema=_SKIP_SCHEMA).sort("path", "stage")

    def store_skips(self, skips: Iterable[Skip], *, stage: str) -> None:
        """Add to the skip report; a path is listed once per stage, with its latest reason."""
        rows = {skip.path: {"path": skip.path, "stage": stage, "reason": skip.reason} for skip in skips}
        known = set(self.skips().select(_SKIP_SCHEMA.names).rows()) if rows else set()
        new = [row for row in rows.values() if tuple(row.values()) not in known]
        if new:
            self._upsert(_SKIPS, pa.Table.from_pylist(new, _SKIP_SCHEMA), on=["path", "stage"])

    def forget_skips(self, paths: Iterable[str], *, stage: str | None = None) -> None:
        """Take what could be read after all off the skip report, of one stage or of all."""
        wanted = set(paths)
        held = set(self.skips()["path"].to_list()) & wanted if wanted else set()
        condition = f"path IN ({quote_values(sorted(held))})"
        if stage is not None:
            condition += f" AND stage = {quote_values([stage])}"
        if not held:
            return
        with self.writing(), self._blame(_SKIPS):
            self._open(_SKIPS).delete(condition)

    def encoders(self) -> list[EncoderCard]:
        """Return the cards of the encoders that have vectors here, sorted by name."""
        held = {name for name in self._names() if name.startswith(_VECTORS_PREFIX) and self._count_rows(name)}
        try:
            rows = self._read(_ENCODERS, schema=_ENCODER_SCHEMA).sort("name")
            return [
                EncoderCard.from_dict(json.loads(card))
                for fingerprint, card in rows.select("fingerprint", "card").iter_rows()
                if _vectors_table(fingerprint) in held
            ]
        except (ValueError, TypeError, pl.exceptions.PolarsError) as error:
            raise GalleryError(
                f"{self.address}: table {_ENCODERS}",
                expected="cards of encoders",
                found=f"a damaged one ({error})",
                remedy="restore the folder from a copy",
            ) from error

    def encoder(self, wanted: str | None = None) -> EncoderCard:
        """Return the card of an encoder: by name or first digits of a fingerprint; None: the only one."""
        cards = self.encoders()
        fitting = [
            card for card in cards if wanted in (None, card.name) or card.fingerprint.startswith(str(wanted))
        ]
        if len(fitting) != 1:
            listed = "; ".join(f"{card.name} ({card.fingerprint[:12]})" for card in cards) or "no vectors"
            raise GalleryError(
                f"{self.address}: encoder {wanted or ''}".rstrip(),
                expected="exactly one encoder that fits",
                found=listed,
                remedy="run 'morelli embed', or name one with --encoder" if cards else "run 'morelli embed'",
            )
        return fitting[0]

    def register_encoder(self, card: EncoderCard) -> None:
        """Store an encoder's card, so that its vectors can be read without it."""
        row = {"fingerprint": card.fingerprint, "name": card.name, "card": json.dumps(card.to_dict())}
        self._upsert(_ENCODERS, pa.Table.from_pylist([row], _ENCODER_SCHEMA), on="fingerprint")

    def remove_encoder(self, fingerprint: str) -> int:
        """Remove an encoder and its vectors; return how many these were."""
        name = _vectors_table(fingerprint)
        with self.writing():
            n = self._count_rows(name)
            self._drop(name)
            cards = self._open(_ENCODERS)
            if cards is not None:
                with self._blame(_ENCODERS):
                    cards.delete(f"fingerprint = {quote_values([fingerprint])}")
        return n

    def store_vectors(self, fingerprint: str, ids: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Add the vectors of works that have none under this fingerprint yet, in one commit."""
        flat = pa.array(np.ascontiguousarray(vectors, dtype=np.float32).ravel())
        columns = {
            "id": pa.array(list(ids)),
            "vector": pa.FixedSizeListArray.from_arrays(flat, vectors.shape[1]),
        }
        self._upsert(_vectors_table(fingerprint), pa.table(columns), on="id")

    def embedded_ids(self, fingerprint: str) -> set[str]:
        """Return the ids of the works that have a vector under this fingerprint."""
        name = _vectors_table(fingerprint)
        table = self._open(name)
        if table is None:
            return set()
        with self._blame(name):
            return set(table.search().select(["id"]).limit(None).to_arrow()["id"].to_pylist())

    def embeddings(self, fingerprint: str) -> Embeddings:
        """Return all vectors under a fingerprint, sorted by id."""
        table = self._open(_vectors_table(fingerprint))
        if table is None:
            raise GalleryError(
                self.address,
                expected=f"vectors of encoder {fingerprint[:12]}",
                found="none",
                remedy="run 'morelli embed' with that encoder",
            )
        with self._blame(_vectors_table(fingerprint)):
            rows = table.search().select(["id", "vector"]).limit(None).to_arrow()
        return _to_embeddings(rows, fingerprint)

    def find_vectors(self, fingerprint: str, ids: Sequence[str]) -> NDArray[np.float32]:
        """Return the vectors (n, d) of some works, in their order; `GalleryError` when one has none."""
        table = self.vectors_table(fingerprint)
        with self._blame(_vectors_table(fingerprint)):
            query = table.search().where(f"id IN ({quote_values(ids)})")
            rows = query.select(["id", "vector"]).limit(None).to_arrow()
        return _to_embeddings(rows, fingerprint).select(list(ids))

    def vectors_table(self, fingerprint: str) -> Any:
        """Return the LanceDB table of a fingerprint, for search."""
        table = self._open(_vectors_table(fingerprint))
        if table is None:
            self.embeddings(fingerprint)
        return table


def _to_embeddings(rows: pa.Table, fingerprint: str) -> Embeddings:
    """Return rows of id and vector as embeddings, sorted by id."""
    rows = rows.combine_chunks().sort_by("id")
    width = rows.schema.field("vector").type.list_size
    flat = rows["vector"].combine_chunks().flatten().to_numpy(zero_copy_only=False)
    return Embeddings(
        tuple(rows["id"].to_pylist()), flat.reshape(-1, width).astype(np.float32, copy=False), fingerprint
    )


def _vectors_table(fingerprint: str) -> str:
    return f"{_VECTORS_PREFIX}{fingerprint[:_FINGERPRINT_DIGITS]}"


def name_source(path: Path, given: Path | None = None) -> str:
    """Return what a source is called: the name of the file or folder that was given for it."""
    place = path if given is None else given.resolve()
    return place.stem if place.is_file() else place.name


def quote_values(values: Iterable[str]) -> str:
    """Return texts as an SQL list, quotes doubled."""
    return ", ".join("'" + value.replace("'", "''") + "'" for value in values)


@dataclass(frozen=True)
class _EncoderSummary:
    """An encoder, and how many works have a vector under it."""

    name: str
    fingerprint: str
    dimension: int
    note: str
    works: int


@dataclass(frozen=True)
class _GallerySummary:
    """What is in a gallery."""

    address: str
    sources: tuple[str, ...]  # paths of what was collected
    works: int
    without_artist: int
    skips: int
    vanished: int  # works whose file is no longer there
    artists: tuple[tuple[str, int], ...]  # with their number of works, most first
    encoders: tuple[_EncoderSummary, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the summary as a JSON object."""
        return {**asdict(self), "artists": dict(self.artists)}


def list_losses(gallery: Gallery) -> pl.DataFrame:
    """Return the skip report with the files that have vanished since it was written."""
    listed = gallery.skips()
    gone = gallery.vanished().filter(~pl.col("path").is_in(listed["path"].implode()))
    told = gone.select("path", stage=pl.lit("now"), reason=pl.lit(VANISHED))
    return pl.concat([listed, told]).sort("path", "stage")


def summarise_gallery(gallery: Gallery) -> _GallerySummary:
    """Return what is in a gallery."""
    works = gallery.works().select("artist")
    counts = works.drop_nulls().group_by("artist").len().sort("len", "artist", descending=[True, False])
    encoders = [
        _EncoderSummary(
            name=card.name,
            fingerprint=card.fingerprint,
            dimension=card.dimension,
            note="; ".join(part.note for part in card.parts if part.note),
            works=len(gallery.embedded_ids(card.fingerprint)),
        )
        for card in gallery.encoders()
    ]
    return _GallerySummary(
        address=gallery.address,
        sources=tuple(gallery.sources()["path"].to_list()),
        works=len(works),
        without_artist=works.select(pl.col("artist").null_count()).item(),
        skips=len(gallery.skips()),
        vanished=len(gallery.vanished()),
        artists=tuple((name, n) for name, n in counts.iter_rows()),
        encoders=tuple(encoders),
    )
