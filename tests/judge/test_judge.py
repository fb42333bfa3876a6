"""Attributions and comparisons of works in the drawn gallery, and the references they point to."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from morelli.errors import FingerprintError, GalleryError, UsageError
from morelli.judge import References, attribute_vectors, compare_vectors
from morelli.judge.words import summarise_attribution


@pytest.fixture(scope="module")
def embeddings(gallery):
    return gallery.embeddings(gallery.encoder().fingerprint)


@pytest.fixture(scope="module")
def references(gallery, seen_model):
    return References.open(gallery, seen_model)


def test_an_attribution_names_the_likeliest_artists_first(seen_model, references, embeddings):
    rows = embeddings.vectors[:4]
    answers = attribute_vectors(seen_model, rows, list("abcd"), references=references, k=3)
    probabilities = seen_model.attribution.predict_proba(rows)
    for answer, row in zip(answers, probabilities, strict=True):
        expected = sorted(zip(row.tolist(), seen_model.attribution.artists, strict=True), reverse=True)[:3]
        assert [(one.probability, one.artist) for one in answer.candidates] == expected
        assert answer.n_artists == 12
        assert len(answer.references) == 5
    assert [answer.picture for answer in answers] == list("abcd")


def test_more_artists_than_there_are_are_all_named(seen_model, embeddings):
    (answer,) = attribute_vectors(seen_model, embeddings.vectors[:1], ["a"], k=99)
    assert len(answer.candidates) == 12
    assert sum(one.probability for one in answer.candidates) == pytest.approx(1, abs=1e-5)
    assert answer.references == ()


def test_training_works_are_named_rightly(seen_model, embeddings):
    train = seen_model.split.part("train")
    answers = attribute_vectors(
        seen_model, embeddings.select(train["id"].to_list()), train["id"].to_list(), k=1
    )
    named = [answer.candidates[0].artist for answer in answers]
    assert np.mean([name == artist for name, artist in zip(named, train["artist"], strict=True)]) > 0.9


def test_references_leave_out_the_picture_itself(seen_model, references, embeddings):
    ids = embeddings.ids[:3]
    answers = attribute_vectors(
        seen_model, embeddings.vectors[:3], ids, references=references, ids=ids, n_references=4
    )
    for work_id, answer in zip(ids, answers, strict=True):
        assert work_id not in {match.id for match in answer.references}
        assert [match.rank for match in answer.references] == [1, 2, 3, 4]
    (with_itself,) = attribute_vectors(seen_model, embeddings.vectors[:1], ["a"], references=references)
    assert with_itself.references[0].id == ids[0]


def test_the_nearest_references_equal_comparing_one_by_one(seen_model, references, embeddings):
    rows = seen_model.comparison.transform(embeddings.vectors)
    scores = sorted(
        ((float(np.dot(rows[0], row)), one) for one, row in zip(embeddings.ids, rows, strict=True)),
        reverse=True,
    )
    found = references.nearest(rows[0], k=6, without=embeddings.ids[0])
    expected = [entry for entry in scores if entry[1] != embeddings.ids[0]][:6]
    assert [match.id for match in found] == [one for _, one in expected]
    assert [match.score for match in found] == pytest.approx([score for score, _ in expected], abs=1e-5)


def test_references_keep_to_their_condition(gallery, seen_model):
    artist = gallery.works()["artist"][0].replace("'", "''")
    chosen = References.open(gallery, seen_model, where=f"artist = '{artist}'")
    assert len(chosen.ids) == 12
    found = chosen.nearest(chosen.rows[0], k=50)
    assert {match.artist for match in found} == {gallery.works()["artist"][0]}
    assert len(found) == 12


def test_a_gallery_without_fitting_works_is_refused(gallery, seen_model):
    with pytest.raises(GalleryError, match="embedded works where year > 9999, found none"):
        References.open(gallery, seen_model, where="year > 9999")
    part = replace(seen_model.encoder.parts[0], version="another")
    other = replace(seen_model, encoder=replace(seen_model.encoder, parts=(part,)))
    with pytest.raises((GalleryError, FingerprintError), match="vectors of encoder"):
        References.open(gallery, other)


@pytest.mark.parametrize("k", [0, -1])
def test_less_than_one_is_refused(seen_model, references, embeddings, k):
    with pytest.raises(UsageError):
        attribute_vectors(seen_model, embeddings.vectors[:1], ["a"], k=k)
    with pytest.raises(UsageError):
        references.nearest(references.rows[0], k=k)


def test_a_comparison_by_hand(unseen_model, embeddings):
    left, right = embeddings.vectors[0], embeddings.vectors[1]
    answer = compare_vectors(unseen_model, left, right, names=("a", "b"), prior=0.2)
    rows = unseen_model.comparison.transform(embeddings.vectors[:2])
    score = sum(float(x) * float(y) for x, y in zip(*rows, strict=True))
    head = unseen_model.comparison
    line = head.calibration.maps[1]
    ratio = 10 ** np.interp(score, line.scores, line.values)
    assert answer.score == pytest.approx(score, abs=1e-5)
    assert 10**answer.diagnostics.log10_likelihood_ratio == pytest.approx(ratio, rel=1e-3)
    assert answer.diagnostics.probability == pytest.approx(0.25 * ratio / (1 + 0.25 * ratio), rel=1e-3)
    assert (answer.left, answer.right, answer.prior) == ("a", "b", 0.2)
    assert json.loads(json.dumps(answer.to_dict()))["sentence"] == answer.sentence


def test_comparing_is_symmetric(unseen_model, embeddings):
    for i, j in [(0, 1), (5, 70), (3, 140)]:
        there = compare_vectors(unseen_model, *embeddings.vectors[[i, j]], names=("a", "b"))
        back = compare_vectors(unseen_model, *embeddings.vectors[[j, i]], names=("b", "a"))
        assert (there.score, there.diagnostics) == (back.score, back.diagnostics)


def test_a_work_is_most_like_itself(unseen_model, embeddings):
    same = compare_vectors(unseen_model, *embeddings.vectors[[4, 4]], names=("a", "a"))
    other = compare_vectors(unseen_model, *embeddings.vectors[[4, 9]], names=("a", "b"))
    assert same.score == pytest.approx(1, abs=1e-5)
    assert same.diagnostics.unbounded > other.diagnostics.unbounded


@given(low=st.floats(0.01, 0.98))
def test_a_higher_prior_gives_a_higher_probability(unseen_model, embeddings, low):
    first, second = (
        compare_vectors(unseen_model, *embeddings.vectors[[0, 1]], names=("a", "b"), prior=prior)
        for prior in (low, low + 0.01)
    )
    assert first.diagnostics.probability < second.diagnostics.probability
    assert first.diagnostics.unbounded == second.diagnostics.unbounded


@pytest.mark.parametrize("prior", [0, 1, -0.1, 1.5, float("nan"), float("inf")])
def test_a_prior_that_is_no_probability_is_refused(unseen_model, embeddings, prior):
    with pytest.raises(UsageError, match="--prior: expected a probability between 0 and 1, both excluded"):
        compare_vectors(unseen_model, *embeddings.vectors[:2], names=("a", "b"), prior=prior)


def test_answers_are_plain_objects(seen_model, references, embeddings):
    (answer,) = attribute_vectors(seen_model, embeddings.vectors[:1], ["a"], references=references, k=2)
    told = json.loads(json.dumps(answer.to_dict()))
    assert sorted(told) == [
        "candidates",
        "doubts",
        "level",
        "n_artists",
        "none_of_these",
        "picture",
        "prediction_set",
        "references",
        "summary",
    ]
    assert sorted(told["candidates"][0]) == ["artist", "n_enrolled", "probability"]
    assert {"rank", "id", "artist", "score", "path"} <= set(told["references"][0])


def test_no_level_below_one_promises_everything():
    for level in (0.9, 0.99, 0.9999, 0.999999, 1 - 1e-12):
        told = summarise_attribution(["Sisley"], [], level, 0.4, 50)
        assert " 100 %" not in told
