"""Audits a gallery: every picture inspected once, then links, groups, flags and shortcuts from that.

Inspections are kept by `inspecting`, so that only new pictures are read. Groups and flags go into the works
table, where splits and searches find them.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from morelli.collection.audit.findings import LINK_SCHEMA, Audit
from morelli.collection.audit.flags import FLAGS, has_flag, raise_flags
from morelli.collection.audit.leaks import find_leaks
from morelli.collection.audit.links import Link, find_links, group_links
from morelli.collection.audit.shortcuts import Shortcut, find_shortcuts
from morelli.collection.audit.similarity import find_neighbours, find_similar
from morelli.collection.duplicates import group_works, pair_near_duplicates
from morelli.collection.splits import Split
from morelli.collection.table import WORKS_SCHEMA
from morelli.collection.work import Skip
from morelli.embeddings import Embeddings
from morelli.errors import UsageError
from morelli.gallery.collecting import DROP_STAGE
from morelli.gallery.inspecting import Progress, inspect_works, read_looks, read_measures
from morelli.gallery.store import Gallery
from morelli.settings import Settings

_LINKS, _AUDITS = "links", "audits"
_AUDIT_SCHEMA = pa.schema([("name", pa.string()), ("warnings", pa.string())])
_LABELS = ("artist", "style")


@dataclass(frozen=True)
class AuditOptions:
    """What an audit is to do besides looking.

    Parameters
    ----------
    drop
        Flags whose works leave the gallery, each logged in the skip report.
    seed
        Of the vocabulary, and of the works drawn for shortcuts.
    """

    drop: tuple[str, ...] = ()
    seed: int = 0


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
        Returns the split whose leaks are to be told, from the works as the audit leaves them.
    progress
        Called as the work goes on.

    Raises
    ------
    GalleryError
        When the gallery holds no works.
    UsageError
        When there is no flag of a name in `options.drop`.
    """
    options = options or AuditOptions()
    _check_flags(options.drop)
    say = progress or _say_nothing
    started = time.perf_counter()
    inspect_works(gallery, settings, say)
    measured = read_measures(gallery)
    links = _find_all_links(gallery, measured, embeddings, options.seed, say)
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
        shortcuts=tuple(_find_all_shortcuts(works, options.seed, say)),
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


def read_links(gallery: Gallery) -> pl.DataFrame:
    """Return the links that the last audit found, with the columns of `LINK_SCHEMA`."""
    empty = pl.DataFrame(schema=LINK_SCHEMA).to_arrow().schema
    return pl.DataFrame(pl.from_arrow(gallery.read_table(_LINKS, empty)), schema=LINK_SCHEMA)


def restore_drops(gallery: Gallery) -> int:
    """Forget what audits dropped, so that the next `collect` takes it up again; return how many files."""
    dropped = gallery.skips().filter(pl.col("stage") == DROP_STAGE)["path"].to_list()
    gallery.forget_skips(dropped)
    return len(dropped)


def _say_nothing(step: str, done: int, total: int) -> None:
    return None


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
    gallery: Gallery, works: pl.DataFrame, embeddings: Embeddings | None, seed: int, say: Progress
) -> list[Link]:
    looks = read_looks(gallery, works["id"].to_list())
    hashed = pair_near_duplicates(works["phash"].to_list(), works["dhash"].to_list())
    near = find_neighbours(embeddings, works["id"].to_list()) if embeddings is not None else None
    further = hashed if near is None else np.concatenate([hashed, near.pairs])
    say("compare", 0, 0)
    links = find_links(looks, further=further, seed=seed, progress=lambda done, n: say("compare", done, n))
    found = {(link.left, link.right) for link in links}
    links += [Link(left, right, "hash") for left, right in hashed.tolist() if (left, right) not in found]
    if near is not None:
        links += find_similar(near, {(link.left, link.right) for link in links})
    return sorted(links, key=lambda link: (link.left, link.right))


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
        (
            ids[link.left],
            ids[link.right],
            link.relation,
            link.inliers,
            link.correlation,
            link.left_share,
            link.right_share,
        )
        for link in links
    ]
    return pl.DataFrame(rows, schema=LINK_SCHEMA, orient="row")


def _find_all_shortcuts(works: pl.DataFrame, seed: int, say: Progress) -> list[Shortcut]:
    groups = group_works(works)
    found: list[Shortcut] = []
    for label in _LABELS:
        found += find_shortcuts(works, label, groups, seed=seed, progress=lambda step: say(step, 0, 0))
    return found
