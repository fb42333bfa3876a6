"""How many planted duplicates are found among real pictures, and what else is linked."""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from morelli.collection.duplicates.links import Link, find_links
from morelli.collection.duplicates.looks import CHANGES, Look, _Change, plant_copy, take_look
from morelli.collection.pictures import open_picture

pytestmark = [pytest.mark.paintings, pytest.mark.slow]

N_PICTURES, N_PLANTS = 500, 30
"""``benchmarks/duplicates.py`` plants more, in a thousand."""

LEAST_RECALL: Mapping[_Change, float] = {
    "re-encoded": 0.95, "resized": 0.95, "shifted": 0.95, "cropped": 0.8, "cut": 0.8, "mirrored": 0.8,
    "framed": 0.8,
}  # fmt: skip
LEAST_PRECISION = 0.95


@pytest.fixture(scope="module")
def links(paintings: Path) -> tuple[list[Link], dict[int, tuple[int, _Change]]]:
    """Return all links, and the original and change of each plant by position."""
    paths = sorted(paintings.glob("wikiart/*/*.jpg")) + sorted(paintings.glob("best-artworks/**/*.jpg"))
    rng = np.random.default_rng(0)
    chosen = [paths[place] for place in np.sort(rng.permutation(len(paths))[:N_PICTURES])]
    originals = rng.choice(N_PICTURES, N_PLANTS * len(CHANGES), replace=False).tolist()
    planted: dict[int, tuple[int, _Change]] = {
        N_PICTURES + number: (original, CHANGES[number // N_PLANTS])
        for number, original in enumerate(originals)
    }
    copies: list[Image.Image] = [
        plant_copy(open_picture(chosen[original]), change, rng) for original, change in planted.values()
    ]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        looks: list[Look] = [
            *pool.map(lambda path: take_look(open_picture(path)), chosen),
            *pool.map(take_look, copies),
        ]
    return find_links(looks), planted


@pytest.mark.parametrize("change", CHANGES)
def test_planted_copies_are_found_and_little_else(
    links: tuple[list[Link], dict[int, tuple[int, _Change]]], change: _Change
) -> None:
    found, planted = links
    wanted = {(original, place) for place, (original, kind) in planted.items() if kind == change}
    places = {place for _, place in wanted}
    pairs = {(link.left, link.right) for link in found if link.left in places or link.right in places}
    assert len(wanted & pairs) >= LEAST_RECALL[change] * len(wanted)
    # what else is linked may still be right: a few of the pictures are there twice by themselves
    assert len(wanted & pairs) >= LEAST_PRECISION * len(pairs)


@pytest.mark.parametrize(
    ("change", "relations"),
    [
        ("re-encoded", {"copy"}),
        ("resized", {"copy", "photograph"}),
        ("cropped", {"detail"}),
        ("cut", {"detail"}),
        ("mirrored", {"mirror"}),
    ],
)
def test_nearly_all_are_called_what_they_are(
    links: tuple[list[Link], dict[int, tuple[int, _Change]]], change: _Change, relations: set[str]
) -> None:
    found, planted = links
    called = [link.relation for link in found if planted.get(link.right) == (link.left, change)]
    assert sum(relation in relations for relation in called) >= 0.9 * len(called) > 0
