"""The layout is found by itself and by its name, and reads what the cards say."""

from pathlib import Path

from cards import Cards

import morelli
from morelli.collection.work import Skip


def test_a_folder_of_cards(tmp_path: Path) -> None:
    for name in ("1", "2"):
        (tmp_path / f"{name}.jpg").write_bytes(b"")  # no picture is opened before it is collected
    (tmp_path / "1.txt").write_text("Albrecht Dürer\nHare\n1502\n", encoding="utf-8")
    assert isinstance(morelli.recognise(tmp_path), Cards)
    work, skip = morelli.recognise(tmp_path, "cards").read()
    assert (work.artist, work.title, work.year) == ("Albrecht Dürer", "Hare", 1502)
    assert skip == Skip(str(tmp_path / "2.jpg"), "expected the card 2.txt, found none")
