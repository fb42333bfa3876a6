"""A calibration on other works: who scores whom, what is refused, and that it is right for its population."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from morelli.errors import ModelError, UsageError
from morelli.judge import Session
from morelli.learn import population as room
from morelli.learn.heads.likelihood_ratio import ScoredPairs, describe_labels, fit_map
from morelli.learn.population import (
    SAME_STYLE,
    recalibrate,
    recalibrate_among,
    recalibrate_like,
    recalibrate_within_style,
)
from morelli.model.likelihood_ratio import Calibration, Population


def make_group(n_artists, n_works, seed, *, styles="ab"):
    """Return works of artists in two dimensions, scored by themselves."""
    rng = np.random.default_rng(seed)
    artists = np.repeat([f"{seed} {place}" for place in range(n_artists)], n_works).astype(object)
    rows = np.repeat(rng.normal(size=(n_artists, 5)), n_works, axis=0) + 0.3 * rng.normal(
        size=(n_artists * n_works, 5)
    )
    labels = [frozenset(styles[int(name.split()[1]) % len(styles)]) for name in artists]
    unit = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return room._Scored(type("Head", (), {"rule": room_rule()})(), unit, artists, labels)


def room_rule():
    from morelli.model.scoring import COSINE

    return COSINE


def test_all_pairs_of_twenty_works_of_each_artist_take_part():
    group = make_group(3, 25, 0)
    pairs = group.pair(is_within_style=False, rng=np.random.default_rng(0))
    assert len(pairs) == 60 * 59 // 2
    assert pairs.is_same.sum() == 3 * 190
    within = group.pair(is_within_style=True, rng=np.random.default_rng(0))
    assert within.is_same.sum() == 3 * 190
    assert (~within.is_same).sum() == 400  # artists 0 and 2 are of one style


def test_of_many_pairs_by_two_hands_some_are_drawn(monkeypatch):
    monkeypatch.setattr(room, "_MAX_PAIRS", 100)
    pairs = make_group(4, 8, 0).pair(is_within_style=False, rng=np.random.default_rng(0))
    assert pairs.is_same.sum() == 4 * 28
    assert (~pairs.is_same).sum() == 100


def test_labels_of_a_population():
    counted = Population("some", 3, 9)
    population = describe_labels(counted, [1600, None, *range(1650, 1688), 1999], ["a|b", None, "c"])
    assert population.years == (1650, 1687)
    assert population.styles == ("a", "b", "c")
    assert population.find_outside(1660, ()) == ""
    assert population.find_outside(None, {"b"}) == ""
    assert population.find_outside(None, ()) is None
    assert "of 1900" in population.find_outside(1900, {"a"})
    assert "other styles" in population.find_outside(1660, {"z"})
    assert counted.find_outside(1660, {"z"}) is None


def test_a_population_is_read_as_it_was_written():
    population = Population("some", 3, 9, (1600, 1700), ("a",))
    calibration = replace(Calibration.linear(), population=population)
    again = Calibration.from_parts(calibration.to_facts(), calibration.to_arrays())
    assert again.population == population
    assert "population" not in Calibration.linear().to_facts()


@pytest.fixture(scope="module")
def told(unseen_model, gallery):
    """Return the model, whose ensemble tells whom each head lacks."""
    assert unseen_model.ensemble is not None
    return unseen_model


def test_training_tells_whom_each_head_lacks_and_what_it_was_calibrated_on(told):
    learnt = set(told.split.table.filter(pl.col("part") != "test")["artist"])
    assert set(told.ensemble.held_out) == learnt
    assert set(told.ensemble.held_out.values()) == set(range(len(told.ensemble.heads)))
    assert told.comparison.calibration.population.n_artists > 0


def test_the_map_is_that_of_pairs_scored_by_heads_that_never_met_the_artists(told, gallery):
    again = recalibrate(told, gallery, seed=0)
    population = again.comparison.calibration.population
    groups = room._divide(told, gallery, room._select_works(told, gallery, None))
    tested = set(told.split.part("test")["id"])
    assert not tested & set(room._select_works(told, gallery, None)["id"])
    for number, group in groups.items():
        assert {told.ensemble.held_out[name] for name in group.artists} == {number}
    rng = np.random.default_rng(0)
    pairs = ScoredPairs.join([group.pair(is_within_style=False, rng=rng) for group in groups.values()])
    expected = fit_map(pairs)
    np.testing.assert_allclose(again.comparison.calibration.maps[1].values, expected.values)
    np.testing.assert_allclose(again.comparison.calibration.maps[1].scores, expected.scores)
    assert population.n_artists == len(set(told.ensemble.held_out))
    assert population.name == f"works of {gallery.name}"
    assert [head.calibration.population for head in again.ensemble.heads] == [population] * len(
        again.ensemble.heads
    )


def test_too_few_artists_are_refused_with_their_number(told, gallery):
    artist = sorted(told.ensemble.held_out)[0].replace("'", "''")
    with pytest.raises(ModelError, match="found 1 artists and 0 pairs of artists"):
        recalibrate(told, gallery, where=f"artist = '{artist}'")
    unaware = replace(told, ensemble=replace(told.ensemble, held_out=None))
    with pytest.raises(ModelError, match="found 0 artists"):
        recalibrate(unaware, gallery)
    with pytest.raises(UsageError, match="add --gallery"):
        recalibrate_among(told, None, "auto", [])
    with pytest.raises(ModelError, match="neither a style nor a year"):
        recalibrate_like(told, gallery, [(None, None)])


def test_auto_takes_the_narrowest_population_with_enough_artists(told, gallery, monkeypatch):
    works = gallery.works()
    style = works["style"].drop_nulls()[0]
    asked = []

    def refuse(model, gallery, *, where=None, seed=0):
        asked.append(where)
        raise ModelError("a", expected="b", found="c", remedy="d")

    monkeypatch.setattr(room, "recalibrate", refuse)
    monkeypatch.setattr(room, "recalibrate_within_style", lambda *_, **__: "pooled")
    assert recalibrate_like(told, gallery, [(1650, style), (1660, style)]) == "pooled"
    like = f"style like '%{style.replace(chr(39), chr(39) * 2)}%'"
    assert asked == [f"{like} and year between 1640 and 1670", like]
    with pytest.raises(ModelError, match="year between 1640 and 1670: c"):
        recalibrate_like(told, gallery, [(1650, None), (1660, style)])


def test_an_answer_names_its_population(told, gallery):
    like = recalibrate(told, gallery, name="everything")
    ids = told.split.part("test")["id"][:2].to_list()
    answer = Session(like, gallery).compare(ids[:1], ids[1:], n_crops=0)
    assert answer.calibrated_on.startswith("everything: ")
    assert answer.in_domain in (True, False)
    assert answer.to_dict()["calibrated_on"] == answer.calibrated_on


def test_pairs_of_one_style_are_pooled_over_styles(told, gallery, monkeypatch):
    monkeypatch.setattr(room, "_MIN_ARTISTS", 1)
    like = recalibrate_within_style(told, gallery)
    calibration = like.comparison.calibration
    assert calibration.population.name == SAME_STYLE
    assert calibration.find_missing(3, 3) is not None
