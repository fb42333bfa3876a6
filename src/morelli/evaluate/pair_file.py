"""From a pair file, a gallery and a model to numbers: millions of pairs scored under 2 GiB.

Each work is projected once; a pair is then one dot product, or what the model's pair rule makes of two rows.
Numbers stand for all pairs and, apart, for those of which the model has seen both artists, one, or none: what
is easy must not hide what is hard.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Sequence
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
from morelli.evaluate.pair_measures import UNKNOWN_PART, PairReport, PairRow, ScoredPairs, measure_pairs
from morelli.evaluate.protocols import N_BOOT
from morelli.gallery.store import Gallery
from morelli.model.artefact import Model
from morelli.model.comparison import ComparisonHead
from morelli.model.scoring import COSINE, Rule
from morelli.settings import Progress

# The pairs of a pair file as rows of works: what is scored and counted.

_TYPES: dict[str, type[np.integer]] = {
    "index": np.int64, "left": np.int32, "right": np.int32, "same": np.int8
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class PairTable:
    """Pairs of works that have a vector.

    Parameters
    ----------
    index
        (p,) int64 the numbers of the pairs.
    left, right
        (p,) int32 rows of the works.
    same
        (p,) int8: 1 the same hand, 0 different hands, -1 not known.
    """

    index: NDArray[np.int64]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    same: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.index)

    def __repr__(self) -> str:
        return f"PairTable(n={len(self)}, n_known={int((self.same != UNKNOWN).sum())})"


def _locate_pairs(
    blocks: Iterable[PairBlock],
    ids: Sequence[str],
    path: Path,
    *,
    lose: Callable[[Iterable[Skip]], None] | None = None,
) -> PairTable:
    """Return the pairs whose works are both among some ids.

    Parameters
    ----------
    blocks
        As `read_pairs` gives them.
    ids
        (n,) the works that have a vector.
    path
        The pair file, for the list of what is lost.
    lose
        Called with the pairs of each block that are left out, and why.
    """
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
    return PairTable(**{name: _join(columns.pop(name), kind) for name, kind in _TYPES.items()})


def _join(parts: list[NDArray[np.integer]], kind: type[np.integer]) -> NDArray[Any]:
    return np.concatenate([np.zeros(0, kind), *parts])


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


# The works of a gallery as rows of a model's comparison space, read and projected block by block.

_WORKS_AT_A_TIME = 2048
"""Vectors that are read and projected together: 42 MB at 5,136 dimensions."""


def _project_works(gallery: Gallery, model: Model, ids: Sequence[str]) -> NDArray[np.float32]:
    """Return the rows of some works by which a model scores pairs.

    Parameters
    ----------
    gallery
        Holds their vectors.
    model
        Its encoder's vectors are read, its comparison projects them.
    ids
        (n,) work ids with a vector, each once.

    Returns
    -------
    rows
        (n, p) float32: unit rows in the comparison space, or the rows of the model's pair rule.

    Raises
    ------
    GalleryError
        When the gallery has no vectors of the model's encoder.
    """
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


# What is known of the works of a pair file: their artists, and what the model has learnt of them.


@dataclass(frozen=True, eq=False)
class PairWorks:
    """Works by row.

    Parameters
    ----------
    codes
        (n,) int32 the artist of each, 0 to n_artists - 1; a work without an artist has a code of its own.
    is_known
        (n,) bool, whether it has an artist.
    is_seen
        (n,) bool, whether the model has learnt or chosen something on works by its artist.
    is_learnt
        (n,) bool, whether it has done so on the work itself.
    """

    codes: NDArray[np.int32]
    is_known: NDArray[np.bool_]
    is_seen: NDArray[np.bool_]
    is_learnt: NDArray[np.bool_]

    @classmethod
    def from_gallery(cls, gallery: Gallery, model: Model, ids: Sequence[str]) -> PairWorks:
        """Look up works.

        Parameters
        ----------
        gallery
            Knows the artists.
        model
            Its split says what it has learnt from: all parts but "test".
        ids
            (n,) work ids.
        """
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

    def count_pairs(self, table: PairTable) -> dict[str, int]:
        """Return how many pairs there are, have no known truth, and are to be taken with care.

        Parameters
        ----------
        table
            Rows of these works.

        Returns
        -------
        counts
            ``n_pairs``, ``n_unknown``, ``n_learnt`` and ``n_conflicts``, as in `PairReport`.
        """
        left, right = table.left, table.right
        is_answered = (table.same != UNKNOWN) & self.is_known[left] & self.is_known[right]
        is_one_artist = self.codes[left] == self.codes[right]
        return {
            "n_pairs": len(table),
            "n_unknown": int((table.same == UNKNOWN).sum()),
            "n_learnt": int((self.is_learnt[left] | self.is_learnt[right]).sum()),
            "n_conflicts": int((is_answered & ((table.same == 1) != is_one_artist)).sum()),
        }


# The evaluation of a pair file on disk: numbers, the curve behind them, and the score of every pair.

_ROWS_PER_BLOCK = 1 << 18
"""Scores that are written at a time."""

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


def _write_pair_report(report: PairReport, folder: Path) -> Path:
    """Write `pairs.json`, `pairs.csv` and `curves.csv`.

    Parameters
    ----------
    report
        What was found.
    folder
        Made when missing; files of an earlier evaluation in it are replaced.

    Returns
    -------
    path
        That of `pairs.json`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _write_csv(
        folder / "pairs.csv",
        list(PairRow.__dataclass_fields__),
        (list(row.to_dict().values()) for row in report.rows),
    )
    _write_csv(
        folder / "curves.csv",
        ["part", "threshold", "false_positive_rate", "true_positive_rate", "miss_rate"],
        (
            [curve.part, *numbers, 1 - numbers[-1]]
            for curve in report.curves
            for numbers in zip(
                curve.thresholds.tolist(),
                curve.false_positive_rates.tolist(),
                curve.true_positive_rates.tolist(),
                strict=True,
            )
        ),
    )
    path = folder / "pairs.json"
    text = json.dumps(report.to_dict(), indent=2, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")
    return path


def _write_scores(
    table: PairTable, scores: NDArray[np.float32], ids: Sequence[str], head: ComparisonHead, path: Path
) -> None:
    """Write the score and the log10 likelihood ratio of every pair as Parquet.

    Parameters
    ----------
    table
        The pairs.
    scores
        (p,) float32.
    ids
        (n,) the ids of the works.
    head
        Whose calibration turns a score into a likelihood ratio.
    path
        It is there only when it is whole.
    """
    names = pa.array(ids, pa.string())
    partial = path.with_name(f"{path.name}.part")
    with pq.ParquetWriter(partial, _SCORE_SCHEMA) as writer:
        for rows in _cut(len(table)):
            columns = [
                pa.array(table.index[rows]),
                names.take(pa.array(table.left[rows])),
                names.take(pa.array(table.right[rows])),
                pa.array(scores[rows]),
                pa.array(head.log10_likelihood_ratio(scores[rows])),
            ]
            writer.write_batch(pa.record_batch(columns, schema=_SCORE_SCHEMA))
    partial.replace(path)


def _write_submission(table: PairTable, scores: NDArray[np.float32], path: Path) -> None:
    """Write the scores as a contest takes them: index and sameArtist.

    Parameters
    ----------
    table
        The pairs.
    scores
        (p,) float32, written as they are: the area under the ROC curve asks for their order only.
    path
        A CSV file.
    """
    schema = pa.schema([("index", pa.int64()), ("sameArtist", pa.float32())])
    with pa_csv.CSVWriter(path, schema) as writer:
        for rows in _cut(len(table)):
            columns = [pa.array(table.index[rows]), pa.array(scores[rows])]
            writer.write_batch(pa.record_batch(columns, schema=schema))


def _cut(n: int) -> Iterable[slice]:
    return (slice(start, start + _ROWS_PER_BLOCK) for start in range(0, n, _ROWS_PER_BLOCK))


def _write_csv(path: Path, columns: list[str], records: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(records)


_PAIRS_AT_A_TIME = 1 << 18


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
    gallery
        Holds the works and their vectors.
    model
        Compares them.
    pairs
        A pair file; see `pair_files`.
    folder
        Where `pairs.json`, `pairs.csv`, `curves.csv` and `scores.parquet` go; `lost.csv` when pairs were
        lost; `submission.csv` when no truth is known.
    seed, n_boot
        Of the resamples of artists, and how many.
    command
        What to type to get this again.
    progress
        Called with pairs done and pairs in all; each counts twice, scored and measured.

    Raises
    ------
    SourceError
        When the pair file cannot be read.
    GalleryError
        When the gallery has no vectors of the model's encoder.
    EvaluationError
        When no pair can be scored.
    """
    folder.mkdir(parents=True, exist_ok=True)
    advance = _count_pairs(2 * count_rows(pairs), progress)
    with SkipList(folder / "lost.csv") as lost:
        table, ids = _read_table(gallery, model, pairs, lost)
    works = PairWorks.from_gallery(gallery, model, ids)
    rows = _project_works(gallery, model, ids)
    scores = _score_table(rows, table, rule=model.comparison.rule, advance=advance)
    _write_each(table, scores, ids, model, folder)
    counts = works.count_pairs(table)
    scored = _relate(table, scores, works)
    del table, scores, rows  # 560 MB of 22 million pairs that are not needed any more
    measures = measure_pairs(
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
        rows=measures.rows,
        reasons=measures.reasons,
        curves=measures.curves,
        command=command,
    )
    _write_pair_report(report, folder)
    return report


def _score_table(
    rows: NDArray[np.float32],
    table: PairTable,
    *,
    rule: Rule = COSINE,
    advance: Callable[[int], None] | None = None,
) -> NDArray[np.float32]:
    """Return the score of each pair.

    Parameters
    ----------
    rows
        (n, p) float32 unit rows of the works, or the rows of the rule.
    table
        The pairs.
    rule
        What scores two rows.
    advance
        Called with how many pairs were scored since the last call.

    Returns
    -------
    scores
        (p,) float32.
    """
    scores = np.empty(len(table), dtype=np.float32)
    for start in range(0, len(table), _PAIRS_AT_A_TIME):
        some = slice(start, start + _PAIRS_AT_A_TIME)
        left, right = table.left[some].astype(np.intp), table.right[some].astype(np.intp)
        scores[some] = score_works(rows, left, right, rule)
        if advance is not None:
            advance(len(scores[some]))
    return scores


def _read_table(gallery: Gallery, model: Model, pairs: Path, lost: SkipList) -> tuple[PairTable, list[str]]:
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
    used = PairTable(table.index, place[table.left], place[table.right], table.same)
    return used, [embedded[row] for row in np.flatnonzero(is_used)]


def _write_each(
    table: PairTable, scores: NDArray[np.float32], ids: Sequence[str], model: Model, folder: Path
) -> None:
    """Write what there is of each pair."""
    _write_scores(table, scores, ids, model.comparison, folder / "scores.parquet")
    submission = folder / "submission.csv"
    submission.unlink(missing_ok=True)
    if (table.same == UNKNOWN).all():
        _write_submission(table, scores, submission)


def _relate(table: PairTable, scores: NDArray[np.float32], works: PairWorks) -> ScoredPairs:
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
