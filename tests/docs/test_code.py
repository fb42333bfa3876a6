"""What the documentation shows runs: the examples, the code on the pages, and the page of commands."""

from __future__ import annotations

import shutil
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


FEW_STEPS = """
from functools import partial
from morelli.learn.heads import comparison, open_set, signals
for room, name in (
    (comparison, "ContrastiveSpace"), (comparison, "SoftmaxSpace"),
    (signals, "ContrastiveSpace"),
):
    setattr(room, name, partial(getattr(room, name), n_steps=5))
open_set._N_STEPS = 5
signals._N_COPIED = 2
from morelli.audit import run
run.find_shortcuts = lambda *_, **__: []  # most of an audit's time
from morelli.report import page
page._draw_figures = lambda report: {}  # most of a report's time
import os, shutil
from morelli.demo import collection
drawn, draw = os.path.abspath("demo/painters"), collection.draw_collection
def draw_collection(folder, **options):
    if not os.path.exists(folder):
        shutil.copytree(drawn, folder)
    return draw(folder, **options)
collection.draw_collection = draw_collection
"""


def run_python(*arguments: str, folder: Path) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_page_of_commands_is_current(tmp_path: Path) -> None:
    run_python(str(DOCS / "write_commands.py"), "--check", folder=tmp_path)


@pytest.mark.slow
def test_the_example_and_the_code_on_the_pages_run(tmp_path: Path, drawn: Path) -> None:
    """One process for all of it, as imports are slow; with few training steps, and no figures in the report.

    The example and the Python page find their pictures drawn, and the other pages work on what the page's
    script has made.
    """
    demo = tmp_path / "demo"
    shutil.copytree(drawn, demo / "painters")
    example = str(ROOT / "examples" / "own_pictures.py")
    pages = [f"print({page!r})\n{join_code(DOCS / page)}" for page in PAGES_ON_THE_DEMO]
    script = [
        FEW_STEPS,
        f"import os, runpy, sys\nsys.argv = [{example!r}]\nrunpy.run_path({example!r}, run_name='__main__')",
        "print('left behind:', os.listdir())\nos.chdir('demo')",
        join_code(DOCS / "python.md"),
        "os.chdir('..')",
        *pages,
    ]
    printed = run_python("-c", "\n".join(script), folder=tmp_path)
    assert "report.html is written\nleft behind: ['demo']\n120 works, 0 skipped" in printed
    assert "120 works in" in printed
