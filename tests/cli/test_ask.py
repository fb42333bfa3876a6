"""compare from the command line: pairs and sets, what stands against an answer, and what is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from PIL import Image

from judge.tiny import make_tiny
from morelli.cli import ask as commands
from morelli.cli.ask import _choose_sides
from morelli.cli.options import _repeat_options
from morelli.errors import UsageError
from morelli.gallery import Match
from morelli.gallery.index import IndexSummary
from morelli.judge import Attribution, Comparison, Session
from morelli.judge.results import Diagnostics
from morelli.judge.words import INSUFFICIENT
from morelli.model import read_model, write_model
from morelli.model.likelihood_ratio import posterior_probability


@pytest.fixture(scope="module")
def compared_works(gallery) -> list[dict[str, object]]:
    return gallery.works().to_dicts()


@pytest.mark.parametrize(
    ("told", "read"),
    [
        ("--left a b --right c -m m", "--left a --left b --right c -m m"),
        ("--left a --left b --right c d --json", "--left a --left b --right c --right d --json"),
        ("a b --prior 0.1", "a b --prior 0.1"),
        ("--left=a --right b", "--left=a --right b"),
        ("--left --right c", "--right c"),
    ],
)
def test_an_option_for_a_set_takes_all_that_follows(told, read):
    assert _repeat_options(told.split()) == read.split()
    assert _repeat_options(read.split()) == read.split()


@pytest.mark.parametrize(
    ("pair", "left", "right"),
    [([], [], []), (["a"], [], []), (["a", "b", "c"], [], []), ([], ["a"], []), (["a", "b"], ["c"], ["d"])],
)
def test_sides_named_in_no_way_or_in_both_are_refused(pair, left, right):
    with pytest.raises(UsageError, match="compare: expected two works, or --left and --right"):
        _choose_sides(pair, left, right)


def test_sets_of_files_and_ids(morelli, gallery_folder, unseen_folder, compared_works, tmp_path):
    model = read_model(unseen_folder)
    counted = replace(model.comparison.calibration, draws=None)  # as in earlier versions: sets of any size
    write_model(replace(model, comparison=replace(model.comparison, calibration=counted)), tmp_path / "model")
    left = [compared_works[0]["path"], compared_works[1]["id"]]
    right = [compared_works[30]["id"], compared_works[31]["id"], compared_works[32]["id"]]
    arguments = (
        "--left",
        *left,
        "--right",
        *right,
        "-m",
        tmp_path / "model",
        "-g",
        gallery_folder,
        "--crops",
        1,
    )
    told = morelli("compare", *arguments, "--json").json
    assert (told["n_left"], told["n_right"], told["left"]) == (2, 3, ", ".join(map(str, left)))
    assert told["parts"][0]["name"] == "crops"
    assert told["parts"][0]["n"] == 3  # whole and one crop of each side make four, one of them the answer
    assert told["omissions"][0]["kind"] == "work"
    low, high = told["diagnostics"]["interval"]
    assert low <= told["diagnostics"]["log10_likelihood_ratio"] <= high
    assert told["sufficient"] is (not told["reasons"])


def test_sets_that_were_not_calibrated_are_refused(refuses, gallery_folder, unseen_folder, compared_works):
    ids = [work["id"] for work in compared_works]
    sides = ("--left", *ids[:2], "--right", *ids[30:33])
    outcome = refuses("compare", *sides, "-m", unseen_folder, "-g", gallery_folder, code=2)
    assert "too few to calibrate such sets" in outcome.err


def test_what_is_printed(morelli, unseen_folder, compared_works):
    pair = compared_works[0]["path"], compared_works[1]["path"]
    arguments = ("compare", *pair, "-m", unseen_folder, "--prior", 0.2, "--crops", 1)
    told, printed = morelli(*arguments, "--json").json, morelli(*arguments).out
    assert printed.startswith(told["sentence"])
    assert "had the pictures been cropped: log10 ±" in printed
    assert all(f"because {reason}" in printed for reason in told["reasons"])


def test_the_numbers_of_an_answer_are_printed(capsys):
    numbers = Diagnostics(1.3, 1.3, (-1.2, 2.0), (0.4, 2.0), 0.7)
    answer = Comparison(
        "a", "b", 0.5, 1.3, 0.2, 0.83, "Support.", numbers, interval=(0.4, 2.0), sufficient=True
    )
    commands._print_comparison(answer)
    printed = capsys.readouterr().out
    assert "likelihood ratio 20; log10 likelihood ratio +1.30" in printed
    assert "range under re-cropping and re-learning 2.5 to 100; log10 +0.40 to +2.00" in printed
    assert "probability of one hand 83.0% at your prior of 20.0%" in printed
    assert f"collection): {float(posterior_probability(1.3, 0.013)):.1%}" in printed


def test_no_number_is_printed_as_the_answer_where_the_evidence_is_not_enough(capsys):
    numbers = Diagnostics(4.4, 6.2, (-2.0, 4.4), (4.4, 4.4), 0.99996)
    commands._print_comparison(
        Comparison("a", "b", 0.9, None, 0.5, None, INSUFFICIENT, numbers, reasons=("so",))
    )
    printed = capsys.readouterr().out
    assert "because so" in printed
    assert not set("0123456789") & set(printed)


def test_a_picture_that_is_no_painting_is_said_to_be_none(morelli, unseen_folder, compared_works, tmp_path):
    blank = tmp_path / "blank.png"
    Image.new("RGB", (300, 300), "#808080").save(blank)
    told = morelli(
        "compare", compared_works[0]["path"], blank, "-m", unseen_folder, "--crops", 1, "--json"
    ).json
    assert told["sentence"] == INSUFFICIENT
    assert told["reasons"][0] == f"{blank}: nearly one single tone"


@pytest.fixture
def odd_pictures(tmp_path, compared_works):
    """Return a black pixel, a cut-off file, and a painting in one ink."""
    pixel, cut, grey = (tmp_path / name for name in ("pixel.png", "cut.jpg", "grey.png"))
    Image.new("RGB", (1, 1)).save(pixel)
    cut.write_bytes(Path(compared_works[0]["path"]).read_bytes()[:800])
    Image.open(compared_works[0]["path"]).convert("L").save(grey)
    return pixel, cut, grey


def test_a_black_pixel_is_refused_at_every_entrance(
    refuses, unseen_folder, gallery_folder, odd_pictures, tmp_path
):
    pixel = odd_pictures[0]
    for command in (
        ("attribute", pixel, "-m", unseen_folder),
        ("search", pixel, "-g", gallery_folder),
        ("search", pixel, "-g", gallery_folder, "-m", unseen_folder),
        ("enrol", unseen_folder, pixel, "-a", "Somebody", "-o", tmp_path / "more"),
    ):
        assert "1 x 1 pixels, too small to show anything" in refuses(*command, code=1).err
    assert not (tmp_path / "more").exists()


def test_one_bad_picture_is_listed_and_the_others_answered(
    morelli, unseen_folder, compared_works, odd_pictures
):
    pixel, cut, grey = odd_pictures
    done = morelli("attribute", pixel, compared_works[0]["path"], cut, grey, "-m", unseen_folder, "--json")
    assert done.code == 0
    assert [answer["picture"] for answer in done.json] == [str(compared_works[0]["path"]), str(grey)]
    assert "2 skipped" in done.err
    assert str(cut) in done.err
    assert any("in one ink" in doubt for doubt in done.json[1]["doubts"])
    assert not any("in one ink" in doubt for doubt in done.json[0]["doubts"])


def test_a_comparison_carries_the_doubt_of_a_monochrome_work(
    morelli, unseen_folder, compared_works, odd_pictures
):
    asked = ("compare", odd_pictures[2], compared_works[1]["path"], "-m", unseen_folder)
    told = morelli(*asked, "--json").json
    assert any("in one ink" in doubt for doubt in told["doubts"])
    assert not any("one ink" in reason for reason in told["reasons"])
    assert "doubtful: " in morelli(*asked).out


def test_other_numbers_of_crops_are_refused(refuses, unseen_folder, compared_works):
    outcome = refuses(
        "compare",
        compared_works[0]["path"],
        compared_works[1]["path"],
        "-m",
        unseen_folder,
        "--crops",
        9,
        code=2,
    )
    assert "--crops: expected a number from 0 to 5, found 9" in outcome.err


def test_the_card(morelli, unseen_folder, refuses, tmp_path):
    done = morelli("card", unseen_folder, "-o", tmp_path / "card.html")
    assert (done.code, done.out) == (0, "")
    assert "morelli model card" in (tmp_path / "card.html").read_text(encoding="utf-8")
    assert morelli("card", unseen_folder).out.startswith("# Model card: ")
    assert morelli("card", unseen_folder, "--json").json["split"] == "unseen-0"
    outcome = refuses("card", unseen_folder, "-o", "card.pdf", code=2)
    assert "-o: expected a name in .html or .md" in outcome.err


# ``--explain`` and ``--details`` end to end on a tiny network and the drawn gallery.


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
    numbers = plain.json["diagnostics"]
    assert told["diagnostics"]["log10_likelihood_ratio"] == pytest.approx(
        numbers["log10_likelihood_ratio"], abs=1e-3
    )
    assert told["log10_likelihood_ratio"] == plain.json["log10_likelihood_ratio"]
    assert told["sentence"].startswith(plain.json["sentence"])
    assert told["names"] == [path.name for path in tiny.pictures[:2]]


def test_references_that_are_not_at_hand_are_listed(tiny, gallery, tmp_path, capsys):
    session = Session(tiny.made.model, gallery, device="cpu")
    matches = [
        Match(rank, f"{rank}" * 16, None, None, None, None, str(path), 0.9)
        for rank, path in enumerate((tiny.pictures[1], tmp_path / "gone.png"), start=1)
    ]
    answer = Attribution(
        picture=str(tiny.pictures[0]), candidates=(), references=tuple(matches), n_artists=2,
        prediction_set=(), level=0.9, none_of_these=None, summary="",
    )  # fmt: skip
    commands._explain_references(session, [answer], tmp_path / "out")
    assert (tmp_path / "out" / "1-0" / f"1-{'1' * 16}" / "details.html").is_file()
    err = capsys.readouterr().err
    assert "1 skipped" in err
    assert "gone.png" in err


def test_attribute_explains_only_with_a_gallery(refuses, tiny, tmp_path):
    done = refuses("attribute", tiny.pictures[0], "-m", tiny.model, "--explain", tmp_path, code=2)
    assert "add --gallery" in done.err


def test_sets_are_not_explained(refuses, tiny, tmp_path):
    asked = ("compare", "--left", *tiny.pictures[:2], "--right", tiny.pictures[2], "-m", tiny.model)
    done = refuses(*asked, "--explain", tmp_path, code=2)
    assert "--explain: expected one picture on each side, found 2 on one" in done.err


# The command line prints what a session answers, and nothing else.


def test_a_session_answers_as_the_command_line(morelli, gallery_folder, signals_folder, compared_works):
    session = Session.open(signals_folder, gallery_folder)
    work, other = compared_works[5], compared_works[30]
    places = ("-m", signals_folder, "-g", gallery_folder)
    attributed = morelli("attribute", work["path"], *places, "-k", 3, "--json").json
    (answer,) = session.attribute([work["path"]], k=3)
    assert attributed == [json.loads(json.dumps(answer.to_dict()))]
    compared = morelli("compare", work["id"], other["path"], *places, "--crops", 1, "--json").json
    answer = session.compare([work["id"]], [other["path"]], n_crops=1)
    assert compared == json.loads(json.dumps(answer.to_dict()))
    for by in ("hand", "style", "palette"):
        found = morelli("search", work["path"], *places, "--by", by, "-k", 3, "--json").json
        matches = [match.to_dict() for match in session.search(work["path"], by=by, k=3)]
        assert found == [{"signal": by, **match} for match in matches]


def test_answers_are_written_as_pages_and_tables(
    morelli, gallery_folder, unseen_folder, compared_works, tmp_path, refuses
):
    one, other = compared_works[0]["path"], compared_works[40]["id"]
    asked = ("-m", unseen_folder, "-g", gallery_folder)
    assert morelli("compare", one, other, *asked, "-o", tmp_path / "pair.html").code == 0
    assert (tmp_path / "pair.html").read_text().count("data:image/jpeg") == 2
    assert morelli("search", other, *asked, "-k", 3, "-o", tmp_path / "like.csv").code == 0
    assert len((tmp_path / "like.csv").read_text().splitlines()) == 4
    assert morelli("attribute", one, *asked, "-o", tmp_path / "who.html", "--json").code == 0
    assert (tmp_path / "who.html").read_text().count("data:image/jpeg") == 6
    outcome = refuses("search", other, *asked, "-o", tmp_path / "like.doc", code=2)
    assert "expected a file that ends in .html" in outcome.err


def test_open_shows_the_page(morelli, gallery_folder, unseen_folder, compared_works, tmp_path, monkeypatch):
    shown: list[str] = []
    monkeypatch.setattr("typer.launch", shown.append)
    page = tmp_path / "like.html"
    morelli(
        "search", compared_works[0]["id"], "-m", unseen_folder, "-g", gallery_folder, "--open", "-o", page
    )
    assert shown == [str(page)]


def test_a_folder_is_answered_line_by_line_and_goes_on(morelli, drawn, seen_folder, tmp_path, monkeypatch):
    monkeypatch.setattr(commands, "_BATCH", 3)
    painter = sorted(path for path in drawn.iterdir() if path.is_dir())[0]
    n = len(list(painter.iterdir()))
    output = tmp_path / "answers.jsonl"
    asked = ("attribute", painter, "-m", seen_folder, "-k", 1, "-o", output)
    assert morelli(*asked).code == 0
    whole = [json.loads(line)["picture"] for line in output.read_text().splitlines()]
    assert len(whole) == len(set(whole)) == n
    lines = output.read_bytes().splitlines(keepends=True)
    output.write_bytes(b"".join(lines[:4]) + lines[4][:20])  # stopped in the middle of a line
    again = morelli(*asked)
    assert f"4 of {n} pictures are answered" in again.err
    assert [json.loads(line)["picture"] for line in output.read_text().splitlines()] == whole


def test_lines_of_something_else_are_left_alone(refuses, compared_works, seen_folder, tmp_path):
    other = tmp_path / "other.jsonl"
    other.write_text('{"name": 1}\n')
    outcome = refuses("attribute", compared_works[0]["path"], "-m", seen_folder, "-o", other, code=2)
    assert "a line that is no answer" in outcome.err
    assert other.read_text() == '{"name": 1}\n'


def test_index_prints_what_it_measured_and_warns_loudly(morelli, gallery_copy, monkeypatch):
    told = morelli("index", gallery_copy, "--json").json
    assert (told["kind"], told["recall"], told["is_good"]) == ("exact", 1.0, True)
    assert "recall@10 1.000" in morelli("index", gallery_copy).out
    poor = replace(IndexSummary(**{k: v for k, v in told.items() if k != "is_good"}), recall=0.457)
    monkeypatch.setattr("morelli.gallery.index.index_gallery", lambda *_, **__: poor)
    outcome = morelli("index", gallery_copy, "--recall", 0.9)
    assert "WARNING: recall@10 is 0.457, under the 0.9 asked for" in " ".join(outcome.err.split())


def test_what_cannot_be_searched_is_said_with_what_was_meant(refuses, gallery, gallery_folder, seen_folder):
    artist, work_id = gallery.works().select("artist", "id").row(0)
    for text in (artist, artist.split()[-1], artist[:-1] + "z"):
        told = " ".join(refuses("search", text, "-g", gallery_folder).err.split())
        assert "expected a picture, or the id of a work, found neither" in told
        assert f"whose artist is '{artist}' is" in told
    assert "a work whose" not in refuses("search", "Qqqqqq", "-g", gallery_folder).err
    assert "readable file" in refuses("search", "absent.jpg", "-g", gallery_folder).err
    for more in ((), ("-m", seen_folder)):
        where = f"artist = '{artist[:-1]}z'"
        told = refuses("search", work_id, "-g", gallery_folder, "--where", where, *more, code=2).err
        assert f"artist is '{artist}'" in " ".join(told.split())
        told = refuses("search", work_id, "-g", gallery_folder, "--where", "year > 3000", *more, code=2).err
        assert "morelli info GALLERY --artists" in " ".join(told.split())
    told = refuses(
        "search", work_id, "-g", gallery_folder, "-m", seen_folder, "-e", "descriptors", code=2
    ).err
    assert "none beside a model" in told


def test_gallery_and_model_may_stand_in_the_settings(
    morelli, gallery, gallery_folder, seen_folder, tmp_path, monkeypatch
):
    work_id = gallery.works()["id"][0]
    assert morelli("search", work_id, "-k", 2).code == 2
    (tmp_path / "morelli.toml").write_text(f'gallery = "{gallery_folder}"\nmodel = "{seen_folder}"\n')
    monkeypatch.chdir(tmp_path)
    plain = morelli("search", work_id, "-k", 2, "--json").json
    assert plain == morelli("search", work_id, "-k", 2, "--json", "-g", gallery_folder).json
    assert plain != morelli("search", work_id, "-k", 2, "--json", "-m", seen_folder).json
    named = morelli("attribute", work_id, "--json").json
    assert named == morelli("attribute", work_id, "--json", "-m", seen_folder, "-g", gallery_folder).json
    assert morelli("attribute", work_id, "-m", tmp_path / "absent").code == 1  # an option beats the file
    monkeypatch.setenv("MORELLI_MODEL", str(tmp_path / "absent"))
    assert morelli("attribute", work_id).code == 1
