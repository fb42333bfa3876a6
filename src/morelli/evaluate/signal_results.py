"""What an evaluation of signals gives back, and how it is written."""

from __future__ import annotations

import csv
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from morelli.evaluate.rows import PartName
from morelli.model.signals import SignalName

NAMES = ("signals.json", "signals.csv", "signal_correlations.csv")
"""What `write_signals` writes."""


@dataclass(frozen=True)
class SignalCell:
    """How well one signal answers one question.

    Parameters
    ----------
    part
        Seen or unseen artists.
    signal, question
        Which signal, on pairs alike in which thing.
    roc_auc
        How often a pair that is alike scores above one that is not, 0..1, a tie counting half.
    low, high
        Its 95 % interval over artists.
    cllr
        Cost of the log likelihood ratio in bits, on the signal's own question only: 0 is perfect, 1 says
        nothing, above 1 misleads; None on other questions and without a calibration.
    n_same, n_different
        Pairs of both kinds.
    """

    part: PartName
    signal: SignalName
    question: SignalName
    roc_auc: float
    low: float
    high: float
    cllr: float | None
    n_same: int
    n_different: int


@dataclass(frozen=True)
class Correlation:
    """How far two signals order the same pairs of works alike.

    Parameters
    ----------
    part
        Seen or unseen artists.
    signal, other
        The two.
    spearman
        Rank correlation of their scores, -1..1; None where one gives every pair the same score.
    n
        Pairs drawn at random.
    """

    part: PartName
    signal: SignalName
    other: SignalName
    spearman: float | None
    n: int


@dataclass(frozen=True)
class SignalReport:
    """What an evaluation of signals found.

    Parameters
    ----------
    collection, encoder, split, seed
        What was evaluated.
    cells, correlations
        The numbers.
    missing
        Why a question or a signal has no number, one sentence each.
    """

    collection: str
    encoder: str
    split: str
    seed: int
    cells: tuple[SignalCell, ...]
    correlations: tuple[Correlation, ...]
    missing: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the report as a JSON object."""
        return asdict(self)


def write_signals(report: SignalReport, folder: Path) -> Path:
    """Write `signals.json`, `signals.csv` and `signal_correlations.csv`, and return the first's path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / NAMES[0]
    path.write_text(json.dumps(report.to_dict(), indent=2) + "\n", encoding="utf-8")
    told = report.to_dict()
    for name, rows in zip(NAMES[1:], (told["cells"], told["correlations"]), strict=True):
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]) if rows else [])
            writer.writeheader()
            writer.writerows(rows)
    return path
