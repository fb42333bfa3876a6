from __future__ import annotations

import hashlib
import threading
from collections import Counter
from pathlib import Path

import pytest

from collection.downloads.server import PictureServer, draw_numbered, move, send, status
from collection.odd_files import draw_picture, encode_picture
from morelli.collection.downloads import Downloader, Fetched, Loss
from morelli.collection.downloads.politeness import _GIVE_UP_AFTER
from morelli.errors import AddressError, DownloadError

JPEG = encode_picture(draw_picture(), "JPEG")


def test_a_picture_is_named_by_its_content(server: PictureServer, open_downloader, tmp_path: Path) -> None:
    address = server.put("/a.php?id=1", send(JPEG, kind="image/jpeg"))
    [found] = open_downloader().fetch([address])
    digest = hashlib.sha256(JPEG).hexdigest()
    path = tmp_path / "store" / digest[:2] / f"{digest}.jpg"
    assert found == Fetched(address, path, digest, len(JPEG), is_new=True)
    assert path.read_bytes() == JPEG
    assert list((tmp_path / "store" / "incoming").iterdir()) == []


@pytest.mark.parametrize(
    ("name", "suffix"),
    [
        ("PNG", ".png"),
        ("GIF", ".gif"),
        ("TIFF", ".tif"),
        ("WEBP", ".webp"),
        ("BMP", ".bmp"),
        ("JPEG2000", ".jp2"),
    ],
)
@pytest.mark.parametrize("kind", ["image/jpeg", "application/octet-stream", "text/plain", None])
def test_the_ending_is_that_of_the_content_whatever_it_is_called(
    server: PictureServer, open_downloader, name: str, suffix: str, kind: str | None
) -> None:
    address = server.put("/a.jpg", send(encode_picture(draw_picture(), name), kind=kind))
    [found] = open_downloader().fetch([address])
    assert isinstance(found, Fetched)
    assert found.path.suffix == suffix


def put_pages(server: PictureServer, n: int, first: int = 0) -> list[str]:
    page = send(b"<!doctype html>", kind="text/html; charset=utf-8")
    return [server.put(f"/object/{number}", page) for number in range(first, first + n)]


def test_a_host_that_sends_pages_is_left_after_ten(
    server: PictureServer, open_downloader, caplog: pytest.LogCaptureFixture
) -> None:
    losses = list(open_downloader(workers=1).fetch(put_pages(server, 60)))
    assert len(losses) == 60
    assert len(server.requests) == 10
    assert Counter(loss.reason for loss in losses) == {
        "expected a picture, found content of type text/html": 10,
        "expected pictures from 127.0.0.1, found 10 web pages and no picture; the address was not asked": 50,
    }
    (record,) = caplog.records
    assert "--map address=COLUMN" in record.getMessage()


def test_pages_that_are_known_count_in_the_next_run(server: PictureServer, open_downloader) -> None:
    addresses = put_pages(server, 30)
    list(open_downloader(workers=2).fetch(addresses))
    n_asked = len(server.requests)
    assert 10 <= n_asked <= 12  # what the other thread had begun
    again = list(open_downloader().fetch(addresses))
    assert len(server.requests) == n_asked
    assert len(again) == 30
    list(open_downloader(workers=1).fetch(addresses, retry_failed=True))
    assert len(server.requests) == n_asked + 10


@pytest.mark.parametrize("n_before", [0, 9])
def test_a_host_with_a_picture_is_asked_for_all(
    server: PictureServer, open_downloader, n_before: int
) -> None:
    picture = server.put("/a.png", send(draw_numbered(1)))
    addresses = [*put_pages(server, n_before), picture, *put_pages(server, 20, n_before)]
    found = list(open_downloader(workers=1).fetch(addresses))
    assert len(server.requests) == len(found) == n_before + 21


def test_a_host_of_pages_does_not_stop_another(server: PictureServer, open_downloader) -> None:
    pages = put_pages(server, 15)
    server.put("/a.png", send(draw_numbered(1)))
    elsewhere = f"http://localhost:{server.port}/a.png"
    found = list(open_downloader(workers=1).fetch([*pages, elsewhere]))
    assert sum(isinstance(entry, Fetched) for entry in found) == 1


