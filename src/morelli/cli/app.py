"""The typer application that the commands hang on."""

from __future__ import annotations

import os
from collections import defaultdict
from pathlib import Path
from typing import Annotated, Any

import typer

from morelli.cli import ask, bench, collect, embed, evaluate, review, split, train
from morelli.cli.options import SetCommand

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


for _command in (
    collect.collect,
    collect.audit,
    collect.compact,
    collect.info,
    collect.names,
    embed.embed,
    embed.index,
    embed.encoders,
    split.split,
    split.export,
    split.pairs,
    split.episodes,
    train.recipes,
    train.train,
    train.enrol,
    train.recalibrate,
    ask.attribute,
    ask.compare,
    ask.search,
    review.review,
    train.card,
    evaluate.evaluate,
    evaluate.validate,
    bench.bench,
    bench.reproduce,
    bench.demo,
):
    app.command(_command.__name__, cls=SetCommand if _command in (ask.compare, embed.embed) else None)(
        _command
    )


def read_defaults() -> dict[str, dict[str, object]]:
    """Return gallery and model of the settings as the defaults of options, by command.

    A model stands in where one is needed, and not where it would change what is asked.
    """
    if not (Path("morelli.toml").is_file() or {"MORELLI_GALLERY", "MORELLI_MODEL"} & set(os.environ)):
        return {}  # most commands need no settings, and are quicker without
    from morelli.settings import load_settings

    settings, defaults = load_settings(), defaultdict[str, dict[str, object]](dict)
    commands: dict[str, Any] = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    for name, command in commands.items():
        for option in command.params:
            is_meant = option.name == "gallery" or (option.name == "model" and option.required)
            value = getattr(settings, option.name) if is_meant and option.opts[0].startswith("-") else None
            if value is not None:
                defaults[name][option.name] = [value] if option.multiple else value
    return defaults
