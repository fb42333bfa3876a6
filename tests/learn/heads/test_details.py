"""The closest details of two hands: all pairs by different artists, and only those."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import polars as pl
import pytest

from judge.tiny import make_tiny
from morelli.encode.views import Grid
from morelli.errors import UsageError
from morelli.learn.heads.details import _draw_evenly, fit_details


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    return make_tiny(tmp_path_factory.mktemp("tiny"), n_pictures=11)


def list_works(tiny) -> pl.DataFrame:
    paths = [str(path) for path in tiny.pictures]
    return pl.DataFrame({"artist": [f"{number % 3}" for number in range(11)], "path": paths})


def test_the_best_scores_are_those_of_all_pairs_by_two_hands(tiny):
    works, seen = list_works(tiny), []
    fitted = fit_details(
        tiny.model.comparison, tiny.encoder, works, n_pictures=99, progress=lambda *step: seen.append(step)
    )
    rows = [
        tiny.model.comparison.transform(
            tiny.encoder.encode_patches(tiny.encoder.open_picture(path).image, Grid()).vectors
        )
        for path in tiny.pictures
    ]
    artists = works["artist"].to_list()
    expected = sorted(
        float((rows[i] @ rows[j].T).max()) for i, j in combinations(range(11), 2) if artists[i] != artists[j]
    )
    np.testing.assert_allclose(fitted.calibration.best_scores, expected, atol=1e-5)
    assert (fitted.calibration.n_pictures, fitted.skips) == (11, ())
    assert seen == [("details", done, 11) for done in range(1, 12)]


def test_unreadable_pictures_are_listed(tiny):
    works = list_works(tiny)
    gone = pl.DataFrame({"artist": ["1"], "path": ["gone.png"]})
    fitted = fit_details(tiny.model.comparison, tiny.encoder, pl.concat([works, gone]), n_pictures=12)
    assert fitted.calibration.n_pictures == 11
    assert [skip.path for skip in fitted.skips] == ["gone.png"]


@pytest.mark.parametrize("n", [9, 2])
def test_too_few_pictures_are_refused(tiny, n):
    with pytest.raises(UsageError, match=f"found {n} that can be read"):
        fit_details(tiny.model.comparison, tiny.encoder, list_works(tiny), n_pictures=n)


def test_one_artist_alone_is_refused(tiny):
    works = list_works(tiny).with_columns(artist=pl.lit("1"))
    with pytest.raises(UsageError, match="found 11 that can be read, by 1"):
        fit_details(tiny.model.comparison, tiny.encoder, works, n_pictures=11)


def test_artists_are_drawn_evenly():
    works = pl.DataFrame({"artist": ["a"] * 10 + ["b"] * 2 + ["c"], "path": [str(n) for n in range(13)]})
    counts = _draw_evenly(works, 7, seed=0).group_by("artist").len().sort("artist")["len"].to_list()
    assert counts == [4, 2, 1]
    assert (
        _draw_evenly(works, 5, seed=0)["path"].to_list() == _draw_evenly(works, 5, seed=0)["path"].to_list()
    )
