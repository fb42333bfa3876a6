"""``morelli enrol`` and what ``attribute`` then says."""

from __future__ import annotations

import shutil

import pytest


@pytest.fixture(scope="module")
def strangers(gallery, unseen_model):
    """Paths and ids of works by an artist whom the model has not met, and the artist."""
    test = unseen_model.split.part("test").join(gallery.works().select("id", "path"), on="id")
    artist = sorted(test["artist"])[0]
    rows = test.filter(test["artist"] == artist)
    return artist, rows["path"].to_list(), rows["id"].to_list()


def test_an_artist_is_enrolled_and_named(morelli, unseen_folder, gallery_folder, strangers, tmp_path):
    artist, paths, ids = strangers
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"no picture")
    model = tmp_path / "m"
    done = morelli("enrol", unseen_folder, *paths[:2], broken, "--artist", artist, "-o", model)
    assert done.code == 0, done
    assert f"{artist}: enrolled from 2 works" in done.out
    assert f"{broken}: " in done.err
    more = morelli("enrol", model, ids[2], "-a", artist, "-g", gallery_folder, "--json")
    assert more.json == {"enrolled": {artist: 3}, "skips": []}
    told = morelli(
        "attribute", paths[0], "-m", model, "-g", gallery_folder, "-k", 99, "--level", 0.8, "--json"
    )
    (answer,) = told.json
    assert {one["artist"]: one["n_enrolled"] for one in answer["candidates"]}[artist] == 3
    assert (answer["level"], answer["n_artists"]) == (0.8, len(answer["candidates"]))
    assert answer["prediction_set"][0] == answer["candidates"][0]["artist"]
    assert 0 < answer["none_of_these"] <= 1
    plain = morelli("attribute", paths[0], "-m", model, "-k", 99)
    assert f"{artist} (enrolled from 3 works)" in plain.out
    assert "in 90 % of cases" in plain.out


def test_refusals(refuses, unseen_folder, strangers, tmp_path):
    artist, paths, _ = strangers
    model = shutil.copytree(unseen_folder, tmp_path / "m")
    before = (model / "card.json").read_bytes()
    (tmp_path / "broken.jpg").write_bytes(b"no picture")
    assert "broken.jpg" in refuses("enrol", model, tmp_path / "broken.jpg", "-a", artist).err
    assert "enrolled once" in refuses("enrol", model, paths[0], paths[0], "-a", artist, code=2).err
    assert "--level" in refuses("attribute", paths[0], "-m", model, "--level", 1.5, code=2).err
    assert (model / "card.json").read_bytes() == before
