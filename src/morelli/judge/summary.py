"""An attribution in one sentence: a name, a few names with what they share, or nobody the model knows."""

from __future__ import annotations

from collections.abc import Sequence

from morelli.model.open_set import SHARE_TURNED_AWAY

MAX_NAMES = 4
"""Names that a sentence holds; of more it gives the number and the first."""


def summarise_attribution(
    members: Sequence[str], shared: Sequence[str], level: float, none_of_these: float | None, n_artists: int
) -> str:
    """Return the sentence.

    Parameters
    ----------
    members
        The artists of the set, most probable first; none when the model makes no sets.
    shared
        What they have in common.
    level
        The promise of the set.
    none_of_these
        The share of works by known artists that look at least as odd, or None.
    n_artists
        How many artists the model knows.

    Examples
    --------
    >>> summarise_attribution(["Sisley", "Pissarro"], ["Impressionism", "French"], 0.9, 0.4, 50)
    'Impressionism, French; Sisley or Pissarro (such a set holds the right one of 50 artists in 90 % of
    cases).'
    >>> summarise_attribution(["Sisley"], [], 0.9, 0.01, 50)
    'Perhaps none of the 50 artists known: of works by them, 1.0 % look as unlike all of them; if it is one
    of them: Sisley (such a set holds the right one of 50 artists in 90 % of cases).'
    """
    named = _name_members(members, shared, n_artists)
    if members:
        named += f" (such a set holds the right one of {n_artists} artists in {100 * level:.4g} % of cases)."
    if none_of_these is None or none_of_these > SHARE_TURNED_AWAY:
        return named
    odd = f"of works by them, {100 * none_of_these:.1f} % look as unlike all of them"
    return f"Perhaps none of the {n_artists} artists known: {odd}; if it is one of them: {named}"


def _name_members(members: Sequence[str], shared: Sequence[str], n_artists: int) -> str:
    if not members:
        return f"No promise can be made: the model, which knows {n_artists} artists, makes no sets."
    if len(members) == 1:
        return members[0]
    *others, last = members
    names = f"{', '.join(others)} or {last}"
    if len(members) > MAX_NAMES:
        names = f"one of {len(members)} artists, {members[0]} first"
    return "; ".join([", ".join(shared), names]) if shared else names
