"""Audits a gallery: every picture inspected once, then links, groups, flags and shortcuts from that.

Inspections are stored as they are made, so that only new pictures are read. Groups and flags go into the
works table, where splits and searches find them.
"""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from morelli.audit.findings import FLAGS, LINK_SCHEMA, Audit, has_flag, raise_flags
from morelli.audit.inspection import MEASURES, Inspection, inspect_picture
from morelli.audit.shortcuts import Shortcut, find_leaks, find_shortcuts
from morelli.collection.duplicates.hashes import group_works, pair_near_duplicates
from morelli.collection.duplicates.links import Link, find_links, find_neighbours, find_similar, group_links
from morelli.collection.duplicates.looks import THUMBNAIL_PX, Look
from morelli.collection.memory import Memory
from morelli.collection.sources.readers import read_columns, read_rows
from morelli.collection.splits import Split
from morelli.collection.work import WORKS_SCHEMA, Skip
from morelli.embeddings import Embeddings
from morelli.errors import GalleryError, PictureError, SourceError, UsageError
from morelli.files import whole_files
from morelli.gallery.collect import DROP_STAGE
from morelli.gallery.store import Gallery
from morelli.settings import Progress, Settings, count_processors, ignore_progress

_LABELS = ("artist", "style")  # that shortcuts are looked for
_INSPECTIONS, _LINKS, _AUDITS, _VERDICTS = "inspections", "links", "audits", "verdicts"  # of the gallery
_VERDICT_SCHEMA = pa.schema([(name, pa.string()) for name in ("pair", "left", "right", "decision")])
_DECISIONS = ("same", "different")

_BLANK_CONTRAST, _SAME_LOOK = 9, 0.7
"""Below this contrast a picture's hashes tell little, and its small picture must correlate as well;"""
_EMPTY_CONTRAST = 1.0
"""and below this one it is evidence of nothing."""
_AUDIT_SCHEMA = pa.schema([("name", pa.string()), ("warnings", pa.string())])
_NUMBERS = (*MEASURES, "luma_table", "chroma_table")
_INSPECTION_SCHEMA = pa.schema(
    [("id", pa.string()), *((name, pa.float64()) for name in _NUMBERS), ("aspect", pa.float64())]
    + [(name, pa.binary()) for name in ("points", "descriptors", "thumbnail")]
)
_LOOK_AHEAD = 4


@dataclass(frozen=True)
class AuditOptions:
    """What an audit is to do besides looking."""

    drop: tuple[str, ...] = ()  # flags whose works leave the gallery, each logged in the skip report
    seed: int = 0  # of the vocabulary, and of the works drawn for shortcuts


def audit_gallery(
    gallery: Gallery,
    settings: Settings,
    *,
    options: AuditOptions | None = None,
    embeddings: Embeddings | None = None,
    load_split: Callable[[pl.DataFrame], Split] | None = None,
    progress: Progress | None = None,
) -> Audit:
    """Return what is wrong with the works of a gallery, after noting groups and flags in it.

    Parameters
    ----------
    gallery
        Its works are inspected, unless they were before.
    settings
        Pixel cap, workers, and how many inspections go into one commit.
    options
        What to drop, and the seed.
    embeddings
        Vectors whose neighbours are looked at as well, and told apart from duplicates as "similar".
    load_split
        Returns the split whose leaks are reported, from the works as the audit leaves them.
    progress
        Called as the work goes on.
    """
    options = options or AuditOptions()
    _check_flags(options.drop)
    started = time.perf_counter()
    progress = progress or ignore_progress
    with gallery.writing():
        return _audit_works(gallery, settings, options, embeddings, load_split, progress, started)


