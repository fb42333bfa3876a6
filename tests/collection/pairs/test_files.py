"""Pair files: what is written is read back, in blocks, and what cannot be read is refused with its place."""

from __future__ import annotations

import csv

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from morelli.collection.pairs import files as pair_tables
from morelli.collection.pairs.files import PairBlock, SkipList, find_rows, name_pairs, read_pairs, write_pairs
from morelli.collection.pairs.streams import _stream_all_pairs
from morelli.collection.work import Skip
from morelli.errors import EvaluationError, SourceError, UsageError

IDS = ["00000000000000a1", "0000000000000000", "1234567890123456", 'Ærø, "x"', "e5"]
ROWS = st.lists(
    st.tuples(
        st.integers(-(2**63), 2**63 - 1),
        st.sampled_from(IDS),
        st.sampled_from(IDS),
        st.sampled_from([1, 0, -1]),
    ),
    min_size=1,
    max_size=30,
)


def make_block(rows, skips=()) -> PairBlock:
    index, left, right, same = zip(*rows, strict=True)
    return PairBlock(
        np.array(index, np.int64), pa.array(left), pa.array(right), np.array(same, np.int8), skips=skips
    )


def list_rows(blocks) -> list[tuple[int, str, str, int]]:
    return [
        row
        for block in blocks
        for row in zip(
            block.index.tolist(),
            block.left.to_pylist(),
            block.right.to_pylist(),
            block.same.tolist(),
            strict=True,
        )
    ]


@pytest.mark.parametrize("name", ["pairs.csv", "pairs.parquet", "PAIRS.PQ"])
@given(rows=ROWS, cut=st.integers(0, 30), size=st.integers(1, 10))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_written_is_read_back(tmp_path, name, rows, cut, size):
    blocks = [make_block(part) for part in (rows[:cut], rows[cut:]) if part]
    counts = write_pairs(blocks, tmp_path / name)
    truths = [row[3] for row in rows]
    assert (counts.pairs, counts.lost) == (len(rows), 0)
    assert (counts.same, counts.different, counts.unknown) == tuple(truths.count(kind) for kind in (1, 0, -1))
    read = list(read_pairs(tmp_path / name, n_per_block=size))
    assert list_rows(read) == rows
    assert [block.start for block in read] == np.cumsum([0, *map(len, read)])[:-1].tolist()
    assert [path.name for path in tmp_path.iterdir()] == [name]
    (tmp_path / name).unlink()


def test_a_large_csv_is_read_in_blocks(tmp_path, monkeypatch):
    monkeypatch.setattr(pair_tables, "_CSV_BLOCK_BYTES", 4096)
    ids = [f"{number:016x}" for number in range(60)]
    write_pairs(name_pairs(_stream_all_pairs(["A", "B"] * 30), ids), tmp_path / "pairs.csv")
    blocks = list(read_pairs(tmp_path / "pairs.csv"))
    assert len(blocks) > 10
    assert list_rows(blocks) == list_rows(name_pairs(_stream_all_pairs(["A", "B"] * 30), ids))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("left,right\na,b\nc,d\n", [(0, "a", "b", -1), (1, "c", "d", -1)]),
        ("right,left\nb,a\n", [(0, "a", "b", -1)]),
        ("\ufeffLeft, RIGHT ,note\na,b,x\n", [(0, "a", "b", -1)]),
        ("same;left;right;index\n1;a;b;7\n0.0;c;d;3\n", [(7, "a", "b", 1), (3, "c", "d", 0)]),
        ("left,right,same\ne,f,\ne,g, 1\n", [(0, "e", "f", -1), (1, "e", "g", 1)]),
        ("left\tright\tsame\r\na\tb\tTrue\r\nc\td\tfalse\r\n", [(0, "a", "b", 1), (1, "c", "d", 0)]),
        ("left,right\n0012,1e5\n", [(0, "0012", "1e5", -1)]),
    ],
    ids=["least", "order", "mark and case", "all columns", "an empty truth", "tabs", "ids like numbers"],
)  # fmt: skip
def test_spellings_of_a_csv(tmp_path, text, expected):
    (tmp_path / "pairs.csv").write_text(text, encoding="utf-8", newline="")
    assert list_rows(read_pairs(tmp_path / "pairs.csv")) == expected


