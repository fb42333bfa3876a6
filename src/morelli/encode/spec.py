"""What a user asks for when naming an encoder, before anything is loaded.

Written on the command line as ``--encoder A+B`` with ``--weights``, ``--layers`` and so on, or as a YAML file
that can be shared; stored in the encoder's card so that the encoder can be built again.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from morelli.encode.transform import Transform
from morelli.errors import EncoderError, UsageError, describe_fault
from morelli.plugins import find_plugin

DESCRIPTORS = "descriptors"
PLUGINS = "morelli.encoders"  # the group of entry points by which other packages bring encoders


def is_plugin(model: str) -> bool:
    """Whether another package brings this part of an encoder; a name that is built in stays what it is."""
    if model == DESCRIPTORS or find_plugin(PLUGINS, model) is None:
        return False
    try:
        from morelli.encode.weights import is_network  # slow to import, and rarely asked
    except ImportError:  # where no network can be built, its name is free
        return True
    return not is_network(model)


def _is_network(model: str) -> bool:
    return model != DESCRIPTORS and not is_plugin(model)


class PartSpec(BaseModel):
    """One network, the descriptors, or a plug-in."""

    model_config = ConfigDict(extra="forbid", frozen=True, protected_namespaces=())

    model: str = Field(description="A timm model name, 'descriptors', or a plug-in.")
    weights: Path | None = Field(None, description="A .safetensors or .pth file; none: timm's hub download.")
    layers: tuple[str, ...] = Field((), description="Modules to pool, such as blocks.2; none: last features.")
    pooling: Literal["auto", "own", "cls", "mean", "mean+std", "mean+std+covariance", "map"] = Field(
        "auto", description="auto: mean+std where layers are named, else the network's own."
    )
    size_px: int | None = Field(None, gt=15, description="Input side in pixels; none: as the weights say.")
    mean: tuple[float, float, float] | None = Field(None, description="None: as the weights say.")
    std: tuple[float, float, float] | None = Field(None, description="None: as the weights say.")
    crop: Literal["weights", "squash"] = Field(
        "weights", description="squash: the whole picture pressed into the square, nothing cut away."
    )
    arguments: dict[str, Any] = Field(
        default_factory=dict, description="Further arguments of timm's create_model, such as pad_type."
    )
    linear: tuple[str, ...] = Field(
        (), description="Modules replaced by the identity, for weights without that activation."
    )


class EncoderSpec(BaseModel):
    """One encoder: parts whose vectors are joined."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    parts: tuple[PartSpec, ...] = Field(min_length=1)

    def to_dict(self) -> dict[str, Any]:
        """Return the spec as a JSON object; defaults are left out."""
        return self.model_dump(mode="json", exclude_defaults=True)

    def with_weights(self, weights: Sequence[Path]) -> EncoderSpec:
        """Return the same encoder reading its weights from other files, one per network."""
        are_networks = [_is_network(part.model) for part in self.parts]
        files = iter(_spread(list(weights), sum(are_networks), "--weights"))
        parts = [
            part.model_copy(update={"weights": next(files)}) if is_network else part
            for part, is_network in zip(self.parts, are_networks, strict=True)
        ]
        return EncoderSpec(parts=tuple(parts))


def parse_encoder(
    name: str,
    *,
    weights: Sequence[Path] = (),
    layers: Sequence[str] = (),
    pooling: str = "auto",
    size_px: int | None = None,
    mean: float | Sequence[float] | None = None,
    std: float | Sequence[float] | None = None,
    crop: str = "weights",
) -> EncoderSpec:
    """Return the encoder that a command line asks for.

    Parameters
    ----------
    name
        Names of models, ``descriptors`` or plug-ins joined by ``+``, or the path of a YAML file.
    weights, layers
        None, one for all, or one per network in order; several layers are joined by commas.
    pooling, size_px, mean, std, crop
        For every network; see `PartSpec`. `mean` and `std`: one number for all three channels or three, 0..1.

    Examples
    --------
    >>> parse_encoder("resnet18+descriptors", layers=["layer2,layer3"]).parts[0].layers
    ('layer2', 'layer3')
    """
    if Path(name).suffix in {".yaml", ".yml"}:
        if layers or (pooling, size_px, mean, std, crop) != ("auto", None, None, None, "weights"):
            raise UsageError(
                f"--encoder {name}",
                expected="no --layers, --pooling, --size, --mean, --std or --crop beside an encoder file",
                found="at least one of them",
                remedy="write them into the file",
            )
        spec = read_encoder(Path(name))
        return spec.with_weights(weights) if weights else spec
    models = [_require_name(model.strip()) for model in name.split("+")]
    networks = [model for model in models if _is_network(model)]
    n_networks = len(networks)
    files = iter(_spread([path.absolute() for path in weights], n_networks, "--weights"))
    modules = iter(_spread(list(layers), n_networks, "--layers"))
    shared: dict[str, Any] = {
        "pooling": pooling,
        "size_px": size_px,
        "mean": _fill_channels(mean, "--mean"),
        "std": _fill_channels(std, "--std"),
        "crop": crop,
    }
    parts: list[dict[str, Any]] = []
    for model in models:
        if model not in networks:
            parts.append({"model": model})
        else:
            names = [layer.strip() for layer in (next(modules) or "").split(",") if layer.strip()]
            parts.append({"model": model, "weights": next(files), "layers": names, **shared})
    try:
        return load_encoder_spec({"parts": parts}, name)
    except EncoderError as error:  # all that can be wrong by now stands on the command line
        raise UsageError(
            error.thing, expected=error.expected, found=error.found, remedy="correct the option of that name"
        ) from error


