"""``morelli bench`` and ``morelli reproduce``: boards from the command line, with a fake training."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest

from bench.boards import FakeTraining
from morelli.bench.cells import measure_model
from morelli.bench.run import choose_recipes
from morelli.cli.options import parse_trainable
from morelli.errors import UsageError
from morelli.learn.recipe_files import list_recipes

RECIPE = """
name: raw
summary: One way to learn, for tests only.
source: nobody
backbone: {model: test_resnet}
"""


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    path = tmp_path / "raw.yaml"
    path.write_text(RECIPE)
    return path


@pytest.fixture
def training(monkeypatch, unseen_model, seen_model) -> FakeTraining:
    """Return a training that takes no time, and let its models be measured with few resamples."""
    monkeypatch.setattr(
        "morelli.bench.run.measure_model",
        lambda gallery, model, *, seed, n_boot: measure_model(gallery, model, seed=seed, n_boot=20),
    )
    fake = FakeTraining(unseen_model, seen_model)
    module = ModuleType("morelli.learn.training")
    module.train_recipe = fake
    monkeypatch.setitem(sys.modules, "morelli.learn.training", module)
    return fake


def test_a_bench_writes_its_board_and_goes_on(morelli, gallery_folder, recipe, training, tmp_path) -> None:
    command = ("bench", gallery_folder, "-r", recipe, "-s", "seen", "-s", "unseen", "--seeds", 1)
    board = morelli(*command, "-o", tmp_path / "b", "--epochs", 2, "--trainable", 1, "--json").json
    [line] = board["lines"]
    assert {"top_1", "seen_pair_auc", "unseen_pair_auc"} <= set(line["measures"])
    assert training.calls[0]["trainable"] == 1
    assert training.calls[0]["epochs"] == (2, 2)
    assert (tmp_path / "b" / "board.html").exists()
    shown = morelli(*command, "-o", tmp_path / "b", "--epochs", 2, "--trainable", 1)
    assert "seen artists" in shown.out
    assert shown.out.count("\nraw ") == 3  # seen, unseen, training
    assert "board:" in shown.err
    assert len(training.calls) == 2


def test_a_bench_without_a_cell_ends_with_1(morelli, gallery_folder, training, tmp_path) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text(RECIPE.replace("raw", "broken"))
    done = morelli("bench", gallery_folder, "-r", path, "--seeds", 1, "-o", tmp_path / "b")
    assert done.code == 1
    assert "not made: broken, unseen, seed 0: network: expected weights" in done.err
    assert (tmp_path / "b" / "board.md").exists()


def test_all_stands_for_every_recipe_with_its_variants() -> None:
    labels = set(choose_recipes("all"))
    assert {recipe.name for recipe in list_recipes()} <= labels
    assert {"artist-vit:oversampled", "artist-vit:augmented"} <= labels
    assert not any(label.endswith(":original") for label in labels)


def test_recipes_and_what_learns_are_checked() -> None:
    assert list(choose_recipes("artist-vit:original, hand")) == ["artist-vit", "hand"]
    with pytest.raises(UsageError, match="twice"):
        choose_recipes("hand,hand")
    assert [parse_trainable(text) for text in (None, "none", "all", "3")] == [None, "none", "all", 3]
    for text in ("some", "0", "-1"):
        with pytest.raises(UsageError, match="last blocks"):
            parse_trainable(text)


def test_the_list_names_published_figures(morelli) -> None:
    assert "0.8178" in morelli("reproduce", "--list").out
    assert morelli("reproduce", "--list", "--json").json["contest-pairs"]["needs_pairs"]


def test_a_board_is_run_again(morelli, gallery_folder, recipe, training, tmp_path) -> None:
    [found] = morelli(
        "reproduce", "best-artworks-seen", "--source", f"best-artworks={gallery_folder}", "-r", recipe,
        "--seeds", 1, "-o", tmp_path, "--json",
    ).json  # fmt: skip
    assert found["board"]["lines"][0]["recipe"] == "raw"
    assert training.calls[0]["trainable"] == "none"
    assert (tmp_path / "best-artworks-seen" / "board.csv").exists()


def test_a_protocol_prints_published_figures(
    morelli, gallery_folder, recipe, training, unseen_model, monkeypatch, tmp_path
) -> None:
    from morelli.bench.published import _SplitRule

    monkeypatch.setattr(_SplitRule, "draw", lambda self, works, *, seed: unseen_model.split)
    done = morelli(
        "reproduce", "triplets-disjoint", "--source", f"painter-by-numbers={gallery_folder}", "-r", recipe,
        "--seeds", 1, "-o", tmp_path,
    )  # fmt: skip
    assert done.code == 0, done.err
    assert "0.8178" in done.out
    assert "where ours differs" in done.out
    assert "| triplet-resnet18 |" in (tmp_path / "triplets-disjoint" / "published.md").read_text()


def test_pictures_are_collected_first(drawn, tmp_path) -> None:
    from morelli.bench.reproduction import _open_or_collect
    from morelli.settings import Settings

    gallery, sentence = _open_or_collect(str(drawn), tmp_path / "g", Settings(workers=0))
    assert sentence == f"144 works in {tmp_path / 'g'}, 0 skipped"
    assert gallery.count_works() == 144
    again, sentence = _open_or_collect(str(tmp_path / "g"), tmp_path / "other", Settings())
    assert (again.count_works(), sentence) == (144, "")


def test_what_is_missing_is_named(refuses, gallery_folder, tmp_path) -> None:
    assert "--source wikiart=PATH" in refuses("reproduce", "wikiart-unseen", code=2).err
    source = ("--source", f"painter-by-numbers={gallery_folder}")
    assert "--pairs" in refuses("reproduce", "contest-pairs", *source, "-o", tmp_path, code=2).err