def _audit_works(
    gallery: Gallery,
    settings: Settings,
    options: AuditOptions,
    embeddings: Embeddings | None,
    load_split: Callable[[pl.DataFrame], Split] | None,
    progress: Progress,
    started: float,
) -> Audit:
    _inspect_works(gallery, settings, progress)
    measured = _read_measures(gallery)
    links = _find_all_links(gallery, measured, embeddings, options.seed, progress)
    works = _note_findings(gallery, measured, links)
    works = _drop_works(gallery, works, options.drop)
    kept = set(works["id"].to_list())
    frame = _frame_links(measured["id"].to_list(), links)
    frame = frame.filter(pl.col("left").is_in(kept) & pl.col("right").is_in(kept))
    gallery.store_table(_LINKS, frame.to_arrow())
    split = load_split(works) if load_split is not None else None
    audit = Audit(
        collection=gallery.name,
        works=works,
        links=frame,
        shortcuts=tuple(_find_all_shortcuts(works, options.seed, progress)),
        skips=gallery.skips(),
        leaks=tuple(find_leaks(split, works, frame)) if split is not None else (),
        split=split.name if split is not None else "",
        seconds=time.perf_counter() - started,
    )
    row = {"name": "last", "warnings": json.dumps(audit.warnings)}
    gallery.store_table(_AUDITS, pa.Table.from_pylist([row], _AUDIT_SCHEMA), on="name")
    return audit


def read_warnings(gallery: Gallery) -> list[str]:
    """Return what the last audit of a gallery warned of; empty where there was none."""
    rows = gallery.read_table(_AUDITS, _AUDIT_SCHEMA).to_pylist()
    return [str(warning) for row in rows for warning in json.loads(row["warnings"])]


def _read_links(gallery: Gallery) -> pl.DataFrame:
    """Return the links that the last audit found, with the columns of `LINK_SCHEMA`."""
    empty = pl.DataFrame(schema=LINK_SCHEMA).to_arrow().schema
    return pl.DataFrame(pl.from_arrow(gallery.read_table(_LINKS, empty)), schema=LINK_SCHEMA)


def apply_verdicts(gallery: Gallery, reviewed: Path) -> int:
    """Note for all audits to come which pairs are not the same painting; return how many.

    The reviewed table has the columns left and right, work ids as in `links.csv`, and decision: "same",
    "different" or nothing. "same" takes an earlier "different" back.
    """
    with whole_files(reviewed.parent):
        columns = read_columns(reviewed)
    if lacking := [name for name in ("left", "right", "decision") if name not in columns]:
        raise _refuse(reviewed, "the columns left, right, decision", f"no {', no '.join(lacking)}")
    known = set(gallery.works()["id"].to_list())
    rows: dict[str, dict[str, str]] = {}
    for row in read_rows(reviewed):
        if isinstance(row, Skip):
            raise _refuse(row.path, "a whole row", row.reason)
        left, right, decision = (
            str(row.values.get(name) or "").strip() for name in ("left", "right", "decision")
        )
        if not decision:
            continue
        place = f"{reviewed}:row {row.number}"
        if decision.casefold() not in _DECISIONS:
            raise _refuse(place, "the decision 'same', 'different' or nothing", repr(decision))
        if left == right or not {left, right} <= known:
            raise _refuse(place, "two works of the gallery", f"{left!r} and {right!r}")
        pair = _name_pair(left, right)
        if rows.get(pair, {}).get("decision", decision.casefold()) != decision.casefold():
            raise _refuse(place, "one decision for a pair", "another one in a row above")
        rows[pair] = {"pair": pair, "left": left, "right": right, "decision": decision.casefold()}
    if rows:
        gallery.store_table(_VERDICTS, pa.Table.from_pylist(list(rows.values()), _VERDICT_SCHEMA), on="pair")
    return sum(row["decision"] == "different" for row in rows.values())


def _refuse(thing: object, expected: str, found: str) -> SourceError:
    return SourceError(thing, expected=expected, found=found, remedy="correct the table")


def _name_pair(left: str, right: str) -> str:
    return "|".join(sorted((left, right)))


def _list_apart(gallery: Gallery) -> set[str]:
    """Return the pairs that a person has called different."""
    verdicts = gallery.read_table(_VERDICTS, _VERDICT_SCHEMA).to_pylist()
    return {row["pair"] for row in verdicts if row["decision"] == "different"}


def _is_borne_out(link: Link, contrasts: Sequence[float], looks: Sequence[Look]) -> bool:
    """Say whether a link rests on more than blank pictures."""
    contrast = min(contrasts[link.left], contrasts[link.right])
    if link.relation not in ("hash", "similar") or contrast >= _BLANK_CONTRAST:
        return True
    return contrast >= _EMPTY_CONTRAST and _correlate(looks[link.left], looks[link.right])


def _correlate(left: Look, right: Look) -> bool:
    """Say whether two small pictures are alike beyond their hashes."""
    values = [look.thumbnail.astype(np.float64).ravel() for look in (left, right)]
    if min(float(one.std()) for one in values) == 0:
        return False
    return bool(np.corrcoef(values[0], values[1])[0, 1] >= _SAME_LOOK)


