"""Damaged files of every kind: pictures through `collect` and `attribute`, artefacts through what reads them.

Run from the project's root: ``python -m benchmarks.mutations`` for 10,000 pictures and 2,000 artefacts. It
prints how many were read, refused with a reason, and what else was raised, with the most memory held; it ends
with code 1 where anything else was raised. What is damaged, and how, follows from the seed.
"""

from __future__ import annotations

import argparse
import io
import resource
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from PIL import Image

from morelli.collection.sources import recognise
from morelli.collection.splits.split import read_split
from morelli.errors import MorelliError
from morelli.gallery import Gallery, collect_source
from morelli.judge import Session
from morelli.learn.recipe_files import load_recipe
from morelli.model import read_model
from morelli.report.folder import read_report
from morelli.settings import Settings

FILES = Path(__file__).parents[1] / "tests" / "reference" / "files"
RECIPES = Path(__file__).parents[1] / "src" / "morelli" / "learn" / "recipes"
SIDES = (96, 64)


@dataclass
class Tally:
    """What became of the damaged files."""

    read: int = 0
    refused: int = 0
    raised: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        """All of them."""
        return self.read + self.refused + self.raised.total()

    def __str__(self) -> str:
        told = f"{self.total:,}: {self.read:,} read, {self.refused:,} refused, {self.raised.total():,} raised"
        return "\n".join([told, *(f"  {n} x {name}" for name, n in self.raised.most_common(20))])


def encode_formats() -> dict[str, bytes]:
    """Return one small picture in more than twenty formats, by ending with a number."""
    grain = np.random.default_rng(0).integers(0, 256, (8, 12, 3)).astype(np.uint8)
    image = Image.fromarray(grain).resize(SIDES, Image.Resampling.BICUBIC)
    deep = Image.fromarray(np.asarray(image.convert("L")).astype(np.uint16) * 257)
    clear = image.copy()
    clear.putalpha(image.convert("L"))
    frames = {"save_all": True, "append_images": [image.rotate(180)]}
    made = [
        ("jpg", "JPEG", image, {}), ("jpg", "JPEG", image, {"progressive": True}),
        ("jpg", "JPEG", image.convert("CMYK"), {}), ("jpg", "JPEG", image.convert("L"), {}),
        ("png", "PNG", image, {}), ("png", "PNG", clear, {}), ("png", "PNG", deep, {}),
        ("png", "PNG", image.quantize(16), {}), ("png", "PNG", image, frames), ("gif", "GIF", image, {}),
        ("gif", "GIF", image, frames), ("webp", "WEBP", image, {}),
        ("webp", "WEBP", clear, {"lossless": True}),
        ("webp", "WEBP", image, frames), ("tif", "TIFF", image, {}), ("tif", "TIFF", deep, {}),
        ("tif", "TIFF", image, {"compression": "tiff_lzw"}),
        ("tif", "TIFF", deep, {"compression": "tiff_deflate"}),
        ("tif", "TIFF", image.convert("F"), {"compression": "packbits"}), ("bmp", "BMP", image, {}),
        ("jp2", "JPEG2000", image, {}), ("avif", "AVIF", image, {}), ("ppm", "PPM", image, {}),
        ("tga", "TGA", clear, {"compression": "tga_rle"}), ("pcx", "PCX", image, {}),
    ]  # fmt: skip
    if all(map(find_spec, ("pillow_heif", "pillow_jxl"))):
        import pillow_heif
        import pillow_jxl  # noqa: F401

        pillow_heif.register_heif_opener()
        made += [
            ("heic", "HEIF", image, {}),
            ("jxl", "JXL", image, {}),
            ("jxl", "JXL", clear, {"lossless": True}),
        ]
    found = {}
    for number, (ending, kind, picture, options) in enumerate(made):
        buffer = io.BytesIO()
        picture.save(buffer, kind, **options)
        found[f"{number}.{ending}"] = buffer.getvalue()
    return found


def damage(data: bytes, rng: np.random.Generator) -> bytes:
    """Return bytes with up to three faults: changed, lost, doubled, cut off, zeroed, or extreme numbers."""
    for _ in range(int(rng.integers(1, 4))):
        size = max(1, len(data))
        # Half of all faults lie in the header, where they do most.
        at = int(rng.integers(0, min(size, 512) if rng.random() < 0.5 else size))
        length = int(rng.integers(1, 33))
        kind = rng.integers(0, 6)
        if kind == 0:
            data = data[:at] + rng.bytes(length) + data[at + length :]
        elif kind == 1:
            data = data[:at] + data[at + length :]
        elif kind == 2:
            data = data[:at] + data[at : at + length] * 2 + data[at + length :]
        elif kind == 3:
            data = data[: max(1, at)]
        elif kind == 4:
            data = data[:at] + bytes(length) + data[at + length :]
        else:
            extreme = (
                b"\xff\xff\xff\xff",
                b"\x7f\xff\xff\xff",
                b"\xff\xff\xff\x7f",
                b"\0\0\0\0",
                b"\x80\0\0\0",
            )
            data = data[:at] + extreme[int(rng.integers(0, 5))] + data[at + 4 :]
    return data


