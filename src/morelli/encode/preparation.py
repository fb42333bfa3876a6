"""What happens to a picture before the network sees it: decode, resize, crop, describe.

It runs in processes of its own beside the network, so nothing here loads torch.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context, parent_process
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from morelli.collection.memory import MEMORY_MB, Memory, Take
from morelli.collection.pictures import open_picture
from morelli.collection.work import Skip
from morelli.encode.descriptors import PICTURE_SIZE_PX, describe_picture
from morelli.encode.views import Area
from morelli.errors import PictureError

_CHUNK = 4
_LOOKAHEAD_CHUNKS = 8


class Step(Protocol):
    """What one part of an encoder makes of a picture; can be sent to other processes."""

    @property
    def scale_px(self) -> int:
        """Shortest side in pixels that a picture should have, so that it need not be enlarged."""

    def apply(self, picture: Image.Image) -> Any:
        """Return what the part encodes, for an RGB picture of any size."""

    def find_area(self, width: int, height: int) -> Area:
        """Return the part of a picture of a size in pixels that is seen."""


@dataclass(frozen=True)
class Describing:
    """The step of the descriptors, which are computed at once: (d,) float32."""

    scale_px: int = PICTURE_SIZE_PX

    def apply(self, picture: Image.Image) -> NDArray[np.float32]:
        """Return the descriptors of a picture."""
        return describe_picture(np.asarray(picture))

    def find_area(self, width: int, height: int) -> Area:
        """Return the whole picture."""
        return Area()


@dataclass(frozen=True)
class Preparation:
    """How one picture becomes the inputs of an encoder's parts."""

    steps: tuple[Step, ...]  # one per part
    max_pixels: int  # pictures with more pixels are skipped
    memory: int = MEMORY_MB  # megabytes that all pictures being decoded may take together

    @property
    def side_px(self) -> int:
        """Shortest side in pixels that a picture should have, so that no part has to enlarge it."""
        return max(step.scale_px for step in self.steps)

    def prepare(self, path: Path, take: Take | None = None) -> list[Any]:
        """Return the input of each part, of a picture that can be used."""
        return self.convert(open_picture(path, max_pixels=self.max_pixels, at_least=self.side_px, take=take))

    def convert(self, picture: Image.Image) -> list[Any]:
        """Return the input of each part for an RGB picture."""
        return [step.apply(picture) for step in self.steps]


@dataclass(frozen=True, eq=False)
class Prepared:
    """One picture after preparation: the input of each part, or the reason there are none."""

    work_id: str
    path: Path
    inputs: list[Any] | None
    skip: Skip | None = None


def prepare_pictures(
    preparation: Preparation, pictures: Sequence[tuple[str, Path]], *, workers: int
) -> Iterator[Prepared]:
    """Yield (work id, path) pairs prepared, in order, ahead in other processes; 0 workers: in this one."""
    chunks = [pictures[start : start + _CHUNK] for start in range(0, len(pictures), _CHUNK)]
    if workers == 0:
        for chunk in chunks:
            yield from _prepare_chunk(preparation, chunk)
        return
    # Forking a process that runs LanceDB's and torch's threads can hang; a fresh interpreter cannot.
    pool = ProcessPoolExecutor(
        workers,
        mp_context=get_context("spawn"),
        initializer=_settle_worker,
        initargs=(Memory(preparation.memory, is_shared=True),),
    )
    try:
        yield from _drain(pool, preparation, chunks, ahead=workers * _LOOKAHEAD_CHUNKS)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _drain(
    pool: ProcessPoolExecutor,
    preparation: Preparation,
    chunks: Sequence[Sequence[tuple[str, Path]]],
    *,
    ahead: int,
) -> Iterator[Prepared]:
    waiting = iter(chunks)
    pending: deque[Future[list[Prepared]]] = deque(
        pool.submit(_prepare_chunk, preparation, chunk) for chunk in islice(waiting, ahead)
    )
    while pending:
        done = pending.popleft().result()
        for chunk in islice(waiting, 1):
            pending.append(pool.submit(_prepare_chunk, preparation, chunk))
        yield from done


def _prepare_chunk(preparation: Preparation, chunk: Sequence[tuple[str, Path]]) -> list[Prepared]:
    prepared = []
    for work_id, path in chunk:
        try:
            with _MEMORY.lease() as take:
                prepared.append(Prepared(work_id, path, preparation.prepare(path, take)))
        except PictureError as error:
            prepared.append(Prepared(work_id, path, None, Skip.of_fault(path, error)))
    return prepared


_MEMORY = Memory(MEMORY_MB)
"""Of this process, which decodes one picture at a time; a worker's is shared with the other workers."""


def _settle_worker(memory: Memory) -> None:
    global _MEMORY
    import cv2

    _MEMORY = memory

    cv2.setNumThreads(1)  # one process per core is parallel enough
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End when the process that asked for the work is gone: a killed one cannot say so itself."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
