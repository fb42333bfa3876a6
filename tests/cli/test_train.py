"""``morelli train --recipe``: what it prints and leaves, how it goes on, and what it refuses."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from morelli.learn.recipe_files import _FOLDER, _list_names, list_recipes

QUICK = (
    "--recipe", "siamese-triplet", "--encoder", "descriptors",
    "--set", "batches.per_epoch=120", "--set", "batches.size=40",
)  # fmt: skip


@pytest.fixture
def train(morelli, gallery_folder, monkeypatch):
    monkeypatch.setattr("morelli.learn.network.plans._N_VALIDATION_TRIPLETS", 90)
    return lambda output, *options: morelli("train", gallery_folder, *QUICK, *options, "-o", output)


def read_epochs(folder: Path) -> list[str]:
    lines = (folder / "training" / "history.csv").read_text(encoding="utf-8").splitlines()
    return [line.split(",")[0] for line in lines[1:]]


def test_a_recipe_is_trained_and_its_curves_are_drawn(train, tmp_path):
    done = train(tmp_path / "model", "--epochs", 2, "--json")
    assert done.code == 0, done.err
    assert done.json["recipe"]["name"] == "siamese-triplet"
    assert done.json["recipe"]["epochs"] == 2
    assert read_epochs(tmp_path / "model") == ["1", "2"]
    assert (tmp_path / "model" / "training" / "curves.svg").stat().st_size > 1000
    assert "Siamese" in (tmp_path / "model" / "card.md").read_text(encoding="utf-8").title()


def test_a_stopped_training_goes_on_to_the_same_model(train, tmp_path, monkeypatch):
    from morelli.learn.network import loop as run

    assert train(tmp_path / "whole", "--epochs", 3).code == 0
    save, saved = run._Run.save, []

    def stop_after_two(self):
        save(self)
        saved.append(self)
        if len(saved) == 2:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(run._Run, "save", stop_after_two)
        assert train(tmp_path / "stopped", "--epochs", 3).code != 0
    assert read_epochs(tmp_path / "stopped") == ["1", "2"]
    assert train(tmp_path / "stopped", "--epochs", 3, "--resume").code == 0
    assert read_epochs(tmp_path / "stopped") == ["1", "2", "3"]
    whole, stopped = ((tmp_path / name / "model.safetensors").read_bytes() for name in ("whole", "stopped"))
    assert whole == stopped


def test_watching_shows_each_epoch(train, tmp_path):
    done = train(tmp_path / "model", "--epochs", 2, "--watch")
    assert done.code == 0
    assert "epoch" in done.err.lower()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--set", "optimiser.learning_rte=1"), "did you mean learning_rate"),
        (("--set", "epochs"), "section.field=value"),
        (("--trainable", "some"), "trainable"),
        (("--set", "schedule.epochs=0"), "greater than 0"),
    ],
)
def test_what_a_recipe_cannot_be_told_is_refused(morelli, gallery_folder, tmp_path, options, words):
    done = morelli("train", gallery_folder, "--recipe", "siamese-triplet", *options, "-o", tmp_path / "model")
    assert done.code in (1, 2)
    assert words in " ".join(done.err.split())
    assert not (tmp_path / "model" / "card.json").exists()


def test_an_unknown_recipe_gets_the_nearest_name(morelli, gallery_folder, tmp_path):
    done = morelli("train", gallery_folder, "--recipe", "triplet-resnet", "-o", tmp_path / "model")
    assert done.code in (1, 2)
    assert "triplet-resnet18" in done.err


def test_hand_is_the_default(morelli):
    done = morelli("train", "--help")
    assert "[default: hand]" in " ".join(done.out.split())


# ``morelli enrol`` and what ``attribute`` then says.


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


# ``morelli recipes`` lists what can be trained, prints files as they are, and names what was meant.


def test_the_list_has_a_line_for_each_recipe(morelli, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")  # on a narrow terminal the lines are folded
    done = morelli("recipes")
    assert done.code == 0
    lines = done.out.splitlines()
    assert lines[0].strip() == "16 recipes"
    for recipe, line in zip(list_recipes(), lines[2:], strict=True):
        assert line.startswith(f"{recipe.name} ")
        assert recipe.summary in line
        assert all(variant in line for variant in recipe.variants)


def test_the_list_as_json(morelli):
    listed = morelli("recipes", "--json").json
    assert [recipe["name"] for recipe in listed] == list(_list_names())
    [triplet] = [recipe for recipe in listed if recipe["name"] == "triplet-resnet18"]
    assert (triplet["backbone"], triplet["trainable"], triplet["loss"]) == (
        "resnet18",
        "all",
        "triplet-margin",
    )


def test_one_recipe_is_its_file(morelli):
    file = (_FOLDER / "hand.yaml").read_text(encoding="utf-8")
    assert morelli("recipes", "hand").out == file
    assert morelli("recipes", "hand", "--json").json["learner"] == "hand"
    augmented = morelli("recipes", "artist-vit:augmented", "--json").json
    assert (augmented["variant"], augmented["data"]["copies"]) == ("augmented", 2)


def test_what_is_wrong_is_named(refuses, tmp_path: Path):
    assert "did you mean triplet-resnet18" in refuses("recipes", "triplet-resnet").err
    path = tmp_path / "mine.yaml"
    path.write_text((_FOLDER / "hand.yaml").read_text(encoding="utf-8").replace("summary:", "sumary:"))
    assert "did you mean summary" in refuses("recipes", path).err


def test_a_model_is_recalibrated(morelli, unseen_folder, gallery_folder, tmp_path):
    model = tmp_path / "here"
    done = morelli("recalibrate", unseen_folder, "-g", gallery_folder, "-o", model)
    assert done.out.startswith("calibrated on works of ")
    assert "pairs of artists" in (model / "card.md").read_text(encoding="utf-8")
    told = morelli("recalibrate", unseen_folder, "-g", gallery_folder, "-o", model, "--json").json
    assert told["population"]["n_artists"] >= 5
    assert told["bounds"][0] <= 0 <= told["bounds"][1]
    none = morelli("recalibrate", unseen_folder, "-g", gallery_folder, "-o", model, "--where", "year < 0")
    assert none.code == 1
    assert "found 0 artists" in none.err


def test_options_that_a_recipe_ignores_are_refused(refuses, gallery_folder, tmp_path):
    for options in (("--epochs", 3), ("--watch",), ("--devices", 2), ("--resume",), ("--trainable", "all")):
        told = refuses("train", gallery_folder, "-o", tmp_path / "m", *options, code=2).err
        assert f"{options[0]}: expected a recipe that trains a network" in " ".join(told.split())
    assert not (tmp_path / "m").exists()
