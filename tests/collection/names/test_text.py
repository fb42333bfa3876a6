from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from morelli.collection.names.dates import year_from_text
from morelli.collection.names.text import (
    fold_name,
    mend_slug,
    mend_text,
    name_artist,
    name_from_folder,
    name_from_slug,
    title_from_slug,
)

CLEAN_NAMES = [
    "Dürer", "Albrecht Dürer", "Karel Čapek", "Paul Gauguin", "José Clemente Orozco", "Édouard Manet",
    "Θεοτοκόπουλος", "Δομήνικος Θεοτοκόπουλος", "Γιάννης Μόραλης", "Σ", "π", "葛飾北斎", "かつしか ほくさい",
    "Казимир Малевич", "Mikalojus Konstantinas Čiurlionis", "Jean-Étienne Liotard", "Peder Severin Krøyer",
    "Wilhelm Hammershøi", "Joaquín Sorolla", "João Fragoso", "SÃO PAULO", "Großmann", "ß",
    "Françoise d’Aubigné", "“Untitled” — n°3", "Tamara de Łempicka", "Đorđe Krstić", "İbrahim Çallı",
    "Ángel Zárraga", "Òscar Domínguez", "Ñ", "Nguyễn Phan Chánh",
]  # fmt: skip
LOWER_LATIN = "abcdefghijklmnopqrstuvwxyzàáâãäåæçèéêëìíîïñòóôõöøùúûüýÿßœ"


@pytest.mark.parametrize(
    "spoiled", ["Albrecht_DuΓòá├¬rer", "Albrecht_Du╠êrer", "Albrecht_D├╝rer", "Albrecht_DÃ¼rer"]
)
def test_the_kaggle_folders_of_duerer(spoiled: str) -> None:
    assert mend_text(spoiled) == "Albrecht_Dürer"
    assert name_from_folder(spoiled) == "Albrecht Dürer"


def test_decomposed_accents_are_composed() -> None:
    assert mend_text(unicodedata.normalize("NFD", "Dürer Čapek")) == "Dürer Čapek"


@pytest.mark.parametrize("name", CLEAN_NAMES)
def test_clean_names_stay(name: str) -> None:
    assert mend_text(name) == name


def test_small_letters_that_could_be_spoiled_text_are_a_word() -> None:
    assert mend_text("áœœ") == "áœœ"


@given(st.text(st.characters(max_codepoint=127)))
def test_ascii_stays(text: str) -> None:
    assert mend_text(text) == text


@given(st.text(LOWER_LATIN + " -'", min_size=1))
def test_lower_case_western_letters_stay(text: str) -> None:
    assert mend_text(text) == text


@given(st.text(st.characters(min_codepoint=0x3041, max_codepoint=0x3096), min_size=1))
def test_hiragana_stays(text: str) -> None:
    assert mend_text(text) == text


@given(st.text(st.characters(min_codepoint=0x0391, max_codepoint=0x03C9, categories=["L"]), min_size=1))
def test_greek_stays(text: str) -> None:
    assert mend_text(text) == text


@given(st.sampled_from(CLEAN_NAMES), st.integers(1, 3))
def test_code_page_437_is_undone_however_often(name: str, n_rounds: int) -> None:
    spoiled = name
    for _ in range(n_rounds):
        spoiled = spoiled.encode().decode("cp437")
    assert mend_text(spoiled) == name


@pytest.mark.parametrize("page", ["cp437", "cp850", "latin-1", "mac_roman"])
@pytest.mark.parametrize("name", ["Grégoire Michonze", "Édouard Manet", "Joaquín Sorolla", "Eugène Boudin"])
def test_other_wrong_readings_of_utf_8_are_undone(name: str, page: str) -> None:
    assert mend_text(name.encode().decode(page)) == name


@example("A¡\x80?")
@given(st.text())
def test_mending_twice_is_mending_once(text: str) -> None:
    once = mend_text(text)
    assert mend_text(once) == once


