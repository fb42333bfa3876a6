"""What artists share, and the sentence that says it."""

from __future__ import annotations

import polars as pl

from morelli.judge.attribution import _describe_artists, _share_traits, _Traits
from morelli.judge.words import summarise_attribution

WORKS = pl.DataFrame(
    {
        "artist": ["Sisley", "Sisley", "Sisley", "Pissarro", "Goya", None],
        "style": ["Impressionism|Realism", "Impressionism", "Realism", "Impressionism", None, "Cubism"],
        "school": ["French", "French", None, "French", "Spanish", None],
        "year": [1870, 1880, 1902, 1890, None, 1900],
    },
    schema_overrides={"year": pl.Int32},
)


def test_traits_by_hand():
    described = _describe_artists(WORKS)
    assert described == {
        "Sisley": _Traits("Impressionism", "French", "19th century"),
        "Pissarro": _Traits("Impressionism", "French", "19th century"),
        "Goya": _Traits(None, "Spanish", None),
    }
    assert _share_traits(["Sisley", "Pissarro"], described) == ["Impressionism", "French", "19th century"]
    assert _share_traits(["Sisley", "Goya"], described) == []
    assert _share_traits(["Sisley", "Nobody"], described) == []


def test_sentences():
    five = summarise_attribution(list("ABCDE"), ["Cubism"], 0.95, None, 9)
    assert five.startswith("Cubism; one of 5 artists, A first (such a set")
    assert "in 95 % of cases" in five
    assert summarise_attribution(["A", "B", "C"], [], 0.9, 0.06, 9).startswith("A, B or C (such")
    odd = summarise_attribution(["A"], [], 0.9, 0.05, 9)
    assert odd.startswith("Perhaps none of the 9 artists known: of works by them, 5.0 % look as unlike")
    assert "makes no sets" in summarise_attribution([], [], 0.9, None, 9)
