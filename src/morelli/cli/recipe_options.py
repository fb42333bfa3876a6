"""Options of commands that learn by a recipe, so that they read the same in each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, cast

import typer

if TYPE_CHECKING:
    from morelli.learn.recipe import Trainable

RecipeOption = Annotated[
    str,
    typer.Option(
        "--recipe", "-r", help="Name of a recipe, NAME:VARIANT, or a .yaml file; see 'morelli recipes'."
    ),
]
TrainableOption = Annotated[
    str | None,
    typer.Option(
        help="What of the backbone learns: none, a number of last blocks, or all.",
        show_default="the recipe's",
    ),
]
ChangeOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="FIELD=VALUE", help="Change a field, as in optimiser.learning_rate=0.001."),
]
EpochsOption = Annotated[int | None, typer.Option(help="Epochs.", show_default="the recipe's")]
ResumeFlag = Annotated[bool, typer.Option("--resume", help="Go on after the last epoch that was finished.")]
WatchFlag = Annotated[bool, typer.Option("--watch", help="Draw the curves in the terminal while it learns.")]
TensorboardFlag = Annotated[bool, typer.Option("--tensorboard", help="Write events for TensorBoard, too.")]
DevicesOption = Annotated[int, typer.Option(help="Processes that learn together, a device each.")]


def read_trainable(text: str | None) -> Trainable | None:
    """Return what an option says: a number as a number, all else as it is for the recipe to check."""
    return cast("Trainable | None", int(text) if text is not None and text.isdecimal() else text)
