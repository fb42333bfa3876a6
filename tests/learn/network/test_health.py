"""A network that is dead, collapsed or at chance is noticed; batch statistics are a stated choice."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from morelli.collection.splits import draw_split
from morelli.errors import TrainingError
from morelli.gallery import Gallery
from morelli.learn.network.course import _recalibrate, open_backbone
from morelli.learn.network.data import Training
from morelli.learn.network.health import Health, Watch
from morelli.learn.network.history import EpochRow, History
from morelli.learn.network.learner import Learner
from morelli.learn.network.loop import RunOptions, fit_network
from morelli.learn.network.plans import Batch, IndexedWorks
from morelli.learn.recipe import Optimiser, Recipe, Schedule, settle_batch_norm
from morelli.learn.recipe_files import load_recipe, resolve
from morelli.learn.training import train_recipe
from morelli.model import read_model
from morelli.settings import Settings, ignore_progress

N, SIDE = 24, 8
GENERATOR = np.random.default_rng(0)
CLASSES = np.arange(N) % 2
PICTURES = torch.from_numpy(GENERATOR.normal(CLASSES[:, None, None, None], 1, (N, 3, SIDE, SIDE))).float()
LEARNABLE = load_recipe("artist-mobilenet")


class Body(nn.Module):
    """A convolution, batch normalisation and a bend; `bias` moves what is bent."""

    def __init__(self, bias: float = 0.0) -> None:
        super().__init__()
        self.conv, self.norm, self.act = nn.Conv2d(3, 6, 3), nn.BatchNorm2d(6), nn.ReLU()
        nn.init.constant_(self.norm.bias, bias)

    def forward(self, pictures: Tensor) -> Tensor:
        rows: Tensor = self.act(self.norm(self.conv(pictures))).mean(dim=(2, 3))
        return rows


class Plan:
    """Batches of eight works, two of them to check on."""

    def list_batches(self, epoch: int) -> list[Batch]:
        return [make_batch(np.arange(start, start + 8)) for start in (0, 8)]

    def list_validation_batches(self) -> list[Batch]:
        return [make_batch(np.arange(16, N))]


class Inputs:
    def read(self, batch: Batch, *, epoch: int, is_training: bool) -> Tensor:
        return PICTURES[batch.rows[:, 0]]


def make_batch(rows: np.ndarray) -> Batch:
    return Batch(rows[:, None], np.zeros_like(rows)[:, None], {"artist": CLASSES[rows]})


def make_recipe(batch_norm: str) -> Recipe:
    return LEARNABLE.model_copy(
        update={"backbone": LEARNABLE.backbone.model_copy(update={"batch_norm": batch_norm})}
    )


def make_learner(batch_norm: str = "batch", bias: float = 0.0) -> Learner:
    torch.manual_seed(0)
    return Learner(make_recipe(batch_norm), 6, {"artist": torch.tensor([8, 8])}, body=Body(bias))


def fit(learner: Learner, folder: Path, *, rate: float = 0.05, epochs: int = 2, **options: Any) -> History:
    run = RunOptions(
        Optimiser(name="adam", learning_rate=rate), Schedule(epochs=epochs, keep="last"),
        learner.list_groups(1.0), folder, seed=0, identity="tiny", accelerator="cpu", **options,
    )  # fmt: skip
    return fit_network(learner, Plan(), Inputs(), run)


def read_statistics(learner: Learner) -> list[bytes]:
    norm = learner.body.norm  # type: ignore[union-attr]
    return [norm.running_mean.numpy().tobytes(), norm.running_var.numpy().tobytes()]


@pytest.mark.parametrize("batch_norm", ["frozen", "recalibrated", "batch"])
def test_kept_statistics_stay_to_the_bit_and_others_move(batch_norm: str, tmp_path: Path) -> None:
    learner = make_learner(batch_norm)
    before, weights = read_statistics(learner), learner.body.norm.weight.detach().clone()  # type: ignore[union-attr]
    fit(learner, tmp_path)
    assert (read_statistics(learner) == before) == (batch_norm != "batch")
    assert not torch.equal(learner.body.norm.weight, weights)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("kind", "size", "n_works", "has_weights", "chosen"),
    [
        ("works", 32, 9000, True, "frozen"), ("works", 64, 2000, True, "batch"),
        ("works", 64, 1999, True, "frozen"), ("pairs", 32, 2000, True, "batch"),
        ("triplets", 21, 5000, True, "frozen"), ("works", 8, 100, False, "batch"),
    ],
)  # fmt: skip
def test_which_statistics_are_chosen(
    kind: str, size: int, n_works: int, has_weights: bool, chosen: str
) -> None:
    name = {"works": "artist-mobilenet", "pairs": "siamese-contrastive", "triplets": "triplet-resnet18"}[kind]
    recipe = resolve(load_recipe(name), "all", changes={"batches": {"size": size}})
    found = settle_batch_norm(recipe, n_works, has_weights=has_weights)
    assert found.backbone.batch_norm == chosen
    assert settle_batch_norm(found, 10, has_weights=not has_weights) == found  # what is said stays
    frozen = resolve(load_recipe(name), "none")
    assert settle_batch_norm(frozen, n_works, has_weights=has_weights) == frozen


def test_a_dead_network_is_stopped_and_the_layer_and_the_cause_are_named(tmp_path: Path) -> None:
    with pytest.raises(TrainingError) as caught:
        fit(make_learner(bias=-50), tmp_path)
    message = str(caught.value)
    assert "epoch 1, step 2" in message
    assert "100.0% of them zero, first after act" in message
    assert "set backbone.batch_norm=frozen; or add --keep-going" in message


def test_frozen_statistics_are_not_called_the_cause(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=r"lower optimiser\.learning_rate"):
        fit(make_learner("frozen", bias=-50), tmp_path)


def test_one_may_go_on_with_a_dead_network(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    history = fit(make_learner(bias=-50), tmp_path, keep_going=True)
    assert len(history.rows) == 2
    assert caplog.text.count("100.0% of them zero") == 2
    fit(make_learner(), tmp_path)
    assert len((tmp_path / "health.jsonl").read_text().splitlines()) == 2  # those of this run alone
    assert "nothing that can be told from chance" in history.describe_chance()


def test_a_collapsed_embedding_is_noticed(tmp_path: Path) -> None:
    learner = make_learner()
    watch = Watch(learner, tmp_path)
    seen = replace(look(learner, watch), spread=1e-7)
    assert seen.is_collapsed
    assert not seen.is_dead
    assert "the same embedding for all of them" in str(watch.describe_fault(seen, PICTURES))


def look(learner: Learner, watch: Watch) -> Health:
    targets = {"artist": torch.from_numpy(CLASSES)}
    losses, _ = learner(PICTURES, targets)
    losses.mean().backward()
    seen = watch.look(1, 1, targets, losses.detach())
    assert seen is not None
    return seen


def test_what_is_seen_is_what_plain_pytorch_says(tmp_path: Path) -> None:
    learner = make_learner().eval()
    seen = look(learner, Watch(learner, tmp_path))
    rows = learner.embed(PICTURES).detach().numpy()
    assert seen.zero_share == pytest.approx((rows == 0).mean(), abs=1e-6)
    units = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    assert seen.spread == pytest.approx(1 - np.linalg.norm(units.mean(axis=0)), abs=1e-5)
    layer = learner.criterion.layers["artist"]  # type: ignore[index]
    logits = rows.mean(axis=0) @ layer.weight.detach().numpy().T + layer.bias.detach().numpy()
    chances = np.exp(logits) / np.exp(logits).sum()
    assert seen.constant_loss == pytest.approx(-np.log(chances[CLASSES]).mean(), abs=1e-5)
    norm = math.sqrt(sum(float(p.grad.square().sum()) for p in learner.body.conv.parameters()))  # type: ignore[union-attr]
    assert seen.gradient_norms["body.conv"] == pytest.approx(norm, rel=1e-5)
    (line,) = (tmp_path / "health.jsonl").read_text().splitlines()
    assert json.loads(line)["spread"] == seen.spread


def test_learning_is_told_from_chance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert fit(make_learner(), tmp_path / "told", epochs=12).describe_chance() == ""
    monkeypatch.setitem(globals(), "CLASSES", np.random.default_rng(5).permutation(CLASSES))
    drawn = fit(make_learner(), tmp_path / "drawn", epochs=2, rate=1e-5)
    assert "learnt nothing that can be told from chance" in drawn.describe_chance()


def test_without_a_check_nothing_is_said_of_chance() -> None:
    assert History((EpochRow(1, 0.7, 0.5, math.nan, math.nan, 1e-3, 1.0, 1.0),)).describe_chance() == ""
    assert History((EpochRow(1, 0.7, 0.5, 0.7, 0.5, 1e-3, 1.0, 1.0),)).describe_chance() == ""


def test_recalibrated_statistics_are_those_of_the_training_works() -> None:
    small = {"model": "test_resnet", "pretrained": False, "size_px": 32, "batch_norm": "recalibrated"}
    recipe = resolve(LEARNABLE, "all", changes={"backbone": small})
    backbone = open_backbone(recipe, (), seed=0)
    pictures = torch.from_numpy(GENERATOR.normal(size=(12, 3, 32, 32)).astype(np.float32))

    class Stored:
        def read(self, batch: Batch, *, epoch: int, is_training: bool) -> Tensor:
            assert not is_training
            return pictures[batch.rows[:, 0]]

    works = IndexedWorks(np.arange(12), np.zeros(12, dtype=np.intp), ["A"] * 12, {})
    _recalibrate(Stored(), backbone, works, ignore_progress)  # type: ignore[arg-type]
    norm = next(part for part in backbone.network.modules() if isinstance(part, nn.BatchNorm2d))
    first = next(part for part in backbone.network.modules() if isinstance(part, nn.Conv2d))
    with torch.no_grad():
        found = first(pictures)
    np.testing.assert_allclose(norm.running_mean, found.mean(dim=(0, 2, 3)), atol=1e-5)
    np.testing.assert_allclose(norm.running_var, found.var(dim=(0, 2, 3)), rtol=1e-4)
    assert norm.momentum == 0.1
    assert not norm.training


def test_the_card_names_the_statistics_and_warns_of_chance(
    gallery_copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("morelli.learn.network.history._NO_GAIN", 0.0)
    monkeypatch.setattr("morelli.learn.network.loop._Tally.chance_accuracy", 1.0)
    gallery = Gallery(gallery_copy)
    changes = {
        "backbone": {"model": "test_resnet", "size_px": 32, "pretrained": False, "batch_norm": "frozen"},
        "schedule": {"epochs": 1}, "data": {"largest": None, "max_per_artist": 3},
    }  # fmt: skip
    split = draw_split(gallery.works(), "seen")
    settings = Settings(workers=0, device="cpu")
    train_recipe(
        Training(gallery, LEARNABLE, split, tmp_path, settings=settings, trainable="all", changes=changes)
    )
    facts = read_model(tmp_path).facts
    assert facts["recipe"]["batch_norm"] == "frozen"
    assert facts["recipe"]["at_chance"] in facts["warnings"]
    assert facts["recipe"]["at_chance"].startswith("The network has learnt nothing")
