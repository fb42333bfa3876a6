from __future__ import annotations

import logging
from pathlib import Path

import pytest

from morelli.collection.sources.national_gallery_aliases import read_aliases
from morelli.errors import SourceError

from .museum_tables import LIEVENS, NOBODY, REMBRANDT, write_gallery


def alias(constituent: str, name: str, surname: str = "", **values: str) -> dict[str, str]:
    row = {"constituentid": constituent, "displayname": name, "lastname": surname, "nametype": "Variant"}
    return {**row, **values}


def read_names(folder: Path, *aliases: dict[str, str]) -> dict[str, str]:
    return read_aliases(
        write_gallery(folder, constituents=[REMBRANDT, LIEVENS, NOBODY], constituents_altnames=aliases)
    )


def test_other_names_lead_to_the_preferred_one_in_both_orders(tmp_path: Path) -> None:
    assert read_names(tmp_path / "data", alias("8", "Livens, Johannes", "Livens")) == {
        "Johannes Livens": "Jan Lievens",
        "Lievens, Jan": "Jan Lievens",
        "Livens, Johannes": "Jan Lievens",
        "Rijn, Rembrandt van": "Rembrandt van Rijn",
    }


def test_a_name_with_two_commas_is_not_turned(tmp_path: Path) -> None:
    names = read_names(tmp_path, alias("8", "Livens, Jan, the Elder", "Livens"))
    assert [name for name in names if "Elder" in name] == ["Livens, Jan, the Elder"]


def test_a_forward_name_is_taken_where_the_museum_gives_one(tmp_path: Path) -> None:
    assert (
        read_names(tmp_path, alias("7", "", forwarddisplayname="Rembrandt"))["Rembrandt"]
        == "Rembrandt van Rijn"
    )


@pytest.mark.parametrize("kind", ["Member of", "Spouse"])
def test_names_of_others_are_left_out(tmp_path: Path, kind: str) -> None:
    assert "Uylenburgh" not in read_names(tmp_path, alias("7", "Uylenburgh", nametype=kind))


def test_anonymous_artists_have_no_aliases(tmp_path: Path) -> None:
    assert "Anonymous Dutch" not in read_names(tmp_path, alias("9", "Anonymous Dutch"))


def test_a_name_that_two_bear_is_left_out(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        names = read_names(tmp_path, alias("7", "The Leiden Painter"), alias("8", "The Leiden Painter"))
    assert "The Leiden Painter" not in names
    assert "1 names that mean several artists left out" in caplog.text


def test_the_preferred_name_of_another_is_no_alias(tmp_path: Path) -> None:
    assert "Rembrandt van Rijn" not in read_names(tmp_path, alias("8", "Rijn, Rembrandt van", "Rijn"))


def test_without_the_table_of_names_the_error_names_it(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        read_aliases(write_gallery(tmp_path))
    assert caught.value.thing == str(tmp_path / "constituents_altnames.csv")


@pytest.mark.paintings
def test_the_real_names(paintings: Path) -> None:
    names = read_aliases(paintings / "nga")
    assert names["Latour, Georges de"] == names["Georges de Latour"] == "Georges de La Tour"
    assert names["Stefano di Giovanni di Consolo"] == "Sassetta"
    assert "Audran, Benoît" not in names
    assert "Anonymous Paduan 16th Century" not in names
    assert len(names) > 15_000
    assert all(alias != name for alias, name in names.items())
