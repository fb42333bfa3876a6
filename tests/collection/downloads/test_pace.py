from __future__ import annotations

import math
import threading
import time

import pytest

from morelli.collection.downloads.faults import Fault, Lasting
from morelli.collection.downloads.pace import GIVE_UP_AFTER, Clock, Pace


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
    with pytest.raises(Fault, match="expected a to be within reach, found status 429") as caught:
        pace.wait("a")
    assert caught.value.lasting is Lasting.POSTPONED
    pace.wait("b")
    pace.reopen()
    pace.wait("a")


def test_losses_in_a_row_close_a_host_and_others_do_not(clock) -> None:
    pace = Pace(math.inf, clock)
    for _ in range(GIVE_UP_AFTER - 1):
        pace.count("a", is_lost=True)
    pace.count("a", is_lost=False)
    for _ in range(GIVE_UP_AFTER - 1):
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
