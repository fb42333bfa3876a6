"""The evaluation of a pair file on disk: numbers, the curve behind them, and the score of every pair.

`pair_results` says what a report is. Scores are written in blocks, so that millions of them need no second
copy.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
from numpy.typing import NDArray

from morelli.evaluate.pair_results import PairReport, PairRow
from morelli.evaluate.pair_table import PairTable
from morelli.model.comparison import ComparisonHead

ROWS_PER_BLOCK = 1 << 18
"""Scores that are written at a time."""

SCORE_SCHEMA = pa.schema(
    [
        ("index", pa.int64()),
        ("left", pa.string()),
        ("right", pa.string()),
        ("score", pa.float32()),
        ("log10_likelihood_ratio", pa.float64()),
    ]
)
"""The columns of `scores.parquet`."""


def write_pair_report(report: PairReport, folder: Path) -> Path:
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


def write_scores(
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
    with pq.ParquetWriter(partial, SCORE_SCHEMA) as writer:
        for rows in _cut(len(table)):
            columns = [
                pa.array(table.index[rows]),
                names.take(pa.array(table.left[rows])),
                names.take(pa.array(table.right[rows])),
                pa.array(scores[rows]),
                pa.array(head.log10_likelihood_ratio(scores[rows])),
            ]
            writer.write_batch(pa.record_batch(columns, schema=SCORE_SCHEMA))
    partial.replace(path)


def write_submission(table: PairTable, scores: NDArray[np.float32], path: Path) -> None:
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
    return (slice(start, start + ROWS_PER_BLOCK) for start in range(0, n, ROWS_PER_BLOCK))


def _write_csv(path: Path, columns: list[str], records: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(records)
