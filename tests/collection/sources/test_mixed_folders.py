"""`recognise` over folders in which anything lies: a layout that can be read, or an error of our own."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from morelli.collection.sources import LAYOUTS, recognise
from morelli.collection.sources.vocabulary import COLUMN_NAMES
from morelli.collection.work import Skip, Work
from morelli.errors import MorelliError

from ..downloads.server import draw_numbered
from .iiif.manifests import new_collection, new_manifest, old_manifest
from .museum_tables import EXAMPLE, MET_COLUMNS, NGA_COLUMNS, POINTER, format_csv
from .random_json import anything, mutated

TABLES = [
    "objects", "published_images", "constituents", "objects_constituents", "objects_terms",
    "constituents_altnames", "MetObjects", "all_data_info", "train_info", "classes", "wclasses", "wikiart",
    "style_train", "style_val", "artist_train", "artists", "works",
]  # fmt: skip
COLUMNS = sorted(
    {*MET_COLUMNS, *(name for names in (*NGA_COLUMNS.values(), *COLUMN_NAMES.values()) for name in names)}
    | {"filename", "phash", "subset", "artist_group", "paintings", "nationality", "years", "in_train"}
)
PICTURES = [
    "1.jpg", "train/1.jpg", "train/100532.jpg", "images/1.jpg", "images/images/Paul_Klee/Paul_Klee_1.jpg",
    "resized/resized/Paul_Klee_1.jpg", "Cubism/paul-klee_a-title-1920.jpg", "Paul_Klee/x.png", "a,b.png",
    "Rococo/paul-klee_b.jpg",
]  # fmt: skip
RECORD = {
    "acno": "A00001", "contributors": [{"fc": "Paul Klee", "role": "artist"}], "title": "x",
    "thumbnailUrl": "http://a.test/x.jpg", "dateRange": {"startYear": 1900}, "medium": "oil",
}  # fmt: skip
DOCUMENTS = [new_manifest(), old_manifest(), new_collection("http://a.test/m"), RECORD, [RECORD], {"a": 1}]
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "latin-1", "cp437"]
JUNK = [
    b"", b"\0", b"\xff\xfe", b"\xef\xbb\xbf", POINTER.encode(), b"PK\3\4", b"PAR1xxxxPAR1", b"<html></html>",
    b'"', b'a,b\n"', b"path\n1.jpg\n", b"\n\n\n", b"{", b"[" * 5000, b"path,path\n1.jpg,2.jpg\n",
]  # fmt: skip

GOOD: list[dict[str, bytes | None]] = [
    {},
    {"MetObjects.csv": format_csv(MET_COLUMNS, [{"Object ID": 1, "Is Public Domain": "True"}]).encode()},
    {"tate.json": json.dumps(RECORD).encode()},
    {"manifest.json": json.dumps(new_manifest()).encode()},
    {"works.csv": b"path,artist\n1.jpg,Paul Klee\n", "1.jpg": b""},
    {"artists.csv": b"name,genre\nPaul Klee,Cubism\n", "images/images/Paul_Klee/Paul_Klee_1.jpg": b""},
    {"Cubism/paul-klee_a-title-1920.jpg": b"", "Rococo/paul-klee_b.jpg": b""},
    {"Paul_Klee/x.png": draw_numbered(1)},
]
"""Folders as they should be, to begin with."""

cells = st.one_of(
    st.sampled_from(PICTURES),
    st.sampled_from(
        ["", "Paul Klee", "1", "True", "7|8", "primary", "artist", "Style", "http://a.test/x.jpg"]
    ),
    st.sampled_from(["nan", "1890.0", "Workshop of", "['a', ", "\0", "\ud800", "x" * 300, "../../x.jpg"]),
    st.text(max_size=6),
)
junk = st.sampled_from(JUNK) | st.binary(max_size=40)


@st.composite
def tables(draw: st.DrawFn) -> bytes:
    """Draw a table with some of the columns that are looked for, its rows not always as long."""
    columns = draw(st.lists(st.sampled_from(COLUMNS) | cells, min_size=1, max_size=6))
    rows = draw(st.lists(st.lists(cells, min_size=0, max_size=7), max_size=4))
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=draw(st.sampled_from(",;\t")))
    writer.writerows([columns, *rows])
    return text.getvalue().encode(draw(st.sampled_from(ENCODINGS)), errors="replace")


@st.composite
def museum_tables(draw: st.DrawFn, name: str) -> bytes:
    """Draw a table that a museum published, some of its cells replaced."""
    rows = [dict(row) for row in EXAMPLE.get(name, ())] * draw(st.integers(1, 2))
    for row in rows:
        for column in draw(st.lists(st.sampled_from(sorted(row)), max_size=2)):
            row[column] = draw(cells)
    text = format_csv(NGA_COLUMNS[name], rows)
    return text.encode(draw(st.sampled_from(ENCODINGS)), errors="replace")


@st.composite
def files(draw: st.DrawFn) -> dict[str, bytes | None]:
    """Draw a folder's files by name; None is a folder of that name."""
    found = dict(draw(st.sampled_from(GOOD)))
    if draw(st.integers(0, 3)) == 0:
        found |= {f"{name}.csv": draw(museum_tables(name)) for name in NGA_COLUMNS}
    for name in draw(st.lists(st.sampled_from(TABLES), max_size=3)):
        found[f"{name}.csv"] = draw(tables() | junk)
    for number in range(draw(st.integers(0, 2))):
        document = draw(mutated(draw(st.sampled_from(DOCUMENTS))) | anything)
        suffix = draw(st.sampled_from([".json", ".jsonl"]))
        found[f"document-{number}{suffix}"] = (
            json.dumps(document).encode() if draw(st.booleans()) else draw(junk)
        )
    for name in draw(st.lists(st.sampled_from(PICTURES), max_size=4)):
        found[name] = draw(st.just(draw_numbered(1)) | junk)
    for name in draw(
        st.lists(st.sampled_from(["train.zip", "README.md", "x.parquet", ".DS_Store"]), max_size=2)
    ):
        found[name] = draw(junk)
    if draw(st.integers(0, 3)) == 0:
        found[draw(st.sampled_from(TABLES)) + ".csv"] = None
    return found


