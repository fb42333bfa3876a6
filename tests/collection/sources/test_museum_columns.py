"""The columns of tables as museums really name them."""

from __future__ import annotations

import pytest

from collection.sources.conftest import Plant
from morelli.collection.sources.layouts import recognise
from morelli.collection.sources.matching import join_words
from morelli.collection.sources.vocabulary import COLUMN_NAMES, ID_NAMES, ROLE_NAMES
from morelli.collection.work import Work


def read_one(plant: Plant, table: str) -> Work:
    (work,) = recognise(plant("a.jpg", works=table) / "works.csv").read()
    assert isinstance(work, Work)
    return work


@pytest.mark.parametrize(
    ("column", "field"),
    [
        ("ImageFile", "path"), ("FileName", "path"), ("imgPath", "path"), ("Dateiname", "path"),
        ("artistName", "artist"), ("ArtistDisplayName", "artist"), ("principalOrFirstMaker", "artist"),
        ("creatorLabel", "artist"), ("Künstler", "artist"), ("KUNSTLER", "artist"),
        ("Vervaardiger", "artist"),
        ("workTitle", "title"), ("ObjectTitle", "title"), ("Titre", "title"), ("TITULO", "title"),
        ("dateCreated", "year"), ("objectDate", "year"), ("completitionYear", "year"),
        ("Entstehungsjahr", "year"),
        ("artMovement", "style"), ("objectType", "classification"), ("licenseUrl", "licence"),
        ("objectNumber", "source_id"), ("AccessionNo", "source_id"), ("artistLifeDates", "artist_dates"),
    ],
)  # fmt: skip
def test_names_in_camel_case_and_other_languages(plant: Plant, column: str, field: str) -> None:
    layout = recognise(plant("a.jpg", works=f"image_url,{column}\nhttps://x.test/1.jpg,1890\n") / "works.csv")
    assert layout.columns[field] == column  # type: ignore[attr-defined]


def test_no_column_means_two_fields() -> None:
    names = [name for found in (COLUMN_NAMES | ID_NAMES | {"role": ROLE_NAMES}).values() for name in found]
    assert len(names) == len(set(names))
    fields: dict[str, set[str]] = {}
    for field, found in COLUMN_NAMES.items():
        for name in found:
            fields.setdefault(join_words(name), set()).add(field)
    assert {name: found for name, found in fields.items() if len(found) > 1} == {}


@pytest.mark.parametrize(
    "columns",
    [
        "URL,ImageURL", "link,image_web", "url,primary_image_small", "url,thumbnailUrl", "Link,PrimaryImage",
        "url,IIIFThumbURL", "address,imageLink", "URL,photo_large_url", "url,imgHref", "url,DefaultImageUrl",
        "URL,Picture Download Link", "url,foto_url", "pageUrl,imageWeb", "imagePageUrl,imageSmall",
    ],
)  # fmt: skip
def test_a_picture_goes_before_a_page(plant: Plant, columns: str) -> None:
    table = f"Title,{columns}\nRain,https://x.test/page,https://x.test/1.jpg\n"
    assert read_one(plant, table).address == "https://x.test/1.jpg"


def test_the_larger_picture_goes_before_the_smaller(plant: Plant) -> None:
    table = "thumbPhotoUrl,bigName,photoLargeUrl\nhttps://x.test/s.jpg,x,https://x.test/l.jpg\n"
    assert read_one(plant, table).address == "https://x.test/l.jpg"


@pytest.mark.parametrize(
    "column", ["image_count", "imageWidth", "thumbnail_page_url", "pictureCaption", "id"]
)
def test_other_words_beside_a_picture_are_no_address(plant: Plant, column: str) -> None:
    layout = recognise(plant(works=f"{column},url\n1,https://x.test/1\n") / "works.csv")
    assert layout.columns["address"] == "url"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("role", "qualifier"),
    [
        ("after", "after"), ("attributed to", "attributed to"), ("Studio of", "workshop of"),
        ("follower of", "follower of"), ("formerly attributed to", "formerly attributed to"),
        ("nach", "after"), ("artist", None), ("painter", None), ("designed by", None), ("", None),
    ],
)  # fmt: skip
@pytest.mark.parametrize("column", ["artistRole", "creator_role", "Role"])
def test_a_role_may_be_a_qualifier(plant: Plant, column: str, role: str, qualifier: str | None) -> None:
    work = read_one(plant, f"path,artist,{column}\na.jpg,Joseph Turner,{role}\n")
    assert (work.artist, work.qualifier) == ("Joseph Turner", qualifier)


def test_words_beside_the_name_count_where_the_role_says_nothing(plant: Plant) -> None:
    work = read_one(plant, "path,artist,artistRole\na.jpg,Workshop of Rembrandt,artist\n")
    assert (work.artist, work.qualifier) == ("Rembrandt", "workshop of")
