from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from morelli.collection.names.text import name_from_slug
from morelli.collection.names.twins import (
    _Twin,
    apply_mapping,
    list_twins,
    read_mapping,
    resolve_aliases,
    suggest_twins,
    write_twins,
)
from morelli.collection.work import Skip, Work
from morelli.errors import MorelliError, SourceError, UsageError

SAME = [
    ("J. M. W. Turner", "Joseph Mallord William Turner", "initials"),
    ("Turner, J.M.W.", "Joseph Mallord William Turner", "initials"),
    ("Joaquin Sorolla", "Joaquín Sorolla", "same words"),
    ("Sorolla, Joaquin", "Joaquín Sorolla", "same words"),
    ("Monet Claude", "Claude Monet", "same words"),
    ("Henri de Toulouse Lautrec", "Henri de Toulouse-Lautrec", "same words"),
    ("Joshua Reynolds", "Sir Joshua Reynolds", "same words"),
    ("Pieter Bruegel d. Ä.", "Pieter Bruegel the Elder", "same words"),
    ("Frans Floris Jr.", "Frans Floris the Younger", "same words"),
    ("Rembrandt", "Rembrandt van Rijn", "shorter form"),
    ("Camille Pissaro", "Camille Pissarro", "spelling"),
    ("Michelangelo Buonarotti", "Michelangelo Buonarroti", "spelling"),
    ("Jan Steen", "Jan Steen (1626-1679)", "same words"),
    ("Workshop of Jan Steen", "Steen, Jan, Workshop of", "same words"),
]
NEVER = [
    ("Pieter Bruegel the Elder", "Pieter Bruegel the Younger"),
    ("David Teniers the Elder", "David Teniers the Younger"),
    ("Lucas Cranach d. Ä.", "Lucas Cranach d. J."),
    ("Frans Floris I", "Frans Floris II"),
    ("Archibald Motley", "Archibald Motley Jr."),
    ("Jan Steen (1626-1679)", "Jan Steen (1700-1760)"),
    ("Jan Steen", "Workshop of Jan Steen"),
    ("Claude Monet", "Édouard Manet"),
    ("Louis XIV", "Louis XV"),
    ("Master F.D.", "Master I.D."),
    ("Master of 1456", "Master of 1466"),
    ("N. Thomas", "Thomas Nozkowski"),
]


@pytest.mark.parametrize(("alias", "artist", "reason"), SAME)
def test_spellings_of_one_artist_are_suggested(alias: str, artist: str, reason: str) -> None:
    [twin] = suggest_twins(["Frans Hals", alias, artist, "Judith Leyster"])
    assert {twin.alias, twin.artist} == {alias, artist}
    assert twin.reason == reason
    assert 0.9 <= twin.score <= 1


@pytest.mark.parametrize(("first", "second"), NEVER)
def test_two_artists_are_not(first: str, second: str) -> None:
    assert suggest_twins([first, second], score=0.5 if "Manet" not in second else 0.9) == []


def test_different_dates_beside_the_names_part_them() -> None:
    names = ["Jan Steen", "Jan Stein"]
    assert len(suggest_twins(names, score=0.8)) == 1
    assert suggest_twins(names, score=0.8, dates={"Jan Steen": "1626-1679", "Jan Stein": "1650-1700"}) == []
    assert (
        len(suggest_twins(names, score=0.8, dates={"Jan Steen": "1626-1679", "Jan Stein": "born 1626"})) == 1
    )


def test_the_name_with_more_works_stays() -> None:
    names = ["Camille Pissaro", "Camille Pissarro"]
    assert suggest_twins(names)[0].artist == "Camille Pissarro"
    assert suggest_twins(names, counts={"Camille Pissaro": 9})[0].artist == "Camille Pissaro"


def test_the_score_must_be_a_share() -> None:
    for score in (0.0, 1.5, float("nan")):
        with pytest.raises(UsageError):
            suggest_twins([], score=score)


def test_misspelt_names_are_found_in_a_crowd_with_the_same_first_name() -> None:
    crowd = [f"John {hashlib.sha256(bytes([n % 256, n // 256])).hexdigest()[:12]}" for n in range(4000)]
    crowd = [name.translate(str.maketrans("0123456789", "ghijklmnop")) for name in crowd]
    twins = suggest_twins([*crowd, "John Aivazovsky", "Jonh Aivazovsky", "John Constable", "John Constabel"])
    assert {(twin.artist, twin.alias) for twin in twins} == {
        ("Jonh Aivazovsky", "John Aivazovsky"),
        ("John Constable", "John Constabel"),
    }


def test_the_order_of_the_names_does_not_matter() -> None:
    names = [name for pair in SAME + NEVER for name in pair[:2]]
    assert suggest_twins(names) == suggest_twins(names[::-1])


