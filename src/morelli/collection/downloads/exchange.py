"""One address asked until it answers or is given up: redirects, retries, and what each answer means.

Between `network`, which opens connections, and `downloader`, which decides what to ask for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from importlib.metadata import version
from typing import Final, TypeVar

import httpcore
import httpx
import stamina

from morelli.collection.downloads.addresses import parse_address
from morelli.collection.downloads.faults import Fault, Lasting, Step
from morelli.collection.downloads.guard import Guard, Resolve
from morelli.collection.downloads.network import Deadline, GuardedNetwork, Transport
from morelli.collection.downloads.pace import Clock, Pace
from morelli.collection.downloads.patience import read_retry_after
from morelli.collection.downloads.politeness import Politeness

MAX_REDIRECTS: Final = 5

_TEMPORARY: Final = frozenset({408, 425, 429})
"""Of the statuses that blame the client, those that say "later" (RFC 9110, RFC 8470, RFC 6585); of the others
from 500 on, all are taken for a passing trouble."""
_PAUSES: Final = frozenset({429, 503})

Received = TypeVar("Received")


class Exchange:
    """Asks servers on the terms of a `Politeness`; for use from any thread.

    Parameters
    ----------
    politeness
        The terms.
    clock
        The time.
    resolve
        What looks up the names of hosts.
    """

    def __init__(self, politeness: Politeness, clock: Clock, resolve: Resolve) -> None:
        self._politeness = politeness
        self._clock = clock
        self._deadline = Deadline()
        self.pace = Pace(politeness.rate_per_s, clock)
        guard = Guard(resolve, allow_private=politeness.allow_private)
        # No client of httpx above it: cookies, proxies, passwords and redirects are what it would add.
        self._transport = Transport(GuardedNetwork(guard, self._deadline), n_connections=politeness.workers)
        self._headers = {"User-Agent": f"morelli/{version('morelli')}", "Accept-Encoding": "identity"}

    def ask(self, address: str, receive: Callable[[httpx.Response], Received], *, accept: str) -> Received:
        """Return what `receive` makes of the answer, asking again while that makes sense.

        Parameters
        ----------
        address
            What to ask for.
        receive
            Reads the body of an answer with status 200; called once for each try that comes so far.
        accept
            The kinds of content that are wanted, as the header Accept takes them.

        Raises
        ------
        Fault
            The last one, when no try succeeded.
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
        self, url: httpx.URL, receive: Callable[[httpx.Response], Received], accept: str
    ) -> Received:
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
        for _ in range(MAX_REDIRECTS + 1):
            self.pace.wait(url.host)
            with self._deadline.limit(self._politeness.total_s), closing(self._send(url, accept)) as response:
                if not response.has_redirect_location:
                    self._check_status(response)
                    yield response
                    return
                url = _follow(url, response.headers["Location"])
        raise Fault(
            Step.ANSWER,
            expected=f"at most {MAX_REDIRECTS} redirects",
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
