"""Pictures with one fault each, drawn over a sound one."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from audit.pictures import draw_picture

SIZE = (480, 400)


def blur(image: Image.Image) -> Image.Image:
    """Return a picture that was enlarged from a small one."""
    return image.filter(ImageFilter.GaussianBlur(5))


def blank(image: Image.Image) -> Image.Image:
    """Return one tone with the grain of a scanner."""
    grain = np.random.default_rng(0).normal(0, 3, (image.height, image.width, 3))
    return Image.fromarray((np.array([150, 130, 90]) + grain).clip(0, 255).astype(np.uint8))


def print_in_sepia(image: Image.Image) -> Image.Image:
    """Return a print in brown ink on yellowish paper."""
    return ImageOps.colorize(image.convert("L"), (40, 20, 5), (250, 240, 215), mid=(160, 120, 70))


def frame(image: Image.Image) -> Image.Image:
    """Return a picture in a dark frame with a thin gold edge."""
    return ImageOps.expand(ImageOps.expand(image, 8, (190, 150, 60)), 36, (60, 35, 20))


def hang(image: Image.Image) -> Image.Image:
    """Return a picture on a pale wall, wider than high."""
    wall = Image.new("RGB", (image.width + 180, image.height + 120), (222, 220, 214))
    wall.paste(image, (90, 50))
    return wall


def add_colour_bar(image: Image.Image) -> Image.Image:
    """Return a picture with patches of eight colours below it."""
    colours = ("red", "orange", "yellow", "green", "cyan", "blue", "purple", "black")
    height = round(0.09 * image.height)
    out = Image.new("RGB", (image.width, image.height + height), "white")
    out.paste(image, (0, 0))
    pen = ImageDraw.Draw(out)
    width = image.width / len(colours)
    for place, colour in enumerate(colours):
        pen.rectangle((place * width, image.height, (place + 1) * width - 1, out.height), fill=colour)
    return out


def add_caption(image: Image.Image) -> Image.Image:
    """Return a picture with a line of writing on white below it."""
    line = 24
    out = Image.new("RGB", (image.width, image.height + 2 * line), "white")
    out.paste(image, (0, 0))
    pen = ImageDraw.Draw(out)
    words = "Portrait of a lady with her dog, oil on canvas, 1852, private collection, plate XIV, page 231 "
    pen.text((4, image.height + line), words * 2, fill="black", font_size=15)
    return out


SOUND = draw_picture(3, SIZE)
FAULTS: dict[str, tuple[Image.Image, str]] = {
    "blur": (blur(SOUND), "blurred"),
    "blank": (blank(SOUND), "blank"),
    "grey": (SOUND.convert("L").convert("RGB"), "greyscale"),
    "sepia": (print_in_sepia(SOUND), "greyscale"),
    "frame": (frame(SOUND), "frame"),
    "wall": (hang(SOUND), "frame"),
    "colour bar": (add_colour_bar(SOUND), "colour-bar"),
    "caption": (add_caption(SOUND), "text"),
    "tiny": (draw_picture(3, (150, 110)), "tiny"),
    "strip": (draw_picture(4, (1800, 280)), "strip"),
}
"""What was done to a picture, and the flag it must raise."""
