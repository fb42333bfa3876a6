"""What an export has done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from morelli.collection.work import Skip


@dataclass(frozen=True)
class ExportSummary:
    """What one export has written, left as it was, and left out.

    Parameters
    ----------
    folder, layout
        Where, and how: "folders", "hf" or "webdataset".
    parts
        Works that stand in each part now.
    written, already
        Works that were written in this run; works that an earlier one had written.
    classes
        How many classes there are.
    renamed
        Classes whose folder has another name, since theirs is none that every file system takes.
    skips
        Works that were left out, with reasons.
    """

    folder: Path
    layout: str
    parts: Mapping[str, int]
    written: int
    already: int
    classes: int
    renamed: Mapping[str, str]
    skips: tuple[Skip, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the summary as a JSON object."""
        return asdict(self) | {"folder": str(self.folder)}
