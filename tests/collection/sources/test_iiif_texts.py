from __future__ import annotations

import pytest
from hypothesis import given, settings

from morelli.collection.sources.iiif_texts import LABELS, read_line, read_metadata, read_texts

from .random_json import anything


@pytest.mark.parametrize(
    ("value", "texts"),
    [
        ("The Mill", ["The Mill"]),
        (["a", "b"], ["a", "b"]),
        ({"@value": "a", "@language": "de"}, ["a"]),
        ([{"@value": "a", "@language": "de"}, {"@value": "b", "@language": "en"}], ["b"]),
        ([{"@value": "a", "@language": "fr"}, "b"], ["b"]),
        ({"en": ["a", "b"]}, ["a", "b"]),
        ({"de": ["a"], "en-GB": ["b"]}, ["b"]),
        ({"de": ["a"], "none": ["b"]}, ["b"]),
        ({"de": ["a"], "@none": ["b"]}, ["b"]),
        ({"nl": ["a"], "it": ["b"]}, ["a"]),
        ({"en": "a"}, ["a"]),
        ({"en": []}, []),
        ({"en": [""], "de": ["b"]}, ["b"]),
        (1890, ["1890"]),
        (None, []),
        (True, []),
        ({}, []),
        ("<p>The <b>Mill</b></p>", ["The Mill"]),
        ("Oil &amp; tempera, 3 < 4 > 2", ["Oil & tempera, 3 < 4 > 2"]),
        ([[[[[["too deep"]]]]]], []),
    ],
)
def test_every_form_of_a_text(value: object, texts: list[str]) -> None:
    assert read_texts(value) == texts


def test_several_texts_make_one_line() -> None:
    assert read_line(["Oil", "canvas"]) == "Oil; canvas"
    assert read_line({}) is None


@pytest.mark.parametrize(
    "label",
    ["Artist", "ARTIST:", "Artist/Maker", {"de": ["Künstler"]}, [{"@value": "Artiste", "@language": "fr"}],
     {"en": ["Made by"], "nl": ["Vervaardiger"]}],
)  # fmt: skip
def test_labels_are_known_in_any_language_case_and_punctuation(label: object) -> None:
    assert read_metadata([{"label": label, "value": {"none": ["Jan Steen"]}}]) == {"artist": ["Jan Steen"]}


def test_pairs_of_one_field_are_put_together_and_others_left_out() -> None:
    pairs = [
        {"label": "Creator", "value": ["Jan Steen", "Frans Hals"]},
        {"label": "Room", "value": "7"},
        {"label": "Artist", "value": "Jan Both"},
        {"label": "Date", "value": ""},
        "text",
        None,
    ]
    assert read_metadata(pairs) == {"artist": ["Jan Steen", "Frans Hals", "Jan Both"]}


def test_no_word_means_two_fields() -> None:
    words = [word for found in LABELS.values() for word in found]
    assert len(words) == len(set(words))


@settings(max_examples=60, deadline=None)
@given(value=anything)
def test_anything_gives_texts_that_can_be_stored(value: object) -> None:
    assert all(text and text.encode() for text in read_texts(value))
    assert isinstance(read_metadata([{"label": value, "value": value}]), dict)
    assert isinstance(read_metadata(value), dict)
