"""Search in a gallery beside FAISS and usearch, in one run: recall@10, latency, CPU, memory.

    python benchmarks/search.py --works 100000 --dimensions 384

Vectors are drawn around 1,000 centres, seed 0; queries are 200 of them, disturbed. FAISS and usearch are
measured where they are installed (``pip install faiss-cpu usearch``): they are no part of the package. All
run on one thread. Recall is that against the dot products of all pairs; CPU is that of the process.
"""

from __future__ import annotations

import argparse
import gc
import importlib.util
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from threadpoolctl import threadpool_limits

from morelli.collection.work import WORKS_SCHEMA
from morelli.gallery import Gallery, search_gallery
from morelli.gallery.index import index_gallery

K, N_QUERIES, N_CENTRES, FINGERPRINT = 10, 200, 1000, "b" * 64

Answer = Callable[[np.ndarray], list[int]]


def draw_vectors(n: int, d: int) -> tuple[np.ndarray, np.ndarray]:
    """Return unit vectors (n, d) in clusters, and queries (q, d) near some of them."""
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(N_CENTRES, d)).astype(np.float32)
    vectors = centres[rng.integers(0, N_CENTRES, n)]
    vectors += rng.normal(scale=0.6, size=vectors.shape).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    queries = vectors[rng.choice(n, N_QUERIES, replace=False)]
    queries = queries + rng.normal(scale=0.02, size=queries.shape).astype(np.float32)
    return vectors, (queries / np.linalg.norm(queries, axis=1, keepdims=True)).astype(np.float32)


def find_truth(vectors: np.ndarray, queries: np.ndarray) -> np.ndarray:
    """Return the places of the nearest vectors, (q, k)."""
    return np.argsort(-(queries @ vectors.T), axis=1)[:, :K]


def make_gallery(folder: Path, vectors: np.ndarray) -> Gallery:
    """Return a gallery of works that have these vectors and no pictures."""
    n = len(vectors)
    ids = [f"{place:016x}" for place in range(n)]
    columns = {
        "id": ids,
        "content_hash": ids,
        "path": ids,
        "artist": [f"Artist {place % 97}" for place in range(n)],
    }
    blanks = {
        name: pl.Series([None] * n, dtype=kind) for name, kind in WORKS_SCHEMA.items() if name not in columns
    }
    gallery = Gallery(folder, is_new=True)
    gallery.store_works(pl.DataFrame({**columns, **blanks}).select(list(WORKS_SCHEMA)))
    for start in range(0, n, 100_000):
        gallery.store_vectors(FINGERPRINT, ids[start : start + 100_000], vectors[start : start + 100_000])
    return gallery


def ask_gallery(gallery: Gallery, where: str | None = None) -> Answer:
    """Return what searches a gallery as the package does, works looked up."""
    return lambda query: [
        int(match.id, 16) for match in search_gallery(gallery, FINGERPRINT, query, k=K, where=where)
    ]


def measure(
    name: str, answer: Answer, queries: np.ndarray, truth: np.ndarray, built: float
) -> dict[str, Any]:
    """Return recall, latency and CPU of the queries, one at a time, after one to warm up."""
    answer(queries[0])
    gc.collect()
    times, hits, began = [], 0, time.process_time()
    for query, expected in zip(queries, truth, strict=True):
        started = time.perf_counter()
        found = answer(query)
        times.append((time.perf_counter() - started) * 1000)
        hits += len(set(found[:K]) & set(expected.tolist()))
    return {
        "engine": name,
        "recall@10": hits / truth.size,
        "p50 ms": float(np.median(times)),
        "p99 ms": float(np.percentile(times, 99)),
        "CPU ms": (time.process_time() - began) * 1000 / len(queries),
        "build CPU s": built,
        "peak MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def time_build(build: Callable[[], Any]) -> tuple[Any, float]:
    """Return what was built, and the CPU seconds that it took."""
    began = time.process_time()
    return build(), time.process_time() - began


def build_faiss(kind: str, vectors: np.ndarray, n_probes: int = 32) -> Answer:
    """Return what searches an index of FAISS by inner product."""
    import faiss

    faiss.omp_set_num_threads(1)
    index = faiss.index_factory(vectors.shape[1], kind, faiss.METRIC_INNER_PRODUCT)
    index.train(vectors)
    index.add(vectors)
    if "IVF" in kind:
        faiss.ParameterSpace().set_index_parameter(index, "nprobe", n_probes)
        if "RFlat" in kind:
            index.k_factor = 10
    return lambda query: index.search(query[None], K)[1][0].tolist()


def build_usearch(vectors: np.ndarray) -> Answer:
    """Return what searches usearch's graph."""
    from usearch.index import Index

    index = Index(ndim=vectors.shape[1], metric="ip")
    index.add(np.arange(len(vectors)), vectors, threads=1)
    return lambda query: index.search(query, K).keys.tolist()


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--works", type=int, default=100_000)
    parser.add_argument("--dimensions", type=int, default=384)
    parser.add_argument("--recall", type=float, default=0.98)
    parser.add_argument("--index", action="store_true", help="Index the gallery, too.")
    asked = parser.parse_args()
    vectors, queries = draw_vectors(asked.works, asked.dimensions)
    truth = find_truth(vectors, queries)
    rows = []
    with tempfile.TemporaryDirectory() as folder, threadpool_limits(1):
        gallery = make_gallery(Path(folder) / "gallery", vectors)
        rows.append(measure("morelli, exact", ask_gallery(gallery), queries, truth, 0.0))
        for share, last in ((1, 1), (10, 10), (50, 49)):
            kept = np.arange(asked.works) % 97 < last
            places = np.flatnonzero(kept)
            own = places[np.argsort(-(queries @ vectors[places].T), axis=1)[:, :K]]
            where = " or ".join(f"artist = 'Artist {number}'" for number in range(last))
            rows.append(
                measure(f"morelli, filter of {share} %", ask_gallery(gallery, where), queries, own, 0.0)
            )
        if importlib.util.find_spec("faiss"):
            n_lists = int(4 * asked.works**0.5)
            for name, kind in (
                ("FAISS flat", "Flat"),
                ("FAISS IVF RaBitQ, refined", f"IVF{n_lists},RaBitQ,RFlat"),
                ("FAISS HNSW", "HNSW32"),
            ):
                answer, built = time_build(lambda kind=kind: build_faiss(kind, vectors))
                rows.append(measure(name, answer, queries, truth, built))
                del answer
        if importlib.util.find_spec("usearch"):
            answer, built = time_build(lambda: build_usearch(vectors))
            rows.append(measure("usearch", answer, queries, truth, built))
        if asked.index:
            summary, built = time_build(
                lambda: index_gallery(gallery, FINGERPRINT, recall=asked.recall, exact_limit=0)
            )
            print(summary)
            rows.append(measure("morelli, IVF_RQ", ask_gallery(gallery), queries, truth, built))
    with pl.Config(tbl_rows=-1, float_precision=3, tbl_cols=-1, tbl_width_chars=200):
        print(f"{asked.works} x {asked.dimensions}, {N_QUERIES} queries, Python {sys.version.split()[0]}")
        print(pl.DataFrame(rows))


if __name__ == "__main__":
    main()
