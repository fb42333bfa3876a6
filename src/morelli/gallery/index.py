"""An approximate index over the vectors of a large gallery, measured against exact search before it is used.

IVF_RQ keeps five bits for each dimension, and the nearest by these are compared again by full vectors. How
many partitions are looked into is not guessed but raised until a sample of queries finds what it should.
"""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from lancedb.index import IvfRq
from numpy.typing import NDArray

from morelli.errors import GalleryError, UsageError
from morelli.gallery.blocks import COSINE, SearchRows, open_rows
from morelli.gallery.store import Gallery
from morelli.settings import Progress

_Float = NDArray[np.float32]

EXACT_LIMIT = 200_000
"""Works up to which one product with all rows is as quick as an index, and always right."""

_INDEXES = "indexes"
_SCHEMA = pa.schema([("fingerprint", pa.string()), ("facts", pa.string())])
_BITS = 5
_REFINE = 3  # times k candidates are compared by their full vectors
_MIN_INDEXED = 256  # vectors that centroids are learnt from, at least
_K = 10  # of recall@k


@dataclass(frozen=True)
class IndexSummary:
    """How a gallery's vectors are searched, and how well and fast that was on a sample of queries."""

    encoder: str  # fingerprint
    works: int
    kind: str  # "exact" or "IVF_RQ"
    partitions: int  # 0 when exact, as are the next two
    probes: int  # partitions that a query looks into
    refine: int
    recall: float  # share of the ten nearest works that are found, mean over the queries
    asked_recall: float
    queries: int
    milliseconds: float  # median of a query
    seconds: float  # to build

    @property
    def is_good(self) -> bool:
        """Whether the recall that was asked for was reached."""
        return self.recall >= self.asked_recall

    def to_dict(self) -> dict[str, Any]:
        """Return the summary as a JSON object."""
        return {**asdict(self), "is_good": self.is_good}


def index_gallery(
    gallery: Gallery,
    fingerprint: str,
    *,
    recall: float = 0.98,
    exact_limit: int = EXACT_LIMIT,
    n_queries: int = 100,
    seed: int = 0,
    progress: Progress | None = None,
) -> IndexSummary:
    """Index the vectors of an encoder where there are more than a limit; measure, and store what was found.

    Parameters
    ----------
    recall
        The share of the ten nearest works that is to be found, above 0 and at most 1.
    n_queries
        How many stored vectors, each a little disturbed, are searched for to measure it.
    """
    if not 0 < recall <= 1:
        raise UsageError("--recall", expected="above 0 and at most 1", found=str(recall), remedy="try 0.98")
    if exact_limit < 0 or n_queries < 1:
        raise UsageError(
            "index", expected="a limit of at least 0 and a query", found="less", remedy="ask for more"
        )
    table = gallery.vectors_table(fingerprint)
    n = table.count_rows()
    queries = _draw_queries(gallery, table, n, n_queries, seed)
    rows = open_rows(gallery, fingerprint)
    started = time.perf_counter()
    partitions = 0 if n <= max(exact_limit, _MIN_INDEXED) else max(1, round(n**0.5))
    with gallery.writing(), gallery._blame(fingerprint[:12]):
        if _find_index(table) is not None:
            table.drop_index(_find_index(table))
        if partitions:
            config = IvfRq(distance_type="cosine", num_partitions=partitions, num_bits=_BITS)
            table.create_index("vector", config=config, replace=True)
        seconds = time.perf_counter() - started
        probes, found, milliseconds = _measure(table, rows, queries, partitions, recall, progress)
        summary = IndexSummary(
            encoder=fingerprint,
            works=n,
            kind="IVF_RQ" if partitions else "exact",
            partitions=partitions,
            probes=probes,
            refine=_REFINE if partitions else 0,
            recall=found,
            asked_recall=recall,
            queries=len(queries),
            milliseconds=milliseconds,
            seconds=seconds,
        )
        row = {"fingerprint": fingerprint, "facts": json.dumps(summary.to_dict())}
        gallery.store_table(_INDEXES, pa.Table.from_pylist([row], _SCHEMA), on="fingerprint")
    return summary


def _draw_queries(gallery: Gallery, table: Any, n: int, n_queries: int, seed: int) -> _Float:
    """Return stored vectors moved by a tenth of the spread of their dimensions: new pictures, nearly."""
    if not n:
        raise GalleryError(
            gallery.address, expected="vectors to index", found="none", remedy="run 'morelli embed'"
        )
    rng = np.random.default_rng(seed)
    places = np.sort(rng.choice(n, size=min(n, n_queries), replace=False))
    column = table.take_offsets(places.tolist()).select(["vector"]).to_arrow()["vector"].combine_chunks()
    flat = column.flatten().to_numpy(zero_copy_only=False)
    vectors = flat.reshape(len(places), -1)
    noise = rng.normal(size=vectors.shape) * vectors.std(axis=0) * 0.1
    moved: _Float = (vectors + noise).astype(np.float32)
    return moved


def _measure(
    table: Any,
    rows: SearchRows,
    queries: _Float,
    partitions: int,
    recall: float,
    progress: Progress | None,
) -> tuple[int, float, float]:
    """Return the fewest partitions to look into that reach the recall, what they reach, and median ms."""
    units = COSINE.transform(queries)
    started = time.perf_counter()
    nearest = [rows.nearest(unit, _K) for unit in units]
    exact_ms = (time.perf_counter() - started) * 1000 / len(units)
    if not partitions:
        return 0, 1.0, exact_ms
    steps = [1 << power for power in range(2, partitions.bit_length()) if 1 << power < partitions]
    answer = (partitions, 0.0, 0.0)
    for number, probes in enumerate([*steps, partitions]):
        shares, times = [], []
        for query, expected in zip(queries, nearest, strict=True):
            begun = time.perf_counter()
            found = {work_id for work_id, _ in _ask(table, query, _K, probes)}
            times.append((time.perf_counter() - begun) * 1000)
            shares.append(len(found & {work_id for work_id, _ in expected}) / len(expected))
        answer = (probes, float(np.mean(shares)), float(np.median(times)))
        if progress is not None:
            progress("index", number + 1, len(steps) + 1)
        if answer[1] >= recall:
            break
    return answer


def _ask(table: Any, vector: _Float, k: int, probes: int) -> list[tuple[str, float]]:
    query = table.search(vector).metric("cosine").nprobes(probes).refine_factor(_REFINE)
    rows = query.select(["id", "_distance"]).limit(k).to_list()
    return [(row["id"], 1.0 - row["_distance"]) for row in rows]


def _find_index(table: Any) -> str | None:
    return next((str(index.name) for index in table.list_indices() if index.columns == ["vector"]), None)


def read_index(gallery: Gallery, fingerprint: str) -> IndexSummary | None:
    """Return how an encoder's vectors are indexed; None where they are searched exactly."""
    for row in gallery.read_table(_INDEXES, _SCHEMA).to_pylist():
        if row["fingerprint"] == fingerprint:
            facts = json.loads(row["facts"])
            facts.pop("is_good")
            summary = IndexSummary(**facts)
            is_there = summary.partitions and _find_index(gallery.vectors_table(fingerprint)) is not None
            return summary if is_there else None
    return None


def ask_index(gallery: Gallery, index: IndexSummary, vector: _Float, k: int) -> list[tuple[str, float]]:
    """Return ids and cosines of the k works nearest to a vector, best first, those not indexed yet too."""
    with gallery._blame(index.encoder[:12]):
        return _ask(gallery.vectors_table(index.encoder), vector, k, index.probes)
