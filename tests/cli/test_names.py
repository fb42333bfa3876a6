"""``morelli names``: suggestions out, a review in, works renamed, and the aliases kept."""

from __future__ import annotations

import csv
from pathlib import Path

import polars as pl
import pytest

from morelli.gallery import Gallery


@pytest.fixture
def twins(gallery_copy: Path) -> tuple[str, str]:
    """Give half the works of one artist another spelling; return both."""
    gallery = Gallery(gallery_copy)
    works = gallery.works()
    artist = works["artist"].sort()[0]
    misspelt = artist[:-1] + artist[-1] * 2
    ids = works.filter(pl.col("artist") == artist)["id"].to_list()[:4]
    gallery.store_works(works.filter(pl.col("id").is_in(ids)).with_columns(pl.lit(misspelt).alias("artist")))
    return artist, misspelt


def test_twins_are_suggested_reviewed_and_merged(morelli, gallery_copy, tmp_path, twins):
    artist, misspelt = twins
    suggested = morelli("names", gallery_copy, "-o", tmp_path / "twins.csv", "--json").json
    assert [(twin["alias"], twin["artist"]) for twin in suggested] == [(misspelt, artist)]
    rows = list(csv.DictReader((tmp_path / "twins.csv").open(encoding="utf-8")))
    assert [row["decision"] for row in rows] == [""]

    done = morelli("names", gallery_copy, "--apply", tmp_path / "twins.csv")
    assert done.out == "0 aliases stored, 0 works renamed\n"
    (tmp_path / "twins.csv").write_text(
        f"alias,artist,decision\n{misspelt},{artist},same\n", encoding="utf-8"
    )
    done = morelli("names", gallery_copy, "--apply", tmp_path / "twins.csv", "--json").json
    assert done == {"aliases": {misspelt: artist}, "renamed": 4}

    gallery = Gallery(gallery_copy)
    assert gallery.aliases() == {misspelt: artist}
    assert gallery.works().filter(pl.col("artist") == misspelt).is_empty()
    assert gallery.works().filter(pl.col("artist") == artist).height == 12
    assert morelli("names", gallery_copy).out.startswith("0 pairs")


def test_suggestions_are_a_table_and_change_nothing(morelli, gallery_copy, twins):
    done = morelli("names", gallery_copy)
    assert done.code == 0
    assert all(name in done.out for name in twins)
    assert Gallery(gallery_copy).aliases() == {}


def test_new_aliases_join_the_old_ones(gallery_copy, twins):
    gallery = Gallery(gallery_copy)
    artist, misspelt = twins
    gallery.store_aliases({misspelt: artist})
    gallery.store_aliases({artist: "Somebody Else"})
    assert gallery.aliases() == {misspelt: "Somebody Else", artist: "Somebody Else"}
    assert artist not in gallery.works()["artist"].to_list()


def test_aliases_that_make_a_circle_with_the_old_ones_are_refused(refuses, gallery_copy, tmp_path, twins):
    artist, misspelt = twins
    Gallery(gallery_copy).store_aliases({misspelt: artist})
    (tmp_path / "back.csv").write_text(f"alias,artist,decision\n{artist},{misspelt},same\n", encoding="utf-8")
    assert (
        "aliases that end at an artist"
        in refuses("names", gallery_copy, "--apply", tmp_path / "back.csv").err
    )
    assert Gallery(gallery_copy).aliases() == {misspelt: artist}


def test_what_makes_no_sense_is_refused(refuses, gallery_copy, tmp_path):
    refuses("names", gallery_copy, "--score", "2", code=2)
    refuses("names", gallery_copy, "--apply", tmp_path / "absent.csv")
    refuses("names", gallery_copy, "--apply", "x.csv", "-o", "y.csv", code=2)
    refuses("names", "absent")


def test_an_authority_knows_artists_under_other_names(morelli, gallery_copy, tmp_path):
    artist = Gallery(gallery_copy).works()["artist"].sort()[0]
    first, _, last = artist.rpartition(" ")
    (tmp_path / "constituents.csv").write_text(
        "constituentid,preferreddisplayname,forwarddisplayname,lastname,artistofngaobject,constituenttype\n"
        '1,"Painter, Preferred",Preferred Painter,Painter,1,individual\n',
        encoding="utf-8",
    )
    (tmp_path / "constituents_altnames.csv").write_text(
        "altnameid,constituentid,lastname,displayname,forwarddisplayname,nametype\n"
        f'1,1,{last},"{last}, {first}",{artist},Alternate\n',
        encoding="utf-8",
    )
    [twin] = morelli("names", gallery_copy, "--authority", tmp_path, "--json").json
    assert (twin["alias"], twin["artist"], twin["reason"]) == (artist, "Preferred Painter", "authority")
