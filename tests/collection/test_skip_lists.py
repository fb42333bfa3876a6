"""A list of what was lost: written as it grows, absent when nothing was."""

from __future__ import annotations

import csv

from morelli.collection.skip_lists import SkipList
from morelli.collection.work import Skip


def test_a_list_has_a_row_for_each_loss(tmp_path):
    with SkipList(tmp_path / "lost.csv") as lost:
        lost.add([Skip("a.csv:row 2", 'expected "x", found y')])
        lost.add([])
        lost.add([Skip("a.csv:row 9", "expected Ærø, found 葛飾")])
    assert len(lost) == 2
    rows = list(csv.DictReader((tmp_path / "lost.csv").open(encoding="utf-8")))
    assert rows[0] == {"path": "a.csv:row 2", "reason": 'expected "x", found y'}
    assert rows[1]["reason"] == "expected Ærø, found 葛飾"


def test_without_losses_a_list_of_an_earlier_run_is_removed(tmp_path):
    (tmp_path / "lost.csv").write_text("path,reason\nold,old\n")
    with SkipList(tmp_path / "lost.csv") as lost:
        lost.add([])
    assert len(lost) == 0
    assert not (tmp_path / "lost.csv").exists()
