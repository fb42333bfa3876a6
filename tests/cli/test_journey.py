"""Every command end to end on the drawn collection: JSON alone on stdout, everything else on stderr."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from PIL import Image

from morelli.audit import run as auditing
from morelli.cli.evaluate import _print_answers, _print_rows
from morelli.gallery import Gallery
from morelli.model import read_model
from morelli.report.folder import read_report


@pytest.fixture(scope="module")
def works(gallery) -> list[dict[str, object]]:
    return gallery.works().to_dicts()


def test_collect(morelli, drawn, tmp_path):
    done = morelli("collect", drawn, "--gallery", tmp_path / "g", "--json")
    assert done.code == 0
    assert (done.json["layout"], done.json["added"], done.json["skips"]) == ("table", 144, [])
    assert "layout table: 'works.csv' has paths" in done.err
    again = morelli("collect", drawn, "-g", tmp_path / "g")
    assert "144 works in" in again.out
    assert "0 added, 0 updated, 0 files repeated, 144 unchanged, 0 replaced, 0 skipped" in again.out


def test_embed_goes_on_where_it_was_stopped(morelli, gallery_copy):
    done = morelli("embed", gallery_copy, "--encoder", "descriptors", "--workers", 0, "--json")
    assert done.code == 0
    assert (done.json["embedded"], done.json["already"], done.json["encoder"]) == (0, 144, "descriptors")
    assert "144 already there" in morelli("embed", gallery_copy).out


def test_info(morelli, gallery_folder):
    told = morelli("info", gallery_folder, "--json").json
    assert (told["works"], told["without_artist"], told["skips"]) == (144, 0, 0)
    assert sum(told["artists"].values()) == 144
    assert told["encoders"][0]["works"] == 144
    plain = morelli("info", gallery_folder)
    assert "144 works by 12 artists" in plain.out
    assert "encoder descriptors" in plain.out
    listed = morelli("info", gallery_folder, "--artists").out
    assert all(artist in listed for artist in told["artists"])


@pytest.mark.parametrize("kind", ["seen", "unseen"])
def test_split(morelli, gallery_folder, tmp_path, kind):
    done = morelli("split", gallery_folder, kind, "--seed", 3, "-o", tmp_path / "split.csv", "--json")
    assert done.json["split"] == f"{kind}-3"
    table = pl.read_csv(tmp_path / "split.csv")
    for part, counts in done.json["parts"].items():
        rows = table.filter(pl.col("part") == part)
        assert counts == {"works": len(rows), "artists": rows["artist"].n_unique()}
    assert f"split {kind}-3" in morelli("split", gallery_folder, kind, "--seed", 3).out


def test_train_from_a_split_file(morelli, gallery_folder, tmp_path, monkeypatch):
    from functools import partial

    from morelli.learn.heads import ContrastiveSpace, SoftmaxSpace, comparison, signals
    from morelli.learn.heads import signals as planted

    monkeypatch.setattr(signals, "ContrastiveSpace", partial(ContrastiveSpace, n_steps=5))
    monkeypatch.setattr(planted, "_N_COPIED", 2)

    for space in (ContrastiveSpace, SoftmaxSpace):
        monkeypatch.setattr(comparison, space.__name__, partial(space, n_steps=5))
    monkeypatch.setattr("morelli.learn.heads.open_set._N_STEPS", 5)
    morelli("split", gallery_folder, "seen", "--seed", 1, "-o", tmp_path / "split.csv")
    done = morelli("train", gallery_folder, "-s", tmp_path / "split.csv", "-o", tmp_path / "model", "--json")
    assert done.code == 0
    assert done.json == json.loads((tmp_path / "model" / "card.json").read_text(encoding="utf-8"))
    assert len(read_model(tmp_path / "model").attribution.artists) == 12
    plain = morelli("train", gallery_folder, "-s", tmp_path / "split.csv", "-o", tmp_path / "model")
    assert "12 artists, comparison" in plain.out


def test_attribute(morelli, gallery_folder, seen_folder, works):
    paths = [works[0]["path"], works[70]["path"]]
    arguments = ("attribute", *paths, "-m", seen_folder, "-g", gallery_folder, "-k", 3)
    told = morelli(*arguments, "--json").json
    assert [answer["picture"] for answer in told] == paths
    for answer, work in zip(told, (works[0], works[70]), strict=True):
        assert len(answer["candidates"]) == 3
        assert work["id"] not in {match["id"] for match in answer["references"]}
    plain = morelli(*arguments).out
    assert "if it is one of the 12 artists known:" in plain
    assert plain.index("none of these: ") < plain.index("probability")
    assert "nearest reference works" in plain
    assert "%" in plain


def test_compare_files_and_ids(morelli, gallery_folder, unseen_folder, works):
    first, second = works[0], works[1]
    by_file = morelli(
        "compare", first["path"], second["path"], "-m", unseen_folder, "--prior", 0.1, "--crops", 0, "--json"
    ).json
    by_id = morelli(
        "compare",
        first["id"],
        second["id"],
        "-m",
        unseen_folder,
        "-g",
        gallery_folder,
        "--prior",
        0.1,
        "--crops",
        0,
        "--json",
    ).json
    assert by_file["prior"] == 0.1
    assert by_file["score"] == pytest.approx(by_id["score"], abs=1e-5)
    back = morelli("compare", second["path"], first["path"], "-m", unseen_folder, "--crops", 1, "--json").json
    assert back["log10_likelihood_ratio"] == pytest.approx(by_file["log10_likelihood_ratio"], abs=1e-6)


def test_search_equals_comparing_stored_vectors(morelli, gallery_folder, gallery, works):
    query = works[5]
    told = morelli("search", query["id"], "-g", gallery_folder, "-k", 4, "--json").json
    embeddings = gallery.embeddings(gallery.encoder().fingerprint)
    unit = embeddings.vectors / np.linalg.norm(embeddings.vectors, axis=1, keepdims=True)
    scores = dict(zip(embeddings.ids, unit @ unit[embeddings.ids.index(query["id"])], strict=True))
    del scores[query["id"]]
    expected = sorted(scores, key=scores.__getitem__, reverse=True)[:4]
    assert [match["id"] for match in told] == expected
    by_file = morelli("search", query["path"], "-g", gallery_folder, "-k", 4, "--json").json
    assert [match["id"] for match in by_file] == expected


def test_search_in_a_models_space_under_a_condition(morelli, gallery_folder, unseen_folder, works):
    query = works[5]
    artist = str(query["artist"]).replace("'", "''")
    told = morelli(
        "search", query["path"], "-g", gallery_folder, "-m", unseen_folder, "-k", 50,
        "--where", f"artist = '{artist}'", "--json",
    ).json  # fmt: skip
    assert {match["artist"] for match in told} == {query["artist"]}
    assert len(told) == 11
    assert query["id"] not in {match["id"] for match in told}
    plain = morelli("search", query["id"], "-g", gallery_folder, "-m", unseen_folder, "-k", 2).out
    assert "works like" in plain


def print_report(folder, capsys, how) -> str:
    capsys.readouterr()
    how(read_report(folder))
    return capsys.readouterr().out


def test_evaluate(morelli, gallery_folder, seen_folder, unseen_folder, tmp_path, capsys):
    done = morelli(
        "evaluate",
        gallery_folder,
        "-m",
        seen_folder,
        "-m",
        unseen_folder,
        "-o",
        tmp_path / "report",
        "--json",
    )
    assert done.code == 0
    assert done.json == json.loads((tmp_path / "report" / "report.json").read_text(encoding="utf-8"))
    assert {(row["task"], row["part"]) for row in done.json["rows"]} == {
        ("attribution", "seen"),
        ("comparison", "seen"),
        ("comparison", "unseen"),
        ("retrieval", "seen"),
        ("retrieval", "unseen"),
        ("k_shot", "unseen"),
        ("open_set", "unseen"),
    }
    assert (tmp_path / "report" / "report.html").stat().st_size > 1000
    answers, everything = (
        print_report(tmp_path / "report", capsys, how) for how in (_print_answers, _print_rows)
    )
    accuracy = next(row for row in done.json["rows"] if row["metric"] == "accuracy")
    assert f"  seen artists    {100 * accuracy['value']:.0f}\u202f% [" in answers
    assert "  unseen artists  not measured: a model can only name artists" in answers
    assert len(answers.splitlines()) <= 18
    assert f"{accuracy['value']:.3f}" in everything
    assert "report:" in done.err
    page = (tmp_path / "report" / "report.html").read_bytes()
    (tmp_path / "report" / "report.html").unlink()
    assert "report.html" in morelli("evaluate", "--redraw", tmp_path / "report").err
    assert (tmp_path / "report" / "report.html").read_bytes() == page
    card = morelli("card", unseen_folder, "--report", tmp_path / "report" / "report.json").out
    assert "| test | comparison | unseen |" in card
    assert "| test | comparison | seen |" not in card


def test_json_keeps_every_character(morelli, gallery_copy, works):
    from morelli.collection.work import works_from_frame

    gallery = Gallery(gallery_copy)
    title = 'a [bold]b[/bold] :smile: \t"c"\\ <d> Ærø 葛飾 \x07'
    (first, second) = works_from_frame(gallery.works())[:2]
    frame = (
        gallery.works()
        .filter(pl.col("id") == second.id)
        .with_columns(title=pl.lit(title), artist=pl.lit("[/x]"))
    )
    gallery.store_works(frame)
    told = morelli("search", first.id, "-g", gallery_copy, "-k", 200, "--json").json
    (match,) = [match for match in told if match["id"] == second.id]
    assert (match["title"], match["artist"]) == (title, "[/x]")
    plain = morelli("search", first.id, "-g", gallery_copy, "-k", 200)
    assert plain.code == 0
    assert "[/x]" in plain.out
    assert morelli("info", gallery_copy, "--artists").code == 0


def test_folders_may_have_any_name(morelli, drawn, gallery_folder, tmp_path):
    import shutil

    name = "[/b] :smile: two words"
    folder = shutil.copytree(gallery_folder, tmp_path / name)
    for arguments in (("collect", drawn, "-g", folder), ("info", folder), ("info", folder, "--skips")):
        done = morelli(*arguments)
        assert done.code == 0
        assert "".join(name.split()) in "".join(done.out.split())  # the title of a narrow table is folded


def test_demo_on_pictures_without_artists_does_what_can_be_done(morelli, tmp_path, monkeypatch):
    (tmp_path / "pictures").mkdir()
    rng = np.random.default_rng(0)
    for number in range(4):
        pixels = rng.integers(0, 255, (40, 50, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(tmp_path / "pictures" / f"IMG_{number}.png")
    monkeypatch.setenv("MORELLI_WORKERS", "0")
    done = morelli("demo", tmp_path / "pictures", "-o", tmp_path / "out", "--seed", 0)
    assert done.code == 0, done.err
    assert (
        "No model for seen artists. split: expected at least 2 artists, found 0; collect works of" in done.err
    )
    assert "No model for unseen artists. split: expected at least 4 artists" in done.err
    assert "4/5 train: left out" in done.err
    assert not list((tmp_path / "out").glob("model-*"))
    lines = [line.strip() for line in done.out.splitlines() if line.strip().startswith("morelli ")]
    assert [line.split()[1] for line in lines] == ["search", "demo"]
    assert morelli(*lines[0].split()[1:]).code == 0


@pytest.mark.slow
def test_demo_on_a_folder_of_pictures(morelli, drawn, tmp_path, monkeypatch):
    from functools import partial

    from morelli.learn.heads import ContrastiveSpace, SoftmaxSpace, comparison, signals
    from morelli.learn.heads import signals as planted

    monkeypatch.setattr(signals, "ContrastiveSpace", partial(ContrastiveSpace, n_steps=5))
    monkeypatch.setattr(planted, "_N_COPIED", 2)

    for space in (ContrastiveSpace, SoftmaxSpace):
        monkeypatch.setattr(comparison, space.__name__, partial(space, n_steps=5))
    monkeypatch.setattr("morelli.learn.heads.open_set._N_STEPS", 5)
    monkeypatch.setenv("MORELLI_WORKERS", "0")
    monkeypatch.setattr(auditing, "find_shortcuts", lambda *_, **__: [])  # most of an audit's time
    monkeypatch.setattr("morelli.report.page.embed_drawing", lambda _: "<svg></svg>")  # most of a page's
    done = morelli("demo", drawn, "-o", tmp_path / "out", "--seed", 0)
    assert done.code == 0, done.err
    for step in ("1/5", "2/5", "3/5", "4/5", "5/5"):
        assert step in done.err
    report = json.loads((tmp_path / "out" / "report" / "report.json").read_text(encoding="utf-8"))
    assert {row["part"] for row in report["rows"]} == {"seen", "unseen"}
    assert (tmp_path / "out" / "audit" / "audit.html").is_file()
    lines = [line.strip() for line in done.out.splitlines() if line.strip().startswith("morelli ")]
    assert [line.split()[1] for line in lines] == ["attribute", "compare", "search", "demo"]
    import shlex

    for line in lines[:3]:  # what it says to type next works
        assert morelli(*shlex.split(line)[1:]).code == 0
    monkeypatch.setattr("morelli.cli.evaluate.evaluate", lambda *_, **__: None)
    monkeypatch.setattr("morelli.cli.train.train", lambda *_, **__: None)
    again = morelli("demo", drawn, "-o", tmp_path / "out", "--seed", 0)
    assert again.code == 0
    assert "0 added" in again.out


def test_validate(morelli, gallery_folder, seen_folder, unseen_folder, tmp_path, monkeypatch):
    report = read_report(Path(__file__).parents[1] / "reference" / "files" / "report")  # measuring takes long
    monkeypatch.setattr("morelli.cli.evaluate._evaluate_splits", lambda *_, **__: report)
    asked = tmp_path / "criteria.yaml"
    asked.write_text("criteria:\n- {measure: comparison/unseen/roc_auc, at_least: 0.0, why: a floor}\n")
    command = ("validate", gallery_folder, "-m", seen_folder, "-m", unseen_folder, "--criteria", asked)
    done = morelli(*command, "-o", tmp_path / "v", "--json")
    assert (done.code, done.json["met"]) == (0, True)
    assert json.loads((tmp_path / "v" / "validation.json").read_text(encoding="utf-8")) == done.json
    assert len(done.json["sha256"]) == 4
    page = (tmp_path / "v" / "validation.html").read_text(encoding="utf-8")
    assert "All criteria are met." in page
    assert "a floor" in page
    asked.write_text("criteria:\n- {measure: comparison/unseen/roc_auc, at_least: 1.1}\n")
    done = morelli(*command, "-o", tmp_path / "v")
    assert done.code == 1
    assert "not met" in done.out
    assert "Not all criteria are met." in (tmp_path / "v" / "validation.html").read_text(encoding="utf-8")
