"""Choosing works by their fields, and files in the place of addresses."""

from __future__ import annotations

from pathlib import Path

import pytest

from collection.fake_downloads import FakeDownloader
from morelli.collection.downloads import Loss
from morelli.collection.opening import _WANTED_FIELDS, fetch_works, open_source, parse_only, select_works
from morelli.collection.sources.layout import DirectAddresses
from morelli.collection.work import Skip, Work
from morelli.errors import DownloadError, UsageError

DIRECT = DirectAddresses().locate


def wanted(works: list[Work], **only: str) -> list[int]:
    kept = select_works(works, only)
    return [works.index(work) for work in kept if isinstance(work, Work)]


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    (tmp_path / "fetched.jpg").write_bytes(b"picture")
    return tmp_path / "fetched.jpg"


def test_of_several_labels_one_is_enough() -> None:
    works = [Work(None, style=style) for style in ("Baroque", "Rococo|Late Baroque|baroque", "Rococo", None)]
    assert wanted(works, style="Baroque") == [0, 1]
    assert wanted(works, style="Rococo|Late Baroque|baroque") == []


def test_accents_case_and_punctuation_make_no_difference() -> None:
    works = [Work(None, artist=name) for name in ("Albrecht Dürer", "ALBRECHT_DURER", "Albrecht Dürer II")]
    assert wanted(works, artist="albrecht durer") == [0, 1]


def test_a_part_of_a_label_is_not_the_label() -> None:
    works = [Work(None, classification=text) for text in ("Painting", "Wall Painting", "Paint")]
    assert wanted(works, classification="Painting") == [0]


def test_all_fields_must_fit() -> None:
    works = [
        Work(None, artist="Monet", classification="Print"),
        Work(None, artist="Monet", classification="Painting"),
        Work(None, artist="Manet", classification="Painting"),
    ]
    assert wanted(works, artist="Monet", classification="Painting") == [1]
    assert wanted(works) == [0, 1, 2]


def test_an_empty_value_wants_works_without_one() -> None:
    works = [Work(None, qualifier=text) for text in ("workshop of", None)]
    assert wanted(works, qualifier="") == [1]


def test_skips_stay_whatever_is_wanted_and_the_order_is_kept() -> None:
    entries = [Skip("a", "x"), Work(None, style="A"), Skip("b", "x"), Work(None, style="B"), Skip("c", "x")]
    assert select_works(entries, {"style": "B"}) == [entries[0], entries[2], entries[3], entries[4]]


@pytest.mark.parametrize("name", ["path", "address", "year", "painter", ""])
def test_an_unknown_field_is_refused_with_those_that_there_are(name: str) -> None:
    with pytest.raises(UsageError, match=", ".join(_WANTED_FIELDS)):
        select_works([], {name: "x"})
    with pytest.raises(UsageError, match=f"found '{name}'"):
        parse_only([f"{name}=x"])


def test_choices_are_read_from_texts() -> None:
    assert parse_only([]) == {}
    assert parse_only([" artist = Claude Monet ", "title=a=b", "style="]) == {
        "artist": "Claude Monet",
        "title": "a=b",
        "style": "",
    }


def test_a_choice_without_an_equals_sign_is_refused() -> None:
    with pytest.raises(UsageError, match="found 'Painting'; put an equals sign"):
        parse_only(["classification=Painting", "Painting"])


def test_a_field_that_is_chosen_twice_is_refused_unless_it_says_the_same() -> None:
    with pytest.raises(UsageError, match="each field once, found style=Baroque and style=Rococo"):
        parse_only(["style=Baroque", "style=Rococo"])
    assert parse_only(["style=Baroque", "style = Baroque"]) == {"style": "Baroque"}


def test_files_take_the_place_of_addresses_in_the_same_order(tmp_path: Path) -> None:
    files = {}
    for name in "abc":
        files[f"http://x.test/{name}"] = tmp_path / name
        (tmp_path / name).write_bytes(name.encode())
    entries = [Work(None, title=name, address=f"http://x.test/{name}") for name in "abc"]
    entries.insert(1, Skip("table.csv:row 3", "expected a path, found none"))
    done = fetch_works(entries, FakeDownloader(files), DIRECT)
    assert [entry.path for entry in done] == [
        tmp_path / "a",
        "table.csv:row 3",
        tmp_path / "b",
        tmp_path / "c",
    ]
    assert [entry.title for entry in done if isinstance(entry, Work)] == ["a", "b", "c"]


def test_works_that_share_an_address_share_its_file_and_ask_once(picture: Path) -> None:
    works = [Work(None, title=title, address="http://x.test/1") for title in ("recto", "verso")]
    downloader = FakeDownloader({"http://x.test/1": picture})
    done = fetch_works(works, downloader, DIRECT)
    assert [(work.path, work.title) for work in done if isinstance(work, Work)] == [
        (picture, "recto"),
        (picture, "verso"),
    ]
    assert downloader.asked == [["http://x.test/1"]]


