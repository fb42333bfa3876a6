"""Connections that go only where the guard allows, and answers that end in time.

The check sits where the socket is opened, below httpx and its pool of connections: redirects, names with
several addresses and every later change of code come through here. The host in the request stays a name, so
Host header, TLS server name and certificate are those of the host, and a pooled connection is only ever used
again for the same one.
"""

from __future__ import annotations

import hashlib
import ipaddress
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, BinaryIO, Final

import httpcore
import httpx

from morelli.collection.downloads.faults import Fault, Lasting, Step

# Which addresses may be asked at all: http(s) to the public internet.

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
    """Return an address that may be asked, as far as its text tells; else raise `Fault`."""
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


def _is_public(number: str) -> bool:
    """Return whether an IP address is one of the public internet; False for what is no IP address.

    An IPv6 address that stands for an IPv4 one (mapped, NAT64, 6to4) is public when that one is.

    >>> _is_public("93.184.216.34"), _is_public("127.0.0.1"), _is_public("::ffff:127.0.0.1")
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


# From the name of a host to the numbers that may be connected to: looked up once, checked, then used.

Resolve = Callable[[str, int], list[str]]
"""From host and port to IP addresses, best first; raises `OSError` when there are none."""

_LOOPBACK_NAME = ".localhost"
"""Itself and all below it are loopback by definition (RFC 6761, section 6.3)."""


def resolve_host(host: str, port: int) -> list[str]:
    """Return the IP addresses of a host, as the system's name service knows them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Guard:
    """Resolves hosts and lets only public addresses through, unless private ones are allowed."""

    def __init__(self, resolve: Resolve, *, allow_private: bool) -> None:
        self._resolve = resolve
        self._allow_private = allow_private

    def find_addresses(self, host: str, port: int) -> list[str]:
        """Return the IP addresses to connect to, in the order to try them.

        One that is not public refuses the host: a name that leads to both is a trap, or a mistake.
        """
        numbers = self._list_numbers(host, port)
        closed = [number for number in numbers if not _is_public(number)]
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


_CONNECT_S = 10.0
"""The longest wait for one of several addresses of a host, so that there is time for the others."""


class Deadline(threading.local):
    """The moment at which what this thread is doing must be done."""

    def __init__(self) -> None:
        self._at = float("inf")

    @contextmanager
    def limit(self, seconds: float) -> Iterator[None]:
        """Let what runs inside take so many seconds."""
        self._at = time.monotonic() + seconds
        try:
            yield
        finally:
            self._at = float("inf")

    def shorten(self, timeout: float | None) -> float | None:
        """Return the smaller of a timeout and the time left."""
        left = self._at - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the time for the whole answer is over")
        return timeout if left == float("inf") else left if timeout is None else min(timeout, left)


class _TimedStream(httpcore.NetworkStream):
    """A connection whose every read and write ends by the deadline of the thread that uses it.

    A server that sends one byte a second never exceeds a time-out between bytes, neither in the body nor in
    the header.
    """

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.shorten(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.shorten(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, self._deadline.shorten(timeout))
        return _TimedStream(stream, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class GuardedNetwork(httpcore.NetworkBackend):
    """Opens connections to addresses that the guard has checked."""

    def __init__(
        self, guard: Guard, deadline: Deadline, *, backend: httpcore.NetworkBackend | None = None
    ) -> None:
        self._guard = guard
        self._deadline = deadline
        self._backend = backend or httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Return a connection to the first of the host's addresses that answers."""
        failure: Exception = httpcore.ConnectError("no address")
        for address in self._guard.find_addresses(host, port):
            left = self._deadline.shorten(timeout)
            try:
                stream = self._backend.connect_tcp(
                    address,
                    port,
                    timeout=_CONNECT_S if left is None else min(left, _CONNECT_S),
                    local_address=local_address,
                    socket_options=socket_options,
                )
                return _TimedStream(stream, self._deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as fault:
                failure = fault
        raise failure


class Transport(httpx.BaseTransport):
    """Sends the requests of httpx through a pool of connections over a network of our own.

    Proxies from the environment are not asked: they would connect for us, and no guard would see where to.
    """

    def __init__(self, network: httpcore.NetworkBackend, *, n_connections: int) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=_load_certificates(),
            max_connections=n_connections,
            network_backend=network,
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the answer, its body still unread."""
        url = httpcore.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        )
        response = self._pool.handle_request(
            httpcore.Request(
                request.method, url, headers=request.headers.raw, extensions=dict(request.extensions)
            )
        )
        return httpx.Response(
            response.status, headers=response.headers, stream=_Body(response), extensions=response.extensions
        )

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()


@cache
def _load_certificates() -> ssl.SSLContext:
    # once: reading them takes longer than many a download
    return httpx.create_ssl_context(trust_env=False)


class _Body(httpx.SyncByteStream):
    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        return self._response.iter_stream()

    def close(self) -> None:
        self._response.close()


# Reading the body of an answer, never more of it than is allowed, into a file or as JSON.

JSON_TYPES: Final = "application/ld+json, application/json, */*;q=0.1"
PICTURE_TYPES: Final = "image/jpeg, image/*;q=0.9, */*;q=0.1"

_NO_PICTURE = ("text/html", "application/xhtml", "application/pdf", "video/", "audio/")
"""Types, by their beginnings, that are believed unseen. All others are opened: servers call pictures by many
names, text/plain among them."""


def check_type(response: httpx.Response) -> None:
    """Refuse an answer that calls itself something else than a picture."""
    name = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if name.startswith(_NO_PICTURE) or name.endswith(("json", "xml")):
        raise Fault(
            Step.PICTURE, expected="a picture", found=f"content of type {name}", lasting=Lasting.PERMANENT
        )


def is_length_announced(response: httpx.Response) -> bool:
    """Return whether the answer says where it ends; if not, one that breaks off looks like a whole one."""
    return "Content-Length" in response.headers or "Transfer-Encoding" in response.headers


def save_body(response: httpx.Response, file: BinaryIO, max_bytes: int) -> tuple[str, int]:
    """Write a body to a file and return its SHA-256 in hexadecimal and its size in bytes."""
    announced = response.headers.get("Content-Length", "")
    if announced.isdecimal() and int(announced[:18]) > max_bytes:
        raise _refuse_size(max_bytes, f"{int(announced[:18]):,} announced")
    digest, size_bytes = hashlib.sha256(), 0
    for piece in response.iter_bytes():
        size_bytes += len(piece)
        if size_bytes > max_bytes:
            raise _refuse_size(max_bytes, "more")
        digest.update(piece)
        file.write(piece)
    if size_bytes == 0:  # nobody means to publish nothing: a server in trouble
        raise Fault(Step.TRANSFER, expected="content", found="0 bytes", lasting=Lasting.TEMPORARY)
    return digest.hexdigest(), size_bytes


def parse_json(data: bytes) -> Any:
    """Return the content of a JSON text, or raise `Fault`."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as fault:
        found = f"content that begins with {data[:20]!r}"
        raise Fault(Step.RECORD, expected="JSON", found=found, lasting=Lasting.PERMANENT) from fault


def _refuse_size(max_bytes: int, found: str) -> Fault:
    return Fault(Step.TRANSFER, expected=f"at most {max_bytes:,} bytes", found=found, lasting=Lasting.LIMITED)
