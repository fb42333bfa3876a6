"""Runs a function in one process or in several, and brings what they tell to the caller.

Several processes are spawned, one per device; each tells the caller's process through a pipe of its own, so
that one that is ended in the middle of a word cannot hold up the others.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import chain
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from typing import Any, Literal

import torch
from lightning_fabric import Fabric
from lightning_fabric.strategies.ddp import DDPStrategy
from torch import nn
from torch.multiprocessing.spawn import ProcessException

from morelli.encode.backbone import choose_half, resolve_device
from morelli.errors import MorelliError, UsageError

PrecisionName = Literal["32-true", "bf16-mixed", "16-mixed"]

Tell = Callable[[str, tuple[Any, ...]], None]  # takes the name of what happened, and its facts
_START: Literal["spawn", "fork"] = "spawn"
"""How several processes begin: afresh, since a fork would share the threads and the GPU of this one."""

_PAUSE_S = 0.1


def make_fabric(*, accelerator: str, devices: int, precision: PrecisionName) -> Fabric:
    """Return what places tensors, casts them, and makes several processes one; each has its own device.

    On a CPU they share its cores and speak through gloo. Devices that are not there are refused.
    """
    device = resolve_device(accelerator)
    _refuse_absent(device, devices)
    if precision == "16-mixed":
        choose_half(device, "fp16")  # refuses a CPU
    chosen: list[int] | int = devices if device.index is None or device.type == "cpu" else [device.index]
    strategy: Any = "auto" if devices == 1 else DDPStrategy(start_method=_START)
    return Fabric(accelerator=device.type, devices=chosen, strategy=strategy, precision=precision)


def _refuse_absent(device: torch.device, devices: int) -> None:
    there = torch.cuda.device_count() if device.type == "cuda" else 1 if device.type == "mps" else devices
    if device.index is not None:
        there = 1
    if not 1 <= devices <= there:
        raise UsageError(
            f"devices {devices}",
            expected=f"1 to {there} of {device}" if device.type != "cpu" else "1 or more processes",
            found=str(devices),
            remedy="ask for as many as there are",
        )


def launch(fabric: Fabric, function: Callable[..., None], *arguments: Any, listen: Tell) -> None:
    """Call ``function(fabric, tell, *arguments)``, pickled, in each process, and wait for all of them.

    What any process tells reaches `listen` in this one. The first `MorelliError` of any ends the others.
    """
    start: Any = fabric.launch
    if fabric.world_size == 1:
        start(function, listen, *arguments)
        return
    pipes = [get_context(_START).Pipe(duplex=False) for _ in range(fabric.world_size)]
    readers, writers = [pipe[0] for pipe in pipes], [pipe[1] for pipe in pipes]
    errors: list[MorelliError] = []

    def sort(name: str, facts: tuple[Any, ...]) -> None:
        errors.extend(facts) if name == "error" else listen(name, facts)

    try:
        with _relay(readers, writers, sort):
            start(_Part(writers, function, arguments))
    except ProcessException:
        if not errors:
            raise
        raise errors[0] from None


@dataclass(frozen=True, eq=False)
class _Part:
    """What each of several processes does; one function, since Fabric takes arguments apart."""

    writers: Sequence[Connection]
    function: Callable[..., None]
    arguments: tuple[Any, ...]

    def __call__(self, fabric: Fabric) -> None:
        for argument in self.arguments:
            if isinstance(argument, nn.Module):
                _take_possession(argument)
        tell = partial(_send, self.writers[fabric.global_rank])
        try:
            self.function(fabric, tell, *self.arguments)
        except MorelliError as error:
            tell("error", (error,))  # what torch carries from process to process is text
            raise


def _take_possession(module: nn.Module) -> None:
    """Copy the tensors, which on a CPU all processes would otherwise write to."""
    for tensor in chain(module.parameters(), module.buffers()):
        tensor.data = tensor.data.clone()


def _send(writer: Connection, name: str, facts: tuple[Any, ...]) -> None:
    writer.send((name, facts))


@contextmanager
def _relay(readers: Sequence[Connection], writers: Sequence[Connection], sort: Tell) -> Iterator[None]:
    """Hand on in a thread what comes through pipes, all of it by the end of the block."""
    is_over = threading.Event()

    def hand_on() -> None:
        while not is_over.is_set():
            wait(readers, timeout=_PAUSE_S)
            for reader in filter(Connection.poll, readers):
                sort(*reader.recv())

    thread = threading.Thread(target=hand_on, daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()
        for writer in writers:
            writer.close()  # now nobody holds the other end: what is left can be read up to its end
        for reader in readers:
            _drain(reader, sort)


def _drain(reader: Connection, sort: Tell) -> None:
    try:
        while True:
            sort(*reader.recv())
    except EOFError:
        reader.close()
