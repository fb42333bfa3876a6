"""Layouts of other packages: found by entry point, refused in a sentence, written as CONTRIBUTING.md says."""

from __future__ import annotations

import logging
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from collection.downloads.server import draw_numbered
from docs.pages import ROOT
from morelli import recognise
from morelli.collection.sources import LAYOUTS
from morelli.collection.work import Skip, Work
from morelli.errors import SourceError, UsageError
from plugins import install as install_package

EXAMPLE = ROOT / "examples" / "source_plugin"

Install = Callable[..., None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Return a function that installs a package of modules with entry points, by name and value."""

    def run(modules: dict[str, str], points: dict[str, str], package: str = "museum") -> None:
        install_package(tmp_path / "site", monkeypatch, "morelli.sources", points, modules, name=package)

    return run


@pytest.fixture
def cards(install: Install, tmp_path: Path) -> Path:
    """Return a folder of pictures with cards, where the package of the example is installed."""
    project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text())["project"]
    modules = {name: (EXAMPLE / f"{name}.py").read_text(encoding="utf-8") for name in ("cards", "test_cards")}
    install(modules, project["entry-points"]["morelli.sources"], project["name"].replace("-", "_"))
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number, text in enumerate(("Albrecht Dürer\nHare\n1502\n", "unknown\n\n")):
        (folder / f"{number}.jpg").write_bytes(draw_numbered(number))
        (folder / f"{number}.txt").write_text(text, encoding="utf-8")
    return folder


def test_the_page_for_contributors_shows_the_files_of_the_example() -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = page.partition("\n## Add a source\n")[2].partition("\n## ")[0]
    shown = re.findall(r"^```(?:python|toml)\n(.*?)^```", section, re.DOTALL | re.MULTILINE)
    files = ("cards.py", "pyproject.toml", "test_cards.py")
    assert shown == [(EXAMPLE / name).read_text(encoding="utf-8") for name in files]


def test_the_test_of_the_example_passes(cards: Path, tmp_path: Path) -> None:
    import test_cards

    (tmp_path / "two").mkdir()
    test_cards.test_a_folder_of_cards(tmp_path / "two")


def test_a_plug_in_is_found_by_itself_and_by_its_name(cards: Path) -> None:
    (cards / "Albrecht_Duerer").mkdir()
    (cards / "Albrecht_Duerer" / "3.jpg").write_bytes(draw_numbered(3))  # folders of artists, too
    for layout in (recognise(cards), recognise(cards, "cards")):
        assert (layout.name, layout.reason) == (
            "cards",
            "2 of its first 3 pictures are described as it has them",
        )
        assert list(layout.read()) == [
            Work(cards / "0.jpg", artist="Albrecht Dürer", title="Hare", year=1502),
            Work(cards / "1.jpg"),
            Skip(str(cards / "Albrecht_Duerer" / "3.jpg"), "expected the card 3.txt, found none"),
        ]


def test_other_sources_go_to_the_layouts_of_the_package(cards: Path, tmp_path: Path) -> None:
    (tmp_path / "painters" / "Paul_Klee").mkdir(parents=True)
    (tmp_path / "painters" / "Paul_Klee" / "1.jpg").write_bytes(draw_numbered(1))
    assert recognise(tmp_path / "painters").name == "artist-folders"


def test_a_plug_in_collects(cards: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    from morelli.cli import main

    for arguments in ((), ("--layout", "cards")):
        gallery = str(tmp_path / f"gallery{len(arguments)}")
        monkeypatch.setattr(sys, "argv", ["morelli", "collect", str(cards), "--gallery", gallery, *arguments])
        with pytest.raises(SystemExit) as end:
            main()
        printed = capsys.readouterr()
        assert not end.value.code
        assert printed.out.startswith("2 works in")
        assert "layout cards: 2 of its first 2 pictures are described as it has them" in printed.err


BROKEN = {
    "does not import": ("import absent_module\n", "ModuleNotFoundError: No module named 'absent_module'"),
    "ends the import": ("raise ValueError('no key\\nline two')\n", "ValueError: no key line two"),
    "ends the process": ("raise SystemExit(3)\n", "SystemExit: 3"),
    "has no such class": ("", "AttributeError: module 'broken' has no attribute 'Broken'"),
    "is no layout": ("Broken = int\n", "broken:Broken without fit, read, locate"),
    "has another name": (
        "class Broken:\n    name = 'other'\n    fit = read = locate = print\n",
        "broken:Broken with the name 'other'",
    ),
}


@pytest.mark.parametrize("case", list(BROKEN))
def test_a_broken_plug_in_is_told_in_one_sentence_and_stops_no_other(
    cards: Path, install: Install, caplog: pytest.LogCaptureFixture, case: str
) -> None:
    text, found = BROKEN[case]
    install({"broken": text}, {"broken": "broken:Broken"})
    with caplog.at_level(logging.WARNING):
        assert recognise(cards).name == "cards"
    sentence = (
        "plug-in museum 1.2: broken: expected a layout of that name with fit, read and locate, "
        f"found {found}; update or uninstall that package; everything else works without it."
    )
    assert [record.getMessage() for record in caplog.records] == [sentence]
    with pytest.raises(SourceError) as caught:
        recognise(cards, "broken")
    assert str(caught.value) == sentence


def test_a_plug_in_that_fails_on_a_source_stops_no_other(
    cards: Path, install: Install, caplog: pytest.LogCaptureFixture
) -> None:
    lines = (
        "name = 'broken'",
        "read = locate = print",
        "@classmethod",
        "def fit(cls, source, *, is_forced):",
    )
    text = "class Broken:\n" + "".join(f"    {line}\n" for line in lines) + "        return 1 / 0\n"
    install({"broken": text}, {"broken": "broken:Broken"})
    assert recognise(cards).name == "cards"
    assert "found ZeroDivisionError: division by zero; update" in caplog.text


def test_a_plug_in_may_not_take_the_name_of_a_layout_of_the_package(
    cards: Path, install: Install, caplog: pytest.LogCaptureFixture
) -> None:
    install({"broken": "raise ValueError\n"}, {"artist-folders": "broken:Broken"})
    assert recognise(cards).name == "cards"
    assert "found broken:Broken under the name of a layout of morelli; update" in caplog.text
    (cards / "Paul_Klee").mkdir()
    (cards / "Paul_Klee" / "1.jpg").write_bytes(draw_numbered(1))
    assert isinstance(recognise(cards, "artist-folders"), LAYOUTS["artist-folders"])


def test_names_of_plug_ins_are_among_those_to_choose_from(cards: Path) -> None:
    with pytest.raises(UsageError, match="artist-folders, pictures, cards, found 'folders'"):
        recognise(cards, "folders")


def test_help_looks_for_no_plug_ins(cards: Path, install: Install) -> None:
    install({"broken": "import sys\nsys.exit('imported')\n"}, {"broken": "broken:Broken"})
    code = "import sys, morelli.cli; sys.argv = ['morelli', '--help']; morelli.cli.main()"
    places = os.pathsep.join(path for path in sys.path if path)
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": places},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "imported" in done.stderr) == (0, False)
