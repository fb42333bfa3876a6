"""Every recipe from end to end: on stored vectors, and through a small network on pictures."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from morelli.collection.pairs.samples import sample_pairs
from morelli.collection.splits import draw_split
from morelli.errors import RecipeError
from morelli.gallery import Gallery
from morelli.judge import References, Session, attribute_vectors, compare_vectors
from morelli.learn.heads import ContrastiveSpace, SoftmaxSpace, comparison, open_set
from morelli.learn.network import plans
from morelli.learn.network.data import Training
from morelli.learn.recipe_files import _list_names, load_recipe
from morelli.learn.training import calibrate_details, train_recipe
from morelli.model import Model, read_model
from morelli.settings import Settings

NAMES = [name for name in _list_names() if name != "hand"]
"""`hand` is what `train_model` learns, which has tests of its own."""

MARGIN = 0.10
"""By which the pair AUC on test works by artists who were learnt from must pass the 0.5 of chance."""

SETTINGS = Settings(workers=0, device="cpu")

SMALL = {"model": "test_resnet", "layers": [], "pooling": "auto", "size_px": 32, "pretrained": False}
"""A network of a few thousand weights, drawn at random."""


@pytest.fixture(autouse=True)
def _be_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Check on fewer items, and learn the back-end of `hand` in a tenth of the steps."""
    monkeypatch.setattr(plans, "_N_VALIDATION_TRIPLETS", 90)
    monkeypatch.setattr(plans, "_N_VALIDATION_PAIRS", 90)
    for space in (ContrastiveSpace, SoftmaxSpace):
        monkeypatch.setattr(comparison, space.__name__, partial(space, n_steps=20))
    monkeypatch.setattr(open_set, "_N_STEPS", 20)


def open_everything(model: Model, gallery: Gallery) -> None:
    """Ask the model all that the commands ask a model."""
    vectors = gallery.embeddings(model.encoder.fingerprint).select(model.split.part("test")["id"].to_list())
    answer = compare_vectors(model, vectors[0], vectors[1], names=("a", "b"))
    assert np.isfinite(answer.diagnostics.log10_likelihood_ratio)
    (named,) = attribute_vectors(model, vectors[:1], ["a"])
    assert sum(model.attribution.predict_proba(vectors[:1])[0]) == pytest.approx(1, abs=1e-4)
    assert named.prediction_set
    (nearest,) = References.open(gallery, model).nearest(model.comparison.transform(vectors)[0], k=1)
    assert nearest.id in gallery.works()["id"].to_list()


def measure_auc(model: Model, gallery: Gallery) -> float:
    rows = model.split.part("test")
    vectors = gallery.embeddings(model.encoder.fingerprint).select(rows["id"].to_list())
    pairs = sample_pairs(rows["artist"].to_list(), rng=np.random.default_rng(0))
    read = model.comparison.read_rows(vectors)
    scores = model.comparison.rule.score_pairs(read[pairs.left], read[pairs.right])
    return float(roc_auc_score(pairs.same, scores))


@pytest.mark.parametrize("name", NAMES)
def test_a_recipe_learns_from_stored_vectors(name: str, gallery: Gallery, tmp_path: Path) -> None:
    split = draw_split(gallery.works(), "seen")
    changes = {"data": {"largest": None, "max_per_artist": None}, "batches": {"size": 32, "per_epoch": 400}}
    train_recipe(
        Training(
            gallery,
            load_recipe(name),
            split,
            tmp_path,
            settings=SETTINGS,
            encoder="descriptors",
            changes=changes,
        )
    )
    model = read_model(tmp_path)
    open_everything(model, gallery)
    assert measure_auc(model, gallery) > 0.5 + MARGIN
    assert model.facts["recipe"]["name"] == name
    assert model.facts["recipe"]["trainable"] == "none"
    assert (tmp_path / "training" / "history.csv").is_file()


