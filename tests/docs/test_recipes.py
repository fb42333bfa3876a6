"""The page about recipes has a row for each field, in the words of the code, and a text for each recipe."""

from __future__ import annotations

from typing import get_args

import pytest
from pydantic import BaseModel

from docs.pages import DOCS, list_headings, read_prose
from morelli.learn import recipe as room
from morelli.learn.recipe import _BATCHES_OF_LOSS, Recipe, _LossName
from morelli.learn.recipe_files import _list_names, list_recipes

PAGE = DOCS / "recipes.md"
SECTIONS = {name: field.annotation for name, field in Recipe.model_fields.items() if name not in {"variant"}}
MODELS: list[type[BaseModel]] = [
    Recipe,
    room.Layer,
    *(
        section
        for section in SECTIONS.values()
        if isinstance(section, type) and issubclass(section, BaseModel)
    ),
]
FIELDS = [
    (model, name)
    for model in MODELS
    for name in model.model_fields
    if name != "variant" and not (model is Recipe and SECTIONS[name] in MODELS)
]


@pytest.mark.parametrize(("model", "name"), FIELDS, ids=lambda part: getattr(part, "__name__", part))
def test_each_field_has_a_row_with_its_meaning_and_default(model: type[BaseModel], name: str) -> None:
    field = model.model_fields[name]
    assert field.description
    rows = [line for line in read_prose(PAGE) if line.startswith(f"| `{name}` |")]
    [row] = [line for line in rows if line.endswith(f"| {field.description} |")]
    if isinstance(field.default, int | float) and not isinstance(field.default, bool):
        assert f"| {field.default:g} |" in row


@pytest.mark.parametrize("name", _list_names())
def test_each_recipe_has_a_text(name: str) -> None:
    assert name in list_headings(PAGE)
    text = PAGE.read_text(encoding="utf-8").partition(f"### {name}\n")[2].partition("###")[0]
    assert len(text.split()) > 5


@pytest.mark.parametrize("section", [name for name, each in SECTIONS.items() if each in MODELS])
def test_each_section_has_a_heading(section: str) -> None:
    assert section in list_headings(PAGE)


@pytest.mark.parametrize("loss", get_args(_LossName))
def test_each_loss_has_a_row_with_its_batches(loss: str) -> None:
    [row] = [line for line in read_prose(PAGE) if line.startswith(f"| `{loss}` |")]
    assert f"| {_BATCHES_OF_LOSS.get(loss, 'works, artists')} |" in row


def test_figures_reported_stand_in_file_and_page() -> None:
    text = " ".join(PAGE.read_text(encoding="utf-8").split())
    for recipe in list_recipes():
        own = text.partition(f"### {recipe.name} ")[2].partition(" ### ")[0]
        for figure in ("81.78", "80.54", "61 %", "0.7593", "0.7925", "0.9134", "0.9072"):
            assert (figure in recipe.source) == (figure in own), (recipe.name, figure)
