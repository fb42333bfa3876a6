from __future__ import annotations

import logging
import shutil
from pathlib import Path
from random import Random

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collection.sources.museum_tables import (
    EXAMPLE,
    LIEVENS,
    NGA_COLUMNS,
    NOBODY,
    POINTER,
    REMBRANDT,
    credit,
    format_csv,
    read_without_surprise,
    view,
    write_gallery,
)
from morelli.collection.sources.layouts import recognise
from morelli.collection.sources.national_gallery import _NO_PRIMARY_IMAGE, NationalGallery, read_aliases
from morelli.collection.work import Skip, Work
from morelli.errors import LayoutError, SourceError

REASON = "expected a picture of an object, found another name"


def read_all(folder: Path) -> list[Work | Skip]:
    return list(NationalGallery.fit(folder, is_forced=False).read())


def read_one(folder: Path) -> Work:
    (work,) = read_all(folder)
    assert isinstance(work, Work)
    return work


def test_the_tables_are_joined(tmp_path: Path) -> None:
    assert read_one(write_gallery(tmp_path)) == Work(
        None,
        artist="Rembrandt van Rijn",
        title='The Mill, "large"',
        year=1645,
        year_from=1645,
        year_to=1648,
        style="Baroque",
        school="Dutch",
        theme="landscape",
        medium="oil on canvas",
        classification="Painting",
        artist_ids="ulan:500011051|wikidata:Q5598",
        artist_dates="Dutch, 1606 - 1669",
        address="https://iiif.museum.test/aaaa-1/full/!600,600/0/default.jpg",
        source="National Gallery of Art",
        source_id="1",
    )


@pytest.mark.parametrize("below", ["", "data"])
def test_the_repository_and_its_folder_of_tables_are_recognised(tmp_path: Path, below: str) -> None:
    write_gallery(tmp_path / below)
    layout = recognise(tmp_path)
    assert (layout.name, layout.source) == ("national-gallery", tmp_path / below)
    assert "objects_constituents.csv" in layout.reason


def test_addresses_are_the_pictures_themselves(tmp_path: Path) -> None:
    layout = recognise(write_gallery(tmp_path))
    address = read_one(tmp_path).address
    assert address is not None
    assert layout.locate(address, lambda _: pytest.fail("nothing to read")) == address


def test_an_object_without_a_primary_view_is_skipped_with_one_reason(tmp_path: Path) -> None:
    objects = [{"objectid": number} for number in ("1", "2", "3")]
    images = [view("1", "a"), view("2", "b", viewtype="alternate"), view("3", "c", iiifurl="")]
    found = read_all(write_gallery(tmp_path, objects=objects, published_images=images))
    assert found[1:] == [Skip(f"{tmp_path / 'objects.csv'}:row {row}", _NO_PRIMARY_IMAGE) for row in (3, 4)]


def test_the_primary_view_goes_before_the_others(tmp_path: Path) -> None:
    images = [
        view("1", "back", viewtype="alternate"),
        view("1", "late", sequence="10"),
        view("1", "front", sequence="2"),
    ]
    work = read_one(write_gallery(tmp_path, published_images=images))
    assert work.address == "https://iiif.museum.test/front/full/!600,600/0/default.jpg"


def test_view_types_role_types_and_term_types_are_compared_without_case(tmp_path: Path) -> None:
    work = read_one(
        write_gallery(
            tmp_path,
            published_images=[view("1", "a", viewtype="Primary ")],
            objects_constituents=[credit("1", "7", roletype="ARTIST")],
            objects_terms=[{"objectid": "1", "termtype": " STYLE", "term": "Baroque"}],
        )
    )
    assert (work.artist, work.style) == ("Rembrandt van Rijn", "Baroque")


def test_the_address_may_come_from_the_thumbnail(tmp_path: Path) -> None:
    thumbnail = "https://iiif.museum.test/x/full/!200,200/0/default.jpg"
    work = read_one(
        write_gallery(tmp_path, published_images=[view("1", "x", iiifurl="", iiifthumburl=thumbnail)])
    )
    assert work.address == "https://iiif.museum.test/x/full/!600,600/0/default.jpg"


