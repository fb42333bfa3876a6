"""A picture server of our own that answers as servers do: well, late, twice, half, or wrongly."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

from PIL import Image

from ..odd_files import encode_picture

Answer = Callable[[BaseHTTPRequestHandler], None]

_COLOURS = 256


class QuietServer(ThreadingHTTPServer):
    """Says nothing about clients that hang up: here they are meant to."""

    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


def draw_numbered(number: int) -> bytes:
    """Return a small PNG like no other."""
    high, low = divmod(number, _COLOURS)
    return encode_picture(Image.new("RGB", (8, 8), (high, low, 90)), "PNG")


@dataclass
class PictureServer:
    """Answers each path as it was told to; a context manager.

    `requests` lists the paths in the order in which they were asked for.
    """

    answers: dict[str, list[Answer]] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)
    fallback: Callable[[str], Answer] | None = None

    def __enter__(self) -> Self:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 20
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                server.handle(self)

            def log_message(self, *_: object) -> None:
                pass

        self._http = QuietServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopped.set()
        self._http.shutdown()
        self._http.server_close()

    @property
    def port(self) -> int:
        return self._http.server_address[1]

    def address(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def put(self, path: str, *answers: Answer) -> str:
        """Answer a path with each in turn, then always with the last; return its address."""
        self.answers[path] = list(answers)
        return self.address(path)

    def handle(self, handler: BaseHTTPRequestHandler) -> None:
        self.requests.append(handler.path)
        self.headers.append({name.lower(): value for name, value in handler.headers.items()})
        queue = self.answers.get(handler.path)
        if queue is None:
            answer = self.fallback(handler.path) if self.fallback else status(404)
        else:
            answer = queue.pop(0) if len(queue) > 1 else queue[0]
        try:
            answer(handler)
        except (ConnectionError, TimeoutError):
            handler.close_connection = True  # the other side has hung up, as it may


def send(
    body: bytes = b"",
    *,
    code: int = 200,
    kind: str | None = "image/png",
    length: int | None = None,
    **more: str,
) -> Answer:
    """Answer with a body; `length` is what is announced, if not the truth."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        if kind is not None:
            handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in more.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)
        if length is not None and length != len(body):
            handler.close_connection = True

    return answer


def status(code: int, **more: str) -> Answer:
    """Answer with a status and a page that says so."""
    return send(b"<html>sorry</html>", code=code, kind="text/html", **more)


def move(target: str, code: int = 302) -> Answer:
    """Answer with a redirect."""
    return send(code=code, kind=None, Location=target)


def send_unannounced(body: bytes, *, repeat: int = 1, chunked: bool = False) -> Answer:
    """Answer without saying how long it will be; not chunked, it ends when the connection does."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "image/png")
        handler.send_header(*(("Transfer-Encoding", "chunked") if chunked else ("Connection", "close")))
        handler.end_headers()
        for _ in range(repeat):
            handler.wfile.write(b"%x\r\n%b\r\n" % (len(body), body) if chunked else body)
        if chunked:
            handler.wfile.write(b"0\r\n\r\n")
        handler.close_connection = True

    return answer


def die(sent: bytes = b"") -> Answer:
    """Send some bytes and hang up."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(sent)
        handler.close_connection = True

    return answer


def drip(server: PictureServer, first: bytes, *, every_s: float = 0.02) -> Answer:
    """Send some bytes, then one more every now and then, without end."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(first)
        while not server.stopped.is_set():
            handler.wfile.write(b"x")
            time.sleep(every_s)

    return answer


def stall(server: PictureServer) -> Answer:
    """Say nothing at all."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        server.stopped.wait(20)
        handler.close_connection = True

    return answer
