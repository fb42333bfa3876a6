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
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from morelli.collection.pictures import Picture, decode_picture, open_file
from morelli.collection.work import Skip
from morelli.encode.descriptors import DESCRIPTORS_VERSION, N_DIMENSIONS, describe_picture
from morelli.encode.preparation import Preparation, Prepared, prepare_pictures
from morelli.encode.spec import DESCRIPTORS, EncoderCard, EncoderSpec, PartCard, load_encoder_spec
from morelli.encode.transform import Transform
from morelli.encode.views import Area, Grid, locate_intervals
from morelli.errors import EncoderError, FingerprintError, PictureError
from morelli.settings import Progress, Settings, count_processors

if TYPE_CHECKING:
    from morelli.encode.backbone import Backbone


# Patches: what an encoder says of places within a picture, in the dimensions of the whole one's vector.

_BATCH_SIZE = 32


@dataclass(frozen=True, eq=False)
class Patches:
    """Vectors of places in one picture."""

    vectors: NDArray[np.float32]  # (g * g, d) float32, row by row from the top; d as of the whole picture
    areas: tuple[Area, ...]  # (g * g,) where each lies, in shares of the picture


def _find_common_area(transforms: Sequence[Transform | None], size: tuple[int, int]) -> Area:
    """Return what all parts of an encoder see of a picture with width and height in pixels."""
    seen = [Area() if step is None else step.find_area(*size) for step in transforms]
    return reduce(Area.intersect, seen)


def _encode_patches(
    transforms: Sequence[Transform | None],
    backbones: Sequence[Backbone | None],
    picture: Image.Image,
    grid: Grid,
) -> Patches:
    """Return the patches of one picture.

    transforms, backbones: One per part of the encoder; None stands for the descriptors.
    """
    common = _find_common_area(transforms, picture.size)
    areas = tuple(common.place(window) for window in grid.areas())
    columns = []
    for step, backbone in zip(transforms, backbones, strict=True):
        if step is not None and backbone is not None and backbone.has_map:
            windows = locate_intervals(grid, common, step.find_area(*picture.size))
            pooled = backbone.encode_windows(np.stack([step.apply(picture)]), *windows)
            columns.append(pooled.reshape(len(areas), -1))
        else:
            tiles = [picture.crop(area.to_pixels(*picture.size)) for area in areas]
            columns.append(_encode_tiles(step, backbone, tiles))
    return Patches(np.concatenate(columns, axis=1).astype(np.float32), areas)


def _encode_tiles(
    step: Transform | None, backbone: Backbone | None, tiles: Sequence[Image.Image]
) -> NDArray[np.float32]:
    if step is None or backbone is None:
        return np.stack([describe_picture(np.asarray(tile)) for tile in tiles])
    squares = np.stack([step.apply(tile) for tile in tiles])
    starts = range(0, len(squares), _BATCH_SIZE)
    return np.concatenate([backbone.encode(squares[start : start + _BATCH_SIZE]) for start in starts])


_MAX_WORKERS = 8
_FEW = 16


@dataclass(frozen=True, eq=False)
class EncodedBatch:
    """Vectors of some works, and what was left out among them."""

    ids: tuple[str, ...]  # (n,) work ids
    vectors: NDArray[np.float32]  # (n, d) float32
    skips: tuple[Skip, ...] = ()  # pictures that could not be used, with their reasons


