"""Puts the works of a source into a gallery, and goes on where it was stopped.

Pictures of which the source has only an address are fetched first. What is lost on the way is counted step by
step and listed with its reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import polars as pl

from morelli.collection.downloads import Downloader
from morelli.collection.names.twins import apply_mapping
from morelli.collection.opening import fetch_works, select_works
from morelli.collection.reading import collect_works, is_untouched
from morelli.collection.sources import Layout
from morelli.collection.sources.layout import PackedLayout
from morelli.collection.work import (
    CollectedWork,
    Skip,
    Work,
    merge_labels,
    unite_labels,
    works_frame,
    works_from_frame,
)
from morelli.gallery.store import VANISHED, Gallery, name_source
from morelli.settings import Progress, Settings, ignore_progress

DROP_STAGE = "audit"
"""The stage under which the skip report keeps what an audit dropped."""

_SKIPS_PER_COMMIT = 5000
"""Museums list hundreds of thousands of objects without a picture, and each commit reads the report. What a
killed run had not committed yet the next one lists again."""


@dataclass
class _Tally:
    """What a `collect` has done so far, and what it has yet to store."""

    by_hash: dict[str, CollectedWork]
    n_whole: int = 0
    added: int = 0
    repeated: int = 0
    unchanged: int = 0
    content_by_path: dict[str, str] = field(default_factory=dict)
    dirty: dict[str, CollectedWork] = field(default_factory=dict)
    readable: list[str] = field(default_factory=list)
    listed: list[str] = field(default_factory=list)
    skips: list[Skip] = field(default_factory=list)
    stored_skips: int = 0


@dataclass(frozen=True)
class CollectOptions:
    """What is to be collected of a source, and how."""

    given: Path | None = None  # the file or folder that the source is named after; None: its own
    # values that a work must have, by field; case, accents and punctuation do not matter
    only: Mapping[str, str] = field(default_factory=dict)
    downloader: Downloader | None = None  # of pictures that have only addresses; None: they are skipped
    retry_failed: bool = False  # also ask again for pictures that failed for good
    # patterns, as of a shell, of files and folders to leave out; case is ignored
    exclude: tuple[str, ...] = ()
    prune: bool = False  # also take out works of the source whose file is no longer there


@dataclass(frozen=True)
class CollectSummary:
    """What one `collect` did."""

    layout: str
    reason: str
    added: int
    updated: int  # works already there whose labels the source has changed or added to
    repeated: int  # files with the bytes of a work already there, under the same artist
    unchanged: int  # files that were there already
    replaced: int  # works that left because their file now holds another picture
    skips: tuple[Skip, ...]  # files and rows that were left out, with their reasons
    works: int  # in the gallery afterwards
    vanished: tuple[str, ...] = ()  # files of this source's works that are no longer there
    pruned: bool = False  # whether those works were taken out
    dropped: int = 0  # files that an audit was told to drop, and that stay out
    funnel: dict[str, int] = field(default_factory=dict)  # records left after each step

    def to_dict(self) -> dict[str, Any]:
        """Return the summary as a JSON object."""
        return asdict(self)


def collect_source(
    gallery: Gallery,
    layout: Layout,
    settings: Settings,
    *,
    options: CollectOptions | None = None,
    progress: Progress | None = None,
) -> CollectSummary:
    """Put the works of a source into a gallery; what is there already is not read again.

    Parameters
    ----------
    gallery
        Where to.
    layout
        The source, as `recognise` returns it.
    settings
        Pixel cap, workers and how many works go into one commit.
    options
        What is wanted, and whether pictures may be fetched.
    progress
        Called with "download" or "collect", and how much is done of how many.
    """
    with gallery.writing(is_sure=False):
        gallery.remove_doubles()
        return _collect_works(gallery, layout, settings, options or CollectOptions(), progress)


def _collect_works(
    gallery: Gallery,
    layout: Layout,
    settings: Settings,
    options: CollectOptions,
    progress: Progress | None,
) -> CollectSummary:
    entries, funnel, n_dropped = _prepare(gallery, layout, options, progress)
    n_before = gallery.n_commits
    known = works_from_frame(gallery.works()) if gallery.count_works() else []
    tally = _Tally(by_hash={work.content_hash: work for work in known})
    fresh = _Fresh(entries, {str(work.path): work for work in known}, tally)
    for found in collect_works(
        fresh, max_pixels=settings.max_pixels, workers=settings.workers or None, memory=settings.memory
    ):
        _take(found, tally)
        n_skips = len(tally.skips) - tally.stored_skips
        if len(tally.dirty) >= settings.commit_size or n_skips >= _SKIPS_PER_COMMIT:
            _commit(gallery, tally)
        if progress is not None:
            progress("collect", fresh.n_read, len(entries))
    _commit(gallery, tally)
    replaced = _find_replaced(tally)
    gallery.remove_works([work.id for work in replaced])
    if not tally.by_hash:
        gallery.store_works(works_frame([]))  # so that the skip report can be asked for
    gallery.register_source(layout.source, layout.name, given=options.given)
    vanished = _settle_vanished(gallery, layout, options, tally) if known else ()
    if gallery.n_commits > n_before:
        gallery.compact()
    if progress is not None:
        progress("collect", len(entries), len(entries))
    return CollectSummary(
        layout=layout.name,
        reason=layout.reason,
        added=tally.added,
        updated=sum(tally.by_hash[work.content_hash] != work for work in known),
        repeated=tally.repeated,
        unchanged=tally.unchanged,
        replaced=len(replaced),
        skips=tuple(tally.skips),
        works=gallery.count_works(),
        vanished=vanished,
        pruned=options.prune,
        dropped=n_dropped,
        funnel={**funnel, "whole": tally.n_whole, "kept": tally.added + tally.repeated + tally.unchanged},
    )


def _settle_vanished(
    gallery: Gallery, layout: Layout, options: CollectOptions, tally: _Tally
) -> tuple[str, ...]:
    """List the works of a source whose file is no longer there as skipped, or take them out."""
    root, name = Path(layout.source), name_source(layout.source, options.given)
    gone = {
        path: work_id
        for work_id, path, source in gallery.vanished().iter_rows()
        if source == name or Path(path).is_relative_to(root)
    }
    if options.prune:
        gallery.remove_works(list(gone.values()))
        gallery.forget_skips(gone)
    else:
        told = {skip.path for skip in tally.skips}
        gallery.store_skips((Skip(path, VANISHED) for path in gone if path not in told), stage="collect")
    return tuple(gone)


def _is_excluded(entry: Work | Skip, root: Path, patterns: tuple[str, ...]) -> bool:
    """Say whether a pattern fits the path below the source, or a file or folder on it."""
    path = Path(entry.path) if entry.path else None
    if path is None or not patterns:
        return False
    below = path.relative_to(root) if path.is_relative_to(root) else Path(path.name)
    names = [name.casefold() for name in (below.as_posix(), *below.parts)]
    return any(fnmatchcase(name, pattern.rstrip("/").casefold()) for name in names for pattern in patterns)


def _prepare(
    gallery: Gallery, layout: Layout, options: CollectOptions, progress: Progress | None
) -> tuple[list[Work | Skip], dict[str, int], int]:
    """Return what of a source is to be read, how many records each step left, and how many stay dropped."""
    root = Path(layout.source)
    listed = [entry for entry in layout.read() if not _is_excluded(entry, root, options.exclude)]
    name = name_source(layout.source, options.given)
    known = (
        replace(entry, source=entry.source or name) if isinstance(entry, Work) else entry for entry in listed
    )
    wanted = select_works(apply_mapping(known, gallery.aliases()), options.only)
    if isinstance(layout, PackedLayout):
        folder = name_pictures(gallery, options.downloader)
        wanted = layout.unpack(wanted, folder, progress or ignore_progress)
    n_pictured = sum(isinstance(entry, Work) and bool(entry.path or entry.address) for entry in wanted)
    if options.downloader is not None:
        wanted = fetch_works(
            wanted, options.downloader, layout.locate, progress, retry_failed=options.retry_failed
        )
    skips = gallery.skips()
    dropped = set(skips.filter(pl.col("stage") == DROP_STAGE)["path"].to_list())
    entries = [entry for entry in wanted if isinstance(entry, Skip) or str(entry.path) not in dropped]
    funnel = {
        "listed": len(listed),
        "wanted": len(wanted),
        "with a picture": n_pictured,
        "at hand": sum(isinstance(entry, Work) and entry.path is not None for entry in entries),
    }
    return entries, funnel, len(wanted) - len(entries)


def name_pictures(gallery: Gallery, downloader: Downloader | None) -> Path:
    """Name the folder for pictures that lie inside tables: in that of downloads, or beside the gallery."""
    if downloader is not None:
        return downloader.folder.absolute() / "unpacked"
    place = gallery.address.rstrip("/")
    return Path(f"{place.rpartition('/')[2] if '://' in place else place}-pictures").absolute()


class _Fresh:
    """The entries of a source that have to be read; the others are counted on the way."""

    def __init__(self, entries: list[Work | Skip], by_path: dict[str, CollectedWork], tally: _Tally) -> None:
        self._entries, self._by_path, self._tally = entries, by_path, tally
        self.n_read = 0

    def read(self) -> Iterator[Work | Skip]:
        for entry in self._entries:
            self.n_read += 1
            held = self._by_path.get(str(entry.path)) if isinstance(entry, Work) else None
            if held is None or isinstance(entry, Skip) or _has_changed(held):
                yield entry
            else:
                _relabel(held, entry, self._tally)


def _has_changed(work: CollectedWork) -> bool:
    try:
        return not is_untouched(work.path, work.size_bytes, work.mtime_ns)
    except OSError:
        return True


def _relabel(held: CollectedWork, entry: Work, tally: _Tally) -> None:
    """Take over what the source now says of an unchanged file; labels of its other copies stay."""
    current = tally.by_hash.get(held.content_hash, held)
    tally.n_whole += 1
    if str(entry.path) in tally.content_by_path:
        _repeat(current, replace(current, work=entry), tally)
        return
    tally.unchanged += 1
    tally.content_by_path[str(entry.path)] = held.content_hash
    tally.listed += [str(entry.path), entry.address or ""]
    work = _keep_labels(current.work, entry)
    if work != current.work:
        _mark(replace(current, work=work), tally)


def _repeat(held: CollectedWork, found: CollectedWork, tally: _Tally) -> None:
    """Unite two records of one file: a row that comes twice, or a picture that two works are fetched from."""
    merged = merge_labels(held, found)
    tally.listed.append(found.work.address or "")
    if isinstance(merged, Skip):
        tally.skips.append(merged)
        return
    tally.repeated += 1
    if merged != held:
        _mark(merged, tally)


def _keep_labels(known: Work, new: Work) -> Work:
    return replace(
        new,
        style=unite_labels(known.style, new.style),
        genre=unite_labels(known.genre, new.genre),
        school=unite_labels(known.school, new.school),
        theme=unite_labels(known.theme, new.theme),
    )


def _take(found: CollectedWork | Skip, tally: _Tally) -> None:
    if isinstance(found, Skip):
        tally.skips.append(found)
        return
    tally.n_whole += 1
    held = tally.by_hash.get(found.content_hash)
    if held is not None and tally.content_by_path.get(str(found.path)) == found.content_hash:
        _repeat(held, found, tally)
        return
    merged = found if held is None else _unite(held, found)
    if isinstance(merged, Skip):
        tally.skips.append(merged)
        return
    tally.readable.append(str(found.path))
    tally.listed.append(found.work.address or "")
    tally.content_by_path[str(found.path)] = found.content_hash
    if held is None:
        tally.added += 1
    elif held.path == found.path:
        tally.unchanged += 1
    else:
        tally.repeated += 1
    if merged != held:
        _mark(merged, tally)


def _unite(held: CollectedWork, found: CollectedWork) -> CollectedWork | Skip:
    """Return one work for two with the same content: a file that was touched or has moved, or a copy."""
    if held.path == found.path:
        return _move(held, found, _keep_labels(held.work, found.work))
    merged = merge_labels(held, found)
    if held.path.exists():
        return merged
    # who moves a file to another artist's folder means that artist
    work = found.work if isinstance(merged, Skip) else merged.work
    return _move(held, found, replace(work, path=found.path))


def _move(held: CollectedWork, found: CollectedWork, work: Work) -> CollectedWork:
    """Return a known work with another file of the same content; what an audit found of it stays."""
    return replace(held, work=work, size_bytes=found.size_bytes, mtime_ns=found.mtime_ns)


def _find_replaced(tally: _Tally) -> list[CollectedWork]:
    """Return works whose file was read in this run and holds the content of another work."""
    return [
        work
        for work in tally.by_hash.values()
        if tally.content_by_path.get(str(work.path), work.content_hash) != work.content_hash
    ]


def _mark(work: CollectedWork, tally: _Tally) -> None:
    tally.by_hash[work.content_hash] = work
    tally.dirty[work.content_hash] = work


def _commit(gallery: Gallery, tally: _Tally) -> None:
    if tally.dirty:
        gallery.store_works(works_frame(list(tally.dirty.values())))
        tally.dirty.clear()
    gallery.forget_skips(tally.readable)
    gallery.forget_skips(filter(None, tally.listed), stage="collect")
    tally.readable.clear()
    tally.listed.clear()
    gallery.store_skips(tally.skips[tally.stored_skips :], stage="collect")
    tally.stored_skips = len(tally.skips)
