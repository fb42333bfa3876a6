"""An audit of a gallery: what it notes there, how it goes on after a stop, and what it drops and restores."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from PIL import Image, ImageFilter

from audit.pictures import cut, draw_picture, mirror, save_again
from gallery.sources import write_table
from morelli.audit import run as auditing
from morelli.audit import run as inspecting
from morelli.audit.inspection import MEASURES, inspect_picture
from morelli.audit.run import (
    AuditOptions,
    _inspect_works,
    _read_links,
    _read_measures,
    apply_verdicts,
    audit_gallery,
    read_looks,
    read_warnings,
    restore_drops,
)
from morelli.audit.shortcuts import Shortcut
from morelli.collection.sources import recognise
from morelli.collection.splits import draw_split, load_split
from morelli.embeddings import Embeddings
from morelli.errors import GalleryError, SourceError, UsageError
from morelli.gallery import Gallery, collect_source
from morelli.settings import Settings

SETTINGS = Settings(workers=1, commit_size=4)
ARTISTS = ("A", "B", "C", "D")

PICTURES = {
    **{f"own{number}": draw_picture(number) for number in range(8)},
    "copy": save_again(draw_picture(0)),
    "detail": cut(draw_picture(1), 0.1, 0.2, 0.75, 0.85),
    "mirrored": mirror(draw_picture(2)),
    "blurred": draw_picture(20).filter(ImageFilter.GaussianBlur(6)),
}
"""Twelve works; those of `PLANTED` show what others show."""

PLANTED = {"copy": ("own0", "copy"), "detail": ("own1", "detail"), "mirrored": ("own2", "mirror")}


def draw_source(folder: Path) -> Path:
    """Write the pictures and their table; the detail is under another artist than its whole."""
    folder.mkdir()
    rows = []
    for place, (name, image) in enumerate(PICTURES.items()):
        image.save(folder / f"{name}.png")
        artist = {"copy": "A", "mirrored": "C", "detail": "D"}.get(name, ARTISTS[place % 4])
        rows.append({"path": f"{name}.png", "artist": artist, "title": name, "style": "Baroque"})
    return write_table(folder, rows)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return draw_source(tmp_path_factory.mktemp("drawn") / "source")


@pytest.fixture(scope="module")
def collected(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a gallery that was not audited yet; not to be changed."""
    folder = tmp_path_factory.mktemp("collected") / "gallery"
    collect_source(Gallery(folder, is_new=True), recognise(source), SETTINGS)
    return folder


@pytest.fixture(scope="module")
def audited(collected: Path, tmp_path_factory: pytest.TempPathFactory):
    """Return a gallery's folder after an audit, and what was found; not to be changed."""
    folder = shutil.copytree(collected, tmp_path_factory.mktemp("audited") / "gallery")
    return folder, audit_gallery(Gallery(folder), SETTINGS)


@pytest.fixture
def gallery(collected: Path, tmp_path: Path) -> Gallery:
    return Gallery(shutil.copytree(collected, tmp_path / "gallery"))


@pytest.fixture
def gallery_after(audited, tmp_path: Path) -> Gallery:
    return Gallery(shutil.copytree(audited[0], tmp_path / "gallery"))


def read_titles(works: pl.DataFrame) -> dict[str, str]:
    return dict(works.select("id", "title").iter_rows())