class Encoder:
    """Turns pictures into vectors.

    Parameters
    ----------
    spec
        Its parts.
    settings
        Device, precision, batch size, workers and pixel cap.
    random_seed
        Networks keep untrained weights drawn from this seed; None reads the weights of the spec.

    Raises
    ------
    EncoderError
        When a part cannot be built.

    Examples
    --------
    >>> from morelli.encode.spec import parse_encoder
    >>> Encoder(parse_encoder("descriptors"), Settings()).card.name
    'descriptors'
    """

    def __init__(self, spec: EncoderSpec, settings: Settings, *, random_seed: int | None = None) -> None:
        self._settings = settings
        self._backbones: list[Backbone | None] = [None] * len(spec.parts)
        if any(part.model != DESCRIPTORS for part in spec.parts):
            self._build_backbones(spec, random_seed)
        cards = [
            _describe_descriptors() if backbone is None else backbone.card for backbone in self._backbones
        ]
        self.card = EncoderCard(parts=tuple(cards), spec=spec.to_dict())
        self._preparation = Preparation(
            transforms=tuple(card.transform for card in cards), max_pixels=settings.max_pixels
        )

    @classmethod
    def from_card(cls, card: EncoderCard, settings: Settings, *, weights: Sequence[Path] = ()) -> Encoder:
        """Build the encoder of a card again and make sure that it is the same one."""
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
    ) -> Iterator[EncodedBatch]:
        """Yield vectors batch by batch; decoding runs ahead in other processes.

        pictures: (n,) work ids and paths.
        """
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

    def prepare_images(self, images: Sequence[Image.Image]) -> Sequence[Sequence[NDArray[Any]]]:
        """Return the inputs of all parts for each decoded RGB picture.

        They are prepared in threads, one per core: Pillow resizes without holding up the others.
        """
        with ThreadPoolExecutor(_count_workers(None)) as threads:
            return list(threads.map(self._preparation.convert, images))

    def encode_inputs(self, inputs: Sequence[Sequence[NDArray[Any]]]) -> NDArray[np.float32]:
        """Return (n, d) float32 vectors for what `prepare_images` made here or in a randomised twin."""
        size = self._settings.batch_size
        batches = (inputs[start : start + size] for start in range(0, len(inputs), size))
        return np.concatenate([
            self._join_parts([np.stack(column) for column in zip(*batch, strict=True)]) for batch in batches
        ])  # fmt: skip

    def encode_patches(self, image: Image.Image, grid: Grid) -> Patches:
        """Return the vectors of windows of one RGB picture; they cover what all parts see of it."""
        return _encode_patches(self._preparation.transforms, self._backbones, image, grid)

    def find_area(self, width: int, height: int) -> Area:
        """Return what all parts see of a picture of a size in pixels."""
        return _find_common_area(self._preparation.transforms, (width, height))

    def randomise(self, seed: int) -> Encoder:
        """Return the same encoder with untrained networks, to test what the trained ones add."""
        return Encoder(load_encoder_spec(self.card.spec, "encoder card"), self._settings, random_seed=seed)

    def _encode_batch(self, batch: Sequence[Prepared]) -> EncodedBatch:
        good = [picture for picture in batch if picture.inputs is not None]
        skips = tuple(picture.skip for picture in batch if picture.skip is not None)
        if not good:
            return EncodedBatch((), np.zeros((0, self.card.dimension), dtype=np.float32), skips)
        columns = [
            np.stack([picture.inputs[column] for picture in good if picture.inputs is not None])
            for column in range(len(self._backbones))
        ]
        vectors = self._join_parts(columns)
        is_finite: NDArray[np.bool_] = np.all(np.isfinite(vectors), axis=1)
        lost = tuple(
            Skip(str(picture.path), "expected a finite vector, found one that is not; try --precision fp32")
            for picture, is_good in zip(good, is_finite, strict=True)
            if not is_good
        )
        ids = tuple(picture.work_id for picture, is_good in zip(good, is_finite, strict=True) if is_good)
        return EncodedBatch(ids, vectors[is_finite], skips + lost)

    def _join_parts(self, columns: Sequence[NDArray[Any]]) -> NDArray[np.float32]:
        """Return (n, d) vectors for what the preparation made, one array per part."""
        vectors = [
            inputs if backbone is None else backbone.encode(inputs)
            for backbone, inputs in zip(self._backbones, columns, strict=True)
        ]
        return np.concatenate(vectors, axis=1).astype(np.float32)

    def _build_backbones(self, spec: EncoderSpec, random_seed: int | None) -> None:
        try:
            from morelli.encode.backbone import Backbone, choose_half, resolve_device
        except ImportError as error:
            raise EncoderError(
                "--encoder", expected="torch and timm", found=str(error), remedy="pip install torch timm"
            ) from error
        device = resolve_device(self._settings.device)
        half = choose_half(device, self._settings.precision)
        self._backbones = [
            None
            if part.model == DESCRIPTORS
            else Backbone(part, device=device, half=half, random_seed=random_seed)
            for part in spec.parts
        ]


def _describe_descriptors() -> PartCard:
    return PartCard(
        model=DESCRIPTORS,
        version=str(DESCRIPTORS_VERSION),
        layers=(),
        pooling="own",
        weights="",
        transform=None,
        dimension=N_DIMENSIONS,
        origin="built in",
    )


def _count_workers(asked: int | None) -> int:
    if asked is not None:
        return asked
    return min(count_processors(), _MAX_WORKERS)
