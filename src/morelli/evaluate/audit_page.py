"""An audit as one page to look at, and as files to work through.

`collection.audit` finds, this sets: pictures of every kind of duplicate and of every flag, the long tail of
the classes, what gives labels away, and what a split lets through.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from jinja2 import Environment, PackageLoader, StrictUndefined

from morelli.collection.audit.findings import Audit
from morelli.collection.audit.flags import FLAGS, has_flag
from morelli.collection.audit.links import MEANINGS, RELATIONS
from morelli.evaluate.audit_plots import draw_classes, draw_shortcuts
from morelli.evaluate.audit_sheet import draw_groups
from morelli.evaluate.pictures import embed_drawing, embed_thumbnail, use_page_style

N_PAIRS, N_FLAGGED, N_REASONS = 12, 12, 20
"""How many examples of each kind of pair and of each flag the page shows, and how many reasons of skips."""


@dataclass(frozen=True)
class Pair:
    """Two works that are linked, as the page shows them.

    Parameters
    ----------
    left, right
        Path, artist and title of each.
    note
        The numbers behind it.
    """

    left: tuple[str, str, str]
    right: tuple[str, str, str]
    note: str


def write_audit(audit: Audit, folder: Path) -> Path:
    """Write the page `audit.html` and its tables, and return the page's path.

    Beside it `audit.json`, `links.csv`, `groups.csv`, `works.csv`, `classes.csv`, the sheet `groups.jpg`.

    Parameters
    ----------
    audit
        What was found.
    folder
        Made when missing; files of an earlier audit in it are replaced.
    """
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(audit.to_dict(), indent=2, ensure_ascii=False, allow_nan=False)
    (folder / "audit.json").write_text(text + "\n", encoding="utf-8")
    audit.links.write_csv(folder / "links.csv")
    hidden = ("content_hash", "phash", "dhash", "mtime_ns")
    audit.works.drop(hidden, strict=False).write_csv(folder / "works.csv")
    groups = audit.works.drop_nulls("group_id").sort("group_id", "id")
    groups.select("group_id", "id", "artist", "title", "path").write_csv(folder / "groups.csv")
    draw_groups(audit.works, folder / "groups.jpg")
    classes = [audit.count_classes(kind).with_columns(kind=pl.lit(kind)) for kind in audit.columns]
    pl.concat(classes).select("kind", "name", "works").write_csv(folder / "classes.csv")
    page = folder / "audit.html"
    page.write_text(render_audit(audit), encoding="utf-8")
    return page


def render_audit(audit: Audit) -> str:
    """Return the page of an audit, complete in itself, with style and pictures inside and no script."""
    environment = Environment(
        loader=PackageLoader("morelli.evaluate"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["thumbnail"] = embed_thumbnail
    labels = _label_works(audit.works)
    return environment.get_template("audit.html.j2").render(
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


def _choose_pairs(links: pl.DataFrame, relation: str, labels: dict[str, tuple[str, str, str]]) -> list[Pair]:
    """Return the least certain links of a relation: they are the ones worth a look."""
    chosen = links.filter(pl.col("relation") == relation)
    order = chosen.sort("correlation", "left", "right", descending=[relation == "similar", False, False])
    return _list_pairs(order.head(N_PAIRS), labels)


def _list_pairs(links: pl.DataFrame, labels: dict[str, tuple[str, str, str]]) -> list[Pair]:
    return [Pair(labels[row["left"]], labels[row["right"]], _write_note(row)) for row in links.to_dicts()]


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
            kind: embed_drawing(draw_classes(counts, kind))
            for kind in audit.columns
            if not (counts := audit.count_classes(kind)).is_empty()
        }
        if audit.shortcuts:
            drawings["shortcuts"] = embed_drawing(draw_shortcuts(audit.shortcuts))
    return drawings
