"""Answers as files: one page with pictures to look at, or a table for the registrar.

The ending of the file says which: ``.html``, ``.csv``, ``.xlsx`` or ``.jsonl``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from morelli.errors import UsageError
from morelli.files import replace_file, write_file
from morelli.gallery.search import Match
from morelli.judge.results import Attribution, Comparison
from morelli.judge.words import describe_none, describe_ratio
from morelli.report.render import render_template

ENDINGS = (".html", ".csv", ".xlsx", ".jsonl")

_SCALE_ENDS = (-3.0, 3.0)
"""Least log10 likelihood ratios at both ends of the drawn scale: a thousand times likelier either way."""

_MARGIN = 0.5  # powers of ten between what is drawn and the ends of the scale


def check_ending(path: Path) -> None:
    """Refuse a file whose ending names no kind of output."""
    if path.suffix.lower() not in ENDINGS:
        raise UsageError(
            f"--output {path}",
            expected="a file that ends in " + ", ".join(ENDINGS),
            found=repr(path.suffix) if path.suffix else "no ending",
            remedy="name one, such as answers.html",
        )


def write_answers(path: Path, rows: Sequence[Mapping[str, Any]], draw: Callable[[], str]) -> Path:
    """Write a page, drawn by `draw`, or a table of rows, as the ending of the file says; return the path."""
    check_ending(path)
    match path.suffix.lower():
        case ".html":
            return write_file(path, draw())
        case ".jsonl":
            return write_file(path, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    frame = pl.DataFrame([_flatten(row) for row in rows], infer_schema_length=None)
    with replace_file(path) as part:
        if path.suffix.lower() == ".csv":
            frame.write_csv(part, include_bom=True)  # without the mark Excel misreads accents
        else:
            with part.open("wb") as file:
                frame.write_excel(file)
    return path


def tabulate_attributions(answers: Sequence[Attribution]) -> list[dict[str, Any]]:
    """Return one row for each picture."""
    rows = []
    for answer in answers:
        first, nearest = answer.candidates[0], answer.references[:1]
        rows.append(
            {
                "picture": answer.picture,
                "none_of_these": answer.none_of_these,
                "artist": first.artist,
                "probability": first.probability,
                "prediction_set": " | ".join(answer.prediction_set),
                "level": answer.level,
                "nearest_work": nearest[0].id if nearest else None,
                "nearest_artist": nearest[0].artist if nearest else None,
                "summary": answer.summary,
                "doubts": "; ".join(answer.doubts),
            }
        )
    return rows


def draw_attributions(answers: Sequence[Attribution]) -> str:
    """Return a page with each picture, who may have painted it, and the nearest reference works."""
    return render_template("attributions.html.j2", answers=answers, describe_none=describe_none)


def draw_matches(query: str, matches: Sequence[Match], *, by: str | None, picture: str | None = None) -> str:
    """Return a page with the works found; `picture` is the file of the query, where it has one."""
    return render_template("matches.html.j2", query=query, matches=matches, by=by, picture=picture)


def draw_comparison(
    answer: Comparison, left: Sequence[tuple[str, str | None]], right: Sequence[tuple[str, str | None]]
) -> str:
    """Return a page with both sides and the answer on a scale; each work is a name and its file."""
    numbers = answer.diagnostics
    shown = [numbers.log10_likelihood_ratio, *numbers.bounds, *(answer.interval or ())]
    low = min(_SCALE_ENDS[0], min(shown) - _MARGIN)
    high = max(_SCALE_ENDS[1], max(shown) + _MARGIN)
    return render_template(
        "comparison.html.j2",
        answer=answer,
        sides=(left, right),
        place=lambda value: 100 * (value - low) / (high - low),
        ticks=range(int(low), int(high) + 1),
        ratio=describe_ratio,
    )


def _flatten(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row whose cells are plain: objects opened as ``name.field``, lists as JSON."""
    flat: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, Mapping):
            flat |= {f"{name}.{field}": cell for field, cell in _flatten(value).items()}
        else:
            flat[name] = json.dumps(value, ensure_ascii=False) if isinstance(value, list | tuple) else value
    return flat
