"""The sanity of explanations over pairs of validation works: two numbers a pair, and their means.

``python benchmarks/details.py MODEL GALLERY -n 8``. Half of the pairs are by one hand, half by two; the works
are those of the model's val part whose pictures are at hand. Nothing is tuned on it.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import polars as pl

from morelli.encode.encoder import Encoder
from morelli.gallery import Gallery
from morelli.judge.explanation import Explanation, explain_comparison
from morelli.model import Model, read_model
from morelli.settings import load_settings


def main() -> None:
    """Print one line per pair, then the means."""
    arguments = parse_arguments()
    model = read_model(arguments.model)
    encoder = Encoder.from_card(model.encoder, load_settings(), weights=arguments.weights or ())
    pairs = draw_pairs(model, Gallery(arguments.gallery), arguments.n, arguments.seed)
    print("hands  log10 LR  matches  best  rank correlation with random  top fall  random fall")
    found = []
    for is_same, left, right in pairs:
        found.append(explain_comparison(model, encoder, Path(left), Path(right), seed=arguments.seed))
        print(describe(found[-1], "one" if is_same else "two"), flush=True)
    for hands, chosen in (("one", found[::2]), ("two", found[1::2]), ("all", found)):
        print(summarise(chosen, hands))


def parse_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("gallery")
    parser.add_argument("--weights", type=Path, action="append")
    parser.add_argument("-n", type=int, default=8, help="pairs")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def draw_pairs(model: Model, gallery: Gallery, n: int, seed: int) -> list[tuple[bool, str, str]]:
    """Return pairs by one hand and by two in turn, each from other artists, as paths."""
    rng = np.random.default_rng(seed)
    works = model.split.part("val").join(gallery.works().select("id", "path"), on="id").sort("id")
    artists = rng.permutation(works["artist"].unique().sort().to_numpy()).tolist()
    pairs = []
    for number in range(n):
        one, other = artists[number % len(artists)], artists[(number + 1) % len(artists)]
        is_same = number % 2 == 0
        left, right = (draw_work(works, artist, rng) for artist in (one, one if is_same else other))
        while left == right:
            right = draw_work(works, one, rng)
        pairs.append((is_same, left, right))
    return pairs


def draw_work(works: pl.DataFrame, artist: str, rng: np.random.Generator) -> str:
    """Return the path of one work by an artist."""
    return str(rng.choice(works.filter(pl.col("artist") == artist)["path"].to_list()))


def describe(found: Explanation, hands: str) -> str:
    """Return the line of a pair."""
    return write_line(hands, list_numbers(found))


def summarise(found: list[Explanation], hands: str) -> str:
    """Return the line of the means."""
    numbers = np.array([list_numbers(one) for one in found])
    return f"mean over {len(found)}: {write_line(hands, numbers.mean(axis=0).tolist())}"


def list_numbers(found: Explanation) -> list[float]:
    """Return the numbers of a pair in the order of the columns."""
    sanity, details = found.sanity, found.details
    return [
        found.occlusion.log10_likelihood_ratio,
        float(len(details.matches)),
        details.best_score,
        sanity.correlation_with_random,
        sanity.top_fall,
        sanity.random_fall,
    ]


def write_line(hands: str, numbers: list[float]) -> str:
    """Return one line of the table."""
    return f"{hands:>5}  " + "  ".join(f"{number:+.2f}" for number in numbers)


if __name__ == "__main__":
    main()