def try_pictures(n: int, folder: Path, seed: int) -> tuple[Tally, Tally]:
    """Return what became of n damaged pictures in `collect`, and of those in `attribute`."""
    rng, originals = np.random.default_rng(seed), encode_formats()
    place = folder / "pictures" / "Painter"
    place.mkdir(parents=True)
    names = list(originals)
    for number in range(n):
        name = names[number % len(names)]
        (place / f"{number:05}-{name}").write_bytes(damage(originals[name], rng))
    collected, judged = Tally(), Tally()
    try:
        summary = collect_source(
            Gallery(folder / "gallery", is_new=True), recognise(place.parent), Settings(workers=1)
        )
        collected.read, collected.refused = n - len(summary.skips), len(summary.skips)
    except Exception as fault:
        collected.raised[describe(fault)] += n
    session = Session.open(FILES / "model-triplets")
    for path in sorted(place.iterdir()):
        _try(judged, lambda path=path: session.attribute([path]))
    return collected, judged


def try_artefacts(n: int, folder: Path, seed: int) -> dict[str, Tally]:
    """Return what became of n damaged models, galleries, splits, reports and recipes, by kind."""
    rng, tallies = np.random.default_rng(seed), {}
    kinds: dict[str, tuple[list[Path], Callable[[Path], object]]] = {
        "model": ([FILES / "model-seen", FILES / "model-enrolled"], read_model),
        "gallery": ([FILES / "gallery"], _read_gallery),
        "split": ([FILES / "seen.csv", FILES / "unseen.csv"], read_split),
        "report": ([FILES / "report"], read_report),
        "recipe": (sorted(RECIPES.glob("*.yaml")), load_recipe),
    }
    for kind, (originals, read) in kinds.items():
        tally = tallies[kind] = Tally()
        for number in range(n // len(kinds)):
            copy = _copy_damaged(originals[number % len(originals)], folder / f"{kind}-{number}", rng)
            _try(tally, lambda copy=copy, read=read: read(copy))
            shutil.rmtree(copy) if copy.is_dir() else copy.unlink()
    return tallies


def _read_gallery(folder: Path) -> object:
    gallery = Gallery(folder)
    return (
        gallery.works(),
        gallery.skips(),
        [gallery.embeddings(card.fingerprint) for card in gallery.encoders()],
    )


def _copy_damaged(original: Path, copy: Path, rng: np.random.Generator) -> Path:
    copy = copy.with_suffix(original.suffix)
    if original.is_file():
        copy.write_bytes(damage(original.read_bytes(), rng))
        return copy
    shutil.copytree(original, copy)
    files = sorted(path for path in copy.rglob("*") if path.is_file() and path.stat().st_size)
    hit = files[int(rng.integers(0, len(files)))]
    hit.chmod(0o600)
    hit.write_bytes(damage(hit.read_bytes(), rng))
    return copy


def _try(tally: Tally, do: Callable[[], object]) -> None:
    try:
        do()
        tally.read += 1
    except MorelliError as fault:
        tally.refused += 1
        if not fault.found or not fault.remedy:
            tally.raised["a refusal without a reason"] += 1
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as fault:
        tally.raised[describe(fault)] += 1


def describe(fault: BaseException) -> str:
    """Return the type of an exception, where it was raised, and how it begins."""
    frame = fault.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    place = "" if frame is None else f"{Path(frame.tb_frame.f_code.co_filename).name}:{frame.tb_lineno}"
    return f"{type(fault).__name__} at {place}: {str(fault)[:90]!r}"


def report(n_pictures: int, n_artefacts: int, seed: int) -> Iterator[tuple[str, Tally]]:
    """Yield what became of each kind."""
    with tempfile.TemporaryDirectory() as folder:
        if n_artefacts:
            yield from try_artefacts(n_artefacts, Path(folder), seed).items()
        if n_pictures:
            yield from zip(
                ("collect", "attribute"), try_pictures(n_pictures, Path(folder), seed), strict=True
            )


def main() -> int:
    """Print what became of the files; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=10_000)
    parser.add_argument("--artefacts", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    n_raised, started = 0, time.perf_counter()
    for name, tally in report(given.pictures, given.artefacts, given.seed):
        print(f"{name} {tally}", flush=True)
        n_raised += tally.raised.total()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{n_raised} raised; {peak:,.0f} MB held at most; {time.perf_counter() - started:,.0f} s")
    return int(n_raised > 0)


if __name__ == "__main__":
    sys.exit(main())
