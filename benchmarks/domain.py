"""Share of pictures that are refused as no paintings: drawn ones, photographs, and paintings beside them.

The threshold comes from validation works, so their own share is known; half of them set it here and the other
half is counted. Artists named with --without are kept from the training works and counted apart: sculptors,
for instance. The test part of the unseen split is left alone.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
from PIL import Image, ImageDraw, ImageFont

from morelli.collection.pictures import Picture, open_picture
from morelli.collection.splits import draw_split
from morelli.encode.encoder import Encoder
from morelli.encode.views import cut_crops
from morelli.gallery import Gallery
from morelli.judge.suitability import list_doubts
from morelli.learn.heads.open_set import fit_domain
from morelli.settings import Settings

WORDS = ["the", "quick", "brown", "fox", "jumps", "over", "a", "lazy", "dog", "and", "so", "it", "was"]
N_EACH, N_TURNED = 8, 24


def main() -> None:
    """Print a line for each kind of picture: how many, refused by pixels, by distance, and by either."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("gallery")
    parser.add_argument("--encoder", help="name, or first digits of the fingerprint")
    parser.add_argument("--photos", type=Path, help="folder of photographs that show no painting")
    parser.add_argument("--without", nargs="*", default=[], help="artists to keep from the training works")
    parser.add_argument("--stored", action="store_true", help="stored vectors only; encode nothing")
    parser.add_argument("--weights", nargs="*", type=Path, default=[])
    arguments = parser.parse_args()
    gallery = Gallery(arguments.gallery)
    card = gallery.encoder(arguments.encoder)
    encoder = None if arguments.stored else Encoder.from_card(card, Settings(), weights=arguments.weights)
    embeddings = gallery.embeddings(card.fingerprint)
    split = draw_split(gallery.works(), "unseen")
    train, val = (split.part(part) for part in ("train", "val"))
    left_out = train.filter(pl.col("artist").is_in(arguments.without))
    kept = train.filter(~pl.col("artist").is_in(arguments.without))
    rng = np.random.default_rng(0)
    turn = rng.permutation(len(val))
    setting, counted = (val["id"].gather(half).to_list() for half in np.array_split(turn, 2))
    domain = fit_domain(embeddings.select(kept["id"].to_list()), embeddings.select(setting), seed=0)
    if domain is None:
        raise SystemExit("too few validation works")
    paths = dict(gallery.works().select("id", "path").iter_rows())
    print(f"threshold {domain.threshold:.2f}")

    def tell(kind: str, images: list[Image.Image], vectors: np.ndarray | None = None) -> None:
        found = encoder.encode_images(images) if vectors is None and encoder is not None else vectors
        by_pixels = np.array([bool(list_doubts(Picture(image, *image.size, ""))) for image in images])
        by_distance = domain.measure_distances(found) > domain.threshold
        shares = [f"{share.mean():7.1%}" for share in (by_pixels, by_distance, by_pixels | by_distance)]
        print(f"{kind:24} n={len(images):5} pixels {shares[0]} distance {shares[1]} either {shares[2]}")

    for kind, images in [] if encoder is None else draw_strangers(rng):
        tell(kind, images)
    if arguments.photos and encoder is not None:
        photos = [Image.open(path).convert("RGB") for path in sorted(arguments.photos.iterdir())]
        views = [view for photo in photos for view in (photo, *cut_crops(photo, 4))]
        tell("photographs", views)
        tell("photographs, grey", [view.convert("L").convert("RGB") for view in views])
    for artist in arguments.without:
        ids = left_out.filter(pl.col("artist") == artist)["id"].to_list()
        tell(artist, [open_picture(Path(paths[i])) for i in ids], embeddings.select(ids))
    ids = counted[:300]
    works = [open_picture(Path(paths[i])) for i in ids]
    tell("validation works", works, embeddings.select(ids))
    if encoder is not None:
        for degrees in (90, 180):
            tell(f"turned by {degrees}", [work.rotate(degrees, expand=True) for work in works[:N_TURNED]])
    far = domain.measure_distances(embeddings.select(counted)) > domain.threshold
    print(f"{'validation works, all':24} n={len(counted):5} distance {far.mean():.2%}")


