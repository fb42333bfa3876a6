from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from morelli.collection.downloads.patience import read_retry_after

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
