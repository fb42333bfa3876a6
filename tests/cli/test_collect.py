"""``morelli collect`` with a server of our own: addresses, manifests, museums' tables, sets of Kaggle."""

from __future__ import annotations

import csv
import json
import shutil
import socket
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import lancedb
import polars as pl
import pytest
import stamina
from PIL import Image, ImageFilter

from audit.pictures import cut, draw_picture, save_again
from collection.downloads.server import PictureServer, draw_numbered, send, status
from collection.sources.iiif.manifests import (
    new_canvas,
    new_image,
    new_manifest,
    old_canvas,
    old_collection,
    old_image,
    old_manifest,
)
from collection.sources.museum_tables import LIEVENS, MET_COLUMNS, REMBRANDT, credit, format_csv, view
from collection.sources.museum_tables import write_gallery as write_museum
from gallery.sources import write_table
from morelli.collection.downloads import kaggle as kaggle_sets
from morelli.collection.sources import met, recognise
from morelli.gallery import Gallery, collect_source
from morelli.settings import Settings

ALLOWED = ("--allow-private", "--rate", "1000")


@pytest.fixture(autouse=True)
def nearby(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let nothing leave this machine, and nobody wait between two tries, of which there are two."""
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def connect_nearby(self: socket.socket, address: tuple[str, int]) -> None:
        assert address[0] == "127.0.0.1", address
        connect(self, address)

    def resolve(host: str, *arguments: object, **options: object) -> object:
        assert host == "127.0.0.1", host
        return look_up(host, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", connect_nearby)
    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    stamina.set_testing(True, attempts=2)
    yield
    stamina.set_testing(False)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def server() -> Iterator[PictureServer]:
    with PictureServer() as running:
        yield running


@pytest.fixture
def collect(morelli, here: Path) -> Callable[..., object]:
    """Return a function that collects into ``g`` with downloads into ``pics``, both in the test's folder."""

    def run(source: object, *options: object):
        return morelli("collect", source, "-g", "g", "--download", "pics", *ALLOWED, *options)

    return run


def write_rows(path: Path, *rows: dict[str, object]) -> Path:
    path.write_text(format_csv(list(rows[0]), rows), encoding="utf-8")
    return path


def read_losses(folder: Path) -> dict[str, tuple[str, str]]:
    with (folder / "pics" / "losses.csv").open(encoding="utf-8") as file:
        return {row["address"]: (row["step"], row["reason"]) for row in csv.DictReader(file)}


def read_works(folder: Path) -> pl.DataFrame:
    return Gallery(folder / "g").works()


def list_picture(number: object, artist: str, url: str) -> dict[str, object]:
    return {"title": f"No. {number}", "artist": artist, "image_url": url}


@pytest.fixture
def table(here: Path, server: PictureServer) -> Path:
    """Write a table whose addresses answer well, twice the same, not at all, with trouble, with a page."""
    good = [server.put(f"/{number}.png", send(draw_numbered(number))) for number in (1, 2)]
    return write_rows(
        here / "table.csv",
        list_picture(1, "Anna", good[0]),
        list_picture(2, "Anna", good[1]),
        list_picture("2 again", "Anna", good[1]),
        list_picture(3, "Bert", server.put("/gone.png", status(404))),
        list_picture(4, "Bert", server.put("/trouble.png", status(500))),
        list_picture(5, "Bert", server.put("/page.png", send(b"<html></html>", kind="text/html"))),
    )


def test_a_table_of_addresses_becomes_a_gallery_and_a_list_of_losses(collect, here, server, table):
    done = collect("table.csv")
    assert done.code == 0, done.err
    assert "Traceback" not in done.err
    assert read_losses(here) == {
        server.address("/gone.png"): ("answer", "expected status 200, found status 404 Not Found"),
        server.address("/trouble.png"): (
            "answer",
            "expected status 200, found status 500 Internal Server Error",
        ),
        server.address("/page.png"): ("picture", "expected a picture, found content of type text/html"),
    }
    assert done.out.splitlines() == [
        "records: 6 listed, 6 wanted, 6 with a picture, 3 at hand, 3 whole, 3 kept",
        "2 works in g: 2 added, 0 updated, 1 files repeated, 0 unchanged, 0 replaced, 3 skipped",
    ]
    works = read_works(here)
    assert sorted(works["title"]) == ["No. 1", "No. 2"]
    assert set(works["address"]) == {server.address("/1.png"), server.address("/2.png")}
    assert set(works["source"]) == {"table"}
    assert all(Path(path).is_relative_to(here / "pics") for path in works["path"])
    assert [server.requests.count(f"/{name}.png") for name in ("1", "2", "gone", "trouble", "page")] == [
        1, 1, 1, 2, 1,
    ]  # fmt: skip


def test_a_second_run_asks_only_for_what_may_have_passed(collect, here, server, table):
    collect("table.csv")
    before = read_works(here)
    server.requests.clear()
    done = collect("table.csv", "--json")
    assert set(server.requests) == {"/trouble.png"}
    assert done.json["funnel"] == {
        "listed": 6, "wanted": 6, "with a picture": 6, "at hand": 3, "whole": 3, "kept": 3,
    }  # fmt: skip
    assert (done.json["added"], done.json["unchanged"], done.json["repeated"]) == (0, 2, 1)
    assert len(done.json["skips"]) == len(read_losses(here)) == 3
    assert read_works(here).equals(before)


def test_what_failed_for_good_is_asked_again_where_that_is_wanted(collect, here, server, table):
    collect("table.csv")
    server.put("/gone.png", send(draw_numbered(3)))
    server.requests.clear()
    done = collect("table.csv", "--json")
    assert "/gone.png" not in server.requests
    done = collect("table.csv", "--retry-failed", "--json")
    assert done.json["added"] == 1
    assert set(server.requests) == {"/trouble.png", "/gone.png", "/page.png"}
    assert server.address("/gone.png") not in read_losses(here)
    assert server.address("/gone.png") not in Gallery(here / "g").skips()["path"].to_list()


def test_only_wanted_works_are_asked_for(collect, here, server, table):
    done = collect("table.csv", "--only", "artist=anna", "--only", "title=no 1", "--json")
    assert server.requests == ["/1.png"]
    assert done.json["funnel"]["wanted"] == done.json["works"] == 1


@pytest.mark.parametrize("choice", ["anna", "painter=anna", "year=1900"])
def test_a_bad_choice_is_refused_before_anything_is_asked(refuses, here, server, table, choice):
    options = ("--download", "pics", *ALLOWED, "--only", choice)
    assert "--only: expected" in refuses("collect", "table.csv", "-g", "g", *options, code=2).err
    assert server.requests == []
    assert not (here / "pics").exists()


def test_private_addresses_are_refused_unless_they_are_allowed(morelli, here, server, table):
    done = morelli("collect", "table.csv", "-g", "g", "--download", "pics", "--rate", "1000", "--json")
    assert done.code == 0
    assert server.requests == []
    assert done.json["works"] == 0
    assert set(read_losses(here).values()) == {
        ("address", "expected an address on the public internet, found 127.0.0.1, private or reserved")
    }
    allowed = morelli("collect", "table.csv", "-g", "g", "--download", "pics", *ALLOWED, "--json")
    assert allowed.json["works"] == 2


def test_addresses_without_a_folder_are_listed_with_what_to_do(morelli, here, server, table):
    done = morelli("collect", "table.csv", "-g", "g", "--json")
    assert done.code == 0
    assert {skip["reason"] for skip in done.json["skips"]} == {"expected a picture, found only its address"}
    assert done.json["funnel"]["with a picture"] == 6
    assert done.json["funnel"]["at hand"] == 0
    assert "6 works have only an address; add --download FOLDER to fetch their pictures" in done.err
    assert server.requests == []


def test_a_bad_rate_is_refused(refuses, here, table):
    for rate in ("0", "-1", "nan"):
        refuses("collect", "table.csv", "-g", "g", "--download", "pics", "--rate", rate, code=2)


def test_a_folder_that_cannot_be_written_to_is_refused(refuses, here, table):
    (here / "taken").write_text("", encoding="utf-8")
    done = refuses("collect", "table.csv", "-g", "g", "--download", "taken")
    assert "taken: expected a folder to write to" in done.err


def put_service(server: PictureServer, name: str, number: int, version: int = 2) -> str:
    """Offer an image service with its description and one picture; return its address."""
    base = server.address(f"/{name}")
    info = {"@context": f"http://iiif.io/api/image/{version}/context.json", "@id": base,
            "profile": "http://iiif.io/api/image/2/level2.json", "width": 90, "height": 90}  # fmt: skip
    server.put(f"/{name}/info.json", send(json.dumps(info).encode(), kind="application/json"))
    server.put(f"/{name}/full/!90,90/0/default.jpg", send(draw_numbered(number)))
    return base


def put_json(server: PictureServer, path: str, document: dict[str, object], key: str) -> str:
    document[key] = server.address(path)
    return server.put(path, send(json.dumps(document).encode(), kind="application/ld+json"))


def test_a_manifest_by_its_address_ends_as_works_with_labels(collect, here, server):
    base = put_service(server, "mill", 1)
    service = [{"id": base, "type": "ImageService2", "profile": "level2"}]
    manifest = new_manifest(
        new_canvas(new_image(service=service)),
        metadata=[
            {"label": {"en": ["Artist"]}, "value": {"en": ["Workshop of Rembrandt"]}},
            {"label": {"en": ["Date"]}, "value": {"en": ["c. 1645"]}},
        ],
    )
    address = put_json(server, "/manifest.json", manifest, "id")
    done = collect(address, "--json")
    assert done.code == 0, done.err
    assert (done.json["layout"], done.json["added"], done.json["skips"]) == ("iiif", 1, [])
    (work,) = read_works(here).to_dicts()
    assert [work[name] for name in ("artist", "qualifier", "title", "year")] == [
        "Rembrandt", "workshop of", "The Mill", 1645,
    ]  # fmt: skip
    assert work["address"] == f"{base}/info.json"
    assert "/mill/full/!90,90/0/default.jpg" in server.requests
    server.requests.clear()
    assert collect(address, "--json").json["unchanged"] == 1
    assert server.requests == []


def test_a_collection_by_its_address_ends_as_works_and_losses(collect, here, server):
    members = []
    for number, artist in enumerate(["Jan Steen", "Frans Hals"], start=1):
        picture = server.put(f"/{number}.jpg", send(draw_numbered(number), kind="image/jpeg"))
        manifest = old_manifest(
            old_canvas(old_image(**{"@id": picture})), metadata=[{"label": "Creator", "value": artist}]
        )
        members.append(put_json(server, f"/manifest-{number}", manifest, "@id"))
    gone = server.put("/manifest-3", status(404))
    address = put_json(server, "/collection", old_collection(*members, gone), "@id")
    done = collect(address, "--json")
    assert done.code == 0, done.err
    assert sorted(read_works(here)["artist"]) == ["Frans Hals", "Jan Steen"]
    assert done.json["skips"] == [{"path": gone, "reason": "expected status 200, found status 404 Not Found"}]
    assert read_losses(here) == {gone: ("reading", "expected status 200, found status 404 Not Found")}
    picture = server.put("/3.jpg", send(draw_numbered(3), kind="image/jpeg"))
    put_json(server, "/manifest-3", old_manifest(old_canvas(old_image(**{"@id": picture}))), "@id")
    again = collect(address, "--json").json
    assert (again["added"], again["unchanged"], again["skips"]) == (1, 2, [])


def test_manifests_of_two_addresses_are_not_mixed(morelli, here, server):
    for number in (1, 2):
        picture = server.put(f"/{number}.png", send(draw_numbered(number)))
        manifest = new_manifest(new_canvas(new_image(id=picture)))
        address = put_json(server, f"/manifest-{number}", manifest, "id")
        done = morelli("collect", address, "-g", f"g{number}", "--download", "pics", *ALLOWED, "--json")
        assert done.json["works"] == 1
    assert len(list((here / "pics" / "manifests").iterdir())) == 2


def test_an_address_that_leads_to_no_manifest_is_an_error(collect, server):
    for address in (
        server.put("/other.json", send(b'{"a": 1}', kind="application/json")),
        server.put("/page", send(b"<html>", kind="text/html")),
        server.put("/gone", status(404)),
    ):
        done = collect(address)
        assert done.code == 1
        assert address in done.err
        assert "Traceback" not in done.err


def test_a_private_manifest_is_refused_unless_it_is_allowed(refuses, here, server):
    address = put_json(server, "/manifest.json", new_manifest(), "id")
    done = refuses("collect", address, "-g", "g", "--download", "pics")
    assert "allow it with --allow-private" in done.err
    assert server.requests == []


@pytest.mark.parametrize("source", ["https://museum.test/manifest", "kaggle:steubk/wikiart"])
def test_what_must_be_fetched_needs_a_folder(refuses, here, source):
    done = refuses("collect", source, "-g", "g", code=2)
    assert f"{source}: expected a folder" in done.err
    assert "add --download FOLDER" in done.err


def test_the_national_gallery_ends_as_a_gallery_with_qualifiers_and_a_funnel(collect, here, server):
    def offer(number: int) -> str:
        server.put(f"/{number}/full/!600,600/0/default.jpg", send(draw_numbered(number), kind="image/jpeg"))
        return server.address(f"/{number}")

    write_museum(
        here / "nga",
        objects=[
            {"objectid": str(number), "title": f"No. {number}", "classification": kind, "beginyear": "1650"}
            for number, kind in enumerate(["Painting", "Painting", "Painting", "Print", "Painting"], start=1)
        ],
        published_images=[
            view("1", "a", iiifurl=offer(1)),
            view("2", "b", iiifurl=offer(2)),
            view("3", "c", iiifurl=server.address("/gone")),
            view("4", "d", iiifurl=offer(4)),
        ],
        objects_constituents=[
            credit("1", "7"),
            credit("2", "7", prefix="Workshop of"),
            credit("3", "8"),
            credit("4", "8"),
            credit("5", "8"),
        ],
        constituents=[REMBRANDT, LIEVENS],
        objects_terms=[],
    )
    done = collect("nga", "--only", "classification=Painting")
    assert done.code == 0, done.err
    assert "layout national-gallery: it holds objects.csv" in done.err
    assert done.out.splitlines()[0] == (
        "records: 5 listed, 4 wanted, 3 with a picture, 2 at hand, 2 whole, 2 kept"
    )
    works = read_works(here).sort("source_id")
    assert works["artist"].to_list() == ["Rembrandt van Rijn"] * 2
    assert works["qualifier"].to_list() == [None, "workshop of"]
    assert set(works["source"]) == {"National Gallery of Art"}
    assert set(works["artist_ids"]) == {"ulan:500011051|wikidata:Q5598"}
    reasons = sorted(reason for _, reason in read_losses(here).values())
    assert reasons == [
        "expected a published primary image, found none",
        "expected status 200, found status 404 Not Found",
    ]


def test_the_met_is_asked_for_records_and_then_for_pictures(collect, here, server, monkeypatch):
    monkeypatch.setattr(met, "_RECORD_ADDRESS", server.address("/objects/{}"))
    picture = server.put("/1.jpg", send(draw_numbered(1), kind="image/jpeg"))
    for number, record in {1: {"primaryImageSmall": picture}, 2: {"primaryImage": ""}}.items():
        server.put(f"/objects/{number}", send(json.dumps(record).encode(), kind="application/json"))
    rows = [
        {"Object ID": number, "Is Public Domain": public, "Artist Display Name": "Rembrandt", "Title": "A"}
        for number, public in ((1, "True"), (2, "True"), (3, "False"))
    ]
    (here / "MetObjects.csv").write_text(format_csv(MET_COLUMNS, rows), encoding="utf-8-sig", newline="")
    done = collect("MetObjects.csv", "--json")
    assert done.code == 0, done.err
    assert done.json["layout"] == "met"
    assert list(done.json["funnel"].values()) == [3, 3, 2, 1, 1, 1]
    losses = read_losses(here)
    assert losses[server.address("/objects/2")] == (
        "record",
        "expected a record with primaryImageSmall or primaryImage, found neither of them",
    )
    assert losses[f"{here / 'MetObjects.csv'}:row 4"][0] == "reading"
    assert "/objects/3" not in server.requests
    assert read_works(here)["source"].to_list() == [met._SOURCE]


@pytest.fixture
def own_table(here: Path) -> Path:
    for number in (1, 2):
        (here / f"{number}.png").write_bytes(draw_numbered(number))
    return write_rows(
        here / "own.csv",
        {"Datei": "1.png", "Painter": "Anna", "Titel": "Eins"},
        {"Datei": "2.png", "Painter": "Bert", "Titel": "Zwei"},
    )


def test_columns_are_mapped(morelli, here, own_table):
    options = ("--map", "artist=Painter,title=Titel", "--map", "path=Datei")
    done = morelli("collect", "own.csv", "-g", "g", *options, "--json")
    assert (done.code, done.json["layout"], done.json["added"]) == (0, "table", 2)
    assert "--download" not in done.err
    works = read_works(here).sort("artist")
    assert works.select("artist", "title").rows() == [("Anna", "Eins"), ("Bert", "Zwei")]


@pytest.mark.parametrize(
    ("mapping", "named"),
    [
        ("artist=Maler,path=Datei", "Maler"),
        ("artist", "artist"),
        ("painter=Painter,path=Datei", "--map painter"),
        ("artist=Painter,artist=Titel", "artist twice"),
    ],
)
def test_a_wrong_mapping_is_refused(refuses, here, own_table, mapping, named):
    assert named in refuses("collect", "own.csv", "-g", "g", "--map", mapping, code=2).err


def test_a_mapping_and_another_layout_exclude_each_other(refuses, here, own_table):
    done = refuses("collect", "own.csv", "-g", "g", "--layout", "met", "--map", "artist=Painter", code=2)
    assert "leave out one of the two" in done.err


def test_a_layout_that_does_not_fit_is_an_error(refuses, here, own_table):
    done = refuses("collect", "own.csv", "-g", "g", "--layout", "met")
    assert "expected a column named 'object_id' or 'objectid' and one named 'is_public_domain'" in done.err
    refuses("collect", here / "1.png", "-g", "g", "--layout", "met")


class FakeKaggle:
    """Writes a set of one artist as the zip that Kaggle would send."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def dataset_download_files(self, dataset: str, *, path: str, **_: object) -> None:
        self.asked.append(dataset)
        with zipfile.ZipFile(Path(path) / f"{dataset.rpartition('/')[2]}.zip", "w") as archive:
            archive.writestr("artists.csv", "name,genre,nationality\nPaul Klee,Cubism,Swiss\n")
            archive.writestr("images/images/Paul_Klee/Paul_Klee_1.jpg", draw_numbered(1))


def test_a_set_of_kaggle_is_fetched_once_and_recognised(morelli, here, monkeypatch):
    client = FakeKaggle()
    monkeypatch.setattr(kaggle_sets, "_open_kaggle_client", lambda *_: client)
    name = "ikarus777/best-artworks-of-all-time"
    for _ in range(2):
        done = morelli("collect", f"kaggle:{name}", "-g", "g", "--download", "pics", "--json")
        assert (done.code, done.json["layout"], done.json["works"]) == (0, "best-artworks", 1)
    assert client.asked == [name]
    (work,) = read_works(here).to_dicts()
    assert (work["artist"], work["style"], work["source"]) == (
        "Paul Klee", "Cubism", "best-artworks-of-all-time",
    )  # fmt: skip


@pytest.mark.parametrize("name", list(kaggle_sets._KAGGLE_SETS))
def test_without_an_account_it_says_what_to_click_and_where_to_put_the_file(refuses, here, monkeypatch, name):
    for variable in ("KAGGLE_USERNAME", "KAGGLE_KEY", "KAGGLE_API_TOKEN"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("KAGGLE_CONFIG_DIR", str(here))
    monkeypatch.setattr(kaggle_sets, "find_spec", lambda _: object())
    done = refuses("collect", f"kaggle:{name}", "-g", "g", "--download", "pics")
    text = " ".join(done.err.split())
    assert kaggle_sets._KAGGLE_SETS[name].page in text
    assert "click 'Download" in text
    assert f"save the file as pics/{name.rpartition('/')[2]}.zip" in text


def test_an_unknown_set_is_refused_with_those_that_are_known(refuses, here):
    done = refuses("collect", "kaggle:mnist", "-g", "g", "--download", "pics", code=2)
    assert all(name in done.err for name in kaggle_sets._KAGGLE_SETS)


# ``audit`` on a few drawn pictures: five files, one screen or JSON, and messages instead of tracebacks.

FILES = {"audit.html", "audit.json", "links.csv", "groups.csv", "groups.jpg", "works.csv", "classes.csv"}
PICTURES = {
    "one": draw_picture(0),
    "again": save_again(draw_picture(0)),
    "two": draw_picture(1),
    "detail": cut(draw_picture(1), 0.1, 0.1, 0.8, 0.8),
    "soft": draw_picture(2).filter(ImageFilter.GaussianBlur(6)),
    "three": draw_picture(3),
}
ARTISTS = ("A", "A", "A", "B", "B", "B")


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return a source and a gallery of it; not to be changed."""
    folder = tmp_path_factory.mktemp("audit")
    rows = [{"path": f"{name}.png", "artist": artist} for name, artist in zip(PICTURES, ARTISTS, strict=True)]
    source = write_table(folder / "source", rows)
    for name, image in PICTURES.items():
        image.save(source / f"{name}.png")
    collect_source(Gallery(folder / "gallery", is_new=True), recognise(source), Settings(workers=1))
    return source, folder / "gallery"


@pytest.fixture
def small_gallery(collected: tuple[Path, Path], tmp_path: Path) -> Path:
    return Path(shutil.copytree(collected[1], tmp_path / "gallery"))


def test_files_are_written_and_one_screen_printed(morelli, small_gallery, tmp_path):
    done = morelli("audit", small_gallery, "-o", tmp_path / "out")
    assert done.code == 0
    assert {path.name for path in (tmp_path / "out").iterdir()} == FILES
    screen = " ".join(done.out.split())
    assert "6 works, 4 of them in 2 groups that show the same painting, 1 pairs under two artists" in screen
    for word in ("copy", "detail", "blurred"):
        assert word in screen
    assert "mirror" not in screen
    assert f"audit: {tmp_path / 'out' / 'audit.html'}" in done.err.replace("\n", "")


def test_json_is_all_of_stdout_and_the_same_as_in_the_file(morelli, small_gallery, tmp_path):
    done = morelli("audit", small_gallery, "-o", tmp_path / "out", "--json", "--split", "seen")
    assert done.code == 0
    assert done.json == json.loads((tmp_path / "out" / "audit.json").read_text(encoding="utf-8"))
    assert (done.json["links"]["copy"], done.json["links"]["detail"]) == (1, 1)
    assert done.json["split"] == "seen-0"
    assert not [leak for leak in done.json["leaks"] if leak["is_fault"]]


def test_leaks_of_a_split_in_a_file_are_printed_as_faults(morelli, small_gallery, tmp_path):
    works = Gallery(small_gallery).works()
    names = [Path(path).stem for path in works["path"]]
    rows = [
        f"{work_id},{artist},{'test' if name in {'again', 'detail'} else 'train'}"
        for work_id, artist, name in zip(works["id"], works["artist"], names, strict=True)
    ]
    (tmp_path / "mine.csv").write_text("\n".join(["id,artist,part", *rows]), encoding="utf-8")
    done = morelli("audit", small_gallery, "-o", tmp_path / "out", "--split", tmp_path / "mine.csv")
    screen = " ".join(done.out.split())
    assert "2 pairs of works that show the same painting in different parts (fault)" in screen


def test_works_are_dropped_left_out_and_restored(morelli, collected, small_gallery, tmp_path):
    source, out = collected[0], tmp_path / "out"
    assert morelli("audit", small_gallery, "-o", out, "--drop", "blurred", "--json").json["works"] == 5
    again = morelli("collect", source, "--gallery", small_gallery)
    assert "1 left out as dropped" in " ".join((again.out + again.err).split())
    assert morelli("audit", small_gallery, "--restore", "--json").json == {"restored": 1}
    assert morelli("audit", small_gallery, "--restore").out == "0 files will be collected again\n"
    assert morelli("collect", source, "--gallery", small_gallery, "--json").json["added"] == 1


def test_an_unknown_flag_is_wrong_usage(refuses, small_gallery):
    assert "colour-bar" in refuses("audit", small_gallery, "--drop", "ugly", code=2).err


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("absent",), 1, "absent"),
        (("absent", "--restore"), 1, "absent"),
        ((), 2, "GALLERY"),
    ],
)
def test_without_a_gallery_there_is_no_audit(refuses, arguments, code, message):
    assert message in refuses("audit", *arguments, code=code).err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(("--split", "absent.csv"), "absent.csv"), (("--encoder", "none"), "exactly one encoder")],
)
def test_what_is_not_there_is_refused(refuses, small_gallery, tmp_path, arguments, message):
    assert message in refuses("audit", small_gallery, "-o", tmp_path / "out", *arguments).err
    assert not (tmp_path / "out").exists()


