from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from morelli.collection.names.dates import choose_dates
from morelli.collection.sources.fields import (
    join_ids,
    join_labels,
    read_cell,
    read_credit,
    split_cell,
)
from morelli.collection.sources.matching import match_columns

WANTED = {"file": ("filename", "path"), "artist": ("artist",)}


def test_the_best_name_of_several_is_taken() -> None:
    assert match_columns(["Path", "File-Name", "filename", "ARTIST"], WANTED) == {
        "file": "filename",
        "artist": "ARTIST",
    }


@pytest.mark.parametrize("text", ["", " ", "-", "NaN", "None", "null", "N/A"])
def test_what_stands_for_nothing_is_none(text: str) -> None:
    assert read_cell(text) is None


@pytest.mark.parametrize(
    ("cell", "labels"),
    [
        (["a", None, "b"], "a|b"),
        ("a|b|a", "a|b"),
        ("['a, b', \"c\"]", "a, b|c"),
        ("[['a'], 1]", "['a']|1"),
        ("{'a': 1}", "{'a': 1}"),
        (None, None),
    ],
)
def test_labels_of_a_cell(cell: object, labels: str | None) -> None:
    assert split_cell(cell) == labels


@given(st.text(max_size=20) | st.text("[]()'\",ab", max_size=30))
def test_any_text_is_split(text: str) -> None:
    labels = split_cell(text)
    assert labels is None or labels.strip("|")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("  Oil on\n canvas\t", "Oil on canvas"),
        ("Albrecht DÃ¼rer", "Albrecht Dürer"),
        (1890, "1890"),
        ("N/A", None),
        ("", None),
        (None, None),
        (True, None),
        (["a"], None),
        ({"a": "b"}, None),
        (float("nan"), None),
        ("half \ud83d of a character", "half ? of a character"),
        ("nothing\0there", "nothing there"),
    ],
)
def test_values_as_text(value: object, text: str | None) -> None:
    assert read_cell(value) == text


def test_labels_stand_once_in_their_order_and_never_hold_the_separator() -> None:
    assert join_labels(["Rococo", None, "Baroque", " Rococo ", "a|b", 7, {}]) == "Rococo|Baroque|a/b|7"
    assert join_labels([None, ""]) is None


@pytest.mark.parametrize(
    ("value", "year"),
    [
        ("1890", 1890), (1890.0, 1890), (200, 200), ("0", None), ("-300", None), ("2101", None),
        ("c. 1890", None),
        (None, None), (True, None), ("١٨٩٠", None), (float("inf"), None), ("9" * 5000, None),
    ],
)  # fmt: skip
def test_years_of_a_column(value: object, year: int | None) -> None:
    assert choose_dates(value, None, None).year == year


def test_a_known_prefix_is_a_qualifier() -> None:
    person = read_credit("Rembrandt van Rijn", prefix=" Attributed to ")
    assert (person.name, person.qualifier) == ("Rembrandt van Rijn", "attributed to")


def test_an_unknown_prefix_is_kept_rather_than_lost() -> None:
    assert read_credit("Spode", prefix="Designed by").qualifier == "designed by"


def test_a_credit_without_prefix_is_autograph() -> None:
    assert read_credit("Spode", prefix="", suffix=None).qualifier is None


def test_nobody_is_credited() -> None:
    assert read_credit(None).name is None
    assert read_credit("Unknown artist").name is None


def test_ids_that_are_missing_are_left_out() -> None:
    assert join_ids({"ulan": None, "wikidata": "Q5598"}) == "wikidata:Q5598"
    assert join_ids({"ulan": None, "wikidata": ""}) is None
