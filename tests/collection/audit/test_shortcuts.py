"""Shortcuts: what gives a label away is told, what does not is not, and groups never help."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest

from morelli.collection.audit import shortcuts
from morelli.collection.audit.shortcuts import (
    MIN_WORKS,
    TRAITS,
    WARN_P,
    WARN_SKILL,
    WORKS_PER_LABEL,
    Shortcut,
    find_shortcuts,
)

N_LABELS, N_EACH = 4, 15


FEW = {name: TRAITS[name] for name in ("saving", "border", "source")}


@pytest.fixture(autouse=True)
def _ask_quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask few trees by three traits and by all of these; more would only take time."""
    monkeypatch.setattr(shortcuts, "N_TREES", 8)
    monkeypatch.setattr(shortcuts, "TRAITS", FEW)


def make_works(n_labels: int = N_LABELS, n_each: int = N_EACH, seed: int = 0) -> pl.DataFrame:
    """Return works whose traits are random and tell nothing."""
    rng = np.random.default_rng(seed)
    n = n_labels * n_each
    numbers = ("edge_l", "edge_a", "edge_b", "edge_spread", "mean_l", "mean_a", "mean_b")
    return pl.DataFrame(
        {
            "id": pl.Series([f"{place:04d}" for place in range(n)], dtype=pl.String),
            "artist": pl.Series([f"Artist {place % n_labels}" for place in range(n)], dtype=pl.String),
            "size_bytes": rng.integers(10_000, 90_000, n),
            "width": rng.integers(200, 900, n),
            "height": rng.integers(200, 900, n),
            "luma_table": rng.integers(100, 900, n),
            "chroma_table": rng.integers(100, 900, n),
            "source": rng.choice(["P", "Q", "R"], n),
            "frame_sides": rng.integers(0, 3, n),
            **{name: rng.normal(50, 10, n) for name in numbers},
        }
    )


def ask(works: pl.DataFrame, label: str = "artist", groups: np.ndarray | None = None) -> dict[str, Shortcut]:
    apart = np.arange(len(works)) if groups is None else groups
    return {found.trait: found for found in find_shortcuts(works, label, apart)}


def give_away(column: str) -> pl.DataFrame:
    """Return works of which one trait says the artist, but for a little noise."""
    works = make_works()
    code = works["artist"].str.tail(1).cast(pl.Int64)
    noise = np.random.default_rng(1).integers(0, 3, len(works))
    if column == "source":
        return works.with_columns(source=pl.format("museum {}", code))
    return works.with_columns((code * 100 + 50 + pl.Series(noise)).alias(column))


@pytest.mark.parametrize(
    ("column", "trait"),
    [
        ("edge_l", "border"),
        ("source", "source"),
        ("luma_table", "saving"),
    ],
)
def test_one_trait_that_gives_the_label_away_is_told(column, trait):
    found = ask(give_away(column))
    assert found[trait].skill > 0.85
    assert found[trait].is_warning
    assert found["all"].is_warning
    assert {name for name, shortcut in found.items() if shortcut.is_warning} == {trait, "all"}


def test_random_traits_raise_no_warning(monkeypatch):
    monkeypatch.setattr(shortcuts, "TRAITS", TRAITS)
    found = ask(make_works())
    assert list(found) == [*TRAITS, "all"]
    assert not any(shortcut.is_warning for shortcut in found.values())


@pytest.mark.parametrize("source", ["P", None])
def test_with_one_source_that_trait_is_left_out(source):
    works = make_works().with_columns(source=pl.lit(source, pl.String))
    assert set(ask(works)) == {*FEW, "all"} - {"source"}


def test_traits_that_do_not_vary_are_left_out():
    works = make_works().with_columns(luma_table=pl.lit(0), chroma_table=pl.lit(0))
    assert "saving" not in ask(works)


@pytest.mark.parametrize(
    ("n_labels", "n_each"), [(0, 0), (1, 20), (4, MIN_WORKS - 1), (2, 1)], ids=["none", "one", "few", "two"]
)
def test_too_few_works_give_nothing(n_labels, n_each):
    assert ask(make_works(n_labels, n_each)) == {}