def test_an_output_that_is_a_file_is_refused(refuses, small_gallery, tmp_path):
    (tmp_path / "out").write_text("not a folder", encoding="utf-8")
    assert "out" in refuses("audit", small_gallery, "-o", tmp_path / "out").err


# ``morelli names``: suggestions out, a review in, works renamed, and the aliases kept.


@pytest.fixture
def twins(gallery_copy: Path) -> tuple[str, str]:
    """Give half the works of one artist another spelling; return both."""
    gallery = Gallery(gallery_copy)
    works = gallery.works()
    artist = works["artist"].sort()[0]
    misspelt = artist[:-1] + artist[-1] * 2
    ids = works.filter(pl.col("artist") == artist)["id"].to_list()[:4]
    gallery.store_works(works.filter(pl.col("id").is_in(ids)).with_columns(pl.lit(misspelt).alias("artist")))
    return artist, misspelt


def test_twins_are_suggested_reviewed_and_merged(morelli, gallery_copy, tmp_path, twins):
    artist, misspelt = twins
    suggested = morelli("names", gallery_copy, "-o", tmp_path / "twins.csv", "--json").json
    assert [(twin["alias"], twin["artist"]) for twin in suggested] == [(misspelt, artist)]
    rows = list(csv.DictReader((tmp_path / "twins.csv").open(encoding="utf-8")))
    assert [row["decision"] for row in rows] == [""]

    done = morelli("names", gallery_copy, "--apply", tmp_path / "twins.csv")
    assert done.out == "0 aliases stored, 0 works renamed\n"
    (tmp_path / "twins.csv").write_text(
        f"alias,artist,decision\n{misspelt},{artist},same\n", encoding="utf-8"
    )
    done = morelli("names", gallery_copy, "--apply", tmp_path / "twins.csv", "--json").json
    assert done == {"aliases": {misspelt: artist}, "renamed": 4}

    gallery = Gallery(gallery_copy)
    assert gallery.aliases() == {misspelt: artist}
    assert gallery.works().filter(pl.col("artist") == misspelt).is_empty()
    assert gallery.works().filter(pl.col("artist") == artist).height == 12
    assert morelli("names", gallery_copy).out.startswith("0 pairs")


