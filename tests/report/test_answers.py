"""Answers as files: what a page shows, what a table holds, and what is refused."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import polars as pl
import pytest
from PIL import Image

from morelli.errors import UsageError
from morelli.gallery import Match
from morelli.judge import Attribution, Candidate, Comparison
from morelli.judge.results import Diagnostics
from morelli.report.answers import (
    draw_attributions,
    draw_comparison,
    draw_matches,
    tabulate_attributions,
    write_answers,
)


@pytest.fixture
def picture(tmp_path):
    path = tmp_path / "Brücke & <Tor>.png"
    Image.new("RGB", (40, 30), "navy").save(path)
    return str(path)


def make_match(path: str) -> Match:
    return Match(1, "00ff00ff00ff00ff", "Édouard <Manet>", "Olympia", 1863, "Realism", path, 0.8125)


def make_attribution(path: str, none_of_these: float | None = 0.4) -> Attribution:
    candidates = (Candidate("Anna Ancher", 0.7), Candidate("Viggo Johansen", 0.2, 3))
    return Attribution(
        path, candidates, (make_match(path),), 12, ("Anna Ancher",), 0.9, none_of_these, "Anna Ancher."
    )


COMPARISON = Comparison(
    "a.png", "b.png", 0.5, 0.9, 0.5, 0.888, "Weak support for one hand.",
    Diagnostics(0.9, 0.9, (-1.5, 1.2), (0.2, 1.2), 0.888), interval=(0.2, 1.2), sufficient=True,
)  # fmt: skip


def find_places(page: str, name: str) -> list[float]:
    return [float(place) for place in re.findall(rf'class="{name}" style="left: ([-\d.]+)%', page)]


def test_a_page_holds_pictures_and_nothing_from_outside(picture):
    page = draw_matches(picture, [make_match(picture)], by=None, picture=picture)
    assert page.count("data:image/jpeg;base64,") == 2
    assert not re.search(r'(?:src|href)="(?!data:|file:)', page)
    assert "<script" not in page


def test_names_are_escaped_and_files_are_linked(picture):
    page = draw_matches(picture, [make_match(picture)], by="palette", picture=picture)
    assert "Édouard &lt;Manet&gt;" in page
    assert "<Manet>" not in page
    assert "Olympia, 1863" in page
    assert "00ff00ff00ff00ff" in page
    assert "Br%C3%BCcke%20%26%20%3CTor%3E.png" in page
    assert "search by palette" in page


def test_a_picture_that_is_gone_is_said_to_be_gone(tmp_path):
    page = draw_matches("00ff00ff00ff00ff", [make_match(str(tmp_path / "gone.png"))], by=None)
    assert page.count("no picture at hand") == 2
    assert "base64" not in page


@pytest.mark.parametrize(("share", "verdict"), [(0.4, "nothing speaks for it"), (0.02, "quite possible")])
def test_none_of_these_is_always_said_with_its_number(picture, share, verdict):
    page = draw_attributions([make_attribution(picture, share)])
    assert f"None of these: {verdict}" in page
    assert f"{100 * share:.1f} %" in page
    assert page.index("None of these") < page.index("70.0 %")
    assert "Viggo Johansen (enrolled from 3 works)" in page


def test_a_model_without_an_open_set_says_nothing_of_none(picture):
    assert "None of these" not in draw_attributions([make_attribution(picture, None)])


@pytest.mark.parametrize("bounds", [(-1.5, 1.2), (-6.0, 7.5)])
def test_the_scale_holds_the_answer_its_range_and_the_bounds(bounds):
    answer = replace(COMPARISON, diagnostics=replace(COMPARISON.diagnostics, bounds=bounds))
    page = draw_comparison(answer, [("a.png", None)], [("b.png", None)])
    (mark,), (start,), (able,) = (find_places(page, name) for name in ("mark", "range", "able"))
    ticks = find_places(page, "tick")
    assert 0 < able < start < mark < 100
    assert sorted(ticks) == ticks
    width = (ticks[1] - ticks[0]) * (bounds[1] - bounds[0])  # a power of ten is as wide as between ticks
    (drawn,) = re.findall(r'class="able" style="left: [-\d.]+%; width: ([\d.]+)%', page)
    assert float(drawn) == pytest.approx(width)


def test_no_ratio_is_drawn_where_the_evidence_is_not_enough():
    answer = replace(COMPARISON, log10_likelihood_ratio=None, probability=None, interval=None, reasons=("c",))
    page = draw_comparison(answer, [("a.png", None)], [("b.png", None), ("c.png", None)])
    assert "No likelihood ratio is stated: c." in page
    assert 'class="mark"' not in page
    assert "88.8" not in page


def test_a_table_has_one_row_a_picture(picture, tmp_path):
    rows = tabulate_attributions([make_attribution(picture), make_attribution(picture, None)])
    frame = pl.read_csv(write_answers(tmp_path / "a.csv", rows, str))
    assert frame["artist"].to_list() == ["Anna Ancher"] * 2
    assert frame["none_of_these"].to_list() == [0.4, None]
    assert frame["nearest_artist"].to_list() == ["Édouard <Manet>"] * 2


def test_a_csv_is_marked_as_utf_8_for_excel(tmp_path):
    path = write_answers(tmp_path / "a.csv", [{"artist": "Brücke"}], str)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")


def test_json_lines_keep_the_whole_answer(tmp_path):
    path = write_answers(tmp_path / "a.jsonl", [COMPARISON.to_dict()], str)
    assert json.loads(path.read_text()) == json.loads(json.dumps(COMPARISON.to_dict()))


def test_an_excel_table_opens_nested_fields(tmp_path):
    path = write_answers(tmp_path / "a.xlsx", [COMPARISON.to_dict()], str)
    assert path.read_bytes().startswith(b"PK")
    written = write_answers(tmp_path / "a.csv", [COMPARISON.to_dict()], str)
    assert pl.read_csv(written)["diagnostics.bounds"].to_list() == ["[-1.5, 1.2]"]


@pytest.mark.parametrize("name", ["answers", "answers.pdf", "a.html.txt"])
def test_other_endings_are_refused(tmp_path, name):
    with pytest.raises(UsageError, match=r"expected a file that ends in \.html, \.csv, \.xlsx, \.jsonl"):
        write_answers(tmp_path / name, [], str)
    assert not (tmp_path / name).exists()
