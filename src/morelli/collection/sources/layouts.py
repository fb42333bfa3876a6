"""Which layout a source has: the registry, plug-ins, and the choosing.

`recognise` asks each layout in turn whether it fits, the most explicit first. A layout of this package is a
class in a file of its own and a line in `LAYOUTS`; one of another package is an entry point, and goes before
these.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from morelli.collection.sources.best_artworks import BestArtworks
from morelli.collection.sources.documents.lido import Lido
from morelli.collection.sources.documents.linked_art import LinkedArt
from morelli.collection.sources.folder_names import ArtistFolders, Pictures, WikiArt
from morelli.collection.sources.folders import is_litter
from morelli.collection.sources.hugging_face import HuggingFace
from morelli.collection.sources.iiif import Iiif
from morelli.collection.sources.layout import Layout
from morelli.collection.sources.met import Met
from morelli.collection.sources.national_gallery import NationalGallery
from morelli.collection.sources.painter_by_numbers import PainterByNumbers
from morelli.collection.sources.tables.sidecars import Sidecars
from morelli.collection.sources.tables.table import Table
from morelli.collection.sources.tate import Tate
from morelli.collection.sources.web_gallery_of_art import WebGalleryOfArt
from morelli.collection.sources.wikiart_tables import WikiArtTables
from morelli.errors import LayoutError, SourceError, UsageError
from morelli.plugins import Plugin, list_plugins

_log = logging.getLogger(__name__)

LAYOUTS: dict[str, type[Layout]] = {
    layout.name: layout
    for layout in (
        PainterByNumbers,
        WikiArtTables,
        NationalGallery,
        Met,
        Tate,
        Lido,
        LinkedArt,
        WebGalleryOfArt,
        HuggingFace,
        Table,
        Sidecars,
        Iiif,
        BestArtworks,
        WikiArt,
        ArtistFolders,
        Pictures,
    )
}
"""The layouts of this package by name, in the order in which they are tried."""

_FILE_LAYOUTS: tuple[type[Layout], ...] = (
    PainterByNumbers,
    WikiArtTables,
    Met,
    Lido,
    LinkedArt,
    WebGalleryOfArt,
    HuggingFace,
    Iiif,
)
"""Those that a file may have, before it is taken for a table of works."""

_LAYOUTS_OF_PICTURES = frozenset({BestArtworks.name, WikiArt.name, ArtistFolders.name, Pictures.name})
"""Those that take what they tell from the names of folders and files."""

_GROUP = "morelli.sources"
"""The group of entry points; the name of each is that of its layout."""


def recognise(
    source: str | Path, layout: str | None = None, columns: Mapping[str, str] | None = None
) -> Layout:
    """Return the layout of a source: the first that fits of the plug-ins and `LAYOUTS`.

    Parameters
    ----------
    source
        A folder or a table file. Paths of works are absolute whether or not it is.
    layout
        The name of a layout to be taken without trying the others.
    columns
        A table's own column by field, as `parse_map` reads them; they make the source a table.

    Raises
    ------
    SourceError
        When the source is missing, empty or may not be read; `LayoutError` when no layout fits, or not this
        one.
    UsageError
        When there is no such layout, field or column.
    """
    source = Path(os.path.abspath(Path(source).expanduser()))
    _check_source(source)
    if columns:
        _check_table(layout)
        return _fit_columns(source, layout, columns)
    if layout is not None:
        return _find_layout(layout).fit(source, is_forced=True)
    choose = _choose_file_layout if source.is_file() else _choose_folder_layout
    return _try_plugins(source) or choose(source)


def _fit_columns(source: Path, layout: str | None, columns: Mapping[str, str]) -> Layout:
    """Return the table with the user's columns: shards of pictures where these lie inside."""
    if layout != Table.name and not {"path", "address"} & columns.keys():
        try:
            return HuggingFace.fit(source, is_forced=True, columns=columns)
        except LayoutError as refusal:
            if layout is not None:
                raise
            _log.debug("not taken as %s: %s", HuggingFace.name, refusal)
    return Table.fit(source, is_forced=True, columns=columns)