def test_the_artist_is_the_first_by_display_order_among_those_of_the_role(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    credits = [
        credit("1", "9", roletype="owner", displayorder="0"),
        credit("1", "7", displayorder="10"),
        credit("1", "8", displayorder="2"),
    ]
    with caplog.at_level(logging.INFO):
        assert read_one(write_gallery(tmp_path, objects_constituents=credits)).artist == "Jan Lievens"
    assert [record.getMessage() for record in caplog.records] == [
        f"{tmp_path}: 1 further artists of works by several left out"
    ]


@pytest.mark.parametrize(
    ("values", "attribution", "qualifier"),
    [
        ({"prefix": "attributed to"}, "Attributed to Rembrandt van Rijn", "attributed to"),
        ({"prefix": "possibly by"}, "", "possibly by"),
        ({"role": "artist after"}, "", "after"),
        ({}, "Workshop of Rembrandt van Rijn", "workshop of"),
        ({}, "Attributed to Rembrandt", "attributed to"),
        ({}, "after Rembrandt van Rijn", "after"),
        ({}, "after Titian", None),
        ({}, "Rembrandt van Rijn", None),
        ({"prefix": "circle of"}, "Workshop of Rembrandt van Rijn", "circle of"),
    ],
)
def test_qualifiers(tmp_path: Path, values: dict[str, str], attribution: str, qualifier: str | None) -> None:
    write_gallery(
        tmp_path,
        objects=[{"objectid": "1", "attribution": attribution}],
        objects_constituents=[credit("1", "7", **values)],
    )
    work = read_one(tmp_path)
    assert (work.artist, work.qualifier) == ("Rembrandt van Rijn", qualifier)


@pytest.mark.parametrize(
    "values", [{"constituenttype": "Anonymous"}, {"forwarddisplayname": "Italian 17th/18th century"}]
)
def test_anonymous_artists_are_nobody(tmp_path: Path, values: dict[str, str]) -> None:
    work = read_one(write_gallery(tmp_path, constituents=[{**REMBRANDT, **values}]))
    assert (work.artist, work.artist_ids, work.artist_dates) == (None, None, None)


def test_an_artist_whom_the_table_of_people_lacks_is_not_known(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert read_one(write_gallery(tmp_path, constituents=[LIEVENS])).artist is None
    assert "1 artists whom constituents.csv lacks are not known" in caplog.text


def test_people_listed_twice_make_no_second_work(tmp_path: Path) -> None:
    assert (
        read_one(write_gallery(tmp_path, constituents=[REMBRANDT, REMBRANDT])).artist == "Rembrandt van Rijn"
    )


def test_the_inverted_name_stands_in_for_a_missing_column(tmp_path: Path) -> None:
    columns = [column for column in NGA_COLUMNS["constituents"] if column != "forwarddisplayname"]
    row = {key: value for key, value in LIEVENS.items() if key != "forwarddisplayname"}
    write_gallery(tmp_path, objects_constituents=[credit("1", "8")])
    (tmp_path / "constituents.csv").write_text(format_csv(columns, [row]), encoding="utf-8")
    assert set((read_one(tmp_path).artist or "").replace(",", "").split()) == {"Jan", "Lievens"}


def test_terms_of_one_type_are_joined(tmp_path: Path) -> None:
    terms = [
        {"objectid": "1", "termtype": "Style", "term": term}
        for term in ("Rococo", "Baroque", "Rococo", "a|b", "")
    ]
    assert read_one(write_gallery(tmp_path, objects_terms=terms)).style == "Rococo|Baroque|a/b"


@pytest.mark.parametrize(
    ("begin", "shown", "year"),
    [
        ("1645", "1650", 1645), ("", "c. 1650", 1650), ("-300", "3rd century B.C.", None), ("200", "", 200),
        ("0", "n.d.", None), ("1890.0", "", 1890),
    ],
)  # fmt: skip
def test_years(tmp_path: Path, begin: str, shown: str, year: int | None) -> None:
    objects = [{"objectid": "1", "beginyear": begin, "displaydate": shown}]
    assert read_one(write_gallery(tmp_path, objects=objects)).year == year


def test_a_repeated_and_a_missing_objectid_are_skipped_and_a_blank_line_is_not_worth_a_word(
    tmp_path: Path,
) -> None:
    objects = [{"objectid": "1"}, {"objectid": "1"}, {"title": "nameless"}, {"objectid": ""}]
    assert read_all(write_gallery(tmp_path, objects=objects))[1:] == [
        Skip(f"{tmp_path / 'objects.csv'}:row 3", "expected each objectid once, found 1 again"),
        Skip(f"{tmp_path / 'objects.csv'}:row 4", "expected an objectid, found none"),
    ]


def test_views_of_objects_that_the_table_lacks_are_counted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    read_all(write_gallery(tmp_path, published_images=[view("1", "a"), view("99", "b")]))
    assert "published_images.csv: 1 objects that objects.csv lacks are left out" in caplog.text


@pytest.mark.parametrize("name", ["1.jpg", "aaaa-1.PNG", "AAAA-1.jpeg"])
@pytest.mark.parametrize("below", ["", "data"])
def test_a_picture_on_disk_is_used(tmp_path: Path, name: str, below: str) -> None:
    write_gallery(tmp_path / below)
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / name).write_bytes(b"")
    work = read_one(tmp_path)
    assert work.path == tmp_path / "images" / name


def test_a_picture_on_disk_needs_no_published_image(tmp_path: Path) -> None:
    write_gallery(tmp_path, published_images=[])
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "1.jpg").write_bytes(b"")
    work = read_one(tmp_path)
    assert (work.path, work.address) == (tmp_path / "images" / "1.jpg", None)


