"""Recipes are found and checked; what is wrong in one is named with what was meant."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from morelli.errors import RecipeError
from morelli.learn.recipe import Augmentation, Recipe
from morelli.learn.recipe_files import (
    _FOLDER,
    PLUGINS,
    _list_names,
    list_plugin_recipes,
    list_recipes,
    load_recipe,
    read_recipe_text,
    resolve,
)
from plugins import install

NAMES = _list_names()
VARIANTS = [f"{recipe.name}:{variant}" for recipe in list_recipes() for variant in recipe.variants]

PLAIN: dict[str, Any] = {
    "name": "mine",
    "summary": "A recipe of the tests.",
    "source": "here",
    "backbone": {"model": "test_resnet"},
}


@pytest.fixture
def write(tmp_path):
    def write_recipe(**changes: Any) -> Path:
        path = tmp_path / "mine.yaml"
        path.write_text(yaml.safe_dump({**PLAIN, **changes}))
        return path

    return write_recipe


def test_the_published_approaches_are_there():
    assert set(NAMES) == {
        "artist-mobilenet", "artist-vit", "siamese-contrastive", "siamese-triplet", "pair-alexnet",
        "classify-compare", "one-vs-rest", "style-resnet", "style-efficientnet", "triplet-embedding",
        "bce-artists", "triplet-resnet18", "scratch-vgg", "multitask", "hand", "hand-finetuned",
    }  # fmt: skip
    for name in ("artist-mobilenet", "artist-vit", "siamese-contrastive"):
        assert list(load_recipe(name).variants) == ["original", "oversampled", "augmented"]


@pytest.mark.parametrize("name", [*NAMES, *VARIANTS])
def test_each_recipe_and_variant_is_valid_in_every_mode(name):
    recipe = load_recipe(name)
    assert recipe.full_name == name
    for trainable in ("none", 1, "all"):
        resolved = resolve(recipe, trainable)  # type: ignore[arg-type]
        assert (resolved.trainable, resolved.frozen) == (trainable, {})


@pytest.mark.parametrize("name", NAMES)
def test_each_file_says_what_it_is(name):
    recipe, text = load_recipe(name), read_recipe_text(name)
    assert recipe.name == name
    assert text.startswith("# ")
    assert "flip" in text or "mirror" in text
    assert max(len(line) for line in text.splitlines()) <= 120
    assert recipe.head.pair_layers == () or recipe.decision.pair == "network"


@pytest.mark.parametrize("name", [*NAMES, *VARIANTS])
def test_frozen_recipes_move_fast_enough_to_finish_in_a_minute(name):
    recipe = load_recipe(name)
    frozen = resolve(recipe, "none")
    if recipe.learner == "network":
        assert frozen.optimiser.learning_rate >= 1e-4
        assert frozen.schedule.epochs <= 30
        assert frozen.augmentation == Augmentation(noise=frozen.augmentation.noise)


def test_only_the_contest_winner_and_five_blocks_are_mirrored_and_turned_round():
    mirrored = {name for name in [*NAMES, *VARIANTS] if load_recipe(name).augmentation.flip}
    turned = {name for name in [*NAMES, *VARIANTS] if load_recipe(name).augmentation.rotate_degrees > 5}
    assert mirrored == turned == {"scratch-vgg", "triplet-embedding:five-blocks"}


def test_triplet_resnet18_is_what_its_source_says():
    recipe = load_recipe("triplet-resnet18")
    assert recipe.backbone.model == "resnet18"
    assert recipe.backbone.pooling == "map"
    assert [layer.model_dump(exclude_none=True) for layer in recipe.head.layers] == [
        {"dropout": 0.25}, {"linear": 256}, {"dropout": 0.3}, {"linear": 64},
    ]  # fmt: skip
    assert (recipe.loss.name, recipe.loss.margin) == ("triplet-margin", 5)
    assert (recipe.batches.size, recipe.batches.per_epoch) == (200, 30_000)
    assert recipe.data.max_per_artist == 10
    optimiser = recipe.optimiser
    assert (optimiser.name, optimiser.learning_rate, optimiser.weight_decay) == ("adam", 1e-5, 1e-3)


def test_pair_alexnet_is_what_its_source_says():
    recipe = load_recipe("pair-alexnet")
    assert (recipe.backbone.model, recipe.batches.partners, recipe.batches.ratio) == ("alexnet", 36, 1.75)
    assert [layer.linear for layer in recipe.head.pair_layers] == [256, None]
    backbones = {variant: load_recipe(f"pair-alexnet:{variant}").backbone for variant in recipe.variants}
    assert (backbones["vgg19"].model, backbones["resnet34"].model) == ("vgg19", "resnet34")
    assert not backbones["from-scratch"].pretrained


def test_the_contest_winner_is_what_its_source_says():
    recipe = load_recipe("scratch-vgg")
    assert not recipe.backbone.pretrained
    assert (recipe.batches.size, recipe.optimiser.learning_rate) == (96, 7.4e-5)
    assert recipe.optimiser.weight_decay == 2 * 0.003
    assert (recipe.decision.pair, recipe.decision.of) == ("dot", "outputs")


def test_a_variant_changes_what_it_says_and_nothing_else():
    plain, augmented = load_recipe("artist-mobilenet"), load_recipe("artist-mobilenet:augmented")
    assert (plain.data.copies, augmented.data.copies) == (0, 2)
    assert augmented.data.largest == plain.data.largest == 20
    assert augmented.optimiser == plain.optimiser
    assert augmented.variants == {}
    assert load_recipe("artist-mobilenet:original").digest == plain.digest != augmented.digest


def test_frozen_holds_only_where_nothing_of_the_backbone_learns():
    recipe = load_recipe("triplet-resnet18")
    assert recipe.trainable == "all"
    assert resolve(recipe).batches.per_epoch == resolve(recipe, 2).batches.per_epoch == 30_000
    frozen = resolve(recipe, "none")
    assert frozen.batches.per_epoch == 1000
    assert frozen.head.layers == recipe.head.layers
    assert frozen.optimiser.weight_decay == recipe.optimiser.weight_decay
    assert len({each.digest for each in (resolve(recipe), resolve(recipe, 2), frozen)}) == 3


def test_a_file_is_read_and_its_weights_are_beside_it(write, tmp_path):
    path = write(backbone={"model": "test_resnet", "weights": "test.safetensors"})
    recipe = load_recipe(path)
    assert recipe.backbone.weights == tmp_path / "test.safetensors"
    assert resolve(recipe, "all").backbone.weights == tmp_path / "test.safetensors"
    assert recipe.digest == load_recipe(write()).digest
    write(variants={"wide": {"head": {"layers": [{"linear": 9}]}}})
    assert load_recipe(f"{path}:wide").head.layers[0].linear == 9


def test_a_resolved_recipe_survives_yaml(write):
    recipe = resolve(load_recipe("hand-finetuned:arcface"), 1)
    again = Recipe.model_validate(
        yaml.safe_load(yaml.safe_dump(recipe.model_dump(mode="json", exclude_unset=True)))
    )
    assert again == recipe
    assert again.digest == recipe.digest


@pytest.mark.parametrize(
    ("changes", "parts"),
    [
        ({"optimizer": {}}, ["mine.yaml: optimizer", "did you mean optimiser"]),
        ({"optimiser": {"learning_rte": 1}}, ["optimiser.learning_rte", "did you mean learning_rate"]),
        ({"head": {"layers": [{"linaer": 8}]}}, ["head.layers.0.linaer", "did you mean linear"]),
        (
            {"loss": {"name": "triplet"}},
            ["loss.name", "one of cross-entropy, ", "found 'triplet'", "triplet-margin"],
        ),
        (
            {"loss": {"name": "cross-entropy", "labels": ["artists"]}},
            ["loss.labels.0", "did you mean artist"],
        ),
        ({"backbone": {"model": "a", "pooling": "men"}}, ["backbone.pooling", "map", "did you mean mean"]),
        ({"backbone": {}}, ["backbone.model: expected this field"]),
        ({"trainable": "al"}, ["trainable", "none, all or input should be", "did you mean all"]),
        ({"trainable": 0}, ["trainable", "greater than 0"]),
        ({"optimiser": {"learning_rate": -1}}, ["optimiser.learning_rate", "greater than 0", "found -1"]),
        ({"head": {"layers": [{"linear": 8, "dropout": 0.1}]}}, ["head.layers.0", "one of linear, dropout"]),
        ({"name": "Mine"}, ["name", "found 'Mine'"]),
        ({"variants": {"b": {"dta": {}}}}, ["variant b: dta", "did you mean data"]),
        ({"frozen": {"schedule": {"epoch": 3}}}, ["frozen: schedule.epoch", "did you mean epochs"]),
        ({"variants": {"b": {"frozen": {"hed": {}}}}}, ["variant b: frozen: hed", "did you mean head"]),
        ({"batches": {"kind": "pairs"}}, ["batches.kind works or artists for the loss cross-entropy"]),
        ({"loss": {"name": "contrastive"}, "batches": {"kind": "pairs"}}, ["a loss.margin for contrastive"]),
        ({"loss": {"name": "arcface", "margin": 20, "labels": ["artist", "style"]}}, ["one of loss.labels"]),
        ({"decision": {"pair": "pearson"}}, ["decision.of outputs for the pair rule pearson"]),
        ({"decision": {"pair": "network"}}, ["the pair rule network with the loss same-or-not"]),
        ({"loss": {"name": "cross-entropy", "labels": ["style"]}}, ["decision.artist references"]),
        (
            {"loss": {"name": "multi-similarity"}, "decision": {"of": "outputs"}},
            ["decision.of embedding, as multi-similarity has no outputs"],
        ),
        ({"head": {"pair_layers": [{"linear": 8}]}}, ["no head.pair_layers"]),
    ],
)
def test_a_mistake_is_named_with_what_was_meant(write, changes, parts):
    with pytest.raises(RecipeError) as caught:
        load_recipe(write(**changes))
    for part in parts:
        assert part in str(caught.value)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("artist-mobilnet", "did you mean artist-mobilenet"),
        ("qqq", "see 'morelli recipes'"),
        ("artist-vit:overs", "a variant of artist-vit: original, oversampled, augmented"),
        ("hand:wide", "a variant of hand: it has none"),
        ("nowhere/mine.yaml", "No such file"),
        ("C:\\nowhere\\mine.yaml", "No such file"),
    ],
)
def test_what_is_not_there_is_refused(name, message):
    with pytest.raises(RecipeError, match=message):
        load_recipe(name)


@pytest.mark.parametrize(
    ("text", "message"),
    [("a: [", "expected YAML"), ("", "valid dictionary"), ("- a", "valid dictionary"), ("\xff", "no UTF-8")],
)
def test_a_file_that_is_no_recipe_is_refused(tmp_path, text, message):
    path = tmp_path / "mine.yaml"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(RecipeError, match=message):
        load_recipe(path)


def test_what_learns_must_be_something_there_is():
    with pytest.raises(RecipeError, match="trainable"):
        resolve(load_recipe("hand-finetuned"), -1)


def test_recipes_are_listed_without_torch():
    script = "import sys; from morelli.learn import recipe_files; recipe_files.list_recipes()"
    script += "; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_the_package_holds_nothing_but_recipes():
    assert all(path.suffix == ".yaml" for path in _FOLDER.iterdir())


# Recipes of other packages.

MUSEUM = """
from pathlib import Path

