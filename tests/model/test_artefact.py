"""A model folder: an exact round trip, refused when it is not whole, and no code in it."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from morelli.collection.splits import Split
from morelli.encode.spec import EncoderCard, PartCard
from morelli.encode.transform import Transform
from morelli.errors import ModelError
from morelli.model import (
    AttributionHead,
    Calibration,
    Cohort,
    ComparisonHead,
    Layers,
    LikelihoodRatioMap,
    Model,
    Rule,
    Standardisation,
    Step,
    artefact,
    read_model,
    write_model,
)
from morelli.model.comparison import ArtistSpace


def make_model(*spaces: str) -> Model:
    rng = np.random.default_rng(0)

    def draw(*shape: int) -> np.ndarray:
        return rng.normal(size=shape).astype(np.float32)

    parts = (
        PartCard("test_vit", "", ("blocks.1",), "mean+std", "ab" * 32, Transform(160), 4, "w.pth", "a note"),
        PartCard("descriptors", "1", (), "own", "", None, 2),
    )
    table = pl.DataFrame(
        {
            "id": ["a", "b"],
            "artist": ["Goya, y Lucientes", "葛飾"],
            "group": [0, 1],
            "part": ["train", "test"],
        }
    )
    has_artists = "softmax" in spaces
    return Model(
        encoder=EncoderCard(parts, {"parts": [{"model": "test_vit"}, {"model": "descriptors"}]}),
        attribution=AttributionHead(
            Standardisation(draw(6), draw(6)), ("Goya, y Lucientes", "葛飾"), draw(6, 2), draw(2), 1.7
        ),
        comparison=ComparisonHead(
            Standardisation(draw(6), draw(6)), {space: draw(6, 3) for space in spaces},
            0.25 if spaces else 0.0,
            Cohort(draw(4, 3 * len(spaces) + 6 + 5 * has_artists), 2, 2.0) if spaces else None,
            Calibration({1: LikelihoodRatioMap.linear(9.123456789012345, -1e-17),
                         3: LikelihoodRatioMap.linear(2.0, 0.5)}, "logistic"),
            artists=ArtistSpace("softmax", draw(3, 5), 0.0625, 4.0) if has_artists else None,
        ),
        split=Split("unseen", 7, table),
        facts={"collection": "Œuvres", "seed": 7, "validation": {"n_pairs": 3}},
    )  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_model(make_model("lda", "softmax"), tmp_path / "deep" / "model")
    return tmp_path / "deep" / "model"


@pytest.mark.parametrize("spaces", [(), ("lda",), ("softmax", "lda")])
def test_the_round_trip_is_exact(tmp_path: Path, spaces: tuple[str, ...]) -> None:
    model = make_model(*spaces)
    write_model(model, tmp_path)
    again = read_model(tmp_path)
    assert again.encoder == model.encoder
    assert again.to_card() == model.to_card()
    assert dict(again.facts) == dict(model.facts)
    assert again.split.table.equals(model.split.table)
    assert (again.split.name, again.split.digest) == ("unseen-7", model.split.digest)
    vectors = np.random.default_rng(1).normal(size=(5, 6)).astype(np.float32)
    np.testing.assert_array_equal(
        again.attribution.predict_proba(vectors), model.attribution.predict_proba(vectors)
    )
    np.testing.assert_array_equal(again.comparison.transform(vectors), model.comparison.transform(vectors))
    for n_works in (1, 2, 9):
        np.testing.assert_array_equal(
            again.comparison.log10_likelihood_ratio(np.array([-0.4, 0.3]), n_works, n_works),
            model.comparison.log10_likelihood_ratio(np.array([-0.4, 0.3]), n_works, n_works),
        )
    assert repr(again) == repr(model)


def test_layers_owners_and_a_rule_are_kept(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)

    def draw(*shape: int) -> np.ndarray:
        return rng.normal(size=shape).astype(np.float32)

    model, embed = make_model(), Layers((Step("affine", draw(6, 4), draw(4)), Step("prelu", draw(1))))
    pair = Layers((Step("affine", draw(6, 3), draw(3)), Step("relu"), Step("affine", draw(3, 1), draw(1))))
    attribution = replace(
        model.attribution, coefficients=draw(4, 5), intercepts=draw(5), layers=embed,
        owners=np.array([0, 1, 1, 0, 1], dtype=np.int32),
    )  # fmt: skip
    rule = Rule("network", Layers((Step("affine", draw(4, 3), draw(3)), Step("softmax"))), pair)
    comparison = replace(
        model.comparison, standardisation=Standardisation.identity(6), layers=embed, rule=rule
    )
    write_model(replace(model, attribution=attribution, comparison=comparison), tmp_path)
    again = read_model(tmp_path)
    vectors = draw(5, 6)
    np.testing.assert_array_equal(
        again.attribution.predict_proba(vectors), attribution.predict_proba(vectors)
    )
    rows = comparison.read_rows(vectors)
    np.testing.assert_array_equal(again.comparison.read_rows(vectors), rows)
    np.testing.assert_array_equal(
        again.comparison.rule.score_all(rows, rows), comparison.rule.score_all(rows, rows)
    )
    assert again.comparison.method == "network"
    card = json.loads((tmp_path / "card.json").read_text(encoding="utf-8"))
    assert card["comparison"]["rule"]["kind"] == "network"
    assert card["attribution"]["layers"] == {"steps": ["affine", "prelu"], "n_parameters": 29}


def test_what_both_heads_share_is_kept_once(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    weights = rng.normal(size=(6, 50_000)).astype(np.float32)
    layers = Layers((Step("affine", weights, np.zeros(50_000, np.float32)),))
    model = make_model()
    attribution = replace(model.attribution, coefficients=np.ones((50_000, 2), np.float32), layers=layers)
    model = replace(model, attribution=attribution, comparison=replace(model.comparison, layers=layers))
    vectors = rng.normal(size=(2, 6)).astype(np.float32)
    for folder in (tmp_path / "first", tmp_path / "second"):
        write_model(model, folder)
        names = set(load_file(folder / "model.safetensors"))
        assert "attribution.layers.0.weights" in names
        assert "comparison.layers.0.weights" not in names
        again = read_model(folder)
        np.testing.assert_array_equal(again.comparison.embed(vectors), model.comparison.embed(vectors))
        np.testing.assert_array_equal(
            again.attribution.predict_proba(vectors), model.attribution.predict_proba(vectors)
        )
        model = again  # what was read is written alike
    assert "shared" not in again.facts


def test_writing_again_replaces_what_was_there(folder: Path) -> None:
    write_model(make_model(), folder)
    assert read_model(folder).comparison.method == "cosine"
    assert len(list(folder.iterdir())) == 3


def test_the_card_can_be_read_by_people(folder: Path) -> None:
    text = (folder / "card.json").read_text(encoding="utf-8")
    card = json.loads(text)
    assert card["schema"] == 2
    assert card["attribution"]["artists"] == ["Goya, y Lucientes", "葛飾"]
    assert card["encoder"]["fingerprint"] == make_model().encoder.fingerprint
    assert "葛飾" in text


def test_nothing_in_the_folder_is_pickled(folder: Path) -> None:
    for path in folder.iterdir():
        content = path.read_bytes()
        assert not content.startswith((b"\x80", b"PK"))  # pickle, and torch's zip files
    load_file(folder / "model.safetensors")
    json.loads((folder / "card.json").read_text(encoding="utf-8"))
    pl.read_csv(folder / "split.csv")


@pytest.mark.parametrize("name", ["card.json", "model.safetensors", "split.csv"])
@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe rubbish", b"[]", b"{}", "half"])
def test_a_folder_that_is_not_whole_is_refused(folder: Path, name: str, content: bytes | str | None) -> None:
    path = folder / name
    whole = path.read_bytes()
    if content is None:
        path.unlink()
    else:
        path.write_bytes(whole[: len(whole) // 2] if isinstance(content, str) else content)
    with pytest.raises(
        ModelError, match=r"expected a model folder with card.json, model.safetensors and split"
    ):
        read_model(folder)


def test_another_schema_is_refused(folder: Path) -> None:
    card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    (folder / "card.json").write_text(json.dumps({**card, "schema": 1}), encoding="utf-8")
    with pytest.raises(ModelError, match="schema 1, not 2"):
        read_model(folder)


def test_the_split_of_another_model_is_refused(folder: Path, tmp_path: Path) -> None:
    model = make_model()
    other = replace(model.split, table=model.split.table.with_columns(part=pl.lit("val")))
    write_model(replace(model, split=other), tmp_path / "other")
    shutil.copy(tmp_path / "other" / "split.csv", folder / "split.csv")
    with pytest.raises(ModelError, match=r"split.csv is not the split that the card names"):
        read_model(folder)


def test_arrays_of_another_model_are_refused(folder: Path) -> None:
    arrays = load_file(folder / "model.safetensors")
    arrays["attribution.coefficients"] = arrays["attribution.coefficients"][:, :1].copy()
    save_file(arrays, folder / "model.safetensors")
    with pytest.raises(ModelError, match="does not hold the artists"):
        read_model(folder)


def test_a_write_that_was_stopped_leaves_the_model_that_was_there(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    before = read_model(folder)
    monkeypatch.setattr(Split, "write", stop)
    with pytest.raises(KeyboardInterrupt):
        write_model(make_model(), folder)
    assert read_model(folder).to_card() == before.to_card()
    with pytest.raises(KeyboardInterrupt):
        write_model(make_model(), folder.with_name("another"))
    with pytest.raises(ModelError):
        read_model(folder.with_name("another"))


def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ModelError, match="a folder that can be written"):
        write_model(make_model(), tmp_path / "file")


# A model that is written anew: the one before answers until the last moment.


def list_names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_model_is_written_anew_again_and_again(tmp_path: Path) -> None:
    models = [
        make_model(),
        replace(make_model(), facts={"seed": 1}),
        replace(make_model(), facts={"seed": 2}),
    ]
    for model in models:
        write_model(model, tmp_path / "model")
        assert read_model(tmp_path / "model").facts == model.facts
        assert len(list_names(tmp_path / "model")) == 3


@pytest.mark.parametrize("fails", ["save_file", "write_file"])
def test_a_failed_write_leaves_the_model_that_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    folder = tmp_path / "model"
    write_model(make_model(), folder)
    before, names = read_model(folder).facts, list_names(folder)

    def fail(*_: object) -> None:
        raise (
            SafetensorError("I/O error: No space left on device (os error 28)")
            if fails == "save_file"
            else OSError(28, "No space left")
        )

    monkeypatch.setattr(artefact, fails, fail)
    with pytest.raises(ModelError, match=r"found no space left( on device)?; .*make room"):
        write_model(replace(make_model(), facts={"seed": 9}), folder)
    assert read_model(folder).facts == before
    assert list_names(folder) == names


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
def test_files_of_a_model_have_the_modes_that_the_user_s_mask_gives(tmp_path: Path) -> None:
    write_model(make_model(), tmp_path / "model")
    (tmp_path / "plain").touch()
    modes = {path.stat().st_mode for path in (tmp_path / "model").iterdir()}
    assert modes == {(tmp_path / "plain").stat().st_mode}
