"""Finding planted duplicates: morelli's audit beside imagededup's hashes and its network.

Every method runs in a process of its own on the same folder and is asked for pairs of files; time is wall
time without starting Python, memory the peak of the process. imagededup's network is given a timm backbone
through its hook for models of one's own.

    python benchmarks/duplicates.py PICTURES [PICTURES ...] --weights mobilenetv2_100.safetensors
    python benchmarks/duplicates.py PICTURES [PICTURES ...] --weights ... --n 0      # all pictures, no plants

Needs the extra morelli[bench].
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

Pairs = set[tuple[str, str]]
HASHES = ("PHash", "DHash", "AHash", "WHash")
METHODS = ("morelli", "morelli hashes", *HASHES, "CNN")
CNN_THRESHOLDS = (0.85, 0.9, 0.95)
"""imagededup's default is 0.9."""


def main() -> None:
    """Plant, run every method, and print the tables."""
    arguments = read_arguments()
    if arguments.method:
        run_method(arguments.method, Path(arguments.pictures[0]), arguments.weights, arguments.backbone)
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "pictures"
        planted = fill_folder(folder, [Path(path) for path in arguments.pictures], arguments)
        n = len(list(folder.iterdir()))
        print(f"{n} pictures, {len(planted)} of them planted, seed {arguments.seed}, {os.cpu_count()} cores")
        methods = METHODS if arguments.n else ("morelli", "CNN")
        for method in methods:
            result = start_method(method, folder, arguments)
            print_result(method, result, planted)


def read_arguments() -> argparse.Namespace:
    """Return what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("pictures", nargs="+", help="folders, searched at any depth")
    parser.add_argument("--weights", type=Path, help="weights of the backbone for imagededup's network")
    parser.add_argument("--backbone", default="mobilenetv2_100", help="timm model")
    parser.add_argument(
        "--n", type=int, default=1000, help="pictures that plants are made of; 0: all, no plants"
    )
    parser.add_argument("--per-change", type=int, default=100, help="plants of each kind")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--method", choices=METHODS, help=argparse.SUPPRESS)
    return parser.parse_args()


def fill_folder(
    folder: Path, sources: list[Path], arguments: argparse.Namespace
) -> dict[str, tuple[str, str]]:
    """Put pictures and plants into one flat folder; return original and change of each plant by file name."""
    from PIL import Image

    from morelli.collection.duplicates.looks import CHANGES, plant_copy

    folder.mkdir()
    rng = np.random.default_rng(arguments.seed)
    paths = sorted(path for source in sources for path in source.rglob("*.jpg"))
    chosen = [paths[n] for n in np.sort(rng.permutation(len(paths))[: arguments.n])] if arguments.n else paths
    names = [f"{number:06d}.jpg" for number in range(len(chosen))]
    for path, name in zip(chosen, names, strict=True):
        shutil.copyfile(path, folder / name)
    planted = {}
    n_plants = arguments.per_change * len(CHANGES) if arguments.n else 0
    for number, original in enumerate(rng.choice(len(chosen), n_plants, replace=False)):
        change = CHANGES[number // arguments.per_change]
        name = f"plant{number:06d}.jpg"
        with Image.open(folder / names[original]) as image:
            plant_copy(image.convert("RGB"), change, rng).save(folder / name, quality=90)
        planted[name] = (names[original], change)
    return planted


def start_method(method: str, folder: Path, arguments: argparse.Namespace) -> dict[str, object]:
    """Run one method in a process of its own; return its pairs, seconds and peak memory."""
    command = [sys.executable, __file__, str(folder), "--method", method, "--backbone", arguments.backbone]
    command += ["--weights", str(arguments.weights)] if arguments.weights else []
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def run_method(method: str, folder: Path, weights: Path | None, backbone: str) -> None:
    """Find pairs by one method and print them with seconds and peak memory as JSON."""
    finders: dict[str, Callable[[], dict[str, list[tuple[str, str]]]]] = {
        "morelli": lambda: find_by_audit(folder),
        "morelli hashes": lambda: find_by_group(folder),
        "CNN": lambda: find_by_network(folder, weights, backbone),
        **{name: (lambda name=name: find_by_hash(folder, name)) for name in HASHES},
    }
    started = time.perf_counter()
    found = finders[method]()
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(json.dumps({"pairs": found, "seconds": seconds, "gib": peak}))


def find_by_audit(folder: Path) -> dict[str, list[tuple[str, str]]]:
    """Inspect all pictures and link them, as `morelli audit` does, with its measures taken along."""
    from concurrent.futures import ThreadPoolExecutor

    from morelli.audit.inspection import inspect_picture
    from morelli.collection.duplicates.hashes import pair_near_duplicates
    from morelli.collection.duplicates.links import find_links
    from morelli.collection.reading import read_work
    from morelli.collection.work import Work

    paths = sorted(folder.iterdir())

    def read(path: Path) -> tuple[object, str, str]:
        work = read_work(Work(path))
        return inspect_picture(path).look, work.phash, work.dhash

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        looks, phashes, dhashes = zip(*pool.map(read, paths), strict=True)
    links = find_links(looks, further=pair_near_duplicates(phashes, dhashes))
    return {"": [(paths[link.left].name, paths[link.right].name) for link in links]}


def find_by_group(folder: Path) -> dict[str, list[tuple[str, str]]]:
    """Pair pictures by morelli's two hashes alone."""
    from concurrent.futures import ThreadPoolExecutor

    from morelli.collection.duplicates.hashes import pair_near_duplicates
    from morelli.collection.reading import read_work
    from morelli.collection.work import Work

    paths = sorted(folder.iterdir())
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        works = list(pool.map(lambda path: read_work(Work(path)), paths))
    pairs = pair_near_duplicates([work.phash for work in works], [work.dhash for work in works])
    return {"": [(paths[left].name, paths[right].name) for left, right in pairs]}