def restore_drops(gallery: Gallery) -> int:
    """Forget what audits dropped, so that the next `collect` takes it up again; return how many files."""
    dropped = gallery.skips().filter(pl.col("stage") == DROP_STAGE)["path"].to_list()
    gallery.forget_skips(dropped)
    return len(dropped)


def _inspect_works(gallery: Gallery, settings: Settings, progress: Progress) -> None:
    """Inspect the works that were not yet, and store what they told, and which could not be read."""
    held = list_inspected(gallery)
    works = gallery.works().select("id", "path").filter(~pl.col("id").is_in(held))
    paths = dict(works.rows())
    rows: list[dict[str, object]] = []
    skips: list[Skip] = []
    for number, (work_id, found) in enumerate(_inspect_all(works.rows(), settings), start=1):
        if isinstance(found, Skip):
            skips.append(found)
        else:
            rows.append(_pack(work_id, found))
        if len(rows) >= settings.commit_size:
            _store_inspections(gallery, rows, paths)
            rows = []
        progress("inspect", number, len(works))
    _store_inspections(gallery, rows, paths)
    gallery.store_skips(skips, stage="inspect")


def list_inspected(gallery: Gallery) -> set[str]:
    """Return the ids of the works that were inspected."""
    return set(gallery.read_table(_INSPECTIONS, _INSPECTION_SCHEMA, columns=["id"])["id"].to_pylist())


def _read_measures(gallery: Gallery) -> pl.DataFrame:
    """Return the works that were inspected, with their measures, sorted by id."""
    numbers = gallery.read_table(_INSPECTIONS, _INSPECTION_SCHEMA, columns=["id", *_NUMBERS])
    measured = gallery.works().join(pl.DataFrame(pl.from_arrow(numbers)), on="id").sort("id")
    if measured.is_empty():
        raise GalleryError(
            gallery.address,
            expected="works to audit",
            found="none that can be read",
            remedy="run 'morelli collect SOURCE --gallery " + gallery.address + "'",
        )
    return measured


def read_looks(gallery: Gallery, ids: Sequence[str]) -> list[Look]:
    """Return the looks of works that were inspected, in the order of their ids."""
    columns = ["id", "aspect", "points", "descriptors", "thumbnail"]
    stored = gallery.read_table(_INSPECTIONS, _INSPECTION_SCHEMA, columns=columns)
    by_id = {row["id"]: _unpack(row) for batch in stored.to_batches() for row in batch.to_pylist()}
    return [by_id[work_id] for work_id in ids]


def _inspect_all(
    works: Iterable[tuple[str, str]], settings: Settings
) -> Iterator[tuple[str, Inspection | Skip]]:
    workers = settings.workers or count_processors()
    memory = Memory(settings.memory)
    pending: deque[tuple[str, Future[Inspection | Skip]]] = deque()
    pool = ThreadPoolExecutor(workers, thread_name_prefix="morelli-inspect")
    try:
        for work_id, path in works:
            pending.append((work_id, pool.submit(_inspect, path, settings.max_pixels, memory)))
            if len(pending) > _LOOK_AHEAD * workers:
                first, found = pending.popleft()
                yield first, found.result()
        while pending:
            first, found = pending.popleft()
            yield first, found.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _inspect(path: str, max_pixels: int, memory: Memory) -> Inspection | Skip:
    try:
        with memory.lease() as take:
            return inspect_picture(Path(path), max_pixels=max_pixels, take=take)
    except PictureError as fault:
        return Skip.of_fault(path, fault)


def _pack(work_id: str, found: Inspection) -> dict[str, object]:
    return {
        "id": work_id,
        **found.to_row(),
        "aspect": found.look.aspect,
        "points": found.look.points.tobytes(),
        "descriptors": found.look.descriptors.tobytes(),
        "thumbnail": found.look.thumbnail.tobytes(),
    }


def _unpack(row: dict[str, object]) -> Look:
    points, descriptors, thumbnail = (
        np.frombuffer(row[name], dtype)  # type: ignore[call-overload]
        for name, dtype in (("points", np.float32), ("descriptors", np.uint8), ("thumbnail", np.uint8))
    )
    return Look(
        points.reshape(-1, 2),
        descriptors.reshape(-1, 128),
        float(row["aspect"]),  # type: ignore[arg-type]
        thumbnail.reshape(THUMBNAIL_PX, THUMBNAIL_PX),
    )


