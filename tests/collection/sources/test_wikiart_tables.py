from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collection.sources.conftest import Plant, write_csv
from collection.sources.test_painter_by_numbers import draw
from morelli.collection.reading import collect_works
from morelli.collection.sources.layouts import recognise
from morelli.collection.sources.wikiart_tables import WikiArtTables, _PictureIndex
from morelli.collection.work import CollectedWork, Skip, Work, merge_labels
from morelli.errors import LayoutError, MorelliError

CLASSES = "filename,artist,genre,description,phash,width,height,genre_count,subset\n"
CODES = "file,artist,genre,style\n"
SEARCH = "name,artist,path,split\n"
GRIS, MARC = "Cubism/juan-gris_still-life-1921.jpg", "Expressionism/franz-marc_foxes.jpg"


def listed(path: str, artist: str, genre: str, subset: str = "train") -> str:
    """Return a line of classes.csv."""
    return f'{path},{artist},"{genre}",x,bebbeb018a7d80a8,1922,1382,1,{subset}\n'


def read(source: Path) -> list[Work | Skip]:
    layout = recognise(source)
    assert layout.name == "wikiart-tables"
    return list(layout.read())


def works_of(source: Path) -> list[Work]:
    return [entry for entry in read(source) if isinstance(entry, Work)]


def skips_of(source: Path) -> list[tuple[str, str]]:
    return [(Path(entry.path).name, entry.reason) for entry in read(source) if isinstance(entry, Skip)]


def warnings_of(source: Path, caplog: pytest.LogCaptureFixture) -> list[str]:
    caplog.clear()
    read(source)
    return [record.getMessage() for record in caplog.records]


def test_the_genres_of_classes_are_styles(plant: Plant) -> None:
    table = CLASSES + listed(GRIS, "juan gris", "['Synthetic Cubism']", "test")
    folder = plant(GRIS, classes=table)
    assert recognise(folder).reason == "'classes.csv' lists its pictures"
    assert read(folder) == [
        Work(
            folder / GRIS,
            artist="Juan Gris",
            title="Still life",
            year=1921,
            style="Synthetic Cubism",
            part="test",
        )
    ]


@pytest.mark.parametrize(
    ("cell", "style"),
    [
        ("['Impressionism', 'Realism']", "Impressionism|Realism"),
        ("['Naive_Art_Primitivism']", "Naive Art Primitivism"),
        ("['Impressionism'", "Impressionism"),
        ("[]", "Cubism"),
        ("", "Cubism"),
    ],
)
def test_lists_of_styles(plant: Plant, cell: str, style: str) -> None:
    (work,) = works_of(plant(GRIS, classes=CLASSES + listed(GRIS, "juan gris", cell)))
    assert work.style == style


@pytest.mark.parametrize(
    ("artist", "name"),
    [
        ("vincent van gogh", "Vincent van Gogh"),
        ("vincent-van-gogh", "Vincent van Gogh"),
        ("Vincent van Gogh", "Vincent van Gogh"),
        ("grã©goire michonze", "Grégoire Michonze"),
        ("", "Juan Gris"),
    ],
)
def test_names_of_artists(plant: Plant, artist: str, name: str) -> None:
    (work,) = works_of(plant(GRIS, classes=CLASSES + listed(GRIS, artist, "['Cubism']")))
    assert work.artist == name


def test_uncertain_artists_do_not_count_as_autograph(plant: Plant) -> None:
    table = CLASSES + listed(GRIS, "juan gris", "['Cubism']", "uncertain artist")
    (work,) = works_of(plant(GRIS, classes=table))
    assert (work.artist, work.qualifier, work.part) == ("Juan Gris", "uncertain", None)


def test_words_that_are_no_part_are_reported(plant: Plant, caplog: pytest.LogCaptureFixture) -> None:
    folder = plant(GRIS, classes=CLASSES + listed(GRIS, "juan gris", "['Cubism']", "holdout"))
    assert [work.part for work in works_of(folder)] == [None]
    assert f"{folder / 'classes.csv'}: words that are no part of a split, left out: 'holdout'" in warnings_of(
        folder, caplog
    )


