from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from morelli.collection.sources.iiif_documents import name_file
from morelli.collection.sources.iiif_harvest import MAX_DEPTH, harvest_manifests
from morelli.collection.sources.layouts import recognise
from morelli.collection.work import Skip, Work
from morelli.errors import DownloadError, SourceError

from .manifests import HOST, new_collection, new_manifest, old_collection, old_manifest
from .random_json import mutated

ROOT = HOST + "root"


class Web:
    """Answers with documents by address, and remembers what it was asked for."""

    def __init__(self, documents: dict[str, Any]) -> None:
        self.documents = documents
        self.asked: list[str] = []

    def __call__(self, address: str) -> Any:
        self.asked.append(address)
        document = self.documents.get(address)
        if document is None:
            raise DownloadError(address, expected="an answer", found="status 404", remedy="try later")
        if isinstance(document, BaseException):
            raise document
        return document


@pytest.fixture
def web() -> Web:
    return Web({
        ROOT: new_collection(HOST + "inner", HOST + "a"),
        HOST + "inner": old_collection(HOST + "b", collections=[{"@id": ROOT, "@type": "sc:Collection"}]),
        HOST + "a": new_manifest(label="a"),
        HOST + "b": old_manifest(label="b"),
    })  # fmt: skip


def test_a_tree_is_saved_and_read(web: Web, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    assert harvest_manifests(ROOT, folder, web) == []
    assert sorted(path.name for path in folder.iterdir()) == sorted(map(name_file, web.documents))
    entries = list(recognise(folder).read())
    assert sorted(str(entry.title) for entry in entries if isinstance(entry, Work)) == ["a", "b"]
    assert not [entry for entry in entries if isinstance(entry, Skip)]


def test_each_address_is_asked_once_though_collections_lead_in_circles(web: Web, tmp_path: Path) -> None:
    harvest_manifests(ROOT, tmp_path, web)
    assert sorted(web.asked) == sorted(web.documents)


def test_what_is_here_is_not_fetched_again(web: Web, tmp_path: Path) -> None:
    harvest_manifests(ROOT, tmp_path, web)
    assert harvest_manifests(ROOT, tmp_path, Web({})) == []


def test_a_harvest_that_was_broken_off_goes_on(web: Web, tmp_path: Path) -> None:
    broken = Web({**web.documents, HOST + "b": KeyboardInterrupt()})
    with pytest.raises(KeyboardInterrupt):
        harvest_manifests(ROOT, tmp_path, broken)
    assert harvest_manifests(ROOT, tmp_path, web) == []
    assert web.asked == [HOST + "b"]


def test_a_file_that_was_cut_off_is_fetched_again(web: Web, tmp_path: Path) -> None:
    (tmp_path / name_file(ROOT)).write_text('{"cut', encoding="utf-8")
    assert harvest_manifests(ROOT, tmp_path, web) == []
    assert web.asked.count(ROOT) == 1


def test_one_manifest_alone(web: Web, tmp_path: Path) -> None:
    assert harvest_manifests(HOST + "a", tmp_path, web) == []
    assert web.asked == [HOST + "a"]


def test_progress_counts_what_is_done_and_known(web: Web, tmp_path: Path) -> None:
    counts: list[tuple[int, int]] = []
    harvest_manifests(ROOT, tmp_path, web, progress=lambda *count: counts.append(count))
    assert counts == [(1, 3), (2, 4), (3, 4), (4, 4)]


def test_what_cannot_be_fetched_is_listed_and_the_rest_goes_on(web: Web, tmp_path: Path) -> None:
    del web.documents[HOST + "inner"]
    web.documents[HOST + "a"] = {"not": "iiif"}
    web.documents[ROOT]["items"].append({"id": "file:///etc/passwd", "type": "Manifest"})
    assert harvest_manifests(ROOT, tmp_path, web) == [
        Skip(ROOT, "expected the web address of a manifest, found none"),
        Skip(HOST + "inner", "expected an answer, found status 404"),
        Skip(HOST + "a", "expected a IIIF manifest or collection, found other JSON"),
    ]
    assert "file:///etc/passwd" not in web.asked


@pytest.mark.parametrize("document", [None, {"not": "iiif"}, [], "text"])
def test_a_first_address_that_leads_nowhere_is_an_error(tmp_path: Path, document: object) -> None:
    with pytest.raises(DownloadError) as caught:
        harvest_manifests(ROOT, tmp_path, Web({ROOT: document}))
    assert caught.value.thing == ROOT
    assert list(tmp_path.iterdir()) == []


def test_collections_without_end_are_left_in_time(tmp_path: Path) -> None:
    def read_json(address: str) -> Any:
        return new_collection(address + "x", kind="Collection")

    (skip,) = harvest_manifests(ROOT, tmp_path, read_json)
    assert skip.path == ROOT + "x" * (MAX_DEPTH + 1)
    assert skip.reason == f"expected collections at most {MAX_DEPTH} deep, found one that goes deeper"
    assert len(list(tmp_path.iterdir())) == MAX_DEPTH + 1


def test_a_manifest_too_deep_to_save_is_listed(web: Web, tmp_path: Path) -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    web.documents[HOST + "a"]["seeAlso"] = deep
    (skip,) = harvest_manifests(ROOT, tmp_path, web)
    assert skip == Skip(HOST + "a", "expected JSON of some levels, found levels without end")


def test_a_folder_that_cannot_be_made_is_an_error(web: Web, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        harvest_manifests(ROOT, tmp_path / "file", web)
    assert caught.value.expected == "a folder to write in"


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    document=mutated(new_collection(HOST + "a", HOST + "b", items=[new_manifest(), 7, {"id": HOST + "a"}]))
)
def test_whatever_a_collection_holds_only_known_errors_come(
    tmp_path_factory: pytest.TempPathFactory, document: object
) -> None:
    folder = tmp_path_factory.mktemp("harvest")
    try:
        skips = harvest_manifests(ROOT, folder, Web({ROOT: document}))
    except DownloadError:
        skips = []
    assert all(skip.path.encode() and skip.reason.encode() for skip in skips)
