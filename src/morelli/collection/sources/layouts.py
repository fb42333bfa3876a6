"""Which layout a source has: the registry, and the choosing.

`recognise` asks each layout in turn whether it fits, the most explicit first. A new layout is a class with
`name`, `reason`, `fit` and `read` in a file of its own, and a line in `LAYOUTS`.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from pathlib import Path

from morelli.collection.sources.artist_folders import ArtistFolders
from morelli.collection.sources.best_artworks import BestArtworks
from morelli.collection.sources.folders import is_litter
from morelli.collection.sources.iiif import Iiif
from morelli.collection.sources.layout import Layout
from morelli.collection.sources.met import Met
from morelli.collection.sources.national_gallery import NationalGallery
from morelli.collection.sources.painter_by_numbers import PainterByNumbers
from morelli.collection.sources.table import Table
from morelli.collection.sources.tate import Tate
from morelli.collection.sources.wikiart import WikiArt
from morelli.collection.sources.wikiart_tables import WikiArtTables
from morelli.errors import LayoutError, SourceError, UsageError

_log = logging.getLogger(__name__)


LAYOUTS = {
    layout.name: layout
    for layout in (
        PainterByNumbers,
        WikiArtTables,
        NationalGallery,
        Met,
        Tate,
        Table,
        Iiif,
        BestArtworks,
        WikiArt,
        ArtistFolders,
    )
}
"""The layouts by name, in the order in which they are tried."""

_FILE_LAYOUTS = (PainterByNumbers, WikiArtTables, Met, Iiif)
"""The layouts that a file may have, before it is taken for a table of works."""


def recognise(source: Path, layout: str | None = None, columns: Mapping[str, str] | None = None) -> Layout:
    """Return the layout of a source, the first of `LAYOUTS` that fits.

    Parameters
    ----------
    source
        A folder or a table file. Paths of works are absolute whether or not it is.
    layout
        The name of a layout to be taken without trying the others.
    columns
        A table's column for each field that is not found by its name, as `parse_map` reads them. They make
        the source a table.

    Raises
    ------
    SourceError
        When the source is missing, empty or may not be read.
    LayoutError
        When no layout fits, or not the one asked for.
    UsageError
        When there is no layout of that name; when columns are given for another layout than a table, or for
        a field or column that does not exist.
    """
    source = Path(os.path.abspath(source.expanduser()))
    _check_source(source)
    if columns:
        _check_table(layout)
        return Table.fit(source, is_forced=True, columns=columns)
    if layout is None:
        return _choose_layout(source)
    if layout not in LAYOUTS:
        raise UsageError(
            "--layout",
            expected="one of " + ", ".join(LAYOUTS),
            found=repr(layout),
            remedy="choose one of these",
        )
    return LAYOUTS[layout].fit(source, is_forced=True)


def _check_table(layout: str | None) -> None:
    if layout not in (None, Table.name):
        raise UsageError(
            "--map",
            expected="a table, the only layout with columns",
            found=f"--layout {layout}",
            remedy="leave out one of the two",
        )


def _choose_layout(source: Path) -> Layout:
    if source.is_file():
        return _choose_file_layout(source)
    refusals = []
    for name, layout in LAYOUTS.items():
        try:
            return layout.fit(source, is_forced=False)
        except SourceError as refusal:
            refusals.append(f"{name}: {refusal.found}")
    raise LayoutError(
        source,
        expected="one of the layouts " + ", ".join(LAYOUTS),
        found="none of them (" + "; ".join(refusals) + ")",
        remedy="give another folder, name the layout with --layout, or write a table with a column 'path'",
    )


def _choose_file_layout(source: Path) -> Layout:
    """Take a file for what its columns or keys say, else for a table."""
    faults = []
    for layout in _FILE_LAYOUTS:
        try:
            return layout.fit(source, is_forced=False)
        except LayoutError as refusal:
            _log.debug("not taken as %s: %s", layout.name, refusal)
        except SourceError as fault:
            faults.append(fault)
    try:
        return Table.fit(source, is_forced=False)
    except LayoutError:
        if faults:  # damaged, and not a table either: the damage says more
            raise faults[0] from None
        raise


def _check_source(source: Path) -> None:
    try:
        is_empty = source.is_dir() and all(is_litter(name) for name in os.listdir(source))
        found = "an empty folder" if is_empty else None
        source.stat()
    except (OSError, ValueError) as fault:
        found = (getattr(fault, "strerror", None) or str(fault)).lower()
    if found is not None:
        raise SourceError(
            source,
            expected="a folder of pictures or a table",
            found=found,
            remedy="check the path and its permissions",
        )
