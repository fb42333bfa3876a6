"""Triplets of an epoch: fresh each time, the same when drawn again, wherever a run began."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest

from morelli.collection import samples
from morelli.collection.triplets import fix_triplets, sample_triplets, stream_triplets
from morelli.errors import EvaluationError

ARTISTS = ["A"] * 9 + ["B"] * 4 + ["C"] + ["D"] * 3
KNOWN = [(5, 3, 13), (5, 1, 12), (16, 14, 12), (9, 12, 8)]


def list_triplets(triplets) -> list[tuple[int, int, int]]:
    return list(
        zip(triplets.anchor.tolist(), triplets.positive.tolist(), triplets.negative.tolist(), strict=True)
    )


def test_epochs_differ_and_each_can_be_drawn_on_its_own():
    epochs = [list_triplets(epoch) for epoch in islice(stream_triplets(ARTISTS, n_per_epoch=50, seed=5), 4)]
    assert len({tuple(epoch) for epoch in epochs}) == 4
    later = stream_triplets(ARTISTS, n_per_epoch=50, seed=5, first_epoch=2)
    assert [list_triplets(next(later)), list_triplets(next(later))] == epochs[2:]
    other = next(stream_triplets(ARTISTS, n_per_epoch=50, seed=6))
    assert list_triplets(other) != epochs[0]


def test_an_epoch_has_30_000_triplets_and_a_fixed_set_6_000():
    assert len(next(stream_triplets(ARTISTS))) == 30_000
    assert len(fix_triplets(ARTISTS)) == 6_000


def test_streamed_triplets_hold_what_they_promise():
    names = np.array(ARTISTS)
    triplets = next(stream_triplets(ARTISTS, n_per_epoch=3000))
    assert (names[triplets.anchor] == names[triplets.positive]).all()
    assert (triplets.anchor != triplets.positive).all()
    assert (names[triplets.anchor] != names[triplets.negative]).all()


def test_fixed_triplets_are_fixed():
    assert list_triplets(fix_triplets(ARTISTS, seed=1)) == list_triplets(fix_triplets(ARTISTS, seed=1))
    assert list_triplets(fix_triplets(ARTISTS, seed=1)) != list_triplets(fix_triplets(ARTISTS, seed=2))


def test_a_known_draw_stays_as_it_was():
    # drawn before the streams were written: what training and evaluation use must not move
    drawn = sample_triplets(ARTISTS, n_triplets=4, rng=np.random.default_rng(11))
    assert list_triplets(drawn) == KNOWN
    assert samples.sample_triplets is sample_triplets


@pytest.mark.parametrize("artists", [[], ["A"], ["A", "A"], ["A", "B", "C"]])
def test_without_two_artists_and_two_works_there_are_none(artists):
    for draw in (stream_triplets, fix_triplets):
        with pytest.raises(EvaluationError, match="two works by one of them"):
            draw(artists)