def test_too_few_groups_give_nothing():
    """All works of an artist are one painting: there is nothing to divide."""
    works = make_works(2, 8)
    groups = works["artist"].rank("dense").to_numpy().astype(np.int64)
    assert ask(works, groups=groups) == {}


def test_one_group_beside_single_works_is_asked_whole():
    groups = np.maximum(np.arange(N_LABELS * N_EACH) - 57, 0)
    found = ask(make_works(), groups=groups)["all"]
    assert found.n_works == N_LABELS * N_EACH
    assert not found.is_warning


def test_works_of_one_group_never_help_each_other():
    """Rows of a group are equal; only who has learnt one of them can tell the label of the others."""
    rng = np.random.default_rng(3)
    n_groups, n_each = 48, 3
    works = make_works(1, n_groups)
    rows = np.repeat(np.arange(n_groups), n_each)
    labels = np.array([f"Artist {code}" for code in rng.permutation(n_groups) % 12])[rows]
    copies = works[rows].with_columns(
        id=pl.Series([f"{place:04d}" for place in range(len(rows))]), artist=pl.Series(labels)
    )
    kept, torn = ask(copies, groups=rows), ask(copies, groups=np.arange(len(rows)))
    assert torn["all"].skill > 0.8
    assert kept["all"].skill < 0.15
    assert not any(shortcut.is_warning for shortcut in kept.values())


def test_rare_labels_stay_out_and_common_ones_are_drawn_from():
    works = pl.concat([make_works(2, 40), make_works(1, MIN_WORKS - 1).with_columns(artist=pl.lit("Rare"))])
    works = works.with_columns(id=pl.int_range(pl.len()).cast(pl.String))
    found = ask(works)["all"]
    assert (found.n_works, found.n_labels) == (2 * WORKS_PER_LABEL, 2)
    assert found.chance == 0.5


def test_works_without_a_label_stay_out_and_of_several_the_first_counts():
    works = make_works().with_columns(
        style=pl.when(pl.col("artist") == "Artist 0")
        .then(pl.lit("Baroque|Rococo"))
        .when(pl.col("artist") == "Artist 1")
        .then(pl.lit("Rococo"))
    )
    found = ask(works, "style")["all"]
    assert (found.label, found.n_labels, found.n_works) == ("style", 2, 2 * N_EACH)


def test_the_same_seed_gives_the_same_whatever_the_order():
    works = make_works()
    mixed = works.sample(fraction=1, shuffle=True, seed=4)
    assert ask(works) == ask(mixed, groups=mixed["id"].cast(pl.Int64).to_numpy())


def test_progress_names_label_and_trait():
    steps: list[str] = []
    find_shortcuts(make_works(), "artist", np.arange(N_LABELS * N_EACH), progress=steps.append)
    assert steps == [f"artist by {name}" for name in [*FEW, "all"]]


@pytest.mark.parametrize(
    ("accuracy", "p_value", "is_warning"),
    [
        (0.325, WARN_P / 2, True),
        (0.32, WARN_P / 2, False),
        (0.9, WARN_P, False),
        (0.9, WARN_P / 2, True),
        (0.1, 1e-9, False),
    ],
)
def test_a_warning_needs_skill_and_certainty(accuracy, p_value, is_warning):
    found = Shortcut("artist", "border", accuracy, 0.25, p_value, 60, 4)
    assert found.skill == pytest.approx((accuracy - 0.25) / 0.75)
    assert found.is_warning is is_warning
    assert (found.skill >= WARN_SKILL and p_value < WARN_P) is is_warning


@pytest.mark.parametrize(("trait", "words"), [("border", "border"), ("all", "everything but paint together")])
def test_a_warning_is_one_sentence_with_its_numbers(trait, words):
    found = Shortcut("style", trait, 0.62, 0.25, 1e-9, 60, 4)
    assert found.warning == f"style can be told from {words} in 62% of works (25% by chance, 4 styles)"
    assert json.loads(json.dumps(found.to_dict()))["skill"] == 0.4933
