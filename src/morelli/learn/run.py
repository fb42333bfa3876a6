"""One process's part in a training: its share of each epoch, and the state it goes on from.

`loop` starts it, in one process or in several.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from morelli.errors import TrainingError
from morelli.learn.batch_reader import BatchReader
from morelli.learn.checkpoints import Checkpoints
from morelli.learn.finite import refuse_infinite
from morelli.learn.history import HISTORY_FILE, EpochRow, History
from morelli.learn.optimisers import NamedGroups, find_rate, make_optimiser, set_rate
from morelli.learn.plan import Batch, Inputs, Plan
from morelli.learn.processes import Tell
from morelli.learn.random_states import read_states, restore_states, seed_states
from morelli.learn.recipe import Optimiser, Schedule
from morelli.learn.tally import Tally
from morelli.learn.tensorboard import write_events
from morelli.learn.turns import Turn, list_turns

if TYPE_CHECKING:
    from lightning_fabric import Fabric

EVENTS = "tensorboard"


@dataclass(frozen=True)
class RunOptions:
    """What a run is told beside learner, plan and inputs; see `loop.fit_network` for each of them."""

    optimiser: Optimiser
    schedule: Schedule
    groups: NamedGroups
    checkpoints: Checkpoints
    seed: int
    resume: bool
    n_workers: int
    names: Sequence[str] | None
    log_tensorboard: bool


class Run:
    """One process's part in a training."""

    def __init__(
        self, fabric: Fabric, tell: Tell, learner: nn.Module, plan: Plan, inputs: Inputs, options: RunOptions
    ) -> None:
        self.fabric, self.tell, self.plan, self.options = fabric, tell, plan, options
        self.learner, self.history, self.rate = learner, History(), 0.0
        self.place, self.n_processes = fabric.global_rank, fabric.world_size
        seed_states(options.seed, self.place)
        is_pinned = fabric.device.type == "cuda"
        self.reader = BatchReader(inputs, options.seed, n_workers=options.n_workers, is_pinned=is_pinned)
        self.optimiser = make_optimiser(learner, options.groups, options.optimiser)
        self.network, self.stepper = fabric.setup(learner, self.optimiser)
        self.average = _make_average(learner, options.schedule.average)

    @property
    def is_over(self) -> bool:
        """Whether all epochs are done, or none was better for long enough."""
        schedule, n_done = self.options.schedule, len(self.history.rows)
        has_waited = schedule.patience is not None and self.history.n_since_best >= schedule.patience
        return n_done >= schedule.epochs or has_waited

    def do_epoch(self) -> None:
        """Train, check, and leave a checkpoint."""
        epoch, started = len(self.history.rows), time.perf_counter()
        batches = self.plan.list_batches(epoch)
        if not batches:
            raise TrainingError(
                f"epoch {epoch + 1}",
                expected="at least one batch",
                found="none",
                remedy="learn from more works, or take smaller batches",
            )
        trained = self.train(batches, epoch).gather(self.fabric)
        speed = sum(batch.rows.size for batch in batches) / (time.perf_counter() - started)
        checked = self.check(epoch).gather(self.fabric)
        row = EpochRow(
            epoch + 1,
            trained.mean_loss,
            trained.accuracy,
            checked.mean_loss,
            checked.accuracy,
            self.rate,
            time.perf_counter() - started,
            speed,
        )
        self.history = self.history.add(row)
        self.save()
        if self.fabric.is_global_zero:
            self.tell("epoch", (row,))

    def train(self, batches: Sequence[Batch], epoch: int) -> Tally:
        """Go through the batches of an epoch; return the sums of this process."""
        accumulate = self.options.optimiser.accumulate
        turns = list_turns(batches, epoch, accumulate=accumulate, place=self.place, n_shares=self.n_processes)
        tally = Tally()
        self.network.train()
        read = self.reader.read([turn.share for turn in turns], epoch=epoch, is_training=True)
        for turn, (inputs, targets) in zip(turns, read, strict=True):
            losses, rights = self.learn(turn, inputs, targets)
            if turn.does_count:
                tally.add(losses, rights)
            if turn.moves:
                self.step(turn.moment)
            self.report(epoch, turn.number, len(turns))
        return tally

    def learn(self, turn: Turn, inputs: Tensor, targets: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
        """Add the gradient of a batch; return its losses and right answers, on the CPU."""
        with self.fabric.no_backward_sync(self.network, enabled=not turn.moves):
            losses, rights = self.network(*self.fabric.to_device((inputs, targets)))
            # gradients are averaged over processes, so each one's sum counts as often as there are processes
            factor = self.n_processes * turn.does_count * turn.weight
            self.fabric.backward(losses.sum() * (factor / self.count(len(losses) * turn.does_count)))
        found = losses.detach().cpu()
        refuse_infinite(found, turn.share, turn.where, self.options.names)
        return found, rights.detach().cpu()

    def count(self, n_own: int) -> float:
        """Return the sum over the processes."""
        if self.n_processes == 1:
            return n_own
        own = torch.tensor(float(n_own), device=self.fabric.device)
        gathered: Any = self.fabric.all_reduce(own, reduce_op="sum")
        return float(gathered)

    def step(self, moment: float) -> None:
        """Move the weights once, at a moment counted in epochs."""
        optimiser = self.options.optimiser
        if optimiser.clip_norm is not None:
            self.fabric.clip_gradients(
                self.network, self.stepper, max_norm=optimiser.clip_norm, error_if_nonfinite=False
            )
        self.rate = find_rate(optimiser, self.options.schedule, moment)
        set_rate(self.optimiser, self.rate)
        self.stepper.step()
        self.stepper.zero_grad()
        if self.average is not None:
            self.average.update_parameters(self.learner)

    @torch.no_grad()
    def check(self, epoch: int) -> Tally:
        """Go through the checks, each of them whole in one of the processes."""
        tally, checks = Tally(), self.plan.list_checks()
        own = checks[self.place :: self.n_processes]
        network = self.learner if self.average is None else self.average.module
        network.eval()
        for number, (inputs, targets) in enumerate(self.reader.read(own, epoch=epoch, is_training=False)):
            with self.fabric.autocast():
                losses, rights = network(*self.fabric.to_device((inputs, targets)))
            losses = losses.cpu()
            where = f"epoch {epoch + 1}, check {self.place + number * self.n_processes + 1} of {len(checks)}"
            refuse_infinite(losses, own[number], where, self.options.names)
            tally.add(losses, rights.cpu())
        return tally

    def report(self, epoch: int, n_done: int, n: int) -> None:
        """Tell how far an epoch is."""
        if self.fabric.is_global_zero:
            self.tell("progress", (f"epoch {epoch + 1} of {self.options.schedule.epochs}", n_done, n))

    def save(self) -> None:
        """Keep the weights if they are the best, then all that the next epoch needs, then the history."""
        states = self.gather_states()
        if not self.fabric.is_global_zero:
            return
        checkpoints, best = self.options.checkpoints, self.find_best()
        average = _read_average(self.average) if self.average else None
        if best == len(self.history.rows):
            checkpoints.save_best(average["weights"] if average else self.learner.state_dict(), best)
        checkpoints.save(
            {
                "history": self.history.to_list(),
                "best": best,
                "learner": self.learner.state_dict(),
                "optimiser": self.optimiser.state_dict(),
                "scaler": self.fabric.strategy.precision.state_dict(),
                "average": average,
                "random": states,
            }
        )
        self.history.write(checkpoints.folder / HISTORY_FILE)
        if self.options.log_tensorboard:
            write_events(self.history.rows[-1], checkpoints.folder / EVENTS)

    def resume(self) -> None:
        """Go back to where the checkpoint was left; to the beginning where there is none."""
        state = self.options.checkpoints.load()
        if state is None:
            return
        self.history = History.from_list(state["history"])
        self.learner.load_state_dict(state["learner"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.fabric.strategy.precision.load_state_dict(state["scaler"])
        if self.average is not None:
            self.average.module.load_state_dict(state["average"]["weights"])
            self.average.n_averaged.fill_(state["average"]["n_averaged"])
        restore_states(state["random"][self.place])

    def find_best(self) -> int:
        """Return the number of the best epoch, 0 when the last is to be kept or none was checked."""
        best = self.history.best
        is_kept = self.options.schedule.keep == "best" and not math.isnan(best.validation_loss)
        return best.epoch if is_kept else 0

    def gather_states(self) -> list[dict[str, Any]]:
        """Return the random states of all processes, in order."""
        states: list[Any] = [read_states()] * self.n_processes
        if self.n_processes > 1:
            torch.distributed.all_gather_object(states, states[0])
        return states


def _make_average(learner: nn.Module, decay: float | None) -> AveragedModel | None:
    """Return a moving average of weights and batch statistics, begun with those after the first step."""
    if decay is None:
        return None
    make_function: Any = get_ema_multi_avg_fn
    return AveragedModel(learner, multi_avg_fn=make_function(decay), use_buffers=True)


def _read_average(average: AveragedModel) -> dict[str, Any]:
    return {"n_averaged": int(average.n_averaged), "weights": average.module.state_dict()}
