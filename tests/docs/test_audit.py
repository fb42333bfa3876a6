"""The page about audits says what the code does: every flag, relation, trait, leak and file."""

from __future__ import annotations

import pytest

from docs.pages import DOCS, read_prose
from morelli.audit.findings import FLAGS
from morelli.audit.shortcuts import _TRAITS, _WORKS_PER_LABEL, MIN_WORKS, WARN_SKILL
from morelli.collection.duplicates.links import _WHOLE_SHARE, COPY_CORRELATION, COPY_SHARE, MEANINGS

PAGE = DOCS / "audit.md"


def find_row(name: str) -> list[str]:
    [row] = [line for line in read_prose(PAGE) if line.startswith(f"| `{name}` |")]
    return [cell.strip() for cell in row.strip("|").split("|")]


@pytest.mark.parametrize("name", list(FLAGS))
def test_each_flag_has_a_row_with_its_rule_and_meaning(name: str) -> None:
    assert find_row(name) == [f"`{name}`", f"`{FLAGS[name].rule}`", FLAGS[name].meaning]


@pytest.mark.parametrize("name", list(FLAGS))
def test_each_measure_of_a_flag_has_a_row(name: str) -> None:
    assert len(find_row(FLAGS[name].measure)) == 2


@pytest.mark.parametrize("relation", list(MEANINGS))
def test_each_relation_has_a_row_with_its_meaning(relation: str) -> None:
    assert find_row(relation)[2] == MEANINGS[relation]


def test_the_rules_of_relations_are_those_of_the_code() -> None:
    share = f"both shares from {COPY_SHARE * 100:g} %"
    assert find_row("copy")[1] == f"{share}, correlation from {COPY_CORRELATION}"
    for relation in ("photograph", "detail", "overlap"):
        assert f"{_WHOLE_SHARE * 100:g} %" in find_row(relation)[1]


@pytest.mark.parametrize("trait", [*_TRAITS, "all"])
def test_each_trait_has_a_row(trait: str) -> None:
    lines = [line for line in read_prose(PAGE) if line.startswith(f"| `{trait}` |")]
    assert len(lines) == (2 if trait == "source" else 1)  # a leak is of that name too


def test_the_protocol_has_the_numbers_of_the_code() -> None:
    text = " ".join(PAGE.read_text(encoding="utf-8").split())
    assert f"at least {MIN_WORKS} works up to {_WORKS_PER_LABEL} are drawn" in text
    assert f"skill is at least {WARN_SKILL}" in text


@pytest.mark.parametrize("file", ["audit.html", "audit.json", "links.csv", "works.csv", "classes.csv"])
def test_each_file_has_a_row(file: str) -> None:
    assert len(find_row(file)) == 2
