from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from morelli.collection.sources.iiif.images import (
    _choose_size,
    _find_image_version,
    find_service,
    is_web_address,
    locate_image,
    name_info,
)
from morelli.errors import AddressError, DownloadError

from ..random_json import anything, mutated

BASE = "https://iiif.test/image/1"
V1 = {"@context": "http://library.stanford.edu/iiif/image-api/1.1/context.json"}
V2: dict[str, Any] = {"@context": "http://iiif.io/api/image/2/context.json"}
V3: dict[str, Any] = {"@context": "http://iiif.io/api/image/3/context.json", "type": "ImageService3"}
LEVEL = "http://iiif.io/api/image/2/level{}.json"
SIZES = [{"width": 1200, "height": 900}, {"width": 300, "height": 225}, {"width": 600, "height": 450}]


def locate(info: object, address: str = BASE + "/info.json") -> str:
    return locate_image(address, {BASE + "/info.json": info}.__getitem__)


@pytest.mark.parametrize("info", [V2, V3, {}, {"width": 6000, "height": 4000}, {**V3, "profile": "level2"}])
def test_the_whole_picture_within_600_pixels(info: dict[str, Any]) -> None:
    assert locate(info) == BASE + "/full/!600,600/0/default.jpg"


def test_before_version_2_the_quality_is_native() -> None:
    assert locate(V1) == BASE + "/full/!600,600/0/native.jpg"


@pytest.mark.parametrize("address", ["https://a.test/x.jpg", BASE])
def test_a_picture_is_its_own_address(address: str) -> None:
    assert locate_image(address, lambda _: pytest.fail("nothing to read")) == address


@pytest.mark.parametrize("info", [None, [], "text", 7])
def test_a_description_that_makes_no_sense_changes_nothing(info: object) -> None:
    assert locate(info) == BASE + "/full/!600,600/0/default.jpg"


def fail(error: type[DownloadError]) -> Any:
    def read_json(address: str) -> object:
        raise error(address, expected="JSON", found="status 404", remedy="try later")

    return read_json


def test_a_description_that_cannot_be_fetched_changes_nothing() -> None:
    assert locate_image(BASE + "/info.json", fail(DownloadError)) == BASE + "/full/!600,600/0/default.jpg"


def test_an_address_that_is_refused_stays_refused() -> None:
    with pytest.raises(AddressError):
        locate_image(BASE + "/info.json", fail(AddressError))


@pytest.mark.parametrize(
    ("info", "size"),
    [
        ({**V3, "maxWidth": 400}, "!400,400"),
        ({**V3, "maxWidth": 400, "maxHeight": 300}, "!300,300"),
        ({**V3, "maxHeight": 500}, "!500,500"),
        ({**V2, "profile": [LEVEL.format(2), {"maxWidth": 350}]}, "!350,350"),
        ({**V3, "maxArea": 40_000}, "!200,200"),
        ({**V3, "maxArea": 20_000, "width": 4000, "height": 2000}, "!200,200"),
        ({**V2, "profile": [LEVEL.format(2), {"maxArea": 90_000}], "width": 900, "height": 900}, "!300,300"),
        ({**V2, "width": 400, "height": 500}, "!500,500"),
        ({**V3, "maxWidth": 5000, "maxArea": 10**9, "width": 6000, "height": 6000}, "!600,600"),
        ({**V3, "maxWidth": -1, "maxHeight": "400", "maxArea": True, "width": 0}, "!600,600"),
        ({**V3, "maxArea": 1, "width": 1000, "height": 1}, "!31,31"),
    ],
)
def test_limits_make_the_square_smaller(info: dict[str, Any], size: str) -> None:
    assert _choose_size(info) == size


