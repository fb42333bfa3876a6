from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from collection.sources.iiif.manifests import (
    HOST,
    NEW,
    OLD,
    SERVICE_2,
    SERVICE_3,
    new_canvas,
    new_collection,
    new_image,
    new_manifest,
    old_canvas,
    old_collection,
    old_image,
    old_manifest,
)
from collection.sources.museum_tables import read_without_surprise
from collection.sources.random_json import anything, mutated
from morelli.collection.sources.iiif.manifests import (
    Reference,
    _name_type,
    _read_line,
    _read_metadata,
    _read_texts,
    find_kind,
    find_version,
    list_members,
    name_file,
    read_manifest,
)
from morelli.collection.work import Skip, Work

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


def test_the_provider_goes_before_a_statement_of_rights() -> None:
    provider = [{"type": "Agent", "label": {"en": ["The Museum"]}}]
    assert read_one(new_manifest(provider=provider)).source == "The Museum"
    rights = {"label": {"en": ["Rights"]}, "value": {"en": ["Courtesy of the estate, all rights reserved"]}}
    assert read_one(new_manifest(provider=provider, requiredStatement=rights)).source == "The Museum"
    assert read_one(new_manifest(requiredStatement=rights)).source.startswith("Courtesy")


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


def without_context(document: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in document.items() if key != "@context"}


@pytest.mark.parametrize(
    ("document", "version", "kind"),
    [
        (old_manifest(), 2, "Manifest"),
        (new_manifest(), 3, "Manifest"),
        (old_collection("x"), 2, "Collection"),
        (new_collection("x"), 3, "Collection"),
        (without_context(old_manifest()), 2, "Manifest"),
        (without_context(new_manifest()), 3, "Manifest"),
        (without_context(old_collection("x")), 2, "Collection"),
        (without_context(new_collection("x")), 3, "Collection"),
        ({"@context": ["http://www.w3.org/ns/anno.jsonld", NEW], "type": "Manifest"}, 3, "Manifest"),
        ({"@context": "http://www.shared-canvas.org/ns/context.json", "@type": "sc:Manifest"}, 2, "Manifest"),
        ({"@context": OLD, "sequences": []}, 2, "Manifest"),
        ({"@context": OLD, "members": []}, 2, "Collection"),
        ({"@context": OLD, "@type": "sc:Range"}, 2, None),
        ({"type": "Collection", "features": []}, None, None),
        ({"type": "Collection", "items": [{"type": "Note"}]}, None, None),
        ({"@context": "http://iiif.io/api/image/2/context.json", "width": 9}, None, None),
        ([], None, None),
        (None, None, None),
    ],
)
def test_versions_are_told_apart_by_context_and_without_one_by_keys(
    document: object, version: int | None, kind: str | None
) -> None:
    assert (find_version(document), find_kind(document)) == (version, kind)


def test_the_context_counts_more_than_the_keys() -> None:
    assert find_version({**new_manifest(), "sequences": [{"canvases": []}]}) == 3


def test_types_lose_their_prefix() -> None:
    things = ({"@type": "dctypes:Image"}, {"type": ["Image"]}, {}, "x", {"type": 3})
    assert [_name_type(thing) for thing in things] == ["Image", "Image", "", "", ""]


@pytest.mark.parametrize("collection", [old_collection("a", "b"), new_collection("a", "b")])
def test_members_that_are_only_named(collection: dict[str, Any]) -> None:
    assert list(list_members(collection)) == [Reference("a"), Reference("b")]


def test_members_that_are_held_and_pages_that_follow() -> None:
    inner = old_manifest()
    collection = old_collection("a", members=[inner], collections=[old_collection("b")], first=HOST + "page")
    found = list(list_members(collection))
    assert found == [Reference("a"), Reference("b"), inner, Reference(HOST + "page")]


def test_members_without_address_are_references_to_nothing() -> None:
    assert list(list_members({"items": [7, None, {"type": "Manifest"}]})) == [
        Reference(7), Reference(None), Reference(None),
    ]  # fmt: skip


def test_files_are_named_by_the_address() -> None:
    assert name_file("a") == "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb.json"
    assert name_file("\ud800").endswith(".json")


@settings(max_examples=60, deadline=None)
@given(document=anything | mutated(old_collection("a", first="x")) | mutated(new_collection("a")))
def test_anything_is_some_kind_or_none(document: object) -> None:
    assert find_kind(document) in ("Manifest", "Collection", None)
    if find_kind(document) == "Collection":
        assert all(isinstance(member, (dict, Reference)) for member in list_members(document))


