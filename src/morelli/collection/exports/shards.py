"""Shards: works of one part in files of a limited size, planned beforehand, so that a later run goes on."""

from __future__ import annotations

import io
import json
import tarfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from morelli.collection.exports.plan import (
    LABELS,
    ExportSummary,
    Plan,
    blame_folder,
    claim_folder,
    close_folder,
    plan_export,
    read_bytes,
)
from morelli.collection.splits.split import PARTS, Split
from morelli.collection.work import Skip
from morelli.errors import UsageError
from morelli.files import replace_file
from morelli.settings import Progress, ignore_progress

SHARD_MB = 256
"""Megabytes of pictures in one shard: large enough to be read in one go, small enough to be moved about."""


@dataclass(frozen=True, eq=False)
class _Shard:
    """Works of one part, rows of a `Plan`, that go into one file: number so-and-so of `n_shards`, from 0."""

    part: str
    number: int
    n_shards: int
    rows: pl.DataFrame


def _plan_shards(rows: pl.DataFrame, *, limit_bytes: int) -> list[_Shard]:
    """Return rows in shards of one part each, none over the limit unless a single work is."""
    shards = []
    for part in PARTS:
        own = rows.filter(pl.col("part") == part)
        cuts = _find_cuts(own["size_bytes"].to_list(), limit_bytes)
        pieces = [own[start:stop] for start, stop in pairwise(cuts)]
        shards += [_Shard(part, number, len(pieces), piece) for number, piece in enumerate(pieces)]
    return shards


def export_shards(
    split: Split,
    works: pl.DataFrame,
    folder: Path,
    form: ParquetShards | TarShards,
    *,
    by: str = "artist",
    shard_mb: int = SHARD_MB,
    progress: Progress = ignore_progress,
) -> ExportSummary:
    """Write a split in shards of a format, as `export_split` does, and say what was done."""
    if shard_mb < 1:
        raise UsageError(
            "--shard-mb", expected="at least 1", found=str(shard_mb), remedy="give a larger number"
        )
    plan = plan_export(split, works, by=by)
    card = claim_folder(folder, plan, split, layout=form.layout, by=by, shard_mb=shard_mb)
    skips, counts, n_written, n_done = list(plan.skips), Counter[str](), 0, 0
    for shard in _plan_shards(plan.rows, limit_bytes=shard_mb * 1_000_000):
        with blame_folder(folder):
            is_new, lost = _write_shard(folder / form.locate(shard), shard, form, plan)
        n_held = len(shard.rows) - len(lost)
        counts[shard.part] += n_held
        n_written += n_held if is_new else 0
        skips += lost
        n_done += len(shard.rows)
        progress("export", n_done, len(plan.rows))
    summary = ExportSummary(
        folder=folder,
        layout=form.layout,
        parts=dict(counts),
        written=n_written,
        already=sum(counts.values()) - n_written,
        classes=len(plan.folders),
        renamed={},
        skips=tuple(skips),
    )
    close_folder(folder, card, summary)
    return summary


def _write_shard(
    path: Path, shard: _Shard, form: ParquetShards | TarShards, plan: Plan
) -> tuple[bool, list[Skip]]:
    """Return whether the shard had to be written, and what it lacks."""
    lost: list[Skip] = []
    if path.is_file():
        held = set(form.list_ids(path))
        missing = shard.rows.filter(~pl.col("id").is_in(list(held))).to_dicts()
        still = [content for row in missing if isinstance(content := read_bytes(row), Skip)]
        if len(still) == len(missing):
            return False, still
    with replace_file(path) as unfinished:
        form.write(unfinished, _read_samples(shard.rows, lost), plan)
    return True, lost


def _read_samples(rows: pl.DataFrame, lost: list[Skip]) -> Iterator[tuple[Mapping[str, Any], bytes]]:
    for row in rows.iter_rows(named=True):
        content = read_bytes(row)
        if isinstance(content, Skip):
            lost.append(content)
        else:
            yield row, content


def _find_cuts(sizes: Sequence[int], limit_bytes: int) -> list[int]:
    """Return where shards begin, and the end."""
    cuts, filled = [0], 0
    for place, size in enumerate(sizes):
        if filled and filled + size > limit_bytes:
            cuts.append(place)
            filled = 0
        filled += size
    return [*cuts, len(sizes)] if sizes else []


