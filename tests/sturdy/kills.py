"""Kills commands at drawn moments, then completes what they left: ``python -m sturdy.kills 40 MODEL``.

Every run is a forked child of this process, which has imported all and used nothing, so that threads of
libraries are the child's own. One more child opens what all of them left, and prints what was wrong.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl

from gallery.sources import Thumbnails, write_source
from morelli.audit.run import audit_gallery
from morelli.collection.sources import recognise
from morelli.gallery import Gallery, collect_source, embed_gallery
from morelli.judge.enrolment import enrol_artist
from morelli.model import read_model, write_model
from morelli.report import audit as audit_report
from morelli.settings import Settings

N_ARTISTS, N_WORKS = 2, 4
N = N_ARTISTS * N_WORKS
SETTINGS = Settings(workers=0, commit_size=2)
FINGERPRINT = Thumbnails().card.fingerprint
NAMES = ("collect", "embed", "audit", "enrol")


def collect(place: Path) -> None:
    collect_source(Gallery(place / "gallery", is_new=True), recognise(place / "source"), SETTINGS)


def embed(place: Path) -> None:
    embed_gallery(Gallery(place / "gallery"), Thumbnails(), SETTINGS)


def audit(place: Path) -> None:
    audit_report._render_audit = lambda found: found.collection  # drawings are slow, and no question here
    audit_report.write_audit(audit_gallery(Gallery(place / "gallery"), SETTINGS), place / "audit")


def enrol(place: Path) -> None:
    model = read_model(place / "model")
    n = 0 if model.enrolled is None else len(model.enrolled.ids)
    vectors = np.ones((1, model.encoder.dimension), np.float32)
    write_model(enrol_artist(model, f"Newcomer {'ABCDEFGH'[n]}", vectors, [f"new-{n}"]), place / "model")


ACTIONS: dict[str, Callable[[Path], None]] = {
    "collect": collect, "embed": embed, "audit": audit, "enrol": enrol,
}  # fmt: skip


def in_child(action: Callable[[], None], kill_after_s: float | None = None) -> bool:
    """Run in a forked child; say whether it ended by itself."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of libraries that have been imported and not used yet
        child = os.fork()
    if child == 0:
        try:
            action()
        except BaseException as error:
            sys.stderr.write(f"{type(error).__name__}: {error}\n")
            os._exit(1)
        os._exit(0)
    if kill_after_s is not None:
        time.sleep(kill_after_s)
        os.kill(child, signal.SIGKILL)
    status = os.waitpid(child, 0)[1]
    if status not in {0, signal.SIGKILL}:
        raise RuntimeError(f"a run ended with {status}")
    return status == 0


def find_faults(name: str, place: Path) -> list[str]:
    """Open what a killed run left, complete it, and say what is lost, doubled or half."""
    faults = []
    if name == "enrol":
        model = read_model(place / "model")
        n = len(model.enrolled.ids)
        if n not in {0, 1}:
            faults.append(f"{n} works enrolled")
        enrol(place)
        n_after = len(read_model(place / "model").enrolled.ids)
        return faults + ([] if n_after == n + 1 else [f"{n_after} works enrolled after {n}"])
    if (place / "gallery" / "works.lance" / "_versions").is_dir() and any(
        (place / "gallery" / "works.lance" / "_versions").glob("*.manifest")
    ):
        faults += _count(Gallery(place / "gallery"), is_done=False)
    if name == "audit" and (place / "audit").exists():
        faults += _read_audit(place / "audit")
    for action in (collect, embed, audit) if name == "audit" else (collect, embed):
        action(place)
    faults += _count(Gallery(place / "gallery"), is_done=True)
    return faults + (_read_audit(place / "audit") if name == "audit" else [])


def _count(gallery: Gallery, *, is_done: bool) -> list[str]:
    works = gallery.works()["id"].to_list()
    vectors = [] if not gallery.encoders() else list(gallery.embeddings(FINGERPRINT).ids)
    faults = []
    for kind, ids in (("works", works), ("vectors", vectors)):
        if len(ids) != len(set(ids)):
            faults.append(f"{kind} doubled: {ids}")
        if is_done and len(ids) != N:
            faults.append(f"{len(ids)} {kind} of {N}")
    if not set(vectors) <= set(works):
        faults.append("vectors without a work")
    return faults


def _read_audit(folder: Path) -> list[str]:
    wanted = {"audit.html", "audit.json", "links.csv", "works.csv", "groups.csv", "classes.csv"}
    lacking = wanted - {path.name for path in folder.iterdir()}
    if lacking:
        return [f"half an audit, without {', '.join(sorted(lacking))}"]
    n = json.loads((folder / "audit.json").read_text(encoding="utf-8"))["works"]
    return [] if n == pl.read_csv(folder / "works.csv").height == N else ["an audit of two runs"]


def main(n_kills: int, model: Path, seed: int = 0) -> dict[str, object]:
    """Return how many runs were killed, how many were done before, and all faults."""
    rng = random.Random(seed)  # noqa: S311 - no secret
    with tempfile.TemporaryDirectory() as made:
        root = Path(made)
        write_source(root / "source", N_ARTISTS, N_WORKS)
        seconds, states = {}, {}
        for name in NAMES:  # what each command starts from, and how long it takes
            states[name] = root / f"before-{name}"
            before = states.get(NAMES[NAMES.index(name) - 1]) if name in ("embed", "audit") else None
            (root / f"done-{name}").mkdir()
            if before is not None:
                shutil.copytree(root / f"done-{before.name.removeprefix('before-')}", states[name])
            else:
                states[name].mkdir()
                (states[name] / "source").symlink_to(root / "source")
                if name == "enrol":
                    shutil.copytree(model, states[name] / "model")
            shutil.rmtree(root / f"done-{name}")
            shutil.copytree(states[name], root / f"done-{name}", symlinks=True)
            started = time.perf_counter()
            in_child(lambda name=name: ACTIONS[name](root / f"done-{name}"))
            seconds[name] = time.perf_counter() - started
        places, n_killed = [], 0
        for number in range(n_kills):
            name = NAMES[number % len(NAMES)]
            place = root / f"kill-{number}"
            shutil.copytree(states[name], place, symlinks=True)
            n_killed += not in_child(
                lambda name=name, place=place: ACTIONS[name](place), rng.uniform(0, seconds[name])
            )
            places.append((name, place))

        def check() -> None:
            for name, place in places:
                try:
                    faults = find_faults(name, place)
                except Exception as error:
                    faults = [f"{type(error).__name__}: {error}"]
                with (root / "faults.jsonl").open("a", encoding="utf-8") as file:
                    file.write(json.dumps({"place": place.name, "command": name, "faults": faults}) + "\n")

        in_child(check)
        lines = [
            json.loads(line) for line in (root / "faults.jsonl").read_text(encoding="utf-8").splitlines()
        ]
    return {
        "runs": len(lines),
        "killed": n_killed,
        "faults": [line for line in lines if line["faults"]],
        "seconds": seconds,
    }


if __name__ == "__main__":
    found = main(int(sys.argv[1]), Path(sys.argv[2]))
    sys.stdout.write(json.dumps(found) + "\n")
