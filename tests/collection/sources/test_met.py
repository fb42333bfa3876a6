from __future__ import annotations

import tracemalloc
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from morelli.collection.sources.layouts import recognise
from morelli.collection.sources.met import _NOT_PUBLIC, Met
from morelli.collection.work import Skip, Work
from morelli.errors import DownloadError, LayoutError, SourceError

from .museum_tables import MET_COLUMNS, POINTER, format_csv, read_without_surprise

RECORD = "https://collectionapi.metmuseum.org/public/collection/v1/objects/"
ULAN = "http://vocab.getty.edu/page/ulan/"
WIKIDATA = "https://www.wikidata.org/wiki/"

Row = dict[str, object]


def row(number: object = 437397, **values: object) -> Row:
    return {
        "Object ID": number, "Is Public Domain": "True", "Artist Role": "Artist", "Artist Prefix": "",
        "Artist Display Name": "Rembrandt", "Title": "A Title", **values,
    }  # fmt: skip


def artists(**columns: str) -> Row:
    return {f"Artist {name.replace('_', ' ')}": text for name, text in columns.items()}


def write_table(
    folder: Path, *rows: Row, columns: tuple[str, ...] = MET_COLUMNS, name: str = "MetObjects.csv"
) -> Path:
    path = folder / name
    path.write_text(format_csv(columns, rows), encoding="utf-8-sig", newline="")
    return path


def read_all(table: Path) -> list[Work | Skip]:
    return list(Met.fit(table, is_forced=False).read())


def read_one(folder: Path, *rows: Row) -> Work:
    (work,) = read_all(write_table(folder, *rows))
    assert isinstance(work, Work)
    return work


def test_a_row_becomes_a_work(tmp_path: Path) -> None:
    work = read_one(
        tmp_path,
        {
            **row(Title='Aristotle, "with a Bust"\nof Homer', Medium="Oil on canvas", Tags="Men|Poets"),
            **artists(Begin_Date="1606      ", End_Date="1669      ", ULAN_URL=ULAN + "500011051"),
            "Artist Wikidata URL": WIKIDATA + "Q5598",
            "Object Date": "1653",
            "Object Begin Date": "1653",
            "Classification": "Paintings",
            "Culture": "Dutch",
            "Rights and Reproduction": "free",
        },
    )
    assert work == Work(
        None,
        artist="Rembrandt",
        title='Aristotle, "with a Bust" of Homer',
        year=1653,
        licence="free",
        school="Dutch",
        theme="Men|Poets",
        medium="Oil on canvas",
        classification="Paintings",
        artist_ids="ulan:500011051|wikidata:Q5598",
        artist_dates="1606-1669",
        address=RECORD + "437397",
        source="The Metropolitan Museum of Art",
        source_id="437397",
    )


@pytest.mark.parametrize("name", ["MetObjects.csv", "some other name.csv"])
def test_the_table_is_recognised_by_its_columns(tmp_path: Path, name: str) -> None:
    layout = recognise(write_table(tmp_path, row(), name=name))
    assert (layout.name, layout.source) == ("met", tmp_path / name)


def test_the_folder_of_the_table_is_recognised(tmp_path: Path) -> None:
    write_table(tmp_path, row())
    layout = recognise(tmp_path)
    assert (layout.name, layout.source) == ("met", tmp_path / "MetObjects.csv")


def test_a_table_of_works_is_still_one(tmp_path: Path) -> None:
    (tmp_path / "works.csv").write_text("path,artist\na.jpg,Monet\n", encoding="utf-8")
    assert recognise(tmp_path / "works.csv").name == "table"


