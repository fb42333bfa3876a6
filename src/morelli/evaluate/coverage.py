"""Whether sets of names hold the true artist as often as promised, and how many names that takes.

A model may answer with all artists that it cannot rule out (a conformal prediction set; see Judgements). The
promise is an average over works; whether it holds for each artist is another question, and is listed.

References
----------
Vovk, Gammerman and Shafer (2005), Algorithmic Learning in a Random World (the promise); Angelopoulos and
Bates (2021), arXiv:2107.07511, section 3 (how to measure it: coverage, set size, coverage by class).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

from morelli.errors import EvaluationError
from morelli.evaluate.figure_tables import Cell, FigureTable
from morelli.evaluate.intervals import average_over_artists, enclose, resample_artists
from morelli.evaluate.rows import Row

COVERAGE_LEVEL = 0.9
"""The promised share of sets that hold the true artist."""


def coverage_rows(
    sets: NDArray[np.bool_], classes: Sequence[str], truth: Sequence[str], *, seed: int, n_boot: int
) -> tuple[list[Row], FigureTable]:
    """Return coverage and mean size of sets of names.

    Parameters
    ----------
    sets
        (q, c) bool, whether each artist is in the set of each work.
    classes
        (c,) artist names, the columns.
    truth
        (q,) the true artist of each work, one of `classes`.
    seed, n_boot
        Of the resamples of artists, and how many.

    Returns
    -------
    rows_and_table
        `set_coverage` and `set_size`, part "seen"; the table ``coverage`` with one line for each artist who
        has a work, the least covered first.

    Raises
    ------
    EvaluationError
        When the arrays do not fit each other, or a true artist is not among the classes.

    Examples
    --------
    >>> sets = np.array([[True, False], [True, True]])
    >>> rows, table = coverage_rows(sets, ["A", "B"], ["A", "B"], seed=0, n_boot=9)
    >>> [(row.metric, row.value) for row in rows]
    [('set_coverage', 1.0), ('set_size', 1.5)]
    """
    columns = {artist: column for column, artist in enumerate(classes)}
    if sets.shape != (len(truth), len(columns)) or not len(truth) or set(truth) - set(columns):
        raise EvaluationError(
            "sets of artists",
            expected="one row per work and one column per artist, and a work by an artist among them",
            found=f"an array of shape {sets.shape} for {len(truth)} works and {len(columns)} artists",
            remedy="pass sets, classes and truth of the same works",
        )
    names, codes = np.unique(np.array(truth, dtype=object), return_inverse=True)
    weights = resample_artists(len(names), n_boot=n_boot, rng=np.random.default_rng(seed))
    covered = sets[np.arange(len(truth)), [columns[artist] for artist in truth]].astype(np.float64)
    sizes = sets.sum(axis=1).astype(np.float64)
    rows = [
        Row(
            task="attribution",
            part="seen",
            metric=metric,
            **enclose(float(values.mean()), average_over_artists(values, codes, weights)).to_row(),
            n=len(values),
            unit="works",
        )
        for metric, values in (("set_coverage", covered), ("set_size", sizes))
    ]
    return rows, _tabulate_coverage(names, codes, covered, sizes)


def _tabulate_coverage(
    names: NDArray[np.object_],
    codes: NDArray[np.intp],
    covered: NDArray[np.float64],
    sizes: NDArray[np.float64],
) -> FigureTable:
    """Return coverage by artist, with Wilson's interval (1927), doi:10.1080/01621459.1927.10502953."""
    records: list[tuple[Cell, ...]] = []
    for code, artist in enumerate(names):
        own = codes == code
        n, n_covered = int(own.sum()), int(covered[own].sum())
        interval = binomtest(n_covered, n).proportion_ci(method="wilson")
        size = float(sizes[own].mean())
        records.append((artist, n, n_covered / n, float(interval.low), float(interval.high), size))
    records.sort(key=lambda record: (record[2], record[4], record[0]))
    return FigureTable(
        "coverage", ("artist", "n_works", "coverage", "low", "high", "set_size"), tuple(records)
    )
