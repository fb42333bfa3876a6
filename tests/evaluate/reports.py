"""Synthetic works: vectors around one centre for each artist, and reports made of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from hypothesis import strategies as st
from PIL import Image
from sklearn.metrics import average_precision_score, roc_auc_score, roc_curve

from morelli.evaluate.breakdown import WorkLabels, draw_examples, tabulate_artists, tabulate_confusion
from morelli.evaluate.metrics.attribution import read_predictions
from morelli.evaluate.metrics.curves import Curves
from morelli.evaluate.metrics.neighbours import find_neighbours
from morelli.evaluate.protocols import (
    Likelihood,
    attribution_rows,
    compare_works,
    measure_sets,
    retrieval_rows,
)
from morelli.evaluate.results import Part, Report
from morelli.evaluate.rows import Findings

HOSTILE = '<script>alert("$x$")</script> & \'Master\' "of" $Y$'
"""An artist whose name must never reach a page as markup, nor matplotlib as mathematics."""

N_BOOT = 40


def make_works(n_artists: int, n_works: int, *, seed: int, noise: float = 1.5, d: int = 12):
    """Return unit rows, raw rows and artist names."""
    rng = np.random.default_rng(seed)
    centres = np.repeat(rng.normal(size=(n_artists, d)), n_works, axis=0)
    raw = centres + noise * rng.normal(size=centres.shape)
    vectors = raw / np.linalg.norm(raw, axis=1, keepdims=True)
    artists = [f"Artist {place:02d}" for place in range(n_artists) for _ in range(n_works)]
    artists = [HOSTILE if artist == "Artist 00" else artist for artist in artists]
    return vectors, raw + rng.normal(size=raw.shape), artists


def make_probabilities(artists: list[str], seed: int):
    """Return probabilities and classes, right more often than not."""
    rng = np.random.default_rng(seed)
    classes = sorted(set(artists))
    codes = np.array([classes.index(artist) for artist in artists])
    logits = rng.normal(size=(len(artists), len(classes)))
    logits[np.arange(len(codes)), codes] += 2
    table = np.exp(logits)
    return table / table.sum(axis=1, keepdims=True), classes


def make_likelihood(artists: list[str], paths: list[str]) -> Likelihood:
    """Return likelihoods; half of the works are of one style, none has a year, all are of one source."""
    return Likelihood(
        relate=lambda scores, n_works: 3 * (np.asarray(scores) - 0.5),
        labels=WorkLabels(
            styles=["Rococo" if place % 2 else "Rococo|Baroque" for place in range(len(artists))],
            years=[None] * len(artists),
            sources=["one"] * len(artists),
            paths=[paths[place % len(paths)] for place in range(len(artists))],
        ),
    )


def make_report(folder: Path, n_artists: int = 6) -> Report:
    """Return a report of both parts, with two pictures, one of which is damaged."""
    good, bad = folder / "good.png", folder / "bad.png"
    Image.new("RGBA", (40, 30), (180, 120, 60, 128)).save(good)
    bad.write_bytes(b"not a picture")
    vectors, raw, artists = make_works(n_artists, 5, seed=0)
    probabilities, classes = make_probabilities(artists, seed=0)
    predictions = read_predictions(probabilities, classes, artists)
    findings = Findings(
        tuple(attribution_rows(probabilities, classes, artists, seed=0, n_boot=N_BOOT)),
        {"confusion": tabulate_confusion(predictions), "artists": tabulate_artists(predictions)},
    )
    for part in ("seen", "unseen"):
        options = {"part": part, "seed": 0, "n_boot": N_BOOT}
        likelihood = make_likelihood(artists, [str(good), str(bad)])
        findings += compare_works(vectors, raw, artists, n_triplets=50, likelihood=likelihood, **options)
        findings += measure_sets(likelihood, vectors, artists, **options)
        ids = [str(place) for place in range(len(artists))]
        both = {"query_ids": ids, "gallery_ids": ids}
        rows = retrieval_rows(vectors, artists, vectors, artists, **both, **options)
        neighbours = find_neighbours(vectors, vectors, k=3, **both)
        works = [(str(good if place % 2 else bad), artist) for place, artist in enumerate(artists)]
        examples = draw_examples(neighbours, works, works, part=part, rng=np.random.default_rng(0))
        findings += Findings(tuple(rows), {"examples": examples})
    return Report(
        collection=f"The {HOSTILE} collection",
        split="by artist",
        encoder="tiny",
        seed=0,
        findings=findings,
        parts=(Part("seen", len(artists), n_artists), Part("unseen", len(artists), n_artists)),
        command="morelli evaluate --seed 0",
    )


def keep_part(report: Report, name: str, reason: str) -> Report:
    """Return a report in which only one part was measured."""
    parts = tuple(part if part.name == name else Part(part.name, reason=reason) for part in report.parts)
    tables = {
        key: table.filter(table["part"] == name) if "part" in table.columns else table
        for key, table in report.findings.tables.items()
        if "part" in table.columns or name == "seen"
    }
    rows = tuple(row for row in report.rows if row.part == name)
    findings = Findings(rows, tables, report.findings.absences)
    return replace(report, findings=findings, parts=parts)


@st.composite
def pair_lists(draw) -> tuple[list[float], list[bool]]:
    """Draw log10 likelihood ratios, often tied, of pairs of both kinds."""
    values = draw(st.lists(st.integers(-12, 12), min_size=2, max_size=25))
    kinds = draw(st.lists(st.booleans(), min_size=len(values), max_size=len(values)))
    return [value / 4 for value in values], [True, False, *kinds[2:]]


def make_evidence(seed: int):
    """Return likelihood ratios under three weightings, and for each the pairs as often as they weigh."""
    rng = np.random.default_rng(seed)
    values = np.sort(rng.choice(np.arange(-20, 20), 12, replace=False)) / 8
    same, different = rng.integers(0, 4, size=(2, 12, 3)).astype(float)
    copies = []
    for column in range(3):
        counts = [kind[:, column].astype(int) for kind in (same, different)]
        copied = np.concatenate([np.repeat(values, count) for count in counts])
        copies.append((copied, np.repeat([True, False], [count.sum() for count in counts])))
    hits, alarms = (np.cumsum(kind[::-1], axis=0) for kind in (same, different))
    return Curves(hits, alarms, values[::-1]), copies


def measure_by_scikit_learn(scores, same) -> list[float]:
    """Return the metrics of `Curves.measure` as scikit-learn has them; the error rate on its ROC polygon."""
    alarms, hits, _ = roc_curve(same, scores)
    equal = np.interp(0, alarms + hits - 1, alarms)
    return [roc_auc_score(same, scores), average_precision_score(same, scores), equal]
