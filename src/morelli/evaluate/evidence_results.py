"""What the likelihood ratios of some pairs are worth, and the numbers behind its pictures.

`evidence_protocol` makes it, `page` shows it.
"""

from __future__ import annotations

from dataclasses import dataclass

from morelli.evaluate.evidence_curves import ReliabilityCurve, TippettCurve
from morelli.evaluate.failures import ArtistCost, WorstPair
from morelli.evaluate.rows import Absence, PartName, Row


@dataclass(frozen=True, eq=False)
class EvidenceResult:
    """The rows of likelihood ratios, their curves, and where they fail.

    Parameters
    ----------
    part
        Seen or unseen artists.
    rows
        Of all pairs, and of subsets of them.
    absences
        Subsets without rows, and why.
    tippett
        How strong the evidence is.
    reliability
        What was said beside what was so, at each prior.
    artists
        By the cost of their pairs, the dearest first.
    worst_pairs
        The strongest evidence the wrong way.
    """

    part: PartName
    rows: tuple[Row, ...]
    absences: tuple[Absence, ...]
    tippett: TippettCurve
    reliability: tuple[ReliabilityCurve, ...]
    artists: tuple[ArtistCost, ...]
    worst_pairs: tuple[WorstPair, ...]

    def __repr__(self) -> str:
        return f"EvidenceResult({self.part}, n_rows={len(self.rows)})"
