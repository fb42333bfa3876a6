"""The official pairs: every spelling of the columns, every source of the truth, no pair lost in silence."""

from __future__ import annotations

import hashlib

import polars as pl
import pytest

from morelli.collection.pairs.files import write_pairs
from morelli.collection.pairs.official import _find_official_columns, convert_official_pairs
from morelli.errors import SourceError

WORKS = pl.DataFrame(
    {
        "id": ["id-1", "id-2", "id-3", "id-4"],
        "path": ["/pbn/test/1.jpg", "/pbn/test/2.jpg", "/pbn/test/3.jpg", "C:\\pbn\\test\\4.jpg"],
        "artist": ["Monet", "Monet", "Manet", None],
    }
)


def convert(tmp_path, text, *, works=WORKS, solution=None):
    """Return (index, left, right, same) rows and reasons by row of the file."""
    (tmp_path / "submission_info.csv").write_text(text, encoding="utf-8")
    path = None
    if solution is not None:
        path = tmp_path / "solution.csv"
        path.write_text(solution, encoding="utf-8")
    rows, lost = [], {}
    for block in convert_official_pairs(tmp_path / "submission_info.csv", works, solution=path):
        columns = (block.index.tolist(), block.left.to_pylist(), block.right.to_pylist(), block.same.tolist())
        rows += zip(*columns, strict=True)
        lost |= {int(skip.path.rpartition("row ")[2]): skip.reason for skip in block.skips}
    return rows, lost


@pytest.mark.parametrize(
    "header",
    [
        "index,img1,img2", "index,image1,image2", "Index,Image_1,Image_2", ",image1,image2",
        "index,filename1,filename2", "index,new_filename_1,new_filename_2", "index,left,right",
        "id,picture,other", "a,b,c", "index,first,second",
    ],
)  # fmt: skip
def test_spellings_with_an_index(tmp_path, header):
    rows, lost = convert(tmp_path, f"{header}\n7,1.jpg,2.jpg\n9,1.jpg,3.jpg\n")
    assert rows == [(7, "id-1", "id-2", 1), (9, "id-1", "id-3", 0)]
    assert lost == {}


@pytest.mark.parametrize("header", ["image1,image2", "img1,img2", "x,y"])
def test_without_an_index_rows_are_numbered_from_0(tmp_path, header):
    rows, _ = convert(tmp_path, f"{header}\n1.jpg,2.jpg\n3.jpg,1.jpg\n")
    assert rows == [(0, "id-1", "id-2", 1), (1, "id-3", "id-1", 0)]


def test_columns_in_another_order_and_beside_others(tmp_path):
    rows, _ = convert(tmp_path, "image2,group,image1,index\n2.jpg,5,1.jpg,7\n")
    assert rows == [(7, "id-1", "id-2", 1)]


def test_columns_of_one_name_go_by_position(tmp_path):
    assert convert(tmp_path, "index,image,image\n7,1.jpg,2.jpg\n")[0] == [(7, "id-1", "id-2", 1)]


@pytest.mark.parametrize(
    "header", ["image1", "a,b,c,d", "index,a,b,c", "0,1.jpg,2.jpg", "index,sameArtist", "1.jpg,2.jpg"]
)
def test_columns_that_cannot_be_told_are_refused_with_those_found(tmp_path, header):
    (tmp_path / "pairs.csv").write_text(f"{header}\n")
    with pytest.raises(SourceError, match=f"found the columns {', '.join(header.split(','))}"):
        _find_official_columns(tmp_path / "pairs.csv")


def test_pictures_that_are_not_in_the_gallery_are_listed(tmp_path):
    text = "index,img1,img2\n0,1.jpg,99.jpg\n1,98.jpg,99.jpg\n2,1.jpg,1.jpg\n3,1.jpg,\n4,1.jpg,2.jpg\n"
    rows, lost = convert(tmp_path, text)
    assert rows == [(4, "id-1", "id-2", 1)]
    assert lost == {
        2: "expected the picture 99.jpg in the gallery, found none",
        3: "expected the picture 98.jpg in the gallery, found none",
        4: "expected two works, found the same picture twice",
        5: "expected the name of a picture, found none",
    }


def test_folders_before_a_name_do_not_matter(tmp_path):
    rows, _ = convert(tmp_path, "index,img1,img2\n0,test/1.jpg,test\\4.jpg\n")
    assert [(left, right) for _, left, right, _ in rows] == [("id-1", "id-4")]


