"""A model on disk: a folder with arrays in safetensors, a readable card, and the split it saw.

::

    M/
      card.json            encoder, artists, split, seed, versions, choices made, validation scores
      model.safetensors    the arrays of the heads
      split.csv            id, artist, group, part
      backbone.safetensors weights of the network, where it was tuned for this model
      training/            checkpoints, history and curves of that tuning

No code runs on load.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from morelli.collection.splits import Split, read_split
from morelli.encode.spec import EncoderCard
from morelli.errors import ModelError, SplitError, describe_fault
from morelli.files import replace_files, whole_files, write_file
from morelli.model.attribution import AttributionHead
from morelli.model.comparison import ComparisonHead, Ensemble
from morelli.model.component import Component, list_components, strip_prefix
from morelli.model.details import DetailsCalibration
from morelli.model.open_set import Domain, Enrolled, OpenSet
from morelli.model.prediction_sets import PredictionSets
from morelli.model.signals import Signals

_CARD, _ARRAYS, _SPLIT = "card.json", "model.safetensors", "split.csv"
_FILES = "files"
"""In cards of an earlier version, of a model that was written anew: what its arrays and split are called."""
_OWNED = (_CARD, "card.html", "card.md", _ARRAYS, _SPLIT, "model-2.safetensors", "split-2.csv")
_SCHEMA = 2

# Arrays from this size on that two parts have in common, such as the layers of both heads, are kept once.
_SHARED, _SHARED_BYTES = "shared", 2**20

TRAINING_FOLDER = "training"
"""Where a model folder keeps checkpoints, history and curves of a network that has learnt."""

BACKBONE_WEIGHTS = "backbone.safetensors"
"""Where a model folder keeps the weights of a network that was tuned, or drawn at random, for this model."""

# As the card names them. "none": another artist's, or no vector. "taught": the heads were fitted to it.
# "chose": strength, temperature and scores were chosen on it. "calibrated": thresholds were set on it.
# "known": by an artist the model knows, and used for none of these, so that it can be asked about honestly.
_ROLES = ("none", "taught", "chose", "calibrated", "known")


@dataclass(frozen=True, eq=False)
class Roles(Component):
    """What each work of a split was used for in the attribution."""

    codes: NDArray[
        np.uint8
    ]  # (n,) places in `_ROLES`, in the order of the split's table, which is that of the ids

    @classmethod
    def of_works(cls, split: Split, ids: Mapping[str, pl.Series]) -> Self:
        """Return the roles of a split, given the ids of the works in each role; all others have none."""
        codes = np.zeros(len(split.table), dtype=np.uint8)
        for role, members in ids.items():
            codes[split.table["id"].is_in(members.implode()).to_numpy()] = _ROLES.index(role)
        return cls(codes)

    def select(self, split: Split, role: str) -> pl.DataFrame:
        """Return the rows of the split's table with one of `_ROLES`."""
        return split.table.filter(pl.Series(self.codes == _ROLES.index(role)))

    def _derive_facts(self) -> dict[str, int]:
        return {role: int((self.codes == code).sum()) for code, role in enumerate(_ROLES)}


@dataclass(frozen=True, eq=False)
class Model:
    """Heads that were learnt together on the vectors of one encoder, or None where one could not be."""

    encoder: EncoderCard
    attribution: AttributionHead
    comparison: ComparisonHead
    split: Split
    facts: Mapping[str, Any]  # what else the card says: collection, versions, choices, validation scores
    ensemble: Ensemble | None = None
    domain: Domain | None = None
    prediction_sets: PredictionSets | None = None
    open_set: OpenSet | None = None
    enrolled: Enrolled | None = None
    roles: Roles | None = None
    details: DetailsCalibration | None = None
    signals: Signals | None = None

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
            **{name: part.to_facts() for name, part in self.components().items()},
            **self.facts,
        }

    def components(self) -> dict[str, Component]:
        """Return the parts that lie in the folder, by name; those that the model lacks are left out."""
        return {name: part for name in list_components(Model) if (part := getattr(self, name)) is not None}


