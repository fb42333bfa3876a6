"""Which of the real paintings beside this checkout the tests look at."""

from __future__ import annotations

import random
from pathlib import Path


def pick_pictures(wikiart: Path, n_artists: int, n_works: int) -> list[Path]:
    """Draw artists with enough works, and works of each, with a fixed seed."""
    by_artist: dict[str, list[Path]] = {}
    for path in sorted(wikiart.glob("*/*.jpg")):
        by_artist.setdefault(path.name.split("_")[0], []).append(path)
    rng = random.Random(0)  # noqa: S311 - no secret
    artists = rng.sample(
        sorted(name for name, paths in by_artist.items() if len(paths) >= n_works), n_artists
    )
    return [path for artist in artists for path in rng.sample(by_artist[artist], n_works)]
