"""What an evaluation of pairs gives back: one row per number, and what was not counted.

`pairs` fills these, `pair_report` writes them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from morelli.evaluate.results import list_versions

PairPartName = Literal["all", "both", "one", "none"]

PAIR_PARTS: tuple[PairPartName, ...] = ("all", "both", "one", "none")
"""All pairs, and those of which the model has seen both artists, one of them, or none."""

PAIR_METRICS = ("roc_auc", "average_precision", "equal_error_rate")

PAIR_SCHEMA_VERSION = 1
"""Version of `pairs.json`; it rises when a field changes its meaning."""


@dataclass(frozen=True)
class PairRow:
    """One number of an evaluation of pairs.

    Parameters
    ----------
    part
        Of which pairs, by how many of their artists the model has seen.
    metric
        One of `PAIR_METRICS`, or of the measures of likelihood ratios in `evidence_rows`.
    value
        The number, exact.
    low, high
        Its 95 % interval over artists.
    n, n_same
        Pairs that were counted, and those of them by the same hand.
    share_same
        The second divided by the first, on which average precision depends.
    binning_error
        What counting at some scores only adds to the value; it is taken off the resamples.
    """

    part: PairPartName
    metric: str
    value: float
    low: float
    high: float
    n: int
    n_same: int
    share_same: float
    binning_error: float

    def to_dict(self) -> dict[str, str | float | int]:
        """Return the fields by name."""
        return asdict(self)


@dataclass(frozen=True, eq=False)
class PairCurve:
    """The ROC curve of one part at some scores.

    Parameters
    ----------
    part
        Of which pairs.
    thresholds
        (t,) falling; a pair with such a score or a higher one is called the same hand.
    false_positive_rates, true_positive_rates
        (t,) shares of the pairs by different hands and by the same hand that are called so, 0 to 1.
    """

    part: PairPartName
    thresholds: NDArray[np.float64]
    false_positive_rates: NDArray[np.float64]
    true_positive_rates: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class PairReport:
    """Everything an evaluation of pairs found.

    Parameters
    ----------
    collection, encoder, method
        What was compared, with which encoder and which comparison of the model.
    pairs
        The pair file.
    seed, n_boot
        Of the resamples, and how many there are.
    n_pairs
        Pairs with a score.
    n_unknown
        Those of them of which it is not known whether they are by the same hand.
    n_lost
        Pairs of the file without a score.
    n_learnt
        Pairs with a work that the model has learnt or chosen something on: their scores are too good.
    n_conflicts
        Pairs whose truth in the file is not what the artists in the gallery say.
    rows
        All numbers.
    reasons
        Why a part has none, as a clause without a full stop.
    curves
        For drawing, one for each part with rows.
    command, versions, schema
        As in `Report`.
    """

    collection: str
    encoder: str
    method: str
    pairs: str
    seed: int
    n_boot: int
    n_pairs: int
    n_unknown: int
    n_lost: int
    n_learnt: int
    n_conflicts: int
    rows: tuple[PairRow, ...]
    reasons: Mapping[PairPartName, str] = field(default_factory=dict)
    curves: tuple[PairCurve, ...] = ()
    command: str = ""
    versions: Mapping[str, str] = field(default_factory=list_versions)
    schema: int = PAIR_SCHEMA_VERSION

    def __repr__(self) -> str:
        return f"PairReport({self.pairs!r}, n_pairs={self.n_pairs}, n_rows={len(self.rows)})"

    def find_row(self, part: PairPartName, metric: str) -> PairRow | None:
        """Return the row of one number, or None when it was not measured."""
        return next((row for row in self.rows if (row.part, row.metric) == (part, metric)), None)

    def to_dict(self) -> dict[str, object]:
        """Return what `pairs.json` holds: all but the curves."""
        plain = (
            "schema", "collection", "encoder", "method", "pairs", "seed", "n_boot", "n_pairs", "n_unknown",
            "n_lost", "n_learnt", "n_conflicts",
        )  # fmt: skip
        return {
            **{name: getattr(self, name) for name in plain},
            "rows": [row.to_dict() for row in self.rows],
            "reasons": dict(self.reasons),
            "command": self.command,
            "versions": dict(self.versions),
        }
