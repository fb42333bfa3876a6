"""What becomes of a source's records on their way into a gallery: choosing, fetching, renaming, uniting."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl
import pytest

from collection.fake_downloads import FakeDownloader
from morelli.collection.sources.layout import DirectAddresses
from morelli.collection.work import Skip, Work
from morelli.errors import UsageError
from morelli.gallery import CollectOptions, CollectSummary, Gallery, collect_source
from morelli.gallery.collect import DROP_STAGE
from morelli.settings import Settings

from .sources import write_picture

HOST = "http://museum.test/"
SETTINGS = Settings(workers=1, commit_size=2)


@dataclass(frozen=True)
class Records(DirectAddresses):
    """A layout that lists what it was given."""

    source: Path
    entries: tuple[Work | Skip, ...]
    name: str = "records"
    reason: str = "a test says so"

    def read(self) -> Iterator[Work | Skip]:
        yield from self.entries


@pytest.fixture
def gallery(tmp_path: Path) -> Gallery:
    return Gallery(tmp_path / "gallery", is_new=True)


@pytest.fixture
def pictures(tmp_path: Path) -> list[Path]:
    return [write_picture(tmp_path / "pictures" / f"{seed}.png", seed) for seed in range(6)]


@pytest.fixture
def listing(tmp_path: Path) -> Path:
    """Return a file to be called a source."""
    (tmp_path / "museum.csv").write_text("", encoding="utf-8")
    return tmp_path / "museum.csv"


@dataclass
class Collecting:
    gallery: Gallery
    listing: Path

    def __call__(self, *entries: Work | Skip, **options: object) -> CollectSummary:
        layout = Records(self.listing, entries)
        return collect_source(self.gallery, layout, SETTINGS, options=CollectOptions(**options))  # type: ignore[arg-type]


@pytest.fixture
def collect(gallery: Gallery, listing: Path) -> Collecting:
    return Collecting(gallery, listing)


def at(number: int | str, **labels: object) -> Work:
    return Work(None, address=f"{HOST}{number}", **labels)  # type: ignore[arg-type]


def offer(*pictures: Path) -> FakeDownloader:
    """Return a downloader that has each picture at its number."""
    return FakeDownloader({f"{HOST}{number}": path for number, path in enumerate(pictures)})


def test_the_funnel_counts_what_each_step_leaves(collect: Collecting, pictures: list[Path], tmp_path) -> None:
    (tmp_path / "cut.png").write_bytes(pictures[5].read_bytes()[:200])
    copy = Path(shutil.copy(pictures[0], tmp_path / "copy.png"))
    other = Path(shutil.copy(pictures[0], tmp_path / "other.png"))
    summary = collect(
        Work(pictures[0], artist="A"),
        at(1, artist="A"),
        at("gone", artist="A"),
        Work(tmp_path / "cut.png", artist="A"),
        Work(tmp_path / "absent.png", artist="A"),
        Work(copy, artist="A"),
        Work(other, artist="B"),
        Work(None, artist="A", source_id="7"),
        Work(pictures[2], artist="A", classification="Print"),
        Skip("museum.csv:row 9", "expected an objectid, found none"),
        only={"classification": ""},
        downloader=offer(*pictures),
    )
    assert summary.funnel == {
        "listed": 10,
        "wanted": 9,
        "with a picture": 7,  # neither the one with a number only, nor the skip
        "at hand": 6,  # without the one that is gone
        "whole": 4,  # neither the cut nor the absent one
        "kept": 3,  # the third copy is by somebody else
    }
    assert (summary.added, summary.repeated, summary.works, len(summary.skips)) == (2, 1, 2, 6)


def test_what_is_lost_keeps_its_place_and_step(collect: Collecting, gallery: Gallery) -> None:
    summary = collect(at("gone"), Skip("museum.csv:row 3", "expected a path, found none"))
    assert [skip.reason for skip in summary.skips] == [
        "expected a picture, found only its address",
        "expected a path, found none",
    ]
    summary = collect(at("gone"), downloader=FakeDownloader())
    assert [(skip.path, getattr(skip, "step", None)) for skip in summary.skips] == [(f"{HOST}gone", "answer")]
    assert gallery.skips()["path"].to_list() == [f"{HOST}gone", "museum.csv:row 3"]


def test_a_source_is_named_only_where_a_record_names_none(
    collect: Collecting, gallery: Gallery, pictures: list[Path]
) -> None:
    collect(Work(pictures[0]), Work(pictures[1], source="Tate"))
    assert sorted(gallery.works()["source"]) == ["Tate", "museum"]


def test_a_source_that_was_given_under_another_name_has_that(
    collect: Collecting, gallery: Gallery, pictures: list[Path], tmp_path: Path
) -> None:
    collect(Work(pictures[0]), given=tmp_path / "pictures")
    assert gallery.works()["source"].to_list() == ["pictures"]
    assert gallery.name == "pictures"


def test_aliases_of_the_gallery_hold_for_what_comes_later(
    collect: Collecting, gallery: Gallery, pictures: list[Path]
) -> None:
    collect(Work(pictures[0], artist="Claude Monet"))
    gallery.store_aliases({"Monet, C.": "Claude Monet"})
    summary = collect(
        Work(pictures[1], artist="Monet, C."),
        Work(pictures[2], artist="Édouard Manet"),
        only={"artist": "Claude Monet"},
    )
    assert (summary.added, summary.funnel["wanted"]) == (1, 1)
    assert gallery.works()["artist"].to_list() == ["Claude Monet"] * 2


def test_only_what_is_wanted_is_asked_for(collect: Collecting, pictures: list[Path]) -> None:
    downloader = offer(*pictures)
    entries = [at(number, classification=kind) for number, kind in enumerate(["Painting", "Print", None])]
    summary = collect(*entries, only={"classification": "painting"}, downloader=downloader)
    assert downloader.asked == [[f"{HOST}0"]]
    assert (summary.added, summary.skips) == (1, ())


def test_an_unknown_field_is_refused_before_anything_is_asked(collect: Collecting) -> None:
    downloader = FakeDownloader()
    with pytest.raises(UsageError, match="one of the fields artist"):
        collect(at(0), only={"painter": "x"}, downloader=downloader)
    assert downloader.asked == []


def test_retrying_reaches_the_downloader(collect: Collecting) -> None:
    downloader = FakeDownloader()
    collect(at(0), downloader=downloader, retry_failed=True)
    collect(at(0), downloader=downloader)
    assert downloader.is_retrying == [True, False]


def test_a_source_is_collected_again_without_reading_what_was_fetched(
    collect: Collecting, gallery: Gallery, pictures: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = [at(number, artist="A") for number in range(3)]
    assert collect(*entries, downloader=offer(*pictures)).added == 3
    before = gallery.works()

    def read(*_: object, **__: object) -> None:
        raise AssertionError("a picture was read")

    monkeypatch.setattr("morelli.collection.reading.read_work", read)
    again = collect(*entries, downloader=offer(*pictures))
    assert (again.added, again.updated, again.unchanged, again.skips) == (0, 0, 3, ())
    assert again.funnel == dict.fromkeys(again.funnel, 3)
    assert gallery.works().equals(before)


def test_a_picture_that_failed_once_comes_in_later_and_leaves_the_skip_report(
    collect: Collecting, gallery: Gallery, pictures: list[Path]
) -> None:
    entries = [at(number, artist="A") for number in range(2)]
    collect(*entries, downloader=offer(pictures[0]))
    assert gallery.skips()["path"].to_list() == [f"{HOST}1"]
    summary = collect(*entries, downloader=offer(*pictures))
    assert (summary.added, summary.unchanged) == (1, 1)
    assert gallery.skips().is_empty()


def test_an_address_that_leads_to_a_known_file_in_the_end_leaves_the_skip_report(
    collect: Collecting, gallery: Gallery, pictures: list[Path]
) -> None:
    entries = [at(0, artist="A"), at(1, artist="A")]
    collect(*entries, downloader=offer(pictures[0]))
    summary = collect(*entries, downloader=offer(pictures[0], pictures[0]))
    assert (summary.unchanged, summary.repeated, summary.works) == (1, 1, 1)
    assert gallery.skips().is_empty()


def test_works_that_share_an_address_are_one_work(
    collect: Collecting, gallery: Gallery, pictures: list[Path]
) -> None:
    entries = [at(0, artist="A", title="Recto", style="B"), at(0, artist="A", title="Verso", style="C")]
    summary = collect(*entries, downloader=offer(*pictures))
    assert (summary.added, summary.repeated, summary.unchanged, summary.skips) == (1, 1, 0, ())
    (work,) = gallery.works().to_dicts()
    assert (work["title"], work["style"]) == ("Recto", "B|C")
    again = collect(*entries, downloader=offer(*pictures))
    assert (again.updated, again.repeated, again.unchanged) == (0, 1, 1)
    assert gallery.works().row(0, named=True) == work


def test_one_address_under_two_artists_is_a_conflict_until_it_is_settled(
    collect: Collecting, gallery: Gallery, pictures: list[Path]
) -> None:
    entries = [at(0, artist="A"), at(0, artist="B")]
    for n_times in range(3):
        summary = collect(*entries, downloader=offer(*pictures))
        (skip,) = summary.skips
        assert "found 'B' here and 'A' for the same file" in skip.reason
        assert summary.funnel["kept"] == 1
        assert gallery.works()["artist"].to_list() == ["A"], n_times
        assert gallery.skips().height == 1
    summary = collect(entries[0], replace(entries[1], artist="a"), downloader=offer(*pictures))
    assert summary.skips == ()
    assert gallery.skips().is_empty()


def test_what_an_audit_dropped_stays_out_and_is_counted(
    collect: Collecting, gallery: Gallery, pictures: list[Path]
) -> None:
    entries = [at(0, artist="A"), Work(pictures[1], artist="A")]
    collect(*entries, downloader=offer(*pictures))
    (dropped,) = gallery.works(f"path = '{pictures[0]}'")["id"].to_list()
    gallery.remove_works([dropped])
    gallery.store_skips([Skip(str(pictures[0]), "expected no border, found one")], stage=DROP_STAGE)
    summary = collect(*entries, downloader=offer(*pictures))
    assert (summary.dropped, summary.works, summary.unchanged) == (1, 1, 1)
    assert (summary.funnel["with a picture"], summary.funnel["at hand"]) == (2, 1)
    assert gallery.skips()["stage"].to_list() == [DROP_STAGE]


def test_reasons_of_other_stages_stay_when_an_unchanged_file_is_listed_again(
    collect: Collecting, gallery: Gallery, pictures: list[Path]
) -> None:
    collect(Work(pictures[0], artist="A"))
    gallery.store_skips([Skip(str(pictures[0]), "expected memory, found none")], stage="embed")
    collect(Work(pictures[0], artist="A"))
    assert gallery.skips()["stage"].to_list() == ["embed"]


@pytest.mark.parametrize("is_moved", [True, False])
def test_what_an_audit_found_stays_with_a_file_that_was_moved_or_touched(
    collect: Collecting, gallery: Gallery, pictures: list[Path], tmp_path: Path, is_moved: bool
) -> None:
    collect(Work(pictures[0], artist="A"))
    found = {"group_id": "g1", "flags": "blurred|frame"}
    gallery.store_works(
        gallery.works().with_columns(pl.lit(text).alias(name) for name, text in found.items())
    )
    place = pictures[0].rename(tmp_path / "moved.png") if is_moved else pictures[0]
    place.touch()
    summary = collect(Work(place, artist="A", title="New"))
    assert (summary.added, summary.updated, summary.works) == (0, 1, 1)
    (work,) = gallery.works().to_dicts()
    assert {name: work[name] for name in found} == found
    assert (work["path"], work["title"]) == (str(place), "New")