def test_artist_0_is_unknown_and_no_class(plant: Plant) -> None:
    (work,) = works_of(plant(GRIS, wclasses=f"{CODES}{GRIS},0,138,147\n"))
    assert (work.artist, work.genre, work.style) == (None, "still life", "Cubism")


@pytest.mark.parametrize(
    ("code", "genre"),
    [("129", "abstract painting"), ("138", "still life"), ("139", None), ("7", "genre 7"), ("", None)],
)
def test_genres_by_code(plant: Plant, code: str, genre: str | None) -> None:
    (work,) = works_of(plant(GRIS, wclasses=f"{CODES}{GRIS},3,{code},147\n"))
    assert work.genre == genre


def test_codes_without_names_are_labels_of_their_own(plant: Plant) -> None:
    (work,) = works_of(plant("pictures/0001.jpg", wclasses=f"{CODES}pictures/0001.jpg,17,129,147\n"))
    assert (work.artist, work.style) == ("artist 17", "style 147")


def test_the_file_names_the_artist_of_a_code(plant: Plant) -> None:
    (work,) = works_of(plant(GRIS, wclasses=f"{CODES}{GRIS},17.0,138,147\n"))
    assert work.artist == "Juan Gris"


def write_names(folder: Path, task: str, *names: str) -> None:
    lines = [f"{code} {name}\n" for code, name in enumerate(names)]
    (folder / f"{task}_class.txt").write_text("".join(lines), encoding="utf-8")


def test_names_of_classes_are_taken_from_their_file(plant: Plant) -> None:
    folder = plant("pictures/0001.jpg", wclasses=f"{CODES}pictures/0001.jpg,1,2,0\n")
    write_names(folder, "artist", "Unknown Artist", "Juan_José_Gris")
    write_names(folder, "style", "Cubism")
    write_names(folder, "genre", "a", "b", "still_life")
    (work,) = works_of(folder)
    assert (work.artist, work.style, work.genre) == ("Juan José Gris", "Cubism", "still life")


def test_a_list_of_artists_that_begins_otherwise_is_another_list(plant: Plant) -> None:
    folder = plant(GRIS, wclasses=f"{CODES}{GRIS},1,138,147\n")
    write_names(folder, "artist", "Albrecht_Durer", "Boris_Kustodiev")
    assert [work.artist for work in works_of(folder)] == ["Juan Gris"]


def test_the_readable_table_names_whom_the_codes_do_not(plant: Plant) -> None:
    classes = CLASSES + listed(GRIS, "juan gris", "['Cubism']")
    (work,) = works_of(plant(GRIS, classes=classes, wclasses=f"{CODES}{GRIS},0,138,147\n"))
    assert (work.artist, work.genre, work.style, work.part) == ("Juan Gris", "still life", "Cubism", "train")


def test_tasks_of_artgan_make_one_work(plant: Plant) -> None:
    folder = plant(
        GRIS, MARC, artist_val=f"{GRIS},1\n", genre_val=f"{GRIS},9\n", style_val=f"{GRIS},7\n{MARC},9\n"
    )
    write_names(folder, "artist", "Albrecht_Durer", "Juan_Gris")
    write_names(folder, "genre", *"abcdefghi", "still_life")
    write_names(folder, "style", *"abcdefg", "Cubism", "x", "Expressionism")
    assert read(folder) == [
        Work(
            folder / GRIS,
            artist="Juan Gris",
            title="Still life",
            year=1921,
            style="Cubism",
            genre="still life",
            part="test",
        ),
        Work(folder / MARC, artist="Franz Marc", title="Foxes", style="Expressionism", part="test"),
    ]


@pytest.mark.parametrize(("word", "part"), [("train", "train"), ("val", "test")])
def test_publications_measure_on_what_artgan_calls_val(plant: Plant, word: str, part: str) -> None:
    (work,) = works_of(plant(GRIS, **{f"style_{word}": f"{GRIS},7\n"}))
    assert work.part == part


def test_the_first_row_is_no_header(plant: Plant) -> None:
    assert len(works_of(plant(GRIS, MARC, style_train=f"{GRIS},7\n{MARC},9\n"))) == 2


