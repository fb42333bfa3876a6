"""An audit as one page to look at, and as files to work through.

`collection.audit` finds, this sets: pictures of every kind of duplicate and of every flag, the long tail of
the classes, what gives labels away, and what a split lets through.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from PIL import Image

from morelli.audit.findings import FLAGS, Audit, has_flag
from morelli.audit.shortcuts import WARN_SKILL, Shortcut
from morelli.collection.duplicates.links import MEANINGS, RELATIONS
from morelli.collection.pictures import open_picture
from morelli.errors import PictureError
from morelli.files import replace_files, write_file
from morelli.report.drawing import INK, MUTED, SEEN, UNSEEN, embed_drawing, make_axes, use_page_style
from morelli.report.render import render_template, write_json

if TYPE_CHECKING:
    from matplotlib.axes import Axes


# The two pictures of an audit: the long tail of a label, and what gives labels away.

_MAX_NAMES = 25
"""Classes up to which the picture carries their names."""


def _draw_classes(counts: pl.DataFrame, kind: str, ax: Axes | None = None) -> Axes:
    """Draw how many works each class of a kind of label has; `counts` as from `Audit.count_classes`."""
    works = counts["works"].to_numpy()
    ax = ax or make_axes(6.4, 2.6)
    ax.bar(
        np.arange(len(works)), works, width=1.0 if len(works) > _MAX_NAMES else 0.8, color=SEEN, linewidth=0
    )
    ax.set_title(f"{int(works.sum()):,} labels of {len(works)} kinds: {kind}")
    ax.set_ylabel("works")
    if len(works) <= _MAX_NAMES:
        ax.set_xticks(np.arange(len(works)), counts["name"].to_list(), rotation=60, ha="right", fontsize=7)
    else:
        ax.set_xlabel(f"{kind}, most works first")
        half = int(np.searchsorted(np.cumsum(works), works.sum() / 2)) + 1
        ax.axvline(half - 0.5, color=INK, linewidth=0.8)
        note = f"the first {half} hold half of all"
        ax.annotate(note, (half, works.max() * 0.9), fontsize=8, color=INK)
    return ax


def _draw_shortcuts(shortcuts: Sequence[Shortcut], ax: Axes | None = None) -> Axes:
    """Draw how much of each label is told from each kind of trait, above chance."""
    ax = ax or make_axes(6.4, 0.5 + 0.28 * len(shortcuts))
    rows = np.arange(len(shortcuts))[::-1]
    colours = [UNSEEN if shortcut.is_warning else SEEN for shortcut in shortcuts]
    ax.barh(rows, [max(0.0, shortcut.skill) for shortcut in shortcuts], color=colours, height=0.7)
    ax.set_yticks(rows, [f"{shortcut.label} from {shortcut.trait}" for shortcut in shortcuts])
    ax.axvline(WARN_SKILL, color=MUTED, linewidth=0.8, linestyle="--")
    ax.set_xlim(0, 1)
    ax.set_xlabel("share of works told above chance: 0 chance, 1 all")
    return ax


# All groups of an audit on one sheet of small pictures, to be looked through in a minute.

THUMBNAIL_PX, GAP_PX, GROUP_GAP_PX, WIDTH_PX = 64, 2, 10, 1200
_PAPER, _MISSING = (255, 255, 255), (200, 200, 200)
_QUALITY = 82


def _draw_groups(works: pl.DataFrame, path: Path) -> int:
    """Draw the works of each group side by side and save the sheet as JPEG; return how many groups it shows.

    Without a group, nothing is left at the path.
    """
    grouped = works.drop_nulls("group_id").sort("group_id", "id")
    groups = [part["path"].to_list() for part in grouped.partition_by("group_id", maintain_order=True)]
    if not groups:
        path.unlink(missing_ok=True)
        return 0
    places, height = _lay_out(groups)
    sheet = Image.new("RGB", (WIDTH_PX, height), _PAPER)
    for (left, top), picture in zip(places, (file for group in groups for file in group), strict=True):
        sheet.paste(_shrink(Path(picture)), (left, top))
    content = io.BytesIO()  # Pillow does not notice when a disk takes less than it was given
    sheet.save(content, "JPEG", quality=_QUALITY, optimize=True)
    write_file(path, content.getvalue())
    return len(groups)


def _lay_out(groups: Sequence[Sequence[str]]) -> tuple[list[tuple[int, int]], int]:
    """Return the corner of each picture, groups kept in one line where they fit, and the sheet's height."""
    step = THUMBNAIL_PX + GAP_PX
    places: list[tuple[int, int]] = []
    left = top = GROUP_GAP_PX
    for group in groups:
        if left > GROUP_GAP_PX and left + step * len(group) > WIDTH_PX:
            left, top = GROUP_GAP_PX, top + THUMBNAIL_PX + GROUP_GAP_PX
        for _ in group:
            if left + step > WIDTH_PX:  # a group longer than a line
                left, top = GROUP_GAP_PX, top + step
            places.append((left, top))
            left += step
        left += GROUP_GAP_PX
    return places, top + THUMBNAIL_PX + GROUP_GAP_PX


