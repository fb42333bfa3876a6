"""A leaderboard: recipes beside each other on the same test works, and which differences are clear.

A line is a recipe, its numbers the means over seeds. Lines are ordered by the first of `LEADS` that was
measured, and every number of a line is compared with that of the first line. Twenty recipes compared with one
at 95 % are expected to hold one difference that only looks clear; the intervals are not widened for that.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import mean, stdev
from typing import Any

import numpy as np
from numpy.typing import NDArray

from morelli.bench.cells import LEADS, MEASURES, BoardMeasure, Cell, Failure, MeasureName
from morelli.errors import EvaluationError
from morelli.evaluate.metrics.intervals import Interval, enclose
from morelli.evaluate.metrics.words import find_metric
from morelli.evaluate.results import list_versions
from morelli.evaluate.rows import Row

_Float = NDArray[np.float64]

ORIGINAL = "original"
"""What the recipe itself is called among its variants."""

COSTS = ("train_seconds", "images_per_second", "n_parameters", "n_trained", "model_megabytes")
"""What a training costs, by name in the facts of a cell."""

_SCHEMA = 1
"""Version of `board.json`; it rises when a field changes its meaning."""


@dataclass(frozen=True)
class Line:
    """One recipe."""

    label: str  # ``name`` or ``name:variant``
    seeds: tuple[int, ...]  # of several splits, with each
    rows: Mapping[MeasureName, Row]  # means over seeds, with their intervals over artists and seeds
    spreads: Mapping[MeasureName, float]  # standard deviations over seeds; none of one seed
    verdicts: Mapping[
        MeasureName, str
    ]  # "better", "worse", "not clear"; "first"; "not paired" on other works
    costs: Mapping[str, float]  # means over cells of what `COSTS` lists, where known
    weights: str = ""  # "pretrained", "partial", "from scratch"; empty where unknown
    trainable: str = ""  # "none", "last N", "all"
    note: str = ""

    @property
    def name(self) -> str:
        """The recipe, without the variant."""
        return self.label.partition(":")[0]

    @property
    def variant(self) -> str:
        """The variant; `ORIGINAL` for the recipe itself."""
        return self.label.partition(":")[2] or ORIGINAL

    def to_dict(self) -> dict[str, Any]:
        """Return the fields by name."""
        return {
            "recipe": self.label,
            "seeds": list(self.seeds),
            "measures": {name: self.describe(name) for name in self.rows},
            **{name: self.costs.get(name) for name in COSTS},
            "weights": self.weights,
            "trainable": self.trainable,
            "note": self.note,
        }

    def describe(self, name: MeasureName) -> dict[str, Any]:
        """Return a number of the line with its interval, spread, count and verdict."""
        row = self.rows[name]
        numbers = {"value": row.value, "low": row.low, "high": row.high, "spread": self.spreads.get(name)}
        return {**numbers, "n": row.n, "verdict": self.verdicts[name]}


@dataclass(frozen=True)
class Board:
    """Recipes beside each other."""

    collection: str
    splits: Mapping[str, str]  # name and digest
    seed: int  # of split, pairs, triplets and resamples
    lines: tuple[Line, ...]  # the best first
    variants: Mapping[str, tuple[Line, ...]] = field(default_factory=dict)  # against the original
    failures: tuple[Failure, ...] = ()
    command: str = ""
    versions: Mapping[str, str] = field(default_factory=list_versions)
    schema: int = _SCHEMA

    @property
    def measures(self) -> tuple[BoardMeasure, ...]:
        """The columns that some line has, in their order."""
        found = {name for line in self.lines for name in line.rows}
        return tuple(measure for measure in MEASURES if measure.name in found)

    def to_dict(self) -> dict[str, Any]:
        """Return what `board.json` holds."""
        return {
            "schema": self.schema,
            "collection": self.collection,
            "splits": dict(self.splits),
            "seed": self.seed,
            "lines": [line.to_dict() for line in self.lines],
            "variants": {name: [line.to_dict() for line in lines] for name, lines in self.variants.items()},
            "failures": [failure.to_dict() for failure in self.failures],
            "command": self.command,
            "versions": dict(self.versions),
        }


_Numbers = Mapping[MeasureName, Row]
"""The numbers of a recipe over all its seeds."""


def assemble_board(
    cells: Sequence[Cell],
    failures: Sequence[Failure] = (),
    *,
    collection: str,
    splits: Mapping[str, str],
    seed: int = 0,
    command: str = "",
) -> Board:
    """Return the board of cells, one for each recipe, split and seed; splits share no part."""
    by_label: dict[str, list[Cell]] = defaultdict(list)
    for cell in cells:
        by_label[cell.label].append(cell)
    numbers = {label: _merge_cells(label, own, seed) for label, own in by_label.items()}
    labels = _order(numbers)
    lines = {
        label: _make_line(label, by_label, numbers, against=labels[0], is_first=place == 0)
        for place, label in enumerate(labels)
    }
    return Board(
        collection=collection,
        splits=splits,
        seed=seed,
        lines=tuple(lines.values()),
        variants=_compare_variants(by_label, numbers),
        failures=tuple(failures),
        command=command,
    )


def _merge_cells(label: str, cells: Sequence[Cell], seed: int) -> _Numbers:
    return {
        measure.name: _merge_rows(label, found, seed)
        for measure in MEASURES
        if (found := _find_rows(cells, measure))
    }


def _find_rows(cells: Sequence[Cell], measure: BoardMeasure) -> list[Row]:
    return [row for cell in cells for row in cell.rows if row.key == measure.key]


def _merge_rows(label: str, found: Sequence[Row], seed: int) -> Row:
    values = [row.value for row in found]
    replicates = np.stack([row.replicates for row in found if row.replicates is not None])  # (s, b)
    merged = _merge_seeds(values, replicates, label=label, seed=seed)
    ends = {"low": max(merged.low, 0.0), "high": min(merged.high, 1.0)}  # as the measures are
    return replace(found[0], **(merged.to_row() | ends))


def _order(numbers: Mapping[str, _Numbers]) -> list[str]:
    """Return the labels, the highest of the leading number first; those without it last."""
    lead = next((name for name in LEADS if any(name in own for own in numbers.values())), None)

    def place(label: str) -> tuple[float, str]:
        found = numbers[label].get(lead) if lead is not None else None
        return (-found.value if found is not None else np.inf, label)

    return sorted(numbers, key=place)


def _make_line(
    label: str,
    by_label: Mapping[str, Sequence[Cell]],
    numbers: Mapping[str, _Numbers],
    *,
    against: str,
    is_first: bool,
) -> Line:
    cells, rows = by_label[label], numbers[label]
    facts = [cell.facts for cell in cells]
    values = {one.name: [row.value for row in _find_rows(cells, one)] for one in MEASURES}
    others = {
        name: other for name, other in numbers[against].items() if _is_paired(name, cells, by_label[against])
    }
    return Line(
        label=label,
        seeds=tuple(sorted({cell.seed for cell in cells})),
        rows=rows,
        spreads={name: stdev(found) for name, found in values.items() if len(found) > 1},
        verdicts={name: "first" if is_first else _judge(row, others.get(name)) for name, row in rows.items()},
        costs={
            name: mean(known)
            for name in COSTS
            if (known := [float(cost) for one in facts if (cost := _find_cost(one, name)) is not None])
        },
        weights=_tell(facts, "weights"),
        trainable=_tell(facts, "trainable"),
        note=_tell(facts, "note"),
    )


def _is_paired(name: MeasureName, cells: Sequence[Cell], others: Sequence[Cell]) -> bool:
    """Say whether two recipes were measured on the same works."""
    measure = next(measure for measure in MEASURES if measure.name == name)
    digests = [
        {cell.report.find_part(measure.part).digest for cell in own if _find_rows([cell], measure)}
        for own in (cells, others)
    ]
    return digests[0] == digests[1]


def _judge(row: Row, other: Row | None) -> str:
    return "not paired" if other is None else _judge_pair(row, other)


def _compare_variants(
    by_label: Mapping[str, Sequence[Cell]], numbers: Mapping[str, _Numbers]
) -> dict[str, tuple[Line, ...]]:
    """Return by recipe the lines of its variants, the original first, each compared with the original."""
    families: dict[str, list[str]] = defaultdict(list)
    for label in sorted(by_label):
        families[label.partition(":")[0]].append(label)  # the bare name sorts first
    return {
        name: tuple(
            _make_line(label, by_label, numbers, against=name, is_first=label == name) for label in labels
        )
        for name, labels in families.items()
        if len(labels) > 1 and name in by_label
    }


def _find_cost(facts: Mapping[str, Any], name: str) -> Any:
    """Return a cost; of vectors that are stored there are works a second, and no images."""
    return facts.get(name, facts.get("works_per_second") if name == "images_per_second" else None)


def _tell(facts: Sequence[Mapping[str, Any]], name: str) -> str:
    """Return what the cells of a recipe say, each answer once."""
    return ", ".join(dict.fromkeys(_spell(name, one[name]) for one in facts if one.get(name)))


def _spell(name: str, value: object) -> str:
    return f"last {value}" if name == "trainable" and str(value).isdecimal() else str(value)


def _merge_seeds(values: Sequence[float], replicates: _Float, *, label: str, seed: int) -> Interval:
    """Return the mean of (s,) values over seeds with its interval over artists and seeds.

    replicates: (s, b) the same in each resample of artists, the same artists in a column; another label draws
    other seeds. Two seeds that differ by 0.2 in every resample: one drawn twice is off by 0.1, stretched to
    0.14.

    >>> interval = _merge_seeds([0.4, 0.6], np.tile([[0.4], [0.6]], 100), label="a", seed=0)
    >>> interval.value, round(interval.low, 2), round(interval.high, 2)
    (0.5, 0.36, 0.64)
    """
    n_seeds, n_boot = replicates.shape
    means = replicates.mean(axis=0)  # (b,)
    if n_seeds > 1:
        rng = np.random.default_rng([seed, zlib.crc32(label.encode())])
        counts = rng.multinomial(n_seeds, np.full(n_seeds, 1 / n_seeds), size=n_boot)  # (b, s)
        drawn = (counts.T * replicates).sum(axis=0) / n_seeds
        means = means + np.sqrt(n_seeds / (n_seeds - 1)) * (drawn - means)
    return enclose(float(np.mean(values)), means)


def _judge_pair(row: Row, other: Row) -> str:
    """Return "better", "worse" or "not clear" of one recipe against another, on the same resamples."""
    resamples = [_require_replicates(one) for one in (row, other)]
    difference = enclose(row.value - other.value, resamples[0] - resamples[1])
    return find_metric(row.metric).judge(difference.low, difference.high)


def _require_replicates(row: Row) -> _Float:
    if row.replicates is None:
        raise EvaluationError(
            "difference of two numbers",
            expected="numbers with their resamples",
            found="one that was read without them",
            remedy="assemble the board from its cells",
        )
    return row.replicates
