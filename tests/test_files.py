"""Files are written whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from morelli.files import replace_file, write_file


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
    with replace_file(path) as part:
        part.write_bytes(b"after")
        assert path.read_bytes() == b"before"
    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [("a.txt", b"after")]