def test_a_header_that_somebody_added_is_passed_over(plant: Plant) -> None:
    folder = plant(GRIS, style_train=f"path,class\n{GRIS},7\n")
    assert len(works_of(folder)) == 1
    assert skips_of(folder) == []


def test_class_0_of_artgan_is_a_class(plant: Plant) -> None:
    folder = plant(GRIS, artist_train=f"{GRIS},0\n")
    write_names(folder, "artist", "Juan_Gris")
    assert [work.artist for work in works_of(folder)] == ["Juan Gris"]


def test_artgan_calls_one_style_by_another_name_than_its_folder(plant: Plant) -> None:
    name = "Art_Nouveau_Modern/raphael-kirchner_erika-1.jpg"
    folder = plant(name, style_train=f"{name},3\n")
    write_names(folder, "style", "a", "b", "c", "Art_Nouveau")
    assert [work.style for work in works_of(folder)] == ["Art Nouveau Modern"]


@pytest.mark.parametrize(
    "rows",
    [
        ["(Path),, (Class) ", "", f"{GRIS},,4", f"{MARC},,5"],
        ["(Path),(Class)", f"{GRIS},4", "", f"{MARC},5"],
        [f"{GRIS},,4", f"{MARC},,5"],
        [f"{GRIS},4,", f"{MARC},5,"],
        ["path;;class", f"{GRIS};;4", f"{MARC};;5"],
    ],
)
@pytest.mark.parametrize("name", ["Artist/artist_train", "artist_train.csv", "artist/Artist_Train.csv"])
def test_a_table_of_artgan_may_have_a_header_and_empty_columns(
    plant: Plant, rows: list[str], name: str
) -> None:
    folder = plant(GRIS, MARC, name)
    (folder / name).write_text("\n".join(rows) + "\n")
    (folder / name).with_name("artist_class").write_text("4 Juan_Gris\n5 Franz_Marc\n")
    assert [(work.artist, work.part) for work in works_of(folder)] == [
        ("Juan Gris", "train"),
        ("Franz Marc", "train"),
    ]


def test_a_table_that_cannot_be_read_is_left_out_with_its_reason(
    plant: Plant, caplog: pytest.LogCaptureFixture
) -> None:
    folder = plant(GRIS, style_train=f"{GRIS},7\n", genre_train="a,b,c\n", classes="a,b\n1,2\n")
    (work,) = works_of(folder)
    assert (work.style, work.part) == ("Cubism", "train")
    assert [name for name, _ in skips_of(folder)] == ["classes.csv", "genre_train.csv"]
    warned = warnings_of(folder, caplog)
    assert len(warned) == 2
    assert "two columns without a header" in warned[1]


def test_rows_of_artgan_without_a_number_are_listed(plant: Plant) -> None:
    folder = plant(GRIS, style_train=f"{GRIS},7\n{MARC},x\n{MARC}\n{MARC},1,2\n")
    assert skips_of(folder) == [
        ("style_train.csv:row 2", f"expected a path and a number, found '{MARC}, x'"),
        ("style_train.csv:row 3", f"expected a path and a number, found '{MARC}'"),
        ("style_train.csv:row 4", "expected 2 fields, found 3"),
    ]


@pytest.mark.parametrize("below", ["wikiart_csv", "Style"])
def test_tables_may_lie_in_their_own_folder(plant: Plant, below: str) -> None:
    folder = plant(GRIS, MARC, f"{below}/style_train.csv", f"{below}/style_val.csv")
    (folder / below / "style_train.csv").write_text(f"{GRIS},7\n")
    (folder / below / "style_val.csv").write_text(f"{MARC},9\n")
    expected = [folder / GRIS, folder / MARC]
    assert [work.path for work in works_of(folder)] == expected
    assert [work.path for work in works_of(folder / below / "style_train.csv")] == expected


def test_a_table_that_is_given_is_read_alone(plant: Plant) -> None:
    folder = plant(GRIS, MARC, artist_train=f"{GRIS},1\n", artist_val=f"{MARC},2\n", style_val=f"{GRIS},7\n")
    works = works_of(folder / "artist_train.csv")
    assert [(work.path, work.part) for work in works] == [(folder / GRIS, "train"), (folder / MARC, "test")]


