from __future__ import annotations

import csv
from pathlib import Path

import pytest

from morelli.collection.downloads import Loss, write_losses
from morelli.collection.work import Skip
from morelli.errors import DownloadError


def read_rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_each_loss_is_a_row_with_address_step_and_reason(tmp_path: Path) -> None:
    losses = [
        Loss("http://a/1", "expected status 200, found status 404", "answer"),
        Skip("works.csv:row 3", 'expected a "path",\nfound none'),
        Loss("http://a/D\udcfcrer", "expected ü, found \udcff", "address"),
    ]
    write_losses(tmp_path / "losses.csv", losses)
    assert read_rows(tmp_path / "losses.csv") == [
        ["address", "step", "reason"],
        ["http://a/1", "answer", "expected status 200, found status 404"],
        ["works.csv:row 3", "reading", 'expected a "path",\nfound none'],
        ["http://a/D\\udcfcrer", "address", "expected ü, found \\udcff"],
    ]


def test_a_report_without_losses_has_its_header(tmp_path: Path) -> None:
    write_losses(tmp_path / "losses.csv", iter(()))
    assert read_rows(tmp_path / "losses.csv") == [["address", "step", "reason"]]


def test_an_older_report_is_replaced(tmp_path: Path) -> None:
    for n in (3, 1):
        write_losses(tmp_path / "losses.csv", [Skip("a", "b")] * n)
    assert len(read_rows(tmp_path / "losses.csv")) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["losses.csv"]


def test_a_report_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DownloadError, match="a file to write to"):
        write_losses(tmp_path / "file" / "losses.csv", [])
