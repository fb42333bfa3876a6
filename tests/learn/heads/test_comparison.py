"""The comparison head: every candidate is tried, the best is kept, and its card tells the truth."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from learn.heads.test_spaces import make_hands
from morelli.collection.pairs.samples import sample_pairs
from morelli.learn.heads import ContrastiveSpace, SoftmaxSpace, comparison
from morelli.learn.heads.candidates import LearntSpaces, _list_candidates, _score_candidates, divide_artists
from morelli.learn.heads.works import Works
from morelli.model import Standardisation
from morelli.model.standardisation import unit_rows

TRAIN = Works.of(*make_hands(15, 10, seed=0, nuisance=2))
VALIDATION = Works.of(*make_hands(10, 8, seed=1, nuisance=2, prefix="Other"))


@pytest.fixture(autouse=True)
def _take_few_steps(monkeypatch):
    for space in (ContrastiveSpace, SoftmaxSpace):
        monkeypatch.setattr(comparison, space.__name__, partial(space, n_steps=20))


def score(head, vectors, pairs) -> list[float]:
    rows = head.transform(vectors)
    return [float(rows[a] @ rows[b]) for a, b in zip(pairs.left, pairs.right, strict=True)]


def test_every_set_of_spaces_is_tried_with_every_weight():
    names = [str(candidate) for candidate in _list_candidates(("lda", "contrastive", "softmax"))]
    assert len(names) == len(set(names)) == 2 * (1 + 7 * 4)
    assert {"cosine", "lda", "cosine+cohort", "lda+softmax+raw 0.25"} < set(names)
    assert "lda+contrastive+softmax+raw 1+cohort" in names


def test_the_space_of_artists_is_tried_beside_all_spaces():
    plain = _list_candidates(("lda", "softmax"))
    more = _list_candidates(("lda", "softmax"), has_artists=True)
    added = [str(candidate) for candidate in more if candidate not in plain]
    assert len(added) == len(set(added)) == 2 * 4
    assert {"lda+softmax+artists", "lda+softmax+raw 1+artists+cohort"} < set(added)


def test_candidates_score_as_the_heads_they_build():
    rng = np.random.default_rng(0)
    vectors, artists = VALIDATION.vectors, VALIDATION.artists
    standardisation = Standardisation.fit(TRAIN.vectors)
    projections = {name: rng.normal(size=(40, 5)).astype(np.float32) for name in ("one", "softmax")}
    directions = unit_rows(rng.normal(size=(7, 5)).astype(np.float32)).T
    learnt = LearntSpaces(standardisation, projections, TRAIN.vectors[:60], directions)
    pairs = sample_pairs(artists, works_per_artist=4, rng=rng)
    scored = list(_score_candidates(learnt, vectors, pairs))
    assert len(scored) == 2 * (1 + 3 * 4 + 4)
    for candidate, scores in scored:
        head = candidate.build(learnt)
        np.testing.assert_allclose(scores, score(head, vectors, pairs), atol=2e-5, err_msg=str(candidate))


def test_the_best_on_artists_held_out_is_kept():
    fitted = comparison.fit_comparison(TRAIN, VALIDATION, seed=0)
    assert fitted.scores[str(fitted.chosen)] == max(fitted.scores.values())
    assert fitted.head.method.startswith("+".join(fitted.chosen.spaces) or "cosine")
    assert fitted.head.calibration.method == "logistic"
    assert set(fitted.cllr) == {"logistic"}
    assert fitted.head.seen_calibration is None


def test_what_was_chosen_is_learnt_again_from_all_works():
    fitted = comparison.fit_comparison(TRAIN, VALIDATION, seed=0)
    everything = np.concatenate([TRAIN.vectors, VALIDATION.vectors])
    np.testing.assert_array_equal(fitted.head.standardisation.mean, Standardisation.fit(everything).mean)
    assert list(fitted.head.projections) == list(fitted.chosen.spaces)


def test_known_artists_are_answered_by_the_map_of_artists_held_out():
    works = Works.of(*make_hands(15, 20, seed=0, nuisance=2))
    first = np.arange(len(works)) % 2 == 0
    head = comparison.fit_comparison(works[first], works[~first], seed=0).head
    assert head.seen_calibration is None
    low, high = head.calibration.find_bounds()
    assert -np.log10(16) <= low < 0 < high <= np.log10(15 * 14 / 2 + 1)


def test_each_head_of_the_ensemble_is_the_same_system():
    fitted = comparison.fit_comparison(TRAIN, VALIDATION, seed=0)
    works = TRAIN + VALIDATION
    for head, held in zip(fitted.ensemble.heads, divide_artists(works.artists, seed=0), strict=True):
        learnt = comparison.learn_spaces(works[~held], seed=0)
        again = fitted.chosen.build(learnt)
        np.testing.assert_array_equal(head.transform(works.vectors[:5]), again.transform(works.vectors[:5]))


def test_too_few_artists_for_groups_are_calibrated_on_the_validation_works():
    fitted = comparison.fit_comparison(
        Works.of(*make_hands(3, 8, seed=0, nuisance=2)),
        Works.of(*make_hands(2, 8, seed=1, nuisance=2, prefix="Other")),
        seed=0,
    )
    assert fitted.ensemble is None
    assert fitted.cllr == {}
    assert fitted.head.calibration.method == "logistic"


def test_each_head_of_the_ensemble_lacks_a_group_and_answers_much_like_the_whole():
    fitted = comparison.fit_comparison(TRAIN, VALIDATION, seed=0)
    assert fitted.ensemble is not None
    assert len(fitted.ensemble.heads) == 4
    vectors, _ = make_hands(2, 6, seed=3, nuisance=2)
    same = fitted.ensemble.log10_likelihood_ratios(vectors[:3], vectors[3:6])
    different = fitted.ensemble.log10_likelihood_ratios(vectors[:3], vectors[6:9])
    assert same.shape == (4,)
    assert (same > different).all()
    assert len(np.unique(same)) > 1


def test_the_likelihood_ratio_favours_one_hand_for_pairs_by_one_hand():
    fitted = comparison.fit_comparison(TRAIN, VALIDATION, seed=0)
    vectors, artists = make_hands(10, 8, seed=2, nuisance=2)
    rows = fitted.head.transform(vectors)
    ratios = fitted.head.log10_likelihood_ratio(rows @ rows.T)
    left, right = np.triu_indices(len(rows), k=1)
    same = artists[left] == artists[right]
    assert np.median(ratios[left, right][same]) > 0 > np.median(ratios[left, right][~same])
