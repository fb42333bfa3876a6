"""One template environment for all pages."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from morelli.files import write_file
from morelli.report.drawing import embed_thumbnail


def render_template(name: str, **values: object) -> str:
    """Return a page or a text, in which a value that is not given is an error.

    In templates that end in ``.html.j2`` values are escaped; drawings are put in with ``| safe``.
    """
    return _open_templates().get_template(name).render(**values)


@cache
def _open_templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("morelli.report"),
        autoescape=select_autoescape(["html.j2"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["thumbnail"] = embed_thumbnail
    environment.filters["file_uri"] = lambda path: Path(path).absolute().as_uri()
    environment.filters["file_name"] = lambda path: Path(path).name
    environment.filters["cell"] = _escape_cell
    return environment


def _escape_cell(value: object) -> str:
    """Return text for a cell of a Markdown table."""
    return " ".join(str(value).split()).replace("|", "\\|")


def write_json(path: Path, value: object) -> Path:
    """Write a whole JSON file, without nan and infinity."""
    return write_file(path, json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n")
