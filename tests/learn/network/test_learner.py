"""Learning rates rise and fall as recipes say, and each group of parameters has its own."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from morelli.learn.network.learner import find_rate, make_optimiser, set_rate
from morelli.learn.recipe import Optimiser, Schedule

TENTH = Optimiser(learning_rate=0.1)


@given(
    epochs=st.integers(3, 50),
    warm_up=st.floats(0, 2),
    moment=st.floats(0, 1),
    decay=st.sampled_from(["constant", "cosine"]),
)
def test_the_rate_stays_between_0_and_its_highest(
    epochs: int, warm_up: float, moment: float, decay: str
) -> None:
    schedule = Schedule(epochs=epochs, warm_up_epochs=warm_up, decay=decay)  # type: ignore[arg-type]
    rate = find_rate(TENTH, schedule, moment * epochs)
    assert 0 <= rate <= 0.1
    twin = moment * epochs / warm_up if moment * epochs < warm_up else 1.0
    if decay == "constant":
        assert rate == pytest.approx(0.1 * twin)


def test_a_cosine_is_that_of_pytorch() -> None:
    optimiser = torch.optim.SGD(nn.Linear(1, 1).parameters(), lr=0.1)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, T_max=8)
    for epoch in range(8):
        rate = find_rate(TENTH, Schedule(epochs=8, decay="cosine"), epoch)
        assert rate == pytest.approx(scheduler.get_last_lr()[0])
        optimiser.step()
        scheduler.step()


@pytest.mark.parametrize(
    ("name", "made"), [("adam", torch.optim.Adam), ("adamw", torch.optim.AdamW), ("sgd", torch.optim.SGD)]
)
def test_each_optimiser_gets_its_numbers(name: str, made: type) -> None:
    learner = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 1))
    groups = ((("0.weight", "0.bias"), 0.1), (("1.weight", "1.bias"), 1.0), ((), 1.0))
    told = Optimiser(name=name, learning_rate=0.5, weight_decay=0.25, momentum=0.75)  # type: ignore[arg-type]
    optimiser = make_optimiser(learner, groups, told)
    assert type(optimiser) is made
    set_rate(optimiser, 0.2)
    assert [group["lr"] for group in optimiser.param_groups] == [pytest.approx(0.02), 0.2]
    assert {group["weight_decay"] for group in optimiser.param_groups} == {0.25}
    if name == "sgd":
        assert optimiser.param_groups[0]["momentum"] == 0.75


def test_warm_up_ends_at_the_highest_rate() -> None:
    schedule = Schedule(epochs=4, warm_up_epochs=1, decay="cosine")
    assert find_rate(TENTH, schedule, 1.0) == 0.1
    assert find_rate(TENTH, schedule, 0.25) == pytest.approx(0.025)
    assert math.isclose(find_rate(TENTH, schedule, 4.0), 0.0, abs_tol=1e-12)
