"""From a pair file, a gallery and a model to numbers: millions of pairs scored under 2 GiB.

Each work is projected once; a pair is then one dot product, or what the model's pair rule makes of two rows.
Numbers stand for all pairs and, apart, for those of which the model has seen both artists, one, or none: what
is easy must not hide what is hard.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from morelli.collection.pair_files import read_pairs
from morelli.collection.pair_tables import UNKNOWN, count_rows
from morelli.collection.skip_lists import SkipList
from morelli.errors import EvaluationError
from morelli.evaluate.pair_metrics import ScoredPairs, measure_pairs
from morelli.evaluate.pair_report import write_pair_report, write_scores, write_submission
from morelli.evaluate.pair_results import PairReport
from morelli.evaluate.pair_table import PairTable, locate_pairs
from morelli.evaluate.pair_vectors import project_works
from morelli.evaluate.pair_works import PairWorks
from morelli.evaluate.protocols import N_BOOT
from morelli.evaluate.scoring import score_works
from morelli.gallery.store import Gallery
from morelli.model.artefact import Model
from morelli.model.pair_rule import PairRule

PAIRS_AT_A_TIME = 1 << 18

Progress = Callable[[int, int], None]


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
    rows = project_works(gallery, model, ids)
    scores = score_table(rows, table, rule=model.comparison.rule, advance=advance)
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
    write_pair_report(report, folder)
    return report


def score_table(
    rows: NDArray[np.float32],
    table: PairTable,
    *,
    rule: PairRule | None = None,
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
        What scores two rows; None: their dot product.
    advance
        Called with how many pairs were scored since the last call.

    Returns
    -------
    scores
        (p,) float32.
    """
    scores = np.empty(len(table), dtype=np.float32)
    for start in range(0, len(table), PAIRS_AT_A_TIME):
        some = slice(start, start + PAIRS_AT_A_TIME)
        left, right = table.left[some].astype(np.intp), table.right[some].astype(np.intp)
        scores[some] = score_works(rows, left, right, rule)
        if advance is not None:
            advance(len(scores[some]))
    return scores


def _read_table(gallery: Gallery, model: Model, pairs: Path, lost: SkipList) -> tuple[PairTable, list[str]]:
    """Return the pairs that can be scored, and the ids of the works in them, sorted."""
    gallery.vectors_table(model.encoder.fingerprint)  # says so when there are none
    embedded = sorted(gallery.embedded_ids(model.encoder.fingerprint))
    table = locate_pairs(read_pairs(pairs), embedded, pairs, lose=lost.add)
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
    write_scores(table, scores, ids, model.comparison, folder / "scores.parquet")
    submission = folder / "submission.csv"
    submission.unlink(missing_ok=True)
    if (table.same == UNKNOWN).all():
        write_submission(table, scores, submission)


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
            progress(n_done, max(n_pairs, n_done))

    return advance
