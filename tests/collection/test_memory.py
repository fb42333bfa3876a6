from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from collection.odd_files import draw_picture, encode_picture
from morelli.collection.memory import Memory
from morelli.collection.pictures import open_picture


@pytest.mark.parametrize("is_shared", [False, True])
def test_pictures_together_never_take_more_than_there_is(is_shared: bool) -> None:
    memory = Memory(10, is_shared=is_shared)
    used, peaks, lock = [0], [], threading.Lock()

    def work(n_bytes: int) -> None:
        with memory.lease() as take:
            take(n_bytes)
            with lock:
                used[0] += n_bytes
                peaks.append(used[0])
            time.sleep(0.002)
            with lock:
                used[0] -= n_bytes

    threads = [threading.Thread(target=work, args=((1 + at % 7) * 2**20,)) for at in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(peaks) == 40
    assert 7 * 2**20 < max(peaks) <= 10 * 2**20


def test_a_picture_larger_than_all_goes_alone_and_an_error_gives_back() -> None:
    memory = Memory(1)

    def break_off() -> None:
        with memory.lease() as take:
            take(10**12)
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        break_off()
    with memory.lease() as take:
        take(10**12)
        take(10**12)  # counts once


@pytest.mark.parametrize(
    ("kind", "options", "at_least", "expected"),
    [
        ("PNG", {}, None, 800 * 600 * 8),
        ("PNG", {}, 100, 800 * 600 * 8),
        ("JPEG", {}, None, 800 * 600 * 8),
        ("JPEG", {}, 100, 800 * 600 * 8 // 16),
        ("PNG", {"icc_profile": b"x" * 200}, None, 800 * 600 * 16),
    ],
)
def test_what_a_picture_takes_is_told_before_it_is_decoded(
    tmp_path: Path, kind: str, options: dict[str, object], at_least: int | None, expected: int
) -> None:
    path = tmp_path / "a"
    path.write_bytes(encode_picture(draw_picture(800, 600), kind, **options))
    taken: list[int] = []
    open_picture(path, at_least=at_least, take=taken.append)
    assert taken == [expected]
