"""The typer application that the commands hang on."""

from __future__ import annotations

from typing import Annotated

import typer

from morelli.cli import ask as compare
from morelli.cli import ask as judge
from morelli.cli import bench, collect, demo, embed, evaluate, split, train
from morelli.cli import bench as reproduce
from morelli.cli import collect as audit
from morelli.cli import collect as info
from morelli.cli import collect as names
from morelli.cli import split as episodes
from morelli.cli import split as export
from morelli.cli import split as pairs
from morelli.cli import train as card
from morelli.cli import train as enrol
from morelli.cli import train as recipes

app = typer.Typer(
    name="morelli",
    help="Who painted this, are these two by the same hand, what is like this, and how sure are we?",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(is_asked: bool) -> None:
    if is_asked:
        from morelli import __version__

        typer.echo(f"morelli {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Who painted this, are these two by the same hand, what is like this, and how sure are we."""


app.command("collect")(collect.collect)
app.command("audit")(audit.audit)
app.command("info")(info.info)
app.command("names")(names.names)
app.command("embed")(embed.embed)
app.command("split")(split.split)
app.command("export")(export.export)
app.command("pairs")(pairs.pairs)
app.command("episodes")(episodes.episodes)
app.command("recipes")(recipes.recipes)
app.command("train")(train.train)
app.command("enrol")(enrol.enrol)
app.command("attribute")(judge.attribute)
app.command("compare", cls=compare.SetCommand)(compare.compare)
app.command("search")(judge.search)
app.command("card")(card.card)
app.command("evaluate")(evaluate.evaluate)
app.command("bench")(bench.bench)
app.command("reproduce")(reproduce.reproduce)
app.command("demo")(demo.demo)