def test_the_database_of_csd_is_learnt_and_its_queries_are_tests(plant: Plant) -> None:
    table = f"{SEARCH}a,juan-gris,{GRIS},database\nb,franz-marc,/data/wikiart/{MARC},query\n"
    folder = plant(GRIS, MARC, wikiart=table)
    assert [(work.artist, work.style, work.part) for work in works_of(folder)] == [
        ("Juan Gris", "Cubism", "train"),
        ("Franz Marc", "Expressionism", "test"),
    ]


def test_an_unknown_artist_of_csd_is_none(plant: Plant) -> None:
    (work,) = works_of(plant(GRIS, wikiart=f"{SEARCH}a,unknown-artist,{GRIS},query\n"))
    assert work.artist is None


def test_one_picture_in_several_folders_becomes_one_work(tmp_path: Path) -> None:
    names = [f"{style}/franz-marc_1889.jpg" for style in ("Cubism", "Expressionism")]
    draw(tmp_path / "1889.jpg")
    for name in names:
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_bytes((tmp_path / "1889.jpg").read_bytes())
    (tmp_path / "1889.jpg").unlink()
    (tmp_path / "style_train.csv").write_text("".join(f"{name},1\n" for name in names))
    entries = list(collect_works(recognise(tmp_path), workers=1))
    first, second = (entry for entry in entries if isinstance(entry, CollectedWork))
    assert first.id == second.id
    merged = merge_labels(first, second)
    assert isinstance(merged, CollectedWork)
    assert merged.work.style == "Cubism|Expressionism"


def test_only_the_listed_file_of_several_is_read(plant: Plant) -> None:
    other = GRIS.replace("Cubism", "Realism")
    table = CLASSES + listed(GRIS, "juan gris", "['Cubism', 'Realism']")
    folder = plant(GRIS, other, classes=table)
    assert [(work.path, work.style) for work in works_of(folder)] == [(folder / GRIS, "Cubism|Realism")]
    assert skips_of(folder) == [
        (
            Path(GRIS).name,
            f"expected a picture listed in 'classes.csv', found one of the same name as {folder / GRIS}",
        )
    ]


def test_files_and_rows_without_the_other_are_listed(plant: Plant) -> None:
    folder = plant(
        GRIS, MARC, "notes.txt", wikiart=f"{SEARCH}a,x,{GRIS},query\nb,x,Cubism/y_z.jpg,query\nc,x,,query\n"
    )
    assert skips_of(folder) == [
        ("wikiart.csv:row 3", "expected a file, found none at Cubism/y_z.jpg"),
        ("wikiart.csv:row 4", "expected a path in 'path', found none"),
        (Path(MARC).name, "expected a picture listed in 'wikiart.csv', found one that none of them lists"),
        ("notes.txt", "expected a picture, found a file with another ending"),
    ]


def test_a_file_missing_in_all_tables_is_listed_once(plant: Plant) -> None:
    tables = {f"{task}_train": f"{GRIS},1\n{MARC},1\n" for task in ("artist", "genre", "style")}
    assert len(skips_of(plant(GRIS, **tables))) == 1


@pytest.mark.parametrize("listed_as", ["grã©goire-michonze", "grégoire-michonze", "gre\u0301goire-michonze"])
@pytest.mark.parametrize("on_disk", ["grã©goire-michonze", "grégoire-michonze", "gre\u0301goire-michonze"])
def test_spoilt_slugs_meet_their_files(plant: Plant, listed_as: str, on_disk: str) -> None:
    folder = plant(f"Cubism/{on_disk}_a.jpg", style_train=f"Cubism/{listed_as}_a.jpg,7\n")
    assert [(work.path, work.artist) for work in works_of(folder)] == [
        (folder / f"Cubism/{on_disk}_a.jpg", "Grégoire Michonze")
    ]


