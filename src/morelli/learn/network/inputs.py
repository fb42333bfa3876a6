"""Where a network's numbers come from: stored vectors, or pictures that are decoded and augmented."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, Sampler
from torchvision.transforms import v2
from torchvision.transforms.functional import InterpolationMode

from morelli.collection.pictures import open_picture
from morelli.encode.transform import RESAMPLING, Transform
from morelli.learn.network.plans import Batch, Inputs
from morelli.learn.network.state import draw_from
from morelli.learn.recipe import Augmentation


class Augmenter:
    """Makes the squares that a network is trained on, each in the way that its place in training says."""

    def __init__(self, augmentation: Augmentation, transform: Transform, *, seed: int) -> None:
        self._transform, self._seed = transform, seed
        self._is_cropping = augmentation.is_cropping
        self._area = augmentation.least_area
        self._steps = v2.Compose([v2.Identity(), *_build_steps(augmentation, transform)])

    @property
    def side_px(self) -> int:
        """Shortest side in pixels that a picture should have, so that no crop need be enlarged."""
        return math.ceil(self._transform.scale_px / math.sqrt(self._area))

    def apply(self, picture: Image.Image, work_id: str, *, copy: int, epoch: int) -> NDArray[np.uint8]:
        """Return (size_px, size_px, 3) uint8, not normalised; the same work, copy and epoch give the same."""
        start = self._prepare(picture)
        with torch.random.fork_rng(devices=[]):  # torchvision draws from the global state, which is put back
            torch.manual_seed(_derive_seed(self._seed, epoch, work_id, copy))
            return np.asarray(self._steps(start))

    def _prepare(self, picture: Image.Image) -> Image.Image:
        """Return what is cropped from, or else the square that is seen without augmentation."""
        if not self._is_cropping:
            return Image.fromarray(self._transform.apply(picture))
        if self._transform.crop_mode == "squash":  # shapes of crops are then shares of the picture's
            side = self.side_px
            return picture.resize((side, side), RESAMPLING[self._transform.interpolation])
        return picture


def _derive_seed(seed: int, epoch: int, work_id: str, copy: int) -> int:
    text = f"{seed}/{epoch}/{copy}/{work_id}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) >> 1


def _build_steps(augmentation: Augmentation, transform: Transform) -> list[torch.nn.Module]:
    size, interpolation = transform.size_px, InterpolationMode(transform.interpolation)
    steps: list[torch.nn.Module] = []
    if augmentation.is_cropping:
        ratio = (augmentation.least_ratio, 1 / augmentation.least_ratio)
        scale = (augmentation.least_area, 1.0)
        steps.append(v2.RandomResizedCrop(size, scale=scale, ratio=ratio, interpolation=interpolation))
    if augmentation.flip:
        steps.append(v2.RandomHorizontalFlip())
    if augmentation.is_moving:
        steps.extend(_build_movement(augmentation, size))
    if augmentation.brightness or augmentation.contrast or augmentation.saturation:
        steps.append(v2.ColorJitter(augmentation.brightness, augmentation.contrast, augmentation.saturation))
    return steps


def _build_movement(augmentation: Augmentation, size_px: int) -> list[torch.nn.Module]:
    """Return turn, shear and shift at once; what comes in at the edges is the picture's own, mirrored."""
    margin = size_px // 2
    shift = (
        augmentation.shift * size_px / (size_px + 2 * margin)
    )  # torchvision takes shares of the padded side
    shear = (-augmentation.shear_degrees, augmentation.shear_degrees) if augmentation.shear_degrees else None
    return [
        v2.Pad(margin, padding_mode="reflect"),
        v2.RandomAffine(
            augmentation.rotate_degrees,
            translate=(shift, shift) if shift else None,
            shear=shear,
            interpolation=InterpolationMode.BILINEAR,
        ),
        v2.CenterCrop(size_px),
    ]


_Float = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class VectorInputs:
    """Stored vectors; noise stands for the augmentation of pictures, which they no longer allow."""

    vectors: _Float  # (n, d)
    noise: float = 0.0  # standard deviation, in units of each dimension's own
    changes_originals: bool = True  # whether copy 0 is changed too; False where the recipe makes copies
    seed: int = 0  # of the noise

    @cached_property
    def _deviations(self) -> _Float:
        deviations: _Float = self.vectors.std(axis=0)
        return deviations

    def read(self, batch: Batch, *, epoch: int, is_training: bool) -> torch.Tensor:
        """Return (b * arity, d) float32; the same copy of a work in the same epoch gets the same noise."""
        rows, copies = batch.rows.ravel(), batch.copies.ravel()
        values = self.vectors[rows]
        if is_training and self.noise:
            changed = np.flatnonzero(copies >= (0 if self.changes_originals else 1))
            scale = self.noise * self._deviations
            for place in changed:
                rng = np.random.default_rng([self.seed, epoch, int(rows[place]), int(copies[place])])
                values[place] += scale * rng.standard_normal(values.shape[1], dtype=np.float32)
        return torch.from_numpy(values)


