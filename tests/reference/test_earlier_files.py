"""Files that an earlier version wrote are read as before: every stored format, with the same figures.

Galleries, models, splits, pairs, episodes, a report, an audit and a board lie in `files`; `figures.json`
holds questions about them with the answers that were true when they were written. `make` says how both came
about.
"""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path
from typing import Any

import pytest

from reference.make import answer, probe_arithmetic

HERE = Path(__file__).resolve().parent
QUESTIONS: list[dict[str, Any]] = json.loads((HERE / "figures.json").read_text(encoding="utf-8"))
ARITHMETIC: str = QUESTIONS.pop()["answer"]

TOLERANCES = {
    "read": 1e-12,  # numbers that stand in a file: only their way through decimal digits may differ
    "computed": 1e-9 if probe_arithmetic() == ARITHMETIC else 1e-5,  # from stored vectors
    "seen": 1e-5,  # from pictures: decoders round, and networks and descriptors compute in float32
}
"""How far a number may be from what it was, absolutely or by its size, by the kind of question.

Vectors are float32, and their products differ by 1e-7 from processor to processor: BLAS adds up in an order
of its own. So the narrow bound holds where products come out as they did when the figures were written.
"""

OTHER_PRODUCTS = {"search": 1e-6}
"""Where the products of float32 are taken by another library than when the answer was written."""

RENAMED = {f"ece{suffix}": f"expected_calibration_error{suffix}" for suffix in ("", "_prior_0.013")}
MAP_METRICS = {"cllr", "cllr_calibration", "brier", "brier_prior_0.013", *RENAMED, *RENAMED.values()}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the files, to be written into."""
    return Path(shutil.copytree(HERE / "files", tmp_path_factory.mktemp("earlier") / "files"))


@pytest.mark.parametrize("question", QUESTIONS, ids=[question["name"] for question in QUESTIONS])
def test_the_answer_is_what_it_was(
    question: dict[str, Any], files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(files)
    monkeypatch.setenv("MORELLI_DEVICE", "cpu")
    told = json.loads(json.dumps(answer(question)))
    if question["name"] == "info-audited":  # the pictures were not kept with the files, which is now told
        told = [row for row in told if row["stage"] != "now"]
    bound = OTHER_PRODUCTS.get(question["name"], TOLERANCES[question["kind"]])
    assert find_difference(told, drop_removed(question["answer"]), bound) is None


def test_a_board_is_read_and_not_made_again(files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (board,) = [question for question in QUESTIONS if question["name"] == "board"]
    monkeypatch.chdir(files)
    answer(board)
    (cell,) = Path("board/cells").iterdir()
    assert (cell / "cell.json").read_bytes() == (HERE / "files" / cell / "cell.json").read_bytes()
    assert not (cell / "model").exists()


def drop_removed(answer: Any) -> Any:
    """Return an answer without what is no longer answered or measured as it was, and is so on purpose.

    The measures of an earlier retrieval project (task "legacy") were taken out of every report: they stand
    where that project's protocol is run again. Likelihood ratios of artists whom a model knows come from the
    map that answers come from. A comparison has another range, and only diagnostics where the evidence is not
    enough. No other row or field may be missing.
    """
    if isinstance(answer, dict):
        answer = withhold_numbers(answer) if "sufficient" in answer else answer
        kept = {key: value for key, value in answer.items() if not is_other_map(answer, key)}
        if "metric" in kept:
            kept |= {"metric": RENAMED.get(kept["metric"], kept["metric"])}
        return {key: drop_removed(value) for key, value in kept.items()}
    if isinstance(answer, list):
        return [drop_removed(one) for one in answer if not is_legacy(one)]
    return answer


def name_cells(table: list[list[str]]) -> list[dict[str, str]]:
    """Return the rows of a table as objects: columns may be added, and none may go."""
    header, *rows = table
    return [dict(zip(header, row, strict=True)) for row in rows]


def withhold_numbers(comparison: dict[str, Any]) -> dict[str, Any]:
    """Return what today's answer to a comparison shares with the earlier one: all but range and verdict."""
    verdict = {"interval", "parts", "reasons", "sentence", "sufficient"}
    numbers = {"log10_likelihood_ratio", "probability"}
    kept = {key: value for key, value in comparison.items() if key not in verdict | numbers}
    if kept.get("profile") is not None:
        hand, *others = kept["profile"]["signals"]
        kept["profile"] = {"signals": [{"name": hand["name"], "score": hand["score"]}, *others]}
    return kept | {"diagnostics": {key: comparison[key] for key in numbers}}