def test_suggestions_are_a_table_and_change_nothing(morelli, gallery_copy, twins):
    done = morelli("names", gallery_copy)
    assert done.code == 0
    assert all(name in done.out for name in twins)
    assert Gallery(gallery_copy).aliases() == {}


def test_new_aliases_join_the_old_ones(gallery_copy, twins):
    gallery = Gallery(gallery_copy)
    artist, misspelt = twins
    gallery.store_aliases({misspelt: artist})
    gallery.store_aliases({artist: "Somebody Else"})
    assert gallery.aliases() == {misspelt: "Somebody Else", artist: "Somebody Else"}
    assert artist not in gallery.works()["artist"].to_list()


def test_aliases_that_make_a_circle_with_the_old_ones_are_refused(refuses, gallery_copy, tmp_path, twins):
    artist, misspelt = twins
    Gallery(gallery_copy).store_aliases({misspelt: artist})
    (tmp_path / "back.csv").write_text(f"alias,artist,decision\n{artist},{misspelt},same\n", encoding="utf-8")
    assert (
        "aliases that end at an artist"
        in refuses("names", gallery_copy, "--apply", tmp_path / "back.csv").err
    )
    assert Gallery(gallery_copy).aliases() == {misspelt: artist}


def test_what_makes_no_sense_is_refused(refuses, gallery_copy, tmp_path):
    refuses("names", gallery_copy, "--score", "2", code=2)
    refuses("names", gallery_copy, "--apply", tmp_path / "absent.csv")
    refuses("names", gallery_copy, "--apply", "x.csv", "-o", "y.csv", code=2)
    refuses("names", "absent")


