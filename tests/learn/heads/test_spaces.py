"""The learnt spaces: scikit-learn's contract, chance beaten by a margin, and what they must not depend on."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.metrics import roc_auc_score
from sklearn.utils.estimator_checks import parametrize_with_checks
from two_covariance import TwoCovariance
from whitening import WhiteningSpace

from morelli.learn.heads import (
    ContrastiveSpace,
    DiscriminantSpace,
    SoftmaxSpace,
)

QUICK = {"n_components": 16, "dropout": 0.3, "learning_rate": 3e-2, "random_state": 0}
SPACES = [
    DiscriminantSpace(random_state=0),
    TwoCovariance(shrinkage=0.02, random_state=0),
    ContrastiveSpace(n_steps=100, **QUICK),
    SoftmaxSpace(n_steps=100, **QUICK),
]


@parametrize_with_checks(
    [
        DiscriminantSpace(random_state=0),
        ContrastiveSpace(n_steps=2, random_state=0),
        SoftmaxSpace(n_steps=2, random_state=0),
        TwoCovariance(random_state=0),
        WhiteningSpace(random_state=0),
    ]
)
@pytest.mark.filterwarnings("ignore")
def test_the_contract_of_scikit_learn(estimator, check):
    check(estimator)


def make_hands(
    n_artists: int, n_works: int, *, seed: int, d: int = 40, nuisance: float = 6.0, prefix: str = "Artist"
):
    """Return vectors whose first dimensions tell the artist and whose loud last ones tell the subject."""
    rng = np.random.default_rng(seed)
    hands = np.repeat(rng.normal(size=(n_artists, d // 2)), n_works, axis=0)
    signal = hands + 0.7 * rng.normal(size=hands.shape)
    noise = nuisance * rng.normal(size=(len(hands), d - d // 2))
    artists = np.repeat([f"{prefix} {artist:02}" for artist in range(n_artists)], n_works)
    return np.hstack([signal, noise]).astype(np.float32), artists


def pair_roc_auc(rows, artists) -> float:
    left, right = np.triu_indices(len(rows), k=1)
    return roc_auc_score(artists[left] == artists[right], np.einsum("nd,nd->n", rows[left], rows[right]))


@pytest.mark.parametrize("space", SPACES, ids=lambda space: type(space).__name__)
def test_unseen_hands_are_told_apart_better_than_by_the_raw_cosine(space):
    vectors, artists = make_hands(20, 10, seed=0)
    new_vectors, new_artists = make_hands(12, 8, seed=1)
    raw = new_vectors / np.linalg.norm(new_vectors, axis=1, keepdims=True)
    learnt = clone(space).fit(vectors, artists).transform(new_vectors)
    before, after = pair_roc_auc(raw, new_artists), pair_roc_auc(learnt, new_artists)
    assert before < 0.7
    assert after > before + 0.1


@pytest.mark.parametrize("space", SPACES, ids=lambda space: type(space).__name__)
def test_labels_without_meaning_teach_nothing(space):
    vectors, artists = make_hands(15, 8, seed=0)
    shuffled = np.random.default_rng(0).permutation(artists)
    hidden_vectors, hidden_artists = make_hands(12, 8, seed=1)
    hidden_vectors[:, :20] = np.random.default_rng(2).normal(size=(len(hidden_vectors), 20))
    rows = clone(space).fit(vectors, shuffled).transform(hidden_vectors)
    assert pair_roc_auc(rows, hidden_artists) == pytest.approx(0.5, abs=0.06)


@pytest.mark.parametrize("space", SPACES, ids=lambda space: type(space).__name__)
def test_rows_are_unit_rows_of_the_projection(space):
    vectors, artists = make_hands(4, 6, seed=0)
    fitted = clone(space).fit(vectors, artists)
    rows = fitted.transform(vectors)
    assert rows.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    for vector, row in zip(vectors, rows, strict=True):
        projected = [sum(float(x) * float(w) for x, w in zip(vector, column, strict=True))
                     for column in fitted.projection_.T]  # fmt: skip
        length = sum(value**2 for value in projected) ** 0.5
        np.testing.assert_allclose(row, [value / length for value in projected], atol=2e-5)
    assert list(fitted.classes_) == sorted(set(artists))


@pytest.mark.parametrize("space", SPACES, ids=lambda space: type(space).__name__)
def test_the_same_seed_gives_the_same_space_and_disturbs_nobody(space):
    vectors, artists = make_hands(4, 6, seed=0)
    np.random.seed(5)  # noqa: NPY002 - what must stay untouched is the global state
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    first, second = (clone(space).fit(vectors, artists).projection_ for _ in range(2))
    np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002


def test_another_seed_gives_another_contrastive_space():
    vectors, artists = make_hands(4, 6, seed=0)
    first, second = (
        ContrastiveSpace(n_steps=5, random_state=seed).fit(vectors, artists).projection_ for seed in (0, 1)
    )
    assert not np.allclose(first, second)


def test_fewer_works_than_dimensions_do_not_make_the_discriminants_explode():
    vectors, artists = make_hands(12, 6, seed=0, d=400, nuisance=1.0)
    new_vectors, new_artists = make_hands(12, 6, seed=0, d=400, nuisance=1.0)
    new_vectors = new_vectors + 0.7 * np.random.default_rng(3).normal(size=new_vectors.shape)
    rows = DiscriminantSpace(random_state=0).fit(vectors, artists).transform(new_vectors.astype(np.float32))
    left, right = np.triu_indices(len(rows), k=1)
    assert np.abs(np.einsum("nd,nd->n", rows[left], rows[right])).mean() < 0.5
    assert pair_roc_auc(rows, new_artists) > 0.9


def test_two_artists_make_one_discriminant():
    vectors, artists = make_hands(2, 10, seed=0)
    assert DiscriminantSpace(random_state=0).fit(vectors, artists).projection_.shape == (40, 1)


@pytest.mark.parametrize("space", SPACES, ids=lambda space: type(space).__name__)
def test_one_artist_is_refused(space):
    vectors, _ = make_hands(1, 6, seed=0)
    with pytest.raises(ValueError, match="at least 2 classes"):
        clone(space).fit(vectors, ["A"] * 6)


def test_whitening_makes_every_direction_count_alike():
    vectors, artists = make_hands(10, 30, seed=0)
    projected = vectors @ WhiteningSpace(n_components=10, random_state=0).fit(vectors, artists).projection_
    np.testing.assert_allclose(np.cov(projected, rowvar=False), np.eye(10), atol=1e-3)


def test_a_batch_draws_every_artist_alike_and_her_works_alike():
    """However many works she has: 2, 6 and 20 of three artists, whose rows are mixed up."""
    codes = np.random.default_rng(0).permutation(np.repeat([0, 1, 2], [2, 6, 20]))
    by_artist = [np.flatnonzero(codes == code) for code in range(3)]
    rows = SoftmaxSpace(batch_size=60_000)._draw_batch(by_artist, np.random.default_rng(1))
    counts = np.bincount(rows, minlength=len(codes))
    expected = 60_000 / 3 / np.bincount(codes)[codes]
    np.testing.assert_allclose(counts / expected, 1, atol=0.15)  # at least 1,000 each: 5 standard deviations
