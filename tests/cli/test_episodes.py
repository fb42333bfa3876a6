"""``morelli episodes``: the file it writes, and what it says."""

from __future__ import annotations

from morelli.collection.episode_files import read_episodes


def test_the_same_seed_writes_the_same_bytes(morelli, gallery_folder, tmp_path):
    one, other = tmp_path / "one.csv", tmp_path / "other.csv"
    options = ("--ways", 2, "--count", 5, "--seed", 3)
    told = morelli("episodes", gallery_folder, "-o", one, *options, "--json").json
    assert told["shots"] == [1, 2, 3, 5, 10]
    assert told["queries"] == 5 * 5 * 2
    assert "works to be named" in morelli("episodes", gallery_folder, "-o", other, *options).out
    assert one.read_bytes() == other.read_bytes()
    assert len(read_episodes(one).filter(k=10, episode=0)) == 22


def test_shots_can_be_chosen(morelli, gallery_folder, tmp_path):
    told = morelli(
        "episodes", gallery_folder, "-o", tmp_path / "e.csv", "-k", 1, "-k", 4, "--count", 2, "--json"
    ).json
    assert told["shots"] == [1, 4]


def test_what_is_refused(morelli, gallery_folder, tmp_path):
    assert morelli("episodes", gallery_folder, "-o", tmp_path / "e.txt", "--count", 1).code == 2
    assert morelli("episodes", gallery_folder, "-o", tmp_path / "e.csv", "--ways", 1).code == 2
    done = morelli("evaluate", gallery_folder, "-m", tmp_path, "-o", tmp_path, "--against", tmp_path)
    assert done.code == 1
    assert "a report of schema 1" in done.err
