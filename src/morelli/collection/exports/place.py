"""The folder of an export: one export of one split, which a later run goes on with, and nothing else.

``export.json`` says which. A folder that holds anything else is refused, since works that an earlier split
had in train would stand beside those that this one has in test.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl

from morelli.collection.exports.plan import Plan
from morelli.collection.exports.summary import ExportSummary
from morelli.collection.parts import Split
from morelli.errors import SplitError

CARD, CLASSES_FILE, SPLIT_FILE = "export.json", "classes.csv", "split.csv"


def claim_folder(folder: Path, plan: Plan, split: Split, **choices: Any) -> dict[str, Any]:
    """Return the card of an export after writing it with the list of classes and the split.

    Parameters
    ----------
    folder
        Made when it is missing; must be empty, or hold the same export.
    plan, split
        What is exported.
    choices
        What else decides on the files: layout, by, link, shard size.

    Raises
    ------
    SplitError
        When the folder holds something else, or cannot be written.
    """
    card = {"split": split.name, **choices, "sha256": plan.digest}
    with blame_folder(folder):
        folder.mkdir(parents=True, exist_ok=True)
        _refuse_others(folder, card)
        _write_text(folder / CARD, {**card, "complete": False})
        classes = pl.DataFrame({"class": list(plan.folders), "folder": list(plan.folders.values())})
        classes.with_row_index("label").write_csv(folder / CLASSES_FILE)
        split.write(folder / SPLIT_FILE)
    return card


def close_folder(folder: Path, card: Mapping[str, Any], summary: ExportSummary) -> None:
    """Write into the card of an export that it is complete, with its counts and skips."""
    told = summary.to_dict()
    facts = {name: told[name] for name in ("parts", "classes", "renamed", "skips")}
    with blame_folder(folder):
        _write_text(folder / CARD, {**card, "complete": True, **facts})


@contextmanager
def blame_folder(folder: Path) -> Iterator[None]:
    """Turn what goes wrong while writing into an error that names the folder."""
    try:
        yield
    except OSError as error:
        raise SplitError(
            folder,
            expected="a folder that can be written",
            found=error.strerror or str(error),
            remedy="choose another with -o, or copies instead of links",
        ) from error


@contextmanager
def replaced(target: Path) -> Iterator[Path]:
    """Give a path to write to, which takes the place of the target when all went well."""
    unfinished = target.with_name(f".{target.name}.part")
    unfinished.unlink(missing_ok=True)
    try:
        yield unfinished
        os.replace(unfinished, target)
    finally:
        unfinished.unlink(missing_ok=True)


def _refuse_others(folder: Path, card: Mapping[str, Any]) -> None:
    if not any(folder.iterdir()):
        return
    try:
        held = json.loads((folder / CARD).read_text(encoding="utf-8"))
        others = [name for name, value in card.items() if held[name] != value]
    except (OSError, ValueError, KeyError, TypeError):
        found = f"other files and no {CARD} of such an export"
    else:
        if not others:
            return
        found = f"one with another {', '.join(others)}"
    raise SplitError(
        folder,
        expected="an empty folder, or the same export begun earlier",
        found=found,
        remedy="choose another with -o",
    )


def _write_text(path: Path, card: Mapping[str, Any]) -> None:
    with replaced(path) as unfinished:
        unfinished.write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
