from __future__ import annotations

import math

import pytest

from morelli.collection.downloads import Politeness
from morelli.errors import UsageError


@pytest.mark.parametrize(
    "name",
    [
        "rate_per_s",
        "timeout_s",
        "tries",
        "workers",
        "max_bytes",
        "max_pixels",
        "total_s",
        "wait_s",
        "max_wait_s",
    ],
)
@pytest.mark.parametrize("value", [0, -1, math.nan])
def test_numbers_are_above_zero(name: str, value: float) -> None:
    with pytest.raises(UsageError, match=f"{name}: expected a number above zero"):
        Politeness(**{name: value})


def test_the_defaults_are_five_a_second_and_no_private_networks() -> None:
    politeness = Politeness()
    assert politeness.rate_per_s == 5.0
    assert not politeness.allow_private


def test_only_what_decides_about_refusals_is_in_the_terms() -> None:
    terms = Politeness().terms
    assert Politeness(rate_per_s=1, workers=2, tries=1).terms == terms
    assert (
        len(
            {terms, *(Politeness(**{name: 7}).terms for name in ("max_bytes", "max_pixels", "allow_private"))}
        )
        == 4
    )
