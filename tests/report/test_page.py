"""The page: complete in itself, escaped, seen beside unseen, nothing left out in silence."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from evaluate.reports import HOSTILE, keep_part
from morelli.evaluate.rows import Findings, make_table
from morelli.report.page import _ONLY_SEEN, _list_confused, render_page

VOID = {"meta", "br", "img", "link", "input", "hr", "image", "path", "use", "rect"}


class Reader(HTMLParser):
    """Collects tags, links and text, and checks that tags are closed in order."""

    def __init__(self):
        super().__init__()
        self.open, self.tags, self.links, self.text = [], set(), [], []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.links += [value for name, value in attrs if name in {"src", "href", "xlink:href", "srcset"}]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    assert reader.open == []
    return reader


@pytest.fixture(scope="module")
def html(report):
    return render_page(report)


def test_the_page_needs_nothing_else(html):
    reader = read(html)
    assert reader.links
    assert all(link.startswith(("data:", "#")) for link in reader.links)
    assert not re.search(r"url\(\s*[\"']?(?!#)", html)
    assert "@import" not in html


def test_names_are_text_and_never_markup(html):
    reader = read(html)
    assert "script" not in reader.tags
    assert "<script" not in html
    assert HOSTILE in "".join(reader.text)


def test_seen_and_unseen_stand_side_by_side(html, report):
    text = "".join(read(html).text)
    for row in report.rows:
        assert f"{row.n:,} {row.unit}" in text
    assert text.count(_ONLY_SEEN) == 2  # the headline and the table
    assert "seed 0" in text
    assert "morelli evaluate --seed 0" in text
    for question in ("Who painted this?", "Are these two by the same hand?", "What is like this?"):
        assert text.count(question) == 2


def test_examples_say_right_or_wrong_in_words(html):
    text = "".join(read(html).text)
    assert "✓ same artist" in text
    assert "✗ another artist" in text
    assert "picture could not be read" in text


@pytest.mark.usefixtures("_undrawn")
@pytest.mark.parametrize("name", ["seen", "unseen"])
def test_a_missing_part_says_why(report, name):
    reason = "the split holds none & no more"
    html = render_page(keep_part(report, name, reason))
    text = " ".join("".join(read(html).text).split())
    assert text.count(f"not measured: {reason}") >= 5
    assert (_ONLY_SEEN in text) is True
    assert len(re.findall("<svg", html)) == (11 if name == "seen" else 9)


@pytest.mark.usefixtures("_undrawn")
def test_few_artists_are_a_warning(html, report):
    assert html.count("With 6 ") == 2
    many = tuple(replace(part, n_artists=12) for part in report.parts)
    assert "take these intervals" not in render_page(replace(report, parts=many))
    eleven = replace(report, parts=tuple(replace(part, n_artists=11) for part in report.parts))
    assert [sentence.split(",")[0] for sentence in eleven.list_narrow()] == [
        "With 11 seen artists", "With 11 unseen artists",
    ]  # fmt: skip
    assert replace(report, parts=many).list_narrow() == []


@pytest.mark.usefixtures("_undrawn")
def test_queries_left_out_are_named(report):
    parts = tuple(replace(part, n_works=part.n_works + 1234) for part in report.parts)
    assert render_page(replace(report, parts=parts)).count("1,234 queries were left out") == 2
    assert "queries were left out" not in render_page(report)


def test_an_empty_report_is_still_a_page(report):
    empty = replace(report, findings=Findings(), parts=(), command="")
    text = "".join(read(render_page(empty)).text)
    assert "the evaluation was given no works by seen artists" in text


def test_confused_pairs_by_number_of_works():
    records = [("A", "A", 5), ("A", "B", 2), ("B", "B", 1), ("B", "C", 3), ("C", "A", 1), ("C", "C", 4)]
    pairs = _list_confused(make_table("confusion", records))
    assert [(pair["artist"], pair["taken_for"], pair["n_works"], pair["n"]) for pair in pairs] == [
        ("B", "C", 3, 4),
        ("A", "B", 2, 7),
        ("C", "A", 1, 5),
    ]
