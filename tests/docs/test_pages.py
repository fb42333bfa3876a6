"""The documentation has a place for everything that a user can meet, and leads nowhere wrong."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import polars as pl
import pytest
import yaml

import morelli
from docs.pages import DOCS, ROOT, list_anchors, list_defined, list_headings, list_links, read_prose
from morelli.audit import run as auditing
from morelli.audit import run as inspecting
from morelli.bench.board import COSTS
from morelli.bench.cells import MEASURES
from morelli.bench.published import list_reproductions
from morelli.cli.app import app
from morelli.collection.duplicates.links import RELATIONS
from morelli.collection.sources.layouts import LAYOUTS
from morelli.collection.sources.vocabulary import (
    COLUMN_NAMES,
    FOLDER_NAMES,
    LABEL_FIELDS,
    LIFE_NAMES,
    PEOPLE_NUMBERS,
)
from morelli.collection.splits import PARTS
from morelli.collection.work import WORKS_SCHEMA
from morelli.encode.spec import EncoderSpec, PartSpec
from morelli.errors import MorelliError
from morelli.evaluate.metrics.comparison import Scoring
from morelli.evaluate.metrics.words import GAIN_SUFFIX, METRICS, RAW_SUFFIX
from morelli.evaluate.results import Report
from morelli.evaluate.rows import TABLES, Findings, Row
from morelli.gallery import store
from morelli.judge.words import describe_evidence
from morelli.model.likelihood_ratio import LN10, posterior_probability
from morelli.settings import Settings

PAGES = sorted(DOCS.glob("*.md"))
STORED = {
    "_WORKS",
    "_SKIPS",
    "_ENCODERS",
    "_SOURCES",
    "_ALIASES",
    "_INSPECTIONS",
    "_LINKS",
    "_AUDITS",
    "_VERDICTS",
}
"""Where the names of a gallery's tables are written."""


def list_errors(cls: type[MorelliError] = MorelliError) -> list[type[MorelliError]]:
    here = [child for child in cls.__subclasses__() if child.__module__ == "morelli.errors"]
    return [cls, *(error for child in here for error in list_errors(child))]


def list_navigation(entry: object) -> list[str]:
    if isinstance(entry, str):
        return [entry]
    parts = entry.values() if isinstance(entry, dict) else entry
    assert not isinstance(parts, str)
    return [page for part in parts for page in list_navigation(part)]  # type: ignore[union-attr]


def read_settings_of_site() -> dict[str, object]:
    return yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("command", [command.name for command in app.registered_commands])
def test_each_command_has_a_heading(command: str) -> None:
    assert command in list_headings(DOCS / "commands.md")


@pytest.mark.parametrize("name", list(Settings.model_fields))
def test_each_setting_has_a_row_with_variable_and_default(name: str) -> None:
    [row] = [line for line in read_prose(DOCS / "settings.md") if line.startswith(f"| `{name}` |")]
    default = Settings.model_fields[name].default
    assert f"`MORELLI_{name.upper()}`" in row
    assert default is None or f"| {default} |" in row


@pytest.mark.parametrize("error", list_errors(), ids=lambda error: error.__name__)
def test_each_error_has_a_row_with_its_exit_code(error: type[MorelliError]) -> None:
    rows = [line for line in read_prose(DOCS / "errors.md") if line.startswith(f"| `{error.__name__}` |")]
    assert len(rows) == 1
    assert f"| {error.exit_code} |" in rows[0]


def test_the_tree_of_errors_is_whole() -> None:
    text = (DOCS / "errors.md").read_text(encoding="utf-8")
    tree = text.split("```text\nMorelliError")[1].split("```")[0]
    assert [line.strip("│├└─ ") for line in tree.split("\n") if line.strip()] == [
        error.__name__ for error in list_errors()[1:]
    ]


