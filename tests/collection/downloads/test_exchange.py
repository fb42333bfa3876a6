from __future__ import annotations

import pytest

from morelli.collection.downloads import Fetched, Loss
from morelli.collection.downloads.pace import GIVE_UP_AFTER

from .server import (
    PictureServer,
    draw_numbered,
    move,
    send,
    status,
)


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
    addresses = [server.put(f"/{n}.png", status(502)) for n in range(GIVE_UP_AFTER + 30)]
    losses = list(open_downloader(tries=2, workers=1).fetch(addresses))
    assert len(losses) == len(addresses)
    assert len(server.requests) == 2 * GIVE_UP_AFTER
    assert f"{GIVE_UP_AFTER} addresses lost in a row" in losses[-1].reason


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
