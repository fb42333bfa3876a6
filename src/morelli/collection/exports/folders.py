"""``train/<class>/<work id>.jpg``: what most training tools read, as copies or links."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from morelli.collection.exports.plan import (
    ExportSummary,
    blame_folder,
    claim_folder,
    close_folder,
    find_fault,
    plan_export,
    read_bytes,
)
from morelli.collection.splits.split import Split
from morelli.collection.work import Skip
from morelli.errors import UsageError
from morelli.files import replace_file
from morelli.settings import Progress, ignore_progress

_LINKS = ("copy", "hard", "soft")
"""How a picture gets into its folder."""


def export_folders(
    split: Split,
    works: Any,
    folder: Path,
    *,
    by: str = "artist",
    link: str = "copy",
    progress: Progress = ignore_progress,
) -> ExportSummary:
    """Write a folder per part and class with the pictures in it, and say what was done.

    "copy" makes files of their own; "hard" further names of the same files, on one file system; "soft"
    symbolic links to where the pictures lie now.
    """
    if link not in _LINKS:
        raise UsageError("--link", expected=", ".join(_LINKS), found=repr(link), remedy="name one of them")
    plan = plan_export(split, works, by=by)
    card = claim_folder(folder, plan, split, layout="folders", by=by, link=link)
    skips, counts, n_written = list(plan.skips), Counter[str](), 0
    with blame_folder(folder):
        for part, name in plan.rows.select("part", "folder").unique().iter_rows():
            (folder / part / name).mkdir(parents=True, exist_ok=True)
        for place, row in enumerate(plan.rows.iter_rows(named=True), start=1):
            target = folder / row["part"] / row["folder"] / row["name"]
            done = _put(row, target, link)
            if isinstance(done, Skip):
                skips.append(done)
            else:
                counts[row["part"]] += 1
                n_written += done
            progress("export", place, len(plan.rows))
    summary = ExportSummary(
        folder=folder,
        layout="folders",
        parts=dict(counts),
        written=n_written,
        already=sum(counts.values()) - n_written,
        classes=len(plan.folders),
        renamed={name: own for name, own in plan.folders.items() if name != own},
        skips=tuple(skips),
    )
    close_folder(folder, card, summary)
    return summary


def _put(row: Mapping[str, Any], target: Path, link: str) -> bool | Skip:
    """Return whether a picture had to be put in its place, or why it could not be."""
    source = Path(os.path.abspath(row["path"]))
    if _is_there(row, source, target, link):
        return False
    content = read_bytes(row) if link == "copy" else find_fault(row) or b""
    if isinstance(content, Skip):
        target.unlink(missing_ok=True)
        return content
    target.with_name(f"{target.name}.part").unlink(missing_ok=True)  # of a killed run of an earlier version
    with replace_file(target) as unfinished:
        if link == "copy":
            unfinished.write_bytes(content)
        elif link == "hard":
            os.link(source, unfinished)
        else:
            os.symlink(source, unfinished)
    return True


def _is_there(row: Mapping[str, Any], source: Path, target: Path, link: str) -> bool:
    """Say whether an earlier run has put the picture there; files come whole or not at all."""
    if link == "soft":
        return target.is_symlink() and os.readlink(target) == str(source) and find_fault(row) is None
    if target.is_symlink() or not target.is_file():
        return False
    if link == "hard" and source.exists() and not target.samefile(source):
        return False
    is_whole: bool = target.stat().st_size == row["size_bytes"]
    return is_whole