def write_model(model: Model, folder: Path, beside: Mapping[str, str | Path] | None = None) -> None:
    """Write a model folder, or write a model anew: until all of it is there, the one before answers.

    Parameters
    ----------
    beside
        What else belongs to the model, by file name: a text, or the path of a file.

    Raises
    ------
    ModelError
        When the folder cannot be written; what was there before stays whole.
    """
    arrays, shared = _list_arrays(model)
    card = {**model.to_card(), **({_SHARED: shared} if shared else {})}
    try:
        with replace_files(folder, _OWNED) as part:
            (part / _ARRAYS).touch()
            mode = (part / _ARRAYS).stat().st_mode  # as the user's mask has it
            save_file(arrays, part / _ARRAYS)
            (part / _ARRAYS).chmod(mode)
            model.split.write(part / _SPLIT)
            for name, content in (beside or {}).items():
                _place(content, part / name)
            write_file(part / _CARD, json.dumps(card, indent=2, ensure_ascii=False) + "\n")
    except (OSError, SafetensorError) as error:
        raise ModelError(
            folder,
            expected="a folder that can be written, with enough space",
            found=describe_fault(error),
            remedy="choose another with -o, or make room",
        ) from error


def _place(content: str | Path, path: Path) -> None:
    """Write a text, or give a file a second name; a copy where the disk has none."""
    if isinstance(content, str):
        write_file(path, content)
        return
    try:
        os.link(content, path)
    except OSError:
        shutil.copyfile(content, path)


def _name_files(card: Any) -> dict[str, str]:
    """Return what the arrays and the split are called that a card stands for."""
    stated = dict(dict(card).get(_FILES, {}))
    return {name: Path(stated.get(name, name)).name for name in (_ARRAYS, _SPLIT)}


def read_model(folder: Path) -> Model:
    """Read a model folder.

    Raises
    ------
    ModelError
        When it is missing, incomplete, damaged or of another schema.
    """
    try:
        with whole_files(folder):
            card = json.loads((folder / _CARD).read_text(encoding="utf-8"))
            names = _name_files(card)
            arrays = load_file(folder / names[_ARRAYS])
            split = read_split(folder / names[_SPLIT])
        if card["schema"] != _SCHEMA:
            raise ValueError(f"schema {card['schema']}, not {_SCHEMA}")
        arrays |= {name: arrays[first] for name, first in card.get(_SHARED, {}).items()}
        return _assemble(card, arrays, split)
    except (OSError, ValueError, KeyError, TypeError, SafetensorError, SplitError) as error:
        raise ModelError(
            folder,
            expected=f"a model folder with {_CARD}, {_ARRAYS} and {_SPLIT}",
            found=f"{type(error).__name__}: {error}",
            remedy="write one with 'morelli train GALLERY -o MODEL'",
        ) from error


def _assemble(card: dict[str, Any], arrays: dict[str, Any], split: Split) -> Model:
    if split.digest != card["split"]["sha256"]:
        raise ValueError(f"{_SPLIT} is not the split that the card names")
    parts: dict[str, Any] = {
        name: component.from_parts(card[name], strip_prefix(arrays, name))
        for name, component in list_components(Model).items()
        if name in card
    }
    known = {"schema", "encoder", "split", _SHARED, _FILES, *list_components(Model)}
    return Model(
        encoder=EncoderCard.from_dict(card["encoder"]),
        split=Split(kind=card["split"]["kind"], seed=card["split"]["seed"], table=split.table),
        facts={key: value for key, value in card.items() if key not in known},
        **parts,
    )


def _list_arrays(model: Model) -> tuple[dict[str, NDArray[Any]], dict[str, str]]:
    """Return the arrays to be written, and the names of the others with those under which they are there."""
    arrays: dict[str, NDArray[Any]] = {}
    shared: dict[str, str] = {}
    names: dict[int, str] = {}
    for component, part in model.components().items():
        for key, values in part.to_arrays().items():
            name = f"{component}.{key}"
            if id(values) in names and values.nbytes >= _SHARED_BYTES:
                shared[name] = names[id(values)]
                continue
            names[id(values)] = name
            arrays[name] = values
    return {name: np.ascontiguousarray(values) for name, values in arrays.items()}, shared
