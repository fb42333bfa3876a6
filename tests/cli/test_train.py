"""``morelli train --recipe``: what it prints and leaves, how it goes on, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

QUICK = (
    "--recipe", "siamese-triplet", "--encoder", "descriptors",
    "--set", "batches.per_epoch=120", "--set", "batches.size=40",
)  # fmt: skip


@pytest.fixture
def train(morelli, gallery_folder, monkeypatch):
    monkeypatch.setattr("morelli.learn.plans.N_CHECK_TRIPLETS", 90)
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
    from morelli.learn import run

    assert train(tmp_path / "whole", "--epochs", 3).code == 0
    save, saved = run.Run.save, []

    def stop_after_two(self):
        save(self)
        saved.append(self)
        if len(saved) == 2:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(run.Run, "save", stop_after_two)
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
