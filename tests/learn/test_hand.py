"""Training: the test part is never looked at, the same seed gives the same model, too little is refused."""

from __future__ import annotations

import logging
from dataclasses import replace
from functools import partial

import numpy as np
import polars as pl
import pytest

from learn.heads.test_spaces import make_hands, pair_roc_auc
from morelli.collection.splits import PARTS, Split
from morelli.embeddings import Embeddings
from morelli.encode.spec import EncoderCard, PartCard
from morelli.errors import FingerprintError, MorelliError, SplitError
from morelli.learn import train_model
from morelli.learn.hand import check_split
from morelli.learn.heads import ContrastiveSpace, SoftmaxSpace
from morelli.learn.heads import comparison as comparison_room
from morelli.learn.heads import open_set as open_set_room

CARD = EncoderCard((PartCard("made up", "1", (), "own", "", None, 40),), spec={})


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    """Learn in 20 steps instead of hundreds."""
    for space in (ContrastiveSpace, SoftmaxSpace):
        monkeypatch.setattr(comparison_room, space.__name__, partial(space, n_steps=20))
    monkeypatch.setattr(open_set_room, "_N_STEPS", 20)


def make_collection(n_artists: int, n_works: int, kind: str, *, seed: int = 0):
    """Return vectors and a split with about a fifth for val and a fifth for test."""
    vectors, artists = make_hands(n_artists, n_works, seed=seed, nuisance=2.0)
    ids = [f"{place:04}" for place in range(len(vectors))]
    marks = ["train", "train", "train", "val", "test"]
    unit = np.arange(len(vectors)) if kind == "seen" else np.arange(len(vectors)) // n_works
    table = pl.DataFrame(
        {"id": ids, "artist": artists, "group": range(len(ids)), "part": [marks[at % 5] for at in unit]}
    )
    return Embeddings(tuple(ids), vectors, CARD.fingerprint), Split(kind, 0, table)


def arrays_of(model) -> list[np.ndarray]:
    heads = model.attribution, model.comparison
    found = [head.standardisation.mean for head in heads] + [head.standardisation.scale for head in heads]
    found += [model.attribution.coefficients, model.attribution.intercepts]
    for part in (model.prediction_sets, model.open_set, model.enrolled):
        found += part.to_arrays().values()
    return [*found, *model.comparison.projections.values()]


def numbers_of(model) -> list[float | str]:
    head = model.comparison
    knots = [value for line in head.calibration.maps.values() for value in (*line.scores, *line.values)]
    return [model.attribution.temperature, *knots, head.raw_weight, head.method]


