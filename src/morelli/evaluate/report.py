"""The report on disk: `report.json`, the numbers of each figure as CSV, and one page that needs nothing else.

`results` says what a report is; `figures` lists the numbers, `plots` draws and `page` sets them.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from morelli.errors import EvaluationError
from morelli.evaluate.against import subtract_reports
from morelli.evaluate.figures import write_figures
from morelli.evaluate.page import render_page
from morelli.evaluate.replicates import Replicates, read_replicates, write_replicates
from morelli.evaluate.results import SCHEMA, Part, Report
from morelli.evaluate.rows import Absence, Row

__all__ = ["Part", "Report", "read_report", "write_report"]


def write_report(report: Report, folder: Path) -> Path:
    """Write `report.json` with its resamples, `report.html`, and the numbers of each figure as CSV.

    Parameters
    ----------
    report
        What was found.
    folder
        Made when missing; files of an earlier report in it are replaced.

    Returns
    -------
    page
        The path of `report.html`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(report.to_dict(), indent=2, ensure_ascii=False, allow_nan=False)
    (folder / "report.json").write_text(text + "\n", encoding="utf-8")
    write_replicates(report.to_replicates(), folder)
    write_figures(report, folder / "figures")
    page = folder / "report.html"
    page.write_text(render_page(report), encoding="utf-8")
    return page


def read_report(folder: Path) -> Report:
    """Return a written report, without what its pictures need, its resamples and what it was compared with.

    Parameters
    ----------
    folder
        What `write_report` was given.

    Raises
    ------
    EvaluationError
        When there is no `report.json`, or it is not one this version can read.
    """
    path = folder / "report.json"
    try:
        fields: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        rows = tuple(Row(**row) for row in fields.pop("rows"))
        fields.pop("against", None)
        absences = tuple(Absence(**absence) for absence in fields.pop("not_measured", ()))
        if fields["schema"] != SCHEMA:
            raise ValueError(f"schema {fields['schema']}")
        return Report(**fields, rows=rows, not_measured=absences)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise EvaluationError(
            path,
            expected=f"a report of schema {SCHEMA}",
            found=f"{type(error).__name__}: {error}",
            remedy="run 'morelli evaluate' again",
        ) from error


def read_both(folder: Path) -> tuple[Report, Replicates]:
    """Return a written report and its resamples.

    Parameters
    ----------
    folder
        What `write_report` was given, or the path of its `report.json`.

    Raises
    ------
    EvaluationError
        When one of them is missing, or cannot be read by this version.
    """
    own = folder.parent if folder.name == "report.json" else folder
    return read_report(own), read_replicates(own)


def compare_reports(report: Report, other: tuple[Report, Replicates], folder: Path) -> Report:
    """Return a report that says what has changed since another one.

    Parameters
    ----------
    report
        As it was measured, with its resamples.
    other
        As `read_both` returns it.
    folder
        Where the other lies, for messages.

    Raises
    ------
    EvaluationError
        When the two are not of the same test works and resamples.
    """
    earlier, resamples = other
    against = subtract_reports(
        report.rows,
        report.to_replicates(),
        earlier.rows,
        resamples,
        other=f"{earlier.encoder}, split {earlier.split}",
        path=folder,
    )
    return replace(report, against=against)
