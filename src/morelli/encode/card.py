"""What an encoder says of itself, and the fingerprint by which its vectors are told apart.

The fingerprint covers everything that changes a vector: network, weights, layers, pooling and preprocessing.
Where the weights lay, in which precision they ran and how the name was spelt is written down beside it but
not part of it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any

from morelli.encode.transform import Transform


@dataclass(frozen=True)
class PartCard:
    """One network, or the descriptors, within an encoder.

    Parameters
    ----------
    model
        A timm model name, or "descriptors".
    version
        Version of the code for "descriptors"; for a network further arguments of its architecture as
        ``key=value``.
    layers
        Names of the modules whose outputs are pooled; empty for the network's own last features.
    pooling
        "own", "cls", "mean", "mean+std", "mean+std+covariance" or "map".
    weights
        SHA-256 over names and values of the tensors in use, "" for descriptors.
    transform
        How a picture is resized, cropped and normalised; None for descriptors.
    dimension
        Length of this part's vector.
    origin
        Where the weights were read from; not part of the fingerprint.
    note
        What a reader should know, such as layers missing from the weights; not part of the fingerprint.
    """

    model: str
    version: str
    layers: tuple[str, ...]
    pooling: str
    weights: str
    transform: Transform | None
    dimension: int
    origin: str = ""
    note: str = ""

    def identity(self) -> dict[str, Any]:
        """Return what the fingerprint is made of."""
        return {key: value for key, value in asdict(self).items() if key not in {"origin", "note"}}


@dataclass(frozen=True)
class EncoderCard:
    """An encoder: its parts in the order their vectors are joined, and how to build it again.

    Parameters
    ----------
    parts
        At least one part.
    spec
        The `EncoderSpec` it was built from, as a JSON object.
    """

    parts: tuple[PartCard, ...]
    spec: dict[str, Any]

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
            transform = part["transform"]
            parts.append(
                PartCard(
                    **{
                        **part,
                        "layers": tuple(part["layers"]),
                        "transform": None if transform is None else Transform.from_dict(transform),
                    }
                )
            )
        return cls(parts=tuple(parts), spec=card["spec"])