@pytest.mark.parametrize(
    ("info", "size"),
    [
        ({**V3, "profile": "level0", "sizes": SIZES}, "600,450"),
        ({**V2, "profile": LEVEL.format(0), "sizes": SIZES}, "600,"),
        ({**V2, "profile": [LEVEL.format(0), {}], "sizes": SIZES}, "600,"),
        ({**V3, "profile": "level0", "sizes": SIZES[:1]}, "1200,900"),
        ({**V3, "profile": "level0", "sizes": [*SIZES[:1], {"width": 800, "height": 700}]}, "800,700"),
        ({**V3, "profile": "level0"}, "max"),
        ({**V2, "profile": [LEVEL.format(0)], "sizes": [{"width": "x"}, 7]}, "full"),
        (
            {"profile": "http://library.stanford.edu/iiif/image-api/compliance.html#level0", "sizes": SIZES},
            "600,",
        ),
    ],
)
def test_level_0_gives_listed_sizes_only(info: dict[str, Any], size: str) -> None:
    assert _choose_size(info) == size


@pytest.mark.parametrize(
    ("info", "size"),
    [
        ({**V2, "profile": [LEVEL.format(1)], "width": 4000, "height": 3000}, "600,"),
        ({**V2, "profile": [LEVEL.format(1)], "width": 3000, "height": 6000}, "300,"),
        ({**V3, "profile": "level1", "width": 3000, "height": 6000, "maxWidth": 400}, "200,"),
        ({**V2, "profile": [LEVEL.format(1)]}, "!600,600"),
        ({**V3, "profile": "level1", "width": 9, "height": 9, "extraFeatures": ["sizeByConfinedWh"]}, "!9,9"),
        ({**V2, "profile": [LEVEL.format(1), {"supports": ["sizeByConfinedWh"]}], "width": 900}, "!600,600"),
    ],
)
def test_level_1_is_asked_for_a_width_unless_it_promises_more(info: dict[str, Any], size: str) -> None:
    assert _choose_size(info) == size


@pytest.mark.parametrize(
    ("info", "version"),
    [
        (V1, 1),
        (V2, 2),
        (V3, 3),
        ({}, 2),
        ({"type": "ImageService3"}, 3),
        ({"@context": ["x", *V3.values()]}, 3),
    ],
)
def test_versions(info: dict[str, Any], version: int) -> None:
    assert _find_image_version(info) == version


@pytest.mark.parametrize("base", [BASE, BASE + "/", BASE + "/info.json"])
def test_a_service_is_named_by_its_description(base: str) -> None:
    assert name_info(base) == BASE + "/info.json"


@pytest.mark.parametrize(
    ("value", "is_address"),
    [
        ("https://a.test", True), ("http://a.test/ü", True), ("ftp://a.test", False), ("https://", False),
        ("https://a.test/\n", False), ("https://a.test/\ud800", False), (None, False), (7, False),
    ],
)  # fmt: skip
def test_web_addresses(value: object, is_address: bool) -> None:
    assert is_web_address(value) is is_address


def test_the_longer_side_and_the_area_are_never_over_the_limits() -> None:
    @settings(max_examples=60, deadline=None)
    @given(
        width=st.integers(1, 20_000),
        height=st.integers(1, 20_000),
        max_width=st.integers(1, 2000),
        max_area=st.integers(1, 10**6),
    )
    @example(width=1743, height=1743, max_width=2, max_area=1)
    def check(width: int, height: int, max_width: int, max_area: int) -> None:
        info = {**V3, "width": width, "height": height, "maxWidth": max_width, "maxArea": max_area}
        side = int(_choose_size(info).split(",")[1])
        scale = side / max(width, height)
        assert side <= min(600, max_width, max(width, height))
        assert side == 1 or width * scale * height * scale <= max_area * (1 + 1e-9)

    check()


@settings(max_examples=60, deadline=None)
@given(
    info=anything
    | mutated({**V2, "profile": [LEVEL.format(0), {"maxWidth": 9}], "sizes": SIZES, "width": 7, "height": 7})
)
def test_whatever_a_service_says_of_itself_there_is_an_address(info: object) -> None:
    assert locate(info).startswith(BASE + "/full/")
    assert locate(info).endswith(".jpg")
    assert find_service(info) is None or is_web_address(find_service(info))
