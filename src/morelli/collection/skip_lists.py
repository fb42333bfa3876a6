"""A list of what was left out, written while it grows: for work that may lose millions of rows."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

from morelli.collection.work import Skip


class SkipList:
    """A CSV file with the columns path and reason, there only when something was left out.

    Parameters
    ----------
    path
        Where it is to be; a list of an earlier run is removed.

    Examples
    --------
    >>> import tempfile
    >>> with SkipList(Path(tempfile.mkdtemp()) / "lost.csv") as lost:
    ...     lost.add([Skip("pairs.csv:row 2", "expected a work of the gallery, found none")])
    >>> len(lost), lost.path.read_text().splitlines()[0]
    (1, 'path,reason')
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._n = 0
        self._file: TextIO | None = None
        self._writer: Any = None

    def __enter__(self) -> SkipList:
        self.path.unlink(missing_ok=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()

    def __len__(self) -> int:
        return self._n

    def add(self, skips: Iterable[Skip]) -> None:
        """Add to the list."""
        for skip in skips:
            if self._file is None:
                self._file = self.path.open("w", encoding="utf-8", newline="")
                self._writer = csv.writer(self._file)
                self._writer.writerow(["path", "reason"])
            self._writer.writerow([skip.path, skip.reason])
            self._n += 1
