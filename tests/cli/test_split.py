"""``split``, ``export``, ``episodes`` and ``pairs``: what they draw, write and say, and what they refuse."""

from __future__ import annotations

import json
from collections import Counter
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest

from morelli.collection.splits import draw_split
from morelli.collection.splits.episodes import read_episodes
from morelli.gallery import Gallery


@pytest.fixture
def mixed_gallery(gallery_copy: Path) -> Path:
    """Return the gallery with four sources, official parts, and eight works that are not autograph."""
    gallery = Gallery(gallery_copy)
    place = pl.int_range(pl.len())
    gallery.store_works(
        gallery.works().with_columns(
            source=pl.format("museum {}", place % 4),
            part=pl.when(place < 100).then(pl.lit("train")).when(place < 140).then(pl.lit("test")),
            qualifier=pl.when(place % 18 == 0).then(pl.lit("workshop of")),
        )
    )
    return gallery_copy


@pytest.mark.parametrize(
    ("kind", "n_works"), [("seen", 136), ("unseen", 136), ("source", 136), ("official", 132)]
)
def test_every_kind_can_be_drawn_and_tells_its_works(morelli, mixed_gallery, kind, n_works):
    done = morelli("split", mixed_gallery, kind, "--json")
    assert done.code == 0
    assert sum(part["works"] for part in done.json["parts"].values()) == n_works
    assert done.json["steps"][-1]["n_works"] == n_works
    assert "autograph: 136 works of 12 artists, 8 left out; --with-qualified keeps the others" in done.err
    if kind == "source":
        names = [step["name"] for step in done.json["steps"]]
        assert names == ["all works", "with an artist", "autograph", "with a source"]


def test_works_with_a_qualifier_take_part_when_told(morelli, mixed_gallery):
    done = morelli("split", mixed_gallery, "--with-qualified", "--json")
    assert sum(part["works"] for part in done.json["parts"].values()) == 144
    assert "autograph" not in done.err


def test_filters_tell_what_they_keep(morelli, mixed_gallery):
    done = morelli(
        "split", mixed_gallery, "unseen", "--largest", 8, "--max-works", 5, "--min-works", 2, "--both-parts",
        "--json",
    )  # fmt: skip
    steps = [step["name"] for step in done.json["steps"][3:]]
    assert steps == [
        "artists with works in train and test",
        "artists with at least 2 works",
        "the 8 largest artists",
        "at most 5 works per artist",
    ]
    assert sum(part["works"] for part in done.json["parts"].values()) == 40
    assert "at most 5 works per artist: 40 works of 8 artists" in done.err


def test_styles_are_filtered_and_divided(morelli, gallery_folder, gallery):
    sizes = gallery.works()["style"].str.split("|").list.first().value_counts()
    largest = int(sizes["count"].max())
    done = morelli("split", gallery_folder, "--by", "style", "--styles", f"1-{largest}", "--json")
    assert done.json["split"] == "seen-style-0"
    assert done.json["steps"][-2]["name"] == f"styles with 1 to {largest} works"
    assert sum(part["works"] for part in done.json["parts"].values()) == 144


def test_a_condition_chooses_works(morelli, gallery_folder):
    done = morelli("split", gallery_folder, "--where", "year < 1880", "--json")
    assert done.json["steps"][0]["n_works"] < 144


def test_a_file_is_fitted_and_written_again(morelli, gallery_folder, tmp_path):
    drawn, foreign, out = (tmp_path / f"{name}.csv" for name in ("drawn", "foreign", "out"))
    first = morelli("split", gallery_folder, "unseen", "-o", drawn, "--json")
    table = pl.read_csv(drawn, schema_overrides={"id": pl.String})
    table.with_columns(id=pl.lit("x") + pl.col("id")).head(100).write_csv(foreign)
    done = morelli("split", gallery_folder, "--split-file", foreign, "-o", out, "--json")
    assert done.json["file"] == {"rows": 100, "by_id": 0, "by_content": 100, "missing": 0, "unnamed": 44}
    assert "0 of 100 rows found by id, 100 by content, 0 not found; 44 works" in done.err
    assert set(pl.read_csv(out, schema_overrides={"id": pl.String})["id"]) <= set(table["id"])
    again = morelli("split", gallery_folder, "--split-file", drawn, "--json")
    assert again.json["sha256"] == first.json["sha256"]


