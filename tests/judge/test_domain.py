"""Unsuitable pictures: what is said of them, by name."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from morelli.judge import find_unsuitable
from morelli.learn.domain import fit_domain


@pytest.fixture(scope="module")
def vectors(gallery):
    return gallery.embeddings(gallery.encoder().fingerprint).vectors


@pytest.fixture(scope="module")
def model(unseen_model, vectors):
    """Return the model with a domain that holds all works of the gallery."""
    domain = fit_domain(vectors, np.concatenate([vectors, vectors]), seed=0)
    return replace(unseen_model, domain=domain)


def test_doubts_of_the_pixels_come_first_then_the_distance(model, vectors):
    far = 30 * vectors.max(axis=0)
    asked = np.stack([vectors[0], far])
    first, second = find_unsuitable(model, asked, ["a", "b"], {"a": ("page",)})
    assert first == "a: a page of writing"
    assert second.startswith("b: unlike the works that the model learnt from (distance ")
    assert f"99.5% of the validation works lie within {model.domain.threshold:.2f})" in second


def test_nothing_is_said_of_works_like_those_learnt_from(model, vectors):
    assert find_unsuitable(model, vectors[:20], [str(place) for place in range(20)]) == ()


def test_a_model_without_a_domain_goes_by_the_pixels_alone(unseen_model, vectors):
    model = replace(unseen_model, domain=None)
    assert find_unsuitable(model, vectors[:1] + 1e6, ["a"]) == ()
    assert len(find_unsuitable(model, vectors[:1], ["a"], {"a": ("tiny", "blank")})) == 2