def count_inspections(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that grows by the name of each picture that is inspected from now on."""
    seen: list[str] = []
    inspect = inspecting.inspect_picture

    def note(path: Path, **options):
        seen.append(path.stem)
        return inspect(path, **options)

    monkeypatch.setattr(inspecting, "inspect_picture", note)
    return seen


def refuse_to_inspect(path: Path, **options):
    raise AssertionError(f"{path} was inspected again")


def list_findings(audit) -> tuple[list, list]:
    return audit.links.rows(), audit.works.select("id", "group_id", "flags").rows()


def test_planted_pairs_are_linked(audited):
    _, audit = audited
    titles = read_titles(audit.works)
    found = {frozenset((titles[row[0]], titles[row[1]])): row[2] for row in audit.links.rows()}
    assert found == {frozenset((name, whole)): kind for name, (whole, kind) in PLANTED.items()}


def test_groups_and_flags_are_written_into_the_works(audited):
    folder, audit = audited
    works = Gallery(folder).works()
    by_title = {row["title"]: row for row in works.iter_rows(named=True)}
    for name, (whole, _) in PLANTED.items():
        assert by_title[name]["group_id"] == by_title[whole]["group_id"]
        assert by_title[name]["group_id"] == min(by_title[name]["id"], by_title[whole]["id"])
    assert by_title["own5"]["group_id"] is None
    assert by_title["blurred"]["flags"] == "blurred"
    assert by_title["own0"]["flags"] is None
    assert audit.count_groups() == (3, 6)
    assert works.select("id", "group_id", "flags").equals(audit.works.select("id", "group_id", "flags"))


def test_one_painting_under_two_artists_is_a_conflict(audited):
    [conflict] = audited[1].conflicts.to_dicts()
    assert {conflict["left_artist"], conflict["right_artist"]} == {"B", "D"}


def test_links_are_kept(audited):
    folder, audit = audited
    assert _read_links(Gallery(folder)).equals(audit.links)


def test_a_gallery_that_was_not_audited_has_no_links_and_no_warnings(collected):
    assert _read_links(Gallery(collected)).is_empty()
    assert read_warnings(Gallery(collected)) == []


@pytest.mark.parametrize("seed", range(5))
def test_splits_keep_the_groups_whole_afterwards(audited, seed):
    works = Gallery(audited[0]).works()
    split = draw_split(works, "seen", seed=seed)
    parts = split.table.join(works.select("id", "group_id"), on="id").drop_nulls("group_id")
    assert parts.group_by("group_id").agg(pl.col("part").n_unique())["part"].max() == 1
    assert parts.group_by("group_id").agg(pl.col("group").n_unique())["group"].max() == 1


def test_a_second_audit_inspects_nothing_anew(audited, gallery_after, monkeypatch):
    monkeypatch.setattr(inspecting, "inspect_picture", refuse_to_inspect)
    again = audit_gallery(gallery_after, SETTINGS)
    assert list_findings(again) == list_findings(audited[1])


def test_an_audit_that_was_stopped_goes_on(audited, gallery, monkeypatch):
    def stop(step: str, done: int, total: int) -> None:
        if step == "inspect" and done == 6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        audit_gallery(gallery, SETTINGS, progress=stop)
    seen = count_inspections(monkeypatch)
    found = audit_gallery(gallery, SETTINGS)
    assert len(seen) == len(set(seen)) == len(PICTURES) - SETTINGS.commit_size
    assert list_findings(found) == list_findings(audited[1])


def test_progress_counts_to_the_end(gallery):
    steps: list[tuple[str, int, int]] = []
    audit_gallery(gallery, SETTINGS, progress=lambda *step: steps.append(step))
    inspected = [step for step in steps if step[0] == "inspect"]
    assert inspected[-1] == ("inspect", len(PICTURES), len(PICTURES))
    compared = [step for step in steps if step[0] == "compare"]
    assert compared[-1][1] == compared[-1][2] > 0


def test_new_works_only_are_inspected(gallery_after, source, tmp_path, monkeypatch):
    folder = tmp_path / "more"
    folder.mkdir()
    save_again(draw_picture(5)).save(folder / "late.png")
    write_table(folder, [{"path": "late.png", "artist": "B", "title": "late", "style": "Baroque"}])
    collect_source(gallery_after, recognise(folder), SETTINGS)
    seen = count_inspections(monkeypatch)
    found = audit_gallery(gallery_after, SETTINGS)
    assert seen == ["late"]
    groups = dict(found.works.select("title", "group_id").iter_rows())
    assert groups["late"] == groups["own5"] is not None


def test_a_work_that_lost_its_twin_leaves_the_group(gallery_after):
    works = gallery_after.works()
    gallery_after.remove_works(works.filter(pl.col("title") == "copy")["id"].to_list())
    found = audit_gallery(gallery_after, SETTINGS)
    assert found.count_groups() == (2, 4)
    groups = dict(gallery_after.works().select("title", "group_id").iter_rows())
    assert groups["own0"] is None


def link_titles(found: object) -> set[tuple[str, str]]:
    titles = read_titles(found.works)
    return {
        tuple(sorted((titles[left], titles[right]))) for left, right in found.links["left", "right"].rows()
    }


def test_a_pair_that_was_called_different_stays_so(gallery_after: Gallery, tmp_path: Path) -> None:
    ids = {title: work_id for work_id, title in read_titles(gallery_after.works()).items()}
    table = tmp_path / "pairs.csv"
    head = "left,right,relation,decision\n"
    table.write_text(head + f"{ids['own0']},{ids['copy']},copy,Different\n{ids['own1']},{ids['detail']},,\n")
    assert apply_verdicts(gallery_after, table) == 1
    for _ in range(2):
        found = audit_gallery(gallery_after, SETTINGS)
        assert link_titles(found) == {("detail", "own1"), ("mirrored", "own2")}
        groups = dict(gallery_after.works().select("title", "group_id").iter_rows())
        assert groups["own0"] is groups["copy"] is None
    table.write_text(head + f"{ids['copy']},{ids['own0']},copy,same\n")
    assert apply_verdicts(gallery_after, table) == 0
    assert ("copy", "own0") in link_titles(audit_gallery(gallery_after, SETTINGS))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("left,right\na,b\n", "no decision"),
        ("left,right,decision\na,b,different\n", "'a' and 'b'"),
        ("left,right,decision\n{own0},{own0},different\n", "a work|two works"),
        ("left,right,decision\n{own0},{own1},perhaps\n", "'perhaps'"),
        ("left,right,decision\n{own0},{own1},same\n{own1},{own0},different\n", "row 3"),
    ],
)
def test_verdicts_that_cannot_be_read_change_nothing(
    gallery_after: Gallery, tmp_path: Path, text: str, found: str
) -> None:
    ids = {title: work_id for work_id, title in read_titles(gallery_after.works()).items()}
    table = tmp_path / "pairs.csv"
    table.write_text(text.format(**ids))
    with pytest.raises(SourceError, match=found):
        apply_verdicts(gallery_after, table)
    assert ("copy", "own0") in link_titles(audit_gallery(gallery_after, SETTINGS))


def test_blank_pictures_are_evidence_of_nothing(tmp_path: Path) -> None:
    rows = []
    for number, tone in enumerate((0, 1, 127, 128, 254, 255)):
        noise = np.random.default_rng(number).integers(0, 2, (200, 200, 3))
        Image.fromarray(np.clip(tone + noise, 0, 255).astype(np.uint8)).save(tmp_path / f"{number}.png")
        rows.append(
            {"path": f"{number}.png", "artist": "AB"[number % 2], "title": str(number), "style": None}
        )
    # One faint painting in two files is the same still.
    faint = Image.fromarray((120 + np.asarray(draw_picture(3).convert("L")) / 10).astype(np.uint8))
    for name, image in {"faint": faint, "again": save_again(faint.convert("RGB"))}.items():
        image.save(tmp_path / f"{name}.png")
        rows.append({"path": f"{name}.png", "artist": "A", "title": name, "style": None})
    gallery = Gallery(tmp_path / "gallery", is_new=True)
    collect_source(gallery, recognise(write_table(tmp_path, rows)), SETTINGS)
    assert link_titles(audit_gallery(gallery, SETTINGS)) == {("again", "faint")}


@pytest.fixture
def dropped(gallery_after: Gallery):
    return gallery_after, audit_gallery(gallery_after, SETTINGS, options=AuditOptions(("blurred",)))


def test_dropped_works_leave_the_gallery_and_are_listed(dropped):
    gallery, found = dropped
    assert "blurred" not in gallery.works()["title"]
    assert "blurred" not in found.works["title"]
    assert len(found.works) == len(PICTURES) - 1
    [skip] = gallery.skips().to_dicts()
    assert Path(skip["path"]).name == "blurred.png"
    assert skip["stage"] == "audit"
    assert skip["reason"].startswith("dropped by --drop blurred: sharpness < 0.06")
    assert found.skips.equals(gallery.skips())


def test_what_was_dropped_is_not_collected_again(dropped, source):
    gallery, _ = dropped
    summary = collect_source(gallery, recognise(source), SETTINGS)
    assert (summary.dropped, summary.added, summary.works) == (1, 0, len(PICTURES) - 1)
    assert audit_gallery(gallery, SETTINGS).works.height == len(PICTURES) - 1


def test_the_same_bytes_in_another_file_are_another_path(dropped, source, tmp_path):
    """What is dropped is a file; this is told on the page about audits."""
    gallery, _ = dropped
    (tmp_path / "more").mkdir()
    shutil.copy(source / "blurred.png", tmp_path / "more" / "again.png")
    more = write_table(tmp_path / "more", [{"path": "again.png", "artist": "D"}])
    summary = collect_source(gallery, recognise(more), SETTINGS)
    assert (summary.dropped, summary.added) == (0, 1)


def test_what_was_dropped_can_be_restored(dropped, source):
    gallery, _ = dropped
    assert restore_drops(gallery) == 1
    assert gallery.skips().is_empty()
    summary = collect_source(gallery, recognise(source), SETTINGS)
    assert (summary.dropped, summary.added, summary.works) == (0, 1, len(PICTURES))
    assert restore_drops(gallery) == 0


def test_dropping_a_flag_that_no_work_has_drops_nothing(gallery_after):
    found = audit_gallery(gallery_after, SETTINGS, options=AuditOptions(("tiny", "strip")))
    assert len(found.works) == len(PICTURES)
    assert gallery_after.skips().is_empty()


def test_links_of_dropped_works_are_gone_and_their_groups_no_longer_counted(gallery, monkeypatch):
    """The mirrored one is dropped; the original of its group stays alone."""
    raised = auditing.raise_flags

    def call_mirrored_blank(works: pl.DataFrame) -> pl.DataFrame:
        titles = dict(works.select("id", "title").iter_rows())
        flags = raised(works)
        is_mirrored = pl.Series([titles[work_id] == "mirrored" for work_id in flags["id"]])
        return flags.with_columns(flags=pl.when(is_mirrored).then(pl.lit("blank")).otherwise("flags"))

    monkeypatch.setattr(auditing, "raise_flags", call_mirrored_blank)
    found = audit_gallery(gallery, SETTINGS, options=AuditOptions(("blank",)))
    assert set(found.links["left"]) | set(found.links["right"]) <= set(found.works["id"])
    assert len(found.links) == 2
    assert found.count_groups() == (2, 4)
    assert _read_links(gallery).equals(found.links)


def test_a_picture_that_vanished_is_listed_and_the_audit_goes_on(tmp_path):
    source = draw_source(tmp_path / "source")
    gallery = Gallery(tmp_path / "gallery", is_new=True)
    collect_source(gallery, recognise(source), SETTINGS)
    (source / "own7.png").rename(tmp_path / "aside.png")
    found = audit_gallery(gallery, SETTINGS)
    assert len(found.works) == len(PICTURES) - 1
    assert found.count_groups() == (3, 6)
    [skip] = found.skips.to_dicts()
    assert (Path(skip["path"]).name, skip["stage"]) == ("own7.png", "inspect")
    assert skip["reason"].startswith("expected ")
    assert ", found " in skip["reason"]
    assert gallery.count_works() == len(PICTURES)
    (tmp_path / "aside.png").rename(source / "own7.png")
    again = audit_gallery(gallery, SETTINGS)
    assert len(again.works) == len(PICTURES)
    assert again.skips.is_empty()


def test_an_unknown_flag_is_refused_before_anything_is_read(gallery, monkeypatch):
    monkeypatch.setattr(inspecting, "inspect_picture", refuse_to_inspect)
    with pytest.raises(UsageError, match="out of focus"):
        audit_gallery(gallery, SETTINGS, options=AuditOptions(("out of focus",)))


def test_an_empty_gallery_is_refused(tmp_path):
    gallery = Gallery(tmp_path / "gallery", is_new=True)
    source = write_table(tmp_path / "source", [{"path": "no.png", "artist": "A"}])
    collect_source(gallery, recognise(source), SETTINGS)
    with pytest.raises(GalleryError, match="works to audit"):
        audit_gallery(gallery, SETTINGS)


def test_one_work_alone_can_be_audited(tmp_path):
    source = write_table(tmp_path / "source", [{"path": "one.png", "artist": "A"}])
    draw_picture(0).save(source / "one.png")
    gallery = Gallery(tmp_path / "gallery", is_new=True)
    collect_source(gallery, recognise(source), SETTINGS)
    found = audit_gallery(gallery, SETTINGS)
    assert (len(found.works), len(found.links), found.warnings) == (1, 0, [])


def test_neighbours_by_vector_are_told_apart_from_duplicates(audited, gallery_after):
    works = audited[1].works
    rows = np.random.default_rng(0).normal(size=(len(works), 4)).astype(np.float32)
    places = {title: place for place, title in enumerate(works["title"])}
    for near, far in (("own0", "copy"), ("own5", "own6")):
        rows[places[near]] = rows[places[far]] + 0.001
    vectors = Embeddings(tuple(works["id"]), rows, "f" * 64)
    found = audit_gallery(gallery_after, SETTINGS, embeddings=vectors)
    titles = read_titles(works)
    pairs = {frozenset((titles[row[0]], titles[row[1]])): row[2] for row in found.links.rows()}
    assert pairs[frozenset(("own0", "copy"))] == "copy"
    assert pairs[frozenset(("own5", "own6"))] == "similar"
    assert found.count_groups() == audited[1].count_groups()


def test_leaks_of_a_split_are_told(audited, gallery_after, tmp_path):
    works = audited[1].works
    parts = ["test" if title in {"copy", "detail"} else "train" for title in works["title"]]
    rows = works.select("id", "artist").with_columns(part=pl.Series(parts))
    rows.write_csv(tmp_path / "mine.csv")
    found = audit_gallery(
        gallery_after, SETTINGS, load_split=lambda works: load_split(str(tmp_path / "mine.csv"), works)
    )
    told = {leak.kind: leak for leak in found.leaks}
    assert (told["link"].n, told["link"].n_works, told["link"].is_fault) == (2, 2, True)
    assert told["group"].n == 2
    assert found.split.startswith("file")


def test_a_split_is_drawn_from_the_works_as_the_audit_leaves_them(gallery):
    found = audit_gallery(
        gallery,
        SETTINGS,
        options=AuditOptions(("blurred",)),
        load_split=lambda works: draw_split(works, "seen", seed=3),
    )
    assert not [leak for leak in found.leaks if leak.is_fault]
    assert found.split == "seen-3"


def test_warnings_are_kept_until_the_next_audit(gallery_after, monkeypatch):
    shortcut = Shortcut("artist", "border", 0.9, 0.2, 1e-9, 60, 5)
    monkeypatch.setattr(auditing, "find_shortcuts", lambda works, label, groups, **options: [shortcut])
    audit_gallery(gallery_after, SETTINGS)
    assert read_warnings(gallery_after) == [shortcut.warning]
    monkeypatch.setattr(auditing, "find_shortcuts", lambda works, label, groups, **options: [])
    audit_gallery(gallery_after, SETTINGS)
    assert read_warnings(gallery_after) == []


def test_the_audit_is_json(audited):
    told = json.loads(json.dumps(audited[1].to_dict(), allow_nan=False))
    assert (told["works"], told["groups"], told["flags"]["blurred"]) == (12, 3, 1)


# Inspections come back from the gallery as they were made, in the order that is asked for.

INSPECTION_SETTINGS = Settings(workers=2, commit_size=2)


@pytest.fixture(scope="module")
def small_gallery(tmp_path_factory: pytest.TempPathFactory) -> Gallery:
    """Return an inspected gallery of four works, of which one has no features."""
    folder = tmp_path_factory.mktemp("inspected")
    images = {f"{seed}.png": draw_picture(seed) for seed in range(3)}
    images["plain.png"] = Image.new("L", (90, 70))
    source = write_table(folder / "source", [{"path": name, "artist": "A"} for name in images])
    for name, image in images.items():
        image.save(source / name)
    made = Gallery(folder / "gallery", is_new=True)
    collect_source(made, recognise(source), INSPECTION_SETTINGS)
    _inspect_works(made, INSPECTION_SETTINGS, lambda step, done, total: None)
    return made


def test_looks_come_back_as_they_were_made_in_the_order_of_the_ids(small_gallery):
    works = small_gallery.works().reverse()
    looks = read_looks(small_gallery, works["id"].to_list())
    assert sum(len(look.points) == 0 for look in looks) == 1
    for look, path in zip(looks, works["path"], strict=True):
        made = inspect_picture(Path(path)).look
        assert look.aspect == made.aspect
        for name in ("points", "descriptors", "thumbnail"):
            kept, own = getattr(look, name), getattr(made, name)
            assert kept.dtype == own.dtype
            np.testing.assert_array_equal(kept, own)


def test_measures_come_back_beside_the_works(small_gallery):
    measured = _read_measures(small_gallery)
    assert measured["id"].to_list() == sorted(small_gallery.works()["id"])
    for row in measured.iter_rows(named=True):
        made = inspect_picture(Path(row["path"])).to_row()
        assert [row[name] for name in MEASURES] == pytest.approx([made[name] for name in MEASURES])


def test_nothing_is_inspected_twice(small_gallery):
    steps: list[tuple[str, int, int]] = []
    _inspect_works(small_gallery, INSPECTION_SETTINGS, lambda *step: steps.append(step))
    assert steps == []
