"""Inspections come back from the gallery as they were made, in the order that is asked for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from collection.audit.pictures import draw_picture
from gallery.sources import write_table
from morelli.collection.audit.inspection import inspect_picture
from morelli.collection.audit.measures import MEASURES
from morelli.collection.sources import recognise
from morelli.gallery import Gallery, collect_source
from morelli.gallery.inspecting import inspect_works, read_looks, read_measures
from morelli.settings import Settings

SETTINGS = Settings(workers=2, commit_size=2)


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Gallery:
    """Return an inspected gallery of four works, of which one has no features."""
    folder = tmp_path_factory.mktemp("inspected")
    images = {f"{seed}.png": draw_picture(seed) for seed in range(3)}
    images["plain.png"] = Image.new("L", (90, 70))
    source = write_table(folder / "source", [{"path": name, "artist": "A"} for name in images])
    for name, image in images.items():
        image.save(source / name)
    made = Gallery(folder / "gallery", is_new=True)
    collect_source(made, recognise(source), SETTINGS)
    inspect_works(made, SETTINGS, lambda step, done, total: None)
    return made


def test_looks_come_back_as_they_were_made_in_the_order_of_the_ids(gallery):
    works = gallery.works().reverse()
    looks = read_looks(gallery, works["id"].to_list())
    assert sum(len(look.points) == 0 for look in looks) == 1
    for look, path in zip(looks, works["path"], strict=True):
        made = inspect_picture(Path(path)).look
        assert look.aspect == made.aspect
        for name in ("points", "descriptors", "thumbnail"):
            kept, own = getattr(look, name), getattr(made, name)
            assert kept.dtype == own.dtype
            np.testing.assert_array_equal(kept, own)


def test_measures_come_back_beside_the_works(gallery):
    measured = read_measures(gallery)
    assert measured["id"].to_list() == sorted(gallery.works()["id"])
    for row in measured.iter_rows(named=True):
        made = inspect_picture(Path(row["path"])).to_row()
        assert [row[name] for name in MEASURES] == pytest.approx([made[name] for name in MEASURES])


def test_nothing_is_inspected_twice(gallery):
    steps: list[tuple[str, int, int]] = []
    inspect_works(gallery, SETTINGS, lambda *step: steps.append(step))
    assert steps == []
