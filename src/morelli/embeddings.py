"""Vectors that know which works they belong to and which encoder made them.

`Embeddings` is what travels between the chapters: `encode` makes it, `gallery` stores it, `learn`, `judge`
and `evaluate` read it. Rows are joined by work id, never by position.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from morelli.errors import FingerprintError, GalleryError


@dataclass(frozen=True, eq=False)
class Embeddings:
    """Vectors of works under one encoder.

    Parameters
    ----------
    ids
        (n,) work ids, each once.
    vectors
        (n, d) float32, finite, one row per id.
    fingerprint
        The encoder's fingerprint: a hexadecimal digest of weights, layers and preprocessing.
    """

    ids: tuple[str, ...]
    vectors: NDArray[np.float32]
    fingerprint: str

    def __post_init__(self) -> None:
        if self.vectors.ndim != 2 or len(self.ids) != len(self.vectors):
            raise GalleryError(
                "embeddings",
                expected=f"one row per id ({len(self.ids)})",
                found=f"an array of shape {self.vectors.shape}",
                remedy="embed the gallery again",
            )

    def __len__(self) -> int:
        return len(self.ids)

    def __repr__(self) -> str:
        n, d = self.vectors.shape
        return f"Embeddings(n={n}, d={d}, fingerprint={self.fingerprint[:12]!r})"

    def select(self, ids: Sequence[str]) -> NDArray[np.float32]:
        """Return the rows of some works, (q, d), in the order asked for; each must have a vector."""
        position = {work_id: row for row, work_id in enumerate(self.ids)}
        missing = [work_id for work_id in ids if work_id not in position]
        if missing:
            raise GalleryError(
                f"work {missing[0]}",
                expected="a vector for every work asked for",
                found=f"{len(missing)} works without one",
                remedy="run 'morelli embed' on the gallery first",
            )
        rows: NDArray[np.float32] = self.vectors[[position[work_id] for work_id in ids]]
        return rows

    def require(self, fingerprint: str, wanted_by: str) -> None:
        """Refuse to go on when the vectors were made by another encoder."""
        if fingerprint != self.fingerprint:
            raise FingerprintError(
                wanted_by,
                expected=f"vectors of encoder {fingerprint[:12]}",
                found=f"vectors of encoder {self.fingerprint[:12]}",
                remedy="embed the gallery with the encoder that the model was trained on",
            )
