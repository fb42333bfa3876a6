"""Spoiled letters are put right where sure, matched with other names where not, and never guessed."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from morelli.collection.names.spoiled import is_spoiled, match_spoiled
from morelli.collection.names.text import _decode_again, _mend_signs, mend_text

NAMES = [
    "Albrecht Dürer", "Édouard Manet", "Joan Miró", "Mikalojus Čiurlionis", "Paul Cézanne", "Jenő Barcsay",
    "Vilhelm Hammershøi", "Käthe Kollwitz", "Józef Chełmoński", "Ľudovít Fulla", "Zoë Böhm", "Ștefan Luchian",
]  # fmt: skip
PAGES = ["cp437", "cp850", "cp866", "cp852", "cp1251", "cp1250", "cp1252", "latin-1"]


def misread(name: str, written_in: str, read_as: str) -> str | None:
    try:
        return name.encode(written_in).decode(read_as)
    except UnicodeError:
        return None


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("name", NAMES[:9])
def test_utf_8_read_as_another_page_is_undone(name: str, page: str) -> None:
    spoiled = misread(name, "utf-8", page)
    if spoiled is not None:
        assert mend_text(spoiled) == name
        again = misread(spoiled, "utf-8", page)
        assert again is None or mend_text(again) == name  # read so twice


@pytest.mark.parametrize(
    ("written_in", "read_as"), [("cp1252", "cp437"), ("cp1252", "cp850"), ("cp850", "cp1252")]
)
@pytest.mark.parametrize("name", NAMES)
def test_one_page_read_as_another_is_mended_or_left(name: str, written_in: str, read_as: str) -> None:
    spoiled = misread(name, written_in, read_as)
    if spoiled is not None:
        found = mend_text(spoiled)
        wrong = [
            (told, right) for told, right, sign in zip(found, name, spoiled, strict=True)
            if told not in (right, sign)
        ]  # fmt: skip
        assert wrong == []


@pytest.mark.parametrize(
    ("spoiled", "right"),
    [
        ("Albrecht Dⁿrer", "Albrecht Dürer"), ("Joan Mir≤", "Joan Miró"), ("K„the Beck", "Käthe Beck"),
        ("╔douard Manet", "Édouard Manet"), ("Hammersh°i", "Hammershøi"), ("Joan Mir¢", "Joan Miró"),
    ],
)  # fmt: skip
def test_signs_that_can_be_one_letter_only(spoiled: str, right: str) -> None:
    assert _mend_signs(spoiled) == right


@pytest.mark.parametrize(
    "text",
    [
        "Казимир Малевич", "Δομήνικος Θεοτοκόπουλος", "Гірська Ганна", "葛飾北斎", "5 ÷ 2", "20 °C", "H²O",
        "O’Keeffe", "Portrait—study", "Price: £5", "“Blue”", "Saint-Exupéry", "Ω and α", "Anna…", "№ 5",
    ],
)  # fmt: skip
def test_what_is_meant_so_stays(text: str) -> None:
    assert _mend_signs(text) == text
    assert _decode_again(text) == text
    assert not is_spoiled(text)


@given(st.sampled_from(NAMES))
def test_a_name_that_is_right_stays(name: str) -> None:
    assert mend_text(name) == name
    assert not is_spoiled(name)
    assert match_spoiled([name, "Paul Klee"]) == {}


@pytest.mark.parametrize("sign", ["?", "\ufffd", "_", "\x81", "щ", "☐"])
@pytest.mark.parametrize("name", NAMES)
def test_a_lost_letter_is_found_by_another_spelling(name: str, sign: str) -> None:
    place = next(place for place, letter in enumerate(name) if not letter.isascii())
    lost = name[:place] + sign + name[place + 1 :]
    assert match_spoiled([lost, name, "Paul Klee"]) == {lost: name}
    assert match_spoiled([lost, "Paul Klee"]) == {}


@pytest.mark.parametrize("name", [name for name in NAMES if "ø" not in name and "ł" not in name])
def test_a_best_fit_is_found_by_another_spelling(name: str) -> None:
    kept = (sign for sign in unicodedata.normalize("NFKD", name) if not unicodedata.combining(sign))
    bare = "".join(kept)
    assert match_spoiled([bare.replace(" ", "_"), name]) == {bare.replace(" ", "_"): name}


def test_what_may_be_two_is_none_of_them() -> None:
    assert match_spoiled(["M?ller", "Müller", "Möller"]) == {}
    assert match_spoiled(["Durer", "Dürer", "Dúrer"]) == {}
    assert match_spoiled(["Hans Muller", "Otto Müller"]) == {}
    assert match_spoiled(["Who?", "Whoá"]) == {"Who?": "Whoá"}
    assert match_spoiled(["A_B", "A B", "AéB"]) == {}
