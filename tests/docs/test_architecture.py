"""The architecture page: files exist, journeys follow imports, the drawing has every chapter."""

from __future__ import annotations

import re

import house
import pytest

from docs.pages import DOCS

PAGE = (DOCS / "architecture.md").read_text(encoding="utf-8")
LONGEST = {"A picture": 6, "A comparison": 7, "A report": 9, "A query": 6}
"""Files that a journey may go through."""


@pytest.fixture(scope="module")
def imports() -> dict[str, set[str]]:
    """Modules that each module imports, those that a chapter's face hands on included."""
    files = house.read_files()
    found = house.list_imports(files)
    faces = {file.module for file in files if file.is_face}
    return {
        module: own | {inner for face in own & faces for inner in found[face]}
        for module, own in found.items()
    }


def list_journey(name: str) -> list[str]:
    section = PAGE.split(f"### {name}\n")[1].split("\n##")[0]
    return [
        f"morelli.{path.replace('/', '.')}" for path in re.findall(r"^\d+\. `([\w/]+)\.py`", section, re.M)
    ]


@pytest.mark.parametrize("name", list(LONGEST))
def test_a_journey_is_short_and_follows_imports(name: str, imports: dict[str, set[str]]) -> None:
    modules = list_journey(name)
    assert 3 < len(modules) <= LONGEST[name]
    for place, module in enumerate(modules):
        assert module in imports, module
        assert not place or any(module in imports[earlier] for earlier in modules[:place]), module


def test_the_naming_law_names_files_that_exist() -> None:
    lines = [line for line in PAGE.splitlines() if line.startswith("| ") and "`" in line]
    folders, *rows = [[cell.strip(" `") for cell in line.split("|")[2:-1]] for line in lines]
    assert folders == ["model/", "learn/heads/", "judge/", "evaluate/metrics/"]
    assert len(rows) == 8
    for row in rows:
        assert len(row) == len(folders)
        for folder, name in zip(folders, row, strict=True):
            assert not name or (house.PACKAGE / folder / f"{name}.py").is_file(), f"{folder}{name}"


def test_the_drawing_has_every_chapter() -> None:
    drawing = (DOCS / "images" / "chapters.svg").read_text(encoding="utf-8")
    named = set(re.findall(r"[a-z]+", " ".join(re.findall(r'font-weight="bold"[^>]*>([^<]+)<', drawing))))
    chapters = {
        path.stem for path in house.PACKAGE.iterdir() if path.name[0] != "_" and path.suffix in ("", ".py")
    }
    assert chapters <= named
