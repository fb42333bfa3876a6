"""Classes of works: an artist is one name, of styles the first counts."""

from __future__ import annotations

import polars as pl
import pytest

from morelli.collection.classes import CLASSES, class_of
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
    assert CLASSES == ("artist", "style", "genre")
    with pytest.raises(UsageError, match="artist, style or genre, found 'title'"):
        class_of("title")
