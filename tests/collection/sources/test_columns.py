from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from morelli.collection.sources.columns import FIELDS, map_columns, match_columns, parse_map
from morelli.errors import MorelliError, UsageError


@pytest.mark.parametrize(
    ("text", "mapping"),
    [
        ("artist=Painter,title=Titel", {"artist": "Painter", "title": "Titel"}),
        (" artist = Painter , title=Titel", {"artist": "Painter", "title": "Titel"}),
        ('"artist=Name, first",title=Titel', {"artist": "Name, first", "title": "Titel"}),
        ("title=a=b", {"title": "a=b"}),
        ("artist=x,artist=x", {"artist": "x"}),
    ],
)
def test_mappings_are_read(text: str, mapping: dict[str, str]) -> None:
    assert parse_map(text) == mapping


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "nothing"),
        ("artist", "'artist'"),
        ("artist=", "'artist='"),
        ("=x", "'=x'"),
        ("artist=x,artist=y", "artist twice"),
        ('"artist=x', "unexpected end of data"),
    ],
)
def test_mappings_without_sense_are_refused(text: str, found: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_map(text)
    assert caught.value.found == found


def test_an_unknown_field_is_refused_with_the_nearest() -> None:
    with pytest.raises(UsageError) as caught:
        parse_map("artst=Painter")
    assert "nearest are artist" in caught.value.remedy
    assert "artist_dates" in caught.value.expected


def test_the_very_name_of_a_column_goes_before_one_that_is_like_it() -> None:
    assert map_columns(["PAINTER", "painter"], {"artist": "painter"}) == {"artist": "painter"}
    assert map_columns(["The Painter"], {"artist": "the_painter"}) == {"artist": "The Painter"}


def test_columns_in_other_scripts_can_be_mapped() -> None:
    assert map_columns(["художник", "файл"], {"artist": "Художник"}) == {"artist": "художник"}


def test_a_table_without_columns_is_said_to_have_none() -> None:
    with pytest.raises(UsageError, match=r"\(none\)"):
        map_columns([], {"artist": "x"})


@given(st.text())
def test_any_mapping_is_read_or_refused(text: str) -> None:
    try:
        mapping = parse_map(text)
    except MorelliError:
        return
    assert set(mapping) <= set(FIELDS)
    assert all(mapping.values())


@given(
    st.lists(st.text(), max_size=5),
    st.dictionaries(st.sampled_from(FIELDS), st.text(max_size=5), max_size=2),
)
def test_any_columns_are_mapped_or_refused(found: list[str], wanted: dict[str, str]) -> None:
    try:
        mapped = map_columns(found, wanted)
    except MorelliError:
        return
    assert set(mapped.values()) <= set(found)
    assert set(match_columns(found, is_given=True).values()) <= set(found)