@given(st.lists(st.text("abc. ,IV-1790()", max_size=12), max_size=8), st.floats(0.5, 1))
@settings(max_examples=60, deadline=None)
def test_any_names_give_pairs_of_them(names: list[str], score: float) -> None:
    for twin in suggest_twins(names, score=score):
        assert {twin.alias, twin.artist} <= set(names)
        assert twin.alias != twin.artist
        assert score - 0.001 <= twin.score <= 1


def test_a_table_of_works_gives_counts_and_dates() -> None:
    works = pl.DataFrame(
        {
            "artist": ["Camille Pissaro", "Camille Pissaro", "Camille Pissarro", None],
            "artist_dates": [None, "1830-1903", None, None],
        }
    )
    assert list_twins(works) == [_Twin("Camille Pissarro", "Camille Pissaro", 0.968, "spelling")]


@pytest.fixture
def review(tmp_path: Path) -> Callable[[str], Path]:
    def write(rows: str) -> Path:
        path = tmp_path / "reviewed.csv"
        path.write_text("alias,artist,score,reason,decision\n" + rows, encoding="utf-8")
        return path

    return write


def test_what_is_written_is_read_back_after_review(tmp_path: Path) -> None:
    path = tmp_path / "twins.csv"
    write_twins(path, [_Twin("Pissaro, Camille", "Camille Pissarro", 0.968, "spelling")])
    assert read_mapping(path) == {}
    path.write_text(path.read_text(encoding="utf-8").replace("spelling,", "spelling,Same "), encoding="utf-8")
    assert read_mapping(path) == {"Pissaro, Camille": "Camille Pissarro"}


def test_only_the_decision_same_counts(review) -> None:
    assert read_mapping(review("a,b,1,x,same\nc,d,1,x,different\ne,f,1,x,\n")) == {"a": "b"}


def test_chains_lead_to_their_end(review) -> None:
    assert read_mapping(review("a,b,1,x,same\nb,c,1,x,same\nc,d,1,x,same\n")) == {
        "a": "d",
        "b": "d",
        "c": "d",
    }


def test_a_circle_is_refused_with_its_rows(review) -> None:
    with pytest.raises(SourceError, match=r"a -> b -> c -> a \(rows 2, 3, 5\)"):
        read_mapping(review("a,b,1,x,same\nb,c,1,x,same\nx,y,1,x,same\nc,a,1,x,same\n"))


def test_an_alias_of_two_artists_is_refused_with_both_rows(review) -> None:
    with pytest.raises(SourceError, match="'b' in row 2 and 'c' in row 3"):
        read_mapping(review("a,b,1,x,same\na,c,1,x,same\n"))


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ("a,b,1,x,smae\n", "row 2.*'smae'"),
        (",b,1,x,same\n", "row 2.*an empty cell"),
        ("a,b,1,x,same,y\n", "row 2"),
    ],
)
def test_rows_that_say_nothing_clear_are_refused(review, rows: str, found: str) -> None:
    with pytest.raises(SourceError, match=found):
        read_mapping(review(rows))


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    (tmp_path / "twins.csv").write_text("alias,artist\na,b\n", encoding="utf-8")
    with pytest.raises(SourceError, match="found no decision"):
        read_mapping(tmp_path / "twins.csv")


def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError):
        write_twins(tmp_path / "absent" / "twins.csv", [])


@given(st.dictionaries(st.sampled_from("abcde"), st.sampled_from("abcdef")))
def test_resolved_aliases_end_at_artists(mapping: dict[str, str]) -> None:
    try:
        resolved = resolve_aliases(mapping)
    except MorelliError:
        return
    assert set(resolved) == set(mapping)
    assert not set(resolved.values()) & set(resolved)


def test_works_are_renamed_and_skips_pass() -> None:
    works = [Work(None, artist="a", title="t"), Work(None, artist="z"), Work(None), Skip("x", "y")]
    expected = [Work(None, artist="b", title="t"), *works[1:]]
    assert list(apply_mapping(works, {"a": "b"})) == expected


@pytest.mark.paintings
def test_artists_of_two_real_sets(paintings: Path) -> None:
    slugs = {path.name.split("_")[0] for path in (paintings / "wikiart").glob("*/*.jpg")}
    folders = {
        path.stem.rsplit("_", 1)[0] for path in (paintings / "best-artworks/resized/resized").glob("*.jpg")
    }
    names = {name_from_slug(slug) for slug in slugs} | {folder.replace("_", " ") for folder in folders}
    names |= {"Joaquín Sorolla", "Pissarro Camille", "J. A. Weir", "Vigée Le Brun, Louise Elisabeth"}
    found = {frozenset((twin.alias, twin.artist)) for twin in suggest_twins([name for name in names if name])}
    assert found == {
        frozenset({"Camille Pissarro", "Pissarro Camille"}),
        frozenset({"J. A. Weir", "Julian Alden Weir"}),
        frozenset({"Vigée Le Brun, Louise Elisabeth", "Louise Elisabeth Vigee Le Brun"}),
    }
