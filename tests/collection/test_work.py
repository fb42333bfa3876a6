from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from morelli.collection.work import (
    WORKS_SCHEMA,
    CollectedWork,
    Skip,
    Work,
    merge_labels,
    unite_labels,
    works_frame,
    works_from_frame,
)
from morelli.errors import SourceError


def make_work(path: str = "a.jpg", content: str = "0" * 64, **labels: object) -> CollectedWork:
    return CollectedWork(
        work=Work(Path(path), **labels),
        id=content[:16],
        content_hash=content,
        phash="0123456789abcdef",
        dhash="fedcba9876543210",
        width=224,
        height=112,
        format="JPEG",
        size_bytes=5_000_000_000,
        mtime_ns=1_700_000_000_000_000_000,
    )


LABELS = st.one_of(st.none(), st.text(min_size=1, max_size=8))
WORKS = st.builds(
    make_work,
    artist=LABELS,
    title=LABELS,
    year=st.one_of(st.none(), st.integers(1000, 2100)),
    style=LABELS,
    genre=LABELS,
    qualifier=LABELS,
    licence=LABELS,
)


class TestFrame:
    def test_the_schema_is_the_same_for_many_and_none(self) -> None:
        full = make_work(artist="Gris", title="Bottle", year=1913, style="Cubism", genre="still life")
        for works in ([], [make_work()], [make_work(), full]):
            assert works_frame(works).schema == WORKS_SCHEMA
            assert len(works_frame(works)) == len(works)

    def test_columns_in_their_order(self) -> None:
        assert list(WORKS_SCHEMA) == [
            "id", "path", "artist", "title", "year", "year_from", "year_to", "style", "genre",
            "qualifier", "licence", "school", "theme", "medium", "classification", "artist_ids",
            "artist_dates", "address", "source",
            "source_id", "part", "content_hash", "phash", "dhash", "width", "height", "format", "size_bytes",
            "mtime_ns",
            "group_id", "flags",
        ]  # fmt: skip
        assert WORKS_SCHEMA["year"] == pl.Int32

    def test_values(self) -> None:
        row = works_frame([make_work("b/c.jpg", artist="Gris", year=1913)]).row(0, named=True)
        assert (row["path"], row["artist"], row["year"], row["title"]) == ("b/c.jpg", "Gris", 1913, None)
        assert (row["size_bytes"], row["width"], row["height"]) == (5_000_000_000, 224, 112)

    @given(st.lists(WORKS, max_size=3))
    def test_works_survive_the_table(self, works: list[CollectedWork]) -> None:
        assert works_from_frame(works_frame(works)) == works

    def test_further_columns_and_another_order_do_not_matter(self) -> None:
        frame = works_frame([make_work(artist="Gris")])
        frame = frame.select(reversed(frame.columns)).with_columns(pl.lit(1).alias("further"))
        assert works_from_frame(frame) == [make_work(artist="Gris")]

    def test_a_missing_column_is_an_error(self) -> None:
        with pytest.raises(SourceError, match="found none named artist, year"):
            works_from_frame(works_frame([]).drop("artist", "year"))


class TestMerging:
    def test_styles_and_genres_are_united(self) -> None:
        known = make_work("a.jpg", artist="Marc", style="Expressionism", genre="animals")
        new = make_work("b.jpg", artist="Marc", style="Cubism|Expressionism")
        merged = merge_labels(known, new)
        assert merged == replace(known, work=replace(known.work, style="Cubism|Expressionism"))

    def test_what_is_lacking_is_filled_in_and_what_is_there_stays(self) -> None:
        known = make_work("a.jpg", title="Foxes")
        new = make_work("b.jpg", artist="Marc", title="Füchse", year=1913, qualifier="after", licence="CC0")
        merged = merge_labels(known, new)
        assert isinstance(merged, CollectedWork)
        assert merged.work == Work(
            Path("a.jpg"), artist="Marc", title="Foxes", year=1913, qualifier="after", licence="CC0"
        )

    def test_two_artists_are_a_conflict_that_names_both(self) -> None:
        conflict = merge_labels(
            make_work("a.jpg", artist="Vermeer"), make_work("b.jpg", artist="van Meegeren")
        )
        assert conflict == Skip(
            "b.jpg",
            "expected one artist for one picture, found 'van Meegeren' here and 'Vermeer' for the same file "
            "at a.jpg, which was kept",
        )

    def test_two_qualifiers_are_a_conflict(self) -> None:
        first = make_work("a.jpg", artist="Rubens", qualifier="workshop of")
        conflict = merge_labels(first, make_work("b.jpg", artist="Rubens", qualifier="after"))
        assert isinstance(conflict, Skip)
        assert "qualifier" in conflict.reason

    def test_spelling_is_no_conflict(self) -> None:
        merged = merge_labels(make_work(artist="Albrecht Dürer"), make_work(artist="albrecht durer"))
        assert isinstance(merged, CollectedWork)
        assert merged.work.artist == "Albrecht Dürer"

    @given(WORKS)
    def test_a_work_merged_with_itself_only_sorts_its_labels(self, work: CollectedWork) -> None:
        merged = merge_labels(work, work)
        assert isinstance(merged, CollectedWork)
        assert replace(merged.work, style=None, genre=None) == replace(work.work, style=None, genre=None)

    @pytest.mark.parametrize(
        ("first", "second", "united"),
        [(None, None, None), ("a", None, "a"), ("b|a", "c|a", "a|b|c"), ("", "a", "a"), ("|", None, None)],
    )
    def test_labels(self, first: str | None, second: str | None, united: str | None) -> None:
        assert unite_labels(first, second) == united == unite_labels(second, first)
