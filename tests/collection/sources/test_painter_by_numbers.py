from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from morelli.collection.reading import collect_works
from morelli.collection.sources.layouts import recognise
from morelli.collection.sources.painter_by_numbers import PainterByNumbers
from morelli.collection.work import CollectedWork, Skip, Work
from morelli.errors import LayoutError, MorelliError, SourceError

from .conftest import Plant, write_csv

HEADER = [
    "artist", "date", "genre", "pixelsx", "pixelsy", "size_bytes", "source", "style", "title", "artist_group",
    "in_train", "new_filename",
]  # fmt: skip
CODED_HEADER = ["filename", "artist", "title", "style", "genre", "date"]
CODE = "c8e0e8a6e47fa4bd1e0bb7ee9e4b1b29"


def row(file: str, in_train: str = "True", **cells: str) -> list[str]:
    """Return a row of all_data_info.csv."""
    values = {"artist": "Juan Gris", "artist_group": "train_and_test", "source": "wikiart"}
    values |= {"new_filename": file, "in_train": in_train, **cells}
    return [values.get(column, "") for column in HEADER]


def write_table(folder: Path, *rows: list[str]) -> Path:
    (folder / "all_data_info.csv").write_bytes(write_csv([HEADER, *rows]))
    return folder


def pack(path: Path, *names: str) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, b"")


def works_of(folder: Path) -> list[Work]:
    layout = recognise(folder)
    assert layout.name == "painter-by-numbers"
    return [entry for entry in layout.read() if isinstance(entry, Work)]


def skips_of(folder: Path) -> list[tuple[str, str]]:
    return [
        (Path(entry.path).name, entry.reason) for entry in recognise(folder).read() if isinstance(entry, Skip)
    ]


def test_every_column_has_its_place(plant: Plant) -> None:
    cells = {"date": "c.1912", "genre": "still life", "style": "Cubism", "title": "Guitar", "source": "Prado"}
    folder = write_table(plant("train/7.jpg"), row("7.jpg", **cells))
    assert recognise(folder).reason == "'all_data_info.csv' lists pictures in its column 'new_filename'"
    assert works_of(folder) == [
        Work(
            folder / "train/7.jpg",
            artist="Juan Gris",
            title="Guitar",
            year=1912,
            style="Cubism",
            genre="still life",
            source="Prado",
            source_id="7",
            part="train",
        )
    ]


def test_the_table_may_be_given_itself(plant: Plant) -> None:
    folder = write_table(plant("train/7.jpg"), row("7.jpg"))
    assert list(recognise(folder / "all_data_info.csv").read()) == works_of(folder)


def test_columns_may_have_another_order_and_other_names(plant: Plant) -> None:
    folder = plant("train/7.jpg", all_data_info="Filename,x,Artist Name\n7.jpg,1,Juan Gris\n")
    (work,) = works_of(folder)
    assert (work.artist, work.part) == ("Juan Gris", "train")


def test_missing_columns_are_an_error_with_those_found(plant: Plant) -> None:
    folder = plant("train/7.jpg", all_data_info="a,b\n1,2\n")
    with pytest.raises(LayoutError, match=r"'new_filename'.*'artist'.*found the columns a, b"):
        PainterByNumbers.fit(folder, is_forced=True)


@pytest.mark.parametrize(
    ("date", "year"),
    [
        ("1890.0", 1890),
        ("c.1890", 1890),
        ("November 1982", 1982),
        ("", None),
        ("1503–1519", 1503),
        ("?", None),
    ],
)
def test_dates_are_free_text(plant: Plant, date: str, year: int | None) -> None:
    (work,) = works_of(write_table(plant("train/7.jpg"), row("7.jpg", date=date)))
    assert work.year == year


@pytest.mark.parametrize(
    ("word", "part"),
    [("True", "train"), ("true", "train"), ("1", "train"), ("False", "test"), ("0.0", "test")],
)
def test_in_train_tells_the_part(plant: Plant, word: str, part: str) -> None:
    (work,) = works_of(write_table(plant("7.jpg"), row("7.jpg", word)))
    assert work.part == part


@pytest.mark.parametrize(
    "place", ["train/7.jpg", "train_1/7.jpg", "train_9/train/7.jpg", "test/7.jpg", "7.jpg", "train/7.JPG"]
)
def test_pictures_lie_in_any_of_the_folders(plant: Plant, place: str) -> None:
    folder = write_table(plant(place), row("7.jpg"))
    assert [work.path for work in works_of(folder)] == [folder / place]


@pytest.mark.parametrize(("in_train", "part"), [("True", "train"), ("False", "test")])
def test_the_same_name_in_both_folders_is_told_apart(plant: Plant, in_train: str, part: str) -> None:
    folder = write_table(plant("train/7.jpg", "test/7.jpg"), row("7.jpg", in_train))
    assert [work.path for work in works_of(folder)] == [folder / part / "7.jpg"]
    assert skips_of(folder) == [
        ("7.jpg", "expected a picture that all_data_info.csv lists, found a further file of a listed name")
    ]


