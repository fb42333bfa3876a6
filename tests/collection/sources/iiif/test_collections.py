from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from collection.sources.iiif.manifests import (
    HOST,
    SERVICE_3,
    new_canvas,
    new_collection,
    new_image,
    new_manifest,
    old_collection,
    old_manifest,
    write_json,
)
from collection.sources.museum_tables import read_without_surprise
from collection.sources.random_json import anything, mutated
from morelli.collection.sources.iiif.collections import _MAX_DEPTH, Iiif, harvest_manifests
from morelli.collection.sources.iiif.manifests import name_file
from morelli.collection.sources.layouts import recognise
from morelli.collection.work import Skip, Work
from morelli.errors import DownloadError, LayoutError, SourceError


def read_all(source: Path) -> list[Work | Skip]:
    return list(Iiif.fit(source, is_forced=False).read())


def list_titles(source: Path) -> list[str | None]:
    return [entry.title for entry in read_all(source) if isinstance(entry, Work)]


def explain_missing(address: str) -> str:
    return (
        f"expected the manifest {address} among the files, found only its address: fetch the collection's "
        "own address with --download FOLDER"
    )


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (old_manifest(), "it holds a Manifest of IIIF Presentation 2"),
        (new_collection(HOST + "x"), "it holds a Collection of IIIF Presentation 3"),
    ],
)
def test_files_and_folders_are_recognised(tmp_path: Path, document: object, reason: str) -> None:
    path = write_json(tmp_path / "deep" / "any name.json", document)
    for source in (tmp_path, path):
        layout = recognise(source)
        assert (layout.name, layout.reason) == ("iiif", reason)


def test_a_folder_of_both_versions_is_read_in_the_order_of_its_files(tmp_path: Path) -> None:
    write_json(tmp_path / "b.json", old_manifest(label="old"))
    write_json(tmp_path / "a" / "c.json", new_manifest(label="new"))
    assert list_titles(tmp_path) == ["new", "old"]


def test_an_address_leads_through_the_service_to_a_picture(tmp_path: Path) -> None:
    write_json(tmp_path / "m.json", new_manifest(new_canvas(new_image(service=[SERVICE_3]))))
    layout = recognise(tmp_path)
    (work,) = layout.read()
    assert isinstance(work, Work)
    info = {"https://iiif.test/image/3/info.json": {"maxWidth": 300}}
    assert layout.locate(str(work.address), info.__getitem__) == (
        "https://iiif.test/image/3/full/!300,300/0/default.jpg"
    )


@pytest.mark.parametrize("collect", [old_collection, new_collection])
def test_manifests_that_a_collection_only_names_are_skipped_with_the_remedy(
    tmp_path: Path, collect: Any
) -> None:
    path = write_json(tmp_path / "c.json", collect(HOST + "x", HOST + "x", HOST + "y"))
    expected = [Skip(str(path), explain_missing(HOST + name)) for name in ("x", "y")]
    assert read_all(tmp_path) == read_all(path) == expected


def test_manifests_saved_in_the_same_folder_are_not_missing(tmp_path: Path) -> None:
    write_json(tmp_path / "c.json", new_collection(HOST + "new", HOST + "elsewhere"))
    write_json(tmp_path / "by its own name.json", new_manifest())
    write_json(tmp_path / name_file(HOST + "elsewhere"), old_manifest(label="moved"))
    assert sorted(str(title) for title in list_titles(tmp_path)) == ["The Mill", "moved"]
    assert not [entry for entry in read_all(tmp_path) if isinstance(entry, Skip)]


def test_a_collections_file_leads_to_what_lies_beside_it_and_to_nothing_else(tmp_path: Path) -> None:
    path = write_json(tmp_path / "c.json", new_collection(HOST + "inner", kind="Collection"))
    write_json(tmp_path / "d.json", {**new_collection(HOST + "new", HOST + "c3"), "id": HOST + "inner"})
    write_json(tmp_path / "e.json", new_manifest())
    write_json(tmp_path / "f.json", new_manifest(id=HOST + "other", label="not named"))
    assert list_titles(path) == ["The Mill"]
    assert not [entry for entry in read_all(path) if isinstance(entry, Skip)]


def test_manifests_that_a_collection_holds_are_read(tmp_path: Path) -> None:
    inner = {key: value for key, value in old_manifest(label="held").items() if key != "@context"}
    write_json(tmp_path / "c.json", old_collection(manifests=[inner]))
    assert list_titles(tmp_path) == ["held"]


