"""``morelli episodes``: the file it writes, and what it says."""

from __future__ import annotations

import json
from collections import Counter
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest

from morelli.collection.splits import draw_split
from morelli.collection.splits.episodes import read_episodes


def test_the_same_seed_writes_the_same_bytes(morelli, gallery_folder, tmp_path):
    one, other = tmp_path / "one.csv", tmp_path / "other.csv"
    options = ("--ways", 2, "--count", 5, "--seed", 3)
    told = morelli("episodes", gallery_folder, "-o", one, *options, "--json").json
    assert told["shots"] == [1, 2, 3, 5, 10]
    assert told["queries"] == 5 * 5 * 2
    assert "works to be named" in morelli("episodes", gallery_folder, "-o", other, *options).out
    assert one.read_bytes() == other.read_bytes()
    assert len(read_episodes(one).filter(k=10, episode=0)) == 22


def test_shots_can_be_chosen(morelli, gallery_folder, tmp_path):
    told = morelli(
        "episodes", gallery_folder, "-o", tmp_path / "e.csv", "-k", 1, "-k", 4, "--count", 2, "--json"
    ).json
    assert told["shots"] == [1, 4]


def test_what_is_refused(morelli, gallery_folder, tmp_path):
    assert morelli("episodes", gallery_folder, "-o", tmp_path / "e.txt", "--count", 1).code == 2
    assert morelli("episodes", gallery_folder, "-o", tmp_path / "e.csv", "--ways", 1).code == 2
    done = morelli("evaluate", gallery_folder, "-m", tmp_path, "-o", tmp_path, "--against", tmp_path)
    assert done.code == 1
    assert "a report of schema 1" in done.err


# ``pairs`` and ``evaluate --pairs`` end to end: files, JSON alone on stdout, and what is refused.


@pytest.mark.parametrize("kind", ["partners", "hard", "all"])
def test_pairs_of_a_split(morelli, gallery_folder, gallery, tmp_path, kind):
    path = tmp_path / f"{kind}.parquet"
    done = morelli("pairs", gallery_folder, "-s", "unseen", "--kind", kind, "-o", path, "--seed", 2, "--json")
    assert done.code == 0, done.err
    frame = pl.read_parquet(path)
    test = set(draw_split(gallery.works(), "unseen", seed=2).part("test")["id"])
    assert set(frame["left"]) | set(frame["right"]) <= test
    same = int(frame["same"].sum())
    assert done.json == {
        "pairs": len(frame), "same": same, "different": len(frame) - same, "unknown": 0, "lost": 0,
        "file": str(path), "list": None,
    }  # fmt: skip
    if kind == "all":
        assert len(frame) == len(test) * (len(test) - 1) // 2
    else:
        assert len(frame) - same <= round(1.75 * same)
    morelli("pairs", gallery_folder, "-s", "unseen", "--kind", kind, "-o", tmp_path / "b.csv", "--seed", 2)
    assert pl.read_csv(tmp_path / "b.csv", schema_overrides={"left": pl.String, "right": pl.String}).equals(
        frame.with_columns(pl.col("same").cast(pl.Int64))
    )


def test_partners_and_ratio_are_heard(morelli, gallery_folder, tmp_path):
    run = ("pairs", gallery_folder, "-o", tmp_path / "pairs.csv", "--json", "--partners", 5)
    thinned, whole = morelli(*run, "--ratio", 0.5).json, morelli(*run, "--ratio", 0).json
    assert thinned["same"] == whole["same"]
    assert thinned["different"] == round(0.5 * whole["same"])
    assert 144 * 5 / 2 < whole["pairs"] <= 144 * 5
    assert "by the same hand" in morelli("pairs", gallery_folder, "-o", tmp_path / "pairs.csv").out


def name_pictures(gallery) -> dict[str, str]:
    """Return the artist of each picture whose file name no other has."""
    works = gallery.works().select("path", "artist").iter_rows()
    named = [(Path(path).name, artist) for path, artist in works]
    counts = Counter(name for name, _ in named)
    return {name: artist for name, artist in named if counts[name] == 1}


