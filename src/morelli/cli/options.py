"""Arguments and options that several commands share, so that they read the same everywhere."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

if TYPE_CHECKING:
    from morelli.learn.recipe import Trainable


GalleryArgument = Annotated[str, typer.Argument(metavar="GALLERY", help="Gallery folder or address.")]
GalleryOption = Annotated[str | None, typer.Option("--gallery", "-g", help="Gallery of reference works.")]
RequiredGallery = Annotated[str, typer.Option("--gallery", "-g", help="Gallery folder or address.")]
ModelOption = Annotated[
    Path, typer.Option("--model", "-m", help="Model folder, as 'morelli train' wrote it.")
]
EncoderOption = Annotated[
    str | None, typer.Option("--encoder", "-e", help="Which encoder's vectors: name or fingerprint.")
]
WeightsOption = Annotated[
    list[Path] | None,
    typer.Option("--weights", "-w", help="Weights file (.safetensors, .pth); once per network, in order."),
]
WhereOption = Annotated[str | None, typer.Option(help='SQL condition over the works, such as "year < 1900".')]
SeedOption = Annotated[int | None, typer.Option(help="Seed of everything random.", show_default="0")]
QualifiedFlag = Annotated[
    bool,
    typer.Option("--with-qualified", help="Take works with a qualifier too, such as 'workshop of'."),
]
NoWaitFlag = Annotated[
    bool,
    typer.Option("--no-wait", help="Stop at once where another process is writing to the gallery."),
]
JsonFlag = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
AnswersOption = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        help="Answer as a page with pictures (.html) or a table (.csv, .xlsx, .jsonl).",
    ),
]
OpenFlag = Annotated[bool, typer.Option("--open", help="Show the page in the browser.")]
DeviceOption = Annotated[str | None, typer.Option(help="auto, cpu, cuda, cuda:N or mps.")]
WorkersOption = Annotated[
    int | None, typer.Option(help="Processes that decode pictures; 0: none.", show_default="one per core")
]
PrecisionOption = Annotated[str | None, typer.Option(help="auto, fp32, bf16 or fp16.")]
MemoryOption = Annotated[
    int | None,
    typer.Option(help="Megabytes for all pictures being decoded together.", show_default="1536"),
]
MaxPixelsOption = Annotated[
    int | None, typer.Option(help="Skip pictures with more pixels.", show_default="200000000")
]


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


def parse_trainable(text: str | None) -> Trainable | None:
    """Return none, all or a number of blocks, from the text of an option."""
    from morelli.errors import UsageError

    if text is None or text == "none" or text == "all":
        return text  # type: ignore[return-value]
    if text.isdecimal() and int(text) > 0:
        return int(text)
    raise UsageError(
        f"--trainable {text}",
        expected="none, all, or the number of last blocks",
        found=repr(text),
        remedy="write one of them",
    )


_SETS = ("--left", "--right")
_CHANNELS = ("--mean", "--std")


class SetCommand(TyperCommand):
    """A command whose options for sets take all values up to the next option: ``--left a b --right c``.

    Those for channels take all numbers: ``--mean .5 .5 .5``.
    """

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the arguments with the option repeated before each of its values."""
        return super().parse_args(ctx, _repeat_options(args))


def _repeat_options(arguments: list[str]) -> list[str]:
    """Return arguments with ``--left`` and ``--right`` before each of the values that follow them.

    >>> _repeat_options(["--left", "a", "b", "--right", "c", "-m", "model"])
    ['--left', 'a', '--left', 'b', '--right', 'c', '-m', 'model']
    >>> _repeat_options(["--mean", ".5", ".4", "gallery"])
    ['--mean', '.5', '--mean', '.4', 'gallery']
    """
    repeated: list[str] = []
    option = ""
    for argument in arguments:
        if argument.startswith("-"):
            option = argument if argument in (*_SETS, *_CHANNELS) else ""
            repeated += [] if option else [argument]
        else:
            option = "" if option in _CHANNELS and not _NUMBER.fullmatch(argument) else option
            repeated += [option, argument] if option else [argument]
    return repeated


_NUMBER = re.compile(r"\d*\.?\d+(?:e-?\d+)?", re.IGNORECASE)
