"""Pictures with a card beside each: ``12.jpg`` and ``12.txt`` with artist, title and year, a line each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from morelli.collection.names.dates import year_from_text
from morelli.collection.names.text import name_artist
from morelli.collection.sources import DirectAddresses
from morelli.collection.work import Skip, Work
from morelli.errors import LayoutError


@dataclass(frozen=True)
class Cards(DirectAddresses):
    """A folder of pictures with cards."""

    name: ClassVar[str] = "cards"

    source: Path
    reason: str

    @classmethod
    def fit(cls, source: Path, *, is_forced: bool) -> Cards:
        """Fit a folder in which a picture has a card beside it."""
        n_cards = sum(path.with_suffix(".txt").is_file() for path in source.glob("*.jpg"))
        if n_cards == 0:
            expected = "pictures with a card beside each, as 12.jpg and 12.txt"
            raise LayoutError(
                source, expected=expected, found="none", remedy="give the folder with the cards"
            )
        return cls(source, f"{n_cards} pictures have a card beside them")

    def read(self) -> Iterator[Work | Skip]:
        """Yield the works sorted by file, and a `Skip` for each picture without a card."""
        for path in sorted(self.source.glob("*.jpg")):
            card = path.with_suffix(".txt")
            if card.is_file():
                artist, title, year, *_ = [*card.read_text(encoding="utf-8").splitlines(), "", "", ""]
                yield Work(path, artist=name_artist(artist), title=title or None, year=year_from_text(year))
            else:
                yield Skip(str(path), f"expected the card {card.name}, found none")
