"""How long `compare` takes with and without an explanation, after the model is loaded.

``python benchmarks/compare.py --weights mobilenetv2_100.safetensors --layers blocks.2,blocks.4,blocks.6``.
The heads are untrained: their values do not change how long they take. Wall time and processor time are
printed; on a busy machine only the second says something.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
from PIL import Image

from morelli.collection.splits import Split
from morelli.encode.encoder import Encoder
from morelli.encode.spec import parse_encoder
from morelli.judge import compare_vectors
from morelli.judge.explanation import explain_comparison
from morelli.model import AttributionHead, ComparisonHead, Model, Standardisation
from morelli.model.likelihood_ratio import Calibration
from morelli.report.explanation import write_explanation
from morelli.settings import load_settings

N_DIMENSIONS, SIZE = 256, (1024, 768)


def main() -> None:
    """Print seconds and ratios."""
    arguments = parse_arguments()
    spec = parse_encoder(
        arguments.encoder,
        weights=arguments.weights or [],
        layers=arguments.layers or [],
        mean=arguments.mean,
        std=arguments.mean,
        crop="squash",
    )
    settings = load_settings()
    encoder = Encoder(spec, settings)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = draw_pictures(folder)
        model = make_model(encoder, files)

        def explain() -> None:
            found = explain_comparison(model, encoder, *files)
            write_explanation(found, folder / "explained", max_pixels=settings.max_pixels)

        def compare() -> None:
            compare_vectors(model, *encoder.encode_files(files), names=("a", "b"))

        plain, explained = (measure(task, arguments.rounds) for task in (compare, explain))
    for label, (wall, processor) in (("compare", plain), ("with explanation", explained)):
        print(f"{label}: {wall:.2f} s, {processor:.2f} s of processor")
    print(f"ratio {explained[0] / plain[0]:.1f}, of processor {explained[1] / plain[1]:.1f}")


def parse_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--encoder", default="mobilenetv2_100")
    parser.add_argument("--weights", type=Path, action="append")
    parser.add_argument("--layers", action="append")
    parser.add_argument("--mean", type=float, default=0.5, help="mean and standard deviation of the input")
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


def draw_pictures(folder: Path) -> tuple[Path, Path]:
    """Draw two JPEGs of smooth colour with grain."""
    rng = np.random.default_rng(0)
    paths = folder / "a.jpg", folder / "b.jpg"
    for path in paths:
        rough = Image.fromarray(rng.integers(0, 256, (12, 16, 3), dtype=np.uint8)).resize(SIZE, Image.BICUBIC)
        grain = rng.normal(0, 8, (SIZE[1], SIZE[0], 3))
        Image.fromarray(np.clip(np.asarray(rough) + grain, 0, 255).astype(np.uint8)).save(path, quality=90)
    return paths


def make_model(encoder: Encoder, files: tuple[Path, Path]) -> Model:
    """Return a model with untrained heads of the usual size."""
    standardisation = Standardisation.fit(encoder.encode_files(files))
    d = encoder.card.dimension
    projections = {
        name: np.random.default_rng(number).normal(size=(d, N_DIMENSIONS)).astype(np.float32)
        for number, name in enumerate(("lda", "contrastive", "softmax"))
    }
    zeros = np.zeros((d, 2), dtype=np.float32)
    table = pl.DataFrame(schema=dict.fromkeys(("id", "artist", "group", "part"), pl.String))
    return Model(
        encoder=encoder.card,
        attribution=AttributionHead(standardisation, ("a", "b"), zeros, zeros[0], 1.0),
        comparison=ComparisonHead(standardisation, projections, calibration=Calibration.linear(10.0, -4.0)),
        split=Split(kind="file", seed=0, table=table),
        facts={},
    )


def measure(task: Callable[[], object], rounds: int) -> tuple[float, float]:
    """Return the median seconds of wall and of processor time, after one warm-up."""
    task()
    walls, processors = [], []
    for _ in range(rounds):
        wall, processor = time.perf_counter(), time.process_time()
        task()
        walls.append(time.perf_counter() - wall)
        processors.append(time.process_time() - processor)
    return statistics.median(walls), statistics.median(processors)


if __name__ == "__main__":
    main()
