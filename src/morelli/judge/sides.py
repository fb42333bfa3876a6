"""One side of a comparison: one work or several, with all that is known of how far they can be relied on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from morelli.errors import UsageError

Float = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Side:
    """Works that are taken to be by one hand, to be compared with others.

    Parameters
    ----------
    names
        (n,) the works, at least one.
    vectors
        (n, d) float32, under the model's encoder.
    crops
        (n, k, d) float32 of the same crops of each picture, or None.
    sources
        (n,) where each work comes from, None where that is not known.
    unsuitable
        Sentences on works that should not be judged, without a full stop.

    Raises
    ------
    UsageError
        When there is no work, or names, vectors, crops and sources differ in number.
    """

    names: tuple[str, ...]
    vectors: Float
    crops: Float | None = None
    sources: tuple[str | None, ...] | None = None
    unsuitable: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        parts = [part for part in (self.vectors, self.crops, self.sources) if part is not None]
        if not self.names or any(len(part) != len(self.names) for part in parts):
            raise UsageError(
                "a side of a comparison",
                expected="at least one work, and a vector for each",
                found=f"{len(self.names)} works, {len(self.vectors)} vectors",
                remedy="name the works of each side",
            )

    def __len__(self) -> int:
        return len(self.names)

    def __repr__(self) -> str:
        return f"Side({self.label!r}, n={len(self)})"

    @property
    def label(self) -> str:
        """The names, joined by commas."""
        return ", ".join(self.names)

    @property
    def views(self) -> Float:
        """(v, n, d) the works as a whole, then crop by crop of all of them."""
        whole = self.vectors[None]
        return whole if self.crops is None else np.concatenate([whole, self.crops.swapaxes(0, 1)])

    def list_omissions(self) -> list[tuple[str, str, NDArray[np.bool_]]]:
        """Return what can be left out: ("work" or "source", its name, (n,) which works then stay)."""
        if len(self) < 2:
            return []
        places = np.arange(len(self))
        found = [("work", name, places != place) for place, name in enumerate(self.names)]
        known = sorted({source for source in self.sources or () if source is not None})
        if len(known) > 1:
            sources = np.array(self.sources, dtype=object)
            found += [("source", source, sources != source) for source in known]
        return found