# Parquet shards that Hugging Face `datasets` reads as they are: pictures as bytes, features in the metadata.

_GROUP_BYTES = 32_000_000
"""Pictures that are held in memory at a time, and read in one go by others."""

_INTEGERS = {"year": "int32", "group": "int64"}


class ParquetShards:
    """The format of Hugging Face `datasets`."""

    layout = "hf"

    def locate(self, shard: _Shard) -> str:
        """Return the path of a shard, as `datasets` looks for it."""
        return f"data/{shard.part}-{shard.number:05}-of-{shard.n_shards:05}.parquet"

    def list_ids(self, path: Path) -> list[str]:
        """Return the ids of the works in a shard; none when the file is damaged."""
        try:
            ids: list[str] = pq.read_table(path, columns=["id"])["id"].to_pylist()
        except (pa.ArrowException, KeyError):
            return []
        return ids

    def write(self, path: Path, samples: Iterator[tuple[Mapping[str, Any], bytes]], plan: Plan) -> None:
        """Write works with the bytes of their pictures, in row groups of about 32 MB."""
        schema = _describe_features(list(plan.folders))
        with pq.ParquetWriter(path, schema, compression="zstd") as writer:
            rows: list[dict[str, Any]] = []
            n_bytes = 0
            for row, content in samples:
                image = {"bytes": content, "path": row["name"]}
                rows.append({"image": image, **{name: row[name] for name in schema.names if name != "image"}})
                n_bytes += len(content)
                if n_bytes >= _GROUP_BYTES:
                    writer.write_table(pa.Table.from_pylist(rows, schema))
                    rows, n_bytes = [], 0
            if rows:
                writer.write_table(pa.Table.from_pylist(rows, schema))


def _describe_features(classes: list[str]) -> pa.Schema:
    """Return the columns of a shard, with the metadata by which `datasets` knows pictures and classes."""
    types = {"image": pa.struct([("bytes", pa.binary()), ("path", pa.string())]), "label": pa.int64()}
    features: dict[str, Any] = {
        "image": {"_type": "Image"},
        "label": {"names": classes, "_type": "ClassLabel"},
    }
    for name in ("id", *LABELS, "group"):
        kind = _INTEGERS.get(name, "string")
        types[name] = pa.type_for_alias(kind)
        features[name] = {"dtype": kind, "_type": "Value"}
    metadata = {"huggingface": json.dumps({"info": {"features": features}})}
    return pa.schema(list(types.items()), metadata=metadata)


# WebDataset shards: tar files in which ``<id>.jpg``, ``<id>.cls`` and ``<id>.json`` are one work.


class TarShards:
    """The format of WebDataset."""

    layout = "webdataset"

    def locate(self, shard: _Shard) -> str:
        """Return the path of a shard, of which ``train-{000000..000012}.tar`` names a range."""
        return f"{shard.part}-{shard.number:06}.tar"

    def list_ids(self, path: Path) -> list[str]:
        """Return the ids of the works in a shard; none when the file is damaged."""
        try:
            with tarfile.open(path) as archive:
                return [name.removesuffix(".json") for name in archive.getnames() if name.endswith(".json")]
        except (tarfile.TarError, EOFError):
            return []

    def write(self, path: Path, samples: Iterator[tuple[Mapping[str, Any], bytes]], plan: Plan) -> None:
        """Write works with the bytes of their pictures; the same works give the same bytes."""
        with tarfile.open(path, "w", format=tarfile.USTAR_FORMAT) as archive:
            for row, content in samples:
                labels = {name: row[name] for name in ("id", "part", "class", "label", *LABELS, "group")}
                _add(archive, row["name"], content)
                _add(archive, f"{row['id']}.cls", str(row["label"]).encode())
                _add(archive, f"{row['id']}.json", json.dumps(labels, ensure_ascii=False).encode())


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)  # no owner and no time, so that a shard depends on its works alone
    entry.size = len(content)
    archive.addfile(entry, io.BytesIO(content))
