from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from morelli.demo.stamps import has_stamp, stamp_jpeg


@pytest.fixture
def jpeg() -> bytes:
    _, encoded = cv2.imencode(".jpg", np.arange(192, dtype=np.uint8).reshape(8, 8, 3))
    return encoded.tobytes()


def test_a_stamped_file_is_known_by_its_recipe(tmp_path: Path, jpeg: bytes) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(stamp_jpeg(jpeg, "seed 0"))
    assert has_stamp(path, "seed 0")
    assert not has_stamp(path, "seed 1")


def test_every_change_is_noticed(tmp_path: Path, jpeg: bytes) -> None:
    path = tmp_path / "a.jpg"
    whole = stamp_jpeg(jpeg, "seed 0")
    for place in range(0, len(whole), 7):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert not has_stamp(path, "seed 0")
        path.write_bytes(whole[:place])
        assert not has_stamp(path, "seed 0")


def test_missing_and_unstamped_files_have_no_stamp(tmp_path: Path, jpeg: bytes) -> None:
    assert not has_stamp(tmp_path / "a.jpg", "")
    (tmp_path / "a.jpg").write_bytes(jpeg)
    assert not has_stamp(tmp_path / "a.jpg", "")


def test_a_stamp_changes_no_pixel(tmp_path: Path, jpeg: bytes) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(stamp_jpeg(jpeg, "seed 0"))
    with Image.open(path) as picture:
        stamped = np.asarray(picture)
    np.testing.assert_array_equal(
        stamped[..., ::-1], cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    )