def assert_identical(first, second) -> None:
    for ours, theirs in zip(arrays_of(first), arrays_of(second), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert numbers_of(first) == numbers_of(second)


@pytest.mark.parametrize("kind", ["seen", "unseen"])
def test_works_of_the_test_part_never_matter(kind):
    embeddings, split = make_collection(15, 10, kind)
    model = train_model(embeddings, CARD, split, collection="made up")
    is_test = np.array(split.table["part"] == "test")
    rng = np.random.default_rng(9)
    vectors = embeddings.vectors.copy()
    vectors[is_test] = 1e3 * rng.normal(size=vectors[is_test].shape)
    artists = np.array(split.table["artist"])
    artists[is_test] = rng.permutation(artists[is_test])
    altered = replace(split, table=split.table.with_columns(artist=pl.Series(artists)))
    again = train_model(replace(embeddings, vectors=vectors), CARD, altered, collection="made up")
    assert_identical(model, again)
    kept = tuple(np.array(embeddings.ids)[~is_test])
    without = Embeddings(kept, embeddings.vectors[~is_test], CARD.fingerprint)
    assert_identical(model, train_model(without, CARD, split, collection="made up"))


def test_the_order_of_the_stored_vectors_does_not_matter():
    embeddings, split = make_collection(10, 10, "seen")
    order = np.random.default_rng(0).permutation(len(embeddings))
    shuffled = Embeddings(tuple(np.array(embeddings.ids)[order]), embeddings.vectors[order], CARD.fingerprint)
    assert_identical(
        train_model(embeddings, CARD, split, collection="x"),
        train_model(shuffled, CARD, split, collection="x"),
    )


def test_the_same_seed_gives_the_same_model():
    embeddings, split = make_collection(10, 10, "seen")
    first, second = (train_model(embeddings, CARD, split, collection="x", seed=4) for _ in range(2))
    assert_identical(first, second)


def test_what_is_learnt_holds_for_unseen_artists():
    embeddings, split = make_collection(25, 10, "unseen")
    model = train_model(embeddings, CARD, split, collection="made up")
    test = split.part("test")
    vectors = embeddings.select(test["id"].to_list())
    raw = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    artists = np.array(test["artist"])
    assert pair_roc_auc(model.comparison.transform(vectors), artists) > pair_roc_auc(raw, artists) + 0.05


@pytest.mark.parametrize("kind", ["seen", "unseen"])
def test_the_model_knows_what_it_saw(kind):
    embeddings, split = make_collection(15, 10, kind)
    told: list[tuple[str, int, int]] = []
    model = train_model(
        embeddings, CARD, split, collection="made up", seed=2, progress=lambda *step: told.append(step)
    )
    assert model.split is split
    assert set(model.attribution.artists) == set(split.part("train")["artist"])
    assert model.facts["collection"] == "made up"
    assert model.facts["seed"] == 2
    assert model.facts["n_works"] == {part: split.count(part) for part in PARTS}
    validation = model.facts["validation"]
    assert validation["accuracy_by_C"][f"{validation['C']:g}"] == max(validation["accuracy_by_C"].values())
    assert all(0 <= value <= 1 for value in validation["pair_roc_auc_by_method"].values())
    assert {"python", "numpy", "scipy", "morelli"} <= set(model.facts["versions"])
    done = [step[1] for step in told]
    assert done == sorted(done)
    assert done[0] == 0
    assert 80 < done[-1] < 100
    assert {step[2] for step in told} == {100}
    assert len({step[0] for step in told}) >= 5


def test_works_without_a_vector_are_left_out_with_a_warning(caplog):
    embeddings, split = make_collection(10, 10, "seen")
    fewer = Embeddings(embeddings.ids[5:], embeddings.vectors[5:], CARD.fingerprint)
    with caplog.at_level(logging.WARNING):
        model = train_model(fewer, CARD, split, collection="x")
    assert "3 works of part 'train' have no vector" in caplog.text
    assert model.facts["n_works"]["train"] == 57


def test_vectors_of_another_encoder_are_refused():
    embeddings, split = make_collection(10, 10, "seen")
    with pytest.raises(FingerprintError, match="train: expected vectors of encoder"):
        train_model(replace(embeddings, fingerprint="0" * 64), CARD, split, collection="x")


def test_a_split_of_other_works_is_refused():
    embeddings, split = make_collection(10, 10, "seen")
    renamed = Embeddings(tuple("x" + one for one in embeddings.ids), embeddings.vectors, CARD.fingerprint)
    with pytest.raises(SplitError, match="works with vectors, found none"):
        train_model(renamed, CARD, split, collection="x")


@pytest.mark.parametrize(
    ("n_artists", "n_works", "kind", "error"),
    [
        (1, 20, "seen", SplitError),
        (5, 1, "unseen", SplitError),  # one work of each artist: nothing to choose on
        (4, 5, "seen", SplitError),  # one validation work of each: no pair by one hand
        (2, 3, "seen", MorelliError),
    ],
)
def test_too_little_to_learn_from_is_refused(n_artists, n_works, kind, error):
    embeddings, split = make_collection(n_artists, n_works, kind)
    with pytest.raises(error):
        train_model(embeddings, CARD, split, collection="x")


@pytest.mark.parametrize(("n_artists", "kind"), [(10, "unseen"), (5, "seen")])
def test_a_split_is_checked_without_vectors(n_artists: int, kind: str) -> None:
    check_split(make_collection(n_artists, 12, kind)[1], seed=0)
    with pytest.raises(SplitError, match="part 'val': expected works of at least two artists"):
        check_split(make_collection(5, 12, "unseen")[1], seed=0)
