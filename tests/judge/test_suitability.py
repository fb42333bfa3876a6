"""Unsuitable pictures: what is said of them, by name."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from morelli.collection.pictures import Picture, open_picture
from morelli.errors import PictureError
from morelli.judge import find_unsuitable
from morelli.judge.suitability import (
    _DOUBTFUL,
    _PAGE_SHARE,
    _UNSUITABLE,
    _measure_page,
    list_clauses,
    list_doubts,
    require_sight,
)
from morelli.learn.heads.open_set import fit_domain


@pytest.fixture(scope="module")
def vectors(gallery):
    return gallery.embeddings(gallery.encoder().fingerprint).vectors


@pytest.fixture(scope="module")
def model(unseen_model, vectors):
    """Return the model with a domain that holds all works of the gallery."""
    domain = fit_domain(vectors, np.concatenate([vectors, vectors]), seed=0)
    return replace(unseen_model, domain=domain)


def test_doubts_of_the_pixels_come_first_then_the_distance(model, vectors):
    far = 30 * vectors.max(axis=0)
    asked = np.stack([vectors[0], far])
    first, second = find_unsuitable(model, asked, ["a", "b"], {"a": ("page",)})
    assert first == "a: a page of writing"
    assert second.startswith("b: unlike the works that the model learnt from (distance ")
    assert f"99.5% of the validation works lie within {model.domain.threshold:.2f})" in second


def test_nothing_is_said_of_works_like_those_learnt_from(model, vectors):
    assert find_unsuitable(model, vectors[:20], [str(place) for place in range(20)]) == ()


def test_a_model_without_a_domain_goes_by_the_pixels_alone(unseen_model, vectors):
    model = replace(unseen_model, domain=None)
    assert find_unsuitable(model, vectors[:1] + 1e6, ["a"]) == ()
    assert len(find_unsuitable(model, vectors[:1], ["a"], {"a": ("tiny", "page", "blank")})) == 2


# Pictures that are no paintings by their pixels: each doubt is raised by one that was drawn for it.


def look(image: Image.Image, width: int | None = None, height: int | None = None) -> tuple[str, ...]:
    return list_doubts(Picture(image, width or image.width, height or image.height, "PNG"))


def paint(width: int = 300, height: int = 240) -> Image.Image:
    """Return smooth patches of many colours."""
    noise = np.random.default_rng(0).integers(0, 255, (12, 12, 3)).astype(np.uint8)
    return Image.fromarray(noise).resize((width, height), Image.Resampling.BICUBIC)


def write_page(ground: str = "#f4ecd8", size: int = 14) -> Image.Image:
    page = Image.new("RGB", (400, 520), ground)
    pen = ImageDraw.Draw(page)
    for y in range(20, 500, int(1.6 * size)):
        text = "nobody knew in those days who had painted it"
        pen.text((20, y), text + " " + text, fill="#302820", font=ImageFont.load_default(size=size))
    return page


def test_a_picture_of_many_colours_raises_none():
    assert look(paint()) == ()


def paint_black() -> Image.Image:
    """Return one black laid on in ridges, as by Soulages."""
    ridges = 20 + 4 * np.sin(np.arange(300) / 9)[:, None] + np.random.default_rng(0).normal(0, 2, (300, 240))
    return Image.fromarray(np.clip(ridges, 0, 255).astype(np.uint8)).convert("RGB")


def test_monochrome_works_are_suitable_and_doubtful():
    for image in (paint_black(), paint().convert("L").convert("RGB")):
        doubts = look(image)
        assert list_clauses(doubts, is_suitable=False) == ()
        assert "a monochrome work" in " ".join(list_clauses(doubts, is_suitable=True))
        require_sight(Picture(image, image.width, image.height, "PNG"), Path("a"), doubts)


@pytest.mark.parametrize(
    ("image", "found"),
    [
        (Image.new("RGB", (1, 1)), "1 x 1 pixels"),
        (paint(15, 400), "15 x 400 pixels"),
        (Image.new("RGB", (500, 500)), "one single tone"),
        (Image.new("RGB", (500, 500), "white"), "one single tone"),
    ],
)
def test_where_there_is_nothing_to_see_nothing_is_judged(image, found):
    with pytest.raises(PictureError, match=found):
        require_sight(Picture(image, image.width, image.height, "PNG"), Path("a"), look(image))


@pytest.mark.parametrize(
    ("doubt", "image"),
    [
        ("tiny", paint(90, 90)),
        ("strip", paint(1400, 150)),
        ("empty", Image.new("RGB", (300, 300), "#a07040")),
        ("blank", paint_black()),
        ("greyscale", paint().convert("L").convert("RGB")),
        ("page", write_page()),
    ],
    ids=["tiny", "strip", "empty", "blank", "greyscale", "page"],
)
def test_each_doubt_is_raised(doubt, image):
    assert doubt in look(image)
    assert set(look(image)) <= {*_UNSUITABLE, *_DOUBTFUL}


def test_the_size_is_that_of_the_file_and_not_of_the_decoded_pixels():
    assert look(paint(), 3000, 2400) == ()
    assert look(paint(), 120, 96) == ("tiny",)
    assert look(paint(), 3000, 400) == ("strip",)


@pytest.mark.parametrize("size", [10, 14, 20])
@pytest.mark.parametrize("turn", [0, 90])
def test_a_page_is_one_in_any_size_of_letters_and_lying_on_its_side(size, turn):
    assert _measure_page(write_page(size=size).rotate(turn, expand=True)) >= _PAGE_SHARE


def test_drawn_paintings_are_not_pages(gallery):
    for path in gallery.works()["path"][:12]:
        assert _measure_page(open_picture(path)) < _PAGE_SHARE / 2


@pytest.mark.parametrize("size", [(1, 1), (1, 50), (7, 2)])
def test_the_smallest_pictures_have_an_answer(size):
    assert "tiny" in look(Image.new("RGB", size))
