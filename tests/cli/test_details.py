"""``--explain`` and ``--details`` end to end on a tiny network and the drawn gallery."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from judge.tiny import make_tiny
from morelli.cli import details as commands
from morelli.errors import GalleryError
from morelli.gallery import Match
from morelli.judge import Attribution
from morelli.model import write_model


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny")
    made = make_tiny(folder)
    write_model(made.model, folder / "model")
    return SimpleNamespace(model=folder / "model", pictures=made.pictures, made=made)


def test_compare_writes_its_explanation(morelli, tiny, tmp_path):
    arguments = ("compare", *tiny.pictures[:2], "-m", tiny.model, "--device", "cpu")
    plain = morelli(*arguments, "--json")
    done = morelli(*arguments, "--explain", tmp_path / "out", "--json")
    assert done.code == 0
    assert done.json == plain.json
    assert "details.html" in done.err
    told = json.loads((tmp_path / "out" / "details.json").read_text(encoding="utf-8"))
    assert told["log10_likelihood_ratio"] == pytest.approx(plain.json["log10_likelihood_ratio"], abs=1e-3)


def test_references_that_are_not_at_hand_are_listed(tiny, tmp_path, capsys):
    encoder, model = tiny.made.encoder, tiny.made.model
    session = SimpleNamespace(model=model, encoder=encoder, gallery=object())
    matches = [
        Match(rank, f"{rank}" * 16, None, None, None, None, str(path), 0.9)
        for rank, path in enumerate((tiny.pictures[1], tmp_path / "gone.png"), start=1)
    ]
    answer = Attribution(
        picture=str(tiny.pictures[0]), candidates=(), references=tuple(matches), n_artists=2,
        prediction_set=None, level=0.9, none_of_these=None, summary="",
    )  # fmt: skip
    commands.explain_references(session, [answer], tmp_path / "out")
    assert (tmp_path / "out" / "1-0" / f"1-{'1' * 16}" / "details.html").is_file()
    err = capsys.readouterr().err
    assert "1 skipped" in err
    assert "gone.png" in err


def test_attribute_explains_only_with_a_gallery(refuses, tiny, tmp_path):
    done = refuses("attribute", tiny.pictures[0], "-m", tiny.model, "--explain", tmp_path, code=2)
    assert "add --gallery" in done.err


def test_a_work_id_leads_to_its_picture(gallery):
    session = SimpleNamespace(gallery=gallery)
    work = gallery.works().row(0, named=True)
    assert str(commands.find_picture(session, work["id"])) == work["path"]
    assert str(commands.find_picture(session, "a.jpg")) == "a.jpg"
    with pytest.raises(GalleryError, match="expected the work"):
        commands.find_picture(session, "0" * len(work["id"]))


def test_calibrating_on_the_val_part(gallery, unseen_model, monkeypatch):
    from morelli.learn import details as learning

    asked = {}

    def fit(head, encoder, works, **options):
        asked.update(options, works=works, head=head)
        return SimpleNamespace(calibration="calibrated", skips=())

    monkeypatch.setattr(learning, "fit_details", fit)
    model = commands.calibrate_details(unseen_model, gallery, 12, weights=(), device=None, seed=3)
    assert model.details == "calibrated"
    assert (asked["n_pictures"], asked["seed"], asked["head"]) == (12, 3, unseen_model.comparison)
    assert set(asked["works"]["id"]) == set(unseen_model.split.part("val")["id"])
    assert {"artist", "path"} <= set(asked["works"].columns)
