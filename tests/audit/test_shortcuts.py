"""Shortcuts: what gives a label away is told, what does not is not, and groups never help."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest

from morelli.audit import shortcuts
from morelli.audit.findings import LINK_SCHEMA
from morelli.audit.shortcuts import (
    _N_EXAMPLES,
    _TRAITS,
    _WORKS_PER_LABEL,
    MIN_WORKS,
    WARN_P,
    WARN_SKILL,
    Leak,
    Shortcut,
    find_leaks,
    find_shortcuts,
)
from morelli.collection.splits import Split

N_LABELS, N_EACH = 4, 15


FEW = {name: _TRAITS[name] for name in ("saving", "border", "source")}


@pytest.fixture(autouse=True)
def _ask_quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask few trees by three traits and by all of these; more would only take time."""
    monkeypatch.setattr(shortcuts, "N_TREES", 8)
    monkeypatch.setattr(shortcuts, "_TRAITS", FEW)


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
    monkeypatch.setattr(shortcuts, "_TRAITS", _TRAITS)
    found = ask(make_works())
    assert list(found) == [*_TRAITS, "all"]
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
    assert (found.n_works, found.n_labels) == (2 * _WORKS_PER_LABEL, 2)
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
    steps: list[tuple[str, int, int]] = []
    groups = np.arange(N_LABELS * N_EACH)
    find_shortcuts(make_works(), "artist", groups, progress=lambda *step: steps.append(step))
    assert steps == [(f"artist by {name}", 0, 0) for name in [*FEW, "all"]]


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


# Leaks: each kind on a split made by hand, and none on one that keeps everything apart.

IDS = [f"w{place}" for place in range(6)]
PARTS = ["train", "train", "train", "val", "test", "test"]


def make_split_works(**columns: list[str | None]) -> pl.DataFrame:
    """Return six works, each with an artist, a source and no group of its own, but for what is given."""
    names = {
        "artist": [f"artist {place}" for place in range(6)],
        "source": [f"museum {place}" for place in range(6)],
        "group_id": [None] * 6,
    } | columns
    return pl.DataFrame({"id": IDS, **names}, schema=dict.fromkeys(("id", *names), pl.String))


def make_split(works: pl.DataFrame, kind: str = "seen", parts: list[str] = PARTS) -> Split:
    table = works.select("id", "artist").with_columns(
        group=pl.int_range(pl.len(), dtype=pl.Int64), part=pl.Series(parts[: len(works)])
    )
    return Split(kind, 0, table)


def make_links(*rows: tuple[str, str, str]) -> pl.DataFrame:
    full = [(left, right, relation, 9, 0.9, 1.0, 1.0) for left, right, relation in rows]
    return pl.DataFrame(full, schema=LINK_SCHEMA, orient="row")


def find(works: pl.DataFrame, *links: tuple[str, str, str], kind: str = "seen") -> dict[str, Leak]:
    return {leak.kind: leak for leak in find_leaks(make_split(works, kind), works, make_links(*links))}


def test_a_clean_split_has_none():
    works = make_split_works(group_id=["w0", "w0", None, None, "w4", "w4"])
    assert find(works, ("w0", "w1", "copy"), ("w4", "w5", "detail"), ("w0", "w4", "similar")) == {}


@pytest.mark.parametrize("kind", ["seen", "unseen", "source", "official", "file"])
def test_a_torn_group_is_a_fault_of_every_split(kind):
    works = make_split_works(group_id=["w0", None, None, None, "w0", "w0"])
    leak = find(works, kind=kind)["group"]
    assert (leak.n, leak.n_works, leak.examples, leak.is_fault) == (1, 2, ("w0",), True)


@pytest.mark.parametrize("kind", ["seen", "unseen", "source", "official", "file"])
def test_a_link_across_parts_is_a_fault_of_every_split(kind):
    links = (("w0", "w4", "detail"), ("w0", "w1", "copy"), ("w3", "w5", "mirror"))
    found = find(make_split_works(), *links, kind=kind)
    assert set(found) == {"link"}
    leak = found["link"]
    assert (leak.n, leak.examples, leak.is_fault) == (2, ("w0 w4", "w3 w5"), True)


def test_of_links_across_parts_the_measured_works_count():
    """One training work shows up in two works of the test, and val in the test: three measured works."""
    found = find(make_split_works(), ("w0", "w4", "copy"), ("w0", "w5", "copy"), ("w3", "w4", "copy"))
    assert found["link"].n_works == 3


def test_a_link_to_a_work_outside_the_split_is_none():
    works = make_split_works()
    split = make_split(works.head(4))
    assert find_leaks(split, works, make_links(("w0", "w5", "copy"))) == []


@pytest.mark.parametrize(("kind", "is_fault"), [("seen", False), ("unseen", True), ("file", False)])
def test_artists_on_both_sides_are_a_fault_where_they_should_be_apart(kind, is_fault):
    works = make_split_works(artist=["A", "B", "C", "A", "B", "B"])
    leak = find(works, kind=kind)["artist"]
    assert (leak.n, leak.n_works, leak.examples, leak.is_fault) == (2, 3, ("A", "B"), is_fault)


@pytest.mark.parametrize(("kind", "is_fault"), [("seen", False), ("unseen", False), ("source", True)])
def test_sources_on_both_sides_are_a_fault_where_they_should_be_apart(kind, is_fault):
    works = make_split_works(source=["P", "P", "P", "P", "Q", None])
    leak = find(works, kind=kind)["source"]
    assert (leak.n, leak.n_works, leak.examples, leak.is_fault) == (1, 1, ("P",), is_fault)


def test_works_without_a_name_share_nothing():
    nothing: list[str | None] = [None] * 6
    assert find(make_split_works(artist=nothing, source=nothing)) == {}


def test_val_and_test_are_one_side_of_groups_and_artists():
    works = make_split_works(
        artist=["A", "B", "C", "D", "D", "E"], group_id=[None, None, None, "w3", "w3", None]
    )
    assert find(works) == {}


def test_a_few_examples_stand_for_many():
    many = [(left, right, "copy") for left in IDS[:3] for right in IDS[3:]]
    leak = find(make_split_works(), *many)["link"]
    assert leak.n == 9
    assert len(leak.examples) == _N_EXAMPLES


def test_the_table_of_a_split_may_come_without_works_that_the_gallery_has():
    works = make_split_works(group_id=["w0"] * 6)
    [group] = find_leaks(make_split(works.head(5)), works, make_links())
    assert (group.kind, group.n_works) == ("group", 2)


def test_a_leak_is_json():
    leak = find(make_split_works(), ("w0", "w4", "copy"))["link"]
    assert json.loads(json.dumps(leak.to_dict())) == {
        "kind": "link",
        "meaning": "pairs of works that show the same painting in different parts",
        "n": 1,
        "n_works": 1,
        "examples": ["w0 w4"],
        "is_fault": True,
    }
