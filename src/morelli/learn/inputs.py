"""Where a network's numbers come from: stored vectors, or pictures that are decoded and augmented."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from morelli.collection.pictures import open_picture
from morelli.encode.augment import Augmenter
from morelli.encode.transform import Transform
from morelli.learn.plan import Batch

Float = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class VectorInputs:
    """Stored vectors.

    Parameters
    ----------
    vectors
        (n, d) float32.
    noise
        Standard deviation of what is added in training, in units of each dimension's own; at least 0. It
        stands for the augmentation of pictures, which stored vectors no longer allow.
    changes_originals
        Whether copy 0 is changed too; False where the recipe makes copies for that.
    seed
        Of the noise.
    """

    vectors: Float
    noise: float = 0.0
    changes_originals: bool = True
    seed: int = 0

    @cached_property
    def deviations(self) -> Float:
        """(d,) the standard deviation of each dimension."""
        deviations: Float = self.vectors.std(axis=0)
        return deviations

    def read(self, batch: Batch, *, epoch: int, is_training: bool) -> torch.Tensor:
        """Return (b * arity, d) float32; the same copy of a work in the same epoch gets the same noise."""
        rows, copies = batch.rows.ravel(), batch.copies.ravel()
        values = self.vectors[rows]
        if is_training and self.noise:
            changed = np.flatnonzero(copies >= (0 if self.changes_originals else 1))
            scale = self.noise * self.deviations
            for place in changed:
                rng = np.random.default_rng([self.seed, epoch, int(rows[place]), int(copies[place])])
                values[place] += scale * rng.standard_normal(values.shape[1], dtype=np.float32)
        return torch.from_numpy(values)


@dataclass(frozen=True, eq=False)
class PictureInputs:
    """Pictures, decoded whenever they are asked for.

    Parameters
    ----------
    paths
        (n,) files.
    ids
        (n,) work ids, of which and the seed the augmentation is a function.
    transform
        What the backbone was trained with.
    augmenter
        Changes training pictures; None leaves them as they are.
    changes_originals
        Whether copy 0 is changed too; False where the recipe makes copies for that.
    max_pixels
        Larger pictures are refused.
    """

    paths: Sequence[Path]
    ids: Sequence[str]
    transform: Transform
    augmenter: Augmenter | None
    changes_originals: bool
    max_pixels: int

    def read(self, batch: Batch, *, epoch: int, is_training: bool) -> torch.Tensor:
        """Return (b * arity, 3, size_px, size_px) float32, normalised.

        Raises
        ------
        PictureError
            When a picture cannot be used; `morelli embed` lists such works beforehand.
        """
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
