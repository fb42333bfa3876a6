"""The report on disk: `report.json`, the tables behind the pictures as CSV, and a page complete in itself.

All of it is read back, so that the page can be drawn again from the folder.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from morelli.errors import EvaluationError
from morelli.evaluate.against import REPLICATES, Against, Replicates, read_replicates, write_replicates
from morelli.evaluate.metrics.words import rename_metric
from morelli.evaluate.results import SCHEMA, Part, Report
from morelli.evaluate.rows import (
    KEPT_BACK,
    PARTS,
    TABLES,
    Absence,
    Cell,
    Findings,
    Row,
    make_table,
    write_table,
)
from morelli.files import replace_files, whole_files, write_file
from morelli.report.page import render_page
from morelli.report.render import write_json

_FIGURES, _PAGE = "figures", "report.html"

_REMOVED_TASKS = {"legacy"}  # of reports by earlier versions; `morelli.bench.legacy` still takes them

_DERIVED = ("recall", "sets", "k_shot", "against")
"""Tables that hold what `report.json` holds, and are made of it again."""


def write_report(report: Report, folder: Path) -> Path:
    """Write `report.json` with its replicates, the tables as CSV, and `report.html`; return the page's path.

    The folder is made when missing; files of an earlier report in it are replaced, all at once.
    """
    with replace_files(
        folder, ("report.json", REPLICATES, _PAGE, *(_name_table(name) for name in TABLES))
    ) as part:
        write_json(part / "report.json", report.to_dict())
        write_replicates(report.to_replicates(), part)
        for name, table in report.tables.items():
            write_table(table, part / _name_table(name))
        write_file(part / _PAGE, render_page(report))
    return folder / _PAGE


def redraw_report(folder: Path) -> Path:
    """Draw `report.html` anew from what else lies in the folder, and return its path."""
    return write_file(_find_folder(folder) / _PAGE, render_page(read_report(folder)))


def read_report(folder: Path) -> Report:
    """Return a written report, whole: rows with their replicates, tables, and what was not measured.

    `folder` may also be the path of its `report.json`. What an earlier version did not write is left out, and
    `Report.notes` say so. Raises `EvaluationError` when there is no report that this version can read.
    """
    folder = _find_folder(folder)
    path = folder / "report.json"
    try:
        with whole_files(folder):
            fields: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            replicates = read_replicates(folder) if (folder / REPLICATES).exists() else Replicates({}, 0, {})
            tables = {name: _read_table(folder, name) for name in TABLES if name not in _DERIVED}
        if fields["schema"] != SCHEMA:
            raise ValueError(f"schema {fields['schema']}")
        rows = tuple(
            Row(**{**row, "metric": rename_metric(row["metric"])})
            for row in fields.pop("rows")
            if row["task"] not in _REMOVED_TASKS
        )
        absences = tuple(Absence(**absence) for absence in fields.pop("not_measured", ()))
        against, parts, names = (fields.pop(name, None) for name in ("against", "parts", "tables"))
        return Report(
            **{**fields, "warnings": tuple(fields.get("warnings", ()))},
            findings=Findings(replicates.join(rows), _drop_missing(tables), absences),
            parts=_list_parts(rows, replicates) if parts is None else tuple(Part(**part) for part in parts),
            against=None if against is None else Against.from_dict(against),
            notes=tuple(_list_notes(parts is None, names, tables)),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, pl.exceptions.PolarsError) as error:
        raise EvaluationError(
            path,
            expected=f"a report of schema {SCHEMA}",
            found=f"{type(error).__name__}: {error}",
            remedy="run 'morelli evaluate' again",
        ) from error


def _find_folder(path: Path) -> Path:
    return path.parent if path.name == "report.json" else path


def read_comparable(folder: Path) -> Report:
    """Return a written report that has replicates, so that another one can be compared with it."""
    report = read_report(folder)
    if all(row.replicates is None for row in report.rows):
        read_replicates(_find_folder(folder))  # says what is wrong
    return report


def _name_table(name: str) -> str:
    return f"{_FIGURES}/{name}.csv"


def _read_table(folder: Path, name: str) -> pl.DataFrame | None:
    path = folder / _name_table(name)
    if not path.exists():
        return None
    with path.open(encoding="utf-8", newline="") as file:
        header, *records = csv.reader(file)
    if header != TABLES[name].names():
        raise ValueError(f"{path} has other columns: {', '.join(header)}")
    types = TABLES[name].values()
    return make_table(name, ([*map(_read_cell, record, types)] for record in records))


def _read_cell(text: str, kind: pl.DataType) -> Cell:
    if kind == pl.String:
        return text
    number = int if kind == pl.Int64 else float
    return number(text) if text else None


def _drop_missing(tables: Mapping[str, pl.DataFrame | None]) -> dict[str, pl.DataFrame]:
    return {name: table for name, table in tables.items() if table is not None}


def _list_parts(rows: tuple[Row, ...], replicates: Replicates) -> tuple[Part, ...]:
    """Return what is known of the parts of a report that does not list them."""
    measured = {row.part for row in rows if row.subset != KEPT_BACK}
    return tuple(
        Part(
            name,
            reason="" if name in measured else f"the report has no numbers of {name} artists",
            digest=replicates.digests.get(name, ""),
        )
        for name in PARTS
    )


def _list_notes(
    is_without_parts: bool, names: list[str] | None, tables: Mapping[str, pl.DataFrame | None]
) -> list[str]:
    """Return what a report lacks that this version writes, as sentences."""
    notes = []
    if is_without_parts:
        notes.append("An earlier version wrote this report: how many works were measured is not in it.")
    if names is None and all(table is None for table in tables.values()):
        notes.append("The tables behind its pictures (figures/) are not beside it, so most are left out.")
    gone = [name for name in names or () if name in tables and tables[name] is None]
    if gone:
        files = ", ".join(f"figures/{name}.csv" for name in gone)
        notes.append(f"Tables of this report are gone, so pictures are left out: {files}.")
    return notes
