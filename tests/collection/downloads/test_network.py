from __future__ import annotations

import gzip
import ipaddress
import math
import socket
import ssl
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpcore
import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collection.downloads.server import (
    PictureServer,
    die,
    draw_numbered,
    drip,
    move,
    send,
    send_unannounced,
    stall,
)
from collection.odd_files import draw_picture, encode_picture
from morelli.collection.downloads import Downloader, Fetched, Loss, Politeness
from morelli.collection.downloads.faults import Fault, Lasting, Step
from morelli.collection.downloads.network import (
    Deadline,
    Guard,
    GuardedNetwork,
    Transport,
    _is_public,
    parse_address,
    resolve_host,
)
from morelli.errors import AddressError

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


PUBLIC_ADDRESSES = [
    "93.184.216.34", "8.8.8.8", "1.1.1.1", "172.15.255.255", "172.32.0.1", "100.63.255.255", "100.128.0.1",
    "11.0.0.1", "223.255.255.255", "192.167.255.255", "192.169.0.1", "169.253.0.1", "198.17.0.1",
    "198.20.0.1",
    "2606:2800:220:1:248:1893:25c8:1946", "2a00:1450:4001:81b::200e", "2001:4860:4860::8888",
    "::ffff:93.184.216.34", "64:ff9b::5db8:d822", "2002:5db8:d822::1",
]  # fmt: skip

CLOSED = {
    "loopback": ["127.0.0.1", "127.255.255.254", "::1"],
    "private": ["10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.1", "192.168.0.1", "fc00::1",
                "fd12::1"],
    "link-local": ["169.254.169.254", "169.254.0.1", "fe80::1", "fe80::1%eth0", "febf::1"],
    "site-local": ["fec0::1"],
    "shared by carriers": ["100.64.0.1", "100.127.255.255"],
    "unspecified": ["0.0.0.0", "0.1.2.3", "::"],  # noqa: S104
    "multicast": ["224.0.0.1", "239.255.255.255", "ff02::1", "ff0e::1"],
    "reserved": ["240.0.0.1", "255.255.255.255", "192.0.0.1", "192.88.99.1", "198.18.0.1", "198.19.255.255"],
    "documentation": ["192.0.2.1", "198.51.100.7", "203.0.113.9", "2001:db8::1", "3fff::1"],
    "discard": ["100::1"],
    "mapped": ["::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:0:0"],
    "compatible": ["::127.0.0.1", "::10.0.0.1", "::8.8.8.8"],
    "nat64": ["64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b::c0a8:101", "64:ff9b:1::a00:1"],
    "6to4": ["2002:7f00:1::", "2002:a00:1::1", "2002:c0a8:101::1", "2002:a9fe:a9fe::1"],
    "teredo": ["2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2"],
    "protocols": ["2001:2::1", "2001:10::1", "2001:20::1"],
    "no address": ["", "localhost", "256.1.1.1", "127.1", "1.2.3", "museum.example"],
}  # fmt: skip


@pytest.mark.parametrize("number", PUBLIC_ADDRESSES)
def test_public_addresses_pass(number: str) -> None:
    assert _is_public(number)


@pytest.mark.parametrize(
    "number",
    [pytest.param(number, id=f"{kind}-{number}") for kind, numbers in CLOSED.items() for number in numbers],
)
def test_all_others_are_closed(number: str) -> None:
    assert not _is_public(number)


@given(st.ip_addresses())
def test_what_passes_is_global_by_the_standard_library(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    if _is_public(str(address)):
        mapped = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None)
        assert (mapped or address).is_global or address in ipaddress.ip_network("64:ff9b::/96")
        assert not address.is_multicast


@given(st.ip_addresses(v=4))
def test_wrapping_an_address_changes_nothing(address: ipaddress.IPv4Address) -> None:
    number = int(address)
    wrapped = [
        ipaddress.IPv6Address((0xFFFF << 32) + number),
        ipaddress.IPv6Address((0x64FF9B << 96) + number),
        ipaddress.IPv6Address((0x2002 << 112) + (number << 80) + 1),
    ]
    assert {_is_public(str(one)) for one in wrapped} == {_is_public(str(address))}


@pytest.mark.parametrize(
    "text",
    [
        "file:///etc/passwd", "ftp://museum.example/a.jpg", "gopher://museum.example/", "data:,AA",
        "javascript:alert(1)", "a.jpg", "/a.jpg", "//museum.example/a.jpg", "", " ", "http://", "http:///a.jpg",
        "https://[::1", "http://museum.example:99999/", "http://museum.example:0/", "http://mus eum.example/",
        "http://[fe80::1%25eth0]/", "http://a\0b/", "http://ⓛocalhost/", "http://xn--/", "https://xn--a/",
        "\udcff", "http://" + "a" * 70_000,
    ],
)  # fmt: skip
def test_only_http_addresses_of_a_host_are_taken(text: str) -> None:
    with pytest.raises(Fault) as caught:
        parse_address(text)
    assert caught.value.step is Step.ADDRESS
    assert caught.value.lasting is Lasting.PERMANENT
    assert len(caught.value.reason) < 500