@pytest.mark.parametrize("artist", ["", "nan", "Unknown Artist"])
def test_unknown_artists_are_no_class(plant: Plant, artist: str) -> None:
    (work,) = works_of(write_table(plant("train/7.jpg"), row("7.jpg", artist=artist)))
    assert work.artist is None


def test_a_qualifier_is_split_off(plant: Plant) -> None:
    (work,) = works_of(write_table(plant("train/7.jpg"), row("7.jpg", artist="Workshop of Titian")))
    assert (work.artist, work.qualifier) == ("Titian", "workshop of")


def test_a_work_without_a_file_is_listed(plant: Plant) -> None:
    folder = write_table(plant("train/7.jpg"), row("7.jpg"), row("8.jpg"), row(""))
    assert skips_of(folder) == [
        ("all_data_info.csv:row 3", "expected a picture named 8.jpg, found none"),
        ("all_data_info.csv:row 4", "expected a file name in column 'new_filename', found none"),
    ]


def test_a_file_without_a_row_is_listed_but_not_the_tables(plant: Plant) -> None:
    names = ["train/7.jpg", "train/9.jpg", "submission_info.csv", "train_info.csv", "notes.txt"]
    assert skips_of(write_table(plant(*names), row("7.jpg"))) == [
        ("9.jpg", "expected a picture that all_data_info.csv lists, found no such row"),
        ("notes.txt", "expected a picture, found a file with another ending"),
    ]


def test_packed_pictures_are_listed_and_named_in_one_warning(
    plant: Plant, caplog: pytest.LogCaptureFixture
) -> None:
    folder = write_table(plant("train_1/7.jpg"), *[row(f"{n}.jpg") for n in (7, 8, 9, 10)])
    pack(folder / "train_1.zip", "train_1/7.jpg")
    pack(folder / "train_2.zip", "train_2/8.jpg", "__MACOSX/train_2/10.jpg")
    pack(folder / "test.zip", "test/9.jpg")
    assert skips_of(folder) == [
        ("all_data_info.csv:row 3", "expected the picture 8.jpg, found it still packed in train_2.zip"),
        ("all_data_info.csv:row 4", "expected the picture 9.jpg, found it still packed in test.zip"),
        ("all_data_info.csv:row 5", "expected a picture named 10.jpg, found none"),
    ]
    assert [record.getMessage() for record in caplog.records] == [
        f"{folder}: still packed: test.zip, train_2.zip; unpack and collect again"
    ]


def test_archives_that_were_unpacked_are_not_mentioned(
    plant: Plant, caplog: pytest.LogCaptureFixture
) -> None:
    folder = write_table(plant("train/7.jpg"), row("7.jpg"))
    pack(folder / "train.zip", "train/7.jpg")
    assert skips_of(folder) == []
    assert caplog.records == []


def test_nothing_unpacked_is_one_error(plant: Plant) -> None:
    folder = write_table(plant(), row("7.jpg"))
    pack(folder / "train.zip", "train/7.jpg")
    layout = recognise(folder)
    with pytest.raises(SourceError, match=r"found train\.zip still packed; unpack train\.zip in this folder"):
        next(layout.read())


def test_no_pictures_at_all_is_one_error(plant: Plant) -> None:
    with pytest.raises(SourceError, match="found none of them; put the folders beside the table"):
        next(recognise(write_table(plant(), row("7.jpg"))).read())


def test_a_table_that_is_still_packed_is_named(plant: Plant) -> None:
    with pytest.raises(LayoutError, match=r"found all_data_info\.csv\.zip still packed"):
        PainterByNumbers.fit(plant("train/7.jpg", "all_data_info.csv.zip"), is_forced=True)


def test_an_unfinished_archive_is_named(plant: Plant, caplog: pytest.LogCaptureFixture) -> None:
    folder = write_table(plant("train/7.jpg"), row("7.jpg"))
    (folder / "test.zip").write_bytes(b"PK\3\4 cut off")
    works_of(folder)
    assert [record.getMessage() for record in caplog.records] == [
        f"{folder}: damaged archives: test.zip; fetch them again"
    ]


def draw(path: Path, *, n_missing: int = 0) -> None:
    """Write a JPEG that lacks its last bytes, as those of the set do."""
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(int(path.stem)).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    Image.fromarray(noise).save(path, "JPEG")
    path.write_bytes(path.read_bytes()[: -n_missing or None])


def collect(folder: Path) -> tuple[list[str], list[str]]:
    entries = list(collect_works(recognise(folder), workers=1))
    return (
        [str(entry.path.relative_to(folder)) for entry in entries if isinstance(entry, CollectedWork)],
        [entry.reason for entry in entries if isinstance(entry, Skip)],
    )