def test_pictures_of_no_object_are_skipped(tmp_path: Path) -> None:
    write_gallery(tmp_path)
    for name in ("1.jpg", "1.png", "cover.jpg", "notes.txt"):
        (tmp_path / "images").mkdir(exist_ok=True)
        (tmp_path / "images" / name).write_bytes(b"")
    skips = {Path(found.path).name: found.reason for found in read_all(tmp_path) if isinstance(found, Skip)}
    assert skips == {
        "1.png": "expected one picture of an object, found a second of that name",
        "notes.txt": "expected a picture, found a file with another ending",
        "cover.jpg": REASON,
    }


@pytest.mark.parametrize("name", [name for name in EXAMPLE if name != "objects_terms"])
def test_a_missing_table_is_named(tmp_path: Path, name: str) -> None:
    (write_gallery(tmp_path) / f"{name}.csv").unlink()
    with pytest.raises(LayoutError) as caught:
        NationalGallery.fit(tmp_path, is_forced=True)
    assert caught.value.found == f"no {name}.csv"


def test_without_the_table_of_terms_one_warning_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (write_gallery(tmp_path) / "objects_terms.csv").unlink()
    assert read_one(tmp_path).style is None
    assert "styles, schools and themes are not known" in caplog.text


@pytest.mark.parametrize("name", list(EXAMPLE))
def test_a_git_lfs_pointer_says_how_to_fetch_the_table(tmp_path: Path, name: str) -> None:
    (write_gallery(tmp_path) / f"{name}.csv").write_text(POINTER, encoding="utf-8")
    layout = recognise(tmp_path)
    with pytest.raises(SourceError) as caught:
        list(layout.read())
    assert caught.value.thing == str(tmp_path / f"{name}.csv")
    assert caught.value.found == "a Git LFS pointer, which only names the table"
    assert "git lfs pull" in caught.value.remedy