@pytest.mark.parametrize("text", ["http://me:secret@museum.example/a.jpg", "https://me@museum.example/"])
def test_names_and_passwords_are_not_sent_nor_repeated(text: str) -> None:
    with pytest.raises(Fault, match="without a name and password") as caught:
        parse_address(text)
    assert "secret" not in caught.value.reason


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("https://museum.example/a b/ü.jpg?x=1", "https://museum.example/a%20b/%C3%BC.jpg?x=1"),
        (" HTTP://Museum.Example/A.jpg\n", "http://museum.example/A.jpg"),
        ("https://bücher.example/a", "https://xn--bcher-kva.example/a"),
        ("https://museum.example:8443/full/!600,600/0/default.jpg",
         "https://museum.example:8443/full/!600,600/0/default.jpg"),
        ("http://[2606:2800:220:1:248:1893:25c8:1946]/a", "http://[2606:2800:220:1:248:1893:25c8:1946]/a"),
    ],
)  # fmt: skip
def test_addresses_are_sent_as_browsers_send_them(text: str, sent: str) -> None:
    assert str(parse_address(text)) == sent


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=60) | st.text(max_size=40).map(lambda text: f"http://{text}"))
def test_any_text_is_an_address_or_a_fault(text: str) -> None:
    try:
        scheme = parse_address(text).scheme
    except Fault as fault:
        scheme = fault.step.value
    assert scheme in {"http", "https", "address"}


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


PUBLIC_HOST, OTHER_HOST = "93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"


def ask_nobody(host: str, port: int) -> list[str]:
    raise AssertionError(f"{host} needs no look-up")


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.1", "0x7f.1", "0x7f000001", "2130706433", "017700000001", "0177.0.0.1", "0", "0x0",
     "10.1", "192.168.257", "::1", "::ffff:127.0.0.1", "::ffff:7f00:1", "169.254.169.254", "2852039166"],
)  # fmt: skip
def test_numbers_of_closed_networks_are_refused_however_they_are_spelt(host: str) -> None:
    with pytest.raises(Fault, match="on the public internet") as caught:
        Guard(ask_nobody, allow_private=False).find_addresses(host, 80)
    assert caught.value.step is Step.ADDRESS
    assert caught.value.lasting is Lasting.LIMITED


@pytest.mark.parametrize(
    "number", ["127.0.0.1", "10.0.0.8", "::1", "fe80::1%2", "::ffff:192.168.0.1", "fd00::1"]
)
def test_names_that_lead_to_closed_networks_are_refused(number: str) -> None:
    with pytest.raises(Fault, match=f"intranet.example, which is {number}, private or reserved"):
        Guard(lambda *_: [number], allow_private=False).find_addresses("intranet.example", 80)


@pytest.mark.parametrize(
    "numbers", [[PUBLIC_HOST, "127.0.0.1"], ["127.0.0.1", PUBLIC_HOST], [PUBLIC_HOST, OTHER_HOST, "::1"]]
)
def test_one_closed_address_among_public_ones_is_enough(numbers: list[str]) -> None:
    with pytest.raises(Fault, match="private or reserved"):
        Guard(lambda *_: numbers, allow_private=False).find_addresses("both.example", 80)


def test_public_addresses_come_in_the_order_of_the_name_service() -> None:
    guard = Guard(lambda *_: [OTHER_HOST, PUBLIC_HOST], allow_private=False)
    assert guard.find_addresses("museum.example", 443) == [OTHER_HOST, PUBLIC_HOST]


@pytest.mark.parametrize("host", ["127.0.0.1", "intranet.example"])
def test_private_addresses_pass_when_they_are_allowed(host: str) -> None:
    assert Guard(lambda *_: ["127.0.0.1"], allow_private=True).find_addresses(host, 80) == ["127.0.0.1"]


@pytest.mark.parametrize("host", ["localhost", "LocalHost.", "images.localhost"])
def test_localhost_is_refused_whatever_the_name_service_says(host: str) -> None:
    with pytest.raises(Fault, match=r"which is 127\.0\.0\.1, private or reserved"):
        Guard(lambda *_: [PUBLIC_HOST], allow_private=False).find_addresses(host, 80)


def test_the_name_service_of_the_system_knows_localhost() -> None:
    assert {"127.0.0.1", "::1"} & set(resolve_host("localhost", 80))


def test_a_name_that_is_unknown_may_be_known_later() -> None:
    def fail(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with pytest.raises(Fault, match=r"none for nowhere\.example") as caught:
        Guard(fail, allow_private=False).find_addresses("nowhere.example", 80)
    assert caught.value.lasting is Lasting.TEMPORARY


def test_a_name_without_addresses_is_no_name() -> None:
    with pytest.raises(Fault, match="none for empty"):
        Guard(lambda *_: [], allow_private=False).find_addresses("empty.example", 80)


def test_a_name_that_cannot_be_looked_up_is_refused() -> None:
    with pytest.raises(Fault, match="the name of a host"):
        Guard(resolve_host, allow_private=False).find_addresses("a" * 300 + "ü.example", 80)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "0x7f.1", "2130706433", "127.1", "[::1]", "[::ffff:127.0.0.1]", "localhost", "LOCALHOST."],
)
def test_the_downloader_refuses_them_before_it_asks(tmp_path: Path, server, host: str) -> None:
    with Downloader(tmp_path, Politeness(tries=1)) as downloader:
        [loss] = downloader.fetch([f"http://{host}:{server.port}/a.png"])
        with pytest.raises(AddressError, match="on the public internet"):
            downloader.read_json(f"http://{host}:{server.port}/a.json")
    assert isinstance(loss, Loss)
    assert loss.step == "address"
    assert server.requests == []


def test_the_downloader_looks_names_up_itself_and_checks_them(
    tmp_path: Path, server, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def lead_home(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", lead_home)
    with Downloader(tmp_path, Politeness(tries=1)) as downloader:
        [loss] = downloader.fetch([f"http://trap.example:{server.port}/a.png"])
    assert "trap.example, which is 127.0.0.1, private or reserved" in loss.reason
    assert asked == ["trap.example"]
    assert server.requests == []