@pytest.mark.parametrize("name", ["replacement_for_corrupted_files", "replacements_for_corrupted_files"])
@pytest.mark.parametrize("below", ["", "train/"])
def test_truncated_pictures_are_read_from_their_replacements(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, name: str, below: str
) -> None:
    draw(tmp_path / "train/79499.jpg", n_missing=1000)
    draw(tmp_path / "train/79500.jpg")
    draw(tmp_path / name / below / "79499.jpg")
    write_table(tmp_path, row("79499.jpg"), row("79500.jpg"))
    assert collect(tmp_path) == ([f"{name}/{below}79499.jpg", "train/79500.jpg"], [])
    assert [record.getMessage() for record in caplog.records] == [
        f"{tmp_path}: 1 pictures are read from their replacements"
    ]
    assert [work.part for work in works_of(tmp_path)] == ["train", "train"]


def test_truncated_pictures_without_replacement_are_listed(tmp_path: Path) -> None:
    draw(tmp_path / "train/79499.jpg", n_missing=1000)
    draw(tmp_path / "train/3917.jpg")  # whole, though it is one of those known as truncated
    write_table(tmp_path, row("79499.jpg"), row("3917.jpg"))
    works, (reason,) = collect(tmp_path)
    assert works == ["train/3917.jpg"]
    assert reason.startswith("expected a whole picture, found damage")


def test_replacements_that_are_still_packed_are_named(plant: Plant, caplog: pytest.LogCaptureFixture) -> None:
    folder = write_table(plant("train/79499.jpg"), row("79499.jpg"))
    pack(folder / "replacements_for_corrupted_files.zip", "train/79499.jpg")
    assert len(works_of(folder)) == 1
    (record,) = caplog.records
    assert "replacements_for_corrupted_files.zip: still packed" in record.getMessage()


def write_codes(folder: Path, *names: str) -> Path:
    rows = [[name, CODE, "A, B", "Cubism", "portrait", "1912.0"] for name in names]
    (folder / "train_info.csv").write_bytes(write_csv([CODED_HEADER, *rows]))
    return folder


def test_coded_artists_are_kept_with_a_warning(plant: Plant, caplog: pytest.LogCaptureFixture) -> None:
    folder = write_codes(plant("train/7.jpg", "test/8.jpg"), "7.jpg")
    (work,) = works_of(folder)
    assert (work.artist, work.title, work.year, work.part) == (CODE, "A, B", 1912, "train")
    assert [record.getMessage() for record in caplog.records] == [
        f"{folder / 'train_info.csv'} names artists by codes; put all_data_info.csv beside it for names"
    ]


def test_test_pictures_that_the_coded_table_lacks_are_listed(plant: Plant) -> None:
    folder = write_codes(plant("train/7.jpg", "test/8.jpg"), "7.jpg")
    assert skips_of(folder) == [("8.jpg", "expected a picture that train_info.csv lists, found no such row")]


def test_names_are_never_mixed_with_codes(plant: Plant) -> None:
    folder = write_codes(write_table(plant("train/7.jpg"), row("7.jpg")), "7.jpg")
    assert [work.artist for work in works_of(folder)] == ["Juan Gris"]


def test_a_coded_table_without_its_folders_is_not_taken(plant: Plant) -> None:
    folder = write_codes(plant("notes.txt"), "7.jpg")
    with pytest.raises(LayoutError, match="without a folder or archive named train"):
        PainterByNumbers.fit(folder, is_forced=False)


def test_rows_that_contradict_themselves_are_counted(plant: Plant, caplog: pytest.LogCaptureFixture) -> None:
    rows = [row("7.jpg", "False", artist_group="train_only"), row("8.jpg", artist_group="train_only")]
    folder = write_table(plant("train/7.jpg", "train/8.jpg"), *rows)
    assert [work.part for work in works_of(folder)] == ["test", "train"]
    assert [record.getMessage() for record in caplog.records] == [
        f"{folder / 'all_data_info.csv'}: 1 rows whose artist_group contradicts in_train"
    ]


def test_spoilt_letters_are_mended(plant: Plant) -> None:
    (work,) = works_of(write_table(plant("train/7.jpg"), row("7.jpg", artist="Albrecht DÃ¼rer")))
    assert work.artist == "Albrecht Dürer"


CELLS = st.one_of(
    st.sampled_from(["7.jpg", "train/7.jpg", "8.jpg", "..", "a\0b", "True", "['x", "1890.0"]),
    st.text(max_size=6),
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    header=st.lists(st.sampled_from([*HEADER, *CODED_HEADER, "", "x"]), min_size=1, max_size=8),
    rows=st.lists(st.lists(CELLS, max_size=9), max_size=4),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16", "cp437"]),
    noise=st.binary(max_size=6),
    name=st.sampled_from(["all_data_info.csv", "train_info.csv"]),
)
def test_any_table_is_read_or_refused(
    plant: Plant, header: list[str], rows: list[list[str]], encoding: str, noise: bytes, name: str
) -> None:
    folder = plant("train/7.jpg", "train.zip")
    for table in ("all_data_info.csv", "train_info.csv"):
        (folder / table).unlink(missing_ok=True)
    (folder / name).write_bytes(write_csv([header, *rows], encoding) + noise)
    try:
        found = list(recognise(folder, "painter-by-numbers").read())
    except MorelliError:
        return
    assert all(isinstance(entry, Work | Skip) for entry in found)
