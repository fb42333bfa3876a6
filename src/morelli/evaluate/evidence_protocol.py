"""The measures of forensic comparison, on the pairs and resamples of the comparison.

Everything here is about the likelihood ratio that the model gives, not about the score: whether it is
calibrated, what is left of it in the harder subsets, how it grows with more works, and where it misleads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from morelli.collection.samples import Pairs
from morelli.evaluate.calibration_metrics import CONTEST_PRIOR, EVEN_PRIOR
from morelli.evaluate.evidence import Evidence
from morelli.evaluate.evidence_curves import trace_reliability, trace_tippett
from morelli.evaluate.evidence_results import EvidenceResult
from morelli.evaluate.evidence_rows import SUBSET_METRICS, evidence_rows
from morelli.evaluate.failures import find_worst_pairs, rank_artists
from morelli.evaluate.rows import Absence, PartName, Row
from morelli.evaluate.subsets import WorkLabels, list_subsets
from morelli.evaluate.work_sets import SET_SIZES, Merge, Relate, set_rows
from morelli.model.pair_rule import PairRule
from morelli.model.standardisation import merge_rows


@dataclass(frozen=True)
class Likelihood:
    """What a model makes of scores, and what is known of the works.

    Parameters
    ----------
    relate
        Turns the scores of two sets of so many works each into log10 likelihood ratios.
    labels
        Of the works beside their artists.
    merge
        Turns the rows of some works into the row of their set.
    rule
        What scores two sets of rows instead, or None.
    """

    relate: Relate
    labels: WorkLabels
    merge: Merge = merge_rows
    rule: PairRule | None = None


def measure_likelihood(
    likelihood: Likelihood,
    scores: NDArray[np.float64],
    pairs: Pairs,
    artists: Sequence[str],
    weights: NDArray[np.float64],
    *,
    part: PartName,
) -> EvidenceResult:
    """Return what the likelihood ratios of pairs are worth.

    Parameters
    ----------
    likelihood
        The model's, of the n works.
    scores
        (p,) of the pairs.
    pairs
        Of n works.
    artists
        (n,) the artist of each work.
    weights
        (b, n_artists) how often each artist counts in each resample, in the order of their names.
    part
        Whether the model has seen these artists.

    Raises
    ------
    EvaluationError
        When a likelihood ratio is not finite.
    """
    codes = np.unique(np.asarray(artists, dtype=object), return_inverse=True)[1].ravel()
    ratios = likelihood.relate(scores, 1)
    evidence = Evidence.from_pairs(ratios, pairs.same, scores)
    rows = evidence_rows(ratios, codes[pairs.left], codes[pairs.right], weights, part=part, scores=scores)
    subset_rows, absences = _measure_subsets(likelihood.labels, ratios, scores, pairs, codes, weights, part)
    works = list(zip(likelihood.labels.paths, artists, strict=True))
    return EvidenceResult(
        part=part,
        rows=(*rows, *subset_rows),
        absences=tuple(absences),
        tippett=trace_tippett(ratios, pairs.same),
        reliability=tuple(trace_reliability(evidence, prior) for prior in (EVEN_PRIOR, CONTEST_PRIOR)),
        artists=tuple(rank_artists(ratios, pairs, artists, part)),
        worst_pairs=tuple(find_worst_pairs(ratios, pairs, works, part)),
    )


def measure_sets(
    likelihood: Likelihood,
    rows: NDArray[np.floating],
    artists: Sequence[str],
    *,
    part: PartName,
    seed: int,
    n_boot: int,
) -> tuple[tuple[Row, ...], tuple[Absence, ...]]:
    """Return rows of sets of works compared with sets, and the sizes without rows.

    Parameters
    ----------
    likelihood
        The model's.
    rows
        (n, p) unit rows in the model's comparison space, or the rows of its rule.
    artists
        (n,) the artist of each work.
    part, seed, n_boot
        As for `work_sets.set_rows`.
    """
    found, reason = set_rows(
        rows,
        artists,
        part=part,
        seed=seed,
        n_boot=n_boot,
        relate=likelihood.relate,
        merge=likelihood.merge,
        rule=likelihood.rule,
    )
    measured = {row.subset for row in found}
    absent = [f"sets_of_{size}" for size in SET_SIZES if f"sets_of_{size}" not in measured]
    return tuple(found), tuple(Absence("comparison", part, subset, reason) for subset in absent)


def _measure_subsets(
    labels: WorkLabels,
    ratios: NDArray[np.float64],
    scores: NDArray[np.float64],
    pairs: Pairs,
    codes: NDArray[np.intp],
    weights: NDArray[np.float64],
    part: PartName,
) -> tuple[list[Row], list[Absence]]:
    rows: list[Row] = []
    absences = []
    for subset in list_subsets(pairs, codes, labels):
        if subset.reason:
            absences.append(Absence("comparison", part, subset.name, subset.reason))
            continue
        own = np.flatnonzero(subset.members)
        rows += evidence_rows(
            ratios[own],
            codes[pairs.left[own]],
            codes[pairs.right[own]],
            weights,
            part=part,
            scores=scores[own],
            metrics=SUBSET_METRICS,
            subset=subset.name,
        )
    return rows, absences
