"""compare from the command line: pairs and sets, what stands against an answer, and what is refused."""

from __future__ import annotations

import pytest
from PIL import Image

from morelli.cli.compare import choose_sides, repeat_options
from morelli.errors import UsageError
from morelli.judge.words import INSUFFICIENT, describe_ratio
from morelli.model.likelihood_ratio import posterior_probability


@pytest.fixture(scope="module")
def works(gallery) -> list[dict[str, object]]:
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
    assert repeat_options(told.split()) == read.split()
    assert repeat_options(read.split()) == read.split()


@pytest.mark.parametrize(
    ("pair", "left", "right"),
    [([], [], []), (["a"], [], []), (["a", "b", "c"], [], []), ([], ["a"], []), (["a", "b"], ["c"], ["d"])],
)
def test_sides_named_in_no_way_or_in_both_are_refused(pair, left, right):
    with pytest.raises(UsageError, match="compare: expected two works, or --left and --right"):
        choose_sides(pair, left, right)


def test_sets_of_files_and_ids(morelli, gallery_folder, unseen_folder, works):
    left = [works[0]["path"], works[1]["id"]]
    right = [works[30]["id"], works[31]["id"], works[32]["id"]]
    arguments = ("--left", *left, "--right", *right, "-m", unseen_folder, "-g", gallery_folder, "--crops", 1)
    told = morelli("compare", *arguments, "--json").json
    assert (told["n_left"], told["n_right"], told["left"]) == (2, 3, ", ".join(map(str, left)))
    assert told["parts"][0]["name"] == "crops"
    assert told["parts"][0]["n"] == 3  # whole and one crop of each side make four, one of them the answer
    assert told["omissions"][0]["kind"] == "work"
    low, high = told["interval"]
    assert low < told["log10_likelihood_ratio"] < high
    assert told["sufficient"] is (not told["reasons"])


def test_what_is_printed(morelli, unseen_folder, works):
    pair = works[0]["path"], works[1]["path"]
    arguments = ("compare", *pair, "-m", unseen_folder, "--prior", 0.2, "--crops", 1)
    told, printed = morelli(*arguments, "--json").json, morelli(*arguments).out
    assert printed.startswith(told["sentence"])
    evidence = told["log10_likelihood_ratio"]
    assert f"likelihood ratio {describe_ratio(evidence)}; log10 likelihood ratio {evidence:+.2f}" in printed
    assert f"log10 {told['interval'][0]:+.2f} to {told['interval'][1]:+.2f}" in printed
    assert "had the pictures been cropped: log10 ±" in printed
    assert f"{told['probability']:.1%} at your prior of 20.0%" in printed
    assert f"collection): {float(posterior_probability(evidence, 0.013)):.1%}" in printed
    assert all(f"because {reason}" in printed for reason in told["reasons"])


def test_a_picture_that_is_no_painting_is_said_to_be_none(morelli, unseen_folder, works, tmp_path):
    blank = tmp_path / "blank.png"
    Image.new("RGB", (300, 300), "#808080").save(blank)
    told = morelli("compare", works[0]["path"], blank, "-m", unseen_folder, "--crops", 1, "--json").json
    assert told["sentence"] == INSUFFICIENT
    assert told["reasons"][0] == f"{blank}: nearly one single tone"


def test_other_numbers_of_crops_are_refused(refuses, unseen_folder, works):
    outcome = refuses(
        "compare", works[0]["path"], works[1]["path"], "-m", unseen_folder, "--crops", 9, code=2
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
