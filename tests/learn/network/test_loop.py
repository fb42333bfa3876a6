"""The loop learns, does what plain PyTorch does, goes on after a kill, and refuses what is wrong."""

from __future__ import annotations

import math
import signal
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from learn.tiny_training import (
    ADAM,
    D,
    Inputs,
    Learner,
    Plan,
    are_equal,
    draw_points,
    fit,
    make_learner,
    read_weights,
)
from morelli.errors import TrainingError, UsageError
from morelli.learn.network.history import EpochRow, History
from morelli.learn.network.inputs import VectorInputs
from morelli.learn.network.loop import _MAX_NAMED, _describe_works, _limit_threads, _refuse_infinite
from morelli.learn.network.plans import Batch, list_turns
from morelli.learn.recipe import Optimiser, Schedule

FULL: dict[str, Any] = {
    "optimiser": Optimiser(name="adamw", learning_rate=0.02, weight_decay=0.1, clip_norm=0.5, accumulate=2),
    "schedule": Schedule(epochs=5, warm_up_epochs=0.5, average=0.8),
}
"""All that a training can keep from one epoch to the next."""


@pytest.fixture
def _quick_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let processes begin as copies of this one, which has imported all that they need."""
    monkeypatch.setattr("morelli.learn.network.processes._START", "fork")
    monkeypatch.setattr("morelli.learn.network.inputs._START", "fork")


def test_it_learns(tmp_path: Path) -> None:
    _, history = fit(tmp_path, optimiser=ADAM.model_copy(update={"learning_rate": 0.1}))
    assert history.rows[-1].validation_loss < history.rows[0].validation_loss
    assert history.rows[-1].train_accuracy > 0.8
    assert [row.epoch for row in history.rows] == [1, 2, 3, 4]
    assert History.read(tmp_path / "history.csv") == history


def test_it_does_what_plain_pytorch_does(tmp_path: Path) -> None:
    learner, history = fit(tmp_path, schedule=Schedule(epochs=2, decay="constant", keep="last"))
    points, sides = (torch.from_numpy(part.astype(np.float32)) for part in draw_points())
    twin = make_learner()
    optimiser = torch.optim.Adam(
        [{"params": twin.body.parameters(), "lr": 0.005}, {"params": twin.head.parameters(), "lr": 0.01}]
    )
    for epoch in range(2):
        for batch in Plan().list_batches(epoch):
            rows = batch.rows[:, 0]
            optimiser.zero_grad()
            twin(points[rows], {"side": sides[rows]})[0].mean().backward()
            optimiser.step()
    for left, right in zip(read_weights(learner), read_weights(twin), strict=True):
        np.testing.assert_allclose(left, right, rtol=1e-5, atol=1e-7)
    losses, rights = twin(points[30:], {"side": sides[30:]})
    assert history.rows[-1].validation_loss == pytest.approx(float(losses.mean().detach()), rel=1e-5)
    assert history.rows[-1].validation_accuracy == pytest.approx(float(rights.mean()))


def test_accumulated_batches_are_one_large_batch(tmp_path: Path) -> None:
    small, _ = fit(tmp_path / "small", optimiser=ADAM.model_copy(update={"accumulate": 3}))
    large, _ = fit(tmp_path / "large", plan=Plan(size=24))
    for left, right in zip(read_weights(small), read_weights(large), strict=True):
        np.testing.assert_allclose(left, right, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("options", [{}, FULL], ids=["plain", "full"])
def test_a_killed_run_goes_on_to_the_same_weights(tmp_path: Path, options: dict[str, Any]) -> None:
    def train(folder: str, **more: Any) -> tuple[Learner, History]:
        learner, inputs = make_learner(dropout=0.3, has_batch_norm=True), Inputs(noise=0.1)
        return fit(tmp_path / folder, learner=learner, inputs=inputs, **options, **more)

    whole, undisturbed = train("whole")
    process = get_context("fork").Process(target=_train_until_killed, args=(tmp_path / "killed", options))
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    assert len(History.read(tmp_path / "killed" / "history.csv").rows) == 2
    resumed, history = train("killed", resume=True)
    assert are_equal(whole, resumed)
    assert [_strip_times(row) for row in history.rows] == [_strip_times(row) for row in undisturbed.rows]


def _train_until_killed(folder: Path, options: dict[str, Any]) -> None:
    inputs = Inputs(noise=0.1, kill_at=(2, 3))
    fit(folder, learner=make_learner(dropout=0.3, has_batch_norm=True), inputs=inputs, **options)


def _strip_times(row: EpochRow) -> EpochRow:
    return replace(row, seconds=0.0, works_per_second=0.0)


def test_a_finished_run_resumed_gives_its_weights_again(tmp_path: Path) -> None:
    learner, history = fit(tmp_path)
    again, same = fit(tmp_path, learner=make_learner(has_batch_norm=False), resume=True)
    assert are_equal(learner, again)
    assert same == history


@pytest.mark.usefixtures("_quick_start")
def test_who_reads_ahead_changes_nothing(tmp_path: Path) -> None:
    alone, _ = fit(tmp_path / "alone", learner=make_learner(dropout=0.3), inputs=Inputs(noise=0.1))
    helped, _ = fit(
        tmp_path / "helped", learner=make_learner(dropout=0.3), inputs=Inputs(noise=0.1), n_workers=2
    )
    assert are_equal(alone, helped)


def test_the_random_states_of_the_caller_are_given_back(tmp_path: Path) -> None:
    torch_state, numpy_state = torch.get_rng_state(), np.random.get_state()[1]  # noqa: NPY002
    learner = make_learner(dropout=0.3)
    torch.set_rng_state(torch_state)
    fit(tmp_path, learner=learner, inputs=Inputs(noise=0.1))
    assert torch.equal(torch.get_rng_state(), torch_state)
    assert np.array_equal(np.random.get_state()[1], numpy_state)  # noqa: NPY002


def test_the_seed_decides_what_is_dropped(tmp_path: Path) -> None:
    first, again, other = (
        fit(tmp_path / str(n), learner=make_learner(dropout=0.3), seed=seed)[0]
        for n, seed in enumerate((1, 1, 2))
    )
    assert are_equal(first, again)
    assert not are_equal(first, other)


@pytest.mark.parametrize(("facts", "name"), [({"seed": 6}, "seed"), ({"identity": "other"}, "identity")])
def test_a_checkpoint_of_another_training_is_refused(tmp_path: Path, facts: dict, name: str) -> None:
    fit(tmp_path)
    with pytest.raises(TrainingError, match=f"{name} .*another .{name}"):
        fit(tmp_path, resume=True, **facts)
    fit(tmp_path, **facts)  # not resumed: it begins anew


def test_a_damaged_checkpoint_is_refused(tmp_path: Path) -> None:
    fit(tmp_path)
    path = tmp_path / "checkpoint.pt"
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(TrainingError, match="train again"):
        fit(tmp_path, resume=True)


def test_a_loss_that_is_no_number_stops_and_names_the_work(tmp_path: Path) -> None:
    [number] = [n for n, batch in enumerate(Plan().list_batches(1), 1) if 17 in batch.rows]
    with pytest.raises(
        TrainingError, match=rf"epoch 2, batch {number} of 4.*nan for the works at 17 \(w17\)"
    ):
        fit(tmp_path, inputs=Inputs(nan_row=17), names=[f"w{row}" for row in range(40)])
    _, history = fit(tmp_path, resume=True)
    assert len(history.rows) == 4


def test_a_validation_loss_that_is_no_number_stops_too(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=r"epoch 2, validation batch 2 of 3.*for the works at 35;"):
        fit(tmp_path, inputs=Inputs(nan_row=35))


def test_an_epoch_without_batches_is_refused(tmp_path: Path) -> None:
    class Empty(Plan):
        def list_batches(self, epoch: int) -> list:
            return []

    with pytest.raises(TrainingError, match="at least one batch"):
        fit(tmp_path, plan=Empty())


def test_without_validation_the_last_epoch_is_kept(tmp_path: Path) -> None:
    class Unchecked(Plan):
        def list_validation_batches(self) -> list:
            return []

    unchecked, history = fit(tmp_path / "a", plan=Unchecked(), schedule=Schedule(epochs=4, patience=1))
    last, _ = fit(tmp_path / "b")
    assert are_equal(unchecked, last)
    assert math.isnan(history.rows[0].validation_loss)


def test_it_stops_early_and_keeps_the_best_epoch(tmp_path: Path) -> None:
    wild = Optimiser(name="sgd", learning_rate=30.0)
    schedule = Schedule(epochs=30, patience=2, decay="constant")
    learner, history = fit(tmp_path, optimiser=wild, schedule=schedule)
    assert len(history.rows) == history.best.epoch + 2 < 30
    stopped = Schedule(epochs=history.best.epoch, decay="constant", keep="last")
    until_best, _ = fit(tmp_path / "short", optimiser=wild, schedule=stopped)
    assert are_equal(learner, until_best)
    assert [path.name for path in tmp_path.glob("best-*")] == [f"best-{history.best.epoch:04d}.pt"]


def test_the_moving_average_is_kept(tmp_path: Path) -> None:
    steps: list[list[np.ndarray]] = []

    class Watched(Learner):
        def forward(self, inputs, targets):  # type: ignore[no-untyped-def]
            if self.training:
                steps.append([value.copy() for value in read_weights(self)])
            return super().forward(inputs, targets)

    torch.manual_seed(3)
    watched = Watched()
    plain = make_learner()
    fit(tmp_path / "plain", learner=plain)
    averaged, _ = fit(
        tmp_path / "average", learner=watched, schedule=Schedule(epochs=4, average=0.9, keep="last")
    )
    after = [*steps[1:], read_weights(plain)]  # the weights after each step
    mean = after[0]
    for weights in after[1:]:
        mean = [0.9 * old + 0.1 * new for old, new in zip(mean, weights, strict=True)]
    for left, right in zip(read_weights(averaged), mean, strict=True):
        np.testing.assert_allclose(left, right, rtol=1e-4, atol=1e-6)


def test_clipping_bounds_a_step(tmp_path: Path) -> None:
    plan, schedule = Plan(size=30), Schedule(epochs=1, decay="constant")
    optimiser = Optimiser(name="sgd", learning_rate=1.0, momentum=0.0, clip_norm=1e-3)
    learner = make_learner()
    before = read_weights(make_learner())
    groups_of_one = nn.utils.parameters_to_vector(learner.parameters()).numel()
    fit(tmp_path, learner=learner, plan=plan, optimiser=optimiser, schedule=schedule)
    moved = sum(float(((a - b) ** 2).sum()) for a, b in zip(read_weights(learner), before, strict=True))
    assert groups_of_one == 5 * D + 5 + 5 + 1
    assert 0 < math.sqrt(moved) <= 1e-3 * 1.001


def test_bfloat16_learns_too(tmp_path: Path) -> None:
    _, history = fit(tmp_path, precision="bf16-mixed")
    assert history.rows[-1].validation_loss < history.rows[0].validation_loss


def test_what_it_tells_on_the_way(tmp_path: Path) -> None:
    rows: list[EpochRow] = []
    told: list[tuple[str, int, int]] = []
    _, history = fit(tmp_path, on_epoch=rows.append, progress=lambda *facts: told.append(facts))
    assert tuple(rows) == history.rows
    assert told[:2] == [("epoch 1 of 4", 1, 4), ("epoch 1 of 4", 2, 4)]
    assert len(told) == 16


@pytest.mark.parametrize(
    "options", [{"precision": "16-mixed"}, {"devices": 0}, {"accelerator": "nonsense"}], ids=str
)
def test_devices_that_are_not_there_are_refused(tmp_path: Path, options: dict) -> None:
    with pytest.raises(UsageError):
        fit(tmp_path, **options)


def test_tensorboard_that_is_missing_is_refused_before_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("morelli.learn.network.history.find_spec", lambda _: None)
    with pytest.raises(UsageError, match=r"morelli\[tensorboard\]"):
        fit(tmp_path, log_tensorboard=True)
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("_quick_start")
def test_two_processes_learn_what_one_learns(tmp_path: Path) -> None:
    """The last batch is of one work, too small for both."""
    rows: list[EpochRow] = []
    schedule = Schedule(epochs=2, average=0.5)
    one, alone = fit(tmp_path / "one", plan=Plan(size=29), schedule=schedule)
    two, shared = fit(
        tmp_path / "two", plan=Plan(size=29), schedule=schedule, devices=2, on_epoch=rows.append
    )
    assert tuple(rows) == shared.rows
    for left, right in zip(alone.rows, shared.rows, strict=True):
        assert left.validation_loss == pytest.approx(right.validation_loss, rel=1e-5)
        assert left.train_loss == pytest.approx(right.train_loss, rel=1e-5)
        assert left.train_accuracy == pytest.approx(right.train_accuracy)
    for left, right in zip(read_weights(one), read_weights(two), strict=True):
        np.testing.assert_allclose(left, right, rtol=1e-4, atol=1e-6)


@pytest.mark.usefixtures("_quick_start")
@pytest.mark.parametrize("optimiser", [ADAM, FULL["optimiser"]], ids=["plain", "accumulated"])
def test_two_processes_stopped_go_on_to_the_same_weights(tmp_path: Path, optimiser: Optimiser) -> None:
    def train(folder: str, **more: Any) -> Learner:
        learner = make_learner(dropout=0.3)
        options = {"inputs": Inputs(noise=0.1), **more}
        return fit(tmp_path / folder, learner=learner, devices=2, optimiser=optimiser, **options)[0]

    whole = train("whole")
    with pytest.raises(TrainingError, match=r"epoch 2, batch \d of 4.*nan for the works at 17"):
        train("stopped", inputs=Inputs(noise=0.1, nan_row=17))
    assert are_equal(whole, train("stopped", resume=True))
    with pytest.raises(TrainingError, match="processes 1"):
        fit(tmp_path / "whole", optimiser=optimiser, resume=True)


# Shares of batches make the whole batch again, and steps weigh all items alike.


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
    _refuse_infinite(torch.tensor([1.0, 2.0]), batch, "here", None)
    with pytest.raises(TrainingError, match=rf"here: .* found {bad} for the works at 4, 7;"):
        _refuse_infinite(torch.tensor([bad, 2.0]), batch, "here", None)
    with pytest.raises(TrainingError, match="the works at 1, 2, 4, 7;"):  # a loss of other things than items
        _refuse_infinite(torch.tensor([1.0, bad, 2.0]), batch, "here", None)


def test_many_works_are_counted() -> None:
    assert _describe_works(np.array([[2, 0]]), ["a", "b", "c"]) == "the works at 0 (a), 2 (c)"
    assert _describe_works(np.arange(20)[:, None], None).endswith(f"7, {20 - _MAX_NAMED} more")


@pytest.mark.parametrize("are_stored", [True, False])
def test_heads_on_stored_vectors_learn_on_one_thread(are_stored):
    inputs = VectorInputs(np.zeros((2, 3), np.float32)) if are_stored else Inputs()
    torch.set_num_threads(2)
    with _limit_threads(inputs):
        assert torch.get_num_threads() == (1 if are_stored else 2)
    assert torch.get_num_threads() == 2
