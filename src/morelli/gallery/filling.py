"""Fills a gallery: works from a source, then vectors from an encoder; both go on where they were stopped."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from morelli.collection.reading import collect_works
from morelli.collection.sources import Layout
from morelli.collection.table import merge_labels, unite_labels, works_frame, works_from_frame
from morelli.collection.work import CollectedWork, Skip, Work
from morelli.encode.encoder import Encoder
from morelli.errors import GalleryError
from morelli.gallery.store import Gallery
from morelli.settings import Settings

Progress = Callable[[int, int], None]


@dataclass
class _Tally:
    """What a `collect` has done so far, and what it has yet to store."""

    by_hash: dict[str, CollectedWork]
    added: int = 0
    repeated: int = 0
    unchanged: int = 0
    content_by_path: dict[str, str] = field(default_factory=dict)
    dirty: dict[str, CollectedWork] = field(default_factory=dict)
    readable: list[str] = field(default_factory=list)
    skips: list[Skip] = field(default_factory=list)
    stored_skips: int = 0


@dataclass(frozen=True)
class CollectSummary:
    """What one `collect` did.

    Parameters
    ----------
    layout, reason
        Which layout was taken and why.
    added
        Works that were new.
    updated
        Works already there whose labels the source has changed or added to.
    repeated
        Files with the same bytes as a work already there, under the same artist.
    unchanged
        Files that were there already.
    replaced
        Works that left the gallery because their file now holds another picture.
    skips
        Files and rows that were left out, with their reasons.
    works
        Works in the gallery afterwards.
    """

    layout: str
    reason: str
    added: int
    updated: int
    repeated: int
    unchanged: int
    replaced: int
    skips: tuple[Skip, ...]
    works: int

    def to_dict(self) -> dict[str, Any]:
        """Return the summary as a JSON object."""
        return asdict(self)


@dataclass(frozen=True)
class EmbedSummary:
    """What one `embed` did.

    Parameters
    ----------
    encoder, fingerprint, dimension
        The encoder and the length of its vectors.
    embedded
        Works that got their vector now.
    already
        Works that had it before.
    skips
        Works whose picture could not be used, with reasons.
    seconds
        Wall time, without building the encoder.
    """

    encoder: str
    fingerprint: str
    dimension: int
    embedded: int
    already: int
    skips: tuple[Skip, ...]
    seconds: float

    def to_dict(self) -> dict[str, Any]:
        """Return the summary as a JSON object."""
        return asdict(self)


def collect_source(
    gallery: Gallery,
    layout: Layout,
    settings: Settings,
    *,
    given: Path | None = None,
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
    given
        The file or folder that the source is named after in cards and reports; None: its own.
    progress
        Called with (done, total) files.
    """
    entries = list(layout.read())
    known = works_from_frame(gallery.works()) if gallery.count_works() else []
    tally = _Tally(by_hash={work.content_hash: work for work in known})
    fresh = _Fresh(entries, {str(work.path): work for work in known}, tally)
    for found in collect_works(fresh, max_pixels=settings.max_pixels, workers=settings.workers or None):
        _take(found, tally)
        if len(tally.dirty) + len(tally.skips) - tally.stored_skips >= settings.commit_size:
            _commit(gallery, tally)
        if progress is not None:
            progress(fresh.n_read, len(entries))
    _commit(gallery, tally)
    replaced = _find_replaced(tally)
    gallery.remove_works([work.id for work in replaced])
    if not tally.by_hash:
        gallery.store_works(works_frame([]))  # so that the skip report can be asked for
    gallery.register_source(layout.source, layout.name, given=given)
    gallery.compact()
    if progress is not None:
        progress(len(entries), len(entries))
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
    )


def embed_gallery(
    gallery: Gallery, encoder: Encoder, settings: Settings, *, progress: Progress | None = None
) -> EmbedSummary:
    """Give every work of a gallery its vector under an encoder; works that have one are left alone.

    Parameters
    ----------
    gallery
        Which works, and where to.
    encoder
        What makes the vectors.
    settings
        How many works go into one commit.
    progress
        Called with (done, total) works that had no vector.

    Raises
    ------
    GalleryError
        When the gallery holds no works.
    """
    works = gallery.works().select("id", "path")
    if works.is_empty():
        raise GalleryError(
            gallery.address, expected="works to embed", found="none", remedy="run 'morelli collect' first"
        )
    fingerprint = encoder.card.fingerprint
    gallery.register_encoder(encoder.card)
    held = gallery.embedded_ids(fingerprint)
    waiting = [(work_id, Path(path)) for work_id, path in works.iter_rows() if work_id not in held]
    started = time.perf_counter()
    paths = dict(waiting)
    skips: list[Skip] = []
    n_embedded = 0
    for ids, rows, lost in _gather(encoder, waiting, settings.commit_size, progress):
        if ids:
            gallery.store_vectors(fingerprint, ids, rows)
            gallery.forget_skips(str(paths[work_id]) for work_id in ids)
        gallery.store_skips(lost, stage="embed")
        n_embedded += len(ids)
        skips += lost
    if waiting:
        gallery.compact()
    return EmbedSummary(
        encoder=encoder.card.name,
        fingerprint=fingerprint,
        dimension=encoder.card.dimension,
        embedded=n_embedded,
        already=len(works) - len(waiting),
        skips=tuple(skips),
        seconds=time.perf_counter() - started,
    )


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
        status = os.stat(work.path)
    except OSError:
        return True
    return (status.st_size, status.st_mtime_ns) != (work.size_bytes, work.mtime_ns)


def _relabel(held: CollectedWork, entry: Work, tally: _Tally) -> None:
    """Take over what the source now says of an unchanged file; labels of its other copies stay."""
    current = tally.by_hash.get(held.content_hash, held)
    work = _keep_labels(current.work, entry)
    tally.unchanged += 1
    tally.content_by_path[str(entry.path)] = held.content_hash
    if work != current.work:
        _mark(replace(current, work=work), tally)


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
    held = tally.by_hash.get(found.content_hash)
    merged = found if held is None else _unite(held, found)
    if isinstance(merged, Skip):
        tally.skips.append(merged)
        return
    tally.readable.append(str(found.path))
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
        work = _keep_labels(held.work, found.work)
        return replace(found, work=work)
    merged = merge_labels(held, found)
    if held.path.exists():
        return merged
    # who moves a file to another artist's folder means that artist
    work = found.work if isinstance(merged, Skip) else merged.work
    return replace(found, work=replace(work, path=found.path))


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
    tally.readable.clear()
    gallery.store_skips(tally.skips[tally.stored_skips :], stage="collect")
    tally.stored_skips = len(tally.skips)


def _gather(
    encoder: Encoder, waiting: list[tuple[str, Path]], commit_size: int, progress: Progress | None
) -> Iterator[tuple[list[str], Any, list[Skip]]]:
    """Yield ids, vectors and skips in portions of about `commit_size` works."""
    ids: list[str] = []
    rows: list[Any] = []
    skips: list[Skip] = []
    for batch in encoder.encode(waiting, progress=progress):
        ids += batch.ids
        rows.append(batch.vectors)
        skips += batch.skips
        if len(ids) + len(skips) >= commit_size:
            yield ids, np.concatenate(rows), skips
            ids, rows, skips = [], [], []
    if ids or skips:
        yield ids, np.concatenate(rows), skips