@pytest.mark.parametrize("listed_as", ["joaquãn-sorolla", "joaqu\u00e3\u00adn-sorolla", "joaquín-sorolla"])
@pytest.mark.parametrize("on_disk", ["joaquãn-sorolla", "joaqu\u00e3\u00adn-sorolla", "joaquín-sorolla"])
def test_slugs_with_a_lost_letter_meet_their_files(plant: Plant, listed_as: str, on_disk: str) -> None:
    folder = plant(f"Realism/{on_disk}_a.jpg", style_train=f"Realism/{listed_as}_a.jpg,7\n")
    assert [work.artist for work in works_of(folder)] == ["Joaquín Sorolla"]


def test_a_further_copy_is_not_taken_for_another_number(plant: Plant) -> None:
    folder = plant("Cubism/a-b_c(1).jpg", GRIS, style_train=f"{GRIS},1\nCubism/a-b_c-1.jpg,1\n")
    assert [work.path for work in works_of(folder)] == [folder / GRIS]


def test_pictures_may_lie_in_one_folder(plant: Plant) -> None:
    folder = plant("images/juan-gris_still-life-1921.jpg", style_train=f"{GRIS},7\n")
    assert [(work.path.name, work.style) for work in works_of(folder) if work.path] == [
        ("juan-gris_still-life-1921.jpg", "Cubism")
    ]


def test_contradicting_parts_are_tests_and_reported(plant: Plant, caplog: pytest.LogCaptureFixture) -> None:
    folder = plant(GRIS, artist_train=f"{GRIS},1\n", style_val=f"{GRIS},7\n")
    assert [work.part for work in works_of(folder)] == ["test"]
    assert warnings_of(folder, caplog) == [
        "1 works in several official parts, counted as test where that is one of them, such as "
        f"{Path(GRIS).name} (test in style_val.csv, train in artist_train.csv); give a single table to "
        "keep its split"
    ]


@pytest.mark.parametrize(("content", "part"), [(b"the same", "test"), (b"another", "train")])
def test_a_picture_in_two_folders_is_not_learnt_in_one_and_tested_in_the_other(
    plant: Plant, content: bytes, part: str
) -> None:
    other = GRIS.replace("Cubism", "Realism")
    folder = plant(GRIS, other, style_train=f"{GRIS},7\n", style_val=f"{other},21\n")
    (folder / GRIS).write_bytes(b"the same")
    (folder / other).write_bytes(content)
    assert [work.part for work in works_of(folder)] == [part, "test"]


def test_contradicting_artists_are_reported(plant: Plant, caplog: pytest.LogCaptureFixture) -> None:
    classes = CLASSES + listed(GRIS, "juan gris", "['Cubism']")
    folder = plant(GRIS, classes=classes, wikiart=f"{SEARCH}a,paul-klee,{GRIS},database\n")
    assert [work.artist for work in works_of(folder)] == ["Juan Gris"]
    assert warnings_of(folder, caplog) == [
        "1 works with another artist in another table, the first kept, such as "
        f"{Path(GRIS).name} by Juan Gris, in wikiart.csv by Paul Klee"
    ]


@pytest.mark.parametrize(
    ("name", "header"),
    [("classes", "filename,subset"), ("wikiart", "path,artist"), ("wclasses", "file,genre")],
)
def test_missing_columns_are_an_error_with_those_found(plant: Plant, name: str, header: str) -> None:
    folder = plant(GRIS, **{name: f"{header}\n1,2\n"})
    with pytest.raises(LayoutError, match=f"found the columns {header.replace(',', ', ')};"):
        WikiArtTables.fit(folder, is_forced=True)


def test_tables_without_their_pictures_are_refused(plant: Plant) -> None:
    folder = plant(MARC, style_train=f"{GRIS},7\n")
    with pytest.raises(LayoutError, match="and none of the pictures listed first"):
        WikiArtTables.fit(folder, is_forced=True)


def test_an_ordinary_table_of_that_name_is_left_to_others(plant: Plant) -> None:
    assert recognise(plant(GRIS, classes=f"filename,artist\n{GRIS},x\n")).name == "table"


def test_reading_twice_gives_the_same(plant: Plant) -> None:
    folder = plant(GRIS, MARC, style_train=f"{MARC},9\n{GRIS},7\n", genre_val=f"{GRIS},7\n")
    assert read(folder) == read(folder)