def test_near_duplicates_across_official_parts_are_told(morelli, mixed_gallery):
    gallery = Gallery(mixed_gallery)
    rows = gallery.works()
    pair = rows.filter(pl.col("part").is_not_null() & pl.col("qualifier").is_null())
    twins = pl.concat([pair.filter(pl.col("part") == part).head(1) for part in ("train", "test")])
    gallery.store_works(twins.with_columns(group_id=pl.lit("one painting")))
    done = morelli("split", mixed_gallery, "official", "--json")
    assert done.json["torn_groups"] == 1
    assert "groups of near-duplicates in more than one part: 1; they were not moved" in done.err


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--styles", "many"), 2, "such as 2000-5000"),
        (("--styles", "5-2"), 2, "found 5 and 2"),
        (("--largest", "0"), 2, "at least 1"),
        (("--by", "colour"), 2, "artist, style or genre"),
        (("unseen", "--by", "style"), 2, "the kind seen"),
        (("source",), 1, "at least 2 sources"),
        (("official",), 1, "no work in any part"),
        (("--both-parts",), 1, "works that meet it"),
        (("seen", "--split-file", "x.csv"), 2, "no kind, class or filter beside it"),
        (("--split-file", "x.csv"), 1, "x.csv"),
    ],
)
def test_what_cannot_be_drawn_is_refused(refuses, gallery_folder, arguments, code, message):
    assert message in refuses("split", gallery_folder, *arguments, code=code).err


@pytest.mark.parametrize("layout", ["folders", "hf", "webdataset"])
def test_export_writes_once_and_goes_on(morelli, mixed_gallery, tmp_path, layout):
    arguments = (
        "export",
        mixed_gallery,
        "--split",
        "unseen",
        "-o",
        tmp_path / "out",
        "--as",
        layout,
        "--seed",
        2,
    )
    done = morelli(*arguments, "--json")
    assert done.code == 0
    assert (done.json["written"], done.json["already"], done.json["skips"]) == (136, 0, [])
    assert (
        done.json["parts"]
        == json.loads((tmp_path / "out" / "export.json").read_text(encoding="utf-8"))["parts"]
    )
    assert "8 left out" in done.err
    assert f"{tmp_path / 'out'}: 0 works written, 136 already there, 0 skipped" in morelli(*arguments).out


def test_export_tells_renamed_classes_and_skips(morelli, mixed_gallery, tmp_path):
    gallery = Gallery(mixed_gallery)
    works = gallery.works().filter(pl.col("qualifier").is_null())
    gallery.store_works(works.head(1).with_columns(artist=pl.lit("A/B"), path=pl.lit("/absent.jpg")))
    gallery.store_works(works[1:2].with_columns(artist=pl.lit("A/B")))
    done = morelli("export", mixed_gallery, "-o", tmp_path / "out", "--link", "soft")
    assert done.code == 0
    assert "class 'A/B' is in the folder 'A_B'" in done.err
    assert "/absent.jpg: expected a readable file, found no such file or directory" in done.err
    assert "135 works written, 0 already there, 1 skipped" in done.out.replace("\n", "")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--as", "zip"), 2),
        (("--link", "none"), 2),
        (("--as", "hf", "--link", "hard"), 2),
        (("--shard-mb", "0", "--as", "hf"), 2),
        (("--by", "colour"), 2),
        (("--split", "absent.csv"), 1),
    ],
)
def test_an_export_that_makes_no_sense_is_refused(refuses, gallery_folder, tmp_path, arguments, code):
    refuses("export", gallery_folder, "-o", tmp_path / "out", *arguments, code=code)


def test_training_takes_autograph_works_only(refuses, mixed_gallery, tmp_path, monkeypatch):
    from morelli.errors import SplitError

    seen: list[int] = []

    def train_model(embeddings, card, split, **options):
        seen.append(len(split.table))
        raise SplitError("split", expected="nothing more", found="enough", remedy="stop here")

    monkeypatch.setattr("morelli.learn.hand.train_model", train_model)
    arguments = ("train", mixed_gallery, "-o", tmp_path / "model")
    assert "8 left out; --with-qualified keeps the others" in refuses(*arguments).err
    assert "left out" not in refuses(*arguments, "--with-qualified").err
    assert seen == [136, 144]


def test_export_needs_a_gallery(refuses, tmp_path):
    assert "absent" in refuses("export", "absent", "-o", tmp_path / "out").err


# ``episodes``: the file it writes, and what it says.


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
