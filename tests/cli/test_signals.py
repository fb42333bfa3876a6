"""Signals on the command line: the profile of `compare`, `search --by`, `evaluate --signals`."""

from __future__ import annotations

import csv
import json
import shutil

import numpy as np
import pytest
from PIL import Image

from morelli.audit.run import _inspect_works
from morelli.collection.duplicates.looks import plant_copy
from morelli.gallery import Gallery
from morelli.model.signals import SIGNALS
from morelli.settings import Settings


@pytest.fixture(scope="module")
def inspected(gallery_folder, tmp_path_factory):
    folder = shutil.copytree(gallery_folder, tmp_path_factory.mktemp("signals") / "gallery")
    _inspect_works(Gallery(folder), Settings(workers=1), lambda *_: None)
    return folder


def test_a_comparison_has_its_profile(morelli, gallery, gallery_folder, signals_folder):
    one, other = gallery.works()["id"][0], gallery.works()["path"][30]
    asked = ("compare", one, other, "-m", signals_folder, "-g", gallery_folder)
    told = morelli(*asked, "--json").json["profile"]["signals"]
    assert [signal["name"] for signal in told] == list(SIGNALS)
    assert all(signal["log10_likelihood_ratio"] is not None for signal in told[1:])
    plain = morelli(*asked).out
    assert all(name in plain for name in SIGNALS)
    assert "two | one" in plain


def test_a_model_without_signals_still_compares(morelli, gallery, gallery_folder, unseen_folder):
    one, other = gallery.works()["id"][:2]
    told = morelli("compare", one, other, "-m", unseen_folder, "-g", gallery_folder, "--json").json
    reasons = {signal["name"]: signal["reason"] for signal in told["profile"]["signals"]}
    assert reasons["hand"] == ("" if told["sufficient"] else "the evidence is not enough")
    assert "train it again" in reasons["style"]


@pytest.mark.parametrize("signal", ["hand", "style", "palette", "subject"])
def test_a_search_by_a_signal(morelli, gallery, gallery_folder, signals_folder, signal):
    work = gallery.works().row(5, named=True)
    asked = ("-g", gallery_folder, "-m", signals_folder, "--by", signal, "-k", 3, "--json")
    by_id, by_file = (morelli("search", query, *asked).json for query in (work["id"], work["path"]))
    assert [match["id"] for match in by_id] == [match["id"] for match in by_file]
    assert {match["signal"] for match in by_id} == {signal}
    assert len(by_id) == 3
    assert work["id"] not in {match["id"] for match in by_id}


def test_a_crop_finds_its_work(morelli, gallery, inspected, tmp_path):
    work = gallery.works().row(9, named=True)
    copy = plant_copy(Image.open(work["path"]).convert("RGB"), "mirrored", np.random.default_rng(0))
    copy.save(tmp_path / "copy.png")
    found = morelli("search", tmp_path / "copy.png", "-g", inspected, "--by", "work", "--json").json
    assert [match["id"] for match in found] == [work["id"]]
    assert found[0]["score"] > 0.8
    assert morelli("search", work["id"], "-g", inspected, "--by", "work", "--json").json == []


def test_what_is_missing_is_said(refuses, gallery, gallery_folder, gallery_copy, unseen_folder):
    work_id = gallery.works()["id"][0]
    asked = ("search", work_id, "-g", gallery_folder)
    assert "add --model" in refuses(*asked, "--by", "style", code=2).err
    assert "expected hand, style, palette, subject, work" in refuses(*asked, "--by", "size", code=2).err
    assert "a model without signals" in refuses(*asked, "--by", "style", "-m", unseen_folder).err
    assert "morelli audit" in refuses(*asked, "--by", "work").err
    for table in gallery_copy.glob("vectors_*.lance"):
        shutil.rmtree(table)
    asked = ("search", work_id, "-g", gallery_copy, "--by", "palette")
    assert "--encoder descriptors" in refuses(*asked).err


def test_signals_are_evaluated(morelli, refuses, gallery_folder, signals_folder, tmp_path, monkeypatch):
    monkeypatch.setattr("morelli.evaluate.signals._N_PAIRS", 60)
    monkeypatch.setattr("morelli.evaluate.signals._N_BOOT", 20)
    monkeypatch.setattr("morelli.evaluate.signals.N_COPIED", 3)
    monkeypatch.setattr("morelli.evaluate.signals.N_HALVED", 10)
    asked = ("evaluate", gallery_folder, "-m", signals_folder, "-o", tmp_path, "--signals")
    done = morelli(*asked, "--json")
    cells = {(cell["signal"], cell["question"]): cell for cell in done.json["cells"]}
    own = {name: cells[name, name]["roc_auc"] for name in SIGNALS if (name, name) in cells}
    assert own["work"] > 0.8
    assert own["palette"] > 0.8
    assert all(cell["low"] <= cell["high"] for cell in cells.values())
    assert {key for key, cell in cells.items() if cell["cllr"] is not None} == {(n, n) for n in own}
    assert done.json == json.loads((tmp_path / "signals.json").read_text())
    with (tmp_path / "signal_correlations.csv").open() as file:
        rows = {(row["signal"], row["other"]): row["spearman"] for row in csv.DictReader(file)}
    assert float(rows["style", "style"]) == pytest.approx(1)
    assert rows["style", "palette"] == rows["palette", "style"]
    assert "one model" in refuses(*asked, "-m", signals_folder, code=2).err
