"""Writes docs/commands.md from the command line itself, so that the page cannot go stale.

python docs/write_commands.py            write the page
python docs/write_commands.py --check    write nothing; exit with 1 when the page is stale
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

from typer.models import ArgumentInfo, OptionInfo

from morelli.cli.app import app
from morelli.settings import Settings

PAGE = Path(__file__).with_name("commands.md")

NOTHING = "–"
BAR = "\\|"
TYPES = {str: "text", int: "whole number", float: "number", bool: "nothing", Path: "path"}

INTRODUCTION = """\
# Commands

This page is made from the command line itself by `docs/write_commands.py`; edit the help texts, not the page.

The commands, read from top to bottom, are the journey. Results go to stdout, everything else to stderr. With
`--json` the result is one JSON value. `-h` or `--help` on any command prints what stands here.

| exit code | meaning |
|---|---|
| 0 | done |
| 1 | could not be done; the message says what to do |
| 2 | wrong usage: an option or a setting that makes no sense |
| 130 | stopped with Ctrl-C; the same command goes on |

Every message of an error has four parts: what it is about, what was expected, what was found, what to do. See
[errors](errors.md). Options that most commands share can be set once; see [settings](settings.md).
"""


def main(arguments: list[str]) -> int:
    """Write the page, or say whether it is stale; return the exit code."""
    text = write_page()
    if arguments == ["--check"]:
        is_current = PAGE.is_file() and PAGE.read_text(encoding="utf-8") == text
        if not is_current:
            sys.stderr.write(f"{PAGE} is stale; run 'python docs/write_commands.py'\n")
        return 0 if is_current else 1
    PAGE.write_text(text, encoding="utf-8")
    return 0


def write_page() -> str:
    """Return the page as Markdown."""
    sections = [INTRODUCTION]
    if app.registered_callback is not None and app.registered_callback.callback is not None:
        sections.append("## morelli\n\n" + tabulate_parameters(app.registered_callback.callback))
    for command in app.registered_commands:
        if command.name is not None and command.callback is not None:
            sections.append(describe_command(command.name, command.callback))
    return "\n".join(sections)


def describe_command(name: str, function: Callable[..., Any]) -> str:
    """Return the section of one command: what it does, its example, its parameters."""
    text, _, example = (inspect.getdoc(function) or "").partition("Example:")
    lines = [f"## {name}", "", " ".join(text.split()), ""]
    if example:
        lines += ["```sh", " ".join(example.split()), "```", ""]
    return "\n".join(lines) + "\n" + tabulate_parameters(function)


def tabulate_parameters(function: Callable[..., Any]) -> str:
    """Return a table with a line for each argument and option."""
    hints = get_type_hints(function, include_extras=True)
    rows = [
        describe_parameter(parameter, hints[name])
        for name, parameter in inspect.signature(function).parameters.items()
    ]
    lines = ["| argument or option | takes | default | meaning |", "|---|---|---|---|"]
    lines += [f"| {' | '.join(cell.replace('|', BAR) for cell in row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def describe_parameter(parameter: inspect.Parameter, hint: Any) -> tuple[str, str, str, str]:
    """Return name, type, default and meaning of one argument or option."""
    annotated = next(part for part in (hint, *get_args(hint)) if hasattr(part, "__metadata__"))
    info = next(part for part in annotated.__metadata__ if isinstance(part, ArgumentInfo | OptionInfo))
    if isinstance(info, ArgumentInfo):
        names: tuple[str, ...] = (info.metavar or parameter.name.upper(),)
    else:
        declared = [info.default, *(info.param_decls or ())]  # typer keeps the first of them as a default
        names = tuple(name for name in declared if isinstance(name, str) and name.startswith("-"))
        names = names or ("--" + parameter.name.replace("_", "-"),)
    return (
        ", ".join(f"`{name}`" for name in names),
        describe_type(get_args(annotated)[0]),
        describe_default(parameter, info),
        info.help or "",
    )


def describe_type(hint: Any) -> str:
    """Return in words what an argument or option takes."""
    kinds = [kind for kind in get_args(hint) if kind is not type(None)] if is_union(hint) else [hint]
    if get_origin(kinds[0]) is list:
        return describe_type(get_args(kinds[0])[0]) + ", once or more"
    return TYPES[kinds[0]]


def is_union(hint: Any) -> bool:
    """Say whether a hint is one type or another, such as text or None."""
    return type(None) in get_args(hint)


def describe_default(parameter: inspect.Parameter, info: ArgumentInfo | OptionInfo) -> str:
    """Return the default in words."""
    if parameter.default is inspect.Parameter.empty:
        return "must be given"
    if isinstance(info.show_default, str):
        return info.show_default
    setting = Settings.model_fields.get(parameter.name)
    default = setting.default if setting is not None and parameter.default is None else parameter.default
    return NOTHING if default is None or default is False else str(default)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
