"""Classes of works: an artist is one name, of styles the first counts."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from morelli.collection.labels import (
    _CLASSES,
    _SUBJECT_WORDS,
    _find_subject_words,
    _name_subject,
    class_of,
    read_subjects,
)
from morelli.collection.names.text import fold_name
from morelli.errors import UsageError


@pytest.mark.parametrize(
    ("by", "text", "expected"),
    [
        ("artist", "Gilbert | George", "Gilbert | George"),
        ("style", "Baroque", "Baroque"),
        ("style", " Baroque |Rococo", "Baroque"),
        ("genre", "|portrait", None),
        ("genre", "", None),
        ("style", None, None),
    ],
)
def test_the_class_of_a_work(by: str, text: str | None, expected: str | None) -> None:
    works = pl.DataFrame({by: [text]}, schema={by: pl.String})
    assert works.select(class_of(by)).to_dicts() == [{"class": expected}]


def test_other_labels_are_refused() -> None:
    assert _CLASSES == ("artist", "style", "genre")
    with pytest.raises(UsageError, match="artist, style or genre, found 'title'"):
        class_of("title")


# Subjects from labels and titles, in several languages.

WORDS = st.sampled_from(["still", "life", "nature", "morte", "Portrait", "é", "-"])


@pytest.mark.parametrize(
    ("title", "subject"),
    [
        ("Portrait of Madame X", "portrait"),
        ("Selbstbildnis", "portrait"),
        ("Self-Portrait with a hat", "portrait"),
        ("Nature morte aux pommes", "still life"),
        ("Paysage d'hiver", "landscape"),
        ("Straße in Köln", "town"),
        ("Zeegezicht", "sea"),
        ("La Crocifissione", "religion"),
        ("Study no. 3", None),
        ("Portrait of a man with a dog", None),
        ("", None),
        (None, None),
    ],
)
def test_a_title_names_its_subject(title, subject):
    assert _name_subject([None, None], title) == subject


def test_labels_come_before_the_title():
    assert _name_subject(["Landscapes"], "Portrait of a lady") == "landscape"
    assert _name_subject(["History Painting"], None) == "history painting"
    assert _name_subject(["portrait", "Bildnis"], None) == "portrait"
    assert _name_subject(["portrait|landscape"], "Portrait") is None


def test_a_table_is_read_row_by_row():
    table = pl.DataFrame(
        {"genre": [None, "nude"], "theme": ["Seascape", None], "title": ["Portrait", None]},
        schema={"genre": pl.String, "theme": pl.String, "title": pl.String},
    )
    assert read_subjects(table) == ["sea", "nude"]


def test_each_word_is_folded_and_stands_under_one_subject():
    words = [word for own in _SUBJECT_WORDS.values() for word in set(own)]
    assert [word for word in words if fold_name(word) != word] == []
    assert len(words) == len(set(words))


@given(st.lists(WORDS, max_size=6).map(" ".join))
def test_any_title_is_read(title):
    assert _find_subject_words(title) <= set(_SUBJECT_WORDS)
