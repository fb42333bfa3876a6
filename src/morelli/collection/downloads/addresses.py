"""Which addresses may be asked at all: http(s) to the public internet.

`parse_address` looks at the text; `is_public` at the number that a name resolves to, asked by `guard` for
each connection.
"""

from __future__ import annotations

import ipaddress
from typing import Final

import httpx

from morelli.collection.downloads.faults import Fault, Lasting, Step

_MAX_PORT = 65_535

_CLOSED_IPV4: Final = tuple(
    ipaddress.IPv4Network(block)
    for block in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
        "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",
        "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    )
)  # fmt: skip
"""IANA IPv4 Special-Purpose Address Registry (RFC 6890) and multicast (RFC 5771). Written out because what
the standard library calls private and global differs between the supported versions of Python."""

_OPEN_IPV6: Final = ipaddress.IPv6Network("2000::/3")
"""All that has been given out as global unicast (RFC 4291, section 2.4). What lies outside is loopback,
link-local, unique local, multicast, or reserved."""
_CLOSED_IPV6: Final = tuple(
    ipaddress.IPv6Network(block) for block in ("2001::/23", "2001:db8::/32", "3fff::/20")
)
"""Blocks of it for protocols, Teredo among them, and for documentation (IANA IPv6 registry, RFC 6890)."""

_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
"""RFC 6052: the last 32 bits are the IPv4 address that is meant."""


def parse_address(text: str) -> httpx.URL:
    """Return an address that may be asked, as far as its text tells.

    Raises
    ------
    Fault
        When it is no http(s) address of a host, or holds a name or password.
    """
    try:
        url = httpx.URL(text.strip())
        host = url.host  # may raise, too: it is decoded only now
    except (httpx.InvalidURL, UnicodeError) as fault:
        raise _refuse(f"{text[:200]!r} ({fault})") from fault
    if url.scheme not in {"http", "https"}:
        raise _refuse(f"the scheme {url.scheme!r}" if url.scheme else repr(text[:200]))
    if not host or "%" in host or (url.port is not None and not 0 < url.port <= _MAX_PORT):
        raise _refuse(f"{text[:200]!r}, without a proper host")
    if url.userinfo:
        raise Fault(
            Step.ADDRESS,
            expected="an address without a name and password",
            found="one that holds them",
            lasting=Lasting.PERMANENT,
        )
    return url


def _refuse(found: str) -> Fault:
    return Fault(Step.ADDRESS, expected="an http or https address", found=found, lasting=Lasting.PERMANENT)


def is_public(number: str) -> bool:
    """Return whether an IP address is one of the public internet; False for what is no IP address.

    An IPv6 address that stands for an IPv4 one (mapped, NAT64, 6to4) is public when that one is.

    Examples
    --------
    >>> is_public("93.184.216.34"), is_public("127.0.0.1"), is_public("::ffff:127.0.0.1")
    (True, False, False)
    """
    try:
        address = ipaddress.ip_address(number)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        wrapped = _unwrap(address)
        if wrapped is None:
            return address in _OPEN_IPV6 and not any(address in block for block in _CLOSED_IPV6)
        address = wrapped
    return not any(address in block for block in _CLOSED_IPV4)


def _unwrap(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour
