"""The house as it is counted: by hand on a package of six files, and the laws on this one."""

from __future__ import annotations

from pathlib import Path

import house
import pytest

FILES = {
    "__init__.py": '"""A face."""\n',
    "ground.py": '"""One.\n\nThree lines.\n"""\n\nX = 1\n\n\n'
    'def give() -> int:\n    """Return X."""\n    return X\n',
    "upper.py": "from typing import TYPE_CHECKING\n\nfrom demo.ground import give\n\n"
    "if TYPE_CHECKING:\n    from demo.room.high import Top\n\n\ndef _hidden() -> None:\n    give()\n",
    "room/__init__.py": "from demo.room.high import Top\n",
    "room/high.py": "class Top:\n    def go(self):\n        from demo.room import low\n        return low\n",
    "room/low.py": "from demo.upper import _hidden\n",
}


@pytest.fixture
def files(tmp_path: Path) -> list[house.File]:
    for name, text in FILES.items():
        path = tmp_path / "demo" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return house.read_files(tmp_path / "demo")


def test_lines_docstrings_and_public_names_are_counted(files: list[house.File]) -> None:
    counts = {file.module: (file.n_lines, file.n_docstring_lines, file.n_public) for file in files}
    assert counts["demo"] == (1, 1, 0)
    assert counts["demo.ground"] == (11, 5, 1)
    assert counts["demo.upper"] == (10, 0, 0)
    assert counts["demo.room.high"] == (4, 0, 1)


def test_imports_in_functions_count_and_those_for_types_do_not(files: list[house.File]) -> None:
    imports = house.list_imports(files)
    assert imports["demo.upper"] == {"demo.ground"}
    assert imports["demo.room.high"] == {"demo.room.low"}
    assert imports["demo.room"] == {"demo.room.high"}


def test_floors_are_the_longest_chain_within_a_folder(files: list[house.File]) -> None:
    assert {folder.name: n for folder, n in house.count_floors(files).items()} == {"demo": 2, "room": 2}


def test_a_small_file_with_one_importer_in_its_folder_is_a_stray(files: list[house.File]) -> None:
    """`high` is imported by a face only, and `upper` from another folder."""
    assert {file.module for file in house.find_strays(files)} == {"demo.ground", "demo.room.low"}


def test_the_package_passes_no_limit() -> None:
    assert house.find_breaches(house.read_files()) == []
