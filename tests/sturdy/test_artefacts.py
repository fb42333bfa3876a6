"""A folder of files that belong together holds one run's, whatever happens to the run that replaces them."""

from __future__ import annotations

import resource
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from audit.findings import make_audit
from audit.pictures import draw_picture
from bench.boards import make_cell
from evaluate.reports import make_report
from model.test_artefact import make_model
from morelli.bench.board import assemble_board
from morelli.bench.cells import MEASURES, write_cell
from morelli.bench.tables import write_board
from morelli.errors import ModelError
from morelli.files import whole_files
from morelli.model import write_model
from morelli.report import write_report
from morelli.report.audit import write_audit

Write = Callable[[str, Path], object]

ARTEFACTS = ("audit", "board", "cell", "model", "report")


@pytest.fixture(scope="module")
def writers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Write]:
    """Return what writes each artefact, of a collection of a given name."""
    pictures = tmp_path_factory.mktemp("pictures")
    for seed, name in enumerate("abcde"):
        draw_picture(seed).save(pictures / f"{name}.png")
    report = make_report(pictures, n_artists=3)
    values = {measure.name: 0.5 for measure in MEASURES}

    def make_board(name: str):
        return assemble_board(
            [make_cell(name, 0, values)], [], collection=name, splits={"unseen": "d"}, seed=0
        )

    return {
        "audit": lambda name, folder: write_audit(make_audit(str(pictures), collection=name), folder),
        "board": lambda name, folder: write_board(make_board(name), folder),
        "cell": lambda name, folder: write_cell(make_cell(name, 0, values), folder),
        "model": lambda name, folder: write_model(
            replace(make_model(), facts={"collection": name}), folder, {"card.md": name}
        ),
        "report": lambda name, folder: write_report(replace(report, collection=name), folder),
    }


@pytest.fixture(autouse=True)
def _draw_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out drawings, which are slow and nothing to this question."""
    monkeypatch.setattr("morelli.report.folder.render_page", lambda report: report.collection)
    monkeypatch.setattr("morelli.report.audit._render_audit", lambda audit: audit.collection)
    monkeypatch.setattr("morelli.bench.tables._render_board", lambda board: board.collection)


def read(folder: Path) -> dict[str, bytes]:
    with whole_files(folder):
        paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


@contextmanager
def small_disk(n_bytes: int) -> Iterator[None]:
    """Let no file grow beyond a size, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("name", ARTEFACTS)
def test_a_full_disk_leaves_what_was_there(writers: dict[str, Write], tmp_path: Path, name: str) -> None:
    folder = tmp_path / "made"
    writers[name]("one", folder)
    before = read(folder)
    largest = max(map(len, before.values()))
    for n_bytes in (0, largest // 2, largest - 1):
        with small_disk(n_bytes), pytest.raises((OSError, ModelError), match=r"(?i)too large") as caught:
            writers[name]("six", folder)
        assert str(folder) in str(caught.value)
        assert read(folder) == before
    assert [path.name for path in tmp_path.iterdir()] == ["made"]


class Killed(BaseException):
    """Stands for SIGKILL: nothing in the package may catch it."""


@contextmanager
def killed_at(n_moves: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Stop before the n-th move of a file or folder to its place."""
    n_done = 0

    def count_moves(move: Callable[..., Path]) -> Callable[..., Path]:
        def counted(self: Path, target: Path) -> Path:
            nonlocal n_done
            n_done += 1
            if n_done > n_moves:
                raise Killed
            return move(self, target)

        return counted

    with monkeypatch.context() as patch:
        for name in ("replace", "rename"):
            patch.setattr(Path, name, count_moves(getattr(Path, name)))
        yield


@pytest.mark.parametrize("name", ARTEFACTS)
@pytest.mark.parametrize("is_new", [True, False])
def test_a_killed_run_leaves_the_old_or_the_new_whole(
    writers: dict[str, Write], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, is_new: bool
) -> None:
    kept = tmp_path / "kept"
    writers[name]("one", kept)
    writers[name]("two", tmp_path / "new")
    wholes = [{} if is_new else read(kept), read(tmp_path / "new")]
    found = []
    for n_moves in count():
        folder = tmp_path / f"{n_moves}" / "made"
        if not is_new:
            shutil.copytree(kept, folder)
        try:
            with killed_at(n_moves, monkeypatch):
                writers[name]("two", folder)
        except Killed:
            found.append(wholes.index(read(folder) if folder.exists() else {}))
        else:
            break
    writers[name]("two", tmp_path / "0" / "made")
    assert read(tmp_path / "0" / "made") == wholes[1]
    assert [path.name for path in (tmp_path / "0").iterdir()] == ["made"]
    assert found == sorted(found)
    assert set(found) == ({0} if is_new else {0, 1})
