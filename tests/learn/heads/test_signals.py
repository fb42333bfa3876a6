"""Signals learnt from made-up works: the style is found where it is, reasons where nothing can be learnt."""

from __future__ import annotations

from functools import partial

import numpy as np
import polars as pl
import pytest
from PIL import Image

from morelli.learn.heads import ContrastiveSpace
from morelli.learn.heads import signals as room
from morelli.learn.heads.signals import (
    LabelledWorks,
    _fit_line,
    _rate_alignment,
    _read_pictures,
    _score_halves,
    _weigh_artists,
    fit_signals,
)
from morelli.model.signals import ENCODER


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(room, "ContrastiveSpace", partial(ContrastiveSpace, n_steps=20))


def make_works(artists: str, styles: list[str | None], *, seed: int) -> LabelledWorks:
    """Return works whose first ten dimensions say the artist, and the next ten the style."""
    rng = np.random.default_rng(seed)
    hands = {artist: rng.normal(size=10) for artist in sorted(set(artists))}
    manners = {style: np.random.default_rng(number).normal(size=10) for number, style in enumerate("xyz")}
    rows = [
        np.concatenate([2 * hands[artist], manners.get(str(style), np.zeros(10))])
        for artist, style in zip(artists, styles, strict=True)
    ]
    vectors = (np.array(rows) + 0.5 * rng.normal(size=(len(rows), 20))).astype(np.float32)
    n = len(rows)
    hashes = [f"{number * 0x9E3779B97F4A7C15 % 2**64:016x}" for number in range(n)]
    table = pl.DataFrame(
        {
            "artist": list(artists), "style": styles, "genre": [None] * n, "theme": [None] * n,
            "title": [None] * n, "path": [f"{number}.jpg" for number in range(n)],
            "phash": hashes, "dhash": hashes,
        },
        schema_overrides={"style": pl.String, "genre": pl.String, "theme": pl.String, "title": pl.String},
    )  # fmt: skip
    return LabelledWorks(table, {ENCODER: vectors})


def test_the_style_is_learnt_across_artists():
    artists, styles = "AABBCCDDEEFF" * 6, ["x", "x", "x", "x", "y", "y", "y", "y", "z", "z", "z", "z"] * 6
    train = make_works(artists, styles, seed=0)
    signals = fit_signals(train, make_works(artists.lower(), styles, seed=1), seed=0)
    line = signals.heads["style"].line
    assert line is not None
    assert line.roc_auc > 0.9
    assert line.slope > 0
    assert "needs two labels" in signals.reasons["subject"]
    assert "could read 0 validation pictures" in signals.reasons["palette"]
    assert signals.reasons["work"] == signals.reasons["palette"]
    assert signals.heads["palette"].line is None
    assert signals.rates is None


def test_a_style_that_no_two_artists_share_has_a_reason():
    artists, styles = "AABBCCDD" * 3, list("xxyyzzxx") * 3
    alone = make_works("aabbcc" * 3, list("xxyyzz") * 3, seed=1)
    signals = fit_signals(make_works(artists, styles, seed=0), alone, seed=0)
    assert "style" not in signals.heads
    assert "one of them in works by two artists" in signals.reasons["style"]


def test_a_line_is_that_of_the_pairs():
    scores = np.array([0.9, 0.8, 0.7, 0.1, 0.2, 0.75])
    same = np.array([True, True, True, False, False, False])
    line = _fit_line(scores, same, np.array([0, 1, 2, 0, 1, 2]), np.array([1, 2, 0, 1, 2, 0]))
    assert (line.n_same, line.n_different) == (3, 3)
    assert line.roc_auc == pytest.approx(8 / 9)


def draw_line(n_artists, n_repeats, *, seed=0):
    """Return the line of well parted pairs of all artists with each other, each pair repeated."""
    left, right = np.tile(np.triu_indices(n_artists, k=1), n_repeats)
    same = (left + right) % 2 == 0
    return _fit_line(same + np.random.default_rng(seed).normal(0, 0.2, len(same)), same, left, right)


def test_a_line_is_bounded_by_its_artists_and_not_by_its_pairs():
    few, more = draw_line(8, 50), draw_line(40, 2)
    assert few.n_same + few.n_different < more.n_same + more.n_different
    for line, n_artists in ((few, 8), (draw_line(8, 400), 8), (more, 40)):
        low, high = line.log10_likelihood_ratio(np.array([-99.0, 99.0]))
        assert -np.log10(n_artists + 1) <= low < 0 < high <= np.log10(n_artists + 1)
    assert more.high > few.high


def test_artists_of_a_kind_weigh_alike_whatever_pairs_they_are_in():
    same = np.array([True, True, True, False])
    left, right = np.array([0, 1, 0, 0]), np.array([1, 0, 2, 3])
    assert _weigh_artists(same, left, right).tolist() == [0.75, 0.75, 1.5, 2]


def test_halves_of_one_colour_score_highest(drawn):
    colours = [(200, 30, 30), (30, 200, 30), (30, 30, 200)]
    scores, same = _score_halves([Image.new("RGB", (60, 40), colour) for colour in colours])
    assert same.sum() == 3
    assert scores[same] == pytest.approx(1, abs=1e-5)
    assert scores[~same].max() < 0.7


def test_pictures_that_cannot_be_read_are_passed_over(drawn, tmp_path):
    paths = sorted(map(str, drawn.rglob("*.jpg")))[:3]
    (tmp_path / "broken.jpg").write_bytes(b"no picture")
    named = [(str(tmp_path / "broken.jpg"), "A"), ("absent.jpg", "B"), *zip(paths, "CDE", strict=True)]
    images, artists = _read_pictures(named, 2)
    assert (len(images), artists) == (2, ["C", "D"])


def test_copies_are_found_and_other_works_are_not(drawn, monkeypatch):
    monkeypatch.setattr("morelli.learn.heads.signals._N_COPIED", 1)
    images, _ = _read_pictures([(str(path), "A") for path in sorted(drawn.rglob("*.jpg"))[::30]], 3)
    rates = _rate_alignment(images, np.random.default_rng(0))
    assert (rates.n_same, rates.n_different, rates.n_mistaken) == (7, 3, 0)
    assert rates.n_found >= 5