@pytest.mark.parametrize(
    ("value", "texts"),
    [
        ("The Mill", ["The Mill"]),
        (["a", "b"], ["a", "b"]),
        ({"@value": "a", "@language": "de"}, ["a"]),
        ([{"@value": "a", "@language": "de"}, {"@value": "b", "@language": "en"}], ["b"]),
        ([{"@value": "a", "@language": "fr"}, "b"], ["b"]),
        ({"en": ["a", "b"]}, ["a", "b"]),
        ({"de": ["a"], "en-GB": ["b"]}, ["b"]),
        ({"de": ["a"], "none": ["b"]}, ["b"]),
        ({"de": ["a"], "@none": ["b"]}, ["b"]),
        ({"nl": ["a"], "it": ["b"]}, ["a"]),
        ({"en": "a"}, ["a"]),
        ({"en": []}, []),
        ({"en": [""], "de": ["b"]}, ["b"]),
        (1890, ["1890"]),
        (None, []),
        (True, []),
        ({}, []),
        ("<p>The <b>Mill</b></p>", ["The Mill"]),
        ("Oil &amp; tempera, 3 < 4 > 2", ["Oil & tempera, 3 < 4 > 2"]),
        ([[[[[["too deep"]]]]]], []),
    ],
)
def test_every_form_of_a_text(value: object, texts: list[str]) -> None:
    assert _read_texts(value) == texts


def test_several_texts_make_one_line() -> None:
    assert _read_line(["Oil", "canvas"]) == "Oil; canvas"
    assert _read_line({}) is None


@pytest.mark.parametrize(
    "label",
    ["Artist", "ARTIST:", "Artist/Maker", {"de": ["Künstler"]}, [{"@value": "Artiste", "@language": "fr"}],
     {"en": ["Made by"], "nl": ["Vervaardiger"]}],
)  # fmt: skip
def test_labels_are_known_in_any_language_case_and_punctuation(label: object) -> None:
    assert _read_metadata([{"label": label, "value": {"none": ["Jan Steen"]}}]) == {"artist": ["Jan Steen"]}


def test_pairs_of_one_field_are_put_together_and_others_left_out() -> None:
    pairs = [
        {"label": "Creator", "value": ["Jan Steen", "Frans Hals"]},
        {"label": "Room", "value": "7"},
        {"label": "Artist", "value": "Jan Both"},
        {"label": "Date", "value": ""},
        "text",
        None,
    ]
    assert _read_metadata(pairs) == {"artist": ["Jan Steen", "Frans Hals", "Jan Both"]}


@pytest.mark.parametrize("found", ["Text", "Video", "Dataset"])
def test_a_body_that_is_no_image_is_no_picture(found: str) -> None:
    (skip,) = read_bodies({"type": found, "id": "https://museum.example/page"})
    assert isinstance(skip, Skip)
    assert f"found a body of the type '{found}'" in skip.reason


@pytest.mark.parametrize("stated", ["text/html", "application/pdf", " Text/Plain", "video/mp4"])
def test_a_body_of_another_format_is_no_picture(stated: str) -> None:
    for kind in ({"type": "Image"}, {}):
        (skip,) = read_bodies({**kind, "id": "https://museum.example/it", "format": stated})
        assert isinstance(skip, Skip)
        assert "expected an image, found a body of the format" in skip.reason


@pytest.mark.parametrize("name", ["catalogue.pdf", "page.HTML", "text.txt"])
def test_a_document_s_address_is_no_picture(name: str) -> None:
    (skip,) = read_bodies({"id": f"https://museum.example/{name}"})
    assert isinstance(skip, Skip)
    assert skip.reason == f"expected an image, found a document at https://museum.example/{name}"


def read_bodies(body: object) -> list[Work | Skip]:
    note = {"type": "Annotation", "motivation": "painting", "body": body}
    canvas = {"type": "Canvas", "items": [{"type": "AnnotationPage", "items": [note]}]}
    manifest = {
        "@context": "http://iiif.io/api/presentation/3/context.json",
        "type": "Manifest",
        "items": [canvas],
    }
    return list(read_manifest(manifest, "here"))


@settings(max_examples=60, deadline=None)
@given(value=anything)
def test_anything_gives_texts_that_can_be_stored(value: object) -> None:
    assert all(text and text.encode() for text in _read_texts(value))
    assert isinstance(_read_metadata([{"label": value, "value": value}]), dict)
    assert isinstance(_read_metadata(value), dict)