@pytest.mark.parametrize(
    ("name", "column"),
    [("objects", "objectid"), ("published_images", "viewtype"), ("constituents", "constituentid")],
)
def test_a_missing_column_lists_those_found(tmp_path: Path, name: str, column: str) -> None:
    columns = [kept for kept in NGA_COLUMNS[name] if kept != column]
    (write_gallery(tmp_path) / f"{name}.csv").write_text(format_csv(columns, []), encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        NationalGallery.fit(tmp_path, is_forced=False)
    assert caught.value.found == f"the columns {', '.join(columns)}"
    assert repr(column) in caught.value.expected


def test_columns_may_stand_in_any_order_and_case_behind_a_mark(tmp_path: Path) -> None:
    write_gallery(tmp_path)
    path = tmp_path / "objects.csv"
    path.write_text("TITLE, ObjectID \nThe Mill,1\n", encoding="utf-8-sig")
    work = read_one(tmp_path)
    assert (work.title, work.source_id) == ("The Mill", "1")


@pytest.mark.parametrize(
    "data", [b'objectid,title\n1,"cut of', b"objectid,title\n1,\xff\n", b"objectid,title\n1,2,3\n", b""]
)
def test_a_damaged_table_is_an_error_that_names_it(tmp_path: Path, data: bytes) -> None:
    layout = NationalGallery.fit(write_gallery(tmp_path), is_forced=False)
    (tmp_path / "objects.csv").write_bytes(data)
    with pytest.raises(SourceError) as caught:
        list(layout.read())
    assert caught.value.thing == str(tmp_path / "objects.csv")


cells = st.one_of(
    st.sampled_from(["1", "2", "7", "artist", "primary", "Style", "", "|", "https://a.test/x"]),
    st.text(max_size=6),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from(list(EXAMPLE)),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    random=st.randoms(use_true_random=False),
    values=st.lists(cells, min_size=1, max_size=20),
    n_lost=st.integers(0, 2),
)
def test_whatever_the_tables_hold_only_known_errors_come(
    tmp_path: Path, name: str, encoding: str, random: Random, values: list[str], n_lost: int
) -> None:
    columns = random.sample(NGA_COLUMNS[name], len(NGA_COLUMNS[name]) - n_lost)
    rows = [{column: random.choice(values) for column in columns} for _ in range(3)]
    path = write_gallery(tmp_path) / f"{name}.csv"
    path.write_bytes(format_csv(columns, rows).encode(encoding, errors="replace"))
    assert read_without_surprise(lambda: read_all(tmp_path))


@pytest.mark.paintings
def test_the_real_people(paintings: Path, tmp_path: Path) -> None:
    """One object by each of the museum's real artists: only the anonymous ones lose their name."""
    people = pl.read_csv(paintings / "nga" / "constituents.csv", infer_schema=False)
    people = people.filter(pl.col("artistofngaobject") == "1")
    numbers = people["constituentid"].to_list()
    write_gallery(
        tmp_path,
        objects=[{"objectid": number} for number in numbers],
        published_images=[view(number, number) for number in numbers],
        objects_constituents=[credit(number, number) for number in numbers],
    )
    shutil.copyfile(paintings / "nga" / "constituents.csv", tmp_path / "constituents.csv")
    works = {work.source_id: work for work in read_all(tmp_path) if isinstance(work, Work)}
    assert len(works) == len(numbers)
    anonymous = set(people.filter(pl.col("constituenttype") == "anonymous")["constituentid"])
    nameless = {number for number, work in works.items() if work.artist is None}
    assert anonymous <= nameless
    assert len(nameless - anonymous) < 10  # "unidentified", "Tanagra 3rd Century B.C."
    assert sum("ulan:" in (work.artist_ids or "") for work in works.values()) > 8000


def alias(constituent: str, name: str, surname: str = "", **values: str) -> dict[str, str]:
    row = {"constituentid": constituent, "displayname": name, "lastname": surname, "nametype": "Variant"}
    return {**row, **values}


def read_names(folder: Path, *aliases: dict[str, str]) -> dict[str, str]:
    return read_aliases(
        write_gallery(folder, constituents=[REMBRANDT, LIEVENS, NOBODY], constituents_altnames=aliases)
    )


def test_other_names_lead_to_the_preferred_one_in_both_orders(tmp_path: Path) -> None:
    assert read_names(tmp_path / "data", alias("8", "Livens, Johannes", "Livens")) == {
        "Johannes Livens": "Jan Lievens",
        "Lievens, Jan": "Jan Lievens",
        "Livens, Johannes": "Jan Lievens",
        "Rijn, Rembrandt van": "Rembrandt van Rijn",
    }


def test_a_name_with_two_commas_is_not_turned(tmp_path: Path) -> None:
    names = read_names(tmp_path, alias("8", "Livens, Jan, the Elder", "Livens"))
    assert [name for name in names if "Elder" in name] == ["Livens, Jan, the Elder"]


def test_a_forward_name_is_taken_where_the_museum_gives_one(tmp_path: Path) -> None:
    assert (
        read_names(tmp_path, alias("7", "", forwarddisplayname="Rembrandt"))["Rembrandt"]
        == "Rembrandt van Rijn"
    )


@pytest.mark.parametrize("kind", ["Member of", "Spouse"])
def test_names_of_others_are_left_out(tmp_path: Path, kind: str) -> None:
    assert "Uylenburgh" not in read_names(tmp_path, alias("7", "Uylenburgh", nametype=kind))


def test_anonymous_artists_have_no_aliases(tmp_path: Path) -> None:
    assert "Anonymous Dutch" not in read_names(tmp_path, alias("9", "Anonymous Dutch"))


def test_a_name_that_two_bear_is_left_out(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        names = read_names(tmp_path, alias("7", "The Leiden Painter"), alias("8", "The Leiden Painter"))
    assert "The Leiden Painter" not in names
    assert "1 names that mean several artists left out" in caplog.text


def test_the_preferred_name_of_another_is_no_alias(tmp_path: Path) -> None:
    assert "Rembrandt van Rijn" not in read_names(tmp_path, alias("8", "Rijn, Rembrandt van", "Rijn"))


def test_without_the_table_of_names_the_error_names_it(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        read_aliases(write_gallery(tmp_path))
    assert caught.value.thing == str(tmp_path / "constituents_altnames.csv")


@pytest.mark.paintings
def test_the_real_names(paintings: Path) -> None:
    names = read_aliases(paintings / "nga")
    assert names["Latour, Georges de"] == names["Georges de Latour"] == "Georges de La Tour"
    assert names["Stefano di Giovanni di Consolo"] == "Sassetta"
    assert "Audran, Benoît" not in names
    assert "Anonymous Paduan 16th Century" not in names
    assert len(names) > 15_000
    assert all(alias != name for alias, name in names.items())
