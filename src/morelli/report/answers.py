"""Answers as files: one page with pictures to look at, or a table for the registrar.

The ending of the file says which: ``.html``, ``.csv``, ``.xlsx`` or ``.jsonl``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import polars as pl

from morelli.errors import UsageError
from morelli.evaluate.results import Report
from morelli.evaluate.validation import Verdict
from morelli.files import replace_file, write_file
from morelli.gallery.opinions import Opinion
from morelli.gallery.search import Match, describe_matches
from morelli.gallery.store import Gallery
from morelli.judge.results import Attribution, Comparison, Matches
from morelli.judge.words import describe_none, describe_ratio
from morelli.learn.label_errors import LabelDoubt, LabelReview
from morelli.report.render import render_template

ENDINGS = (".html", ".csv", ".xlsx", ".jsonl")

_SCALE_ENDS = (-3.0, 3.0)
"""Least log10 likelihood ratios at both ends of the drawn scale: a thousand times likelier either way."""

_FRAME_PX = 640  # height of an answer in a notebook; the page scrolls

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


def is_lines(path: Path) -> bool:
    """Say whether a file holds one JSON object a line, so that answers can be added to it."""
    return path.suffix.lower() == ".jsonl"


def append_lines(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add rows to a file of JSON Lines; a line that a stopped run left unfinished is dropped."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab+") as file:
        file.seek(0)
        whole = file.read()
        file.truncate(whole.rfind(b"\n") + 1)
        file.write("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode())


def list_answered(path: Path) -> frozenset[str]:
    """Return the pictures that a file of JSON Lines answers; none where there is no file.

    Raises `UsageError` where a line is no answer.
    """
    if not path.is_file():
        return frozenset()
    *lines, _ = path.read_bytes().split(b"\n")
    try:
        return frozenset(str(json.loads(line)["picture"]) for line in lines)
    except (ValueError, KeyError, TypeError) as fault:
        raise UsageError(
            f"--output {path}",
            expected="a new file, or answers of 'morelli attribute'",
            found="a line that is no answer",
            remedy="name another file",
        ) from fault


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


def draw_review(
    gallery: Gallery, found: LabelReview, doubts: Sequence[LabelDoubt], opinions: Sequence[Opinion]
) -> str:
    """Return a page with the works whose labels are doubtful, what they look like, and what people said."""
    ids = {doubt.id for doubt in doubts} | {work_id for doubt in doubts for work_id, _ in doubt.nearest}
    works = gallery.find_works(sorted(ids))
    said: dict[str, list[Opinion]] = {}
    for opinion in opinions:
        said.setdefault(opinion.work, []).append(opinion)
    return render_template(
        "review.html.j2",
        collection=gallery.name,
        doubts=doubts,
        n_works=len(found.doubts),
        accuracy=found.accuracy,
        works={row["id"]: row for row in works.to_dicts()},
        nearest={doubt.id: describe_matches(works, list(doubt.nearest)) for doubt in doubts},
        opinions=said,
    )


def draw_validation(report: Report, verdicts: Sequence[Verdict], digests: Mapping[str, str]) -> str:
    """Return a page with each criterion and whether it is met, and the digests of what was measured."""
    is_met = all(verdict.is_met for verdict in verdicts)
    return render_template(
        "validation.html.j2", report=report, verdicts=verdicts, digests=digests, is_met=is_met
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


def show(answer: Attribution | Comparison | Matches) -> str:
    """Return an answer's page in a frame, as a notebook shows it."""
    if isinstance(answer, Attribution):
        page = draw_attributions([answer])
    elif isinstance(answer, Comparison):
        sides = ([answer.left], [answer.right]) if answer.n_left == answer.n_right == 1 else _part(answer)
        page = draw_comparison(answer, *([(name, _find(name)) for name in side] for side in sides))
    else:
        page = draw_matches(answer.query, answer, by=answer.signal, picture=_find(answer.query))
    frame = f'style="width: 100%; height: {_FRAME_PX}px; border: 0" srcdoc="{escape(page)}"'
    return f"<iframe {frame}></iframe>"


def _part(answer: Comparison) -> tuple[list[str], list[str]]:
    return answer.left.split(", "), answer.right.split(", ")


def _find(name: str) -> str | None:
    return name if Path(name).is_file() else None
