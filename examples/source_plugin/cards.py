"""Pictures with a card beside each: ``12.jpg`` and ``12.txt`` with artist, title and year, a line each."""

from pathlib import Path

from morelli.collection.names.dates import year_from_text
from morelli.collection.names.text import name_artist
from morelli.collection.sources import PictureFolder
from morelli.collection.work import Skip, Work


class Cards(PictureFolder):
    """A folder of pictures with cards."""

    name = "cards"

    def describe(self, path: Path) -> Work | Skip:
        """Return what the card of a picture says."""
        card = path.with_suffix(".txt")
        if not card.is_file():
            return Skip(str(path), f"expected the card {card.name}, found none")
        artist, title, year, *_ = [*card.read_text(encoding="utf-8").splitlines(), "", "", ""]
        return Work(path, artist=name_artist(artist), title=title or None, year=year_from_text(year))