@given(st.text())
def test_no_text_raises(text: str) -> None:
    for function in (
        name_artist,
        name_from_folder,
        name_from_slug,
        year_from_text,
        title_from_slug,
        fold_name,
    ):
        function(text)


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("Vincent_van_Gogh", "Vincent van Gogh"),
        ("Vincent van Gogh", "Vincent van Gogh"),
        ("  Paul__Klee_ ", "Paul Klee"),
        ("vincent-van-gogh", "Vincent van Gogh"),
        ("Pierre-Auguste_Renoir", "Pierre-Auguste Renoir"),
        ("Unknown_Artist", None),
        ("anonymous", None),
        ("___", None),
    ],
)
def test_names_of_folders(folder: str, name: str | None) -> None:
    assert name_from_folder(folder) == name


@pytest.mark.parametrize(
    ("slug", "mended"),
    [
        ("grã©goire-michonze", "grégoire-michonze"),
        ("joaquã\xadn-sorolla", "joaquín-sorolla"),
        ("joaquãn-sorolla", "joaquín-sorolla"),
        ("guillermo-garcãa", "guillermo-garcía"),
        ("ãgor-grabar", "ígor-grabar"),
        ("joão-vaz", "joão-vaz"),
        ("irmãs-e-mãe", "irmãs-e-mãe"),
        ("maçã", "maçã"),
        ("étude-à-la-fenêtre", "étude-à-la-fenêtre"),
    ],
)
def test_letters_of_slugs_that_were_lowered_are_mended(slug: str, mended: str) -> None:
    assert mend_slug(slug) == mended == mend_slug(mended)


@pytest.mark.parametrize(
    ("slug", "name"),
    [
        ("vincent-van-gogh", "Vincent van Gogh"),
        ("david-teniers-the-younger", "David Teniers the Younger"),
        ("giovanni-da-udine", "Giovanni da Udine"),
        ("maurice-quentin-de-la-tour", "Maurice Quentin de la Tour"),
        ("henry-herbert-la-thangue", "Henry Herbert La Thangue"),
        ("louise-elisabeth-vigee-le-brun", "Louise Elisabeth Vigee Le Brun"),
        ("le-corbusier", "Le Corbusier"),
        ("t.-c.-steele", "T. C. Steele"),
        ("willem-van-de-velde-ii", "Willem van de Velde II"),
        ("henri-de-toulouse-lautrec", "Henri de Toulouse Lautrec"),
        ("grã©goire-michonze", "Grégoire Michonze"),
        ("joaquãn-sorolla", "Joaquín Sorolla"),
        ("joão-guimarães", "João Guimarães"),
        ("rembrandt", "Rembrandt"),
        ("unknown-artist", None),
        ("-", None),
        ("", None),
    ],
)
def test_names_of_slugs(slug: str, name: str | None) -> None:
    assert name_from_slug(slug) == name


@pytest.mark.parametrize(
    "text", [None, "", "Unknown Artist", "unknown", "ANONYMOUS", " anonymous ", "nan", "?"]
)
def test_nobody_is_named(text: str | None) -> None:
    assert name_artist(text) is None


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("1890", 1890),
        ("1890.0", 1890),
        ("c.1890", 1890),
        ("November 1982", 1982),
        ("1503–1519", 1503),
        ("1890/1895", 1890),
        ("sunflowers-1889", 1889),
        ("sunflowers-1889-2", 1889),
        ("1000", 1000),
        ("2100", 2100),
        ("0999", None),
        ("2101", None),
        ("18890", None),
        ("inv. 9999", None),
        ("19th century", None),
        ("", None),
        (None, None),
    ],
)
def test_years(text: str | None, year: int | None) -> None:
    assert year_from_text(text) == year


@pytest.mark.parametrize(
    ("slug", "title", "year"),
    [
        ("the-two-faces-1951", "The two faces", 1951),
        ("sunflowers-1889-2", "Sunflowers", 1889),
        ("1001-nights-1920", "1001 nights", 1920),
        ("untitled-2", "Untitled 2", None),
        ("inventory-9999", "Inventory 9999", None),
        ("-1715", None, 1715),
        ("", None, None),
    ],
)
def test_titles_of_slugs(slug: str, title: str | None, year: int | None) -> None:
    assert title_from_slug(slug) == (title, year)


def test_folding_forgets_accents_case_and_punctuation() -> None:
    assert fold_name("Albrecht_Dürer") == fold_name("albrecht  DURER!") == "albrecht durer"
    assert fold_name("Pierre-Auguste Renoir") == fold_name("Pierre Auguste Renoir")