@pytest.mark.parametrize("same", [[True, False, None], [1, 0, None], [1.0, 0.0, None], ["1", "0", ""]])
def test_types_of_a_parquet(tmp_path, same):
    table = pa.table(
        {"left": [1, 2, 3], "right": ["4", "5", "6"], "same": same, "index": pa.array([9, 8, 7], pa.uint8())}
    )
    pq.write_table(table, tmp_path / "pairs.parquet")
    assert list_rows(read_pairs(tmp_path / "pairs.parquet")) == [
        (9, "1", "4", 1),
        (8, "2", "5", 0),
        (7, "3", "6", -1),
    ]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("absent.csv", None, "absent.csv: expected a table of pairs.*No such file"),
        ("pairs.csv", b"", r"found the columns \(none\)"),
        ("pairs.csv", b"index,img1,img2\n0,a,b\n", "found the columns index, img1, img2; .*--official"),
        ("pairs.csv", b"left,right,same\na,b,1\na,c,2\n", "row 3: expected 1 for the same hand.* found '2'"),
        ("pairs.csv", b"left,right,index\na,b,x\n", "found .*conversion error"),
        ("pairs.csv", b"left,right,index\na,b,\n", "expected an index in every row, found 1 rows without"),
        ("pairs.csv", b"left,right\na,b,c\n", "Expected 2 columns, got 3"),
        ("pairs.csv", b"left,right\na,\xff\n", "invalid UTF8"),
        ("pairs.parquet", b"left,right\na,b\n", "expected a table of pairs"),
    ],
)
def test_what_cannot_be_read_is_refused(tmp_path, name, content, message):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError, match=message):
        list(read_pairs(tmp_path / name))


@given(st.binary(max_size=200))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_read_or_refused(tmp_path, content):
    for name in ("pairs.csv", "pairs.parquet"):
        (tmp_path / name).write_bytes(
            b"left,right,same,index\n" + content if name.endswith("csv") else content
        )
        try:
            blocks = list(read_pairs(tmp_path / name))
        except SourceError:
            continue
        assert all(len(block.left) == len(block.same) for block in blocks)


def test_other_endings_and_empty_files_are_refused_and_leave_nothing(tmp_path):
    block = make_block([(0, "a", "b", 1)])
    for name, ending in (("pairs.txt", "'.txt'"), ("pairs", "no ending")):
        with pytest.raises(UsageError, match=f"found {ending}"):
            write_pairs([block], tmp_path / name)
    with pytest.raises(EvaluationError, match="at least one pair to write, found none, and 0 lost"):
        write_pairs([], tmp_path / "pairs.csv")
    assert not list(tmp_path.iterdir())


def test_a_write_that_fails_leaves_the_earlier_file(tmp_path):
    write_pairs([make_block([(0, "a", "b", 1)])], tmp_path / "pairs.parquet")

    def fail():
        yield make_block([(1, "c", "d", 0)])
        raise SourceError("x", expected="a", found="b", remedy="c")

    with pytest.raises(SourceError):
        write_pairs(fail(), tmp_path / "pairs.parquet")
    assert list_rows(read_pairs(tmp_path / "pairs.parquet")) == [(0, "a", "b", 1)]
    assert [path.name for path in tmp_path.iterdir()] == ["pairs.parquet"]


def test_what_was_lost_is_listed_beside_the_file(tmp_path):
    lost = (Skip("s.csv:row 3", "expected x, found none"),)
    counts = write_pairs([make_block([(0, "a", "b", 1)], skips=lost)], tmp_path / "pairs.csv")
    assert counts.to_dict() == {"pairs": 1, "same": 1, "different": 0, "unknown": 0, "lost": 1}
    [row] = csv.DictReader((tmp_path / "pairs.lost.csv").open(encoding="utf-8"))
    assert row == {"path": "s.csv:row 3", "reason": "expected x, found none"}


def test_names_are_found_in_plain_and_encoded_text():
    ids = pa.array(["b", "a"])
    for names in (pa.array(["a", "x", None, "b"]), pa.array(["a", "x", None, "b"]).dictionary_encode()):
        assert find_rows(names, ids).tolist() == [1, -1, -1, 0]


def test_blocks_print_shortly():
    assert repr(make_block([(0, "a", "b", 1), (1, "a", "c", 0)])) == "PairBlock(n=2, n_same=1, n_lost=0)"


def test_rows_are_counted_for_the_bar(tmp_path):
    for name in ("pairs.csv", "pairs.parquet"):
        write_pairs([make_block([(0, "a", "b", 1)] * 5)], tmp_path / name)
        assert pair_tables.count_rows(tmp_path / name) == 5


# A list of what was lost: written as it grows, absent when nothing was.


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
