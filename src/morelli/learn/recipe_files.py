"""Recipes as files: those of the package, of users and of other packages, and what they resolve to.

A path is read; a name is looked up among the packaged recipes, then among the entry points of the group
``morelli.recipes``, each a callable without arguments that returns YAML text or the path of a file.
``NAME:VARIANT`` takes what the recipe says under ``variants``.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from morelli.errors import RecipeError
from morelli.learn.recipe import Recipe, Trainable, describe_mistake, find_near
from morelli.plugins import find_plugin, list_plugins

_log = logging.getLogger(__name__)

_FOLDER = Path(__file__).parent / "recipes"  # where the packaged recipes are
_SUFFIXES = (".yaml", ".yml")
PLUGINS = "morelli.recipes"  # the group of entry points by which other packages bring recipes


@cache
def list_recipes() -> tuple[Recipe, ...]:
    """Return the packaged recipes by name, each with its variants."""
    return tuple(_parse(read_recipe_text(name), _FOLDER / f"{name}.yaml") for name in _list_names())


def _list_names() -> tuple[str, ...]:
    """Return the names of the packaged recipes in alphabetical order."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.yaml")))


def list_plugin_recipes() -> list[Recipe]:
    """Return the recipes of other packages by name; one that cannot be read is logged and left out."""
    recipes = []
    for plugin in list_plugins(PLUGINS):
        if plugin.name not in _list_names():
            try:
                recipes.append(load_recipe(plugin.name))
            except RecipeError as error:
                _log.warning("%s", error)
    return recipes


def load_recipe(name: str | Path) -> Recipe:
    """Return a recipe by its name or from its file; what is wrong names the nearest right name or field.

    >>> load_recipe("artist-mobilenet:oversampled").data.oversample
    True
    """
    stem, variant = _split_variant(str(name))
    text, thing = _find(stem)
    recipe = _parse(text, thing)
    return recipe if variant is None else _choose_variant(recipe, variant, thing)


def read_recipe_text(name: str | Path) -> str:
    """Return the YAML of a recipe by its name or from its file, comments included."""
    return _find(_split_variant(str(name))[0])[0]


def resolve(
    recipe: Recipe, trainable: Trainable | None = None, *, changes: Mapping[str, Any] | None = None
) -> Recipe:
    """Return the recipe with what learns decided: its section ``frozen`` is in force, or gone.

    Stored vectors are of pictures as they are: where nothing of the backbone learns, of the augmentation only
    the noise is left. Changes are fields by section, and come last.
    """
    chosen = recipe.trainable if trainable is None else trainable
    thing = f"recipe {recipe.full_name}"
    values = {**_dump(recipe), "trainable": chosen, "frozen": {}}
    if chosen == "none":
        values = _merge(values, recipe.frozen)
        values["augmentation"] = {"noise": values.get("augmentation", {}).get("noise", 0.0)}
    return _validate(_merge(values, changes or {}), thing)


def read_changes(texts: Sequence[str]) -> dict[str, Any]:
    """Return changes written as ``section.field=value``, the value as YAML.

    >>> read_changes(["data.largest=null", "backbone.layers=[layer3]"])
    {'data': {'largest': None}, 'backbone': {'layers': ['layer3']}}
    """
    changes: dict[str, Any] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        try:
            loaded = yaml.safe_load(value)
        except yaml.YAMLError:
            equals = ""
        if not equals or not key.strip():
            raise RecipeError(
                f"--set {text}",
                expected="section.field=value, the value as in a recipe",
                found=repr(text),
                remedy="write it as in --set optimiser.learning_rate=0.001",
            )
        for part in reversed(key.strip().split(".")):
            loaded = {part: loaded}
        changes = _merge(changes, loaded)
    return changes


def _split_variant(name: str) -> tuple[str, str | None]:
    stem, colon, variant = name.rpartition(":")
    if not colon or "/" in variant or "\\" in variant:  # C:\a.yaml has a colon too
        return name, None
    return stem, variant or None


def _find(stem: str) -> tuple[str, Path | str]:
    """Return the text of a recipe and where it is from: a file, the package itself, or another package."""
    if Path(stem).suffix in _SUFFIXES:
        return _read(Path(stem)), Path(stem)
    if stem in _list_names():
        path = _FOLDER / f"{stem}.yaml"
        return _read(path), path
    plugin = find_plugin(PLUGINS, stem)
    if plugin is None:
        near = find_near(stem, [*_list_names(), *(other.name for other in list_plugins(PLUGINS))])
        raise RecipeError(
            f"--recipe {stem}",
            expected="the name of a recipe, or a file that ends in .yaml",
            found="neither",
            remedy=f"did you mean {near}" if near else "see 'morelli recipes'",
        )
    thing, found = f"{plugin.origin}: {stem}", plugin.load(RecipeError)
    if isinstance(found, Path):
        return _read(found), found
    if not isinstance(found, str):
        raise RecipeError(
            thing, expected="YAML text or the path of a file", found=repr(found), remedy="update that package"
        )
    return found, thing


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "bytes that are no UTF-8"
        raise RecipeError(path, expected="a recipe", found=str(reason), remedy="correct the path") from error


def _parse(text: str, path: Path | str) -> Recipe:
    """Return a recipe whose variants and frozen section are all valid too."""
    try:
        values = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise RecipeError(
            path, expected="YAML", found=" ".join(str(error).split()), remedy="correct the line named"
        ) from error
    recipe = _validate(_anchor_weights(values, path), path)
    _check_frozen(recipe, path)
    for variant in recipe.variants:
        _check_frozen(_choose_variant(recipe, variant, path), f"{path}: variant {variant}")
    return recipe


def _check_frozen(recipe: Recipe, thing: object) -> None:
    _validate(_merge(_dump(recipe), {**recipe.frozen, "trainable": "none"}), f"{thing}: frozen")


def _anchor_weights(values: Any, path: Path | str) -> Any:
    """Look for weights beside the file that names them."""
    backbone = values.get("backbone") if isinstance(values, dict) else None
    if (
        isinstance(path, str)
        or not isinstance(backbone, dict)
        or not isinstance(backbone.get("weights"), str)
    ):
        return values
    weights = str((path.parent / backbone["weights"]).resolve())
    return {**values, "backbone": {**backbone, "weights": weights}}


def _choose_variant(recipe: Recipe, variant: str, thing: object) -> Recipe:
    if variant not in recipe.variants:
        near = find_near(variant, recipe.variants)
        raise RecipeError(
            f"--recipe {recipe.name}:{variant}",
            expected=f"a variant of {recipe.name}: {', '.join(recipe.variants) or 'it has none'}",
            found=variant,
            remedy=f"did you mean {near}" if near else "take one of them, or none",
        )
    changes = {**recipe.variants[variant], "variants": {}, "variant": variant}
    return _validate(_merge(_dump(recipe), changes), f"{thing}: variant {variant}")


def _validate(values: Any, thing: object) -> Recipe:
    try:
        return Recipe.model_validate(values)
    except ValidationError as error:
        raise describe_mistake(error, thing) from error


def _dump(recipe: Recipe) -> dict[str, Any]:
    return recipe.model_dump(mode="json", exclude_unset=True)


def _merge(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the base with the changes in it: sections by field, lists and empty sections as a whole."""
    merged = dict(base)
    for key, value in changes.items():
        old = merged.get(key)
        is_section = isinstance(old, Mapping) and isinstance(value, Mapping) and value
        merged[key] = _merge(old, value) if is_section else value  # type: ignore[arg-type]
    return merged
