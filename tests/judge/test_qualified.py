"""Works near a master: held against his train works by hand, and never learnt from."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from morelli.collection.splits import draw_split
from morelli.judge.qualified import _QualifiedWork, _score_qualified, _summarise_qualified


@pytest.fixture(scope="module")
def embeddings(gallery):
    return gallery.embeddings(gallery.encoder().fingerprint)


@pytest.fixture(scope="module")
def works(gallery, seen_model):
    """The gallery, with two test works turned into workshop works."""
    chosen = seen_model.split.part("test")["id"].to_list()[:2]
    qualifier = pl.when(pl.col("id").is_in(chosen)).then(pl.lit("Workshop of"))
    return gallery.works().with_columns(qualifier=qualifier)


def test_the_evidence_is_the_median_over_the_masters_works(seen_model, embeddings, works):
    asked = works.filter(pl.col("qualifier").is_not_null())
    table = seen_model.split.table.filter(~pl.col("id").is_in(asked["id"].implode()))
    model = replace(seen_model, split=replace(seen_model.split, table=table))
    scored = _score_qualified(model, works, embeddings)
    assert [one.id for one in scored] == sorted(asked["id"])
    for one in scored:
        own = table.filter((pl.col("artist") == one.master) & (pl.col("part") == "train"))["id"].to_list()
        rows = model.comparison.transform(embeddings.select([one.id, *own]))
        ratios = [float(model.comparison.log10_likelihood_ratio(row @ rows[0])) for row in rows[1:]]
        assert one.log10_likelihood_ratio == pytest.approx(np.median(ratios), abs=1e-4)
        assert one.qualifier == "workshop of"
        probability = model.attribution.predict_proba(embeddings.select([one.id]))
        members = model.prediction_sets.predict(probability)[0]
        assert one.is_in_set == members[model.attribution.artists.index(one.master)]


def test_works_that_the_split_holds_are_not_scored(seen_model, embeddings, works):
    assert _score_qualified(seen_model, works, embeddings) == []


def test_splits_leave_qualified_works_out(works):
    split = draw_split(works, "seen")
    assert len(split.table) == len(works) - 2
    assert not set(works.filter(pl.col("qualifier").is_not_null())["id"]) & set(split.table["id"])


def test_rows_by_hand():
    scored = [
        _QualifiedWork("1", "A", "workshop of", 1.0, True),
        _QualifiedWork("2", "B", "workshop of", -0.5, False),
        _QualifiedWork("3", "A", "workshop of", 0.2, None),
        _QualifiedWork("4", "A", "attributed to", 0.4, None),
    ]
    first, second = _summarise_qualified(scored)
    assert (first.qualifier, first.n_works, first.share_in_set) == ("attributed to", 1, None)
    assert (second.n_works, second.n_masters, second.log10_likelihood_ratio) == (3, 2, 0.2)
    assert second.share_above_0 == pytest.approx(2 / 3)
    assert second.share_in_set == 0.5
