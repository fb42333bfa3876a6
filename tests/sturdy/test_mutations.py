"""A seeded part of what ``benchmarks/mutations.py`` damages by the thousand."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
from benchmarks.mutations import damage, encode_formats, try_artefacts, try_pictures


def test_damage_is_damage_and_follows_the_seed() -> None:
    data = bytes(range(256)) * 8
    first, again = ([damage(data, np.random.default_rng(seed)) for seed in range(50)] for _ in range(2))
    assert first == again
    assert sum(one != data for one in first) > 45


def test_damaged_pictures_are_read_or_refused_with_a_reason(tmp_path: Path) -> None:
    n = 4 * len(encode_formats())
    for tally in try_pictures(n, tmp_path, seed=1):
        assert tally.raised == Counter()
        assert (tally.total, tally.read > 0, tally.refused > 0) == (n, True, True)


def test_damaged_artefacts_are_read_or_refused_with_a_reason(tmp_path: Path) -> None:
    tallies = try_artefacts(150, tmp_path, seed=1)
    assert {kind: tally.raised for kind, tally in tallies.items()} == {kind: Counter() for kind in tallies}
    assert {tally.total for tally in tallies.values()} == {30}
    assert all(tally.refused > 0 for tally in tallies.values())