def test_an_authority_knows_artists_under_other_names(morelli, gallery_copy, tmp_path):
    artist = Gallery(gallery_copy).works()["artist"].sort()[0]
    first, _, last = artist.rpartition(" ")
    (tmp_path / "constituents.csv").write_text(
        "constituentid,preferreddisplayname,forwarddisplayname,lastname,artistofngaobject,constituenttype\n"
        '1,"Painter, Preferred",Preferred Painter,Painter,1,individual\n',
        encoding="utf-8",
    )
    (tmp_path / "constituents_altnames.csv").write_text(
        "altnameid,constituentid,lastname,displayname,forwarddisplayname,nametype\n"
        f'1,1,{last},"{last}, {first}",{artist},Alternate\n',
        encoding="utf-8",
    )
    [twin] = morelli("names", gallery_copy, "--authority", tmp_path, "--json").json
    assert (twin["alias"], twin["artist"], twin["reason"]) == (artist, "Preferred Painter", "authority")


def test_an_embed_without_a_readable_picture_fails(morelli, refuses, tmp_path):
    picture = tmp_path / "source" / "Anna Ancher" / "1.png"
    picture.parent.mkdir(parents=True)
    Image.new("RGB", (64, 64), "#a06020").save(picture)
    gallery = tmp_path / "gallery"
    assert morelli("collect", tmp_path / "source", "-g", gallery).code == 0
    picture.unlink()
    outcome = refuses("embed", gallery, "-e", "descriptors", "--workers", 0)
    assert "expected a work whose picture can be read, found none among 1" in outcome.err
    assert morelli("info", gallery, "--json").json["encoders"] == []