def _shrink(path: Path) -> Image.Image:
    tile = Image.new("RGB", (THUMBNAIL_PX, THUMBNAIL_PX), _PAPER)
    try:
        small = open_picture(path, at_least=2 * THUMBNAIL_PX)
    except PictureError:
        tile.paste(_MISSING, (0, 0, THUMBNAIL_PX, THUMBNAIL_PX))
        return tile
    small.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX))
    tile.paste(small, ((THUMBNAIL_PX - small.width) // 2, (THUMBNAIL_PX - small.height) // 2))
    return tile


_PAGE, _SHEET = "audit.html", "groups.jpg"

N_PAIRS, N_FLAGGED, N_REASONS = 12, 12, 20
"""How many examples of each kind of pair and of each flag the page shows, and how many reasons of skips."""


@dataclass(frozen=True)
class _Pair:
    """Two works that are linked, as the page shows them: path, artist and title of each, and the numbers."""

    left: tuple[str, str, str]
    right: tuple[str, str, str]
    note: str


def write_audit(audit: Audit, folder: Path) -> Path:
    """Write the page `audit.html` and its tables, and return the page's path.

    Beside it are `audit.json`, `links.csv`, `groups.csv`, `works.csv`, `classes.csv` and the sheet
    `groups.jpg`. The folder is made when missing; files of an earlier audit in it are replaced, all at once.
    """
    hidden = ("content_hash", "phash", "dhash", "mtime_ns")
    groups = audit.works.drop_nulls("group_id").sort("group_id", "id")
    classes = [audit.count_classes(kind).with_columns(kind=pl.lit(kind)) for kind in audit.columns]
    tables = {
        "links.csv": audit.links,
        "works.csv": audit.works.drop(hidden, strict=False),
        "groups.csv": groups.select("group_id", "id", "artist", "title", "path"),
        "classes.csv": pl.concat(classes).select("kind", "name", "works"),
    }
    with replace_files(folder, ("audit.json", *tables, _SHEET, _PAGE)) as part:
        write_json(part / "audit.json", audit.to_dict())
        for name, table in tables.items():
            write_file(part / name, table.write_csv())
        _draw_groups(audit.works, part / _SHEET)
        write_file(part / _PAGE, _render_audit(audit))
    return folder / _PAGE


def _render_audit(audit: Audit) -> str:
    """Return the page of an audit, complete in itself, with style and pictures inside and no script."""
    labels = _label_works(audit.works)
    return render_template(
        "audit.html.j2",
        audit=audit,
        groups=audit.count_groups(),
        relations=audit.count_relations(),
        meanings=MEANINGS,
        pairs={name: _choose_pairs(audit.links, name, labels) for name in RELATIONS},
        conflicts=_list_pairs(audit.conflicts.head(N_PAIRS), labels),
        flags=FLAGS,
        flag_counts=audit.count_flags(),
        flagged={name: _choose_flagged(audit.works, name, labels) for name in FLAGS},
        classes={kind: audit.count_classes(kind) for kind in audit.columns},
        reasons=_count_reasons(audit.skips),
        drawings=_draw(audit),
    )


def _label_works(works: pl.DataFrame) -> dict[str, tuple[str, str, str]]:
    columns = works.select("id", "path", pl.col("artist", "title").fill_null(""))
    return {row[0]: (row[1], row[2] or "no artist", row[3]) for row in columns.iter_rows()}


def _choose_pairs(links: pl.DataFrame, relation: str, labels: dict[str, tuple[str, str, str]]) -> list[_Pair]:
    """Return the least certain links of a relation: they are the ones worth a look."""
    chosen = links.filter(pl.col("relation") == relation)
    order = chosen.sort("correlation", "left", "right", descending=[relation == "similar", False, False])
    return _list_pairs(order.head(N_PAIRS), labels)


def _list_pairs(links: pl.DataFrame, labels: dict[str, tuple[str, str, str]]) -> list[_Pair]:
    return [_Pair(labels[row["left"]], labels[row["right"]], _write_note(row)) for row in links.to_dicts()]


def _write_note(row: dict[str, object]) -> str:
    if row["relation"] == "similar":
        return f"cosine {row['correlation']:.2f}"
    if row["relation"] == "hash":
        return "both hashes are close"
    return (
        f"{row['inliers']} features agree, grey {row['correlation']:.2f}; "
        f"{row['left_share']:.0%} and {row['right_share']:.0%} shown"
    )


def _choose_flagged(
    works: pl.DataFrame, name: str, labels: dict[str, tuple[str, str, str]]
) -> list[tuple[tuple[str, str, str], str]]:
    """Return the works of a flag that are nearest to its threshold, where it errs if it errs."""
    flag = FLAGS[name]
    flagged = works.filter(has_flag(name))
    if flag.measure not in flagged.columns:  # sides and their ratio follow from width and height
        notes = [f"{row['width']} x {row['height']} pixels" for row in flagged.head(N_FLAGGED).to_dicts()]
        return [(labels[work], note) for work, note in zip(flagged["id"].head(N_FLAGGED), notes, strict=True)]
    order = flagged.sort(flag.measure, "id", descending=[flag.is_below, False]).head(N_FLAGGED)
    rows = order.select("id", flag.measure).iter_rows()
    return [(labels[work], f"{flag.measure} {value:.3g}") for work, value in rows]


def _count_reasons(skips: pl.DataFrame) -> list[tuple[str, str, int]]:
    """Return stage, reason and count of what was left out, most first."""
    told = skips.with_columns(pl.col("reason").str.replace_all(r"b'.*'|\d[\d,.]*|/\S+", "…"))
    counts = told.group_by("stage", "reason").agg(n=pl.len()).sort(["n", "reason"], descending=[True, False])
    return [(row[0], row[1], row[2]) for row in counts.head(N_REASONS).iter_rows()]


def _draw(audit: Audit) -> dict[str, str]:
    with use_page_style():
        drawings = {
            kind: embed_drawing(_draw_classes(counts, kind))
            for kind in audit.columns
            if not (counts := audit.count_classes(kind)).is_empty()
        }
        if audit.shortcuts:
            drawings["shortcuts"] = embed_drawing(_draw_shortcuts(audit.shortcuts))
    return drawings