TEXTS = [GRIS, MARC, "['Cubism'", "0", "17", "database", "val", "a\0b", "..", "grã©goire_x.jpg"]
CELLS = st.one_of(st.sampled_from(TEXTS), st.text(max_size=6))
COLUMNS = st.sampled_from(
    [*CLASSES.strip().split(","), *CODES.strip().split(","), *SEARCH.strip().split(","), GRIS, "7"]
)
NAMES = ["classes.csv", "wclasses.csv", "wikiart.csv", "style_train.csv", "artist_val.csv"]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from(NAMES),
    header=st.lists(COLUMNS, min_size=1, max_size=6),
    rows=st.lists(st.lists(CELLS, max_size=7), max_size=4),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16", "cp437"]),
    noise=st.binary(max_size=6),
)
def test_any_table_is_read_or_refused(
    plant: Plant, name: str, header: list[str], rows: list[list[str]], encoding: str, noise: bytes
) -> None:
    folder = plant(GRIS, MARC)
    for other in NAMES:
        (folder / other).unlink(missing_ok=True)
    (folder / name).write_bytes(write_csv([header, *rows], encoding) + noise)
    try:
        found = list(recognise(folder, "wikiart-tables").read())
    except MorelliError:
        return
    assert all(isinstance(entry, Work | Skip) for entry in found)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=40))
def test_any_file_of_class_names_is_read(plant: Plant, data: bytes) -> None:
    folder = plant(GRIS, artist_train=f"{GRIS},1\n")
    (folder / "artist_class.txt").write_bytes(data)
    (work,) = works_of(folder)
    assert work.artist is not None


@pytest.mark.parametrize(
    ("on_disk", "location"),
    [
        ("Cubism/a_b.jpg", "Cubism/a_b.jpg"),
        ("wikiart/Cubism/a_b.jpg", "/data/images/Cubism/a_b.jpg"),
        ("Cubism/a_b.jpg", "wikiart\\Cubism\\a_b.jpg"),
        ("Cubism/a_b.jpg", "a_b.jpg"),
        ("pictures/a_b.jpg", "Cubism/a_b.jpg"),
        ("a_b.jpg", "Cubism/a_b.jpg"),
        ("Cubism/a_b.JPG", "cubism/a_b.jpg"),
        ("Cubism/á_b.jpg", "Cubism/a\u0301_b.jpg"),
        ("Cubism/ã\u00a9_b.jpg", "Cubism/é_b.jpg"),
        ("Cubism/x-ï¿½_b.jpg", "Cubism/x-é_b.jpg"),
    ],
)
def test_paths_meet_their_pictures(plant: Plant, on_disk: str, location: str) -> None:
    folder = plant(on_disk)
    assert _PictureIndex.read(folder).find(location) == folder / on_disk


@pytest.mark.parametrize(
    ("on_disk", "location"),
    [
        ("Realism/a_b.jpg", "Cubism/a_b.jpg"),
        ("Cubism/a_b(1).jpg", "Cubism/a_b-1.jpg"),
        ("Cubism/a_b.jpg", "Cubism/a_b.png"),
        ("Cubism/a_b.jpg", ""),
        ("Cubism/a_b.jpg", "a\0b"),
    ],
)
def test_other_pictures_are_not_taken(plant: Plant, on_disk: str, location: str) -> None:
    assert _PictureIndex.read(plant(on_disk)).find(location) is None


def test_of_several_spoilt_names_none_is_guessed(plant: Plant) -> None:
    folder = plant("Cubism/é_b.jpg", "Cubism/è_b.jpg")
    assert _PictureIndex.read(folder).find("Cubism/ö_b.jpg") is None
    assert _PictureIndex.read(folder).find("Cubism/è_b.jpg") == folder / "Cubism/è_b.jpg"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(location=st.text(max_size=12))
def test_any_path_is_looked_up(plant: Plant, location: str) -> None:
    folder = plant("Cubism/a_b.jpg")
    assert _PictureIndex.read(folder).find(location) in (None, folder / "Cubism/a_b.jpg")