@pytest.mark.parametrize("metric", [*METRICS, *Scoring.METRICS, RAW_SUFFIX, GAIN_SUFFIX])
def test_each_metric_has_a_row(metric: str) -> None:
    assert metric in list_defined(DOCS / "evaluation.md")


@pytest.mark.parametrize("name", [*(measure.name for measure in MEASURES), *COSTS])
def test_each_column_of_a_board_has_a_row(name: str) -> None:
    assert name in list_defined(DOCS / "leaderboard.md")


@pytest.mark.parametrize("name", list_reproductions())
def test_each_reproduction_is_described_with_its_figures(name: str) -> None:
    one = list_reproductions()[name]
    page = "leaderboard.md" if one.kind == "board" else "protocols.md"
    assert name in list_defined(DOCS / page)
    text = " ".join((DOCS / page).read_text(encoding="utf-8").split()).partition(f"## {name} ")[2]
    for figure in one.published:
        shown = {f"{figure.value:.{digits}f}" for digits in (3, 4)}
        shown |= {f"{100 * figure.value:.{digits}f} %" for digits in (0, 2)}
        assert any(f"**{value}**" in text for value in shown), figure


@pytest.mark.parametrize("layout", list(LAYOUTS))
def test_each_layout_has_a_heading(layout: str) -> None:
    assert layout in list_headings(DOCS / "collections.md")


@pytest.mark.parametrize("name", morelli.__all__)
def test_each_public_name_has_a_row(name: str) -> None:
    assert name in list_defined(DOCS / "python.md")


def test_the_page_of_public_names_lists_no_others() -> None:
    assert list_defined(DOCS / "python.md") - set(list_headings(DOCS / "python.md")) == set(morelli.__all__)


@pytest.mark.parametrize("name", [*EncoderSpec.model_fields, *PartSpec.model_fields])
def test_each_field_of_an_encoder_file_is_described(name: str) -> None:
    assert name in list_defined(DOCS / "encoders.md")


@pytest.mark.parametrize(
    "name",
    [*Report("", "", "", 0, Findings()).to_dict(), *Row("comparison", "seen", "", 0, 0, 0, 0, "").to_dict()],
)
def test_each_field_of_a_report_is_described(name: str) -> None:
    assert name in list_defined(DOCS / "evaluation.md")


@pytest.mark.parametrize("name", TABLES)
def test_each_table_of_figures_is_described(name: str) -> None:
    assert f"{name}.csv" in list_defined(DOCS / "evaluation.md")


@pytest.mark.parametrize("part", PARTS)
def test_each_part_of_a_split_is_named(part: str) -> None:
    assert f"`{part}`" in (DOCS / "splits.md").read_text(encoding="utf-8")


def test_the_worked_comparison_is_right() -> None:
    evidence = (10 * 0.7 - 4) / LN10
    text = " ".join((DOCS / "judgements.md").read_text(encoding="utf-8").split())
    assert f"log10 LR = 3 / 2.303 = {evidence:.2f}" in text
    assert describe_evidence(evidence).partition("give ")[2] in text
    for prior in (0.1, 0.5, 0.01):
        assert f"**{posterior_probability(evidence, prior):.0%}**".replace("%", " %") in text


@pytest.mark.parametrize("log10_likelihood_ratio", [0.5, 1.5, 2.5, 3.5, 5.0, 7.0])
def test_each_word_for_evidence_has_a_row(log10_likelihood_ratio: float) -> None:
    word = describe_evidence(log10_likelihood_ratio).partition("give ")[2].partition(" for")[0]
    assert any(line.endswith(f"| {word} |") for line in read_prose(DOCS / "judgements.md"))


@pytest.mark.parametrize("page", [*PAGES, ROOT / "README.md"], ids=lambda page: page.name)
def test_each_relative_link_leads_somewhere(page: Path) -> None:
    for link in list_links(page):
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        assert target.exists(), link
        assert not anchor or target.suffix != ".md" or anchor in list_anchors(target), link


