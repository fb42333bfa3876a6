"""``split`` and ``export`` on the drawn collection: kinds, filters, files, and what goes to which stream."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

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
