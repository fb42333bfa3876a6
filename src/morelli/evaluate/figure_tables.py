"""A table of numbers behind a figure, as a file holds it."""

from __future__ import annotations

from dataclasses import dataclass

Cell = str | int | float


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
