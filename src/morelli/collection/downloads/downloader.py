"""Addresses in, files out: each fetched once, each loss with its reason.

`Downloader` runs in threads what asks (`_Exchange`), what keeps (`Store`) and what remembers (`Ledger`).
"""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing, contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self, TypeAlias, TypeVar
from urllib.parse import urlsplit

import httpcore
import httpx
import stamina

from morelli.collection.downloads.faults import Fault, Lasting, Loss, Step, blame_disk, find_fault, is_page
from morelli.collection.downloads.ledger import Ledger, Store
from morelli.collection.downloads.network import (
    JSON_TYPES,
    PICTURE_TYPES,
    Deadline,
    Guard,
    GuardedNetwork,
    Resolve,
    Transport,
    parse_address,
    parse_json,
    resolve_host,
    save_body,
)
from morelli.collection.downloads.politeness import Clock, Pace, Politeness, read_retry_after
from morelli.collection.work import Skip
from morelli.errors import MorelliError
from morelli.settings import Progress, ignore_progress

if TYPE_CHECKING:
    from morelli.collection.sources.layout import ReadJson

_LOOK_AHEAD = 4
"""Addresses handed out per thread: enough to keep all busy, few enough to stop soon."""

_Locate: TypeAlias = "Callable[[str, ReadJson], str]"

_MAX_REDIRECTS: Final = 5

_TEMPORARY: Final = frozenset({408, 425, 429})
"""Of the statuses that blame the client, those that say "later" (RFC 9110, RFC 8470, RFC 6585); of the others
from 500 on, all are taken for a passing trouble."""
_PAUSES: Final = frozenset({429, 503})

_Received = TypeVar("_Received")


@dataclass(frozen=True)
class Fetched:
    """An address and the file it led to."""

    address: str
    path: Path
    content_hash: str  # SHA-256, 64 hexadecimal digits
    size_bytes: int
    is_new: bool  # fetched now; else it was there already, and nothing was asked