def test_files_that_are_no_pictures_and_no_pages_do_not_count(server: PictureServer, open_downloader) -> None:
    pdf = send(b"%PDF-1.4", kind="application/pdf")
    addresses = [server.put(f"/{number}.pdf", pdf) for number in range(15)]
    list(open_downloader(workers=1).fetch(addresses))
    assert len(server.requests) == 15


def test_the_request_says_who_asks_and_what_for(server: PictureServer, open_downloader) -> None:
    list(open_downloader().fetch([server.put("/a.png", send(draw_numbered(1)))]))
    [headers] = server.headers
    assert headers["user-agent"].startswith("morelli/")
    assert headers["accept"].startswith("image/")
    assert headers["accept-encoding"] == "identity"


def test_an_address_that_is_given_twice_is_fetched_once(server: PictureServer, open_downloader) -> None:
    address = server.put("/a.png", send(draw_numbered(1)))
    assert len(list(open_downloader().fetch([address, address]))) == 1
    assert server.requests == ["/a.png"]


def test_two_addresses_of_one_content_are_one_file(server: PictureServer, open_downloader) -> None:
    addresses = [server.put(path, send(draw_numbered(1))) for path in ("/a.png", "/b.png")]
    first, second = open_downloader().fetch(addresses)
    assert first.path == second.path
    assert {first.address, second.address} == set(addresses)


def test_all_hosts_are_asked_in_turn(server: PictureServer, open_downloader) -> None:
    paths = [f"/{n}.png" for n in range(6)]
    for n, path in enumerate(paths):
        server.put(path, send(draw_numbered(n)))
    hosts = ["127.0.0.1"] * 3 + ["localhost"] * 3
    addresses = [f"http://{host}:{server.port}{path}" for host, path in zip(hosts, paths, strict=True)]
    list(open_downloader(workers=1).fetch(addresses))
    assert server.requests == ["/0.png", "/3.png", "/1.png", "/4.png", "/2.png", "/5.png"]


def test_progress_counts_every_address(server: PictureServer, open_downloader) -> None:
    addresses = [server.put(f"/{n}.png", send(draw_numbered(n))) for n in range(4)]
    downloader, seen = open_downloader(), []
    list(downloader.fetch(addresses[:2]))
    list(downloader.fetch([*addresses, "ftp://a/"], progress=lambda *counts: seen.append(counts)))
    assert seen == [("download", n, 5) for n in range(1, 6)]


def test_stopping_early_leaves_no_threads_and_asks_little_more(
    server: PictureServer, open_downloader
) -> None:
    addresses = [server.put(f"/{n}.png", send(draw_numbered(n))) for n in range(100)]
    downloader = open_downloader(workers=2)
    works = downloader.fetch(addresses)
    next(works)
    works.close()
    assert len(server.requests) <= 20
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("morelli-fetch")]
    assert len(list(downloader.fetch(addresses))) == 100


def test_a_disk_that_refuses_ends_the_run(
    server: PictureServer, open_downloader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("morelli.collection.downloads.ledger.os.replace", refuse)
    with pytest.raises(DownloadError, match="found no space left on device"):
        list(open_downloader().fetch([server.put("/a.jpg", send(JPEG))]))


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"")
    with pytest.raises(DownloadError, match="a folder to write to"):
        Downloader(tmp_path / "a" / "b")


def test_json_is_read(server: PictureServer, open_downloader) -> None:
    body = '\ufeff{"primaryImage": "Dürer"}'.encode()
    address = server.put("/a.json", status(503), move("/b.json"))
    server.put("/b.json", send(body, kind="application/json"))
    assert open_downloader().read_json(address) == {"primaryImage": "Dürer"}
    assert "application/ld+json" in server.headers[0]["accept"]


@pytest.mark.parametrize(
    ("answer", "found"),
    [(send(b"<html>"), "b'<html>'"), (send(b"[" * 100_000), "begins with"), (send(b'{"a": '), "begins with"),
     (send(b"\xff\xfe\xfa"), "begins with"), (status(404), "status 404"), (status(500), "status 500"),
     (send(bytes(200_001)), "200,001 announced")],
)  # fmt: skip
def test_json_that_cannot_be_had_is_an_error(
    server: PictureServer, open_downloader, answer, found: str
) -> None:
    with pytest.raises(DownloadError, match=found):
        open_downloader(max_bytes=200_000).read_json(server.put("/a.json", answer))


