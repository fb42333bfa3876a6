"""WebDataset shards: tar files in which ``<id>.jpg``, ``<id>.cls`` and ``<id>.json`` are one work."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from morelli.collection.exports.plan import LABELS, Plan
from morelli.collection.exports.shards import Shard


class TarShards:
    """The format of WebDataset."""

    layout = "webdataset"

    def locate(self, shard: Shard) -> str:
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
