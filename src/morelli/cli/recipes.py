"""``morelli recipes``: the published approaches that can be trained, and what each of them says."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from morelli.cli.console import out, print_json, print_table
from morelli.cli.options import JsonFlag


def recipes(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="Recipe to print, or a .yaml file to check.")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """List the recipes, or print one: what is learnt, on what, how, and where the approach comes from.

    Example: morelli recipes triplet-resnet18
    """
    from morelli.learn.recipe_files import list_recipes, load_recipe, read_recipe_text

    if name is not None:
        recipe = load_recipe(name)
        if json:
            print_json(recipe.model_dump(mode="json"))
        else:
            out.print(read_recipe_text(name).rstrip("\n"))
        return
    listed = list_recipes()
    if json:
        print_json([_summarise(recipe) for recipe in listed])
        return
    rows = [[recipe.name, ", ".join(recipe.variants), recipe.summary] for recipe in listed]
    print_table(f"{len(listed)} recipes", ["recipe", "variants", "sentence"], rows)


def _summarise(recipe: Any) -> dict[str, Any]:
    return {
        "name": recipe.name,
        "variants": list(recipe.variants),
        "summary": recipe.summary,
        "source": recipe.source,
        "backbone": recipe.backbone.model,
        "trainable": recipe.trainable,
        "loss": recipe.loss.name,
        "digest": recipe.digest,
    }
