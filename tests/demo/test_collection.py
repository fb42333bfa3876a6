from __future__ import annotations

import csv
import inspect
from collections import Counter
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from morelli.demo.collection import (
    _COLUMNS,
    _MAX_PAINTERS,
    _QUALITY,
    _SIZE_PX,
    _TABLE,
    _commission_work,
    _draw_size,
    _draw_works,
    _has_stamp,
    _name_painter,
    _slugify,
    _stamp_jpeg,
    _title_work,
    draw_collection,
)
from morelli.demo.hands import draw_hand
from morelli.demo.subjects import SUBJECTS
from morelli.errors import UsageError

N_PAINTERS, N_WORKS = 3, 2


def read_files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def read_table(folder: Path) -> list[dict[str, str]]:
    with (folder / _TABLE).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "new" / "folder"
    return draw_collection(folder, n_painters=N_PAINTERS, n_works=N_WORKS)


def test_the_table_lists_every_picture_once(drawn: Path) -> None:
    rows = read_table(drawn)
    assert tuple(rows[0]) == _COLUMNS
    assert sorted(row["path"] for row in rows) == sorted(set(read_files(drawn)) - {_TABLE})
    assert len(rows) == N_PAINTERS * N_WORKS
    assert all(row[column] for row in rows for column in _COLUMNS)


def test_the_folder_of_a_picture_is_its_artist(drawn: Path) -> None:
    for row in read_table(drawn):
        assert row["path"].split("/")[0] == row["artist"].replace(" ", "_")


def test_pictures_can_be_read_and_keep_to_the_sizes(drawn: Path) -> None:
    for row in read_table(drawn):
        height, width, channels = cv2.imread(str(drawn / row["path"])).shape
        assert channels == 3
        assert _SIZE_PX[0] <= min(height, width) <= max(height, width) <= _SIZE_PX[1]


def test_a_picture_is_more_than_one_colour(drawn: Path) -> None:
    for row in read_table(drawn):
        assert cv2.imread(str(drawn / row["path"])).std() > 5.0


def test_the_same_seed_gives_the_same_bytes(drawn: Path, tmp_path: Path) -> None:
    again = draw_collection(tmp_path, n_painters=N_PAINTERS, n_works=N_WORKS)
    assert read_files(again) == read_files(drawn)


def test_other_seeds_give_other_painters_and_pictures(drawn: Path, tmp_path: Path) -> None:
    other = draw_collection(tmp_path, seed=1, n_painters=1, n_works=1)
    assert not set(read_files(other).values()) & set(read_files(drawn).values())
    assert read_table(other)[0]["artist"] not in {row["artist"] for row in read_table(drawn)}


def test_a_smaller_collection_is_a_part_of_a_larger_one(drawn: Path, tmp_path: Path) -> None:
    part = read_files(draw_collection(tmp_path, n_painters=2, n_works=1))
    whole = read_files(drawn)
    assert len(part) == 3
    assert all(whole[path] == content for path, content in part.items() if path != _TABLE)


def test_several_processes_draw_the_same(drawn: Path, tmp_path: Path) -> None:
    # six works are few, so the pool is asked for outright
    commissions = [
        _commission_work(0, painter, work) for painter in range(N_PAINTERS) for work in range(N_WORKS)
    ]
    for commission in commissions:
        (tmp_path / commission.path).parent.mkdir(exist_ok=True)
    counts = list(_draw_works(tmp_path, commissions, n_processes=2, batch=3))
    assert counts == [3, 6]
    assert read_files(tmp_path) == {k: v for k, v in read_files(drawn).items() if k != _TABLE}


def test_progress_rises_to_the_number_of_works(tmp_path: Path) -> None:
    calls: list[tuple[str, int, int]] = []
    draw_collection(tmp_path, n_painters=1, n_works=2, progress=lambda *step: calls.append(step))
    assert calls[-1] == ("draw", 2, 2)
    assert calls == sorted(calls)


def test_drawing_resumes_and_mends(tmp_path: Path) -> None:
    draw_collection(tmp_path, n_painters=2, n_works=2)
    before = read_files(tmp_path)
    kept, removed, cut, edited = sorted(tmp_path.rglob("*.jpg"))
    written = kept.stat().st_mtime_ns
    removed.unlink()
    cut.write_bytes(cut.read_bytes()[:-100])
    edited.write_bytes(edited.read_bytes()[:-100] + b"x" + edited.read_bytes()[-99:])
    draw_collection(tmp_path, n_painters=2, n_works=2)
    assert read_files(tmp_path) == before
    assert kept.stat().st_mtime_ns == written


def test_a_folder_with_another_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / _TABLE).write_text("path,artist\nmine.jpg,Me\n")
    with pytest.raises(UsageError, match="a table of other works"):
        draw_collection(tmp_path, n_painters=1, n_works=1)
    assert [path.name for path in tmp_path.iterdir()] == [_TABLE]


def test_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "demo").touch()
    with pytest.raises(UsageError, match="expected a folder"):
        draw_collection(tmp_path / "demo", n_painters=1, n_works=1)


