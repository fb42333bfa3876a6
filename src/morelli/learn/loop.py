"""The training loop: epochs of batches, checked and kept, so that a stopped run goes on as it would have.

A learner is a module that returns losses and right answers; a plan says which works it sees and when; inputs
are what it sees of them. Everything drawn at random follows from the seed and the number of the epoch, or
from states that are in the checkpoint.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from torch import nn

from morelli.learn.checkpoints import Checkpoints
from morelli.learn.history import EpochRow, History
from morelli.learn.optimisers import Groups, name_groups
from morelli.learn.plan import Inputs, Plan
from morelli.learn.processes import PrecisionName, Tell, launch, make_fabric
from morelli.learn.random_states import keep_states
from morelli.learn.recipe import Optimiser, Schedule
from morelli.learn.run import Run, RunOptions
from morelli.learn.tensorboard import refuse_without_tensorboard

if TYPE_CHECKING:
    from lightning_fabric import Fabric


def fit_network(
    learner: nn.Module,
    plan: Plan,
    inputs: Inputs,
    *,
    optimiser: Optimiser,
    schedule: Schedule,
    groups: Groups,
    folder: Path,
    seed: int,
    identity: str,
    devices: int = 1,
    accelerator: str = "auto",
    precision: PrecisionName = "32-true",
    resume: bool = False,
    n_workers: int = 0,
    names: Sequence[str] | None = None,
    log_tensorboard: bool = False,
    on_epoch: Callable[[EpochRow], None] | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> History:
    """Train a learner in place, and return what happened in each epoch.

    Parameters
    ----------
    learner
        ``learner(inputs, targets)`` returns (m,) losses, m >= 1, and (m,) answers: 1 right, 0 wrong, NaN
        where there was no question. Afterwards it is on the CPU in eval mode, with the weights of the epoch
        that is kept.
    plan, inputs
        Which works when, and what of them. A plan without checks keeps its last epoch.
    optimiser, schedule
        What the recipe says of them. The mean loss of a batch is minimised; of accumulated batches, all works
        count alike. With ``average`` it is the moving average of the weights that is checked and kept.
    groups
        The parameters that learn, each list with the factor of its learning rate.
    folder
        Gets ``history.csv``, ``checkpoint.pt`` and ``best-*.pt``; what an earlier run left is removed unless
        `resume`.
    seed
        Of dropout and of what is drawn while reading; torch's and NumPy's states are given back as they were.
    identity
        Digest of recipe, collection and split: a checkpoint with another one is refused.
    devices
        Processes. Each takes its share of every batch; the step is that of one process, within rounding.
        Three things differ: batch norm takes the statistics of each share (and keeps the first process's),
        dropout draws other numbers, and a loss that looks across its batch sees one share of it. Each check
        is made whole by one process. With several, learner, plan and inputs are pickled.
    accelerator
        auto, cpu, cuda, cuda:N or mps.
    precision
        32-true, or bf16-mixed or 16-mixed, which cast the inputs too.
    resume
        Go on after the last epoch that was finished; from the beginning where none was.
    n_workers
        Processes, beside each of the others, that read ahead.
    names
        (n,) names of the works, for messages.
    log_tensorboard
        Whether to write event files into ``tensorboard`` within the folder.
    on_epoch, progress
        Called after each epoch with its row, and after each batch with a label, how many are done and how
        many there are.

    Raises
    ------
    TrainingError
        When a loss is not finite, when there is no batch, or when the checkpoint is damaged or another
        training's. The checkpoint of the previous epoch stays.
    UsageError
        When there are no such devices, or TensorBoard is asked for and missing.

    Notes
    -----
    On CPUs and one process, a run that was killed and resumed ends with the very weights of one that was not.
    """
    if log_tensorboard:
        refuse_without_tensorboard()
    folder.mkdir(parents=True, exist_ok=True)
    facts = {
        "identity": identity,
        "seed": seed,
        "processes": devices,
        "precision": precision,
        "optimiser": optimiser.model_dump_json(),
        "schedule": schedule.model_dump_json(),
    }
    checkpoints = Checkpoints(folder, {name: str(value) for name, value in facts.items()})
    named = name_groups(learner, groups)
    options = RunOptions(
        optimiser, schedule, named, checkpoints, seed, resume, n_workers, names, log_tensorboard
    )

    def listen(name: str, facts: tuple[Any, ...]) -> None:
        function: Callable[..., None] | None = on_epoch if name == "epoch" else progress
        if function is not None:
            function(*facts)

    fabric = make_fabric(accelerator=accelerator, devices=devices, precision=precision)
    with keep_states():
        launch(fabric, _fit, learner, plan, inputs, options, listen=listen)
    state: Any = checkpoints.load()  # written after the last epoch
    learner.cpu().eval().load_state_dict(_choose_weights(state, checkpoints, schedule))
    return History.from_list(state["history"])


def _choose_weights(state: dict[str, Any], checkpoints: Checkpoints, schedule: Schedule) -> dict[str, Any]:
    if schedule.keep == "best" and state["best"]:
        return checkpoints.load_best(state["best"])
    chosen: dict[str, Any] = state["average"]["weights"] if state["average"] else state["learner"]
    return chosen


def _fit(
    fabric: Fabric, tell: Tell, learner: nn.Module, plan: Plan, inputs: Inputs, options: RunOptions
) -> None:
    run = Run(fabric, tell, learner, plan, inputs, options)
    if options.resume:
        run.resume()
    elif fabric.is_global_zero:
        options.checkpoints.clear()
    fabric.barrier()
    while not run.is_over:
        run.do_epoch()