def draw_strangers(rng: np.random.Generator) -> Iterator[tuple[str, list[Image.Image]]]:
    """Yield kinds of pictures that are no paintings, `N_EACH` of each."""
    drawers = (draw_text, draw_blank, draw_noise, draw_board, draw_gradient, draw_screen, draw_chart)
    for draw in drawers:
        yield draw.__name__.removeprefix("draw_"), [draw(rng, number) for number in range(N_EACH)]


def draw_text(rng: np.random.Generator, number: int) -> Image.Image:
    """Return a page of writing."""
    image = Image.new("RGB", (480, 640), (250 - 4 * number, 246 - 5 * number, 238 - 8 * number))
    pen, size = ImageDraw.Draw(image), 10 + 2 * number
    for y in range(40, 600, int(1.5 * size)):
        pen.text((40, y), " ".join(rng.choice(WORDS, 14)), fill=(30, 30, 30), font=_font(size))
    return image


def draw_blank(rng: np.random.Generator, number: int) -> Image.Image:
    """Return one colour with a little noise."""
    return _to_image(rng.integers(0, 255, 3) + rng.normal(0, number, (400, 300, 3)))


def draw_noise(rng: np.random.Generator, number: int) -> Image.Image:
    """Return random colours in squares of growing size."""
    side = 2 ** (number // 2)
    return _to_image(rng.integers(0, 255, (400 // side, 300 // side, 3)).repeat(side, 0).repeat(side, 1))


def draw_board(rng: np.random.Generator, number: int) -> Image.Image:
    """Return a checkerboard of two colours."""
    y, x = np.mgrid[:400, :320] // (4 + 8 * number)
    return _to_image(rng.integers(0, 255, (2, 3))[(x + y) % 2])


def draw_gradient(rng: np.random.Generator, number: int) -> Image.Image:
    """Return one colour running into another."""
    y, x = np.mgrid[:400, :320] / 400
    angle = number * np.pi / N_EACH
    way = np.clip(np.abs(x * np.cos(angle) + y * np.sin(angle)), 0, 1)[..., None]
    first, last = rng.integers(0, 255, (2, 3))
    return _to_image((1 - way) * first + way * last)


def draw_screen(rng: np.random.Generator, number: int) -> Image.Image:
    """Return what looks like a web page with a list and boxes."""
    image = Image.new("RGB", (800, 500), (240, 240, 245 - number))
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, 800, 36), fill=_colour(rng))
    for row in range(14):
        pen.text((12, 48 + 30 * row), " ".join(rng.choice(WORDS, 2)), fill=(40, 40, 50), font=_font(13))
    for box in range(6):
        x, y = 170 + box % 3 * 205, 60 + box // 3 * 210
        pen.rectangle((x, y, x + 190, y + 190), fill="white", outline=(200, 200, 205))
        pen.rectangle((x + 10, y + 10, x + 180, y + 100), fill=_colour(rng))
        pen.text((x + 10, y + 120), " ".join(rng.choice(WORDS, 4)), fill=(30, 30, 30), font=_font(12))
    return image


def draw_chart(rng: np.random.Generator, number: int) -> Image.Image:
    """Return bars on white."""
    image = Image.new("RGB", (640, 480), "white")
    pen = ImageDraw.Draw(image)
    pen.line((60, 40, 60, 430, 600, 430), fill="black", width=2)
    for bar in range(4 + number):
        left = 80 + bar * 480 // (4 + number)
        pen.rectangle((left, 430 - int(rng.integers(20, 360)), left + 30, 430), fill=_colour(rng))
    return image


def _colour(rng: np.random.Generator) -> tuple[int, int, int]:
    red, green, blue = rng.integers(20, 235, 3).tolist()
    return red, green, blue


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size=size)


def _to_image(pixels: np.ndarray) -> Image.Image:
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


if __name__ == "__main__":
    main()
