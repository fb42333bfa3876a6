"""Published figures with ours beside them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from bench.boards import make_cell, make_reproduction
from morelli.bench.board import assemble_board
from morelli.bench.cells import MEASURES
from morelli.bench.published import (
    Reproduced,
    Reproduction,
    _SplitRule,
    find_reproduction,
    list_reproductions,
    set_beside,
    tabulate_beside,
    write_reproduced,
)
from morelli.errors import UsageError
from morelli.learn.recipe_files import list_recipes


@pytest.fixture
def reproduced() -> Reproduced:
    cells = [make_cell("a", 0, {"unseen_pair_auc": 0.8}), make_cell("b", 0, {"unseen_pair_auc": 0.7})]
    board = assemble_board(cells, collection="c", splits={"unseen": "d"})
    one = make_reproduction()
    return Reproduced("again", board, set_beside(one, board, {}), one.differs)


def test_ours_stands_beside_the_published_figure(reproduced: Reproduced) -> None:
    first, second, third = reproduced.to_dict()["published"]
    assert (first["recipe"], first["published"], first["ours"]["value"]) == ("a", 0.85, 0.8)
    assert first["difference"] == pytest.approx(-0.05)
    assert (second["measure"], second["ours"], second["difference"]) == ("pair_auc_all", None, None)
    assert (third["recipe"], third["published"], third["source"]) == ("b", None, "")


def test_what_was_not_measured_says_so(reproduced: Reproduced) -> None:
    rows = tabulate_beside(reproduced).rows
    assert rows[0][2:4] == ("0.8500", "0.8000")
    assert rows[0][-1] == "somebody; once"
    assert rows[1][3] == "not measured"
    assert rows[2][2] == "–"


def test_it_is_written_as_json_and_markdown(reproduced: Reproduced, tmp_path: Path) -> None:
    text = write_reproduced(reproduced, tmp_path).read_text(encoding="utf-8")
    assert "| a | unseen_pair_auc | 0.8500 | 0.8000 |" in text
    assert "it is smaller" in text
    fields = json.loads((tmp_path / "published.json").read_text(encoding="utf-8"))
    assert fields["published"][0]["difference"] == pytest.approx(-0.05)


# What can be run again is valid, and its published figures are those of their sources.

PUBLISHED = {0.8178, 0.8054, 0.61, 0.90717, 0.9289, 0.94218, 0.82509, 0.9134, 0.7593, 0.7925}


def test_every_published_figure_is_there() -> None:
    found = {figure.value for one in list_reproductions().values() for figure in one.published}
    assert found == PUBLISHED


@pytest.mark.parametrize("name", list_reproductions())
def test_each_names_what_there_is(name: str) -> None:
    one = find_reproduction(name)
    known = {recipe.name for recipe in list_recipes()}
    measures = {measure.name for measure in MEASURES}
    measures |= {f"pair_auc_{part}" for part in ("all", "both", "one", "none")} | {
        f"{label}_accuracy" for label in one.labels
    }
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
    split = _SplitRule(kind="unseen", max_works=4, shares=(0.5, 0.25, 0.25)).draw(gallery.works(), seed=0)
    assert split.table.group_by("artist").len()["len"].max() <= 4
    assert split.part("test")["artist"].n_unique() == 3


def test_a_name_that_there_is_not_is_refused() -> None:
    with pytest.raises(UsageError, match="triplets-disjoint"):
        find_reproduction("triplets")


def test_an_unknown_field_is_refused() -> None:
    fields = find_reproduction("wikiart-unseen").model_dump() | {"sources": "many"}
    with pytest.raises(ValidationError, match="sources"):
        Reproduction.model_validate(fields)
