"""What commands load: help nothing heavy, and nothing that needs no network what networks run on.

All in one process, in which the packages of the extra ``networks`` cannot be imported, as in an installation
without it.
"""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = ("torch", "timm", "lancedb", "polars", "matplotlib", "numpy", "sklearn")
OF_NETWORKS = ("torch", "torchvision", "timm", "pytorch_metric_learning", "lightning_fabric")
LINE = 'install them with: pip install "morelli[networks]"'

PROGRAM = """
import contextlib, io, json, pkgutil, sys
from functools import partial
from importlib import import_module


class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {networks}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)


sys.meta_path.insert(0, Missing())
from morelli.cli import main


def ask(arguments):
    sys.argv = ["morelli", *arguments]
    out, err, code = io.StringIO(), io.StringIO(), 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main()
        except SystemExit as end:
            code = end.code or 0
    loaded = [name for name in {heavy} if name in sys.modules]
    return dict(code=code, out=out.getvalue(), err=err.getvalue(), loaded=loaded)


outcomes = [ask(arguments) for arguments in {first}]
import morelli
modules = [one.name for one in pkgutil.walk_packages(morelli.__path__, "morelli.")]
failed = []
for name in modules:
    try:
        import_module(name)
    except ModuleNotFoundError:
        failed.append(name)
from morelli.learn.heads import comparison, open_set, signals
comparison.SoftmaxSpace = partial(comparison.SoftmaxSpace, n_steps=5)
comparison.ContrastiveSpace = signals.ContrastiveSpace = partial(comparison.ContrastiveSpace, n_steps=5)
open_set._N_STEPS, signals._N_HALVED, signals._N_COPIED, signals._N_ALIGNED = 5, 12, 2, 20
outcomes += [ask(arguments) for arguments in {then}]
print(json.dumps(dict(outcomes=outcomes, failed=failed)), file=sys.__stdout__)
"""

HELP = [["--help"], ["--version"], ["embed", "--help"]]


@pytest.fixture(scope="module")
def ran(gallery_folder, seen_folder, unseen_folder, gallery, tmp_path_factory):
    """Return outcomes by command, and the modules that cannot be imported without networks."""
    folder = tmp_path_factory.mktemp("light")
    stored, seen, unseen = map(str, (gallery_folder, seen_folder, unseen_folder))
    works = gallery.works()
    first, last = works["path"][0], works["path"][-1]
    query = ["search", works["id"][0], "-k", "2", "-g", stored]
    commands = [
        ["info", stored],
        ["recipes"],
        ["recipes", "hand"],
        query,
        [*query, "-m", unseen],
        [*query, "--by", "palette"],
        ["attribute", first, "-m", seen, "-g", stored],
        ["compare", first, last, "-m", unseen],
        ["card", seen],
        ["train", stored, "-o", str(folder / "model")],
        ["embed", stored, "-e", "resnet18"],
        ["train", stored, "-r", "triplet-resnet18", "-o", str(folder / "network")],
    ]
    code = PROGRAM.format(networks=OF_NETWORKS, heavy=HEAVY, first=HELP, then=commands)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    names = [" ".join(arguments) for arguments in [*HELP, *commands]]
    return dict(zip(names, found["outcomes"], strict=True)), set(found["failed"])


def test_help_answers_without_loading_anything_heavy(ran):
    for arguments in HELP:
        outcome = ran[0][" ".join(arguments)]
        assert "morelli" in outcome["out"]
        assert outcome["loaded"] == []


def test_what_needs_no_network_works_without_the_extra(ran):
    refused = {"embed": 2, "train": 2}
    for name, outcome in ran[0].items():
        needs_network = "resnet18" in name
        assert outcome["code"] == (refused[name.split()[0]] if needs_network else 0), (name, outcome)
        assert bool(outcome["out"]) is not needs_network
        assert "Traceback" not in outcome["err"]


def test_what_needs_a_network_says_the_line_to_type(ran):
    told = [outcome["err"] for name, outcome in ran[0].items() if "resnet18" in name]
    assert len(told) == 2
    for text in told:
        assert text.splitlines()[-1].startswith("morelli: ")
        assert text.rstrip().endswith(f"found no torch; {LINE}.")


def test_only_the_files_that_run_networks_need_them(ran):
    learning = {f"learn.network.{name}" for name in (
        "course", "export", "health", "inputs", "learner", "loop", "losses", "processes", "state",
    )}  # fmt: skip
    running = {f"encode.{name}" for name in ("backbone", "features", "networks", "pooling", "weights")}
    assert ran[1] == {f"morelli.{name}" for name in learning | running}