@dataclass(frozen=True, eq=False)
class PictureInputs:
    """Pictures, decoded whenever they are asked for."""

    paths: Sequence[Path]  # (n,) files
    ids: Sequence[str]  # (n,) work ids, of which and the seed the augmentation is a function
    transform: Transform  # what the backbone was trained with
    augmenter: Augmenter | None  # changes training pictures; None leaves them as they are
    changes_originals: bool  # as of `VectorInputs`
    max_pixels: int  # larger pictures are refused

    def read(self, batch: Batch, *, epoch: int, is_training: bool) -> torch.Tensor:
        """Return (b * arity, 3, size_px, size_px) float32, normalised."""
        squares = [
            self._read_square(row, copy, epoch=epoch, is_training=is_training)
            for row, copy in zip(batch.rows.ravel().tolist(), batch.copies.ravel().tolist(), strict=True)
        ]
        values = torch.from_numpy(np.stack(squares)).permute(0, 3, 1, 2).float()
        mean, std = (
            torch.tensor(part).view(3, 1, 1) * 255 for part in (self.transform.mean, self.transform.std)
        )
        return (values - mean) / std

    def _read_square(self, row: int, copy: int, *, epoch: int, is_training: bool) -> NDArray[np.uint8]:
        augmenter = self.augmenter if is_training and (copy or self.changes_originals) else None
        side_px = self.transform.scale_px if augmenter is None else augmenter.side_px
        picture = open_picture(self.paths[row], max_pixels=self.max_pixels, at_least=side_px)
        if augmenter is None:
            return self.transform.apply(picture)
        return augmenter.apply(picture, self.ids[row], copy=copy, epoch=epoch)


_START: Literal["spawn", "fork"] = "spawn"
"""How those who read ahead begin: a forked copy of a process with torch's and LanceDB's threads can hang."""

_Ready = tuple[Tensor, dict[str, Tensor]]  # the inputs of a batch and its targets by name


class BatchReader:
    """Reads the batches of a training, ahead in processes that are begun once and kept, or in this one."""

    def __init__(self, inputs: Inputs, seed: int, *, n_workers: int = 0, is_pinned: bool = False) -> None:
        self._agenda = _Agenda()
        self._loader: DataLoader[_Ready] = DataLoader(
            _Reading(inputs, seed),
            sampler=self._agenda,
            batch_size=None,
            num_workers=n_workers,
            persistent_workers=n_workers > 0,
            multiprocessing_context=_START if n_workers else None,
            pin_memory=is_pinned,
            generator=torch.Generator(),  # its own: whoever goes through a loader draws a number
        )

    def read(self, batches: Sequence[Batch], *, epoch: int, is_training: bool) -> Iterator[_Ready]:
        """Yield the batches of an epoch, counted from 0, in order."""
        self._agenda.tasks = [
            _Task(batch, epoch, number, is_training) for number, batch in enumerate(batches)
        ]
        yield from self._loader


@dataclass(frozen=True, eq=False)
class _Task:
    batch: Batch
    epoch: int
    number: int
    is_training: bool


class _Agenda(Sampler[_Task]):
    def __init__(self) -> None:
        self.tasks: list[_Task] = []

    def __len__(self) -> int:
        return len(self.tasks)

    def __iter__(self) -> Iterator[_Task]:
        return iter(self.tasks)


@dataclass(frozen=True, eq=False)
class _Reading(Dataset[_Ready]):
    inputs: Inputs
    seed: int

    def __getitem__(self, task: _Task) -> _Ready:
        with draw_from(self.seed, task.epoch, task.number, int(task.is_training)):
            read = self.inputs.read(task.batch, epoch=task.epoch, is_training=task.is_training)
        return read, {name: _to_tensor(values) for name, values in task.batch.targets.items()}


def _to_tensor(values: np.ndarray) -> Tensor:
    """Return an array as a tensor; float64, which not every device has, as float32."""
    array = values.astype(np.float32) if values.dtype == np.float64 else values
    return torch.from_numpy(np.ascontiguousarray(array))