def _find_layout(name: str) -> type[Layout]:
    if name in LAYOUTS:
        return LAYOUTS[name]
    plugins = {plugin.name: plugin for plugin in list_plugins(_GROUP)}
    if name in plugins:
        return _load_plugin(plugins[name])
    raise UsageError(
        "--layout",
        expected="one of " + ", ".join([*LAYOUTS, *plugins]),
        found=repr(name),
        remedy="choose one of these",
    )


def _choose_folder_layout(source: Path) -> Layout:
    refusals: dict[str, SourceError] = {}
    for name, layout in LAYOUTS.items():
        try:
            found = layout.fit(source, is_forced=False)
        except SourceError as refusal:
            refusals[name] = refusal
        else:
            _warn_unread(found, refusals.values())
            return found
    raise LayoutError(
        source,
        expected="one of the layouts "
        + ", ".join([*LAYOUTS, *(plugin.name for plugin in list_plugins(_GROUP))]),
        found="none of them ("
        + "; ".join(f"{name}: {refusal.found}" for name, refusal in refusals.items())
        + ")",
        remedy="give another folder, name the layout with --layout, or write a table with a column 'path'",
    )


def _warn_unread(found: Layout, refusals: Iterable[SourceError]) -> None:
    """Say which tables in a folder are not read: those that cannot be, or lack what another layout needs.

    What a table lacks matters only where the pictures' names took its place.
    """
    own = {str(found.source), *(str(table) for table in (getattr(found, "table", None),) if table)}
    told: set[str] = set()
    for refusal in refusals:
        is_lacking = isinstance(refusal, LayoutError) and found.name not in _LAYOUTS_OF_PICTURES
        if os.path.isfile(refusal.thing) and not (is_lacking or refusal.thing in own | told):
            _log.warning("not read, and the layout %s taken instead: %s", found.name, refusal)
            told.add(refusal.thing)


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


def _try_plugins(source: Path) -> Layout | None:
    """Return the layout of the first plug-in that fits; log a sentence about each that fails."""
    for plugin in list_plugins(_GROUP):
        try:
            return _load_plugin(plugin).fit(source, is_forced=False)
        except LayoutError as refusal:
            _log.debug("not taken as %s: %s", plugin.name, refusal)
        except SourceError as fault:
            _log.warning("%s", fault)
        except Exception as fault:  # a mistake in the code of others does not stop the rest
            _log.warning("%s", _refuse_plugin(plugin, _describe(fault)))
    return None


def _load_plugin(plugin: Plugin) -> type[Layout]:
    value = plugin.entry.value
    if plugin.name in LAYOUTS:
        raise _refuse_plugin(plugin, f"{value} under the name of a layout of morelli")
    try:
        layout: type[Layout] = plugin.entry.load()
    except (Exception, SystemExit) as fault:  # whatever the code of others raises while it is imported
        raise _refuse_plugin(plugin, _describe(fault)) from fault
    missing = [name for name in ("fit", "read", "locate") if not callable(getattr(layout, name, None))]
    if missing:
        raise _refuse_plugin(plugin, f"{value} without {', '.join(missing)}")
    if getattr(layout, "name", None) != plugin.name:
        raise _refuse_plugin(plugin, f"{value} with the name {getattr(layout, 'name', None)!r}")
    return layout


def _describe(fault: BaseException) -> str:
    return " ".join(f"{type(fault).__name__}: {fault}".split())


def _refuse_plugin(plugin: Plugin, found: str) -> SourceError:
    return SourceError(
        f"{plugin.origin}: {plugin.name}",
        expected="a layout of that name with fit, read and locate",
        found=found,
        remedy="update or uninstall that package; everything else works without it",
    )


def _check_table(layout: str | None) -> None:
    if layout not in (None, Table.name, HuggingFace.name):
        raise UsageError(
            "--map",
            expected="a table, the only layout with columns",
            found=f"--layout {layout}",
            remedy="leave out one of the two",
        )


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