class Downloader:
    """A folder of downloaded pictures, open for more; a context manager.

    Parameters
    ----------
    folder
        Where the pictures are; made when it is missing. One process at a time.
    politeness
        How much is asked of servers and accepted from them.
    clock, resolve
        The time, and what looks up the names of hosts; for tests.

    Raises
    ------
    DownloadError
        When the folder cannot be written to, or another process downloads into it.
    """

    def __init__(
        self,
        folder: str | Path,
        politeness: Politeness = Politeness(),  # noqa: B008  frozen
        *,
        clock: Clock | None = None,
        resolve: Resolve = resolve_host,
    ) -> None:
        self.folder = folder = Path(folder)
        self._politeness = politeness
        self._clock = clock or Clock()
        with blame_disk(folder):
            folder.mkdir(parents=True, exist_ok=True)
        self._ledger = Ledger(folder)  # first: nothing in the folder is touched before it is ours
        self._store = Store(folder, politeness)
        self._exchange = _Exchange(politeness, self._clock, resolve)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections and give the folder free."""
        self._exchange.close()
        self._ledger.close()

    def fetch(
        self,
        addresses: Iterable[str],
        *,
        locate: _Locate | None = None,
        progress: Progress = ignore_progress,
        retry_failed: bool = False,
    ) -> Iterator[Fetched | Skip]:
        """Yield the file of each address, or why there is none, in any order; each address once.

        What is there already is not asked for again, also after a run that was killed. What failed for good
        (404, refused, no picture) is not either; what failed for the moment is.

        Parameters
        ----------
        addresses
            http(s) addresses of pictures, or whatever `locate` understands.
        locate
            From an address and `read_json` to the picture's address, as a layout has it.
        progress
            Called with "download" and how many addresses are done, of how many.
        retry_failed
            Also ask again for what failed for good.

        Yields
        ------
        A `Fetched`, or a `Loss` whose `path` is the address.
        """
        distinct = list(dict.fromkeys(addresses))
        n_done, missing = 0, []
        self._exchange.pace.reopen()
        for address in distinct:
            known = self._recall(address, is_failure_final=not retry_failed)
            if known is None:
                missing.append(address)
                continue
            self._count_kind(address, known)
            n_done += 1
            progress("download", n_done, len(distinct))
            yield known
        for found in self._fetch_all(missing, locate):
            n_done += 1
            progress("download", n_done, len(distinct))
            yield found

    def read_json(self, address: str) -> Any:
        """Return the JSON at an address, asked for on the same terms as a picture; nothing is stored.

        Raises `AddressError` when the address is refused, else `DownloadError`.
        """
        try:
            return parse_json(self._exchange.ask(address, self._read_body, accept=JSON_TYPES))
        except Fault as fault:
            raise fault.as_error(address) from fault

    def _read_body(self, response: httpx.Response) -> bytes:
        buffer = io.BytesIO()
        save_body(response, buffer, self._politeness.max_bytes)
        return buffer.getvalue()

    def _recall(self, address: str, *, is_failure_final: bool) -> Fetched | Skip | None:
        """Return what the ledger knows, or None when the address is to be asked."""
        stored = self._ledger.find_stored(address)
        path = None if stored is None else self._store.find_path(stored)
        if stored is not None and path is not None:
            return Fetched(address, path, stored.content_hash, stored.size_bytes, is_new=False)
        failure = self._ledger.find_failure(address) if is_failure_final else None
        if failure is not None and failure.holds(self._politeness.terms):
            return Loss(address, failure.reason, failure.step)
        return None

    def _fetch_all(self, addresses: list[str], locate: _Locate | None) -> Iterator[Fetched | Skip]:
        pool = ThreadPoolExecutor(self._politeness.workers, thread_name_prefix="morelli-fetch")
        pending: set[Future[Fetched | Skip]] = set()
        try:
            for address in _alternate_hosts(addresses):
                pending.add(pool.submit(self._fetch_one, address, locate))
                if len(pending) >= _LOOK_AHEAD * self._politeness.workers:
                    done, pending = wait(pending, return_when=FIRST_COMPLETED)
                    yield from (future.result() for future in done)
            while pending:
                done, pending = wait(pending, return_when=FIRST_COMPLETED)
                yield from (future.result() for future in done)
        finally:
            # Also reached when the caller stops early: transfers under way end, waits are cut short.
            self._clock.stop()
            pool.shutdown(cancel_futures=True)
            self._clock.resume()

    def _fetch_one(self, address: str, locate: _Locate | None) -> Fetched | Skip:
        try:
            target = address if locate is None else self._locate(address, locate)
            stored = self._exchange.ask(target, self._store.receive, accept=PICTURE_TYPES)
        except Fault as fault:
            if fault.lasting in {Lasting.PERMANENT, Lasting.LIMITED}:
                self._ledger.add_failure(address, fault, self._politeness.terms)
            return self._count_kind(address, Loss(address, fault.reason, fault.step.value))
        # Here and not in the caller's thread: at most one file per thread is unknown to the ledger when the
        # process is killed.
        self._ledger.add_stored(address, stored)
        path = self.folder / stored.file
        return self._count_kind(
            address, Fetched(address, path, stored.content_hash, stored.size_bytes, is_new=True)
        )

    def _count_kind(self, address: str, found: Fetched | Skip) -> Fetched | Skip:
        """Take note of pictures and of web pages in their place, by the host of the address."""
        if isinstance(found, Fetched) or is_page(found.reason):
            self._exchange.pace.count_kind(parse_address(address).host, is_page=isinstance(found, Skip))
        return found

    def _locate(self, address: str, locate: _Locate) -> str:
        try:
            return locate(address, self.read_json)
        except MorelliError as error:
            fault = find_fault(error)
            if fault is not None:
                raise fault from None
            raise Fault(
                Step.RECORD, expected=error.expected, found=error.found, lasting=Lasting.PERMANENT
            ) from error


def _alternate_hosts(addresses: list[str]) -> Iterator[str]:
    """Yield addresses host by host in turn, so that threads do not all wait for the same one."""
    by_host: dict[str, deque[str]] = {}
    for address in addresses:
        by_host.setdefault(_find_host(address), deque()).append(address)
    while by_host:
        for host, queue in list(by_host.items()):
            yield queue.popleft()
            if not queue:
                del by_host[host]


def _find_host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


# One address asked until it answers or is given up: redirects, retries, and what each answer means.


class _Exchange:
    """Asks servers on the terms of a `Politeness`; for use from any thread."""

    def __init__(self, politeness: Politeness, clock: Clock, resolve: Resolve) -> None:
        self._politeness = politeness
        self._clock = clock
        self._deadline = Deadline()
        self.pace = Pace(politeness.rate_per_s, clock)
        guard = Guard(resolve, allow_private=politeness.allow_private)
        # No client of httpx above it: cookies, proxies, passwords and redirects are what it would add.
        self._transport = Transport(GuardedNetwork(guard, self._deadline), n_connections=politeness.workers)
        self._headers = {"User-Agent": f"morelli/{version('morelli')}", "Accept-Encoding": "identity"}

    def ask(self, address: str, receive: Callable[[httpx.Response], _Received], *, accept: str) -> _Received:
        """Return what `receive` makes of an answer with status 200, asking again while that makes sense.

        `accept` is the header of that name. Raises the last `Fault` when no try succeeded.
        """
        url = parse_address(address)
        try:
            received = self._ask_repeatedly(url, receive, accept)
        except Fault as fault:
            self.pace.count(url.host, is_lost=fault.lasting is Lasting.TEMPORARY)
            raise
        self.pace.count(url.host, is_lost=False)
        return received

    def close(self) -> None:
        """Close all connections."""
        self._transport.close()

    def _ask_repeatedly(
        self, url: httpx.URL, receive: Callable[[httpx.Response], _Received], accept: str
    ) -> _Received:
        # stamina waits for this address alone. A Retry-After is about the whole host, so it goes to the pace,
        # which holds back every thread; stamina's own wait then passes within that pause.
        attempts = stamina.retry_context(
            on=self._is_worth_another_try,
            attempts=self._politeness.tries,
            timeout=None,
            wait_initial=self._politeness.wait_s,
            wait_jitter=self._politeness.wait_s,
            wait_max=self._politeness.max_wait_s,
        )
        for attempt in attempts:
            with attempt, _name_faults(), self._open(url, accept) as response:
                return receive(response)
        raise AssertionError("stamina ends with a result or an error")

    def _is_worth_another_try(self, fault: Exception) -> bool:
        return isinstance(fault, Fault) and fault.lasting is Lasting.TEMPORARY and not self._clock.is_stopped

    @contextmanager
    def _open(self, url: httpx.URL, accept: str) -> Iterator[httpx.Response]:
        """Give the answer with status 200 at the end of the redirects."""
        for _ in range(_MAX_REDIRECTS + 1):
            self.pace.wait(url.host)
            with self._deadline.limit(self._politeness.total_s), closing(self._send(url, accept)) as response:
                if not response.has_redirect_location:
                    self._check_status(response)
                    yield response
                    return
                url = _follow(url, response.headers["Location"])
        raise Fault(
            Step.ANSWER,
            expected=f"at most {_MAX_REDIRECTS} redirects",
            found="more",
            lasting=Lasting.PERMANENT,
        )

    def _send(self, url: httpx.URL, accept: str) -> httpx.Response:
        timeout = httpx.Timeout(self._politeness.timeout_s).as_dict()
        headers = self._headers | {"Accept": accept}
        request = httpx.Request("GET", url, headers=headers, extensions={"timeout": timeout})
        response = self._transport.handle_request(request)
        response.request = request
        return response

    def _check_status(self, response: httpx.Response) -> None:
        status = response.status_code
        if status == httpx.codes.OK:
            return
        is_temporary = status in _TEMPORARY or status >= httpx.codes.INTERNAL_SERVER_ERROR
        found = f"status {status} {response.reason_phrase}".rstrip()
        if status in _PAUSES:
            self._heed_pause(response, found)
        raise Fault(
            Step.ANSWER,
            expected="status 200",
            found=found,
            lasting=Lasting.TEMPORARY if is_temporary else Lasting.PERMANENT,
        )

    def _heed_pause(self, response: httpx.Response, found: str) -> None:
        seconds = read_retry_after(response.headers)
        if seconds is None:
            return
        host = response.request.url.host
        if seconds <= self._politeness.max_wait_s:
            self.pace.hold(host, seconds)
            return
        found += f", to be asked again in {seconds:.0f} s"
        self.pace.close(host, found)
        raise Fault(Step.ANSWER, expected="status 200", found=found, lasting=Lasting.POSTPONED)


def _follow(url: httpx.URL, location: str) -> httpx.URL:
    try:
        target = str(url.join(location))
    except (httpx.InvalidURL, UnicodeError):
        target = location
    try:
        return parse_address(target)
    except Fault as fault:
        raise Fault(
            fault.step, expected=fault.expected, found=f"a redirect to {fault.found}", lasting=fault.lasting
        ) from fault


@contextmanager
def _name_faults() -> Iterator[None]:
    """Turn what the network raises into faults, all of which may pass."""
    try:
        yield
    except (httpcore.ConnectError, httpcore.ConnectTimeout, httpcore.PoolTimeout) as fault:
        raise _break(Step.CONNECTION, "a connection", fault) from fault
    except httpcore.TimeoutException as fault:
        raise _break(Step.TRANSFER, "an answer in time", fault) from fault
    except (httpcore.NetworkError, httpcore.ProtocolError, httpx.DecodingError) as fault:
        raise _break(Step.TRANSFER, "a whole answer", fault) from fault


def _break(step: Step, expected: str, fault: Exception) -> Fault:
    found = str(fault).rstrip(".") or "none"
    return Fault(step, expected=expected, found=found, lasting=Lasting.TEMPORARY)
