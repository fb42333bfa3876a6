"""Doubtful labels are listed, drawn and judged, from the command line."""

from __future__ import annotations

import polars as pl
import pytest

from morelli.gallery import Gallery


@pytest.fixture
def spoiled(gallery_copy):
    """Return a gallery two of whose works have each other's artist, and their ids."""
    opened = Gallery(gallery_copy)
    works = opened.works().sort("artist")
    (first, artist), (last, other) = works.select("id", "artist").row(0), works.select("id", "artist").row(-1)
    swapped = {first: other, last: artist}
    artists = pl.col("id").replace_strict(swapped, default=pl.col("artist"))
    opened.store_works(works.with_columns(artist=artists))
    return gallery_copy, {first, last}


def test_labels_are_reviewed_judged_and_kept(morelli, spoiled, tmp_path):
    folder, swapped = spoiled
    page, table = tmp_path / "review.html", tmp_path / "review.csv"
    done = morelli("review", folder, "--rate", 0.9, "-o", page, "--json")
    assert done.code == 0, done.err
    told = done.json
    assert told["works"] == 144
    listed = {row["id"] for row in told["doubts"]}
    assert listed & swapped
    html = page.read_text(encoding="utf-8")
    assert "Are these by whom they are said to be?" in html
    assert all(work_id in html for work_id in listed)
    morelli("review", folder, "--rate", 0.9, "-o", table)
    rows = pl.read_csv(table)
    rows.with_columns(verdict=pl.lit("wrong")).write_csv(table)
    applied = morelli("review", folder, "--apply", table, "--author", "A. B.", "--json").json
    assert applied == {"added": len(rows), "known": 0, "skips": []}
    again = morelli("review", folder, "--rate", 0.9, "--json").json
    assert (again["doubts"], again["judged"]) == ([], len(rows))
    assert len(morelli("review", folder, "--rate", 0.9, "--judged", "--json").json["doubts"]) == len(rows)
    assert f"judged {len(rows)} more" in " ".join(morelli("review", folder, "--rate", 0.9).out.split())


def test_a_rate_that_is_none_is_refused(refuses, gallery_folder):
    for rate in (0, 1.5, "nan"):
        assert "above 0 and at most 1" in refuses("review", gallery_folder, "--rate", rate, code=2).err
