from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from morelli.collection.sources.picture_index import PictureIndex

from .conftest import Plant


@pytest.mark.parametrize(
    ("on_disk", "location"),
    [
        ("Cubism/a_b.jpg", "Cubism/a_b.jpg"),
        ("wikiart/Cubism/a_b.jpg", "/data/images/Cubism/a_b.jpg"),
        ("Cubism/a_b.jpg", "wikiart\\Cubism\\a_b.jpg"),
        ("Cubism/a_b.jpg", "a_b.jpg"),
        ("pictures/a_b.jpg", "Cubism/a_b.jpg"),
        ("a_b.jpg", "Cubism/a_b.jpg"),
        ("Cubism/a_b.JPG", "cubism/a_b.jpg"),
        ("Cubism/á_b.jpg", "Cubism/a\u0301_b.jpg"),
        ("Cubism/ã\u00a9_b.jpg", "Cubism/é_b.jpg"),
        ("Cubism/x-ï¿½_b.jpg", "Cubism/x-é_b.jpg"),
    ],
)
def test_paths_meet_their_pictures(plant: Plant, on_disk: str, location: str) -> None:
    folder = plant(on_disk)
    assert PictureIndex.read(folder).find(location) == folder / on_disk


@pytest.mark.parametrize(
    ("on_disk", "location"),
    [
        ("Realism/a_b.jpg", "Cubism/a_b.jpg"),
        ("Cubism/a_b(1).jpg", "Cubism/a_b-1.jpg"),
        ("Cubism/a_b.jpg", "Cubism/a_b.png"),
        ("Cubism/a_b.jpg", ""),
        ("Cubism/a_b.jpg", "a\0b"),
    ],
)
def test_other_pictures_are_not_taken(plant: Plant, on_disk: str, location: str) -> None:
    assert PictureIndex.read(plant(on_disk)).find(location) is None


def test_of_several_spoilt_names_none_is_guessed(plant: Plant) -> None:
    folder = plant("Cubism/é_b.jpg", "Cubism/è_b.jpg")
    assert PictureIndex.read(folder).find("Cubism/ö_b.jpg") is None
    assert PictureIndex.read(folder).find("Cubism/è_b.jpg") == folder / "Cubism/è_b.jpg"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(location=st.text(max_size=12))
def test_any_path_is_looked_up(plant: Plant, location: str) -> None:
    folder = plant("Cubism/a_b.jpg")
    assert PictureIndex.read(folder).find(location) in (None, folder / "Cubism/a_b.jpg")
