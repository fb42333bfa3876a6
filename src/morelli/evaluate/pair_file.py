"""From a pair file, a gallery and a model to numbers: millions of pairs scored under 2 GiB.

Each work is projected once; a pair is then one dot product, or what the model's pair rule makes of two rows.
Numbers stand for all pairs and, apart, for those of which the model has seen both artists, one, or none: what
is easy must not hide what is hard.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
from numpy.typing import NDArray

from morelli.collection.pairs.files import UNKNOWN, PairBlock, SkipList, count_rows, find_rows, read_pairs
from morelli.collection.work import Skip
from morelli.errors import EvaluationError
from morelli.evaluate.metrics.comparison import score_works
from morelli.evaluate.pair_measures import UNKNOWN_PART, PairReport, ScoredPairs, measure_pairs
from morelli.evaluate.protocols import N_BOOT
from morelli.evaluate.rows import write_table
from morelli.files import replace_file, replace_files, write_file
from morelli.gallery.store import Gallery
from morelli.model.artefact import Model
from morelli.model.comparison import ComparisonHead
from morelli.model.scoring import COSINE, Rule
from morelli.settings import Progress

_WORKS_AT_A_TIME = 2048
"""Vectors that are read and projected together: 42 MB at 5,136 dimensions."""

_PAIRS_AT_A_TIME = 1 << 18
_ROWS_PER_BLOCK = 1 << 18
"""Pairs that are scored, and scores that are written, at a time."""

_SCORE_SCHEMA = pa.schema(
    [
        ("index", pa.int64()),
        ("left", pa.string()),
        ("right", pa.string()),
        ("score", pa.float32()),
        ("log10_likelihood_ratio", pa.float64()),
    ]
)
"""The columns of `scores.parquet`."""

_TYPES: dict[str, type[np.integer]] = {
    "index": np.int64, "left": np.int32, "right": np.int32, "same": np.int8
}  # fmt: skip


_FILES = ("pairs.json", "pairs.csv", "curves.csv", "scores.parquet", "lost.csv", "submission.csv")


def evaluate_pairs(
    gallery: Gallery,
    model: Model,
    pairs: Path,
    folder: Path,
    *,
    seed: int = 0,
    n_boot: int = N_BOOT,
    command: str = "",
    progress: Progress | None = None,
) -> PairReport:
    """Score the pairs of a file, measure them where the truth is known, and write both.

    Parameters
    ----------
    folder
        Where `pairs.json`, `pairs.csv`, `curves.csv` and `scores.parquet` go, all at once; `lost.csv` when
        pairs were lost; `submission.csv` when no truth is known.
    command
        What to type to get this again.
    progress
        Called with pairs done and pairs in all; each counts twice, scored and measured.
    """
    with replace_files(folder, _FILES) as part:
        advance = _count_pairs(2 * count_rows(pairs), progress)
        with SkipList(part / "lost.csv") as lost, _keep_refused(lost, folder):
            table, ids = _read_table(gallery, model, pairs, lost)
        works = _PairWorks.from_gallery(gallery, model, ids)
        rows = _project_works(gallery, model, ids)
        scores = _score_table(rows, table, rule=model.comparison.rule, advance=advance)
        _write_each(table, scores, ids, model, part)
        counts = works.count_pairs(table)
        scored = _relate(table, scores, works)
        del table, scores, rows  # 560 MB of 22 million pairs that are not needed any more
        findings = measure_pairs(
            scored,
            seed=seed,
            n_boot=n_boot,
            relate=model.comparison.log10_likelihood_ratio,
            advance=advance,
        )
        report = PairReport(
            collection=gallery.name,
            encoder=model.encoder.name,
            method=model.comparison.method,
            pairs=str(pairs),
            seed=seed,
            n_boot=n_boot,
            n_lost=len(lost),
            n_pairs=counts["n_pairs"],
            n_unknown=counts["n_unknown"],
            n_learnt=counts["n_learnt"],
            n_conflicts=counts["n_conflicts"],
            findings=findings,
            command=command,
        )
        _write_pair_report(report, part)
    return report


@contextmanager
def _keep_refused(lost: SkipList, folder: Path) -> Iterator[None]:
    """Leave the list of lost pairs in a folder where a file of pairs is refused because of them."""
    try:
        yield
    except EvaluationError:
        lost.close()
        if len(lost):
            write_file(folder / lost.path.name, lost.path.read_bytes())
        raise


@dataclass(frozen=True, eq=False)
class _PairTable:
    """p pairs of works that have a vector."""

    index: NDArray[np.int64]  # the numbers of the pairs
    left: NDArray[np.int32]  # rows of the works
    right: NDArray[np.int32]
    same: NDArray[np.int8]  # 1 the same hand, 0 different hands, -1 not known

    def __len__(self) -> int:
        return len(self.index)

    def __repr__(self) -> str:
        return f"PairTable(n={len(self)}, n_known={int((self.same != UNKNOWN).sum())})"


def _read_table(gallery: Gallery, model: Model, pairs: Path, lost: SkipList) -> tuple[_PairTable, list[str]]:
    """Return the pairs that can be scored, and the ids of the works in them, sorted."""
    gallery.vectors_table(model.encoder.fingerprint)  # says so when there are none
    embedded = sorted(gallery.embedded_ids(model.encoder.fingerprint))
    table = _locate_pairs(read_pairs(pairs), embedded, pairs, lose=lost.add)
    if len(table) == 0:
        raise EvaluationError(
            pairs,
            expected="at least one pair whose works both have a vector",
            found=f"none, and {len(lost)} lost (lost.csv)",
            remedy="take the gallery that the pairs are of, and embed it",
        )
    is_used = np.zeros(len(embedded), dtype=np.bool_)
    is_used[table.left] = is_used[table.right] = True
    place = (np.cumsum(is_used) - 1).astype(np.int32)
    used = _PairTable(table.index, place[table.left], place[table.right], table.same)
    return used, [embedded[row] for row in np.flatnonzero(is_used)]


def _locate_pairs(
    blocks: Iterable[PairBlock],
    ids: Sequence[str],
    path: Path,
    *,
    lose: Callable[[Iterable[Skip]], None] | None = None,
) -> _PairTable:
    """Return the pairs whose works are both among some ids; `lose` is told of those that are left out."""
    known = pa.array(ids, pa.string())
    columns: dict[str, list[NDArray[np.integer]]] = {name: [] for name in _TYPES}
    for block in blocks:
        left, right = find_rows(block.left, known), find_rows(block.right, known)
        kept = (left >= 0) & (right >= 0) & (left != right)
        if lose is not None and not kept.all():
            lose(_explain(path, block, left, right))
        found: tuple[NDArray[Any], ...] = (block.index, left, right, block.same)
        for (name, kind), values in zip(_TYPES.items(), found, strict=True):
            columns[name].append(values[kept].astype(kind))
    # column by column, so that only one of them is there twice at a time
    return _PairTable(
        **{name: np.concatenate([np.zeros(0, kind), *columns.pop(name)]) for name, kind in _TYPES.items()}
    )


def _explain(
    path: Path, block: PairBlock, left: NDArray[np.int64], right: NDArray[np.int64]
) -> Iterable[Skip]:
    for place in np.flatnonzero((left < 0) | (right < 0) | (left == right)).tolist():
        sides = ((block.left, left), (block.right, right))
        missing = [side[place].as_py() for side, rows in sides if rows[place] < 0]
        reason = (
            f"expected a vector for work {missing[0]}, found none"
            if missing
            else "expected two works, found the same one twice"
        )
        yield Skip(f"{path}:row {block.start + place + 2}", reason)


@dataclass(frozen=True, eq=False)
class _PairWorks:
    """n works by row: their artists, and what the model has learnt of them."""

    codes: NDArray[np.int32]  # the artist, 0 to n_artists - 1; a work without one has a code of its own
    is_known: NDArray[np.bool_]  # whether it has an artist
    is_seen: NDArray[np.bool_]  # whether works by its artist are in the model's train or val part
    is_learnt: NDArray[np.bool_]  # whether the work itself is

    @classmethod
    def from_gallery(cls, gallery: Gallery, model: Model, ids: Sequence[str]) -> _PairWorks:
        """Return what gallery and model know of works."""
        works = pl.DataFrame({"id": ids}, schema={"id": pl.String})
        works = works.join(gallery.works().select("id", "artist"), on="id", how="left", maintain_order="left")
        learnt = model.split.table.filter(pl.col("part") != "test")
        artist = works["artist"]
        known = artist.is_not_null().to_numpy()
        codes = artist.rank("dense").fill_null(0).to_numpy().astype(np.int32) - 1
        codes[~known] = codes.max(initial=-1) + 1 + np.arange(int((~known).sum()))
        return cls(
            codes=codes,
            is_known=known,
            is_seen=artist.is_in(learnt["artist"].unique().to_list()).fill_null(False).to_numpy(),
            is_learnt=works["id"].is_in(learnt["id"].to_list()).to_numpy(),
        )

    @property
    def n_artists(self) -> int:
        """How many artists there are, works without one counted singly."""
        return int(self.codes.max(initial=-1)) + 1

    def count_seen(self, left: NDArray[np.int32], right: NDArray[np.int32]) -> NDArray[np.int8]:
        """Return (p,) how many of two artists the model has seen; 3 where an artist is not known."""
        n_seen = self.is_seen[left].astype(np.int8) + self.is_seen[right].astype(np.int8)
        n_seen[~(self.is_known[left] & self.is_known[right])] = UNKNOWN_PART
        return n_seen

    def count_pairs(self, table: _PairTable) -> dict[str, int]:
        """Return ``n_pairs``, ``n_unknown``, ``n_learnt`` and ``n_conflicts``, as in `PairReport`."""
        left, right = table.left, table.right
        is_answered = (table.same != UNKNOWN) & self.is_known[left] & self.is_known[right]
        is_one_artist = self.codes[left] == self.codes[right]
        return {
            "n_pairs": len(table),
            "n_unknown": int((table.same == UNKNOWN).sum()),
            "n_learnt": int((self.is_learnt[left] | self.is_learnt[right]).sum()),
            "n_conflicts": int((is_answered & ((table.same == 1) != is_one_artist)).sum()),
        }


def _project_works(gallery: Gallery, model: Model, ids: Sequence[str]) -> NDArray[np.float32]:
    """Return rows by which a model scores pairs of works, (n, p) float32, read and projected in blocks."""
    wanted = pa.array(ids, pa.string())
    rows = np.zeros((len(ids), 0), dtype=np.float32)
    stored = gallery.vectors_table(model.encoder.fingerprint).search().limit(None)
    for batch in stored.to_batches(batch_size=_WORKS_AT_A_TIME):
        places = find_rows(batch["id"], wanted)
        flat = batch["vector"].flatten().to_numpy(zero_copy_only=False)
        vectors = flat.reshape(len(places), -1)[places >= 0].astype(np.float32, copy=False)
        if len(vectors):
            projected = model.comparison.read_rows(vectors)
            if rows.shape[1] == 0:
                rows = np.zeros((len(ids), projected.shape[1]), dtype=np.float32)
            rows[places[places >= 0]] = projected
    return rows


def _score_table(
    rows: NDArray[np.float32],
    table: _PairTable,
    *,
    rule: Rule = COSINE,
    advance: Callable[[int], None] | None = None,
) -> NDArray[np.float32]:
    """Return the score of each pair, (p,) float32; `advance` is told how many more were scored."""
    scores = np.empty(len(table), dtype=np.float32)
    for start in range(0, len(table), _PAIRS_AT_A_TIME):
        some = slice(start, start + _PAIRS_AT_A_TIME)
        left, right = table.left[some].astype(np.intp), table.right[some].astype(np.intp)
        scores[some] = score_works(rows, left, right, rule)
        if advance is not None:
            advance(len(scores[some]))
    return scores


def _relate(table: _PairTable, scores: NDArray[np.float32], works: _PairWorks) -> ScoredPairs:
    """Return the pairs whose truth is known, by artists."""
    known = table.same != UNKNOWN
    some: slice | NDArray[np.bool_] = slice(None) if known.all() else known  # a slice copies nothing
    left, right = table.left[some], table.right[some]
    return ScoredPairs(
        scores=scores[some],
        same=table.same[some] == 1,
        left=works.codes[left],
        right=works.codes[right],
        n_seen=works.count_seen(left, right),
        n_artists=works.n_artists,
    )


def _count_pairs(n_pairs: int, progress: Progress | None) -> Callable[[int], None]:
    """Return what tells the progress by how many pairs it went on."""
    n_done = 0

    def advance(n_more: int) -> None:
        nonlocal n_done
        n_done += n_more
        if progress is not None:
            progress("pairs", n_done, max(n_pairs, n_done))

    return advance


def _write_pair_report(report: PairReport, folder: Path) -> None:
    """Write `pairs.json`, `pairs.csv` and `curves.csv`."""
    for name, table in report.findings.tables.items():
        write_table(table, folder / f"{name}.csv")
    text = json.dumps(report.to_dict(), indent=2, ensure_ascii=False, allow_nan=False)
    write_file(folder / "pairs.json", text + "\n")


def _write_each(
    table: _PairTable, scores: NDArray[np.float32], ids: Sequence[str], model: Model, folder: Path
) -> None:
    """Write what there is of each pair."""
    _write_scores(table, scores, ids, model.comparison, folder / "scores.parquet")
    if (table.same == UNKNOWN).all():
        _write_submission(table, scores, folder / "submission.csv")


def _write_scores(
    table: _PairTable, scores: NDArray[np.float32], ids: Sequence[str], head: ComparisonHead, path: Path
) -> None:
    """Write the score and the log10 likelihood ratio of every pair as Parquet."""
    names = pa.array(ids, pa.string())
    with replace_file(path) as part, pq.ParquetWriter(part, _SCORE_SCHEMA) as writer:
        for rows in _cut(len(table)):
            columns = [
                pa.array(table.index[rows]),
                names.take(pa.array(table.left[rows])),
                names.take(pa.array(table.right[rows])),
                pa.array(scores[rows]),
                pa.array(head.log10_likelihood_ratio(scores[rows])),
            ]
            writer.write_batch(pa.record_batch(columns, schema=_SCORE_SCHEMA))


def _write_submission(table: _PairTable, scores: NDArray[np.float32], path: Path) -> None:
    """Write index and sameArtist, as a contest takes them: the area under the curve asks for order only."""
    schema = pa.schema([("index", pa.int64()), ("sameArtist", pa.float32())])
    with pa_csv.CSVWriter(path, schema) as writer:
        for rows in _cut(len(table)):
            columns = [pa.array(table.index[rows]), pa.array(scores[rows])]
            writer.write_batch(pa.record_batch(columns, schema=schema))


def _cut(n: int) -> Iterable[slice]:
    return (slice(start, start + _ROWS_PER_BLOCK) for start in range(0, n, _ROWS_PER_BLOCK))