def is_other_map(row: dict[str, Any], key: str) -> bool:
    """Say whether a field of a row depends on the map from scores to likelihood ratios of known artists."""
    is_seen = row.get("part") == "seen"
    return (
        is_seen
        and row.get("metric") in MAP_METRICS
        and key in {"value", "low", "high", "replicates", "this", "other", "difference", "verdict"}
    )


def is_legacy(item: Any) -> bool:
    return isinstance(item, dict) and item.get("task") == "legacy"


def find_difference(told: Any, expected: Any, tolerance: float, path: str = "answer") -> str | None:
    """Return where an answer first differs from what is expected, and how; None where it does not.

    Fields may be added, and rows of a report, and none may go.
    """
    if path.endswith(".csv"):
        told, expected = name_cells(told), name_cells(expected)
    if isinstance(told, dict) and isinstance(expected, dict):
        if missing := sorted(expected.keys() - told.keys()):
            return f"{path}: fields {missing} are missing"
        pairs = [(f"{path}.{key}", told[key], expected[key]) for key in expected]
    elif isinstance(told, list) and isinstance(expected, list):
        known = {key for row in expected if (key := identify_row(row)) is not None}
        if known:
            told = [row for row in told if identify_row(row) in known]
        elif path.endswith(".against.missing"):  # keys of rows that one of two reports lacks
            told = [key for key in told if key in expected]
        if len(told) != len(expected):
            return f"{path}: {len(told)} items, not {len(expected)}"
        pairs = [
            (f"{path}[{at}]", one, other) for at, (one, other) in enumerate(zip(told, expected, strict=True))
        ]
    else:
        return None if is_close(told, expected, tolerance) else f"{path}: {told!r}, not {expected!r}"
    return next(filter(None, (find_difference(a, b, tolerance, place) for place, a, b in pairs)), None)


def identify_row(row: Any) -> tuple[Any, ...] | None:
    """Return which number or absence a row of a report is, or None for something else."""
    is_row = isinstance(row, dict) and ("metric" in row or {"subset", "reason"} <= row.keys())
    return tuple(row.get(key) for key in ("task", "part", "subset", "metric")) if is_row else None


def is_close(told: Any, expected: Any, tolerance: float) -> bool:
    """Say whether two values are equal, or near to each other where they are numbers with a fraction."""
    if isinstance(told, float) and isinstance(expected, float):
        return math.isclose(told, expected, rel_tol=tolerance, abs_tol=tolerance)
    return type(told) is type(expected) and bool(told == expected)


def test_rows_may_be_added_and_none_may_go() -> None:
    rows = [{"part": "seen", "metric": name, "value": 0.5} for name in ("a", "b", "new")]
    assert find_difference(rows, rows[:2], 1e-9) is None
    assert find_difference(rows[1:], rows[:2], 1e-9) == "answer: 1 items, not 2"
    assert find_difference(rows[1:2], [rows[1] | {"value": 1}], 1e-9) == "answer[0].value: 0.5, not 1"


@pytest.mark.parametrize(
    ("told", "difference"),
    [
        ({"a": [1, {"b": 0.5}], "c": "x"}, None),
        ({"a": [1, {"b": 0.5 + 1e-10}], "c": "x"}, None),
        ({"a": [1, {"b": 0.5 + 1e-6}], "c": "x"}, "answer.a[1].b: 0.500001, not 0.5"),
        ({"a": [1.0, {"b": 0.5}], "c": "x"}, "answer.a[0]: 1.0, not 1"),
        ({"a": [1], "c": "x"}, "answer.a: 1 items, not 2"),
        ({"a": [1, {"b": 0.5}]}, "answer: fields ['c'] are missing"),
        ({"a": [1, {"b": 0.5}], "c": "x", "new": 1}, None),
        ({"a": [1, {"b": 0.5}], "c": None}, "answer.c: None, not 'x'"),
    ],
)
def test_the_first_difference_is_named(told: Any, difference: str | None) -> None:
    assert find_difference(told, {"a": [1, {"b": 0.5}], "c": "x"}, 1e-9) == difference
