"""How an encoder is asked for: the grammar of the command line, the YAML file, and what is refused."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields, replace
from pathlib import Path

import pytest
import yaml

from morelli.encode.spec import (
    EncoderCard,
    EncoderSpec,
    PartCard,
    PartSpec,
    load_encoder_spec,
    parse_encoder,
    read_encoder,
)
from morelli.encode.transform import Transform
from morelli.errors import EncoderError, MorelliError, UsageError


def test_one_name_is_one_part():
    assert parse_encoder("descriptors").parts == (PartSpec(model="descriptors"),)
    assert parse_encoder(" resnet18 + descriptors ").parts == (
        PartSpec(model="resnet18"),
        PartSpec(model="descriptors"),
    )


def test_options_go_to_the_networks_in_order():
    spec = parse_encoder(
        "resnet18+descriptors+vit_tiny_patch16_224.augreg_in21k",
        weights=[Path("/w/a.pth"), Path("/w/b.safetensors")],
        layers=["layer2, layer3", "blocks.5"],
        pooling="mean",
        size_px=128,
        mean=0.5,
        std=0.25,
        crop="squash",
    )
    first, second, third = spec.parts
    assert (first.weights, first.layers) == (Path("/w/a.pth"), ("layer2", "layer3"))
    assert second == PartSpec(model="descriptors")
    assert (third.weights, third.layers) == (Path("/w/b.safetensors"), ("blocks.5",))
    for part in (first, third):
        assert (part.pooling, part.size_px, part.crop) == ("mean", 128, "squash")
        assert (part.mean, part.std) == ((0.5,) * 3, (0.25,) * 3)


def test_one_option_serves_all_networks():
    spec = parse_encoder("resnet18+resnet34", layers=["layer3"])
    assert [part.layers for part in spec.parts] == [("layer3",)] * 2


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a+b+c", {"layers": ["x", "y"]}),
        ("a", {"weights": [Path("1"), Path("2")]}),
        ("descriptors", {"layers": ["x", "y"]}),
        ("", {}),
        ("a++b", {}),
        ("a b", {}),
        ("a;b", {}),
    ],
)
def test_options_that_do_not_match_are_refused(name, options):
    with pytest.raises(UsageError):
        parse_encoder(name, **options)


@pytest.mark.parametrize(
    ("options", "field"),
    [({"pooling": "max"}, "pooling"), ({"size_px": 8}, "size_px"), ({"crop": "left"}, "crop")],
)
def test_a_bad_value_names_its_field(options, field):
    with pytest.raises(MorelliError, match=field):
        parse_encoder("resnet18", **options)


def test_a_yaml_file_says_all(tmp_path):
    fields = {
        "parts": [
            {
                "model": "mobilenet_edgetpu_100",
                "weights": "weights/w.safetensors",
                "layers": ["blocks.2", "blocks.3"],
                "mean": [0.5, 0.5, 0.5],
                "std": [0.5, 0.5, 0.5],
                "arguments": {"pad_type": "same"},
                "linear": ["blocks.0.0.bn1.act"],
            },
            {"model": "descriptors"},
        ]
    }
    (tmp_path / "encoder.yaml").write_text(yaml.safe_dump(fields), encoding="utf-8")
    spec = parse_encoder(str(tmp_path / "encoder.yaml"))
    assert spec == read_encoder(tmp_path / "encoder.yaml")
    part = spec.parts[0]
    assert part.weights == (tmp_path / "weights" / "w.safetensors").resolve()
    assert part.layers == ("blocks.2", "blocks.3")
    assert part.arguments == {"pad_type": "same"}
    assert part.linear == ("blocks.0.0.bn1.act",)
    moved = parse_encoder(str(tmp_path / "encoder.yaml"), weights=[Path("/elsewhere/w.safetensors")])
    assert moved.parts[0].weights == Path("/elsewhere/w.safetensors")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("parts: []", "parts"),
        ("parts: [{}]", "model"),
        ("parts: [{model: a, colour: red}]", "colour"),
        ("parts: [{model: a, pooling: max}]", "pooling"),
        ("[1, 2]", "found"),
        ("", "found"),
        ("parts: [", "a YAML file"),
        ("!!python/object/apply:os.system ['true']", "a YAML file"),
    ],
)
def test_a_damaged_yaml_file_is_refused(tmp_path, text, found):
    (tmp_path / "encoder.yml").write_text(text, encoding="utf-8")
    with pytest.raises(EncoderError, match=found):
        read_encoder(tmp_path / "encoder.yml")


def test_a_missing_or_binary_yaml_file_is_refused(tmp_path):
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\x00")
    for name in ("absent.yaml", "binary.yaml"):
        with pytest.raises(EncoderError, match="a YAML file"):
            parse_encoder(str(tmp_path / name))


def test_a_spec_survives_json():
    spec = parse_encoder("resnet18+descriptors", weights=[Path("w.pth")], layers=["layer1"], size_px=64)
    assert load_encoder_spec(spec.to_dict(), "card") == spec
    assert "pooling" not in spec.to_dict()["parts"][0]


def test_other_weights_are_given_one_per_network():
    spec = parse_encoder("a+descriptors+b")
    assert [part.weights for part in spec.with_weights([Path("1"), Path("2")]).parts] == [
        Path("1"), None, Path("2"),
    ]  # fmt: skip
    assert isinstance(spec.with_weights([Path("1")]), EncoderSpec)
    with pytest.raises(UsageError, match="one for each of 2 networks"):
        spec.with_weights([Path("1")] * 3)


# Cards: the fingerprint covers what changes a vector, and nothing else; they survive JSON.

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


def test_a_mean_is_one_number_or_three() -> None:
    for given in (0.5, [0.5], [0.5, 0.5, 0.5]):
        assert parse_encoder("resnet18", mean=given, std=given).parts[0].mean == (0.5, 0.5, 0.5)
    assert parse_encoder("resnet18", mean=[0.1, 0.2, 0.3]).parts[0].mean == (0.1, 0.2, 0.3)
    assert parse_encoder("resnet18", mean=[]).parts[0].mean is None
    with pytest.raises(UsageError, match="--mean: expected one number, or three, found 2"):
        parse_encoder("resnet18", mean=[0.1, 0.2])
