"""Rubbish in, a sentence out: exit codes 1 and 2, one message on stderr, nothing on stdout."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from collection.odd_files import CAP_PIXELS, write_odd_files

from .conftest import EXECUTABLE, run_apart


@pytest.fixture(scope="module")
def rubbish(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rubbish")
    (folder / "text.jpg").write_text("This is no picture.", encoding="utf-8")
    (folder / "file").write_bytes(b"")
    (folder / "empty").mkdir()
    return folder


@pytest.mark.parametrize("picture", ["absent.jpg", "text.jpg", "file", "empty", "0123456789abcdef"])
def test_pictures_that_are_none(refuses, gallery_folder, seen_folder, unseen_folder, rubbish, picture):
    path = picture if picture.startswith("0123") else f"{rubbish}/{picture}"
    good = ("-m", unseen_folder, "-g", gallery_folder)
    for arguments in (
        ("attribute", path, "-m", seen_folder, "-g", gallery_folder),
        ("compare", path, path, *good),
        ("search", path, "-g", gallery_folder),
        ("search", path, *good),
    ):
        assert refuses(*arguments).err.count("morelli: ") == 1


def test_a_work_id_needs_a_gallery(refuses, unseen_folder):
    done = refuses("compare", "0123456789abcdef", "0123456789abcdef", "-m", unseen_folder, code=2)
    assert "a work id without a gallery; add --gallery" in done.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("info", "absent"),
        ("embed", "absent"),
        ("split", "absent"),
        ("train", "absent", "-o", "m"),
        ("evaluate", "absent", "-m", "absent", "-o", "r"),
        ("attribute", "a.jpg", "-m", "absent"),
        ("compare", "a.jpg", "b.jpg", "-m", "absent"),
        ("search", "a.jpg", "-g", "absent"),
        ("collect", "absent", "-g", "g"),
        ("demo", "absent", "-o", "d"),
    ],
)
def test_what_is_missing_is_named(refuses, tmp_path, monkeypatch, arguments):
    monkeypatch.chdir(tmp_path)
    assert "absent" in refuses(*arguments).err


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--no-such-option",),
        ("no-such-command",),
        ("info",),
        ("collect", "x"),
        ("train", "g"),
        ("search", "x", "-g", "g", "-k", "many"),
        ("embed", "g", "--size", "big"),
    ],
)
def test_wrong_usage_ends_with_2(morelli, arguments):
    done = morelli(*arguments)
    assert done.code == 2
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--pooling", "max"),
        ("--crop", "left"),
        ("--size", "3"),
        ("--batch-size", "0"),
        ("--precision", "fp8"),
        ("--workers", "-1"),
        ("--max-pixels", "0"),
        ("--device", "abacus"),
    ],
)
def test_a_bad_option_ends_with_2(refuses, gallery_copy, option, value):
    done = refuses("embed", gallery_copy, "-e", "test_resnet+descriptors", option, value, code=2)
    assert value in done.err


@pytest.mark.parametrize(
    "encoder", ["no_such_model", "descriptors+no_such_model", "absent.yaml", "../x", "resnet18 --x"]
)
def test_an_unknown_encoder_is_refused(morelli, gallery_copy, encoder):
    done = morelli("embed", gallery_copy, "-e", encoder)
    assert done.code in {1, 2}
    assert "Traceback" not in done.err
    assert done.out == ""


def test_options_of_networks_do_not_go_unheard_with_descriptors(refuses, gallery_copy):
    refuses("embed", gallery_copy, "-e", "descriptors", "--layers", "blocks.1", code=2)
    refuses("embed", gallery_copy, "-e", "descriptors", "--weights", "w.pth", code=2)


def test_weights_that_are_missing_or_rubbish_are_refused(refuses, gallery_copy, rubbish):
    for name in ("absent.pth", "text.jpg", "empty"):
        assert name in refuses("embed", gallery_copy, "-e", "test_resnet", "-w", rubbish / name).err


@pytest.mark.parametrize("where", ["artist = Monet", "year <", "nothing", "'"])
def test_a_bad_condition_is_refused(refuses, gallery_folder, unseen_folder, gallery, where):
    work_id = gallery.works()["id"][0]
    for more in ((), ("-m", unseen_folder)):
        done = refuses("search", work_id, "-g", gallery_folder, "--where", where, *more)
        assert "an SQL condition over id, path, artist" in done.err


@pytest.mark.parametrize("prior", ["0", "1", "-1", "nan"])
def test_a_bad_prior_is_refused(refuses, unseen_folder, gallery_folder, gallery, prior):
    ids = gallery.works()["id"].to_list()
    refuses("compare", *ids[:2], "-m", unseen_folder, "-g", gallery_folder, "--prior", prior, code=2)


@pytest.mark.parametrize("k", ["0", "-2"])
def test_a_bad_k_is_refused(refuses, gallery_folder, seen_folder, gallery, k):
    work = gallery.works().row(0, named=True)
    refuses("search", work["id"], "-g", gallery_folder, "-k", k, code=2)
    refuses("attribute", work["path"], "-m", seen_folder, "-k", k, code=2)


def test_a_bad_variable_is_refused(refuses, drawn, tmp_path, monkeypatch):
    monkeypatch.setenv("MORELLI_COMMIT_SIZE", "none")
    done = refuses("collect", drawn, "-g", tmp_path / "g", code=2)
    assert "MORELLI_COMMIT_SIZE" in done.err


@pytest.mark.parametrize("kind", ["by-artist", "absent.csv"])
def test_an_unknown_split_is_refused(refuses, gallery_folder, tmp_path, kind):
    refuses("train", gallery_folder, "-s", kind, "-o", tmp_path / "m")
    refuses("split", gallery_folder, kind)


def test_places_that_cannot_be_written_are_refused(refuses, gallery_folder, seen_folder, rubbish, drawn):
    taken = rubbish / "file"
    for arguments in (
        ("split", gallery_folder, "seen", "-o", taken / "split.csv"),
        ("evaluate", gallery_folder, "-m", seen_folder, "-o", taken),
        ("collect", drawn, "-g", taken),
    ):
        assert str(taken) in refuses(*arguments).err


def test_a_source_of_no_known_layout_is_refused(refuses, rubbish, tmp_path):
    refuses("collect", rubbish / "empty", "-g", tmp_path / "g")
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "notes.txt").write_text("no picture")
    refuses("collect", tmp_path / "texts", "-g", tmp_path / "g")
    refuses("collect", rubbish, "-g", tmp_path / "g", "--layout", "colour", code=2)


def test_a_model_of_another_encoder_is_refused(refuses, gallery_copy, seen_folder, tmp_path):
    card = json.loads((seen_folder / "card.json").read_text(encoding="utf-8"))
    card["encoder"]["parts"][0]["version"] = "another"
    model = tmp_path / "model"
    model.mkdir()
    for name in ("model.safetensors", "split.csv"):
        (model / name).write_bytes((seen_folder / name).read_bytes())
    (model / "card.json").write_text(json.dumps(card), encoding="utf-8")
    refuses("evaluate", gallery_copy, "-m", model, "-o", tmp_path / "r")


def test_two_models_of_one_part_are_refused(refuses, gallery_folder, seen_folder, tmp_path):
    done = refuses(
        "evaluate", gallery_folder, "-m", seen_folder, "-m", seen_folder, "-o", tmp_path / "r", code=2
    )
    assert "one model that measures seen artists, found two" in done.err


def test_evaluate_says_what_it_needs(refuses, tmp_path):
    done = refuses("evaluate", "gallery", code=2)
    assert "found no --model and no --output" in done.err
    done = refuses("evaluate", "gallery", "--redraw", tmp_path, code=2)
    assert "the folder of a report and nothing else" in done.err
    assert "expected a report of schema 1" in refuses("evaluate", "--redraw", tmp_path).err


def test_odd_files_are_collected_or_listed_with_reasons(morelli, tmp_path, monkeypatch):
    """Every way in which files are odd, through the real executable."""
    expected = write_odd_files(tmp_path / "odd" / "Some_Artist")
    done = run_apart("collect", "odd", "-g", "g", "--max-pixels", str(CAP_PIXELS), "--json", cwd=tmp_path)
    assert done.code == 0
    assert "Traceback" not in done.err
    skipped = {Path(skip["path"]).name for skip in done.json["skips"]}
    good = {name for name, is_good in expected.items() if is_good}
    assert skipped >= {name for name, is_good in expected.items() if not is_good} - {"folder.jpg"}
    assert not skipped & good
    assert all(skip["reason"].startswith("expected ") for skip in done.json["skips"])
    assert done.json["works"] == done.json["added"] == len(good) - done.json["repeated"]
    monkeypatch.chdir(tmp_path)
    listed = morelli("info", "g", "--skips", "--json")
    assert {Path(skip["path"]).name for skip in listed.json} == skipped
    for columns in ("60", "300"):
        monkeypatch.setenv("COLUMNS", columns)
        plain = morelli("info", "g", "--skips")
        assert plain.code == 0
        assert "path" in plain.out.splitlines()[1]
        assert "0 bytes" in plain.out
    assert "odd/Some_Artist/text.jpg" in plain.out


def test_every_command_shows_an_example(morelli):
    from morelli.cli.app import app

    for command in app.registered_commands:
        done = morelli(command.name, "--help")
        assert done.code == 0
        assert f"Example: morelli {command.name}" in done.out


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="SIGINT is POSIX")
def test_ctrl_c_says_how_to_go_on(drawn, tmp_path):
    process = subprocess.Popen(
        [EXECUTABLE, "collect", drawn, "-g", tmp_path / "g"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "MORELLI_COMMIT_SIZE": "1"},
    )  # fmt: skip
    while not (tmp_path / "g" / "works.lance" / "_versions").is_dir() and process.poll() is None:
        time.sleep(0.001)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "stopped; run the same command again to go on" in err
    assert "Traceback" not in err
    assert out == ""
