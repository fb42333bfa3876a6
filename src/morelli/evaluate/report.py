"""The report on disk: `report.json`, the numbers of each figure as CSV, and one page that needs nothing else.

`results` says what a report is; `figures` lists the numbers, `plots` draws and `page` sets them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from morelli.errors import EvaluationError
from morelli.evaluate.figures import write_figures
from morelli.evaluate.page import render_page
from morelli.evaluate.results import SCHEMA, Part, Report
from morelli.evaluate.rows import Absence, Row

__all__ = ["Part", "Report", "read_report", "write_report"]


def write_report(report: Report, folder: Path) -> Path:
    """Write `report.json`, `report.html` and the numbers of each figure as CSV.

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
    write_figures(report, folder / "figures")
    page = folder / "report.html"
    page.write_text(render_page(report), encoding="utf-8")
    return page


def read_report(folder: Path) -> Report:
    """Return a written report, without what its pictures need.

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