def test_a_name_that_two_works_share_is_not_guessed(tmp_path):
    works = WORKS.with_columns(path=pl.Series(["/train/1.jpg", "/test/1.jpg", "/test/3.jpg", None]))
    rows, lost = convert(tmp_path, "index,img1,img2\n0,1.jpg,3.jpg\n", works=works)
    assert rows == []
    assert lost == {2: "expected one work whose picture is 1.jpg, found several"}


def test_a_second_file_with_the_same_bytes_means_the_same_work(tmp_path):
    (tmp_path / "1.jpg").write_bytes(b"picture")
    (tmp_path / "copy.jpg").write_bytes(b"picture")
    (tmp_path / "other.jpg").write_bytes(b"damaged")
    works = pl.DataFrame(
        {
            "id": [hashlib.sha256(b"picture").hexdigest()[:16], "id-2"],
            "path": [str(tmp_path / "1.jpg"), str(tmp_path / "2.jpg")],
            "artist": ["Monet", "Monet"],
        }
    )
    text = "index,img1,img2\n0,copy.jpg,2.jpg\n1,other.jpg,2.jpg\n2,1.jpg,copy.jpg\n"
    rows, lost = convert(tmp_path, text, works=works)
    assert rows == [(0, works["id"][0], "id-2", 1)]
    assert lost == {
        3: "expected the picture other.jpg in the gallery, found none",
        4: "expected two works, found the same picture twice",
    }


def test_the_truth_comes_from_the_artists_where_both_are_known(tmp_path):
    rows, _ = convert(tmp_path, "index,img1,img2\n0,1.jpg,2.jpg\n1,2.jpg,3.jpg\n2,3.jpg,4.jpg\n")
    assert [same for *_, same in rows] == [1, 0, -1]


@pytest.mark.parametrize("header", ["index,sameArtist", "Index,same_artist", "id,SAMEARTIST"])
def test_a_solution_is_joined_by_index_in_any_order(tmp_path, header):
    text = "index,img1,img2\n5,1.jpg,2.jpg\n6,1.jpg,3.jpg\n8,1.jpg,4.jpg\n9,3.jpg,4.jpg\n"
    rows, _ = convert(tmp_path, text, solution=f"{header}\n9,1\n5,0\n6,1\n100,1\n")
    assert [(index, same) for index, *_, same in rows] == [(5, 0), (6, 1), (8, -1), (9, 1)]  # 8: no answer


def test_a_solution_beats_the_column_of_the_submission_and_that_the_artists(tmp_path):
    text = "index,img1,img2,sameArtist\n0,1.jpg,2.jpg,0\n1,1.jpg,3.jpg,1\n"
    assert [same for *_, same in convert(tmp_path, text)[0]] == [0, 1]
    solved = convert(tmp_path, text, solution="index,sameArtist\n0,1\n1,0\n")[0]
    assert [same for *_, same in solved] == [1, 0]


@pytest.mark.parametrize(
    ("solution", "message"),
    [
        ("index,answer\n0,1\n", "expected the columns index and sameArtist, found the columns index, answer"),
        ("index,sameArtist\n0,1\n0,0\n", "expected each index once, found 0 twice"),
        ("index,sameArtist\n0,maybe\n", "row 2: .* found 'maybe'"),
    ],
)
def test_a_solution_that_cannot_be_used_is_refused(tmp_path, solution, message):
    with pytest.raises(SourceError, match=message):
        convert(tmp_path, "index,img1,img2\n0,1.jpg,2.jpg\n", solution=solution)


def test_a_solution_that_is_missing_is_refused(tmp_path):
    (tmp_path / "s.csv").write_text("index,img1,img2\n0,1.jpg,2.jpg\n")
    with pytest.raises(SourceError, match=r"absent\.csv"):
        convert_official_pairs(tmp_path / "s.csv", WORKS, solution=tmp_path / "absent.csv")


def test_the_converted_pairs_make_a_pair_file(tmp_path):
    (tmp_path / "s.csv").write_text("index,img1,img2\n0,1.jpg,2.jpg\n1,1.jpg,77.jpg\n2,1.jpg,3.jpg\n")
    counts = write_pairs(convert_official_pairs(tmp_path / "s.csv", WORKS), tmp_path / "pairs.parquet")
    assert counts.to_dict() == {"pairs": 2, "same": 1, "different": 1, "unknown": 0, "lost": 1}
    lost = (tmp_path / "pairs.lost.csv").read_text(encoding="utf-8")
    assert 's.csv:row 3,"expected the picture 77.jpg in the gallery, found none"' in lost
