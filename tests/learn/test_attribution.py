"""The attribution head: the folded PCA equals the direct computation, and it beats chance by far."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from morelli.learn import attribution
from morelli.learn.attribution import fit_attribution
from morelli.learn.calibration import choose_scaling
from morelli.model.standardisation import Standardisation

from .test_backends import make_hands


@pytest.fixture(scope="module")
def works():
    vectors, artists = make_hands(6, 20, seed=0, nuisance=1.0)
    order = np.random.default_rng(0).permutation(len(vectors))
    vectors, artists = vectors[order], artists[order]
    return (vectors[:84], artists[:84]), (vectors[84:], artists[84:])


@pytest.fixture
def without_vector_scaling(monkeypatch):
    """The head is then the regression itself, and one temperature."""
    monkeypatch.setattr(attribution, "choose_scaling", lambda *_: ("temperature", {}))


def test_it_beats_chance_by_far(works):
    train, val = works
    fitted = fit_attribution(*train, *val, seed=0)
    probabilities = fitted.head.predict_proba(val[0])
    named = [fitted.head.artists[column] for column in probabilities.argmax(axis=1)]
    accuracy = np.mean([name == artist for name, artist in zip(named, val[1], strict=True)])
    assert accuracy > 0.8  # chance is 1 in 6
    assert accuracy == pytest.approx(max(fitted.scores.values()))
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    assert fitted.head.artists == tuple(sorted(set(train[1])))


@pytest.mark.usefixtures("without_vector_scaling")
def test_the_folded_head_equals_the_regression_on_all_dimensions(works):
    """L2 does not see a rotation: without PCA, scikit-learn itself must say the same."""
    (vectors, artists), val = works
    fitted = fit_attribution(vectors, artists, *val, seed=0, strengths=[1e-2])
    standard = Standardisation.fit(vectors)
    direct = LogisticRegression(C=1e-2, class_weight="balanced", tol=1e-8, max_iter=5000)
    direct.fit(standard.transform(vectors), artists)
    logits = standard.transform(val[0]) @ direct.coef_.T + direct.intercept_
    folded = standard.transform(val[0]) @ fitted.head.coefficients + fitted.head.intercepts
    np.testing.assert_allclose(
        folded - folded.mean(axis=1, keepdims=True), logits - logits.mean(axis=1, keepdims=True), atol=0.02
    )


@pytest.mark.parametrize("n_artists", [2, 3])
def test_two_artists_get_two_columns(n_artists):
    vectors, artists = make_hands(n_artists, 20, seed=1, nuisance=1.0)
    fitted = fit_attribution(vectors, artists, vectors, artists, seed=0)
    probabilities = fitted.head.predict_proba(vectors)
    assert probabilities.shape == (len(vectors), n_artists)
    named = np.array(fitted.head.artists)[probabilities.argmax(axis=1)]
    assert (named == artists).mean() > 0.95


@pytest.mark.usefixtures("without_vector_scaling")
def test_two_artists_have_the_probability_of_the_binary_regression():
    vectors, artists = make_hands(2, 30, seed=2, nuisance=1.0)
    fitted = fit_attribution(vectors, artists, vectors, artists, seed=0, strengths=[1e-2])
    standard = Standardisation.fit(vectors).transform(vectors)
    direct = LogisticRegression(C=1e-2, class_weight="balanced", tol=1e-8, max_iter=5000).fit(
        standard, artists
    )
    logit = (standard @ direct.coef_.T + direct.intercept_)[:, 0] / fitted.head.temperature
    np.testing.assert_allclose(fitted.head.predict_proba(vectors)[:, 1], 1 / (1 + np.exp(-logit)), atol=0.02)


def test_the_strength_is_the_best_and_the_stronger_in_a_tie(works):
    train, val = works
    fitted = fit_attribution(*train, *val, seed=0)
    best = max(fitted.scores.values())
    assert fitted.strength == min(float(c) for c, accuracy in fitted.scores.items() if accuracy == best)


def test_the_same_seed_gives_the_same_head(works):
    train, val = works
    first, second = (fit_attribution(*train, *val, seed=3).head for _ in range(2))
    np.testing.assert_array_equal(first.coefficients, second.coefficients)
    assert first.temperature == second.temperature


def test_vector_scaling_is_taken_where_one_artist_is_named_too_often():
    rng = np.random.default_rng(0)
    labels = rng.integers(3, size=600)
    logits = 2 * np.eye(3)[labels] + rng.normal(size=(600, 3))
    fair, _ = choose_scaling(logits, labels)
    biased, losses = choose_scaling(logits + np.array([3.0, 0.0, 0.0]), labels)
    assert biased == "vector"
    assert losses["vector"] < losses["temperature"] - 0.05
    assert fair in losses


def test_with_few_works_there_is_nothing_to_choose_on():
    assert choose_scaling(np.eye(3), np.arange(3)) == ("temperature", {})
