"""The other names by which the National Gallery of Art knows its artists.

For whoever brings names of several sources together; `national_gallery` itself does without.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from morelli.collection.sources.labels import clean_text
from morelli.collection.sources.national_gallery import TABLES_BELOW
from morelli.collection.sources.national_gallery_tables import ALIASES, CONSTITUENTS, read_table

_log = logging.getLogger(__name__)

_OTHER_PEOPLE = frozenset({"member of", "spouse"})
"""Types of names, in lower case, that belong to a group or another person rather than to the artist."""


def read_aliases(folder: Path) -> dict[str, str]:
    """Return the preferred name of each other name of an artist, sorted by the other name.

    Names come as the museum writes them, surname first, and in the order in which they are spoken, where its
    table tells the surname. Anonymous artists have none. A name that belongs to two artists, or is the
    preferred name of another, is left out with a logged count.

    Parameters
    ----------
    folder
        The folder with ``constituents.csv`` and ``constituents_altnames.csv``, or the one above ``data``.

    Raises
    ------
    SourceError
        When one of the two is missing, cannot be read, or lacks a needed column.
    """
    folder = next(
        (place for place in (folder, folder / TABLES_BELOW) if (place / ALIASES.file).is_file()), folder
    )
    aliases, constituents = read_table(folder, ALIASES), _read_artists(folder)
    kind = pl.col("kind").fill_null("").str.to_lowercase()
    aliases = aliases.filter(~kind.is_in(_OTHER_PEOPLE)).select(
        "constituentid", "alias", "lastname", "forward"
    )
    preferred = constituents.select("constituentid", "lastname", alias="inverted", forward="name")
    rows = pl.concat([preferred, aliases.select(preferred.columns)])
    rows = rows.join(constituents.select("constituentid", "name"), on="constituentid", maintain_order="left")
    return _keep_certain(rows.iter_rows(named=True))


def _read_artists(folder: Path) -> pl.DataFrame:
    constituents = read_table(folder, CONSTITUENTS).drop_nulls(["constituentid", "name"])
    is_named = pl.col("kind").fill_null("").str.to_lowercase() != "anonymous"
    artists = constituents.filter(is_named & (pl.col("is_artist").fill_null("1") != "0"))
    return artists.unique("constituentid", keep="first", maintain_order=True)


def _keep_certain(rows: Iterator[Mapping[str, Any]]) -> dict[str, str]:
    meant: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows:
        preferred = clean_text(row["name"])
        for alias in _list_spellings(row):
            if preferred is not None:
                meant[alias].add(preferred)
    n_unsure = sum(len(names) > 1 for names in meant.values())
    if n_unsure:
        _log.info("%d names that mean several artists left out", n_unsure)
    certain = {alias: next(iter(names)) for alias, names in sorted(meant.items()) if len(names) == 1}
    return {alias: name for alias, name in certain.items() if alias != name}


def _list_spellings(row: Mapping[str, Any]) -> Iterator[str]:
    inverted, surname, forward = (clean_text(row[field]) for field in ("alias", "lastname", "forward"))
    if forward is not None:
        yield forward
    if inverted is None:
        return
    yield inverted
    before, comma, behind = inverted.partition(", ")
    # A second comma begins a title or a generation, whose place only the museum knows.
    if comma and before == surname and "," not in behind:
        yield f"{behind} {before}"
