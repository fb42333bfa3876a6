"""Files are written whole or not at all, one or several that belong together."""

from __future__ import annotations

import multiprocessing
import os
import signal
from contextlib import suppress
from pathlib import Path

import pytest

from morelli.files import _clear_dead, replace_file, replace_files, whole_files, write_file

OWNED = ("a.txt", "b.txt", "figures/*.csv")


def list_contents(folder: Path) -> dict[str, str]:
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in sorted(paths)}


def write_both(folder: Path, word: str) -> None:
    with replace_files(folder, OWNED) as part:
        write_file(part / "a.txt", word)
        write_file(part / "figures" / f"{word}.csv", word)


def test_a_file_is_written_with_its_folder(tmp_path: Path) -> None:
    path = write_file(tmp_path / "new" / "a.csv", "é\n")
    assert path.read_bytes() == b"\xc3\xa9\n"
    write_file(path, b"other")
    assert [one.read_bytes() for one in path.parent.iterdir()] == [b"other"]


def test_a_write_that_fails_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: Path, target: Path) -> None:
        assert self.read_bytes() == b"after"
        raise KeyboardInterrupt

    path = write_file(tmp_path / "a.txt", "before")
    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(KeyboardInterrupt):
        write_file(path, "after")
    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [("a.txt", b"before")]


def test_what_is_written_in_pieces_takes_the_place_at_the_end(tmp_path: Path) -> None:
    path = write_file(tmp_path / "a.txt", "before")
    with replace_file(path) as part, replace_file(path) as other:
        assert part != other
        part.write_bytes(b"after")
        other.write_bytes(b"other")
        assert path.read_bytes() == b"before"
    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [("a.txt", b"after")]


def test_an_error_names_the_file_that_was_to_be_written(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as caught, replace_file(tmp_path / "a.txt") as part:
        (part / "below").write_text("")
    assert caught.value.filename == str(tmp_path / "a.txt" / "below")
    with pytest.raises(OSError, match="No space left") as full, replace_files(tmp_path / "folder", OWNED):
        raise OSError(28, "No space left on device")
    assert full.value.filename == str(tmp_path / "folder")
    assert list(tmp_path.iterdir()) == []


def test_files_that_belong_together_replace_those_before_and_no_others(tmp_path: Path) -> None:
    folder = tmp_path / "report"
    write_both(folder, "one")
    assert list_contents(tmp_path) == {"report/a.txt": "one", "report/figures/one.csv": "one"}
    write_file(folder / "b.txt", "of an earlier writer")
    write_file(folder / "notes.txt", "of a person")
    with replace_files(folder, OWNED) as part:
        write_file(part / "a.txt", "two")
        assert list_contents(folder)["a.txt"] == "one"
        with whole_files(folder):
            assert (folder / "a.txt").read_text() == "one"
    assert list_contents(tmp_path) == {"report/a.txt": "two", "report/notes.txt": "of a person"}


@pytest.mark.parametrize("is_new", [True, False])
def test_what_fails_leaves_the_folder_as_it_was(tmp_path: Path, is_new: bool) -> None:
    folder = tmp_path / "report"
    if not is_new:
        write_both(folder, "one")
    before = list_contents(tmp_path)
    with suppress(KeyboardInterrupt), replace_files(folder, OWNED) as part:
        write_file(part / "a.txt", "two")
        raise KeyboardInterrupt
    assert list_contents(tmp_path) == before
    assert folder.exists() is not is_new


def test_a_folder_in_the_place_of_a_file_is_refused_before_anything_moves(tmp_path: Path) -> None:
    write_both(tmp_path, "one")
    (tmp_path / "figures" / "two.csv").mkdir()
    with pytest.raises(IsADirectoryError, match=r"two\.csv"):
        write_both(tmp_path, "two")
    assert list_contents(tmp_path) == {"a.txt": "one", "figures/one.csv": "one"}


def kill_at(n_moves: int, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write files in a process of its own that is killed before it moves the next one into the folder."""
    replace, n_done = Path.replace, 0

    def move(self: Path, target: Path) -> None:
        nonlocal n_done
        if ".morelli-part" not in target.parts:
            if n_done == n_moves:
                os.kill(os.getpid(), signal.SIGKILL)
            n_done += 1
        replace(self, target)

    child = os.fork()
    if child == 0:
        monkeypatch.setattr(Path, "replace", move)
        with suppress(BaseException):
            write_both(folder, "two")
        os._exit(1)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL


@pytest.mark.parametrize("n_moves", [0, 1])
@pytest.mark.parametrize("heal", ["read", "write"])
def test_a_move_that_was_killed_is_completed_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, n_moves: int, heal: str
) -> None:
    write_both(tmp_path, "one")
    kill_at(n_moves, tmp_path, monkeypatch)
    if heal == "write":
        write_both(tmp_path, "three")
    with whole_files(tmp_path):
        word = "two" if heal == "read" else "three"
        assert list_contents(tmp_path) == {"a.txt": word, f"figures/{word}.csv": word}
    assert not (tmp_path / ".morelli-part").exists()


def test_what_a_killed_writer_left_is_cleared_away_and_what_a_living_one_has_is_not(tmp_path: Path) -> None:
    child = os.fork()
    if child == 0:
        with replace_files(tmp_path, OWNED) as part:
            write_file(part / "a.txt", "half")
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    assert list(list_contents(tmp_path).values()) == ["half"]
    with replace_file(tmp_path / "c.txt") as part:
        part.write_text("living")
        write_both(tmp_path, "one")
    assert list_contents(tmp_path) == {"a.txt": "one", "c.txt": "living", "figures/one.csv": "one"}
    assert not (tmp_path / ".morelli-part").exists()


def test_a_writer_that_ends_meanwhile_disturbs_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".morelli-part" / "other").mkdir(parents=True)
    iterate = Path.iterdir

    def end(folder: Path) -> list[Path]:
        found = list(iterate(folder))
        for path in found:
            path.rmdir()
        return found

    monkeypatch.setattr(Path, "iterdir", end)
    _clear_dead(tmp_path / ".morelli-part")
    assert not list((tmp_path / ".morelli-part").glob("*"))


def write_often(folder: Path, word: str) -> None:
    for _ in range(30):
        write_both(folder, word)


def test_writers_and_a_reader_at_once_never_mix(tmp_path: Path) -> None:
    write_both(tmp_path, "one")
    fork = multiprocessing.get_context("fork")
    writers = [fork.Process(target=write_often, args=(tmp_path, word)) for word in ("two", "three")]
    for writer in writers:
        writer.start()
    found = set()
    while any(writer.is_alive() for writer in writers):
        with whole_files(tmp_path):
            words = {(tmp_path / "a.txt").read_text(), *(path.stem for path in tmp_path.glob("figures/*"))}
        assert len(words) == 1
        found |= words
    assert [writer.exitcode for writer in writers] == [0, 0]
    assert len(found) > 1
    assert not (tmp_path / ".morelli-part").exists()
