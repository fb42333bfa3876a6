"""Likelihood ratios in words, on the scale that forensic institutes use."""

from __future__ import annotations

_SCALE = (
    (2.0, "no support"),
    (10.0, "weak support"),
    (100.0, "moderate support"),
    (1_000.0, "moderately strong support"),
    (10_000.0, "strong support"),
    (1_000_000.0, "very strong support"),
    (float("inf"), "extremely strong support"),
)
"""Upper ends of the likelihood ratio and their words: ENFSI 2015, Guideline for Evaluative Reporting in
Forensic
Science, section 2.4."""

_MOST = 300.0


def describe_evidence(log10_likelihood_ratio: float) -> str:
    """Return a sentence for a likelihood ratio.

    Parameters
    ----------
    log10_likelihood_ratio
        Positive for one hand, negative for two.

    Examples
    --------
    >>> describe_evidence(1.3)
    'The pictures give moderate support for one hand: the likeness is 20 times likelier if one artist made
    both.'
    >>> describe_evidence(-0.1)
    'The pictures support neither one hand nor two: the likeness is about as likely either way.'
    """
    ratio = 10 ** min(abs(log10_likelihood_ratio), _MOST)
    word = next(word for limit, word in _SCALE if ratio < limit)
    if word == "no support":
        return "The pictures support neither one hand nor two: the likeness is about as likely either way."
    hypothesis, condition = (
        ("one hand", "if one artist made both")
        if log10_likelihood_ratio > 0
        else ("two hands", "if two artists made them")
    )
    likeness = f"the likeness is {_round(ratio)} times likelier {condition}"
    return f"The pictures give {word} for {hypothesis}: {likeness}."


def _round(ratio: float) -> str:
    return f"{float(f'{ratio:.2g}'):,.0f}" if ratio >= 10 else f"{ratio:.1f}"
