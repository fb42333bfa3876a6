"""Parts of a model write and read themselves: the same names, types and bytes as before."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from safetensors.numpy import load_file

from morelli.model import read_model, write_model
from morelli.model.component import Component

MODELS = sorted((Path(__file__).resolve().parents[1] / "reference" / "files").glob("model-*"))


@pytest.mark.parametrize("folder", MODELS, ids=lambda folder: folder.name)
def test_a_stored_model_is_written_as_it_was(folder: Path, tmp_path: Path) -> None:
    write_model(read_model(folder), tmp_path)
    stored, written = (load_file(place / "model.safetensors") for place in (folder, tmp_path))
    assert {name: array.dtype for name, array in written.items()} == {
        name: array.dtype for name, array in stored.items()
    }
    for name, array in stored.items():
        np.testing.assert_array_equal(written[name], array, err_msg=name)
    cards = [json.loads((place / "card.json").read_text(encoding="utf-8")) for place in (folder, tmp_path)]
    assert cards[1] == cards[0]
    for name in ("card.json", "model.safetensors", "split.csv"):
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes(), name


def test_there_are_stored_models() -> None:
    assert len(MODELS) == 6


@dataclass(frozen=True)
class Inner(Component):
    size: float
    rows: NDArray[np.float32] = field(metadata={"stored": ""})


@dataclass(frozen=True)
class Outer(Component):
    name: str
    parts: tuple[Inner, ...]
    inner: Inner | None = None
    null: Inner | None = field(default=None, metadata={"null": True})
    spare: NDArray[np.float32] | None = None
    share: float = field(default=0.5, metadata={"stored": "inner.share"})


@pytest.mark.parametrize("has_inner", [False, True])
def test_parts_within_a_part_are_stored_under_their_names(has_inner: bool) -> None:
    one, other = (Inner(size, np.full(2, size, np.float32)) for size in (1.0, 2.0))
    outer = Outer("it", (one, other), one if has_inner else None, share=0.25)
    facts, arrays = outer.to_facts(), outer.to_arrays()
    parts = [{"size": 1.0}, {"size": 2.0}]
    inner = {"inner": {"size": 1.0, "share": 0.25}} if has_inner else {}
    assert facts == {"name": "it", "parts": parts, **inner, "null": None}
    assert list(arrays) == ["0", "1", *(["inner"] if has_inner else [])]
    again = Outer.from_parts(facts, arrays)
    assert again.share == (0.25 if has_inner else 0.5)  # what lies in a part goes with it
    assert (again.inner is not None, again.null, again.spare) == (has_inner, None, None)
    np.testing.assert_array_equal(again.parts[1].rows, other.rows)


def test_what_is_missing_is_named() -> None:
    outer = Outer("it", (Inner(1.0, np.zeros(2, np.float32)),))
    with pytest.raises(KeyError, match="name"):
        Outer.from_parts({"parts": []}, {})
    with pytest.raises(KeyError):
        Outer.from_parts(outer.to_facts(), {})
