from __future__ import annotations

import socket
from pathlib import Path

import pytest

from morelli.collection.downloads import Downloader, Loss, Politeness
from morelli.collection.downloads.faults import Fault, Lasting, Step
from morelli.collection.downloads.guard import Guard, resolve_host
from morelli.errors import AddressError

PUBLIC, OTHER = "93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"


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


@pytest.mark.parametrize("numbers", [[PUBLIC, "127.0.0.1"], ["127.0.0.1", PUBLIC], [PUBLIC, OTHER, "::1"]])
def test_one_closed_address_among_public_ones_is_enough(numbers: list[str]) -> None:
    with pytest.raises(Fault, match="private or reserved"):
        Guard(lambda *_: numbers, allow_private=False).find_addresses("both.example", 80)


def test_public_addresses_come_in_the_order_of_the_name_service() -> None:
    guard = Guard(lambda *_: [OTHER, PUBLIC], allow_private=False)
    assert guard.find_addresses("museum.example", 443) == [OTHER, PUBLIC]


@pytest.mark.parametrize("host", ["127.0.0.1", "intranet.example"])
def test_private_addresses_pass_when_they_are_allowed(host: str) -> None:
    assert Guard(lambda *_: ["127.0.0.1"], allow_private=True).find_addresses(host, 80) == ["127.0.0.1"]


@pytest.mark.parametrize("host", ["localhost", "LocalHost.", "images.localhost"])
def test_localhost_is_refused_whatever_the_name_service_says(host: str) -> None:
    with pytest.raises(Fault, match=r"which is 127\.0\.0\.1, private or reserved"):
        Guard(lambda *_: [PUBLIC], allow_private=False).find_addresses(host, 80)


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