def test_a_member_without_address_is_skipped(tmp_path: Path) -> None:
    path = write_json(tmp_path / "c.json", new_collection(None, "not an address"))
    assert read_all(tmp_path) == [Skip(str(path), "expected the web address of a manifest, found none")] * 2


def test_other_files_are_skipped_with_the_reason(tmp_path: Path) -> None:
    write_json(tmp_path / "a.json", new_manifest())
    write_json(tmp_path / "b.json", {"type": "FeatureCollection"})
    (tmp_path / "c.json").write_text('{"cut', encoding="utf-8")
    (tmp_path / "d.txt").write_text("", encoding="utf-8")
    reasons = [entry.reason for entry in read_all(tmp_path) if isinstance(entry, Skip)]
    assert reasons[0] == "expected a IIIF manifest or collection, found other JSON"
    assert reasons[1].startswith("expected a file of JSON, found 5 bytes that are none")
    assert reasons[2] == "expected a file of JSON, found a file with another ending"


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("a.json", "{}", "other JSON"),
        ("a.txt", "{}", "a file with another ending"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, name: str, text: str, found: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(LayoutError) as caught:
        Iiif.fit(tmp_path / name, is_forced=True)
    assert caught.value.found == found


@pytest.mark.parametrize(
    ("text", "found"), [("{}", "none among the first 1 files of JSON"), ("", "no file of JSON")]
)
def test_other_folders_are_refused(tmp_path: Path, text: str, found: str) -> None:
    (tmp_path / "a.json").write_text(text, encoding="utf-8")
    with pytest.raises(LayoutError) as caught:
        Iiif.fit(tmp_path, is_forced=True)
    assert caught.value.found == found


def test_a_broken_file_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{", encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        recognise(tmp_path / "a.json")
    assert caught.value.thing == str(tmp_path / "a.json")
    assert caught.value.expected == "JSON Lines, or one JSON array of objects"


def test_a_table_beside_manifests_goes_first(tmp_path: Path) -> None:
    write_json(tmp_path / "m.json", new_manifest())
    (tmp_path / "works.csv").write_text("path\na.jpg\n", encoding="utf-8")
    assert recognise(tmp_path).name == "table"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    document=anything | mutated(new_collection(HOST + "x", items=[new_manifest()])) | mutated(old_manifest())
)
def test_whatever_a_file_holds_only_known_errors_come(tmp_path: Path, document: object) -> None:
    path = write_json(tmp_path / "m.json", document)
    assert read_without_surprise(lambda: read_all(path))
    assert read_without_surprise(lambda: read_all(tmp_path))


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
    counts: list[tuple[str, int, int]] = []
    harvest_manifests(ROOT, tmp_path, web, progress=lambda *count: counts.append(count))
    assert counts == [("manifests", *count) for count in ((1, 3), (2, 4), (3, 4), (4, 4))]


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
    assert skip.path == ROOT + "x" * (_MAX_DEPTH + 1)
    assert skip.reason == f"expected collections at most {_MAX_DEPTH} deep, found one that goes deeper"
    assert len(list(tmp_path.iterdir())) == _MAX_DEPTH + 1


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


def test_presentation_4_is_refused_by_name(tmp_path: Path) -> None:
    document = {
        "@context": "http://iiif.io/api/presentation/4/context.json",
        "type": "Manifest",
        "items": [{}],
    }
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(LayoutError, match="expected IIIF Presentation 2 or 3, found IIIF Presentation 4"):
        Iiif.fit(path, is_forced=True)
    (skip,) = Iiif(tmp_path, "").read()
    assert isinstance(skip, Skip)
    assert skip.reason.endswith("found IIIF Presentation 4, which is not read")


def test_labels_that_look_like_a_maker_or_a_date_are_listed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    pairs = {
        "Tekijä": "Edelfelt, Albert (1854-1905)", "Valmistumisaika": "noin 1887", "Ajoitus": "1887",
        "Artsit": "Nobody", "Date of purchase": "Spring", "Room": "12", "Size": "30 x 1887 cm",
        "Signature": "1887.12", "Creator": "Albert Edelfelt",
    }  # fmt: skip
    metadata = [{"label": {"none": [label]}, "value": {"none": [text]}} for label, text in pairs.items()]
    for name in ("a", "b"):
        path = tmp_path / f"{name}.json"
        path.write_text(json.dumps(new_manifest(metadata=metadata)), encoding="utf-8")
    list(Iiif(tmp_path, "").read())
    (record,) = caplog.records
    listed = record.getMessage().partition("were not understood: ")[2]
    assert listed == "'Tekijä' (2), 'Ajoitus' (2), 'Artsit' (2), 'Date of purchase' (2)"
