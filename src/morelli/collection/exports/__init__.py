"""Splits for other tools: folders of pictures, Parquet shards for Hugging Face `datasets`, WebDataset shards.

`export_split` chooses between `folders` and `shards`; `plan` says what belongs where, and whose folder it is.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from morelli.collection.exports.folders import export_folders
from morelli.collection.exports.plan import ExportSummary
from morelli.collection.exports.shards import SHARD_MB, ParquetShards, TarShards, export_shards
from morelli.collection.splits.split import Split
from morelli.errors import UsageError
from morelli.settings import Progress, ignore_progress

LAYOUTS = ("folders", "hf", "webdataset")
"""Folders of pictures, Parquet shards of Hugging Face `datasets`, tar shards of WebDataset."""


def export_split(
    split: Split,
    works: pl.DataFrame,
    folder: str | Path,
    *,
    layout: str = "folders",
    by: str = "artist",
    link: str = "copy",
    shard_mb: int = SHARD_MB,
    progress: Progress = ignore_progress,
) -> ExportSummary:
    """Write the pictures of a split for other tools; run it again and it writes only what is missing.

    Parameters
    ----------
    works
        The table of works, as `Gallery.works` returns it.
    folder
        Empty, or with the same export begun earlier; else `SplitError` is raised.
    layout
        One of `LAYOUTS`.
    by
        What the classes are: "artist", or the first "style" or "genre".
    link
        "copy", "hard" or "soft"; for folders only.
    shard_mb
        Megabytes of pictures in a shard; not for folders.
    """
    if layout not in LAYOUTS:
        raise UsageError("--as", expected=", ".join(LAYOUTS), found=repr(layout), remedy="name one of them")
    folder = Path(folder)
    if layout == "folders":
        return export_folders(split, works, folder, by=by, link=link, progress=progress)
    if link != "copy":
        raise UsageError(
            f"--link {link}",
            expected="the layout folders",
            found=layout,
            remedy="leave --link out: shards hold copies",
        )
    form = ParquetShards() if layout == "hf" else TarShards()
    return export_shards(split, works, folder, form, by=by, shard_mb=shard_mb, progress=progress)


__all__ = ["LAYOUTS", "ExportSummary", "export_split"]
