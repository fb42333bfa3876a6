"""Small tables of works as an audit of a gallery would leave them, for the tests of splits and exports."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import polars as pl
from hypothesis import strategies as st

COLUMNS = ("artist", "style", "genre", "qualifier", "source", "part")


def digest_text(text: object) -> str:
    return hashlib.sha256(str(text).encode()).hexdigest()


def make_table(rows: Sequence[dict[str, Any]]) -> pl.DataFrame:
    """Return works; those with the same `picture` share their hashes, and no others have close ones."""
    table = []
    for place, row in enumerate(rows):
        picture = digest_text(("picture", row.get("picture", f"own {place}")))
        content = digest_text(("content", place))
        labels = {name: row.get(name) for name in COLUMNS} | {"artist": row.get("artist", "A")}
        hashes = {"phash": picture[:16], "dhash": picture[16:32], "content_hash": content}
        table.append({"id": row.get("id", content[:16]), **labels, **hashes})
    names = ("id", *COLUMNS, "phash", "dhash", "content_hash")
    return pl.DataFrame(table, schema=dict.fromkeys(names, pl.String))


def choose(letters: str, *, is_optional: bool = True) -> st.SearchStrategy[str | None]:
    """Return a strategy for a name of few, or none."""
    names = st.sampled_from([*letters])
    return st.one_of(st.none(), names) if is_optional else names


_ENOUGH = [
    {"artist": artist, "style": style, "source": source, "part": part, "picture": f"{artist}{source}"}
    for artist, style in zip("ABCD", ["Baroque", "Rococo", "Cubism", "Baroque"], strict=True)
    for source, part in zip("PQRST", ["train", "train", "test", "train", "test"], strict=True)
]
"""Works of which every kind of split can be drawn."""

works_tables = st.lists(
    st.fixed_dictionaries(
        {
            "artist": choose("ABCDEFGH"),
            "style": st.sampled_from([None, "Baroque", "Rococo", "Baroque|Rococo", "Cubism"]),
            "genre": choose("xyz"),
            "qualifier": st.sampled_from([None, None, None, "workshop of"]),
            "source": choose("PQRSTUVW"),
            "part": st.sampled_from([None, "train", "train", "val", "test"]),
            "picture": st.integers(0, 200),
        }
    ),
    max_size=60,
).map(lambda rows: make_table([*_ENOUGH, *rows]))
"""Tables of 20 to 80 works with gaps; pictures return under other artists, sources and parts."""
