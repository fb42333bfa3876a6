"""The preparation of a picture equals timm's own evaluation transform."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
import pytest
from PIL import Image
from timm.data import create_transform

from morelli.encode.transform import Transform

from .networks import draw_pixels

MEAN, STD = (0.1, 0.5, 0.9), (0.2, 0.5, 0.25)


def apply_timm(transform: Transform, picture: Image.Image) -> np.ndarray:
    """Return what timm's transform gives, its normalisation undone."""
    steps = create_transform(
        input_size=(3, transform.size_px, transform.size_px),
        is_training=False,
        interpolation=transform.interpolation,
        mean=transform.mean,
        std=transform.std,
        crop_pct=transform.crop_fraction,
        crop_mode=transform.crop_mode,
    )
    normalised = steps(picture).numpy()
    mean, std = (np.array(values).reshape(3, 1, 1) for values in (transform.mean, transform.std))
    return ((normalised * std + mean) * 255).transpose(1, 2, 0)


@pytest.mark.parametrize(
    "size", [(256, 256), (211, 170), (170, 211), (97, 640), (1001, 333), (31, 29), (1, 1)]
)
@pytest.mark.parametrize(
    "config",
    [
        {"size_px": 64, "crop_fraction": 0.875, "interpolation": "bicubic"},
        {"size_px": 160, "crop_fraction": 0.95, "interpolation": "bilinear"},
        {"size_px": 224, "crop_fraction": 1.0, "interpolation": "bicubic"},
        {"size_px": 99, "crop_fraction": 0.9, "interpolation": "lanczos"},
        {"size_px": 64, "crop_fraction": 1.0, "interpolation": "nearest"},
        {"size_px": 96, "crop_fraction": 1.0, "interpolation": "bicubic", "crop_mode": "squash"},
        {"size_px": 80, "crop_fraction": 0.9, "interpolation": "bilinear", "crop_mode": "squash"},
    ],
)
def test_it_equals_timm(config, size):
    transform = Transform(mean=MEAN, std=STD, **config)
    picture = draw_pixels(*size)
    square = transform.apply(picture)
    assert square.shape == (transform.size_px, transform.size_px, 3)
    assert square.dtype == np.uint8
    assert np.abs(square - apply_timm(transform, picture)).max() <= 1


@pytest.mark.parametrize("size", [(2_000_000, 4), (4, 2_000_000)])
def test_a_thread_of_a_picture_shows_its_middle(size):
    picture = Image.new("RGB", size)
    picture.paste(
        (255, 255, 255), (size[0] // 2 - 40, size[1] // 2 - 40, size[0] // 2 + 40, size[1] // 2 + 40)
    )
    assert (Transform(size_px=224).apply(picture) == 255).all()


@pytest.mark.parametrize("model", ["test_vit", "test_resnet", "test_convnext", "resnet50.a1_in1k"])
def test_the_configuration_of_weights_is_taken_over(model):
    import timm

    from morelli.encode.backbone import _resolve_transform
    from morelli.encode.spec import PartSpec

    network = timm.create_model(model, pretrained=False, num_classes=0)
    config = timm.data.resolve_model_data_config(network)
    transform = _resolve_transform(network, PartSpec(model=model))
    picture = draw_pixels(300, 200)
    steps = create_transform(**config, is_training=False)
    square = transform.apply(picture).astype(np.float32) / 255
    ours = (square - np.array(transform.mean)) / np.array(transform.std)
    np.testing.assert_allclose(ours.transpose(2, 0, 1), steps(picture).numpy(), atol=1.01 / 255 / 0.2)


def test_the_crop_by_hand():
    stripes = np.repeat(np.arange(8, dtype=np.uint8)[None, :, None], 4, axis=0).repeat(3, axis=2)
    square = Transform(4, interpolation="nearest").apply(Image.fromarray(stripes))
    assert square[0, :, 0].tolist() == [2, 3, 4, 5]
    assert Transform(4, crop_fraction=0.5).scale_px == 8


def test_squash_cuts_nothing_away():
    picture = Image.new("RGB", (300, 20))
    picture.paste((255, 0, 0), (0, 0, 10, 20))
    picture.paste((0, 0, 255), (290, 0, 300, 20))
    square = Transform(30, crop_mode="squash", interpolation="nearest").apply(picture)
    assert square[15, 0].tolist() == [255, 0, 0]
    assert square[15, -1].tolist() == [0, 0, 255]


def test_a_transform_survives_json():
    transform = Transform(64, 0.9, "squash", "bilinear", MEAN, STD)
    values = {
        key: list(value) if isinstance(value, tuple) else value for key, value in asdict(transform).items()
    }
    assert Transform.from_dict(values) == transform
