"""What the documentation shows runs: the examples, the code on the pages, and the page of commands."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from docs.pages import DOCS, ROOT, join_code

PAGES_ON_THE_DEMO = (
    "duplicates.md",
    "splits.md",
    "export.md",
    "gallery.md",
    "models.md",
    "k-shot.md",
    "settings.md",
    "errors.md",
)


def run_python(*arguments: str, folder: Path) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_page_of_commands_is_current(tmp_path: Path) -> None:
    run_python(str(DOCS / "write_commands.py"), "--check", folder=tmp_path)


@pytest.mark.slow
def test_the_example_runs(tmp_path: Path) -> None:
    printed = run_python(str(ROOT / "examples" / "own_pictures.py"), folder=tmp_path)
    assert "report.html is written" in printed
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_the_code_on_the_pages_runs(tmp_path: Path) -> None:
    demo = tmp_path / "demo"
    demo.mkdir()
    assert "120 works, 0 skipped" in run_python("-c", join_code(DOCS / "python.md"), folder=demo)
    # The other pages work on what the script of the Python page has made; one process, as imports are slow.
    pages = [f"print({page!r})\n{join_code(DOCS / page)}" for page in PAGES_ON_THE_DEMO]
    printed = run_python("-c", "\n".join(pages), folder=tmp_path)
    assert "120 works in" in printed
