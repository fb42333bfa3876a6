"""A model on disk: a folder with arrays in safetensors, a readable card, and the split it saw.

::

    M/
      card.json            encoder, artists, split, seed, versions, choices made, validation scores
      model.safetensors    the arrays of the heads
      split.csv            id, artist, group, part

No code runs on load.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from morelli.collection.splits import Split, read_split
from morelli.encode.card import EncoderCard
from morelli.errors import ModelError, SplitError
from morelli.model.heads import AttributionHead, Cohort, ComparisonHead, Standardisation

_CARD, _ARRAYS, _SPLIT = "card.json", "model.safetensors", "split.csv"
_PROJECTION = "comparison.projection."
_COHORT = "comparison.cohort"
_SCHEMA = 1


@dataclass(frozen=True, eq=False)
class Model:
    """Heads that were learnt together on the vectors of one encoder.

    Parameters
    ----------
    encoder
        The card of the encoder whose vectors it reads.
    attribution, comparison
        The heads.
    split
        Which work was in which part.
    facts
        What else the card says: collection, versions, choices, validation scores, seconds.
    """

    encoder: EncoderCard
    attribution: AttributionHead
    comparison: ComparisonHead
    split: Split
    facts: Mapping[str, Any]

    def __repr__(self) -> str:
        return (
            f"Model(encoder={self.encoder.name!r}, artists={len(self.attribution.artists)}, "
            f"comparison={self.comparison.method!r}, split={self.split.name!r})"
        )

    def to_card(self) -> dict[str, Any]:
        """Return the card as a JSON object."""
        return {
            "schema": _SCHEMA,
            "encoder": self.encoder.to_dict(),
            "split": {"kind": self.split.kind, "seed": self.split.seed, "sha256": self.split.digest},
            "attribution": {
                "artists": list(self.attribution.artists),
                "temperature": self.attribution.temperature,
            },
            "comparison": {
                "spaces": list(self.comparison.projections),
                "raw_weight": self.comparison.raw_weight,
                "cohort": _describe_cohort(self.comparison.cohort),
                "slope": self.comparison.slope,
                "intercept": self.comparison.intercept,
            },
            **self.facts,
        }


def write_model(model: Model, folder: Path) -> None:
    """Write a model folder; the card comes last, so a folder with a card is whole.

    Raises
    ------
    ModelError
        When the folder cannot be written.
    """
    attribution, comparison = model.attribution, model.comparison
    arrays = {
        "attribution.mean": attribution.standardisation.mean,
        "attribution.scale": attribution.standardisation.scale,
        "attribution.coefficients": attribution.coefficients,
        "attribution.intercepts": attribution.intercepts,
        "comparison.mean": comparison.standardisation.mean,
        "comparison.scale": comparison.standardisation.scale,
    }
    arrays |= {f"{_PROJECTION}{name}": values for name, values in comparison.projections.items()}
    if comparison.cohort is not None:
        arrays[_COHORT] = comparison.cohort.rows
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _CARD).unlink(missing_ok=True)
        save_file({key: np.ascontiguousarray(value) for key, value in arrays.items()}, folder / _ARRAYS)
        model.split.write(folder / _SPLIT)
        text = json.dumps(model.to_card(), indent=2, ensure_ascii=False)
        (folder / _CARD).write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise ModelError(
            folder,
            expected="a folder that can be written",
            found=str(error),
            remedy="choose another with -o",
        ) from error


def read_model(folder: Path) -> Model:
    """Read a model folder.

    Raises
    ------
    ModelError
        When it is missing, incomplete, damaged or of another schema.
    """
    try:
        card = json.loads((folder / _CARD).read_text(encoding="utf-8"))
        arrays = load_file(folder / _ARRAYS)
        if card["schema"] != _SCHEMA:
            raise ValueError(f"schema {card['schema']}, not {_SCHEMA}")
        split = read_split(folder / _SPLIT)
        if split.digest != card["split"]["sha256"]:
            raise ValueError(f"{_SPLIT} is not the split that the card names")
        return _assemble(card, arrays, split)
    except (OSError, ValueError, KeyError, TypeError, SafetensorError, SplitError) as error:
        raise ModelError(
            folder,
            expected=f"a model folder with {_CARD}, {_ARRAYS} and {_SPLIT}",
            found=f"{type(error).__name__}: {error}",
            remedy="write one with 'morelli train GALLERY -o MODEL'",
        ) from error


def _describe_cohort(cohort: Cohort | None) -> dict[str, Any] | None:
    return None if cohort is None else {"n_neighbours": cohort.n_neighbours, "weight": cohort.weight}


def _assemble(card: dict[str, Any], arrays: dict[str, Any], split: Split) -> Model:
    known = {"schema", "encoder", "split", "attribution", "comparison"}
    attribution, comparison = card["attribution"], card["comparison"]
    if split.digest != card["split"]["sha256"]:
        raise ValueError(f"{_SPLIT} is not the split that {_CARD} names")
    if arrays["attribution.coefficients"].shape[1:] != (len(attribution["artists"]),):
        raise ValueError(f"{_ARRAYS} does not hold the artists that {_CARD} names")
    return Model(
        encoder=EncoderCard.from_dict(card["encoder"]),
        attribution=AttributionHead(
            standardisation=Standardisation(arrays["attribution.mean"], arrays["attribution.scale"]),
            artists=tuple(attribution["artists"]),
            coefficients=arrays["attribution.coefficients"],
            intercepts=arrays["attribution.intercepts"],
            temperature=attribution["temperature"],
        ),
        comparison=ComparisonHead(
            standardisation=Standardisation(arrays["comparison.mean"], arrays["comparison.scale"]),
            projections={name: arrays[f"{_PROJECTION}{name}"] for name in comparison["spaces"]},
            cohort=Cohort(arrays[_COHORT], **comparison["cohort"]) if comparison["cohort"] else None,
            **{name: comparison[name] for name in ("raw_weight", "slope", "intercept")},
        ),
        split=Split(kind=card["split"]["kind"], seed=card["split"]["seed"], table=split.table),
        facts={key: value for key, value in card.items() if key not in known},
    )