def test_a_folder_of_the_same_seed_can_grow(tmp_path: Path) -> None:
    draw_collection(tmp_path, n_painters=1, n_works=1)
    draw_collection(tmp_path, n_painters=1, n_works=2)
    assert len(read_table(tmp_path)) == 2
    with pytest.raises(UsageError, match="same seed"):
        draw_collection(tmp_path, seed=1, n_painters=1, n_works=1)


@pytest.mark.parametrize("option", ["seed", "n_painters", "n_works", "n_processes"])
def test_numbers_out_of_range_are_refused(tmp_path: Path, option: str) -> None:
    with pytest.raises(UsageError, match=option):
        draw_collection(tmp_path, **{option: -1})


numbers = st.integers(min_value=0, max_value=200)


@given(seed=numbers, painter=numbers, work=numbers)
@settings(max_examples=40, deadline=None)
def test_every_fact_of_a_work_is_possible(seed: int, painter: int, work: int) -> None:
    commission = _commission_work(seed, painter, work)
    hand = draw_hand(seed, painter)
    assert hand.first_year <= commission.year <= hand.last_year
    assert all(_SIZE_PX[0] <= side <= _SIZE_PX[1] for side in commission.size)
    assert _QUALITY[0] <= commission.quality <= _QUALITY[1]
    assert commission.path.isascii()
    assert " " not in commission.path


def test_works_have_paths_of_their_own() -> None:
    paths = [_commission_work(0, painter, work).path for painter in range(24) for work in range(40)]
    assert len(set(paths)) == len(paths)


def test_all_painters_paint_all_genres_equally_often() -> None:
    for painter in range(6):
        genres = Counter(_commission_work(0, painter, work).genre for work in range(20))
        assert genres == dict.fromkeys(SUBJECTS, 4)


def test_size_and_quality_know_nothing_of_the_hand() -> None:
    assert list(inspect.signature(_draw_size).parameters) == ["rng"]


def test_size_does_not_differ_between_painters() -> None:
    commissions = [[_commission_work(0, painter, work) for work in range(40)] for painter in range(24)]
    log_aspects = np.array([[np.log(c.size[0] / c.size[1]) for c in works] for works in commissions])
    qualities = np.array([[c.quality for c in works] for works in commissions])
    for values in (log_aspects, qualities):
        between = values.mean(axis=1).var(ddof=1)
        by_chance = values.var(axis=1, ddof=1).mean() / values.shape[1]
        # the ratio is F with 23 and 936 degrees of freedom; 2.2 has a probability of 0.001
        assert between / by_chance < 2.2


@given(seed=st.integers(0, 2**32))
@settings(max_examples=40, deadline=None)
def test_no_two_painters_share_a_surname(seed: int) -> None:
    surnames = [_name_painter(seed, painter).split()[-1] for painter in range(40)]
    assert len(set(surnames)) == len(surnames)


def test_there_are_names_for_all_painters() -> None:
    assert len({_name_painter(0, painter) for painter in range(_MAX_PAINTERS)}) == _MAX_PAINTERS


@pytest.mark.parametrize("genre", list(SUBJECTS))
def test_every_genre_has_whole_titles(genre: str) -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):
        title = _title_work(genre, rng)
        assert title[0].isupper()
        assert not set(title) & set("{}")


@given(text=st.text())
@settings(max_examples=40, deadline=None)
def test_slugs_are_safe_in_file_names(text: str) -> None:
    slug = _slugify(text)
    assert all(letter.isascii() and (letter.isalnum() or letter == "-") for letter in slug)
    assert _slugify(slug) == slug


def test_slugs_keep_what_can_be_read() -> None:
    assert _slugify("Élan, the Artist's", "_") == "Elan_the_Artists"


@pytest.fixture
def jpeg() -> bytes:
    _, encoded = cv2.imencode(".jpg", np.arange(192, dtype=np.uint8).reshape(8, 8, 3))
    return encoded.tobytes()


def test_a_stamped_file_is_known_by_its_recipe(tmp_path: Path, jpeg: bytes) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(_stamp_jpeg(jpeg, "seed 0"))
    assert _has_stamp(path, "seed 0")
    assert not _has_stamp(path, "seed 1")


def test_every_change_is_noticed(tmp_path: Path, jpeg: bytes) -> None:
    path = tmp_path / "a.jpg"
    whole = _stamp_jpeg(jpeg, "seed 0")
    for place in range(0, len(whole), 7):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert not _has_stamp(path, "seed 0")
        path.write_bytes(whole[:place])
        assert not _has_stamp(path, "seed 0")


def test_missing_and_unstamped_files_have_no_stamp(tmp_path: Path, jpeg: bytes) -> None:
    assert not _has_stamp(tmp_path / "a.jpg", "")
    (tmp_path / "a.jpg").write_bytes(jpeg)
    assert not _has_stamp(tmp_path / "a.jpg", "")


def test_a_stamp_changes_no_pixel(tmp_path: Path, jpeg: bytes) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(_stamp_jpeg(jpeg, "seed 0"))
    with Image.open(path) as picture:
        stamped = np.asarray(picture)
    np.testing.assert_array_equal(
        stamped[..., ::-1], cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    )
