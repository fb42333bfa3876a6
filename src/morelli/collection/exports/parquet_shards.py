"""Parquet shards that Hugging Face `datasets` reads as they are: pictures as bytes, features in the metadata.

``load_dataset(FOLDER)`` finds ``data/train-00000-of-00003.parquet``; it needs no network and no script.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from morelli.collection.exports.plan import LABELS, Plan
from morelli.collection.exports.shards import Shard

_GROUP_BYTES = 32_000_000
"""Pictures that are held in memory at a time, and read in one go by others."""

_INTEGERS = {"year": "int32", "group": "int64"}


class ParquetShards:
    """The format of Hugging Face `datasets`."""

    layout = "hf"

    def locate(self, shard: Shard) -> str:
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
        schema = describe_features(list(plan.folders))
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


def describe_features(classes: list[str]) -> pa.Schema:
    """Return the columns of a shard, with the metadata by which `datasets` knows pictures and classes.

    Parameters
    ----------
    classes
        Names in the order of their labels.
    """
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
