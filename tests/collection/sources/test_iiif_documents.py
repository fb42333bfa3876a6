from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from morelli.collection.sources.iiif_documents import (
    Reference,
    find_kind,
    find_version,
    list_members,
    name_file,
    name_type,
)

from .manifests import HOST, NEW, OLD, new_collection, new_manifest, old_collection, old_manifest
from .random_json import anything, mutated


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
    assert [name_type(thing) for thing in things] == ["Image", "Image", "", "", ""]


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
