"""Weights go to the backbones they are named for, with what they ask of a picture."""

from __future__ import annotations

from pathlib import Path

import pytest

from evaluate.boards import make_recipe
from morelli.errors import EncoderError, UsageError
from morelli.evaluate.bench_backbones import Start, change_recipe, digest_file, find_weights, list_starts

ENCODER = """
parts:
  - model: test_resnet
    weights: a.safetensors
    mean: [0.5, 0.5, 0.5]
    layers: [layer2]
    size_px: 64
  - model: descriptors
"""


def test_an_encoder_file_gives_weights_and_what_they_ask_for(tmp_path: Path) -> None:
    (tmp_path / "a.safetensors").write_bytes(b"0")
    (tmp_path / "e.yaml").write_text(ENCODER)
    starts = list_starts([str(tmp_path / "e.yaml")])
    weights = tmp_path / "a.safetensors"
    assert starts == {"test_resnet": Start(weights, {"mean": (0.5, 0.5, 0.5)})}
    changed = change_recipe(make_recipe("raw"), starts)
    assert changed.backbone.mean == (0.5, 0.5, 0.5)
    assert changed.backbone.layers == make_recipe("raw").backbone.layers  # these are for the recipe to say
    assert find_weights(changed, starts) == (weights,)


def test_a_pair_gives_weights_alone(tmp_path: Path) -> None:
    weights = tmp_path / "a.safetensors"
    weights.write_bytes(b"0")
    starts = list_starts([f"test_vit={weights}"])
    recipe = make_recipe("raw")
    assert change_recipe(recipe, starts) == recipe
    assert find_weights(recipe, starts) == ()
    assert find_weights(make_recipe("other", model="test_vit"), starts) == (weights,)
    assert find_weights(make_recipe("mine", learner="hand", model="test_vit"), starts) == ()


def test_backbones_without_weights_can_start_from_scratch(tmp_path: Path) -> None:
    recipe = make_recipe("raw")
    assert change_recipe(recipe, {}).backbone.pretrained
    drawn = change_recipe(recipe, {}, from_scratch=True)
    assert not drawn.backbone.pretrained
    assert drawn.digest != recipe.digest
    assert change_recipe(recipe, {"test_resnet": Start(tmp_path)}, from_scratch=True).backbone.pretrained
    assert change_recipe(make_recipe("mine", learner="hand"), {}, from_scratch=True).backbone.pretrained


def test_fewer_epochs_hold_for_frozen_recipes_too() -> None:
    changed = change_recipe(make_recipe("raw"), {}, epochs=2)
    assert changed.schedule.epochs == changed.frozen["schedule"]["epochs"] == 2


@pytest.mark.parametrize("text", ["resnet18", "=file", "resnet18=", "resnet18=missing.pth"])
def test_weights_that_make_no_sense_are_refused(text: str) -> None:
    with pytest.raises(UsageError, match="MODEL=FILE"):
        list_starts([text])


def test_encoder_files_that_make_no_sense_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "e.yaml"
    path.write_text("parts: [{model: descriptors}]")
    with pytest.raises(UsageError, match="no part that names its weights"):
        list_starts([str(path)])
    path.write_text(ENCODER)
    with pytest.raises(UsageError, match="no file"):
        list_starts([str(path)])
    (tmp_path / "a.safetensors").write_bytes(b"0")
    with pytest.raises(UsageError, match="twice"):
        list_starts([str(path), f"test_resnet={tmp_path / 'a.safetensors'}"])
    path.write_text("parts: [{modell: resnet18}]")
    with pytest.raises(EncoderError, match="model"):
        list_starts([str(path)])


def test_a_digest_is_of_the_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"abc")
    assert digest_file(path).startswith("ba7816bf")  # FIPS 180-2, appendix B.1
    with pytest.raises(UsageError, match="correct the path"):
        digest_file(tmp_path / "missing")
