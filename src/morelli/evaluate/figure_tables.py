"""A table of numbers behind a figure, as a file holds it."""

from __future__ import annotations

from dataclasses import dataclass

Cell = str | int | float | None


@dataclass(frozen=True)
class FigureTable:
    """The numbers of one figure.

    Parameters
    ----------
    name
        File name without ending.
    columns
        Their names.
    records
        One tuple for each line.
    """

    name: str
    columns: tuple[str, ...]
    records: tuple[tuple[Cell, ...], ...]

    def column(self, name: str) -> list[Cell]:
        """Return one column.

        Examples
        --------
        >>> FigureTable("t", ("a", "b"), ((1, 2), (3, 4))).column("b")
        [2, 4]
        """
        place = self.columns.index(name)
        return [record[place] for record in self.records]