def test_rows_are_counted_as_a_spreadsheet_counts_whatever_lines_they_take(tmp_path: Path) -> None:
    table = write_table(tmp_path, row(1, Title="two\nlines"), row("x"))
    assert read_all(table)[1] == Skip(f"{table}:row 3", "expected a number in 'Object ID', found 'x'")


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"Is Public Domain": "False"}, _NOT_PUBLIC),
        ({"Is Public Domain": "maybe"}, "expected True or False in 'Is Public Domain', found 'maybe'"),
        ({"Object ID": ""}, "expected a number in 'Object ID', found ''"),
        ({"Object ID": "-7"}, "expected a number in 'Object ID', found '-7'"),
        ({"Object ID": "1" * 5000}, "expected a number in 'Object ID', found '" + "1" * 40 + "'"),
        ({"Object ID": "1"}, "expected each 'Object ID' once, found 1 again"),
    ],
)
def test_rows_without_a_picture_are_skipped(tmp_path: Path, values: Row, reason: str) -> None:
    table = write_table(tmp_path, row(1), {**row(2), **values})
    assert read_all(table)[1] == Skip(f"{table}:row 3", reason)


def test_artists_in_step_are_told_apart_and_the_painter_is_taken(tmp_path: Path) -> None:
    work = read_one(
        tmp_path,
        {
            **row(),
            **artists(Role="Publisher|Painter", Prefix="|Attributed to", Display_Name="A. House|Jan Steen"),
            **artists(Suffix="|", Begin_Date="1800|1626", End_Date="9999|1679"),
            **artists(ULAN_URL=f"|{ULAN}500010000", Wikidata_URL=f"{WIKIDATA}Q1|{WIKIDATA}Q205863"),
        },
    )
    assert (work.artist, work.qualifier, work.artist_dates) == ("Jan Steen", "attributed to", "1626-1679")
    assert work.artist_ids == "ulan:500010000|wikidata:Q205863"


def test_without_a_painter_the_first_is_taken(tmp_path: Path) -> None:
    work = read_one(tmp_path, {**row(), **artists(Role="Maker|Designer", Display_Name="Spode|Minton")})
    assert work.artist == "Spode"


def test_a_column_out_of_step_gives_no_ids_but_keeps_the_doubt(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    work = read_one(
        tmp_path,
        {
            **row(),
            **artists(Role="Artist|Artist|Artist", Display_Name="Jan Steen|Frans Hals|Jan Both"),
            **artists(Prefix="|Workshop of", ULAN_URL=f"{ULAN}1|{ULAN}2", Begin_Date="1|2"),
        },
    )
    assert (work.artist, work.qualifier) == ("Jan Steen", "workshop of")
    assert (work.artist_ids, work.artist_dates) == (None, None)
    assert "in 1 rows the columns of artists hold different numbers of them" in caplog.text


@pytest.mark.parametrize(
    ("prefix", "qualifier"),
    [("Attributed to", "attributed to"), ("After", "after"), ("Designed by", "designed by"), (" ", None)],
)
def test_prefixes_are_qualifiers(tmp_path: Path, prefix: str, qualifier: str | None) -> None:
    assert read_one(tmp_path, {**row(), "Artist Prefix": prefix}).qualifier == qualifier


@pytest.mark.parametrize("name", ["", "Unknown", "Anonymous", "Unidentified artist"])
def test_nobody_is_named(tmp_path: Path, name: str) -> None:
    work = read_one(tmp_path, {**row(), **artists(Display_Name=name, ULAN_URL=ULAN + "1", Begin_Date="1600")})
    assert (work.artist, work.artist_ids, work.artist_dates) == (None, None, None)


def test_living_artists_have_no_year_of_death(tmp_path: Path) -> None:
    assert (
        read_one(tmp_path, {**row(), **artists(Begin_Date="1930", End_Date="9999")}).artist_dates == "1930-"
    )


def test_ids_that_the_museum_has_not_assigned_are_none(tmp_path: Path) -> None:
    assert (
        read_one(tmp_path, {**row(), **artists(ULAN_URL="(not assigned)", Wikidata_URL="")}).artist_ids
        is None
    )


def test_years_before_our_era_are_not_known(tmp_path: Path) -> None:
    assert (
        read_one(tmp_path, row(**{"Object Begin Date": "-300", "Object Date": "3rd century B.C."})).year
        is None
    )


def test_columns_are_found_in_any_order_and_spelling(tmp_path: Path) -> None:
    table = tmp_path / "MetObjects.csv"
    table.write_text("artist_display_name,is public domain,OBJECT ID\nMonet,true,5\n", encoding="utf-8")
    (work,) = read_all(table)
    assert work == Work(
        None, artist="Monet", address=RECORD + "5", source="The Metropolitan Museum of Art", source_id="5"
    )


def test_a_missing_column_lists_those_found(tmp_path: Path) -> None:
    table = write_table(tmp_path, columns=("Object ID", "Title"))
    with pytest.raises(LayoutError) as caught:
        Met.fit(table, is_forced=True)
    assert caught.value.found == "the columns Object ID, Title"


def test_a_folder_without_the_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LayoutError, match=r"found no MetObjects\.csv"):
        Met.fit(tmp_path, is_forced=True)


