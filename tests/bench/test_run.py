"""Cells are made once, with their options, and a cell that fails does not stop the others."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.boards import FakeTraining, make_recipe
from morelli.bench.cells import MEASURES, measure_model, name_cell, read_cell
from morelli.bench.run import (
    BenchOptions,
    Start,
    _change_recipe,
    _digest_file,
    _find_weights,
    _list_parts,
    _settle_encoder,
    list_starts,
    run_bench,
)
from morelli.errors import EncoderError, GalleryError, UsageError

FEW = BenchOptions(n_seeds=2, n_boot=40)


def bench(gallery, model, folder: Path, names=("raw", "learnt"), options=FEW, training=None):
    """Return the board and the training that was asked."""
    training = training or FakeTraining(model)
    recipes = {name: make_recipe(name) for name in names}
    board = run_bench(gallery, recipes, {"unseen": model.split}, folder, train=training, options=options)
    return board, training


def test_a_model_is_measured_on_its_part(gallery, unseen_model, seen_model) -> None:
    for model, part in ((unseen_model, "unseen"), (seen_model, "seen")):
        measured = measure_model(gallery, model, n_boot=20)
        wanted = {measure.key for measure in MEASURES if measure.part == part}
        assert {row.key for row in measured.rows} == wanted
        assert set(measured.to_replicates().digests) == {part}
        assert _list_parts(model.split) == [part]


def test_artists_that_were_not_taught_are_named_wrongly(gallery, seen_model) -> None:
    from dataclasses import replace

    head = seen_model.attribution
    half = len(head.artists) // 2
    few = replace(
        head,
        artists=head.artists[:half],
        coefficients=head.coefficients[:, :half],
        intercepts=head.intercepts[:half],
        nearest=None,
    )
    rows = {
        row.key: row for row in measure_model(gallery, replace(seen_model, attribution=few), n_boot=20).rows
    }
    assert rows["attribution/seen/all/balanced_accuracy"].value <= 0.5


def test_each_recipe_is_trained_with_each_seed(gallery, unseen_model, tmp_path: Path) -> None:
    board, training = bench(gallery, unseen_model, tmp_path)
    assert [(call["recipe"], call["seed"]) for call in training.calls] == [
        ("raw", 0), ("learnt", 0), ("raw", 1), ("learnt", 1)
    ]  # fmt: skip
    assert {line.label for line in board.lines} == {"raw", "learnt"}
    for line in board.lines:
        assert line.costs["train_seconds"] == 2.5
        assert line.costs["model_megabytes"] > 0
        assert line.spreads["unseen_pair_auc"] == 0


def test_whole_cells_are_not_made_again(gallery, unseen_model, tmp_path: Path) -> None:
    first, training = bench(gallery, unseen_model, tmp_path)
    (tmp_path / "cells" / "raw-unseen-1" / "cell.json").unlink()  # as if stopped before the last word
    second, _ = bench(gallery, unseen_model, tmp_path, training=training)
    assert [(call["recipe"], call["resume"]) for call in training.calls[4:]] == [("raw", True)]
    for one, other in zip(first.lines, second.lines, strict=True):
        assert one.label == other.label
        for name, row in one.rows.items():
            again = other.rows[name]
            assert (again.value, again.low) == pytest.approx((row.value, row.low))


def test_cells_of_other_options_are_made_again(gallery, unseen_model, tmp_path: Path) -> None:
    _, training = bench(gallery, unseen_model, tmp_path, names=("raw",))
    longer = BenchOptions(n_seeds=1, n_boot=40, epochs=7)
    bench(gallery, unseen_model, tmp_path, names=("raw",), options=longer, training=training)
    assert training.calls[-1]["epochs"] == (7, 7)
    assert not training.calls[-1]["resume"]


def test_a_cell_that_fails_is_listed_and_tried_again(gallery, unseen_model, tmp_path: Path) -> None:
    names = ("broken", "raw")
    board, training = bench(gallery, unseen_model, tmp_path, names=names)
    assert [line.label for line in board.lines] == ["raw"]
    assert [(one.label, one.seed) for one in board.failures] == [("broken", 0), ("broken", 1)]
    assert "give --weights" in (tmp_path / "cells" / "broken-unseen-0" / "error.txt").read_text()
    training.mends.add("broken")
    board, _ = bench(gallery, unseen_model, tmp_path, names=names, training=training)
    assert not board.failures
    assert not (tmp_path / "cells" / "broken-unseen-0" / "error.txt").exists()


def test_a_damaged_cell_is_made_again(gallery, unseen_model, tmp_path: Path) -> None:
    _, training = bench(gallery, unseen_model, tmp_path, names=("raw",))
    own = tmp_path / "cells" / name_cell("raw", "unseen", 0)
    options = json.loads((own / "options.json").read_text())
    assert read_cell(own, options) is not None
    (own / "replicates.safetensors").write_bytes(b"cut off")
    assert read_cell(own, options) is None
    bench(gallery, unseen_model, tmp_path, names=("raw",), training=training)
    assert len(training.calls) == 3


def test_the_progress_names_each_cell(gallery, unseen_model, tmp_path: Path) -> None:
    told = []
    run_bench(
        gallery,
        {"raw": make_recipe("raw")},
        {"unseen": unseen_model.split},
        tmp_path,
        train=FakeTraining(unseen_model),
        options=BenchOptions(n_seeds=1, n_boot=20),
        progress=lambda *step: told.append(step),
    )
    assert told == [
        ("raw, unseen, seed 0", 0, 1),
        ("raw, unseen, seed 0: learning: 3 of 10", 0, 1),
        ("board", 1, 1),
    ]


def test_weights_go_to_the_recipe_of_their_backbone(gallery, unseen_model, tmp_path: Path) -> None:
    weights = tmp_path / "w.safetensors"
    weights.write_bytes(b"0")
    options = BenchOptions(n_seeds=1, n_boot=20, starts=list_starts([f"test_vit={weights}"]))
    training = FakeTraining(unseen_model)
    recipes = {"raw": make_recipe("raw"), "other": make_recipe("other", model="test_vit")}
    run_bench(
        gallery, recipes, {"unseen": unseen_model.split}, tmp_path / "b", train=training, options=options
    )
    assert [call["weights"] for call in training.calls] == [(), (weights,)]


def test_hand_keeps_the_encoder_that_it_began_with(
    gallery, unseen_model, tmp_path: Path, monkeypatch
) -> None:
    training = FakeTraining(unseen_model)
    recipes = {"mine": make_recipe("mine", learner="hand"), "raw": make_recipe("raw")}
    for n_seeds in (1, 2):
        options = BenchOptions(n_seeds=n_seeds, n_boot=20)
        run_bench(gallery, recipes, {"u": unseen_model.split}, tmp_path, train=training, options=options)
        # by now a network has stored vectors of its own
        monkeypatch.setattr(type(gallery), "encoder", lambda self, wanted=None: pytest.fail("asked again"))
    fingerprint = unseen_model.encoder.fingerprint
    assert [call["encoder"] for call in training.calls] == [fingerprint, None, fingerprint, None]


def test_a_gallery_without_one_encoder_says_so_in_the_cell(gallery, tmp_path: Path, monkeypatch) -> None:
    def refuse(self: object, wanted: object = None) -> None:
        raise GalleryError("gallery", expected="an encoder", found="none", remedy="embed it")

    monkeypatch.setattr(type(gallery), "encoder", refuse)
    assert _settle_encoder(gallery, None, tmp_path) is None
    assert _settle_encoder(gallery, "mine", tmp_path) == "mine"


def test_a_bench_that_makes_no_sense_is_refused(gallery, unseen_model, tmp_path: Path) -> None:
    split, recipes = unseen_model.split, {"raw": make_recipe("raw")}
    training = FakeTraining(unseen_model)
    with pytest.raises(UsageError, match="recipe"):
        run_bench(gallery, {}, {"unseen": split}, tmp_path, train=training)
    with pytest.raises(UsageError, match="test different artists"):
        run_bench(gallery, recipes, {"a": split, "b": split}, tmp_path, train=training)
    with pytest.raises(UsageError, match="seed"):
        run_bench(gallery, recipes, {"a": split}, tmp_path, train=training, options=BenchOptions(n_seeds=0))


# Weights go to the backbones they are named for, with what they ask of a picture.

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
    changed = _change_recipe(make_recipe("raw"), starts)
    assert changed.backbone.mean == (0.5, 0.5, 0.5)
    assert changed.backbone.layers == make_recipe("raw").backbone.layers  # these are for the recipe to say
    assert _find_weights(changed, starts) == (weights,)


def test_a_pair_gives_weights_alone(tmp_path: Path) -> None:
    weights = tmp_path / "a.safetensors"
    weights.write_bytes(b"0")
    starts = list_starts([f"test_vit={weights}"])
    recipe = make_recipe("raw")
    assert _change_recipe(recipe, starts) == recipe
    assert _find_weights(recipe, starts) == ()
    assert _find_weights(make_recipe("other", model="test_vit"), starts) == (weights,)
    assert _find_weights(make_recipe("mine", learner="hand", model="test_vit"), starts) == ()


def test_backbones_without_weights_can_start_from_scratch(tmp_path: Path) -> None:
    recipe = make_recipe("raw")
    assert _change_recipe(recipe, {}).backbone.pretrained
    drawn = _change_recipe(recipe, {}, from_scratch=True)
    assert not drawn.backbone.pretrained
    assert drawn.digest != recipe.digest
    assert _change_recipe(recipe, {"test_resnet": Start(tmp_path)}, from_scratch=True).backbone.pretrained
    assert _change_recipe(make_recipe("mine", learner="hand"), {}, from_scratch=True).backbone.pretrained


def test_fewer_epochs_hold_for_frozen_recipes_too() -> None:
    changed = _change_recipe(make_recipe("raw"), {}, epochs=2)
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
    assert _digest_file(path).startswith("ba7816bf")  # FIPS 180-2, appendix B.1
    with pytest.raises(UsageError, match="correct the path"):
        _digest_file(tmp_path / "missing")