@pytest.mark.parametrize("address", ["file:///etc/passwd", "a.json"])
def test_json_is_not_read_from_elsewhere(open_downloader, address: str) -> None:
    with pytest.raises(AddressError, match="an http or https address"):
        open_downloader().read_json(address)


def test_a_record_leads_to_its_picture(server: PictureServer, open_downloader) -> None:
    picture = server.put("/a.jpg", send(JPEG))
    record = server.put(
        "/objects/1", send(f'{{"primaryImage": "{picture}"}}'.encode(), kind="application/json")
    )
    downloader = open_downloader()
    [found] = downloader.fetch([record], locate=lambda address, read: read(address)["primaryImage"])
    assert isinstance(found, Fetched)
    assert found.address == record
    assert server.requests == ["/objects/1", "/a.jpg"]
    [again] = downloader.fetch([record], locate=lambda *_: pytest.fail("asked again"))
    assert not again.is_new
    assert len(server.requests) == 2


def locate_nothing(address: str, read_json) -> str:
    raise DownloadError(address, expected="a primaryImage", found="none", remedy="leave it out")


def test_a_record_without_a_picture_is_a_loss_for_good(server: PictureServer, open_downloader) -> None:
    downloader = open_downloader()
    [loss] = downloader.fetch(["http://museum.example/1"], locate=locate_nothing)
    assert loss == Loss("http://museum.example/1", "expected a primaryImage, found none", "record")
    assert list(downloader.fetch(["http://museum.example/1"], locate=lambda *_: pytest.fail("again"))) == [
        loss
    ]


@pytest.mark.parametrize(("code", "n_requests"), [(404, 1), (500, 6)])
def test_a_record_that_fails_is_lost_for_good_or_for_now(
    server: PictureServer, open_downloader, code: int, n_requests: int
) -> None:
    record, downloader = server.put("/objects/1", status(code)), open_downloader()

    def locate(address: str, read_json) -> str:
        try:
            return read_json(address)["image"]
        except DownloadError as error:
            raise DownloadError(address, expected="a record", found="none", remedy="wait") from error

    for _ in range(2):
        [loss] = downloader.fetch([record], locate=locate)
        assert f"found status {code}" in loss.reason
    assert len(server.requests) == n_requests


@pytest.mark.parametrize("code", [400, 401, 403, 404, 410, 451])
def test_a_refusal_is_final(server: PictureServer, open_downloader, code: int) -> None:
    address = server.put("/a.png", status(code))
    [loss] = open_downloader().fetch([address])
    assert isinstance(loss, Loss)
    assert loss.path == address
    assert loss.step == "answer"
    assert loss.reason.startswith(f"expected status 200, found status {code}")
    assert server.requests == ["/a.png"]


@pytest.mark.parametrize("code", [204, 206, 300, 304])
def test_other_statuses_are_no_pictures(server: PictureServer, open_downloader, code: int) -> None:
    [loss] = open_downloader().fetch([server.put("/a.png", send(code=code))])
    assert f"found status {code}" in loss.reason
    assert len(server.requests) == 1


@pytest.mark.parametrize("code", [408, 429, 500, 502, 503, 504])
def test_a_passing_trouble_is_waited_for(
    server: PictureServer, open_downloader, code: int, retry_waits: list[float]
) -> None:
    address = server.put("/a.png", status(code), status(code), send(draw_numbered(1)))
    [found] = open_downloader().fetch([address])
    assert isinstance(found, Fetched)
    assert server.requests == ["/a.png"] * 3
    assert len(retry_waits) == 2


def test_waits_double_and_hold_some_chance(
    server: PictureServer, open_downloader, retry_waits: list[float]
) -> None:
    addresses = [server.put(f"/{n}.png", status(500)) for n in range(3)]
    losses = list(open_downloader(tries=5, wait_s=0.002, workers=1).fetch(addresses))
    assert [loss.step for loss in losses] == ["answer"] * 3
    assert len(retry_waits) == 12
    for n, wait in enumerate(retry_waits):
        least = 0.002 * 2 ** (n % 4)
        assert least <= wait <= least + 0.002
    assert len(set(retry_waits)) == 12


