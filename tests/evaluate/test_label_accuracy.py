"""The share of labels named from features, with an interval over artists."""

from __future__ import annotations

from dataclasses import replace

import pytest

from morelli.errors import EvaluationError
from morelli.evaluate.label_accuracy import measure_label


def test_styles_are_named_better_than_by_chance(gallery, seen_model) -> None:
    measured = measure_label(gallery, seen_model, "style", n_boot=50)
    n_styles = gallery.works()["style"].drop_nulls().n_unique()
    assert measured.low <= measured.value <= measured.high <= 1
    assert measured.value > 2 / n_styles


def test_train_works_of_one_label_are_refused(gallery, seen_model) -> None:
    works = gallery.works().filter(gallery.works()["style"] == gallery.works()["style"][0])
    table = seen_model.split.table.filter(seen_model.split.table["id"].is_in(works["id"].to_list()))
    model = replace(seen_model, split=replace(seen_model.split, table=table))
    with pytest.raises(EvaluationError, match="two labels or more"):
        measure_label(gallery, model, "style", n_boot=10)