def test_official_pairs_are_scored_and_measured(morelli, gallery_folder, gallery, unseen_folder, tmp_path):
    artist = name_pictures(gallery)
    names = list(artist)
    pairs = list(zip(names, [*names[40:], *names[:40]], strict=True)) + list(pairwise(names))
    lines = [f"{n},{left},{right}\n" for n, (left, right) in enumerate([*pairs, ("no.jpg", names[0])])]
    text = "index,image1,image2\n" + "".join(lines)
    (tmp_path / "submission_info.csv").write_text(text, encoding="utf-8")
    converted = tmp_path / "p.parquet"
    official = ("--official", tmp_path / "submission_info.csv")
    done = morelli("pairs", gallery_folder, *official, "-o", converted, "--json")
    assert done.code == 0, done.err
    n_same = sum(artist[left] == artist[right] for left, right in pairs)
    assert (done.json["pairs"], done.json["same"], done.json["lost"]) == (len(pairs), n_same, 1)
    assert "1 pairs lost" in done.err
    assert "no.jpg" in (tmp_path / "p.lost.csv").read_text(encoding="utf-8")

    run = ("evaluate", gallery_folder, "-m", unseen_folder, "--pairs", converted, "-o", tmp_path / "r")
    told = morelli(*run, "--json")
    assert told.code == 0, told.err
    assert told.json == json.loads((tmp_path / "r" / "pairs.json").read_text(encoding="utf-8"))
    assert (told.json["n_pairs"], told.json["pairs"]) == (len(pairs), str(converted))
    assert told.json["command"].endswith(f"--pairs {converted} -o {tmp_path / 'r'} --seed 0")
    assert "hold a work that the model has learnt from" in told.err
    plain = morelli(*run).out
    assert "roc_auc" in plain
    assert "one: all" in plain


def test_a_solution_is_taken(morelli, gallery_folder, gallery, tmp_path):
    first, second = list(name_pictures(gallery))[:2]
    (tmp_path / "s.csv").write_text(f"index,img1,img2\n4,{first},{second}\n", encoding="utf-8")
    (tmp_path / "solution.csv").write_text("index,sameArtist\n4,1\n", encoding="utf-8")
    run = ("pairs", gallery_folder, "--official", tmp_path / "s.csv", "-o", tmp_path / "p.csv", "--json")
    assert morelli(*run, "--solution", tmp_path / "solution.csv").json["same"] == 1


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--official", "s.csv", "--split", "seen"], 2, "no --split and no --part"),
        (["--solution", "s.csv"], 2, "--official beside it"),
        (["--part", "val"], 2, "--split beside it"),
        (["--kind", "some"], 2, "partners, hard, all"),
        (["--partners", "0"], 2, "partners: expected at least 1"),
        (["--ratio", "-1"], 2, "a number from 0 up"),
        (["--split", "seen", "--part", "other"], 1, "part 'other'"),
        (["--official", "absent.csv"], 1, "absent.csv"),
    ],
)
def test_what_makes_no_sense_is_refused(refuses, gallery_folder, tmp_path, arguments, code, message):
    outcome = refuses("pairs", gallery_folder, "-o", tmp_path / "pairs.csv", *arguments, code=code)
    assert message in outcome.err
    assert not list(tmp_path.iterdir())


def test_a_file_without_a_known_ending_is_refused(refuses, gallery_folder, tmp_path):
    assert ".parquet or .csv" in refuses("pairs", gallery_folder, "-o", tmp_path / "pairs", code=2).err


def test_pairs_are_evaluated_with_one_model(refuses, gallery_folder, seen_folder, unseen_folder, tmp_path):
    (tmp_path / "pairs.csv").write_text("left,right\na,b\n")
    run = (
        "evaluate",
        gallery_folder,
        "--pairs",
        tmp_path / "pairs.csv",
        "-o",
        tmp_path / "r",
        "-m",
        seen_folder,
    )
    assert "expected one model, found 2" in refuses(*run, "-m", unseen_folder, code=2).err
    assert "whose works both have a vector" in refuses(*run).err
