"""Likelihood ratios in words, on the scale that forensic institutes use."""

from __future__ import annotations

from collections.abc import Sequence

from morelli.model.open_set import SHARE_TURNED_AWAY

SCALE = (
    (2.0, "no support"),
    (10.0, "weak support"),
    (100.0, "moderate support"),
    (1_000.0, "moderately strong support"),
    (10_000.0, "strong support"),
    (1_000_000.0, "very strong support"),
    (float("inf"), "extremely strong support"),
)
"""Upper ends of the likelihood ratio and their words: ENFSI 2015, Guideline for Evaluative Reporting in
Forensic Science, section 2.4."""

INSUFFICIENT = "There is not enough evidence to speak for one hand or for two."
"""Instead of the words of the scale, where an answer would say more than is known."""

RANDOM_PAIR_PRIOR = 0.013
"""How often two works drawn at random from a big collection are by one artist: 1.3 % of all pairs of Painter
by Numbers, as of the 7,602 WikiArt works by 118 artists that docs/models.md tells of. Shown beside the user's
own prior, never used in its place."""

_MOST = 300.0


def describe_evidence(log10_likelihood_ratio: float, *, at_limit: bool = False) -> str:
    """Return a sentence for a log10 likelihood ratio, positive for one hand, negative for two.

    At the limit: the ratio is the most or the least that the model can support.

    >>> describe_evidence(-0.1)
    'The pictures support neither one hand nor two: the likeness is about as likely either way.'
    """
    ratio = 10 ** min(abs(log10_likelihood_ratio), _MOST)
    word = next(word for limit, word in SCALE if ratio < limit)
    if word == "no support":
        return "The pictures support neither one hand nor two: the likeness is about as likely either way."
    hypothesis, condition = (
        ("one hand", "if one artist made both")
        if log10_likelihood_ratio > 0
        else ("two hands", "if two artists made them")
    )
    likeness = f"the likeness is {_round(ratio)} times likelier {condition}"
    limit = " This is at the limit of what this model can support." if at_limit else ""
    return f"The pictures give {word} for {hypothesis}: {likeness}.{limit}"


def describe_ratio(log10_likelihood_ratio: float) -> str:
    """Return a likelihood ratio with two figures, below 1 as a fraction.

    >>> describe_ratio(1.3), describe_ratio(-2.0), describe_ratio(0.0)
    ('20', '1/100', '1.0')
    """
    ratio = _round(10 ** min(abs(log10_likelihood_ratio), _MOST))
    return f"1/{ratio}" if log10_likelihood_ratio < 0 and ratio != "1.0" else ratio


def _round(ratio: float) -> str:
    return f"{float(f'{ratio:.2g}'):,.0f}" if ratio >= 10 else f"{ratio:.1f}"


_MAX_NAMES = 4  # that a sentence holds; of more it gives the number and the first


def summarise_attribution(
    members: Sequence[str], shared: Sequence[str], level: float, none_of_these: float | None, n_artists: int
) -> str:
    """Return an attribution in one sentence: a name, some names with what they share, or nobody known.

    The members of the prediction set come most probable first, and may be none.

    >>> summarise_attribution(["Sisley", "Pissarro"], ["Impressionism", "French"], 0.9, 0.4, 50)
    'Impressionism, French; Sisley or Pissarro (such a set holds the right one of 50 artists in 90 % of
    cases).'
    """
    named = _name_members(members, shared, n_artists)
    if members:
        named += (
            f" (such a set holds the right one of {n_artists} artists in {_write_share(level)} % of cases)."
        )
    if none_of_these is None or none_of_these > SHARE_TURNED_AWAY:
        return named
    odd = f"of works by them, {100 * none_of_these:.1f} % look as unlike all of them"
    return f"Perhaps none of the {n_artists} artists known: {odd}; if it is one of them: {named}"


def describe_none(none_of_these: float) -> str:
    """Return "none of these" in words, from the share of known artists' works that look as unlike.

    >>> describe_none(0.9)
    "none of these: nothing speaks for it (of the known artists' own works 90.0 % look as unlike)"
    """
    is_odd = none_of_these <= SHARE_TURNED_AWAY
    verdict = "quite possible" if is_odd else "nothing speaks for it"
    only = "only " if is_odd else ""
    share = f"of the known artists' own works {only}{100 * none_of_these:.1f} % look as unlike"
    return f"none of these: {verdict} ({share})"


def _write_share(share: float) -> str:
    """Return a share below 1 per cent, with as many digits as keep it below 100.

    >>> _write_share(0.9), _write_share(0.999999)
    ('90', '99.9999')
    """
    written = (f"{100 * share:.{digits}g}" for digits in range(4, 17))
    return next((text for text in written if float(text) < 100), "almost 100")


def _name_members(members: Sequence[str], shared: Sequence[str], n_artists: int) -> str:
    if not members:
        return f"No promise can be made: the model, which knows {n_artists} artists, makes no sets."
    if len(members) == 1:
        return members[0]
    *others, last = members
    names = f"{', '.join(others)} or {last}"
    if len(members) > _MAX_NAMES:
        names = f"one of {len(members)} artists, {members[0]} first"
    return "; ".join([", ".join(shared), names]) if shared else names
