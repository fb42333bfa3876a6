"""Shares of batches make the whole batch again, and steps weigh all items alike."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from morelli.errors import TrainingError
from morelli.learn.finite import MAX_NAMED, describe_works, refuse_infinite
from morelli.learn.plan import Batch
from morelli.learn.turns import list_turns


def make_batch(n: int, start: int = 0) -> Batch:
    rows = np.arange(start, start + n)[:, None]
    return Batch(rows, np.zeros_like(rows))


SIZES = st.lists(st.integers(1, 9), min_size=1, max_size=8)


@given(sizes=SIZES, accumulate=st.integers(1, 4), n_shares=st.integers(1, 4))
def test_each_item_counts_once_and_weighs_alike(sizes: list[int], accumulate: int, n_shares: int) -> None:
    starts = np.cumsum([0, *sizes])
    batches = [make_batch(n, int(start)) for n, start in zip(sizes, starts, strict=False)]
    parts = [
        list_turns(batches, 3, accumulate=accumulate, place=place, n_shares=n_shares)
        for place in range(n_shares)
    ]
    counted = [row for turns in parts for turn in turns if turn.does_count for row in turn.share.rows[:, 0]]
    assert sorted(counted) == list(range(sum(sizes)))
    assert all(len(turn.share) > 0 for turns in parts for turn in turns)
    steps: list[list[float]] = [[]]
    for turn, size in zip(parts[0], sizes, strict=True):
        steps[-1].append(turn.weight)
        assert turn.weight * sum(sizes) >= size - 1e-9
        if turn.moves:
            assert sum(steps[-1]) == pytest.approx(1)
            steps.append([])
    assert steps[-1] == []
    assert len(steps) - 1 == -(-len(sizes) // accumulate)


def test_moments_are_the_middles_of_steps() -> None:
    turns = list_turns([make_batch(2)] * 5, 1, accumulate=2, place=0, n_shares=1)
    assert [turn.moment for turn in turns] == pytest.approx([1 + m / 6 for m in (1, 1, 3, 3, 5)])
    assert [turn.moves for turn in turns] == [False, True, False, True, True]
    assert turns[4].where == "epoch 2, batch 5 of 5"


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_the_works_of_bad_items_are_named(bad: float) -> None:
    rows = np.array([[4, 7], [1, 2]])
    batch = Batch(rows, np.zeros_like(rows))
    refuse_infinite(torch.tensor([1.0, 2.0]), batch, "here", None)
    with pytest.raises(TrainingError, match=rf"here: .* found {bad} for the works at 4, 7;"):
        refuse_infinite(torch.tensor([bad, 2.0]), batch, "here", None)
    with pytest.raises(TrainingError, match="the works at 1, 2, 4, 7;"):  # a loss of other things than items
        refuse_infinite(torch.tensor([1.0, bad, 2.0]), batch, "here", None)


def test_many_works_are_counted() -> None:
    assert describe_works(np.arange(20)[:, None], None).endswith(f"7, {20 - MAX_NAMED} more")