def test_the_navigation_lists_every_page_once() -> None:
    pages = list_navigation(read_settings_of_site()["nav"])
    assert sorted(pages) == [page.name for page in PAGES]


def test_the_pages_fetch_nothing() -> None:
    site = read_settings_of_site()
    assert site["plugins"] == ["search"]
    assert site["theme"]["highlightjs"] is False  # type: ignore[index]


NAMES = {**COLUMN_NAMES, **LIFE_NAMES, "artist_numbers": PEOPLE_NUMBERS, "folder": FOLDER_NAMES}


@pytest.mark.parametrize("field", list(NAMES))
def test_each_name_of_a_column_is_listed(field: str) -> None:
    rows = [line for line in read_prose(DOCS / "collections.md") if line.startswith(f"| {field} |")]
    assert any(", ".join(NAMES[field]) in row for row in rows)


def test_each_source_is_listed_with_the_columns_and_labels_that_it_knows() -> None:
    text = (DOCS / "collections.md").read_text(encoding="utf-8").partition("\n| source | columns, keys")[2]
    rows = [line.split(" | ") for line in text.partition("\n\n")[0].splitlines()[2:]]
    known = {name.strip("|` "): names for name, names in rows}
    assert list(known) == list(LAYOUTS)
    assert "artist_display_name, artistdisplayname" in known["met"]
    assert "forwarddisplayname" in known["national-gallery"]
    assert "new_filename" in known["painter-by-numbers"]
    for field in LABEL_FIELDS:
        assert ", ".join(COLUMN_NAMES[field]) in known["iiif"]


def test_the_vocabulary_on_the_page_is_that_of_the_code() -> None:
    """`python docs/write_vocabulary.py` writes it."""
    script = runpy.run_path(str(DOCS / "write_vocabulary.py"))
    text = (DOCS / "collections.md").read_text(encoding="utf-8")
    assert script["write_page"](text) == text
    stale = text.replace("| style | style, ", "| style | style, another, ").replace(
        "name, too: artist", "name, too: x"
    )
    stale = stale.replace("| `met` | number: ", "| `met` | number: x, ").replace(
        "| born | born, ", "| born | born, x, "
    )
    assert stale != text
    assert script["write_page"](stale) == text


TYPES = {pl.String(): "text", pl.Int32(): "32-bit integer", pl.Int64(): "64-bit integer"}


def test_the_table_of_works_has_a_row_for_each_column_with_its_type() -> None:
    text = (DOCS / "collections.md").read_text(encoding="utf-8").partition("\n## The table of works\n")[2]
    rows = [re.split(r"(?<!\\)\|", line)[1:-1] for line in text.splitlines() if line.startswith("| ")][1:]
    described = {name: kind.strip() for names, kind, _ in rows for name in names.strip().split(", ")}
    assert described == {name: TYPES[kind] for name, kind in WORKS_SCHEMA.items()}


def test_each_step_of_the_funnel_has_a_row_in_its_order() -> None:
    text = (DOCS / "collections.md").read_text(encoding="utf-8").partition("\n### The funnel\n")[2]
    steps = [line.split("|")[1].strip() for line in text.splitlines() if line.startswith("| ")][1:7]
    assert steps == ["listed", "wanted", "with a picture", "at hand", "whole", "kept"]


def test_each_table_of_a_gallery_has_a_heading() -> None:
    names = {
        value
        for room in (store, auditing, inspecting)
        for name, value in vars(room).items()
        if name in STORED
    }
    assert len(names) == len(STORED)
    assert names <= set(list_headings(DOCS / "gallery.md"))


@pytest.mark.parametrize("relation", RELATIONS)
def test_each_relation_is_named(relation: str) -> None:
    assert f"`{relation}`" in (DOCS / "gallery.md").read_text(encoding="utf-8")
    assert relation in (DOCS / "glossary.md").read_text(encoding="utf-8")
