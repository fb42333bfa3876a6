from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from morelli.collection.downloads.addresses import is_public, parse_address
from morelli.collection.downloads.faults import Fault, Lasting, Step

PUBLIC = [
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


@pytest.mark.parametrize("number", PUBLIC)
def test_public_addresses_pass(number: str) -> None:
    assert is_public(number)


@pytest.mark.parametrize(
    "number",
    [pytest.param(number, id=f"{kind}-{number}") for kind, numbers in CLOSED.items() for number in numbers],
)
def test_all_others_are_closed(number: str) -> None:
    assert not is_public(number)


@given(st.ip_addresses())
def test_what_passes_is_global_by_the_standard_library(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    if is_public(str(address)):
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
    assert {is_public(str(one)) for one in wrapped} == {is_public(str(address))}


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
