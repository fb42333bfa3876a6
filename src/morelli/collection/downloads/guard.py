"""From the name of a host to the numbers that may be connected to: looked up once, checked, then used.

`network` connects to what comes out of here and to nothing else, so a name service that answers differently
the second time (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable

from morelli.collection.downloads.addresses import is_public
from morelli.collection.downloads.faults import Fault, Lasting, Step

Resolve = Callable[[str, int], list[str]]
"""From host and port to IP addresses, best first; raises `OSError` when there are none."""

_LOOPBACK_NAME = ".localhost"
"""Itself and all below it are loopback by definition (RFC 6761, section 6.3)."""


def resolve_host(host: str, port: int) -> list[str]:
    """Return the IP addresses of a host, as the system's name service knows them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Guard:
    """Resolves hosts and lets only public addresses through.

    Parameters
    ----------
    resolve
        What looks names up.
    allow_private
        Let every address through.
    """

    def __init__(self, resolve: Resolve, *, allow_private: bool) -> None:
        self._resolve = resolve
        self._allow_private = allow_private

    def find_addresses(self, host: str, port: int) -> list[str]:
        """Return the IP addresses to connect to, in the order to try them.

        Raises
        ------
        Fault
            When the host has none, or one of them is not public: a name that leads to both is a trap, or a
            mistake.
        """
        numbers = self._list_numbers(host, port)
        closed = [number for number in numbers if not is_public(number)]
        if closed and not self._allow_private:
            same = closed[0] == host
            raise Fault(
                Step.ADDRESS,
                expected="an address on the public internet",
                found=f"{host}" + ("" if same else f", which is {closed[0]}") + ", private or reserved",
                lasting=Lasting.LIMITED,
            )
        return numbers

    def _list_numbers(self, host: str, port: int) -> list[str]:
        number = _read_number(host)
        if number is not None:
            return [number]
        if not self._allow_private and f".{host}".rstrip(".").lower().endswith(_LOOPBACK_NAME):
            return ["127.0.0.1"]
        try:
            numbers = self._resolve(host, port)
        except UnicodeError as fault:
            raise Fault(
                Step.ADDRESS, expected="the name of a host", found=repr(host), lasting=Lasting.PERMANENT
            ) from fault
        except OSError as fault:
            found = f"none for {host} ({(fault.strerror or str(fault)).lower()})"
            raise _miss(found) from fault
        if not numbers:
            raise _miss(f"none for {host}")
        return numbers


def _miss(found: str) -> Fault:
    return Fault(
        Step.CONNECTION, expected="an entry in the name service", found=found, lasting=Lasting.TEMPORARY
    )


def _read_number(host: str) -> str | None:
    """Return the IP address that a host spells, also as 127.1, 0x7f.1 or 2130706433; None for a name."""
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    try:
        # Spellings that the C library takes for a number; Python's own parser rightly does not.
        return socket.inet_ntoa(socket.inet_aton(host)) if host[:1].isdigit() else None
    except (OSError, ValueError):
        return None
