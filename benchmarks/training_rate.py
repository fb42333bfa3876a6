"""Pictures per second of training a recipe's whole backbone, and the share of the device's matrix rate.

The matrix rate is measured here: multiplications and additions per second of two large matrices in the same
precision. What a picture takes is counted by torch on the way forwards, and taken three times, as the way
back does twice as much (Kaplan et al. 2020, arXiv 2001.08361, section 2.1); torch itself counts grouped
convolutions wrongly there. Pictures are random and already on the device, so that reading them is left out;
``--images-per-second`` takes the rate of a board instead, which reads them.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import torch
from torch.utils.flop_counter import FlopCounterMode

from morelli.encode.backbone import choose_half, resolve_device
from morelli.learn.network.course import open_backbone
from morelli.learn.recipe_files import load_recipe, resolve

SIDES = {"cpu": 2048, "cuda": 16384, "mps": 4096}
"""Rows and columns of the matrices: large enough that the device is busy."""


N_PASSES = 3
"""Forwards, and backwards twice as much."""


def main() -> None:
    """Print one line for each recipe."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("recipes", nargs="+")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--precision", default="auto")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--images-per-second", type=float)
    arguments = parser.parse_args()
    device = resolve_device(arguments.device)
    half = choose_half(device, arguments.precision)
    peak = measure_matrix_rate(device, half or torch.float32, arguments.rounds)
    print(f"{device}, {half or torch.float32}: {peak / 1e12:.2f} TFLOP/s of matrices")
    for name in arguments.recipes:
        step = make_step(name, device, half, arguments.batch)
        work = N_PASSES * count_forward(step) / arguments.batch
        rate = arguments.images_per_second or arguments.batch / measure(step, device, arguments.rounds)
        print(
            f"{name:20} {work / 1e9:8.2f} GFLOP a picture  {rate:8.1f} pictures/s  {work * rate / peak:6.1%}"
        )


def count_forward(step: Callable[..., None]) -> int:
    """Return the floating-point operations of a step without its way back."""
    with FlopCounterMode(display=False) as counter:
        step(is_forward=True)
    return counter.get_total_flops()


def make_step(name: str, device: torch.device, half: torch.dtype | None, size: int) -> Callable[..., None]:
    """Return one step forwards and backwards through a recipe's backbone, its weights drawn."""
    recipe = resolve(load_recipe(name), "all", changes={"backbone": {"pretrained": False}})
    backbone = open_backbone(recipe, [], seed=0)
    features = backbone.features.to(device)
    side = backbone.transform.size_px
    batch = torch.rand(size, 3, side, side, device=device).to(memory_format=torch.channels_last)

    def step(*, is_forward: bool = False) -> None:
        with torch.autocast(device.type, half or torch.bfloat16, enabled=half is not None):
            loss = features(batch).float().square().mean()
        if is_forward:
            return
        features.zero_grad(set_to_none=True)
        loss.backward()

    return step


def measure_matrix_rate(device: torch.device, kind: torch.dtype, rounds: int) -> float:
    """Return multiplications and additions per second of two square matrices."""
    side = SIDES[device.type]
    left, right = (torch.rand(side, side, device=device).to(kind) for _ in range(2))
    return 2 * side**3 / measure(lambda: left @ right, device, rounds)


def measure(task: Callable[[], object], device: torch.device, rounds: int) -> float:
    """Return the median seconds, after one warm-up."""
    seconds = []
    for _ in range(rounds + 1):
        _finish(device)
        started = time.perf_counter()
        task()
        _finish(device)
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds[1:])


def _finish(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()


if __name__ == "__main__":
    main()