def plant(folder: Path, found: dict[str, bytes | None]) -> None:
    for name, data in found.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if data is None:
            path.mkdir(exist_ok=True)
        else:
            path.write_bytes(data)


def read_all(folder: Path, layout: str | None) -> str:
    """Return how reading ended, after looking at everything that came of it."""
    try:
        found = recognise(folder, layout)
        entries = list(found.read())
    except MorelliError:
        return "error"
    for entry in entries:
        assert isinstance(entry, (Work, Skip))
        if isinstance(entry, Skip):
            assert entry.reason.startswith("expected ")
        else:
            assert entry.path is None or entry.path.is_absolute()
    return found.name


QUICK = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)


@QUICK
@given(files())
@example({f"{name}.csv": None for name in NGA_COLUMNS})
@example({"artists.csv": None, "images/images/Paul_Klee/Paul_Klee_1.jpg": b""})
def test_a_folder_of_anything_is_recognised_or_refused(found: dict[str, bytes | None]) -> None:
    with tempfile.TemporaryDirectory() as name:
        plant(Path(name), found)
        assert read_all(Path(name), None) in {*LAYOUTS, "error"}


@QUICK
@given(files(), st.sampled_from(list(LAYOUTS)))
def test_any_layout_may_be_forced_on_a_folder_of_anything(
    found: dict[str, bytes | None], layout: str
) -> None:
    with tempfile.TemporaryDirectory() as name:
        plant(Path(name), found)
        assert read_all(Path(name), layout) in {layout, "error"}


@QUICK
@given(files(), st.data())
def test_a_file_among_anything_is_recognised_or_refused(
    found: dict[str, bytes | None], data: st.DataObject
) -> None:
    with tempfile.TemporaryDirectory() as name:
        plant(Path(name), found)
        paths = sorted(path for path in Path(name).rglob("*") if path.is_file())
        if paths:
            assert read_all(data.draw(st.sampled_from(paths)), None) in {*LAYOUTS, "error"}


def test_the_folders_that_are_drawn_reach_many_layouts() -> None:
    """Guards the tests above: a strategy that only ever draws rubbish would prove nothing."""
    seen: Counter[str] = Counter()

    @settings(max_examples=40, deadline=None, database=None, derandomize=True,
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(files())
    def count(found: dict[str, bytes | None]) -> None:
        with tempfile.TemporaryDirectory() as name:
            plant(Path(name), found)
            seen[read_all(Path(name), None)] += 1

    count()
    assert len(seen) >= 5, seen


@pytest.mark.parametrize("data", JUNK)
def test_each_piece_of_junk_under_each_name_that_is_looked_for(tmp_path: Path, data: bytes) -> None:
    for name in TABLES:
        folder = tmp_path / name
        plant(folder, {f"{name}.csv": data, "Paul_Klee/x.png": draw_numbered(1)})
        assert read_all(folder, None) in {*LAYOUTS, "error"}
        assert read_all(folder / f"{name}.csv", None) in {*LAYOUTS, "error"}
