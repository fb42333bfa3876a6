from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from morelli.demo.signatures import MAX_PAINTERS, name_painter, slugify, title_work
from morelli.demo.subjects import SUBJECTS


@given(seed=st.integers(0, 2**32))
@settings(max_examples=40, deadline=None)
def test_no_two_painters_share_a_surname(seed: int) -> None:
    surnames = [name_painter(seed, painter).split()[-1] for painter in range(40)]
    assert len(set(surnames)) == len(surnames)


def test_there_are_names_for_all_painters() -> None:
    assert len({name_painter(0, painter) for painter in range(MAX_PAINTERS)}) == MAX_PAINTERS


@pytest.mark.parametrize("genre", list(SUBJECTS))
def test_every_genre_has_whole_titles(genre: str) -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):
        title = title_work(genre, rng)
        assert title[0].isupper()
        assert not set(title) & set("{}")


@given(text=st.text())
@settings(max_examples=40, deadline=None)
def test_slugs_are_safe_in_file_names(text: str) -> None:
    slug = slugify(text)
    assert all(letter.isascii() and (letter.isalnum() or letter == "-") for letter in slug)
    assert slugify(slug) == slug


def test_slugs_keep_what_can_be_read() -> None:
    assert slugify("Élan, the Artist's", "_") == "Elan_the_Artists"