def test_a_git_lfs_pointer_says_how_to_fetch_the_table(tmp_path: Path) -> None:
    (tmp_path / "MetObjects.csv").write_text(POINTER, encoding="utf-8")
    layout = recognise(tmp_path)
    with pytest.raises(SourceError, match="git lfs pull"):
        list(layout.read())


@pytest.mark.parametrize(
    ("record", "address"),
    [
        (
            {"primaryImage": "https://m.test/l.jpg", "primaryImageSmall": "https://m.test/s.jpg"},
            "https://m.test/s.jpg",
        ),
        ({"primaryImage": "https://m.test/l.jpg", "primaryImageSmall": ""}, "https://m.test/l.jpg"),
        ({"primaryImage": "https://m.test/l.jpg"}, "https://m.test/l.jpg"),
    ],
)
def test_a_record_leads_to_its_picture(tmp_path: Path, record: object, address: str) -> None:
    assert Met(tmp_path, "").locate(RECORD + "5", {RECORD + "5": record}.__getitem__) == address


@pytest.mark.parametrize("record", [{}, {"primaryImage": ""}, {"primaryImageSmall": 7}, [], None, "text"])
def test_a_record_without_a_picture_is_a_download_error(tmp_path: Path, record: object) -> None:
    with pytest.raises(DownloadError) as caught:
        Met(tmp_path, "").locate(RECORD + "5", lambda _: record)
    assert caught.value.thing == RECORD + "5"


def test_the_table_is_never_held_as_a_whole(tmp_path: Path) -> None:
    table = write_table(tmp_path, *(row(number, Title="t" * 2000) for number in range(1, 4001)))
    layout = Met.fit(table, is_forced=False)
    tracemalloc.start()
    n_works = sum(isinstance(entry, Work) for entry in layout.read())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert n_works == 4000
    assert peak < table.stat().st_size / 8


cells = st.one_of(
    st.sampled_from(["1", "true", "False", "a|b", "|", "||", "9999", ULAN]), st.text(max_size=6)
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    random=st.randoms(use_true_random=False),
    values=st.lists(cells, min_size=1, max_size=20),
    n_lost=st.integers(0, 20),
    tail=st.binary(max_size=20),
)
def test_whatever_the_table_holds_only_known_errors_come(
    tmp_path: Path, encoding: str, random: Random, values: list[str], n_lost: int, tail: bytes
) -> None:
    columns = random.sample(MET_COLUMNS, len(MET_COLUMNS) - n_lost)
    rows = [{**{column: random.choice(values) for column in columns}} for _ in range(3)]
    table = tmp_path / "MetObjects.csv"
    table.write_bytes(format_csv(columns, rows).encode(encoding, errors="replace") + tail)
    assert read_without_surprise(lambda: read_all(table))