def test_waits_have_a_cap(server: PictureServer, open_downloader, retry_waits: list[float]) -> None:
    list(open_downloader(tries=6, wait_s=0.001, max_wait_s=0.004).fetch([server.put("/a.png", status(500))]))
    assert len(retry_waits) == 5
    assert max(retry_waits) == pytest.approx(0.004)


@pytest.mark.parametrize("code", [429, 503])
def test_a_pause_in_seconds_holds_the_host(server: PictureServer, open_downloader, clock, code: int) -> None:
    server.put("/a.png", status(code, Retry_After="17"), send(draw_numbered(1)))
    server.put("/b.png", send(draw_numbered(2)))
    found = list(open_downloader(workers=1).fetch([server.address("/a.png"), server.address("/b.png")]))
    assert all(isinstance(entry, Fetched) for entry in found)
    assert clock.sleeps == [17.0]


def test_a_pause_until_a_date_is_counted_by_the_clock_of_the_server(
    server: PictureServer, open_downloader, clock
) -> None:
    def pause(handler) -> None:
        handler.send_response_only(429)
        handler.send_header("Date", "Wed, 21 Oct 2015 07:28:00 GMT")
        handler.send_header("Retry-After", "Wed, 21 Oct 2015 07:28:40 GMT")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    [found] = open_downloader().fetch([server.put("/a.png", pause, send(draw_numbered(1)))])
    assert isinstance(found, Fetched)
    assert clock.sleeps == [40.0]


def test_a_pause_beyond_the_cap_ends_the_run_for_that_host(
    server: PictureServer, open_downloader, clock
) -> None:
    server.put("/a.png", status(429, Retry_After="86400"), send(draw_numbered(1)))
    server.put("/b.png", send(draw_numbered(2)))
    addresses = [server.address("/a.png"), server.address("/b.png")]
    downloader = open_downloader(workers=1)
    first, second = sorted(downloader.fetch(addresses), key=lambda loss: loss.path)
    assert "to be asked again in 86400 s" in first.reason
    assert "the address was not asked" in second.reason
    assert server.requests == ["/a.png"]
    assert clock.sleeps == []
    assert all(isinstance(entry, Fetched) for entry in downloader.fetch(addresses))


def test_a_host_that_is_down_is_given_up(server: PictureServer, open_downloader) -> None:
    addresses = [server.put(f"/{n}.png", status(502)) for n in range(_GIVE_UP_AFTER + 30)]
    losses = list(open_downloader(tries=2, workers=1).fetch(addresses))
    assert len(losses) == len(addresses)
    assert len(server.requests) == 2 * _GIVE_UP_AFTER
    assert f"{_GIVE_UP_AFTER} addresses lost in a row" in losses[-1].reason


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_redirects_are_followed(server: PictureServer, open_downloader, code: int) -> None:
    server.put("/there/b.png", send(draw_numbered(1)))
    [found] = open_downloader().fetch([server.put("/a.png", move("there/b.png", code))])
    assert isinstance(found, Fetched)
    assert found.address == server.address("/a.png")
    assert server.requests == ["/a.png", "/there/b.png"]


def test_five_redirects_are_followed_and_six_are_not(server: PictureServer, open_downloader) -> None:
    for n in range(6):
        server.put(f"/{n}", move(f"/{n + 1}"))
    server.put("/6", send(draw_numbered(1)))
    [found] = open_downloader().fetch([server.address("/1")])
    assert isinstance(found, Fetched)
    server.requests.clear()
    [loss] = open_downloader().fetch([server.address("/0")])
    assert loss.reason == "expected at most 5 redirects, found more"
    assert len(server.requests) == 6


def test_a_circle_of_redirects_ends(server: PictureServer, open_downloader) -> None:
    server.put("/b.png", move("/a.png"))
    [loss] = open_downloader().fetch([server.put("/a.png", move("/b.png", 301))])
    assert "redirects" in loss.reason
    assert len(server.requests) == 6


@pytest.mark.parametrize(
    "target",
    ["file:///etc/passwd", "ftp://museum.example/a.png", "gopher://a/", "data:,a", "https://[::1"],
)
def test_a_redirect_to_anything_but_http_is_refused(
    server: PictureServer, open_downloader, target: str
) -> None:
    [loss] = open_downloader().fetch([server.put("/a.png", move(target))])
    assert loss.step == "address"
    assert "found a redirect to" in loss.reason
    assert len(server.requests) == 1
