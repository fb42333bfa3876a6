"""An audit made by hand: six works, of which some are linked, flagged, or have several labels."""

from __future__ import annotations

from typing import Any

import polars as pl

from morelli.audit.findings import LINK_SCHEMA, Audit
from morelli.audit.shortcuts import Leak, Shortcut

LINKS = (
    ("a", "b", "copy", 60, 0.99, 1.0, 1.0),
    ("b", "c", "detail", 20, 0.9, 0.4, 1.0),
    ("d", "e", "mirror", 30, 0.95, 1.0, 1.0),
    ("a", "f", "similar", 0, 0.7, 0.0, 0.0),
)
"""The detail is by another artist than its whole."""

SHORTCUTS = (
    Shortcut("artist", "border", 0.6, 0.2, 1e-9, 60, 5),
    Shortcut("artist", "all", 0.8, 0.2, 1e-12, 60, 5),
    Shortcut("artist", "source", 0.21, 0.2, 0.4, 60, 5),
    Shortcut("style", "saving", 0.5, 0.3, 1e-5, 60, 3),
)

LEAKS = (
    Leak("group", "groups on both sides of the split", 1, 2, ("a",), True),
    Leak("artist", "artists on both sides of the split", 2, 3, ("A", "B"), False),
)


def make_works(folder: str = "/pictures") -> pl.DataFrame:
    """Return six works with the columns of a gallery that counts, and two measures."""
    return pl.DataFrame(
        {
            "id": list("abcdef"),
            "path": [f"{folder}/{name}.png" for name in "abcdef"],
            "artist": ["A", "A", "B", "B", "B", None],
            "title": ["One", "One", None, "Two", "Two", None],
            "year": [1600, 1601, 1700, None, 99, 1701],
            "style": ["Baroque", "Baroque|Rococo", "Rococo", None, "Rococo", None],
            "genre": [None] * 6,
            "width": [100, 400, 400, 400, 400, 400],
            "height": [300, 300, 300, 300, 300, 300],
            "group_id": ["a", "a", "a", "d", "d", None],
            "flags": ["tiny|blurred", "blurred", None, None, "frame", None],
            "content_hash": ["0"] * 6,
            "phash": ["0"] * 6,
            "dhash": ["0"] * 6,
            "mtime_ns": [0] * 6,
            "sharpness": [0.01, 0.05, 0.2, 0.2, 0.2, 0.2],
            "frame_sides": [0.0, 0.0, 0.0, 0.0, 4.0, 0.0],
        },
        schema_overrides={"genre": pl.String, "year": pl.Int32},
    )


def make_skips(*rows: tuple[str, str, str]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=dict.fromkeys(("path", "stage", "reason"), pl.String), orient="row")


def make_audit(folder: str = "/pictures", **changes: Any) -> Audit:
    """Return the audit, but for what is given."""
    fields: dict[str, Any] = {
        "collection": "six works",
        "works": make_works(folder),
        "links": pl.DataFrame(LINKS, schema=LINK_SCHEMA, orient="row"),
        "shortcuts": SHORTCUTS,
        "skips": make_skips(("x.png", "collect", "expected a picture, found text")),
        "leaks": LEAKS,
        "split": "unseen-0",
        "seconds": 1.26,
    }
    return Audit(**fields | changes)


def make_empty_audit() -> Audit:
    """Return an audit that found nothing of one work about which nothing is known."""
    works = make_works().tail(1).with_columns(year=pl.lit(None, pl.Int32))
    return Audit("one work", works, pl.DataFrame(schema=LINK_SCHEMA), (), make_skips())