def test_a_work_with_a_file_keeps_it_and_its_address_is_not_asked(tmp_path: Path, picture: Path) -> None:
    work = Work(tmp_path / "own.jpg", address="http://x.test/1")
    downloader = FakeDownloader({"http://x.test/1": picture})
    assert fetch_works([work], downloader, DIRECT) == [work]
    assert downloader.asked == [[]]


def test_a_work_with_neither_file_nor_address_stays_as_it_is() -> None:
    work = Work(None, source_id="7")
    assert fetch_works([work], FakeDownloader(), DIRECT) == [work]


def test_each_work_of_a_lost_address_becomes_a_skip_that_names_it() -> None:
    works = [Work(None, title=title, address="http://x.test/gone") for title in ("recto", "verso")]
    done = fetch_works(works, FakeDownloader(), DIRECT)
    loss = Loss("http://x.test/gone", "expected status 200, found status 404 Not Found", "answer")
    assert done == [loss, loss]


def test_the_layout_says_what_an_address_leads_to(picture: Path) -> None:
    work = Work(None, address="http://x.test/record")
    downloader = FakeDownloader({"http://x.test/record.jpg": picture})
    done = fetch_works([work], downloader, lambda address, read_json: read_json(address)["picture"])
    assert [entry.path for entry in done] == [picture]


def test_paths_are_absolute(picture: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(picture.parent)
    downloader = FakeDownloader({"http://x.test/1": Path(picture.name)})
    assert fetch_works([Work(None, address="http://x.test/1")], downloader, DIRECT)[0].path == picture


def test_progress_counts_addresses_and_retrying_is_passed_on(picture: Path) -> None:
    calls: list[tuple[str, int, int]] = []
    works = [Work(None, address=f"http://x.test/{name}") for name in ("1", "2", "1")]
    downloader = FakeDownloader({"http://x.test/1": picture})
    fetch_works(works, downloader, DIRECT, lambda *call: calls.append(call), retry_failed=True)
    assert calls == [("download", 1, 2), ("download", 2, 2)]
    fetch_works(works, downloader, DIRECT)
    assert downloader.is_retrying == [True, False]


class Folder:
    """As much of a downloader as keeps manifests: a folder, and one document by its address."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read_json(self, address: str) -> object:
        if address.endswith("lost"):
            raise DownloadError(address, expected="status 200", found="404", remedy="ask again")
        members = [{"id": f"{address}/lost", "type": "Manifest"}]
        return {"id": address, "type": "Collection", "items": members}


@pytest.fixture
def artists(tmp_path: Path) -> Path:
    (tmp_path / "artists" / "Paul_Klee").mkdir(parents=True)
    (tmp_path / "artists" / "Paul_Klee" / "a.jpg").write_bytes(b"picture")
    return tmp_path / "artists"


def test_a_place_on_disk_is_recognised(artists: Path) -> None:
    path, layout = open_source(str(artists))
    assert (path, layout.name) == (artists, "artist-folders")


def test_columns_make_it_a_table(artists: Path) -> None:
    (artists / "works.csv").write_text("Datei,Maler\nPaul_Klee/a.jpg,Klee\n")
    [work] = open_source(str(artists), columns={"path": "Datei", "artist": "Maler"})[1].read()
    assert work == Work(artists / "Paul_Klee" / "a.jpg", artist="Klee")


def test_an_address_brings_its_manifests_and_names_those_that_are_lost(tmp_path: Path) -> None:
    calls: list[tuple[str, int, int]] = []
    address = "https://museum.test/collection"
    path, layout = open_source(
        address, downloader=Folder(tmp_path), progress=lambda *call: calls.append(call)
    )
    assert (path.parent, path.name[:11]) == (tmp_path / "manifests", "museum-test")
    assert calls == [("manifests", 1, 2), ("manifests", 2, 2)]
    assert list(layout.read()) == [Skip(f"{address}/lost", "expected status 200, found 404")]


def test_a_set_of_kaggle_goes_beside_the_pictures_and_is_announced(tmp_path: Path, artists: Path) -> None:
    artists.rename(tmp_path / "wikiart")
    (tmp_path / "wikiart.unpacked").touch()
    told: list[str] = []
    path, layout = open_source("kaggle:steubk/wikiart", downloader=Folder(tmp_path), say=told.append)
    assert (path, layout.name) == (tmp_path / "wikiart", "artist-folders")
    assert told == [f"fetching steubk/wikiart from Kaggle into {tmp_path}, unless it is there"]


@pytest.mark.parametrize("source", ["https://museum.test/manifest", "kaggle:steubk/wikiart"])
def test_what_is_fetched_needs_a_downloader(source: str) -> None:
    with pytest.raises(UsageError, match="without --download; add --download FOLDER"):
        open_source(source)
