"""The training loop: epochs of batches, validated and kept, so that a stopped run goes on as it would have.

A learner is a module that returns losses and right answers; a plan says which works it sees and when; inputs
are what it sees of them. Everything drawn at random follows from the seed and the number of the epoch, or
from states that are in the checkpoint.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from morelli.errors import TrainingError
from morelli.learn.network.health import FIRST_STEPS, HEALTH_FILE, Watch
from morelli.learn.network.history import (
    HISTORY_FILE,
    EpochRow,
    History,
    refuse_without_tensorboard,
    write_events,
)
from morelli.learn.network.inputs import BatchReader, VectorInputs
from morelli.learn.network.learner import Groups, Learner, find_rate, make_optimiser, set_rate
from morelli.learn.network.plans import Batch, Inputs, Plan, Turn, list_turns
from morelli.learn.network.processes import PrecisionName, Tell, launch, make_fabric
from morelli.learn.network.state import Checkpoints, keep_states, read_states, restore_states, seed_states
from morelli.learn.recipe import Optimiser, Schedule
from morelli.settings import Progress

if TYPE_CHECKING:
    from lightning_fabric import Fabric

_log = logging.getLogger(__name__)

_MAX_NAMED = 8  # works that a message lists
_EVENTS = "tensorboard"


@dataclass(frozen=True, eq=False)
class RunOptions:
    """How a network is trained: what the recipe says, where the run is kept, and on which machine it runs."""

    optimiser: Optimiser
    schedule: Schedule
    groups: Groups  # the parameters that learn, by name
    folder: Path  # gets history.csv, checkpoint.pt and best-*.pt; emptied of them unless the run is resumed
    seed: int  # of dropout, and of what is drawn while reading
    identity: str  # digest of recipe, collection and split: a checkpoint with another one is refused
    devices: int = 1  # processes
    accelerator: str = "auto"  # auto, cpu, cuda, cuda:N or mps
    precision: PrecisionName = "32-true"
    resume: bool = False  # after the last epoch that was finished; from the beginning where none was
    n_workers: int = 0  # processes, beside each of the others, that read ahead
    names: Sequence[str] | None = None  # (n,) of the works, for messages
    log_tensorboard: bool = False
    keep_going: bool = False  # also where the network is dead

    @property
    def checkpoints(self) -> Checkpoints:
        """The checkpoints of this run and no other."""
        facts = {
            "identity": self.identity,
            "seed": self.seed,
            "processes": self.devices,
            "precision": self.precision,
            "optimiser": self.optimiser.model_dump_json(),
            "schedule": self.schedule.model_dump_json(),
        }
        return Checkpoints(self.folder, {name: str(value) for name, value in facts.items()})


def fit_network(
    learner: nn.Module,
    plan: Plan,
    inputs: Inputs,
    options: RunOptions,
    *,
    on_epoch: Callable[[EpochRow], None] | None = None,
    progress: Progress | None = None,
) -> History:
    """Train a learner in place, and return what happened in each epoch.

    ``learner(inputs, targets)`` returns (m,) losses, m >= 1, and (m,) answers: 1 right, 0 wrong, NaN where
    there was no question. The mean loss of a step's works is minimised. Afterwards the learner is on the CPU
    in eval mode with the weights of the epoch that is kept; torch's and NumPy's states are as they were.

    Several processes take a share of every batch each; the step is that of one process, within rounding, but
    batch norm takes the statistics of each share, dropout draws other numbers, and a loss that looks across
    its batch sees one share of it. On CPUs and in one process, a run that was killed and resumed ends with
    the very weights of one that was not.

    Raises a `TrainingError` when a loss is not finite, when there is no batch, and when the checkpoint is
    damaged or another training's; the checkpoint of the previous epoch stays.
    """
    if options.log_tensorboard:
        refuse_without_tensorboard()
    options.folder.mkdir(parents=True, exist_ok=True)

    def listen(name: str, facts: tuple[Any, ...]) -> None:
        function: Callable[..., None] | None = on_epoch if name == "epoch" else progress
        if function is not None:
            function(*facts)

    fabric = make_fabric(
        accelerator=options.accelerator, devices=options.devices, precision=options.precision
    )
    with keep_states():
        launch(fabric, _fit, learner, plan, inputs, options, listen=listen)
    state: Any = options.checkpoints.load()  # written after the last epoch
    learner.cpu().eval().load_state_dict(_choose_weights(state, options))
    return History.from_list(state["history"])


def _choose_weights(state: dict[str, Any], options: RunOptions) -> dict[str, Any]:
    if options.schedule.keep == "best" and state["best"]:
        return options.checkpoints.load_best(state["best"])
    chosen: dict[str, Any] = state["average"]["weights"] if state["average"] else state["learner"]
    return chosen


def _fit(
    fabric: Fabric, tell: Tell, learner: nn.Module, plan: Plan, inputs: Inputs, options: RunOptions
) -> None:
    run = _Run(fabric, tell, learner, plan, inputs, options)
    if options.resume:
        run.resume()
    elif fabric.is_global_zero:
        options.checkpoints.clear()
        (options.folder / HEALTH_FILE).unlink(missing_ok=True)
    fabric.barrier()
    with _limit_threads(inputs):
        while not run.is_over:
            run.do_epoch()


@contextmanager
def _limit_threads(inputs: Inputs) -> Iterator[None]:
    """Keep torch to one thread while a head learns on stored vectors, whose products are small."""
    before = torch.get_num_threads()
    if isinstance(inputs, VectorInputs):
        torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


class _Run:
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
        self.watch = Watch(learner, options.folder) if isinstance(learner, Learner) else None

    @property
    def is_over(self) -> bool:
        """Whether all epochs are done, or none was better for long enough."""
        schedule, n_done = self.options.schedule, len(self.history.rows)
        has_waited = schedule.patience is not None and self.history.n_since_best >= schedule.patience
        return n_done >= schedule.epochs or has_waited

    def do_epoch(self) -> None:
        """Train, validate, and leave a checkpoint."""
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
        validated = self.validate(epoch).gather(self.fabric)
        row = EpochRow(
            epoch + 1,
            *(trained.mean_loss, trained.accuracy, validated.mean_loss, validated.accuracy),
            learning_rate=self.rate,
            seconds=time.perf_counter() - started,
            works_per_second=speed,
            constant_loss=validated.constant_loss,
            chance_accuracy=validated.chance_accuracy,
        )
        self.history = self.history.add(row)
        self.save()
        if self.fabric.is_global_zero:
            self.tell("epoch", (row,))

    def train(self, batches: Sequence[Batch], epoch: int) -> _Tally:
        """Go through the batches of an epoch; return the sums of this process."""
        accumulate = self.options.optimiser.accumulate
        turns = list_turns(batches, epoch, accumulate=accumulate, place=self.place, n_shares=self.n_processes)
        tally = _Tally()
        self.network.train()
        read = self.reader.read([turn.share for turn in turns], epoch=epoch, is_training=True)
        for turn, (inputs, targets) in zip(turns, read, strict=True):
            losses, rights = self.learn(turn, inputs, targets)
            if turn.does_count:
                tally.add(losses, rights)
            if turn.moves:
                self.look(epoch, turn.number, len(turns), (inputs, targets), losses)
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
        _refuse_infinite(found, turn.share, turn.where, self.options.names)
        return found, rights.detach().cpu()

    def look(self, epoch: int, step: int, n_steps: int, batch: tuple[Any, Any], losses: Tensor) -> None:
        """Look at the network in the first steps and at the end of an epoch; stop where it is dead."""
        is_early = epoch == 0 and step == FIRST_STEPS
        if self.watch is None or not self.fabric.is_global_zero or not (is_early or step == n_steps):
            return
        inputs, targets = self.fabric.to_device(batch)
        seen = self.watch.look(epoch + 1, step, targets, losses)
        fault = None if seen is None else self.watch.describe_fault(seen, inputs)
        if fault is not None and not self.options.keep_going:
            raise fault
        if fault is not None:
            _log.warning("%s", fault)

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
    def validate(self, epoch: int) -> _Tally:
        """Go through the validation batches, each of them whole in one of the processes."""
        tally, batches = _Tally(), self.plan.list_validation_batches()
        own = batches[self.place :: self.n_processes]
        network = self.learner if self.average is None else self.average.module
        network.eval()
        for number, (inputs, targets) in enumerate(self.reader.read(own, epoch=epoch, is_training=False)):
            moved, known = self.fabric.to_device((inputs, targets))
            with self.fabric.autocast():
                if isinstance(network, Learner):
                    embeddings = network.embed(moved)
                    losses, rights = network.criterion(embeddings, known)
                    tally.add_chance(*network.compare_with_chance(embeddings, known))
                else:
                    losses, rights = network(moved, known)
            losses = losses.cpu()
            place = self.place + number * self.n_processes + 1
            where = f"epoch {epoch + 1}, validation batch {place} of {len(batches)}"
            _refuse_infinite(losses, own[number], where, self.options.names)
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
            write_events(self.history.rows[-1], checkpoints.folder / _EVENTS)

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


@dataclass
class _Tally:
    """Losses and right answers of an epoch, summed as they come."""

    loss: float = 0.0
    n_losses: float = 0.0
    right: float = 0.0
    n_rights: float = 0.0
    constant: float = 0.0  # the losses of a constant answer
    chance: float = 0.0  # right answers of exchanged embeddings
    n_chances: float = 0.0

    def add_chance(self, losses: Tensor, rights: Tensor) -> None:
        """Count what `Learner.compare_with_chance` returned."""
        answers = rights.double()
        self.constant += float(losses.double().sum())
        self.chance += float(answers.nansum())
        self.n_chances += int((~answers.isnan()).sum())

    def add(self, losses: Tensor, rights: Tensor) -> None:
        """Count (m,) losses and (m,) answers from 0 to 1, both on the CPU; NaN is a question not asked."""
        answers = rights.double()
        self.loss += float(losses.double().sum())
        self.n_losses += len(losses)
        self.right += float(answers.nansum())
        self.n_rights += int((~answers.isnan()).sum())

    def gather(self, fabric: Fabric) -> _Tally:
        """Return the sums over all processes, the same in each of them."""
        if fabric.world_size == 1:
            return self
        sums = torch.tensor([getattr(self, each.name) for each in fields(self)], dtype=torch.float64)
        gathered: Any = fabric.all_reduce(sums.to(fabric.device), reduce_op="sum")
        return _Tally(*gathered.tolist())

    @property
    def mean_loss(self) -> float:
        """Mean of the losses; NaN where there are none."""
        return self.loss / self.n_losses if self.n_losses else math.nan

    @property
    def accuracy(self) -> float:
        """Share of right answers; NaN where no question was asked."""
        return self.right / self.n_rights if self.n_rights else math.nan

    @property
    def constant_loss(self) -> float:
        """Mean loss of a constant answer; infinite where none was asked for."""
        return self.constant / self.n_losses if self.constant else math.inf

    @property
    def chance_accuracy(self) -> float:
        """Most that exchanged embeddings would get in 97.5 of 100 trials: their share and two deviations."""
        if not self.n_chances:
            return 0.0
        share = self.chance / self.n_chances
        return share + 2 * math.sqrt(share * (1 - share) / self.n_chances)


def _refuse_infinite(losses: Tensor, batch: Batch, where: str, names: Sequence[str] | None) -> None:
    """Refuse (m,) losses that are not finite, and name their works: all of the batch unless m is b."""
    is_bad = ~losses.isfinite()
    if not is_bad.any():
        return
    rows = batch.rows[is_bad.numpy()] if len(is_bad) == len(batch) else batch.rows
    raise TrainingError(
        where,
        expected="a finite loss",
        found=f"{float(losses[is_bad][0])} for {_describe_works(rows, names)}",
        remedy="lower the learning rate or clip the gradient, and look at these works; the checkpoint of the "
        "epoch before is kept",
    )


def _describe_works(rows: NDArray[np.intp], names: Sequence[str] | None) -> str:
    found = np.unique(rows)
    shown = [f"{row} ({names[row]})" if names is not None else str(row) for row in found[:_MAX_NAMED]]
    more = [f"{len(found) - _MAX_NAMED} more"] if len(found) > _MAX_NAMED else []
    return f"the works at {', '.join([*shown, *more])}"
