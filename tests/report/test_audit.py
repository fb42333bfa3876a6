"""The page of an audit: complete in itself, with every relation, flag and warning, and with nothing found."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from PIL import Image

from audit.findings import LEAKS, SHORTCUTS, make_audit, make_empty_audit, make_skips, make_works
from audit.pictures import draw_picture
from evaluate.reports import HOSTILE
from morelli.audit.findings import FLAGS
from morelli.collection.duplicates.links import MEANINGS
from morelli.report.audit import (
    _MAX_NAMES,
    GAP_PX,
    GROUP_GAP_PX,
    THUMBNAIL_PX,
    WIDTH_PX,
    _draw_classes,
    _draw_groups,
    _draw_shortcuts,
    _render_audit,
    write_audit,
)
from morelli.report.drawing import SEEN, UNSEEN
from report.test_page import read

FILES = {"audit.html", "audit.json", "links.csv", "groups.csv", "groups.jpg", "works.csv", "classes.csv"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the pictures of the works, all but one."""
    made = tmp_path_factory.mktemp("pictures")
    for seed, name in enumerate("abcde"):
        draw_picture(seed).save(made / f"{name}.png")
    return made


@pytest.fixture(scope="module")
def audit(folder):
    return make_audit(str(folder))


@pytest.fixture(scope="module")
def written(audit, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of an audit; not to be changed."""
    return write_audit(audit, tmp_path_factory.mktemp("written") / "new" / "audit").parent


@pytest.fixture(scope="module")
def html(written) -> str:
    return (written / "audit.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def text(html) -> str:
    return join_text(html)


def join_text(html: str) -> str:
    return " ".join(" ".join(read(html).text).split())


def render_quickly(folder: Path, **changes: object) -> str:
    """Return a page without drawings but that of the artists."""
    return _render_audit(make_audit(str(folder), **{"columns": ("artist",), "shortcuts": ()} | changes))


def test_the_page_needs_nothing_else(html):
    reader = read(html)
    assert "script" not in reader.tags
    assert all(link.startswith(("data:", "#")) for link in reader.links)
    assert not re.search(r"url\(\s*[\"']?(?!#)", html)
    assert "@import" not in html


def test_every_link_inside_leads_somewhere(html):
    names = set(re.findall(r'id="([^"]+)"', html))
    assert {link[1:] for link in read(html).links if link.startswith("#")} - {""} <= names


def test_pictures_are_inside(html):
    assert html.count("data:image/jpeg;base64,") >= 8
    assert "picture could not be read" in html


@pytest.mark.parametrize("relation", list(MEANINGS))
def test_each_relation_is_named_with_its_meaning(text, relation):
    assert f"{relation} {MEANINGS[relation]}" in text


@pytest.mark.parametrize("flag", list(FLAGS))
def test_each_flag_is_named_with_its_rule(text, flag):
    assert f"{flag} {FLAGS[flag].rule} {FLAGS[flag].meaning}" in text


def test_warnings_are_told(text, audit):
    assert audit.warnings
    for warning in audit.warnings:
        assert f"{warning}." in text


def test_conflicts_are_shown_with_both_artists(text):
    assert "One painting, two artists" in text
    assert "A / B 20 features agree, grey 0.90; 40% and 100% shown" in text


def test_likeness_is_told_by_its_cosine(text):
    assert "cosine 0.70" in text


def test_the_works_of_a_flag_begin_with_the_nearest_to_its_threshold(text):
    assert text.index("sharpness 0.05") < text.index("sharpness 0.01")
    assert "100 x 300 pixels" in text
    assert "frame_sides 4" in text


def test_leaks_are_told_and_faults_marked(text):
    assert f"{LEAKS[0].meaning} fault 1 2 a" in text
    assert f"{LEAKS[1].meaning} 2 3 A, B" in text
    assert "split unseen-0" in text


def test_reasons_are_counted_whatever_numbers_and_paths_are_in_them(folder):
    rows = [(f"{n}.png", "inspect", f"expected a file, found none at /a/b{n} of {n} bytes") for n in range(7)]
    text = join_text(render_quickly(folder, skips=make_skips(*rows)))
    assert "inspect expected a file, found none at … of … bytes 7" in text


def test_names_are_escaped(folder):
    works = make_works(str(folder)).with_columns(artist=pl.lit(HOSTILE), title=pl.lit(HOSTILE))
    reader = read(render_quickly(folder, works=works, collection=HOSTILE))
    assert "script" not in reader.tags
    assert HOSTILE in "".join(reader.text)


def test_works_without_artist_and_title_are_shown(folder):
    nothing = pl.lit(None, pl.String)
    works = make_works(str(folder)).with_columns(artist=nothing, title=nothing, style=nothing)
    html = render_quickly(folder, works=works)
    assert "no artist" in html
    assert "no artist is known of any work" in html
    assert "One painting, two artists" not in html


def test_an_audit_that_found_nothing_says_so():
    html = _render_audit(make_empty_audit())
    text = join_text(html)
    assert "1 works were looked at. 0 of them belong to 0 groups" in text
    assert "no split was given" in text
    assert "not measured" in text
    assert "no genre is known of any work" in text
    assert "What was left out Nothing." in text


def test_a_split_without_leaks_says_so(folder):
    assert "Split unseen-0: nothing stands on both sides." in render_quickly(folder, leaks=())


def test_page_tables_and_sheet_are_written(audit, written):
    assert {path.name for path in written.iterdir()} == FILES
    told = json.loads((written / "audit.json").read_text(encoding="utf-8"))
    assert told["warnings"] == audit.warnings
    links = pl.read_csv(written / "links.csv")
    assert links.select("left", "right", "relation").rows() == [row[:3] for row in audit.links.rows()]


def test_the_table_of_works_leaves_out_what_only_machines_read(written):
    works = pl.read_csv(written / "works.csv")
    assert works["id"].to_list() == list("abcdef")
    assert {"group_id", "flags", "sharpness"} <= set(works.columns)
    assert not {"content_hash", "phash", "dhash", "mtime_ns"} & set(works.columns)


def test_the_table_of_classes_holds_every_kind(written):
    with (written / "classes.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["kind"] for row in rows} == {"artist", "style", "century"}
    assert rows[0] == {"kind": "artist", "name": "B", "works": "3"}


def test_files_of_an_earlier_audit_are_replaced(tmp_path):
    for name in FILES:
        (tmp_path / name).write_text("an earlier audit", encoding="utf-8")
    write_audit(make_empty_audit(), tmp_path)
    # without groups there is no sheet, nor one of an earlier audit
    assert {path.name for path in tmp_path.iterdir()} == FILES - {"groups.jpg"}
    assert len(pl.read_csv(tmp_path / "works.csv")) == 1
    assert json.loads((tmp_path / "audit.json").read_text(encoding="utf-8"))["works"] == 1


def test_the_same_audit_gives_the_same_page(audit, html):
    assert _render_audit(audit) == html


# The two drawings of an audit: what stands on them is what was counted.


def make_counts(n: int) -> pl.DataFrame:
    return pl.DataFrame({"name": [f"kind {place}" for place in range(n)], "works": list(range(n, 0, -1))})


def test_few_classes_carry_their_names():
    ax = _draw_classes(make_counts(3), "style")
    assert [bar.get_height() for bar in ax.patches] == [3, 2, 1]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["kind 0", "kind 1", "kind 2"]
    assert ax.get_title() == "6 labels of 3 kinds: style"


def test_many_classes_tell_how_many_hold_half():
    """Of 30 + 29 + ... + 1 = 465 works the first nine have 234, the first eight 212."""
    n = 30
    assert n > _MAX_NAMES
    ax = _draw_classes(make_counts(n), "artist")
    assert [text.get_text() for text in ax.texts] == ["the first 9 hold half of all"]


def test_each_shortcut_is_a_bar_and_warnings_have_their_colour():
    from matplotlib.colors import to_hex

    ax = _draw_shortcuts(SHORTCUTS)
    assert [round(bar.get_width(), 4) for bar in ax.patches] == [0.5, 0.75, 0.0125, 0.2857]
    colours = [to_hex(bar.get_facecolor()) for bar in ax.patches]
    assert colours == [to_hex(colour) for colour in (UNSEEN, UNSEEN, SEEN, UNSEEN)]
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert names == ["artist from border", "artist from all", "artist from source", "style from saving"]


def test_drawings_go_onto_given_axes():
    from matplotlib.figure import Figure

    axes = Figure().subplots()
    assert _draw_classes(make_counts(1), "genre", axes) is axes
    assert _draw_shortcuts(SHORTCUTS, axes) is axes


# The sheet of groups: every group whole, in its place, and pictures that are gone shown as such.

RED, BLUE = (200, 30, 30), (30, 30, 200)


@pytest.fixture
def works(tmp_path: Path) -> pl.DataFrame:
    for name, colour in (("a", RED), ("b", BLUE), ("c", RED)):
        Image.new("RGB", (100, 100), colour).save(tmp_path / f"{name}.png")
    return pl.DataFrame(
        {
            "id": ["a", "b", "c", "d"],
            "path": [str(tmp_path / f"{name}.png") for name in "abcd"],
            "group_id": ["a", "a", None, "d"],
        }
    )


def pixel(sheet: np.ndarray, column: int, gap: int = 0) -> tuple[int, ...]:
    left = GROUP_GAP_PX + column * (THUMBNAIL_PX + GAP_PX) + gap * GROUP_GAP_PX
    return tuple(sheet[GROUP_GAP_PX + THUMBNAIL_PX // 2, left + THUMBNAIL_PX // 2].tolist())


def test_works_stand_beside_each_other_by_group(works: pl.DataFrame, tmp_path: Path) -> None:
    assert _draw_groups(works, tmp_path / "sheet.jpg") == 2
    sheet = np.asarray(Image.open(tmp_path / "sheet.jpg"))
    assert sheet.shape[1] == WIDTH_PX
    assert np.abs(np.subtract(pixel(sheet, 0), RED)).max() < 12
    assert np.abs(np.subtract(pixel(sheet, 1), BLUE)).max() < 12
    assert np.ptp(pixel(sheet, 2, gap=1)) < 6  # the picture of "d" is gone: grey


def test_without_groups_no_sheet_is_left(works: pl.DataFrame, tmp_path: Path) -> None:
    (tmp_path / "sheet.jpg").write_text("of an earlier audit", encoding="utf-8")
    assert _draw_groups(works.with_columns(group_id=pl.lit(None, pl.String)), tmp_path / "sheet.jpg") == 0
    assert not (tmp_path / "sheet.jpg").exists()


def test_a_group_longer_than_a_line_goes_on_in_the_next(tmp_path: Path) -> None:
    Image.new("RGB", (80, 80), RED).save(tmp_path / "a.png")
    n = 2 * WIDTH_PX // THUMBNAIL_PX
    works = pl.DataFrame(
        {"id": [f"{k:03d}" for k in range(n)], "path": str(tmp_path / "a.png"), "group_id": "000"}
    )
    assert _draw_groups(works, tmp_path / "sheet.jpg") == 1
    sheet = np.asarray(Image.open(tmp_path / "sheet.jpg").convert("L"))
    step = THUMBNAIL_PX + GAP_PX
    assert (sheet[GROUP_GAP_PX + step + 5, :] < 200).sum() > WIDTH_PX * 0.8