def find_by_hash(folder: Path, name: str) -> dict[str, list[tuple[str, str]]]:
    """Ask one of imagededup's hashes, at its default distance of 10 bits."""
    from imagededup import methods

    found = getattr(methods, name)(verbose=False).find_duplicates(image_dir=folder)
    return {"": [(file, other) for file, others in found.items() for other in others]}


def find_by_network(folder: Path, weights: Path | None, backbone: str) -> dict[str, list[tuple[str, str]]]:
    """Ask imagededup's network, with a timm backbone and its own transform, at several similarities."""
    import timm
    import torch
    from imagededup.methods import CNN
    from imagededup.utils import CustomModel
    from safetensors.torch import load_file
    from timm.data import create_transform, resolve_model_data_config

    model = timm.create_model(backbone, pretrained=weights is None, num_classes=0).eval()
    if weights is not None:
        model.load_state_dict(load_file(weights), strict=False)
    transform = create_transform(**resolve_model_data_config(model), is_training=False)
    custom = CustomModel(name=backbone, model=model, transform=transform)
    with torch.inference_mode():
        network = CNN(verbose=False, model_config=custom)
        lowest = min(CNN_THRESHOLDS)
        found = network.find_duplicates(image_dir=folder, min_similarity_threshold=lowest, scores=True)
    scored = [(file, other, score) for file, others in found.items() for other, score in others]
    return {
        f" {threshold}": [(file, other) for file, other, score in scored if score >= threshold]
        for threshold in CNN_THRESHOLDS
    }


def print_result(method: str, result: dict[str, object], planted: dict[str, tuple[str, str]]) -> None:
    """Print recall of each change / share of right pairs among those with a plant, time and memory."""
    for suffix, listed in result["pairs"].items():  # type: ignore[attr-defined]
        pairs = {(min(pair), max(pair)) for pair in map(tuple, listed)}
        changes = dict.fromkeys(change for _, change in planted.values())
        told = [f"{method + suffix:15s} {len(pairs):7d} pairs"]
        for change in changes:
            wanted = {(name, of) for name, (of, kind) in planted.items() if kind == change}
            hits = {(name, of) for name, of in wanted if (min(name, of), max(name, of)) in pairs}
            names = {name for name, _ in wanted}
            asked = [pair for pair in pairs if names & set(pair)]
            precision = f"{len(hits) / len(asked):.2f}" if asked else "   -"
            told.append(f"{change} {len(hits) / len(wanted):.2f}/{precision}")
        print("  ".join(told), f" {result['seconds']:.0f} s  {result['gib']:.2f} GiB", flush=True)


if __name__ == "__main__":
    main()
