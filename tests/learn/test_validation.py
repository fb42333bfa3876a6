"""What the card says of validation works: accuracy with its interval, and who is taken for whom."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from morelli.learn.validation import N_CONFUSIONS, describe_validation, list_confusions

ARTISTS = ["Hals"] * 4 + ["Leyster"] * 2 + ["Steen"] * 3
NAMED = ["Leyster", "Leyster", "Hals", "Steen", "Hals", "Leyster", "Steen", "Steen", "Steen"]


def fake_head(named):
    """Return a head that names these artists, one after the other."""
    names = ("Hals", "Leyster", "Steen")
    probabilities = np.array([[name == one for name in names] for one in named], np.float32)
    return SimpleNamespace(artists=names, predict_proba=lambda vectors: probabilities)


def test_the_facts_by_hand():
    facts = describe_validation(fake_head(NAMED), np.zeros((9, 2), np.float32), ARTISTS, seed=0)
    assert facts["accuracy"] == pytest.approx(5 / 9)
    assert facts["n_works"] == 9
    assert facts["confusions"] == [
        {"artist": "Hals", "taken_for": "Leyster", "n_confused": 2, "n": 4},
        {"artist": "Leyster", "taken_for": "Hals", "n_confused": 1, "n": 2},
        {"artist": "Hals", "taken_for": "Steen", "n_confused": 1, "n": 4},
    ]


def test_the_interval_equals_a_loop_that_copies_artists():
    low, high = describe_validation(fake_head(NAMED), np.zeros((9, 2)), ARTISTS, seed=3)["accuracy_interval"]
    rng, shares = np.random.default_rng(4), []
    rights = {"Hals": (1, 4), "Leyster": (1, 2), "Steen": (3, 3)}
    for _ in range(4000):
        drawn = [rights[name] for name in rng.choice(list(rights), 3)]
        shares.append(sum(right for right, _ in drawn) / sum(n for _, n in drawn))
    assert (low, high) == pytest.approx(tuple(np.quantile(shares, [0.025, 0.975])), abs=0.02)


def test_no_more_than_ten_confusions_are_kept():
    artists = [f"artist {n}" for n in range(30)]
    told = list_confusions(artists, [*artists[1:], artists[0]])
    assert len(told) == N_CONFUSIONS
    assert told == sorted(told, key=lambda one: one["artist"])
    assert list_confusions(artists, artists) == []
