"""Opens what ``morelli collect`` is given: a place on disk, or the address of a IIIF manifest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from morelli.cli.console import say_skips
from morelli.collection.downloads import Downloader, Politeness
from morelli.collection.sources import recognise
from morelli.collection.sources.columns import parse_map
from morelli.collection.sources.layouts import Layout
from morelli.errors import UsageError

MANIFESTS = "manifests"
"""The folder, below that of the downloads, where manifests are kept."""


def open_downloader(
    stack: ExitStack, folder: Path | None, rate_per_s: float, *, is_private_allowed: bool
) -> Downloader | None:
    """Return a downloader that is closed with the stack, or None without a folder."""
    if folder is None:
        return None
    politeness = Politeness(rate_per_s=rate_per_s, allow_private=is_private_allowed)
    return stack.enter_context(Downloader(folder, politeness))


def open_source(
    source: str,
    layout: str | None,
    columns: Sequence[str],
    downloader: Downloader | None,
    folder: Path | None,
    progress: Callable[[str, int, int], None],
) -> tuple[Path, Layout]:
    """Return the place that a source is named after, and its layout.

    Raises
    ------
    UsageError
        When an address is given without a folder to download into.
    """
    if "://" not in source:
        path = Path(source)
        return path, recognise(path, layout, parse_map(",".join(columns)) if columns else None)
    if downloader is None or folder is None:
        raise UsageError(
            source,
            expected="a folder to keep manifests and pictures in",
            found="an address without --download",
            remedy="add --download FOLDER",
        )
    from morelli.collection.sources.iiif_harvest import harvest_manifests

    manifests = folder / MANIFESTS
    lost = harvest_manifests(
        source, manifests, downloader.read_json, progress=lambda done, n: progress("manifests", done, n)
    )
    say_skips([{"path": skip.path, "reason": skip.reason} for skip in lost], hint=f"see {manifests}")
    return manifests, recognise(manifests, layout or "iiif")
