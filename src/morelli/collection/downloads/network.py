"""Connections that go only where the guard allows, and answers that end in time.

The check sits where the socket is opened, below httpx and its pool of connections: redirects, names with
several addresses and every later change of code come through here. The host in the request stays a name, so
Host header, TLS server name and certificate are those of the host, and a pooled connection is only ever used
again for the same one.
"""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import httpcore
import httpx

from morelli.collection.downloads.guard import Guard

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
        """Return the smaller of a timeout and the time left.

        Raises
        ------
        httpcore.ReadTimeout
            When no time is left.
        """
        left = self._at - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the time for the whole answer is over")
        return timeout if left == float("inf") else left if timeout is None else min(timeout, left)


class TimedStream(httpcore.NetworkStream):
    """A connection whose every read and write ends by the deadline of the thread that uses it.

    A server that sends one byte a second never exceeds a time-out between bytes, neither in the body nor in
    the header.
    """

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return the next bytes."""
        return self._stream.read(max_bytes, self._deadline.shorten(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send bytes."""
        self._stream.write(buffer, self._deadline.shorten(timeout))

    def close(self) -> None:
        """Close the connection."""
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Return the same connection, encrypted."""
        stream = self._stream.start_tls(ssl_context, server_hostname, self._deadline.shorten(timeout))
        return TimedStream(stream, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        """Return what httpcore asks about the connection."""
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
        """Return a connection to the first of the host's addresses that answers.

        Raises
        ------
        Fault
            When the guard refuses the host.
        httpcore.ConnectError, httpcore.ConnectTimeout
            When none answers.
        """
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
                return TimedStream(stream, self._deadline)
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