def test_compact_says_what_stood_twice(morelli, tmp_path):
    picture = tmp_path / "source" / "Anna Ancher" / "1.png"
    picture.parent.mkdir(parents=True)
    Image.new("RGB", (64, 64), "#a06020").save(picture)
    gallery = tmp_path / "gallery"
    morelli("collect", tmp_path / "source", "-g", gallery)
    assert morelli("compact", gallery, "--json").json == {"doubles": {}, "works": 1}
    works = lancedb.connect(gallery).open_table("works")
    works.add(works.to_arrow())
    printed = morelli("compact", gallery).out
    assert printed == "1 works; rows that stood twice and were taken out: 1 in works\n"


def test_which_column_became_which_field_is_said(morelli, tmp_path):
    folder = tmp_path / "source"
    folder.mkdir()
    Image.new("RGB", (64, 64), "#a06020").save(folder / "1.png")
    (folder / "works.csv").write_text(
        "Datei,Bildtitel,Raum,Kuenstlerin_Namen\n1.png,Rain,7,Anna Ancher\n", encoding="utf-8"
    )
    arguments = ("collect", folder / "works.csv", "-g", tmp_path / "gallery", "--json")
    outcome = morelli(*arguments)
    assert "columns: path from 'Datei', title from 'Bildtitel'" in outcome.err
    assert "columns not used: 'Raum', 'Kuenstlerin_Namen'" in outcome.err
    assert "no column names the artists; if it is 'Kuenstlerin_Namen'" in outcome.err
    assert outcome.json["columns"] == {"path": "Datei", "title": "Bildtitel"}
    assert outcome.json["unused_columns"] == ["Raum", "Kuenstlerin_Namen"]
    outcome = morelli(*arguments, "--map", "artist=Kuenstlerin_Namen")
    assert "artist from 'Kuenstlerin_Namen'" in outcome.err
    assert "no column names the artists" not in outcome.err


def test_artists_and_skips_are_both_listed_where_both_are_asked_for(morelli, tmp_path):
    folder = tmp_path / "source" / "Anna Ancher"
    folder.mkdir(parents=True)
    Image.new("RGB", (64, 64), "#a06020").save(folder / "1.png")
    (folder / "2.png").write_bytes(b"no picture")
    gallery = tmp_path / "gallery"
    morelli("collect", tmp_path / "source", "-g", gallery)
    printed = morelli("info", gallery, "--artists", "--skips").out
    assert "Anna Ancher" in printed
    assert "2.png" in printed
    told = morelli("info", gallery, "--artists", "--skips", "--json").json
    assert told["artists"] == {"Anna Ancher": 1}
    assert [Path(skip["path"]).name for skip in told["skips"]] == ["2.png"]
