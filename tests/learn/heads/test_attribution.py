"""The attribution head: the folded PCA equals the direct computation, and it beats chance by far."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression

from learn.heads.test_spaces import make_hands
from morelli.learn.heads import attribution
from morelli.learn.heads.attribution import Reduction, _find_directions, add_nearness, fit_attribution
from morelli.learn.heads.calibration import (
    _leave_out,
    choose_scaling,
    compare_with_nearness,
    fit_nearness,
)
from morelli.learn.heads.works import Works
from morelli.model.attribution import AttributionHead, NearestWorks
from morelli.model.standardisation import Standardisation, unit_rows


@pytest.fixture(scope="module")
def works():
    vectors, artists = make_hands(6, 20, seed=0, nuisance=1.0)
    order = np.random.default_rng(0).permutation(len(vectors))
    vectors, artists = vectors[order], artists[order]
    return (vectors[:84], artists[:84]), (vectors[84:], artists[84:])


def fit(train, val, **options):
    """Return the fitted attribution of (vectors, artists) to learn from, and others to choose on."""
    train_works, validation = (Works.of(vectors, list(artists)) for vectors, artists in (train, val))
    return fit_attribution(Reduction.fit(train_works.vectors), train_works, validation, **options)


@pytest.fixture
def without_vector_scaling(monkeypatch):
    """The head is then the regression itself, and one temperature."""
    monkeypatch.setattr(attribution, "choose_scaling", lambda *_: ("temperature", {}))


def test_it_beats_chance_by_far(works):
    train, val = works
    fitted = fit(train, val)
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
    fitted = fit((vectors, artists), val, strengths=[1e-2])
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
    fitted = fit((vectors, artists), (vectors, artists))
    probabilities = fitted.head.predict_proba(vectors)
    assert probabilities.shape == (len(vectors), n_artists)
    named = np.array(fitted.head.artists)[probabilities.argmax(axis=1)]
    assert (named == artists).mean() > 0.95


@pytest.mark.usefixtures("without_vector_scaling")
def test_two_artists_have_the_probability_of_the_binary_regression():
    vectors, artists = make_hands(2, 30, seed=2, nuisance=1.0)
    fitted = fit((vectors, artists), (vectors, artists), strengths=[1e-2])
    standard = Standardisation.fit(vectors).transform(vectors)
    direct = LogisticRegression(C=1e-2, class_weight="balanced", tol=1e-8, max_iter=5000).fit(
        standard, artists
    )
    logit = (standard @ direct.coef_.T + direct.intercept_)[:, 0] / fitted.head.temperature
    np.testing.assert_allclose(fitted.head.predict_proba(vectors)[:, 1], 1 / (1 + np.exp(-logit)), atol=0.02)


def test_the_strength_is_the_best_and_the_stronger_in_a_tie(works):
    train, val = works
    fitted = fit(train, val)
    best = max(fitted.scores.values())
    assert fitted.strength == min(float(c) for c, accuracy in fitted.scores.items() if accuracy == best)


def test_the_same_works_give_the_same_head(works):
    first, second = (fit(*works).head for _ in range(2))
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


def make_nearest(train) -> NearestWorks:
    """Return the training works in the space of their own standardised vectors."""
    vectors, artists = train
    standardisation = Standardisation.fit(vectors)
    plain = np.eye(vectors.shape[1], dtype=np.float32)
    columns = np.unique(artists, return_inverse=True)[1].astype(np.int32)
    return NearestWorks(standardisation, plain, unit_rows(standardisation.transform(vectors)), columns)


def test_the_weights_of_nearness_have_the_lowest_log_loss(works):
    """A grid around them finds nothing lower."""
    rng = np.random.default_rng(0)
    labels = np.repeat(np.arange(4), 15)
    truth = np.eye(4)[labels]
    logits, nearness = (scale * truth + rng.normal(size=(60, 4)) for scale in (1.0, 0.2))

    def loss(of_logits: float, of_nearness: float) -> float:
        values = of_logits * logits + of_nearness * nearness
        return float(np.mean(np.log(np.exp(values).sum(axis=1)) - values[np.arange(60), labels]))

    best = fit_nearness(logits, nearness, labels)
    for change in ((0.05, 0), (-0.05, 0), (0, 0.05), (0, -0.05), (0.03, -0.03)):
        assert loss(*best) <= loss(best[0] + change[0], max(best[1] + change[1], 0)) + 1e-9


def test_the_nearest_works_are_weighed_in_by_hand(works):
    train, val = works
    head = fit(train, val).head
    nearest = make_nearest(train)
    fused = AttributionHead(**{**vars(head), "nearest": nearest, "nearness_weight": 3.0})
    nearness = nearest.nearness(nearest.transform(val[0]))
    np.testing.assert_allclose(
        fused.predict_logits(val[0]), head.predict_logits(val[0]) + 3 * nearness, atol=1e-4
    )
    again = AttributionHead.from_parts(fused.to_facts(), fused.to_arrays())
    np.testing.assert_array_equal(again.predict_proba(val[0]), fused.predict_proba(val[0]))


def test_nearness_is_taken_where_it_lowers_the_log_loss(works):
    train, val = works
    fitted = fit(train, val)
    rng = np.random.default_rng(0)
    vague = AttributionHead(
        **{**vars(fitted.head), "coefficients": rng.normal(size=fitted.head.coefficients.shape)}
    )
    helped = add_nearness(replace(fitted, head=vague), make_nearest(train), Works.of(*val))
    assert helped.head.nearness_weight > 0
    assert "nearness" in helped.losses
    named = [helped.head.artists[at] for at in helped.head.predict_proba(val[0]).argmax(axis=1)]
    assert np.mean([name == artist for name, artist in zip(named, val[1], strict=True)]) > 0.8

    noise = replace(make_nearest(train), rows=unit_rows(rng.normal(size=train[0].shape).astype(np.float32)))
    assert add_nearness(fitted, noise, Works.of(*val)).head.nearness_weight * 0.1 < 1  # none, or next to none


def test_works_all_named_rightly_give_no_boundless_confidence():
    """Weights are those of one more work that was named wrongly, and grow with the number of works."""
    confidence = []
    for n_works in (12, 120):
        labels = np.arange(n_works) % 3
        logits, nearness = 2.0 * np.eye(3)[labels], 0.5 * np.eye(3)[labels]
        weights = fit_nearness(logits, nearness, labels)
        values = weights[0] * logits + weights[1] * nearness
        sure = np.exp(values[0, 0]) / np.exp(values[0]).sum()
        assert sure == pytest.approx(1 - 1 / (n_works + 2), abs=1e-4)
        confidence.append(sure)
    assert confidence == sorted(confidence)
    rng = np.random.default_rng(0)
    labels = np.arange(30) % 3
    parted = np.eye(3)[labels] * 9 + rng.normal(size=(30, 3))
    assert max(fit_nearness(parted, np.zeros((30, 3)), labels)) < 20


def test_near_duplicates_are_left_out_together():
    groups = np.array(["a", "b", "c", "d", "e", "b", "a", "f"], dtype=object)
    folds = np.array(list(_leave_out(8, groups)))
    assert (folds.sum(axis=0) == 1).all()
    assert folds.argmax(axis=0).tolist() == [0, 1, 2, 3, 4, 1, 0, 2]
    np.testing.assert_array_equal(list(_leave_out(8)), list(_leave_out(8, np.arange(8).astype(object))))


def test_too_few_works_compare_nothing():
    assert compare_with_nearness(np.zeros((9, 2)), np.zeros((9, 2)), np.arange(9) % 2) == {}


# Reduced vectors: the principal directions, whichever matrix they are found from.


def make_rows(n_works: int, n_dimensions: int, seed: int) -> np.ndarray:
    """Return rows whose directions differ clearly in variance."""
    rng = np.random.default_rng(seed)
    scales = 0.7 ** np.arange(n_dimensions)
    turned, _ = np.linalg.qr(rng.normal(size=(n_dimensions, n_dimensions)))
    return (rng.normal(size=(n_works, n_dimensions)) * scales @ turned + 3).astype(np.float32)


@pytest.mark.parametrize("shape", [(60, 12), (12, 60), (20, 20)])
def test_they_are_those_of_a_full_decomposition(shape):
    rows = make_rows(*shape, seed=0)
    twin = PCA(5, svd_solver="full").fit(rows.astype(np.float64)).components_
    cosines = np.abs(twin @ _find_directions(rows, 5))
    np.testing.assert_allclose(cosines, np.eye(5), atol=2e-3)


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 30), st.integers(1, 30), st.integers(1, 40), st.integers(0, 9))
def test_they_are_orthonormal_and_no_more_than_asked(n_works, n_dimensions, n_components, seed):
    rows = np.random.default_rng(seed).normal(size=(n_works, n_dimensions)).astype(np.float32)
    found = _find_directions(rows, n_components)
    assert found.shape == (n_dimensions, min(n_components, n_works - 1, n_dimensions))
    np.testing.assert_allclose(found.T @ found, np.eye(found.shape[1]), atol=1e-3)


@pytest.mark.parametrize("n_dimensions", [3, 40])
def test_rows_that_repeat_span_fewer(n_dimensions):
    rows = np.repeat(make_rows(3, n_dimensions, seed=1), 4, axis=0)
    assert _find_directions(rows, 10).shape == (n_dimensions, 2)


def test_all_directions_keep_the_cosines_of_the_works_that_they_come_from():
    vectors = make_rows(15, 40, seed=2)
    reduction = Reduction.fit(vectors)
    reduced, standard = reduction.transform(vectors), reduction.standardisation.transform(vectors)
    centred = [rows - rows.mean(axis=0) for rows in (reduced, standard)]
    np.testing.assert_allclose(*(rows @ rows.T for rows in centred), atol=1e-3)


def test_a_matrix_is_unfolded_to_standardised_vectors():
    vectors = make_rows(30, 10, seed=3)
    reduction = Reduction.fit(vectors, 6)
    projection = np.random.default_rng(0).normal(size=(4, 2)).astype(np.float32)
    of_reduced = reduction.transform(vectors)[:, :4] @ projection
    of_standard = reduction.standardisation.transform(vectors) @ reduction.unfold(projection)
    np.testing.assert_allclose(of_standard, of_reduced, atol=1e-4)
