from __future__ import annotations

import gzip
import threading
from pathlib import Path

import pytest

from morelli.collection.downloads import Fetched

from ..odd_files import draw_picture, encode_picture
from .server import (
    PictureServer,
    die,
    draw_numbered,
    drip,
    send,
    send_unannounced,
    stall,
)

JPEG = encode_picture(draw_picture(), "JPEG")


@pytest.mark.parametrize(
    "kind",
    ["text/html", "TEXT/HTML; charset=utf-8", "application/json", "application/ld+json", "text/xml",
     "image/svg+xml", "application/xhtml+xml", "application/pdf", "video/mp4"],
)  # fmt: skip
def test_content_that_calls_itself_something_else_is_not_read(
    server: PictureServer, open_downloader, kind: str
) -> None:
    [loss] = open_downloader().fetch([server.put("/a.png", send(draw_numbered(1), kind=kind))])
    assert loss.step == "picture"
    assert loss.reason == f"expected a picture, found content of type {kind.split(';')[0].lower()}"


def test_a_page_that_calls_itself_a_picture_is_seen_through(server: PictureServer, open_downloader) -> None:
    [loss] = open_downloader().fetch([server.put("/a.png", send(b"<!DOCTYPE html><html>", kind="image/png"))])
    assert loss.step == "picture"
    assert (
        loss.reason == "expected a picture in a known format, found a file that begins with b'<!DOCTYPE ht'"
    )


def test_pictures_of_too_many_pixels_are_refused(server: PictureServer, open_downloader) -> None:
    [loss] = open_downloader(max_pixels=100).fetch([server.put("/a.jpg", send(JPEG))])
    assert loss.step == "picture"
    assert loss.reason == "expected at most 100 pixels, found 96 x 64 pixels"


def test_what_is_announced_too_large_is_not_read(server: PictureServer, open_downloader) -> None:
    sent = threading.Event()

    def announce(handler) -> None:
        send(b"", length=10_000_000)(handler)
        server.stopped.wait(0.2)
        sent.set()

    [loss] = open_downloader(max_bytes=1_000_000).fetch([server.put("/a.png", announce)])
    assert loss.reason == "expected at most 1,000,000 bytes, found 10,000,000 announced"
    assert not sent.is_set()
    assert len(server.requests) == 1


@pytest.mark.parametrize("chunked", [False, True])
def test_what_turns_out_too_large_is_cut(server: PictureServer, open_downloader, chunked: bool) -> None:
    answer = send_unannounced(bytes(1 << 16), repeat=1000, chunked=chunked)
    [loss] = open_downloader(max_bytes=200_000).fetch([server.put("/a.png", answer)])
    assert loss.step == "transfer"
    assert loss.reason == "expected at most 200,000 bytes, found more"
    assert len(server.requests) == 1


def test_a_small_answer_that_unfolds_is_cut_as_well(server: PictureServer, open_downloader) -> None:
    bomb = gzip.compress(bytes(5_000_000))
    [loss] = open_downloader(max_bytes=100_000).fetch(
        [server.put("/a.png", send(bomb, Content_Encoding="gzip"))]
    )
    assert loss.reason == "expected at most 100,000 bytes, found more"


def test_an_answer_that_is_compressed_unasked_is_unfolded(server: PictureServer, open_downloader) -> None:
    answer = send(gzip.compress(JPEG), kind="image/jpeg", Content_Encoding="gzip")
    [found] = open_downloader().fetch([server.put("/a.jpg", answer)])
    assert found.path.read_bytes() == JPEG


@pytest.mark.parametrize("chunked", [False, True])
def test_an_answer_of_unknown_length_may_be_whole(
    server: PictureServer, open_downloader, chunked: bool
) -> None:
    [found] = open_downloader().fetch([server.put("/a.jpg", send_unannounced(JPEG, chunked=chunked))])
    assert found.path.read_bytes() == JPEG


BROKEN = {
    "short": send(JPEG[:-100], length=len(JPEG)),
    "short-without-length": send_unannounced(JPEG[:-100]),
    "broken-chunk": die(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n100\r\nabc"),
    "broken-header": die(b"HTTP/1.1 200 OK\r\nContent-Ty"),
    "nothing": die(),
    "empty": send(b""),
}


@pytest.mark.parametrize("name", BROKEN)
def test_an_answer_that_breaks_off_is_asked_for_again(
    server: PictureServer, open_downloader, name: str
) -> None:
    [found] = open_downloader().fetch([server.put("/a.jpg", BROKEN[name], send(JPEG))])
    assert isinstance(found, Fetched)
    assert found.path.read_bytes() == JPEG
    assert len(server.requests) == 2


@pytest.mark.parametrize("name", BROKEN)
def test_an_answer_that_always_breaks_off_is_listed(
    server: PictureServer, open_downloader, tmp_path: Path, name: str
) -> None:
    [loss] = open_downloader().fetch([server.put("/a.jpg", BROKEN[name])])
    assert loss.step == "transfer"
    assert len(server.requests) == 3
    assert [path for path in (tmp_path / "store").rglob("*.*") if path.suffix in {".jpg", ".part"}] == []


@pytest.mark.parametrize(
    "first",
    [
        b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: 100000\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: ",
    ],
    ids=["in its body", "in its header"],
)
def test_a_server_that_drips_does_not_hold_us(server: PictureServer, open_downloader, first: bytes) -> None:
    address = server.put("/a.jpg", drip(server, first), send(JPEG))
    [found] = open_downloader(total_s=0.2).fetch([address])
    assert isinstance(found, Fetched)
    [loss] = open_downloader(total_s=0.2, tries=1).fetch([server.put("/b.jpg", drip(server, first))])
    assert loss.step == "transfer"
    assert loss.reason.startswith("expected an answer in time")


def test_a_server_that_says_nothing_does_not_hold_us(server: PictureServer, open_downloader) -> None:
    [loss] = open_downloader(timeout_s=0.1, tries=2).fetch([server.put("/a.jpg", stall(server))])
    assert loss.reason.startswith("expected an answer in time")
    assert len(server.requests) == 2