def _store_inspections(gallery: Gallery, rows: list[dict[str, object]], paths: dict[str, str]) -> None:
    if rows:
        gallery.forget_skips(paths[str(row["id"])] for row in rows)  # they could not be read before
        gallery.store_table(_INSPECTIONS, pa.Table.from_pylist(rows, _INSPECTION_SCHEMA), on="id")


def _check_flags(names: Sequence[str]) -> None:
    for name in names:
        if name not in FLAGS:
            raise UsageError(
                "--drop",
                expected="one of the flags " + ", ".join(FLAGS),
                found=repr(name),
                remedy="choose one of these",
            )


def _find_all_links(
    gallery: Gallery, works: pl.DataFrame, embeddings: Embeddings | None, seed: int, progress: Progress
) -> list[Link]:
    looks = read_looks(gallery, works["id"].to_list())
    hashed = pair_near_duplicates(works["phash"].to_list(), works["dhash"].to_list())
    near = find_neighbours(embeddings, works["id"].to_list()) if embeddings is not None else None
    further = hashed if near is None else np.concatenate([hashed, near.pairs])
    progress("compare", 0, 0)
    links = find_links(looks, further=further, seed=seed, progress=progress)
    found = {(link.left, link.right) for link in links}
    links += [Link(left, right, "hash") for left, right in hashed.tolist() if (left, right) not in found]
    if near is not None:
        links += find_similar(near, {(link.left, link.right) for link in links})
    ids, contrasts, apart = works["id"].to_list(), works["contrast"].to_list(), _list_apart(gallery)
    kept = (
        link
        for link in links
        if _name_pair(ids[link.left], ids[link.right]) not in apart and _is_borne_out(link, contrasts, looks)
    )
    return sorted(kept, key=lambda link: (link.left, link.right))


def _note_findings(gallery: Gallery, works: pl.DataFrame, links: list[Link]) -> pl.DataFrame:
    """Write groups and flags into the works table where they have changed, and return the works."""
    groups = group_links(links, len(works))
    ids = np.array(works["id"].to_list(), dtype=object)
    noted = works.with_columns(group_id=pl.Series(_name_groups(ids, groups), dtype=pl.String))
    noted = noted.drop("flags").join(raise_flags(works), on="id").sort("id")
    is_changed = pl.Series([False] * len(works))
    for column in ("group_id", "flags"):
        is_changed |= ~noted[column].eq_missing(works[column])
    if is_changed.any():
        gallery.store_works(noted.filter(is_changed).select(list(WORKS_SCHEMA)))
    return noted


def _name_groups(ids: NDArray[np.object_], groups: NDArray[np.int64]) -> list[str | None]:
    """Name each group of two or more after its first work by id; None for a work alone."""
    _, first, codes, counts = np.unique(groups, return_index=True, return_inverse=True, return_counts=True)
    return [str(ids[first[code]]) if counts[code] > 1 else None for code in codes]


def _drop_works(gallery: Gallery, works: pl.DataFrame, flags: Sequence[str]) -> pl.DataFrame:
    for name in flags:
        flag = FLAGS[name]
        dropped = works.filter(has_flag(name))
        reason = f"dropped by --drop {name}: {flag.rule}, {flag.meaning}"
        # the reason first: a work may be listed and still there, but never gone without a word
        gallery.store_skips([Skip(path, reason) for path in dropped["path"].to_list()], stage=DROP_STAGE)
        gallery.remove_works(dropped["id"].to_list())
        works = works.filter(~pl.col("id").is_in(dropped["id"].to_list()))
    return works


def _frame_links(ids: Sequence[str], links: Sequence[Link]) -> pl.DataFrame:
    rows = [
        (ids[one.left], ids[one.right], one.relation, one.inliers, one.correlation, one.left_share,
         one.right_share)
        for one in links
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=LINK_SCHEMA, orient="row")


def _find_all_shortcuts(works: pl.DataFrame, seed: int, progress: Progress) -> list[Shortcut]:
    groups = group_works(works)
    found: list[Shortcut] = []
    for label in _LABELS:
        found += find_shortcuts(works, label, groups, seed=seed, progress=progress)
    return found
