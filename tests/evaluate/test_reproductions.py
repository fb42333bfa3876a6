"""What can be run again is valid, and its published figures are those of their sources."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from morelli.errors import UsageError
from morelli.evaluate.board_measures import MEASURES
from morelli.evaluate.published import PAIR_PARTS
from morelli.evaluate.reproductions import (
    Reproduction,
    SplitRule,
    find_reproduction,
    list_reproductions,
)
from morelli.learn.recipe_files import list_recipes

PUBLISHED = {0.8178, 0.8054, 0.61, 0.90717, 0.9289, 0.94218, 0.82509, 0.9134, 0.7593, 0.7925}


def test_every_published_figure_is_there() -> None:
    found = {figure.value for one in list_reproductions().values() for figure in one.published}
    assert found == PUBLISHED


@pytest.mark.parametrize("name", list_reproductions())
def test_each_names_what_there_is(name: str) -> None:
    one = find_reproduction(name)
    known = {recipe.name for recipe in list_recipes()}
    measures = {measure.name for measure in MEASURES}
    measures |= {f"pair_auc_{part}" for part in PAIR_PARTS} | {f"{label}_accuracy" for label in one.labels}
    assert one.recipes == "all" or {name.partition(":")[0] for name in one.recipes} <= known
    assert {figure.measure for figure in one.published} <= measures
    assert one.recipes == "all" or {figure.recipe for figure in one.published} <= set(one.recipes)
    assert bool(one.published) == (one.kind == "protocol") == bool(one.differs)


def test_the_shares_of_disjoint_artists_are_those_published() -> None:
    shares = find_reproduction("triplets-disjoint").split.shares
    assert [round(1053 * share) for share in shares] == [772, 190, 91]
    assert sum(shares) == pytest.approx(1, abs=1e-6)
    shares = find_reproduction("triplets-unseen").split.shares
    assert round(1701 * shares[2]) == 349


def test_a_rule_draws_its_split(gallery) -> None:
    split = SplitRule(kind="unseen", max_works=4, shares=(0.5, 0.25, 0.25)).draw(gallery.works(), seed=0)
    assert split.table.group_by("artist").len()["len"].max() <= 4
    assert split.part("test")["artist"].n_unique() == 3


def test_a_name_that_there_is_not_is_refused() -> None:
    with pytest.raises(UsageError, match="triplets-disjoint"):
        find_reproduction("triplets")


def test_an_unknown_field_is_refused() -> None:
    fields = find_reproduction("wikiart-unseen").model_dump() | {"sources": "many"}
    with pytest.raises(ValidationError, match="sources"):
        Reproduction.model_validate(fields)
