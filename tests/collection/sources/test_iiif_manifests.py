from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from morelli.collection.sources.iiif_manifests import read_manifest
from morelli.collection.work import Skip, Work

from .manifests import (
    HOST,
    SERVICE_2,
    SERVICE_3,
    new_canvas,
    new_image,
    new_manifest,
    old_canvas,
    old_image,
    old_manifest,
)
from .museum_tables import read_without_surprise
from .random_json import mutated

PAIRS = [
    {"label": {"de": ["Künstler"]}, "value": {"none": ["Workshop of Rembrandt"]}},
    {"label": {"en": ["Date"]}, "value": {"en": ["c. 1645"]}},
    {"label": {"en": ["Medium"]}, "value": {"en": ["oil", "canvas"]}},
    {"label": {"en": ["Style"]}, "value": {"en": ["Baroque", "Tenebrism"]}},
    {"label": {"en": ["Object Number"]}, "value": {"en": ["SK-A-1"]}},
]


def read_all(manifest: dict[str, Any]) -> list[Work | Skip]:
    return list(read_manifest(manifest, "m.json"))


def read_one(manifest: dict[str, Any]) -> Work:
    (work,) = read_all(manifest)
    assert isinstance(work, Work)
    return work


def list_addresses(manifest: dict[str, Any]) -> list[str | None]:
    return [entry.address if isinstance(entry, Work) else entry.reason for entry in read_all(manifest)]


@pytest.mark.parametrize("manifest", [old_manifest(), new_manifest()])
def test_a_plain_image(manifest: dict[str, Any]) -> None:
    number = HOST + ("old" if "sequences" in manifest else "new")
    assert read_one(manifest) == Work(None, title="The Mill", address=HOST + "1.jpg", source_id=number)


def test_a_new_manifest_with_all_it_may_say() -> None:
    manifest = new_manifest(
        metadata=PAIRS,
        rights="http://creativecommons.org/publicdomain/zero/1.0/",
        requiredStatement={"label": {"en": ["Attribution"]}, "value": {"en": ["<span>The Museum</span>"]}},
    )
    assert read_one(manifest) == Work(
        None,
        artist="Rembrandt",
        qualifier="workshop of",
        title="The Mill",
        year=1645,
        style="Baroque|Tenebrism",
        medium="oil; canvas",
        licence="http://creativecommons.org/publicdomain/zero/1.0/",
        address=HOST + "1.jpg",
        source="The Museum",
        source_id="SK-A-1",
    )


def test_an_old_manifest_with_licence_and_attribution() -> None:
    manifest = old_manifest(
        label=[{"@value": "De Molen", "@language": "nl"}, {"@value": "The Mill", "@language": "en"}],
        metadata=[{"label": "Creator", "value": "Jan Steen"}],
        license=["http://a.test/licence"],
        attribution={"@value": "The Library", "@language": "en"},
    )
    work = read_one(manifest)
    assert (work.title, work.artist, work.licence, work.source) == (
        "The Mill", "Jan Steen", "http://a.test/licence", "The Library",
    )  # fmt: skip


def test_the_provider_stands_in_for_a_required_statement() -> None:
    provider = [{"type": "Agent", "label": {"en": ["The Museum"]}}]
    assert read_one(new_manifest(provider=provider)).source == "The Museum"


def test_the_navigation_date_stands_in_for_a_date() -> None:
    assert read_one(new_manifest(navDate="1890-01-01T00:00:00Z")).year == 1890


def test_an_unknown_artist_is_nobody() -> None:
    work = read_one(new_manifest(metadata=[{"label": "Artist", "value": "Unknown artist"}]))
    assert (work.artist, work.qualifier) == (None, None)


def test_several_canvases_have_titles_of_their_own() -> None:
    old = old_manifest(old_canvas(old_image(1), label="recto"), old_canvas(old_image(2), label=None))
    new = new_manifest(
        new_canvas(new_image(1), label={"none": ["recto"]}), new_canvas(new_image(2), label=None)
    )
    for manifest in (old, new):
        titles = [entry.title for entry in read_all(manifest) if isinstance(entry, Work)]
        assert titles == ["The Mill: recto", "The Mill"]


def test_metadata_of_a_canvas_go_before_those_of_the_manifest() -> None:
    canvases = [
        new_canvas(new_image(1), metadata=[{"label": "Artist", "value": "Jan Steen"}]),
        new_canvas(new_image(2)),
    ]
    manifest = new_manifest(*canvases, metadata=[{"label": "Artist", "value": "Frans Hals"}])
    artists = [entry.artist for entry in read_all(manifest) if isinstance(entry, Work)]
    assert artists == ["Jan Steen", "Frans Hals"]


