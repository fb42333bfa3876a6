"""Cards: the fingerprint covers what changes a vector, and nothing else; they survive JSON."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields, replace

import pytest

from morelli.encode.card import EncoderCard, PartCard
from morelli.encode.transform import Transform

PART = PartCard(
    model="resnet18",
    version="",
    layers=("layer2", "layer3"),
    pooling="mean+std",
    weights="ab" * 32,
    transform=Transform(64),
    dimension=768,
    origin="w.pth",
    note="weights without layer4",
)
DESCRIPTORS = PartCard("descriptors", "1", (), "own", "", None, 100)
CARD = EncoderCard((PART, DESCRIPTORS), {"parts": [{"model": "resnet18"}, {"model": "descriptors"}]})


def test_name_and_dimension():
    assert CARD.name == "resnet18[layer2,layer3]+descriptors"
    assert CARD.dimension == 868


def test_the_fingerprint_by_hand():
    identity = (
        '[{"dimension": 100, "layers": [], "model": "descriptors", "pooling": "own", '
        '"transform": null, "version": "1", "weights": ""}]'
    )
    card = EncoderCard((DESCRIPTORS,), {})
    assert card.fingerprint == hashlib.sha256(identity.encode()).hexdigest()


CHANGES = {
    "model": "resnet34",
    "version": "2",
    "layers": ("layer3", "layer2"),
    "pooling": "mean",
    "weights": "cd" * 32,
    "transform": Transform(65),
    "dimension": 769,
}


@pytest.mark.parametrize("name", [field.name for field in fields(PartCard)])
def test_each_field_counts_or_does_not(name):
    changed = replace(PART, **{name: CHANGES.get(name, "elsewhere")})
    fingerprints = {EncoderCard((part,), {}).fingerprint for part in (PART, changed)}
    assert len(fingerprints) == (2 if name in CHANGES else 1)


@pytest.mark.parametrize("field", [field.name for field in fields(Transform)])
def test_each_field_of_the_transform_counts(field):
    other = {"size_px": 65, "crop_fraction": 0.9, "crop_mode": "squash", "interpolation": "bilinear"}
    transform = replace(PART.transform, **{field: other.get(field, (0.5, 0.5, 0.5))})
    changed = EncoderCard((replace(PART, transform=transform),), {})
    assert changed.fingerprint != EncoderCard((PART,), {}).fingerprint


def test_a_card_survives_json():
    again = EncoderCard.from_dict(json.loads(json.dumps(CARD.to_dict())))
    assert again == CARD
    assert again.fingerprint == CARD.fingerprint
    assert EncoderCard.from_dict(CARD.to_dict()) == CARD
