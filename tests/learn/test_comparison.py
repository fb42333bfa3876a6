"""The comparison head: every candidate is tried, the best is kept, and its card tells the truth."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from morelli.collection.samples import sample_pairs
from morelli.learn import comparison
from morelli.learn.backend import ContrastiveSpace, SoftmaxSpace
from morelli.learn.candidates import list_candidates, score_candidates
from morelli.model import Standardisation

from .test_backend import make_hands

TRAIN, VALIDATION = make_hands(15, 10, seed=0, nuisance=2), make_hands(10, 8, seed=1, nuisance=2)


@pytest.fixture(autouse=True)
def _take_few_steps(monkeypatch):
    for space in (ContrastiveSpace, SoftmaxSpace):
        monkeypatch.setattr(comparison, space.__name__, partial(space, n_steps=20))


def score(head, vectors, pairs) -> list[float]:
    rows = head.transform(vectors)
    return [float(rows[a] @ rows[b]) for a, b in zip(pairs.left, pairs.right, strict=True)]


def test_every_set_of_spaces_is_tried_with_every_weight():
    names = [str(candidate) for candidate in list_candidates(("lda", "contrastive", "softmax"))]
    assert len(names) == len(set(names)) == 2 * (1 + 7 * 4)
    assert {"cosine", "lda", "cosine+cohort", "lda+softmax+raw 0.25"} < set(names)
    assert "lda+contrastive+softmax+raw 1+cohort" in names


def test_candidates_score_as_the_heads_they_build():
    rng = np.random.default_rng(0)
    vectors, artists = VALIDATION
    standardisation = Standardisation.fit(TRAIN[0])
    projections = {name: rng.normal(size=(40, 5)).astype(np.float32) for name in ("one", "two")}
    pairs = sample_pairs(artists, works_per_artist=4, rng=rng)
    scored = list(score_candidates(standardisation, projections, TRAIN[0][:60], vectors, pairs))
    assert len(scored) == 2 * (1 + 3 * 4)
    for candidate, scores in scored:
        head = candidate.build(standardisation, projections, TRAIN[0][:60])
        np.testing.assert_allclose(scores, score(head, vectors, pairs), atol=2e-5, err_msg=str(candidate))


def test_the_best_on_validation_pairs_is_kept_and_scores_as_its_card_says():
    fitted = comparison.choose_comparison(*TRAIN, *VALIDATION, seed=0)
    pairs = sample_pairs(VALIDATION[1], works_per_artist=20, rng=np.random.default_rng(0))
    scores = score(fitted.head, VALIDATION[0], pairs)
    assert roc_auc_score(pairs.same, scores) == pytest.approx(max(fitted.scores.values()), abs=1e-4)
    assert fitted.scores[str(fitted.chosen)] == max(fitted.scores.values())
    assert fitted.n_pairs == len(pairs)


def test_what_was_chosen_is_learnt_again_from_all_works_and_keeps_its_calibration():
    chosen = comparison.choose_comparison(*TRAIN, *VALIDATION, seed=0)
    fitted = comparison.fit_comparison(*TRAIN, *VALIDATION, seed=0)
    assert fitted.chosen == chosen.chosen
    assert (fitted.head.slope, fitted.head.intercept) == (chosen.head.slope, chosen.head.intercept)
    everything = np.concatenate([TRAIN[0], VALIDATION[0]])
    np.testing.assert_array_equal(
        fitted.head.standardisation.mean, Standardisation.fit(everything).mean
    )  # fmt: skip
    assert list(fitted.head.projections) == list(fitted.chosen.spaces)


def test_the_likelihood_ratio_favours_one_hand_for_pairs_by_one_hand():
    fitted = comparison.fit_comparison(*TRAIN, *VALIDATION, seed=0)
    vectors, artists = make_hands(10, 8, seed=2, nuisance=2)
    rows = fitted.head.transform(vectors)
    ratios = fitted.head.log10_likelihood_ratio(rows @ rows.T)
    left, right = np.triu_indices(len(rows), k=1)
    same = artists[left] == artists[right]
    assert np.median(ratios[left, right][same]) > 0 > np.median(ratios[left, right][~same])