def _fill_channels(value: float | Sequence[float] | None, option: str) -> tuple[float, ...] | None:
    """Return a number for each of the three channels."""
    if value is None or isinstance(value, int | float):
        return None if value is None else (value,) * 3
    if len(value) not in (0, 1, 3):
        raise UsageError(
            option, expected="one number, or three", found=str(len(value)), remedy="give one for each channel"
        )
    return tuple(value) * (3 // len(value)) if value else None


def read_encoder(path: Path) -> EncoderSpec:
    """Read an encoder from a YAML file; weights are looked for beside the file."""
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise EncoderError(
            path, expected="a YAML file", found=describe_fault(error), remedy="see docs/encoders.md"
        ) from error
    spec = load_encoder_spec(values, path)
    parts = [
        part.model_copy(update={"weights": (path.parent / part.weights).resolve()}) if part.weights else part
        for part in spec.parts
    ]
    return EncoderSpec(parts=tuple(parts))


def load_encoder_spec(values: object, thing: object) -> EncoderSpec:
    """Check a plain object against the fields of a spec."""
    try:
        return EncoderSpec.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        raise EncoderError(
            f"{thing}: {'.'.join(str(part) for part in first['loc'])}",
            expected=first["msg"][:1].lower() + first["msg"][1:],
            found=repr(first["input"]),
            remedy="see docs/encoders.md for the fields",
        ) from error


def _spread(values: list[Any], n_networks: int, option: str) -> list[Any]:
    if len(values) not in {0, min(1, n_networks), n_networks}:
        raise UsageError(
            option,
            expected=f"none, one, or one for each of {n_networks} networks" if n_networks else "a network",
            found=f"{len(values)}" if n_networks else "parts that take none, such as descriptors",
            remedy="give the option once per network, in the order of --encoder",
        )
    return values if len(values) == n_networks else (values or [None]) * n_networks


def _require_name(model: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_.:/@-]+", model):
        raise UsageError(
            "--encoder",
            expected="model names joined by '+'",
            found=repr(model),
            remedy="name 'descriptors' or models of timm",
        )
    return model


@dataclass(frozen=True)
class PartCard:
    """One network, the descriptors, or a plug-in, within an encoder."""

    model: str
    version: str  # of the code of "descriptors"; of a network arguments of its architecture as ``key=value``
    layers: tuple[str, ...]  # modules whose outputs are pooled; none: the network's own last features
    pooling: str
    weights: str  # SHA-256 over the tensors in use, the fingerprint of a plug-in, "" for descriptors
    transform: Transform | None  # of a network
    dimension: int  # length of this part's vector
    origin: str = ""  # where the weights were read from; not part of the fingerprint
    note: str = ""  # such as layers missing from the weights; not part of the fingerprint

    def identity(self) -> dict[str, Any]:
        """Return what the fingerprint is made of."""
        return {key: value for key, value in asdict(self).items() if key not in {"origin", "note"}}


@dataclass(frozen=True)
class EncoderCard:
    """An encoder: its parts in the order their vectors are joined, and how to build it again."""

    parts: tuple[PartCard, ...]
    spec: dict[str, Any]  # the `EncoderSpec` it was built from, as a JSON object

    @property
    def name(self) -> str:
        """A readable name: models with their layers, joined by ``+``."""
        return "+".join(
            part.model + (f"[{','.join(part.layers)}]" if part.layers else "") for part in self.parts
        )

    @property
    def dimension(self) -> int:
        """Length d of the joined vector."""
        return sum(part.dimension for part in self.parts)

    @property
    def fingerprint(self) -> str:
        """SHA-256 over all that changes a vector, 64 hexadecimal digits."""
        identity = json.dumps([part.identity() for part in self.parts], sort_keys=True)
        return hashlib.sha256(identity.encode()).hexdigest()

    def move_weights(self, old: Path, new: Path) -> EncoderCard:
        """Return the card with another place for one of its weights files."""
        parts = tuple(
            replace(part, origin=str(new)) if part.origin == str(old) else part for part in self.parts
        )
        moved = json.loads(json.dumps(self.spec).replace(json.dumps(str(old)), json.dumps(str(new))))
        return EncoderCard(parts, moved)

    def to_dict(self) -> dict[str, Any]:
        """Return the card as a JSON object."""
        return {
            "name": self.name,
            "fingerprint": self.fingerprint,
            "dimension": self.dimension,
            "parts": [asdict(part) for part in self.parts],
            "spec": self.spec,
        }

    @classmethod
    def from_dict(cls, card: dict[str, Any]) -> EncoderCard:
        """Read a card that `to_dict` wrote, through JSON or not."""
        parts = []
        for part in card["parts"]:
            transform = part["transform"] and Transform.from_dict(part["transform"])
            parts.append(PartCard(**{**part, "layers": tuple(part["layers"]), "transform": transform}))
        return cls(parts=tuple(parts), spec=card["spec"])
