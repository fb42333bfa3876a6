"""The encoder: from pictures to vectors, and a card that says how.

torch is loaded only when one of the parts is a network.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import reduce
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from morelli.collection.pictures import Picture, decode_picture, open_file
from morelli.collection.work import Skip
from morelli.encode.descriptors import DESCRIPTORS_VERSION, N_DIMENSIONS
from morelli.encode.preparation import Describing, Preparation, Prepared, Step, prepare_pictures
from morelli.encode.spec import (
    DESCRIPTORS,
    EncoderCard,
    EncoderSpec,
    PartCard,
    PartSpec,
    is_plugin,
    load_encoder_spec,
)
from morelli.encode.transform import Transform
from morelli.encode.views import Area, Grid, locate_intervals
from morelli.errors import FingerprintError, PictureError, needs_networks
from morelli.settings import Progress, Settings, count_processors

if TYPE_CHECKING:
    from morelli.encode.backbone import Backbone

_MAX_WORKERS = 8
_FEW = 16  # pictures that are prepared in this process
_BATCH_SIZE = 32  # of patches


@dataclass(frozen=True, eq=False)
class Patches:
    """Vectors of places in one picture, row by row from the top."""

    vectors: NDArray[np.float32]  # (g * g, d); d as of the whole picture
    areas: tuple[Area, ...]  # (g * g,) where each lies, in shares of the picture


class _Part(Protocol):
    """One of the parts of an encoder, whose vectors are joined."""

    @property
    def card(self) -> PartCard: ...

    @property
    def step(self) -> Step: ...

    def encode(self, inputs: Sequence[Any]) -> NDArray[np.float32]:
        """Return (n, d) vectors of what the step made of n pictures."""


class _Descriptors:
    card = PartCard(
        model=DESCRIPTORS,
        version=str(DESCRIPTORS_VERSION),
        layers=(),
        pooling="own",
        weights="",
        transform=None,
        dimension=N_DIMENSIONS,
        origin="built in",
    )
    step: Step = Describing()

    def encode(self, inputs: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
        return np.stack(inputs)


class _Network:
    def __init__(self, backbone: Backbone) -> None:
        self.backbone, self.card = backbone, backbone.card
        self.step: Transform = backbone.transform

    def encode(self, inputs: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        return self.backbone.encode(np.stack(inputs))


@dataclass(frozen=True, eq=False)
class _EncodedBatch:
    """Vectors of some works, and the pictures among them that could not be used."""

    ids: tuple[str, ...]
    vectors: NDArray[np.float32]  # (n, d)
    skips: tuple[Skip, ...] = ()


class Encoder:
    """Turns pictures into vectors.

    Parameters
    ----------
    spec, settings
        Its parts; device, precision, batch size, workers and pixel cap.
    random_seed
        Networks keep untrained weights drawn from this seed; None reads the weights of the spec.

    Examples
    --------
    >>> from morelli.encode.spec import parse_encoder
    >>> Encoder(parse_encoder("descriptors"), Settings()).card.name
    'descriptors'
    """

    def __init__(self, spec: EncoderSpec, settings: Settings, *, random_seed: int | None = None) -> None:
        self._settings = settings
        self._parts = _build_parts(spec, settings, random_seed)
        self.card = EncoderCard(parts=tuple(part.card for part in self._parts), spec=spec.to_dict())
        steps = tuple(part.step for part in self._parts)
        self._preparation = Preparation(steps, settings.max_pixels, settings.memory)

    @classmethod
    def from_card(cls, card: EncoderCard, settings: Settings, *, weights: Sequence[Path] = ()) -> Encoder:
        """Build the encoder of a card again; refuse it when weights or code have changed since."""
        spec = load_encoder_spec(card.spec, "encoder card")
        encoder = cls(spec.with_weights(weights) if weights else spec, settings)
        if encoder.card.fingerprint != card.fingerprint:
            raise FingerprintError(
                f"encoder {card.name}",
                expected=f"fingerprint {card.fingerprint[:12]}",
                found=f"{encoder.card.fingerprint[:12]} from the weights and code at hand",
                remedy="give the original weights with --weights, or embed and train anew",
            )
        return encoder

    def encode(
        self, pictures: Sequence[tuple[str, Path]], *, progress: Progress | None = None
    ) -> Iterator[_EncodedBatch]:
        """Yield vectors of pictures, work ids and paths, by batch; decoding runs ahead in other processes."""
        workers = 0 if len(pictures) <= _FEW else _count_workers(self._settings.workers)
        prepared = prepare_pictures(self._preparation, pictures, workers=workers)
        done = 0
        while batch := list(islice(prepared, self._settings.batch_size)):
            yield self._encode_batch(batch)
            done += len(batch)
            if progress is not None:
                progress("embed", done, len(pictures))

    def encode_files(self, paths: Sequence[Path]) -> NDArray[np.float32]:
        """Return the vectors of a few pictures, (n, d) float32."""
        inputs = [Prepared(str(path), path, self._preparation.prepare(path)) for path in paths]
        size = self._settings.batch_size
        batches = [self._encode_batch(inputs[start : start + size]) for start in range(0, len(inputs), size)]
        for skip in (skip for batch in batches for skip in batch.skips):
            raise PictureError(
                skip.path, expected="a finite vector", found="one that is not", remedy="try --precision fp32"
            )
        return np.concatenate([batch.vectors for batch in batches])

    def open_picture(self, path: Path) -> Picture:
        """Return a picture decoded as `encode_files` decodes it."""
        with open_file(path) as file:
            return decode_picture(file, path, max_pixels=self._settings.max_pixels, at_least=self.side_px)

    @property
    def side_px(self) -> int:
        """Shortest side in pixels that a picture should have, so that no part has to enlarge it."""
        return self._preparation.side_px

    def encode_images(self, images: Sequence[Image.Image]) -> NDArray[np.float32]:
        """Return the vectors of decoded RGB pictures, (n, d) float32."""
        return self.encode_inputs(self.prepare_images(images))

    def prepare_images(self, images: Sequence[Image.Image]) -> Sequence[Sequence[Any]]:
        """Return the inputs of all parts for each decoded RGB picture."""
        with ThreadPoolExecutor(_count_workers(None)) as threads:  # Pillow does not hold up the others
            return list(threads.map(self._preparation.convert, images))

    def encode_inputs(self, inputs: Sequence[Sequence[Any]]) -> NDArray[np.float32]:
        """Return (n, d) float32 vectors for what `prepare_images` made here or in a randomised twin."""
        size = self._settings.batch_size
        batches = (inputs[start : start + size] for start in range(0, len(inputs), size))
        return np.concatenate([self._join_parts(batch) for batch in batches])

    def encode_patches(self, image: Image.Image, grid: Grid) -> Patches:
        """Return the vectors of windows of one RGB picture; they cover what all parts see of it."""
        common = self.find_area(*image.size)
        areas = tuple(common.place(window) for window in grid.areas())
        columns = []
        for part in self._parts:
            if isinstance(part, _Network) and part.backbone.has_map:
                windows = locate_intervals(grid, common, part.step.find_area(*image.size))
                pooled = part.backbone.encode_windows(np.stack([part.step.apply(image)]), *windows)
                columns.append(pooled.reshape(len(areas), -1))
            else:
                tiles = [part.step.apply(image.crop(area.to_pixels(*image.size))) for area in areas]
                starts = range(0, len(tiles), _BATCH_SIZE)
                encoded = [part.encode(tiles[start : start + _BATCH_SIZE]) for start in starts]
                columns.append(np.concatenate(encoded))
        return Patches(np.concatenate(columns, axis=1).astype(np.float32), areas)

    def find_area(self, width: int, height: int) -> Area:
        """Return what all parts see of a picture of a size in pixels."""
        return reduce(Area.intersect, [part.step.find_area(width, height) for part in self._parts])

    def randomise(self, seed: int) -> Encoder:
        """Return the same encoder with untrained networks, to test what the trained ones add."""
        return Encoder(load_encoder_spec(self.card.spec, "encoder card"), self._settings, random_seed=seed)

    def _encode_batch(self, batch: Sequence[Prepared]) -> _EncodedBatch:
        good = [picture for picture in batch if picture.inputs is not None]
        skips = tuple(picture.skip for picture in batch if picture.skip is not None)
        if not good:
            return _EncodedBatch((), np.zeros((0, self.card.dimension), dtype=np.float32), skips)
        vectors = self._join_parts([picture.inputs or () for picture in good])
        is_finite: NDArray[np.bool_] = np.all(np.isfinite(vectors), axis=1)
        lost = tuple(
            Skip(str(picture.path), "expected a finite vector, found one that is not; try --precision fp32")
            for picture, is_good in zip(good, is_finite, strict=True)
            if not is_good
        )
        ids = tuple(picture.work_id for picture, is_good in zip(good, is_finite, strict=True) if is_good)
        return _EncodedBatch(ids, vectors[is_finite], skips + lost)

    def _join_parts(self, inputs: Sequence[Sequence[Any]]) -> NDArray[np.float32]:
        """Return (n, d) vectors for what the preparation made of n pictures, one input per part."""
        columns = zip(*inputs, strict=True)
        vectors = [part.encode(column) for part, column in zip(self._parts, columns, strict=True)]
        return np.concatenate(vectors, axis=1).astype(np.float32)


def _build_parts(spec: EncoderSpec, settings: Settings, random_seed: int | None) -> list[_Part]:
    parts: list[_Part] = []
    for part in spec.parts:
        if part.model == DESCRIPTORS:
            parts.append(_Descriptors())
        elif is_plugin(part.model):
            from morelli.encode.plugins import load_part

            parts.append(load_part(part.model))
        else:
            parts.append(_Network(_open_backbone(part, settings, random_seed)))
    return parts


def _open_backbone(part: PartSpec, settings: Settings, random_seed: int | None) -> Backbone:
    with needs_networks(f"encoder {part.model}"):
        from morelli.encode.backbone import Backbone, choose_half, resolve_device
    device = resolve_device(settings.device)
    half = choose_half(device, settings.precision)
    return Backbone(part, device=device, half=half, random_seed=random_seed)


def _count_workers(given: int | None) -> int:
    return min(count_processors(), _MAX_WORKERS) if given is None else given
