from __future__ import annotations

import math
import socket
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpcore
import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from morelli.collection.downloads import Downloader, Fetched, Loss, Politeness
from morelli.collection.downloads.guard import Guard
from morelli.collection.downloads.network import Deadline, GuardedNetwork, Transport

from .server import PictureServer, die, draw_numbered, move, send

PUBLIC, OTHER = "93.184.216.34", "93.184.216.35"


@pytest.fixture
def wire(server: PictureServer, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Put the local server in the place of the whole internet; return the addresses connected to."""
    connected: list[str] = []
    connect = httpcore.SyncBackend.connect_tcp

    def connect_here(self: httpcore.SyncBackend, host: str, port: int, **more: Any) -> httpcore.NetworkStream:
        connected.append(host)
        return connect(self, "127.0.0.1", server.port, **more)

    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect_here)
    return connected


@pytest.fixture
def open_public(tmp_path: Path) -> Callable[..., Downloader]:
    """Return a function that opens a downloader for the public internet with a name service of our own."""

    def open_one(resolve: Callable[[str, int], list[str]], **terms: Any) -> Downloader:
        terms = {"rate_per_s": math.inf, "tries": 1, "workers": 1} | terms
        return Downloader(tmp_path, Politeness(**terms), resolve=resolve)

    return open_one


def test_the_name_is_looked_up_once_and_the_checked_address_is_connected_to(
    server: PictureServer, wire: list[str], open_public
) -> None:
    answers = iter([[PUBLIC], ["127.0.0.1"], ["127.0.0.1"]])
    for n in (1, 2):
        server.put(f"/{n}.png", send(draw_numbered(n)))
    with open_public(lambda *_: next(answers)) as downloader:
        found = list(downloader.fetch(["http://rebinding.example/1.png", "http://rebinding.example/2.png"]))
    assert all(isinstance(entry, Fetched) for entry in found)
    assert wire == [PUBLIC]


def test_a_name_that_leads_home_the_second_time_is_refused_then(
    server: PictureServer, wire: list[str], open_public
) -> None:
    answers = iter([[PUBLIC], ["127.0.0.1"]])
    server.put("/1.png", send(draw_numbered(1), Connection="close"))
    server.put("/2.png", send(draw_numbered(2)))
    with open_public(lambda *_: next(answers)) as downloader:
        [first] = downloader.fetch(["http://rebinding.example/1.png"])
        [second] = downloader.fetch(["http://rebinding.example/2.png"])
    assert isinstance(first, Fetched)
    assert isinstance(second, Loss)
    assert second.step == "address"
    assert wire == [PUBLIC]
    assert server.requests == ["/1.png"]


@pytest.mark.parametrize(
    "target",
    ["http://127.0.0.1:{port}/secret.png", "http://localhost:{port}/secret.png", "http://[::1]:{port}/secret.png",
     "http://2130706433:{port}/secret.png", "http://inside.example:{port}/secret.png",
     "//127.0.0.1:{port}/secret.png"],
)  # fmt: skip
def test_a_redirect_from_a_public_address_to_loopback_is_refused(
    server: PictureServer, wire: list[str], open_public, target: str
) -> None:
    server.put("/a.png", move(target.format(port=server.port)))
    server.put("/secret.png", send(draw_numbered(1)))
    names = {"museum.example": [PUBLIC]}
    with open_public(lambda host, _: names.get(host, ["127.0.0.1"])) as downloader:
        [loss] = downloader.fetch(["http://museum.example/a.png"])
    assert isinstance(loss, Loss)
    assert loss.step == "address"
    assert "private or reserved" in loss.reason
    assert server.requests == ["/a.png"]
    assert wire == [PUBLIC]


def test_the_host_header_is_the_name(server: PictureServer, wire: list[str], open_public) -> None:
    server.put("/a.png", send(draw_numbered(1)))
    with open_public(lambda *_: [PUBLIC]) as downloader:
        [found] = downloader.fetch(["http://museum.example/a.png"])
    assert isinstance(found, Fetched)
    assert server.headers[0]["host"] == "museum.example"
    assert wire == [PUBLIC]


def test_two_names_of_one_address_do_not_share_a_connection(
    server: PictureServer, wire: list[str], open_public
) -> None:
    server.put("/a.png", send(draw_numbered(1)))
    with open_public(lambda *_: [PUBLIC]) as downloader:
        list(downloader.fetch(["http://one.example/a.png", "http://two.example/a.png"]))
    assert [headers["host"] for headers in server.headers] == ["one.example", "two.example"]
    assert wire == [PUBLIC, PUBLIC]


def test_proxies_of_the_environment_are_not_asked(
    server: PictureServer, wire: list[str], open_public, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{server.port}")
    server.put("/a.png", send(draw_numbered(1)))
    with open_public(lambda *_: [PUBLIC]) as downloader:
        [found] = downloader.fetch(["http://museum.example/a.png"])
    assert isinstance(found, Fetched)
    assert wire == [PUBLIC]


class SilentBackend(httpcore.NetworkBackend):
    """Connects to some addresses, in name only."""

    def __init__(self, *silent: str) -> None:
        self.silent = silent
        self.connected: list[str] = []
        self.server_names: list[str | None] = []

    def connect_tcp(self, host: str, port: int, **_: Any) -> httpcore.NetworkStream:  # type: ignore[override]
        self.connected.append(host)
        if host in self.silent:
            raise httpcore.ConnectTimeout("timed out")
        backend = self

        class Stream(httpcore.MockStream):
            def start_tls(
                self,
                ssl_context: ssl.SSLContext,
                server_hostname: str | None = None,
                timeout: float | None = None,
            ) -> httpcore.NetworkStream:
                assert ssl_context.check_hostname
                assert ssl_context.verify_mode is ssl.CERT_REQUIRED
                backend.server_names.append(server_hostname)
                return self

        return Stream([b"HTTP/1.1 204 No Content\r\n\r\n"])


def open_network(backend: httpcore.NetworkBackend, *numbers: str) -> GuardedNetwork:
    return GuardedNetwork(Guard(lambda *_: list(numbers), allow_private=False), Deadline(), backend=backend)


def test_the_next_address_is_tried_when_the_first_is_silent() -> None:
    backend = SilentBackend(PUBLIC)
    open_network(backend, PUBLIC, OTHER).connect_tcp("museum.example", 80, timeout=5.0)
    assert backend.connected == [PUBLIC, OTHER]


def test_when_all_are_silent_the_last_fault_is_told() -> None:
    with pytest.raises(httpcore.ConnectTimeout):
        open_network(SilentBackend(PUBLIC, OTHER), PUBLIC, OTHER).connect_tcp("museum.example", 80)


def test_encryption_is_asked_for_under_the_name_with_the_certificate_checked() -> None:
    backend = SilentBackend()
    with httpx.Client(transport=Transport(open_network(backend, PUBLIC), n_connections=1)) as client:
        assert client.get("https://museum.example/a.png").status_code == 204
    assert backend.connected == [PUBLIC]
    assert backend.server_names == ["museum.example"]


def test_a_deadline_shortens_time_outs_and_ends() -> None:
    deadline = Deadline()
    assert deadline.shorten(5.0) == 5.0
    assert deadline.shorten(None) is None
    with deadline.limit(2.0):
        assert 0 < (deadline.shorten(5.0) or 0) <= 2.0
        assert 0 < (deadline.shorten(None) or 0) <= 2.0
        assert deadline.shorten(0.5) == 0.5
    with deadline.limit(-1.0), pytest.raises(httpcore.ReadTimeout, match="is over"):
        deadline.shorten(5.0)
    assert deadline.shorten(5.0) == 5.0


def test_a_closed_port_is_a_loss_of_the_connection(open_downloader) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        [loss] = open_downloader(tries=2).fetch([f"http://127.0.0.1:{port}/a.png"])
    assert loss.step == "connection"
    assert "expected a connection" in loss.reason


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    host=st.text(alphabet="a.-_:@%[]01x\u00fc?#\\ \t\0\u24db", min_size=1, max_size=12),
    scheme=st.sampled_from(["", "s"]),
)
def test_any_address_is_fetched_or_lost(wire: list[str], open_public, host: str, scheme: str) -> None:
    def resolve(name: str, port: int) -> list[str]:
        return [PUBLIC] if name.encode("idna") else []

    with open_public(resolve, timeout_s=1.0) as downloader:
        [loss] = downloader.fetch([f"http{scheme}://{host}/a.png"], retry_failed=True)
    assert isinstance(loss, Loss)
    assert loss.step in {"address", "connection", "answer", "transfer"}


def test_an_answer_that_is_no_http_is_a_loss_of_the_transfer(open_downloader, server: PictureServer) -> None:
    server.put("/a.png", die(b"220 mail.example ESMTP\r\n"))
    [loss] = open_downloader(tries=1).fetch([server.address("/a.png")])
    assert loss.step == "transfer"
