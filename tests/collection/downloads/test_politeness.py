from __future__ import annotations

import math
import threading
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from morelli.collection.downloads import Politeness
from morelli.collection.downloads.faults import Fault, Lasting
from morelli.collection.downloads.politeness import _GIVE_UP_AFTER, Clock, Pace, read_retry_after
from morelli.errors import UsageError


@pytest.mark.parametrize(
    "name",
    [
        "rate_per_s",
        "timeout_s",
        "tries",
        "workers",
        "max_bytes",
        "max_pixels",
        "total_s",
        "wait_s",
        "max_wait_s",
    ],
)
@pytest.mark.parametrize("value", [0, -1, math.nan])
def test_numbers_are_above_zero(name: str, value: float) -> None:
    with pytest.raises(UsageError, match=f"{name}: expected a number above zero"):
        Politeness(**{name: value})


def test_the_defaults_are_five_a_second_and_no_private_networks() -> None:
    politeness = Politeness()
    assert politeness.rate_per_s == 5.0
    assert not politeness.allow_private


def test_only_what_decides_about_refusals_is_in_the_terms() -> None:
    terms = Politeness().terms
    assert Politeness(rate_per_s=1, workers=2, tries=1).terms == terms
    assert (
        len(
            {terms, *(Politeness(**{name: 7}).terms for name in ("max_bytes", "max_pixels", "allow_private"))}
        )
        == 4
    )


def test_one_host_is_asked_at_the_rate(clock) -> None:
    pace = Pace(4.0, clock)
    for _ in range(5):
        pace.wait("a")
    assert clock.sleeps == [0.25] * 4


def test_other_hosts_need_not_wait(clock) -> None:
    pace = Pace(4.0, clock)
    for host in "abc":
        pace.wait(host)
    assert clock.sleeps == []


def test_time_that_passed_anyway_counts(clock) -> None:
    pace = Pace(4.0, clock)
    pace.wait("a")
    clock.sleep(10.0)
    pace.wait("a")
    assert clock.sleeps == [10.0]


def test_without_a_limit_nobody_waits(clock) -> None:
    pace = Pace(math.inf, clock)
    for _ in range(100):
        pace.wait("a")
    assert clock.sleeps == []


def test_threads_share_the_rate() -> None:
    pace, times = Pace(200.0, Clock()), []

    def ask() -> None:
        for _ in range(5):
            pace.wait("a")
            times.append(time.monotonic())

    threads = [threading.Thread(target=ask) for _ in range(4)]
    begun = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(times) == 20
    assert max(times) - begun >= 19 / 200


def test_a_held_host_is_not_asked(clock) -> None:
    pace = Pace(math.inf, clock)
    pace.wait("a")
    pace.hold("a", 30.0)
    pace.hold("a", 10.0)
    pace.wait("b")
    assert clock.sleeps == []
    pace.wait("a")
    assert clock.sleeps == [30.0]


def test_who_sleeps_while_the_host_is_held_sleeps_on(clock) -> None:
    pace = Pace(1.0, clock)
    pace.wait("a")
    sleep = clock.sleep

    def sleep_and_hold(seconds: float) -> None:
        sleep(seconds)
        if len(clock.sleeps) == 1:
            pace.hold("a", 60.0)

    clock.sleep = sleep_and_hold
    pace.wait("a")
    assert clock.sleeps == [1.0, 60.0]


def test_a_closed_host_is_left_for_another_run(clock) -> None:
    pace = Pace(math.inf, clock)
    pace.close("a", "status 429")
    with pytest.raises(Fault, match="expected pictures from a, found status 429") as caught:
        pace.wait("a")
    assert caught.value.lasting is Lasting.POSTPONED
    pace.wait("b")
    pace.reopen()
    pace.wait("a")


def test_losses_in_a_row_close_a_host_and_others_do_not(clock) -> None:
    pace = Pace(math.inf, clock)
    for _ in range(_GIVE_UP_AFTER - 1):
        pace.count("a", is_lost=True)
    pace.count("a", is_lost=False)
    for _ in range(_GIVE_UP_AFTER - 1):
        pace.count("a", is_lost=True)
    pace.wait("a")
    pace.count("a", is_lost=True)
    with pytest.raises(Fault, match="lost in a row"):
        pace.wait("a")


def test_stopping_wakes_who_sleeps() -> None:
    clock = Clock()
    pace = Pace(0.01, clock)
    pace.wait("a")
    caught: list[Fault] = []

    def wait() -> None:
        try:
            pace.wait("a")
        except Fault as fault:
            caught.append(fault)

    thread = threading.Thread(target=wait)
    thread.start()
    clock.stop()
    thread.join(timeout=5)
    assert len(caught) == 1
    clock.resume()
    assert not clock.is_stopped


DATE = "Wed, 21 Oct 2015 07:28:00 GMT"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("0", 0.0), ("120", 120.0), (" 7 ", 7.0), ("Wed, 21 Oct 2015 07:29:30 GMT", 90.0),
     ("Wednesday, 21-Oct-15 07:28:05 GMT", 5.0), ("Wed, 21 Oct 2015 07:28:05 -0000", 5.0),
     ("Wed, 21 Oct 2015 09:28:05 +0200", 5.0), ("Wed, 21 Oct 2015 07:00:00 GMT", 0.0)],
)  # fmt: skip
def test_both_forms_are_read(text: str, seconds: float) -> None:
    assert read_retry_after(httpx.Headers({"retry-after": text, "date": DATE})) == seconds


@pytest.mark.parametrize(
    "text",
    ["", "soon", "-5", "1.5", "1e3", "٣", "9" * 5000, "Wed, 99 Oct 2015", "Wed, 21 Oct 99999 07:28:00 GMT"],
)
def test_what_cannot_be_read_is_no_pause(text: str) -> None:
    assert read_retry_after({"Retry-After": text, "Date": DATE}) is None


def test_without_a_header_there_is_no_pause() -> None:
    assert read_retry_after({}) is None


@pytest.mark.parametrize("headers", [{}, {"Date": "yesterday"}])
def test_without_the_date_of_the_server_our_own_counts(headers: dict[str, str]) -> None:
    until = format_datetime(datetime.now(UTC) + timedelta(seconds=100), usegmt=True)
    seconds = read_retry_after({"Retry-After": until} | headers)
    assert seconds is not None
    assert 90 < seconds <= 100


@given(st.text(max_size=40))
def test_any_text_is_a_pause_or_none(text: str) -> None:
    seconds = read_retry_after({"Retry-After": text, "Date": text})
    assert seconds is None or seconds >= 0
