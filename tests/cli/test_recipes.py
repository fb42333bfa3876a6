"""``morelli recipes`` lists what can be trained, prints files as they are, and names what was meant."""

from __future__ import annotations

from pathlib import Path

from morelli.learn.recipe_files import FOLDER, list_names, list_recipes


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
    assert [recipe["name"] for recipe in listed] == list(list_names())
    [triplet] = [recipe for recipe in listed if recipe["name"] == "triplet-resnet18"]
    assert (triplet["backbone"], triplet["trainable"], triplet["loss"]) == (
        "resnet18",
        "all",
        "triplet-margin",
    )


def test_one_recipe_is_its_file(morelli):
    file = (FOLDER / "hand.yaml").read_text(encoding="utf-8")
    assert morelli("recipes", "hand").out == file
    assert morelli("recipes", "hand", "--json").json["learner"] == "hand"
    augmented = morelli("recipes", "artist-vit:augmented", "--json").json
    assert (augmented["variant"], augmented["data"]["copies"]) == ("augmented", 2)


def test_what_is_wrong_is_named(refuses, tmp_path: Path):
    assert "did you mean triplet-resnet18" in refuses("recipes", "triplet-resnet").err
    path = tmp_path / "mine.yaml"
    path.write_text((FOLDER / "hand.yaml").read_text(encoding="utf-8").replace("summary:", "sumary:"))
    assert "did you mean summary" in refuses("recipes", path).err