@pytest.mark.parametrize("name", NAMES)
def test_a_recipe_trains_one_epoch_on_pictures(name: str, gallery_copy: Path, tmp_path: Path) -> None:
    gallery, output = Gallery(gallery_copy), tmp_path / "model"
    changes = {
        "backbone": SMALL,
        "schedule": {"epochs": 1, "warm_up_epochs": 0},
        "batches": {"per_epoch": 24, "size": 8, "works_per_artist": 2},
        "data": {"copies": 0, "max_per_artist": 3},
    }
    train_recipe(
        Training(
            gallery,
            load_recipe(name),
            draw_split(gallery.works(), "seen"),
            output,
            settings=SETTINGS,
            trainable="all" if name != "hand-finetuned" else 1,
            changes=changes,
        )
    )
    model = read_model(output)
    open_everything(model, gallery)
    (part,) = model.encoder.parts
    assert part.model == "test_resnet"
    assert Path(part.origin) == output / "backbone.safetensors"
    assert gallery.encoder("test_resnet") == model.encoder
    assert not (output / "training" / "backbone.safetensors").exists()


def test_the_weights_in_the_model_folder_make_the_same_vectors(gallery_copy: Path, tmp_path: Path) -> None:
    gallery, output = Gallery(gallery_copy), tmp_path / "model"
    changes = {"backbone": SMALL, "schedule": {"epochs": 1}, "data": {"largest": None, "max_per_artist": 2}}
    train_recipe(
        Training(
            gallery,
            load_recipe("artist-mobilenet"),
            draw_split(gallery.works(), "seen"),
            output,
            settings=SETTINGS,
            trainable="all",
            changes=changes,
        )
    )
    moved = output.rename(tmp_path / "moved")
    session = Session.open(moved, str(gallery_copy), weights=None, device="cpu")
    works = gallery.works().head(2)
    stored = gallery.embeddings(session.model.encoder.fingerprint).select(works["id"].to_list())
    read = session.encoder.encode_files([Path(path) for path in works["path"]])
    np.testing.assert_allclose(read, stored, atol=1e-5)


def test_the_same_seed_learns_the_same(gallery: Gallery, tmp_path: Path) -> None:
    split = draw_split(gallery.works(), "seen")
    heads = []
    for folder in ("one", "two"):
        model = train_recipe(
            Training(
                gallery,
                load_recipe("siamese-triplet"),
                split,
                tmp_path / folder,
                settings=SETTINGS,
                encoder="descriptors",
                changes={"schedule": {"epochs": 2}, "batches": {"per_epoch": 300}},
                seed=3,
            )
        )
        heads.append(model.comparison.to_arrays())
    for name, values in heads[0].items():
        np.testing.assert_array_equal(values, heads[1][name])


def test_a_model_keeps_its_rule(gallery: Gallery, tmp_path: Path) -> None:
    train_recipe(
        Training(
            gallery,
            load_recipe("pair-alexnet"),
            draw_split(gallery.works(), "unseen"),
            tmp_path,
            settings=SETTINGS,
            encoder="descriptors",
            changes={"schedule": {"epochs": 1}},
        )
    )
    card = json.loads((tmp_path / "card.json").read_text(encoding="utf-8"))
    assert card["comparison"]["rule"]["kind"] == "network"


def test_a_change_of_a_field_that_is_none_is_refused(gallery: Gallery, tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"optimiser"):
        train_recipe(
            Training(
                gallery,
                load_recipe("siamese-triplet"),
                draw_split(gallery.works(), "seen"),
                tmp_path,
                changes={"optimizer": {"learning_rate": 1.0}},
            )
        )


def test_details_are_calibrated_on_the_val_part(gallery, unseen_model, monkeypatch) -> None:
    from morelli.learn.heads import details

    given = {}

    def fit(head, encoder, works, **options):
        given.update(options, works=works, head=head)
        return SimpleNamespace(calibration="calibrated", skips=())

    monkeypatch.setattr(details, "fit_details", fit)
    model, skips = calibrate_details(unseen_model, gallery, None, n_pictures=12, seed=3)
    assert (model.details, skips) == ("calibrated", ())
    assert (given["n_pictures"], given["seed"], given["head"]) == (12, 3, unseen_model.comparison)
    assert set(given["works"]["id"]) == set(unseen_model.split.part("val")["id"])
    assert {"artist", "path"} <= set(given["works"].columns)
