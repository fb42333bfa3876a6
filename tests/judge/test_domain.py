"""Unsuitable pictures: what is said of them, by name."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from morelli.judge import find_unsuitable


@pytest.fixture(scope="module")
def vectors(gallery):
    return gallery.embeddings(gallery.encoder().fingerprint).vectors


def test_doubts_of_the_pixels_come_first_then_the_distance(unseen_model, vectors):
    far = unseen_model.domain.mean + 30 * unseen_model.domain.scale
    asked = np.stack([vectors[0], far])
    model = replace(unseen_model, domain=replace(unseen_model.domain, threshold=5.0))
    first, second = find_unsuitable(model, asked, ["a", "b"], {"a": ("page",)})
    assert first == "a: a page of writing"
    assert second.startswith("b: unlike the works that the model learnt from (distance ")
    assert "99.5% of the validation works lie within 5.00" in second


def test_nothing_is_said_of_works_like_those_learnt_from(unseen_model, gallery):
    ids = unseen_model.split.part("train")["id"].to_list()
    vectors = gallery.embeddings(gallery.encoder().fingerprint).select(ids[:20])
    model = replace(unseen_model, domain=replace(unseen_model.domain, threshold=5.0))
    assert find_unsuitable(model, vectors, ids[:20]) == ()


def test_a_model_without_a_domain_goes_by_the_pixels_alone(unseen_model, vectors):
    model = replace(unseen_model, domain=None)
    assert find_unsuitable(model, vectors[:1] + 1e6, ["a"]) == ()
    assert len(find_unsuitable(model, vectors[:1], ["a"], {"a": ("tiny", "blank")})) == 2
