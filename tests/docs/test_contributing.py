"""What CONTRIBUTING.md shows of plug-ins works as it stands there."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from docs.pages import ROOT
from morelli.encode.encoder import Encoder
from morelli.encode.spec import parse_encoder
from morelli.learn.recipe_files import load_recipe
from morelli.settings import Settings
from plugins import install


def read_section(heading: str) -> str:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    return re.split(r"^## ", text.split(f"\n## {heading}\n")[1], flags=re.MULTILINE)[0]


def install_example(heading: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """Install the code of a section as a package; return the names of the entry point and of its group."""
    section = read_section(heading)
    (code,), (table,) = (
        re.findall(rf"^```{language}\n(.*?)^```", section, re.DOTALL | re.MULTILINE)
        for language in ("python", "toml")
    )
    ((group, entries),) = tomllib.loads(table)["project"]["entry-points"].items()
    ((name, value),) = entries.items()
    module = value.partition(":")[0]
    assert f"{module}.py" in section
    install(folder, monkeypatch, group, entries, {module: code})
    return name, section


def test_an_encoder_is_added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name, section = install_example("Add an encoder", tmp_path, monkeypatch)
    asked = re.findall(r"--encoder (\S+)", section)
    assert asked == [f"{name}+descriptors"]
    encoder = Encoder(parse_encoder(asked[0]), Settings(device="cpu"))
    picture = Image.fromarray(np.random.default_rng(0).integers(0, 256, (90, 70, 3), dtype=np.uint8))
    vectors = encoder.encode_images([picture, picture.rotate(180)])
    np.testing.assert_allclose(vectors[:, :3], [np.asarray(picture).mean(axis=(0, 1))] * 2, rtol=1e-6)


def test_a_recipe_is_added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name, section = install_example("Add a recipe", tmp_path, monkeypatch)
    assert f"--recipe {name}" in section
    assert load_recipe(name).full_name == name
