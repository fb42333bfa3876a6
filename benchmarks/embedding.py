"""Images per second of `embed` against the bare network on random tensors: same process, same precision.

It takes ``--encoder``, ``--weights`` and ``--layers`` as `morelli embed` does.
Pictures are drawn into a temporary folder: 224 px squares and 2-megapixel JPEGs. Each round alternates with
the bare network and the median ratio of the rounds is printed, since machines are noisy.

torch is imported inside the functions: every worker process loads this file again.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from morelli.encode.backbone import Backbone
    from morelli.encode.encoder import Encoder

SIZES = {"224 px": (224, 224), "2 megapixels": (1632, 1224)}


def main() -> None:
    """Print one line per picture size."""
    import torch

    from morelli.encode.backbone import Backbone, choose_half, resolve_device
    from morelli.encode.encoder import Encoder
    from morelli.encode.spec import parse_encoder
    from morelli.settings import load_settings

    arguments = parse_arguments()
    with tempfile.TemporaryDirectory() as folder:
        weights = arguments.weights or [save_untrained(arguments.encoder, Path(folder))]
        spec = parse_encoder(
            arguments.encoder, weights=weights, layers=arguments.layers or [], size_px=arguments.size
        )
        settings = load_settings(batch_size=arguments.batch_size)
        encoder = Encoder(spec, settings)
        device = resolve_device("auto")
        half = choose_half(device, "auto")
        backbone = Backbone(spec.parts[0], device=device, half=half)
        precision = "fp32" if half is None else "bf16"
        print(f"{encoder.card.name} on {device}, {precision}, {torch.get_num_threads()} threads")
        for label, size in SIZES.items():
            pictures = draw_pictures(Path(folder) / label.replace(" ", "-"), arguments.n, size)
            ratios, rates, bares = [], [], []
            for _ in range(arguments.rounds):
                bares.append(time_bare(backbone, arguments.n, arguments.batch_size))
                rates.append(time_embed(encoder, pictures))
                ratios.append(rates[-1] / bares[-1])
            print(
                f"{label}: embed {statistics.median(rates):.1f} images/s, bare network "
                f"{statistics.median(bares):.1f} images/s, ratio {statistics.median(ratios):.2f} "
                f"({min(ratios):.2f} to {max(ratios):.2f} in {arguments.rounds} rounds)"
            )


def parse_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--encoder", default="tf_efficientnet_b4")
    parser.add_argument("--weights", type=Path, action="append")
    parser.add_argument("--layers", action="append")
    parser.add_argument("--size", type=int, default=224)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("-n", type=int, default=512, help="pictures per round")
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


def save_untrained(model: str, folder: Path) -> Path:
    """Save untrained weights, so that the benchmark runs without a download."""
    import torch

    from morelli.encode.weights import create_network

    path = folder / "untrained.pth"
    torch.save(create_network(model, pretrained=False, arguments={}).state_dict(), path)
    return path


def draw_pictures(folder: Path, n: int, size: tuple[int, int]) -> list[tuple[str, Path]]:
    """Draw n JPEGs of smooth colour with grain; 16 different ones, repeated."""
    folder.mkdir()
    rng = np.random.default_rng(0)
    paths = []
    for number in range(16):
        rough = Image.fromarray(rng.integers(0, 256, (24, 32, 3), dtype=np.uint8)).resize(size, Image.BICUBIC)
        grain = rng.normal(0, 8, (size[1], size[0], 3))
        pixels = np.clip(np.asarray(rough) + grain, 0, 255).astype(np.uint8)
        paths.append(folder / f"{number}.jpg")
        Image.fromarray(pixels).save(paths[-1], quality=90)
    return [(str(number), paths[number % 16]) for number in range(n)]


def time_embed(encoder: Encoder, pictures: list[tuple[str, Path]]) -> float:
    """Return images per second from files to vectors, worker start included."""
    started = time.perf_counter()
    n_done = sum(len(batch.ids) for batch in encoder.encode(pictures))
    return n_done / (time.perf_counter() - started)


def time_bare(backbone: Backbone, n: int, batch_size: int) -> float:
    """Return images per second of the network alone on random tensors."""
    import torch

    size = backbone.transform.size_px
    batch = torch.randn(batch_size, 3, size, size).contiguous(memory_format=torch.channels_last)
    backbone.forward(batch)
    n_batches = max(1, n // batch_size)
    started = time.perf_counter()
    for _ in range(n_batches):
        backbone.forward(batch)
    return n_batches * batch_size / (time.perf_counter() - started)


if __name__ == "__main__":
    main()
