"""The comparison head: every set of spaces is tried, the best is kept, and its card tells the truth."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from morelli.collection.samples import sample_pairs
from morelli.learn import comparison
from morelli.learn.backend import ContrastiveSpace, SoftmaxSpace

from .test_backend import make_hands


@pytest.fixture
def fitted(monkeypatch):
    for space in (ContrastiveSpace, SoftmaxSpace):
        monkeypatch.setattr(comparison, space.__name__, partial(space, n_steps=20))
    return comparison.fit_comparison(
        *make_hands(15, 10, seed=0, nuisance=2), *make_hands(10, 8, seed=1, nuisance=2), seed=0
    )


def test_every_set_of_spaces_is_tried_with_every_weight(fitted):
    assert len(fitted.scores) == 1 + 7 * 4
    assert {"cosine", "lda", "lda+softmax", "lda+contrastive+softmax+raw 0.25"} <= set(fitted.scores)


def test_the_best_on_validation_pairs_is_kept_and_scores_as_its_card_says(fitted):
    vectors, artists = make_hands(10, 8, seed=1, nuisance=2)
    pairs = sample_pairs(artists, works_per_artist=20, rng=np.random.default_rng(0))
    rows = fitted.head.transform(vectors)
    scores = [float(rows[a] @ rows[b]) for a, b in zip(pairs.left, pairs.right, strict=True)]
    assert roc_auc_score(pairs.same, scores) == pytest.approx(max(fitted.scores.values()), abs=1e-4)
    assert fitted.n_pairs == len(pairs)


def test_the_likelihood_ratio_favours_one_hand_for_pairs_by_one_hand(fitted):
    vectors, artists = make_hands(10, 8, seed=2, nuisance=2)
    rows = fitted.head.transform(vectors)
    ratios = fitted.head.log10_likelihood_ratio(rows @ rows.T)
    left, right = np.triu_indices(len(rows), k=1)
    same = artists[left] == artists[right]
    assert np.median(ratios[left, right][same]) > 0 > np.median(ratios[left, right][~same])
