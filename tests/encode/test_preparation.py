"""Preparing pictures in this process or in others gives the same, in order, and outlives bad files."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from morelli.encode.preparation import Describing, Preparation, prepare_pictures
from morelli.encode.transform import Transform
from morelli.errors import PictureError

from .networks import draw_pixels, write_pictures

PREPARATION = Preparation(
    (Transform(32, 0.9), Describing(), Transform(48, crop_mode="squash")), max_pixels=100_000
)


def test_no_process_and_two_give_the_same(tmp_path):
    paths = write_pictures(tmp_path, 9, width=60, height=50)
    (tmp_path / "bad.jpg").write_bytes(b"rubbish")
    asked = [
        (path.stem, path) for path in [*paths[:4], tmp_path / "bad.jpg", tmp_path / "absent.png", *paths[4:]]
    ]
    here, there = (list(prepare_pictures(PREPARATION, asked, workers=workers)) for workers in (0, 2))
    assert [one.work_id for one in here] == [one.work_id for one in there] == [one for one, _ in asked]
    assert [one.path for one in there] == [path for _, path in asked]
    assert [one.skip for one in here] == [one.skip for one in there]
    assert [one.skip.path for one in here if one.skip] == [str(path) for _, path in asked[4:6]]
    for ours, theirs in zip(here, there, strict=True):
        assert (ours.inputs is None) == (ours.skip is not None)
        for first, second in zip(ours.inputs or [], theirs.inputs or [], strict=True):
            np.testing.assert_array_equal(first, second)


def test_each_part_gets_what_it_needs(tmp_path):
    draw_pixels(120, 90).save(tmp_path / "a.png")
    small, descriptors, large = PREPARATION.prepare(tmp_path / "a.png")
    assert (small.shape, small.dtype) == ((32, 32, 3), np.uint8)
    assert (descriptors.ndim, descriptors.dtype) == (1, np.float32)
    assert large.shape == (48, 48, 3)


def test_a_large_jpeg_decoded_at_reduced_scale_looks_the_same(tmp_path):
    draw_pixels(1600, 1200).save(tmp_path / "a.jpg", quality=95)
    draw_pixels(1600, 1200).save(tmp_path / "a.png")
    preparation = Preparation((Transform(64),), max_pixels=10_000_000)
    fast, whole = (preparation.prepare(tmp_path / name)[0].astype(int) for name in ("a.jpg", "a.png"))
    assert np.abs(fast - whole).mean() < 2


def test_a_bad_picture_alone_is_refused(tmp_path):
    with pytest.raises(PictureError):
        PREPARATION.prepare(tmp_path / "absent.png")


def test_nothing_asked_gives_nothing():
    assert list(prepare_pictures(PREPARATION, [], workers=0)) == []


ENDLESS = """
import itertools, sys
from pathlib import Path
from morelli.encode.preparation import Describing, Preparation, prepare_pictures

if __name__ == "__main__":
    asked = [("a", Path(sys.argv[1]))] * 100_000
    for _ in prepare_pictures(Preparation((Describing(),), max_pixels=10**9), asked, workers=2):
        print("ready", flush=True)
"""


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is POSIX")
def test_workers_do_not_outlive_a_process_that_was_killed(tmp_path):
    (path,) = write_pictures(tmp_path, 1)
    (tmp_path / "endless.py").write_text(ENDLESS, encoding="utf-8")
    process = subprocess.Popen([sys.executable, tmp_path / "endless.py", path], stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"ready\n"
    process.kill()
    process.communicate(timeout=30)  # the pipe stays open as long as anybody holds it