@pytest.mark.parametrize(
    ("service", "base"),
    [
        (SERVICE_2, "image/1"),
        ([SERVICE_2], "image/1"),
        ([SERVICE_2, SERVICE_3], "image/3"),
        ({"@id": HOST + "image/2/", "@type": "ImageService2"}, "image/2"),
        ([{"id": HOST + "login", "type": "AuthCookieService1"}, SERVICE_3], "image/3"),
        ({"id": HOST + "x", "type": "Other", "service": [SERVICE_3]}, "image/3"),
        ({"@id": HOST + "image/1.1", "profile": "http://library.stanford.edu/iiif/image-api/1.1/compliance.html#level1"},
         "image/1.1"),
    ],
)  # fmt: skip
def test_an_image_service_is_the_address(service: object, base: str) -> None:
    assert list_addresses(new_manifest(new_canvas(new_image(service=service)))) == [f"{HOST}{base}/info.json"]
    assert list_addresses(old_manifest(old_canvas(old_image(service=service)))) == [f"{HOST}{base}/info.json"]


@pytest.mark.parametrize(
    "service", [None, "x", [], {"@id": HOST + "search", "profile": "search"}, {"type": "ImageService3"}]
)
def test_without_an_image_service_the_image_is_the_address(service: object) -> None:
    assert list_addresses(new_manifest(new_canvas(new_image(service=service)))) == [HOST + "1.jpg"]


def test_of_a_choice_the_first_or_the_default_is_taken() -> None:
    new = {"type": "Choice", "items": [new_image("a"), new_image("b")]}
    old = {"@type": "oa:Choice", "default": old_image("a"), "item": [old_image("b")]}
    assert list_addresses(new_manifest(new_canvas(new))) == [HOST + "a.jpg"]
    assert list_addresses(old_manifest(old_canvas(old))) == [HOST + "a.jpg"]


def test_a_body_may_be_a_list_a_part_of_another_or_no_more_than_an_address() -> None:
    part = {"type": "SpecificResource", "source": new_image("c")}
    bodies = [[new_image("a"), new_image("b")], part, HOST + "d.jpg"]
    expected = [f"{HOST}{name}.jpg" for name in "abcd"]
    assert list_addresses(new_manifest(new_canvas(*bodies))) == expected


def test_a_canvas_with_several_images_makes_several_works() -> None:
    assert list_addresses(old_manifest(old_canvas(old_image(1), old_image(2)))) == [
        HOST + "1.jpg",
        HOST + "2.jpg",
    ]


def test_only_what_is_painted_on_a_canvas_counts() -> None:
    canvas = new_canvas(new_image(1))
    canvas["items"][0]["items"].append({"motivation": "supplementing", "body": new_image(2)})
    assert list_addresses(new_manifest(canvas)) == [HOST + "1.jpg"]


def test_several_sequences_are_orders_of_the_same_canvases() -> None:
    canvas = old_canvas(old_image(), **{"@id": HOST + "canvas"})
    manifest = old_manifest(sequences=[{"canvases": [canvas]}, {"canvases": [canvas]}])
    assert list_addresses(manifest) == [HOST + "1.jpg"]


@pytest.mark.parametrize(
    ("manifest", "reason"),
    [
        (
            new_manifest(new_canvas({"id": HOST + "a.mp4", "type": "Video"})),
            "expected an image, found a body of the type 'Video'",
        ),
        (new_manifest(new_canvas({"type": "Image"})), "expected the web address of an image, found none"),
        (
            new_manifest(new_canvas({"id": "file:///x.jpg"})),
            "expected the web address of an image, found 'file:///x.jpg'",
        ),
        (new_manifest(new_canvas()), "expected an image on a canvas, found none"),
        (old_manifest(old_canvas(None)), "expected an image on a canvas, found none"),
    ],
)
def test_what_is_no_image_is_skipped_and_the_canvas_named(manifest: dict[str, Any], reason: str) -> None:
    assert read_all(manifest) == [Skip("m.json:canvas 1", reason)]


@pytest.mark.parametrize(
    ("manifest", "reason"),
    [
        ({**new_manifest(), "items": []}, "expected 'items' in a manifest of Presentation 3, found none"),
        (
            {**old_manifest(), "sequences": None},
            "expected 'sequences' in a manifest of Presentation 2, found none",
        ),
        (old_manifest(sequences=[{"canvases": []}]), "expected a manifest with canvases, found none"),
    ],
)
def test_a_manifest_without_canvases_is_skipped(manifest: dict[str, Any], reason: str) -> None:
    assert read_all(manifest) == [Skip("m.json", reason)]


RICH = {
    "metadata": PAIRS, "rights": "x", "requiredStatement": {"value": {"en": ["x"]}}, "navDate": "1890",
    "provider": [{"label": "x"}], "attribution": "x",
}  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    manifest=mutated(
        new_manifest(new_canvas({"type": "Choice", "items": [new_image(service=[SERVICE_3])]}), **RICH)
    )
    | mutated(old_manifest(old_canvas(old_image(service=SERVICE_2)), **RICH))
)
def test_whatever_a_manifest_holds_only_works_and_skips_come(manifest: dict[str, Any]) -> None:
    assert read_without_surprise(lambda: read_manifest(manifest, "m.json", version=3))
    texts = [str(value) for entry in read_all(manifest) for value in vars(entry).values()]
    assert all(text.encode() for text in texts)