TEXT = '''
name: museum
summary: A recipe of another package.
source: there
backbone: {model: test_resnet}
variants: {short: {schedule: {epochs: 3}}}
'''

def read_text():
    return TEXT

def find_file():
    path = Path(__file__).with_name("beside.yaml")
    path.write_text(TEXT.replace("test_resnet", "test_resnet, weights: own.safetensors"))
    return path

def fail():
    raise RuntimeError("no licence")

def count():
    return 3
"""


@pytest.fixture
def museum(tmp_path, monkeypatch):
    names = {
        "museum": "read_text",
        "beside": "find_file",
        "failing": "fail",
        "counting": "count",
        "hand": "fail",
    }
    entries = {name: f"museum_recipes:{function}" for name, function in names.items()}
    install(tmp_path / "site", monkeypatch, PLUGINS, entries, {"museum_recipes": MUSEUM})
    return tmp_path / "site"


def test_a_recipe_of_another_package_is_text_or_a_file(museum):
    assert load_recipe("museum").summary == "A recipe of another package."
    assert load_recipe("museum:short").schedule.epochs == 3
    assert read_recipe_text("museum").startswith("\nname: museum")
    assert load_recipe("beside").backbone.weights == museum / "own.safetensors"


def test_a_recipe_that_is_built_in_stays_what_it_is(museum):
    assert load_recipe("hand").learner == "hand"


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("failing", "plug-in museum 1.2: failing: .*RuntimeError: no licence"),
        ("counting", "plug-in museum 1.2: counting: expected YAML text or the path of a file, found 3"),
        ("museun", "did you mean museum"),
        ("museum:long", "a variant of museum: short"),
    ],
)
def test_a_recipe_of_another_package_that_fails_is_one_sentence(museum, name, found):
    with pytest.raises(RecipeError, match=found) as error:
        load_recipe(name)
    assert "\n" not in str(error.value)


def test_recipes_of_other_packages_are_listed_without_those_that_fail(museum, caplog):
    assert [recipe.name for recipe in list_plugin_recipes()] == ["museum", "museum"]
    assert [record.message.split(":")[1].strip() for record in caplog.records] == ["counting", "failing"]
