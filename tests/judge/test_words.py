"""Likelihood ratios in words: the ends of the forensic scale, and both directions."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from morelli.judge.words import describe_evidence

WORDS = ["neither", "weak", "moderate", "moderately strong", "strong", "very strong", "extremely strong"]


@pytest.mark.parametrize(
    ("ratio", "words"),
    [
        (1, "neither"),
        (1.99, "neither"),
        (2.01, "weak support"),
        (9.9, "weak support"),
        (10, "moderate support"),
        (99, "moderate support"),
        (100, "moderately strong support"),
        (999, "moderately strong support"),
        (1000, "strong support"),
        (9_999, "strong support"),
        (10_000, "very strong support"),
        (999_000, "very strong support"),
        (1_000_000, "extremely strong support"),
        (1e300, "extremely strong support"),
    ],
)
def test_the_ends_of_the_scale(ratio, words):
    for sign, hypothesis in ((1, "one hand"), (-1, "two hands")):
        sentence = describe_evidence(sign * math.log10(ratio))
        if words == "neither":
            assert sentence.startswith("The pictures support neither")
        else:
            assert f"The pictures give {words} for {hypothesis}:" in sentence


@given(st.floats(0, 400), st.floats(0, 400))
def test_more_evidence_never_has_a_weaker_word(first, second):
    low, high = sorted((first, second))

    def rank(value: float) -> int:
        return max(
            place
            for place, word in enumerate(WORDS)
            if f"give {word} support" in describe_evidence(value) or place == 0
        )

    assert rank(low) <= rank(high)


@pytest.mark.parametrize(
    ("evidence", "number"),
    [(0.5, "3.2 times"), (1.0, "10 times"), (2.5, "320 times"), (-4.2, "16,000 times"), (1000, "times")],
)
def test_the_number_has_two_figures(evidence, number):
    assert number in describe_evidence(evidence)
