"""Records of Linked Art, written after its model and in the Rijksmuseum's present form."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from morelli.collection.sources import recognise
from morelli.collection.sources.documents.linked_art import LinkedArt
from morelli.collection.work import Skip, Work
from morelli.errors import DownloadError, LayoutError

AAT = "http://vocab.getty.edu/aat/"
HOME = "https://id.museum.test/"
ENGLISH, DUTCH = (
    [{"id": f"{AAT}300388277", "type": "Language"}],
    [{"id": f"{AAT}300388256", "type": "Language"}],
)


def kinds(*numbers: str) -> list[dict[str, str]]:
    return [{"id": f"{AAT}{number}", "type": "Type"} for number in numbers]


def said(
    content: str, *numbers: str, kind: str = "LinguisticObject", language: Any = ENGLISH
) -> dict[str, Any]:
    return {"type": kind, "content": content, "language": language, "classified_as": kinds(*numbers)}


def noted(name: str, kind: str = "Person", number: int = 2101) -> dict[str, Any]:
    told = [{"@language": "nl", "@value": f"{name} (nl)"}, {"@language": "en", "@value": name}]
    return {"id": f"{HOME}{number}", "type": kind, "notation": told}


def part(statement: str = "", **more: Any) -> dict[str, Any]:
    statements = [said(f"schilder: {statement}", language=DUTCH), said(f"painter: {statement}", "300435417")]
    return {"type": "Production", "technique": [noted("painter", "Type")], **more} | (
        {"referred_to_by": statements} if statement else {}
    )


def assigned(actor: Any, *numbers: str) -> dict[str, Any]:
    return {"type": "AttributeAssignment", "assigned_property": "carried_out_by", "assigned": [actor],
            "classified_as": kinds(*numbers)}  # fmt: skip


LEYSTER = noted("Judith Leyster")
SPAN = {
    "type": "TimeSpan", "begin_of_the_begin": "1629-01-01T00:00:00Z",
    "end_of_the_end": "1632-12-31T23:59:59Z",
    "identified_by": [said("ca. 1629 - 1632", kind="Name", language=DUTCH), said("c. 1630", kind="Name")],
}  # fmt: skip
FACES = {"representation": [{"type": "VisualItem", "digitally_shown_by": [{"type": "DigitalObject",
         "format": "image/jpeg", "access_point": [{"id": "https://img.test/1.jpg"}]}]}]}  # fmt: skip


def thing(*parts: dict[str, Any], number: str = "SK-1", **more: Any) -> dict[str, Any]:
    return {
        "@context": "https://linked.art/ns/v1/linked-art.json",
        "id": f"{HOME}200{number}",
        "type": "HumanMadeObject",
        "identified_by": [
            said("De serenade", "300404670", kind="Name", language=DUTCH),
            said("Old title", kind="Name"),
            said("The Serenade", "300404670", kind="Name"),
            {"type": "Identifier", "content": "other-7"},
            {"type": "Identifier", "content": number, "classified_as": kinds("300312355")},
        ],
        "classified_as": [
            noted("top piece", "Type"), {**noted("painting", "Type"), "classified_as": kinds("300435443")},
        ],
        "produced_by": {"type": "Production", "timespan": SPAN, "part": list(parts)},
        "referred_to_by": [said("olieverf op paneel", "300435429", language=DUTCH),
                           said("oil on panel", "300435429"),
                           said("Bought in 1907", "300026687")],
        "subject_of": [{"type": "LinguisticObject", "subject_to": [{"type": "Right", "classified_as": [
            {"id": "https://creativecommons.org/publicdomain/zero/1.0/", "type": "Type"}]}]}],
        **FACES, **more,
    }  # fmt: skip


def read(folder: Path, *records: Any) -> list[Work | Skip]:
    for number, record in enumerate(records):
        (folder / f"{number}.json").write_text(json.dumps(record), encoding="utf-8")
    layout = recognise(folder)
    assert layout.name == "linked-art"
    return list(layout.read())


def read_one(folder: Path, *records: Any) -> Work:
    (work,) = read(folder, *records)
    assert isinstance(work, Work)
    return work


def test_what_a_record_says(tmp_path: Path) -> None:
    assert read_one(tmp_path, thing(part("Judith Leyster", carried_out_by=[LEYSTER]))) == Work(
        None,
        artist="Judith Leyster",
        title="The Serenade",
        year=1630,
        year_from=1629,
        year_to=1632,
        licence="https://creativecommons.org/publicdomain/zero/1.0/",
        medium="oil on panel",
        classification="painting",
        address="https://img.test/1.jpg",
        source_id="SK-1",
    )


@pytest.mark.parametrize(
    ("made", "artist", "qualifier"),
    [
        (
            part("attributed to Judith Leyster", assigned_by=[assigned(LEYSTER, "300404269")]),
            "Judith Leyster",
            "attributed to",
        ),
        (part(assigned_by=[assigned(LEYSTER, "300404274")]), "Judith Leyster", "workshop of"),
        (part("Judith Leyster (signed by artist)", assigned_by=[assigned(LEYSTER)]), "Judith Leyster", None),
        (part("Judith Leyster (possibly)", carried_out_by=[LEYSTER]), "Judith Leyster", "possibly by"),
        (part("circle of Judith Leyster"), "Judith Leyster", "circle of"),
        (
            part(
                assigned_by=[
                    assigned({"type": "Group", "formed_by": {"influenced_by": [LEYSTER]}}, "300404282")
                ]
            ),
            "Judith Leyster",
            "follower of",
        ),
        (
            part(carried_out_by=[{"type": "Group", "_label": "Workshop of Frans Hals"}]),
            "Frans Hals",
            "workshop of",
        ),
        (
            part(carried_out_by=[{"type": "Person", "_label": "Gerard ter Borch (II)"}]),
            "Gerard ter Borch (II)",
            None,
        ),
        (part("follower of Judith Leyster [rejected attribution]", carried_out_by=[LEYSTER]), None, None),
        (part("anonymous"), None, None),
    ],
)
def test_makers_and_what_qualifies_them(
    tmp_path: Path, made: dict[str, Any], artist: str | None, qualifier: str | None
) -> None:
    work = read_one(tmp_path, thing(made))
    assert (work.artist, work.qualifier) == (artist, qualifier)


def test_several_makers_without_the_publisher(tmp_path: Path) -> None:
    parts = [
        part("Jan Muller", carried_out_by=[noted("Jan Muller")]),
        part("after Bartholomeus Spranger", carried_out_by=[noted("Bartholomeus Spranger")]),
        {
            "type": "Production",
            "technique": [noted("publisher", "Type")],
            "carried_out_by": [noted("Harmen Muller")],
        },
    ]
    work = read_one(tmp_path, thing(*parts))
    assert (work.artist, work.qualifier) == ("Jan Muller|Bartholomeus Spranger", "after")


def test_a_statement_stands_in_for_people_without_names(tmp_path: Path) -> None:
    record = thing(part(carried_out_by=[{"id": f"{HOME}9", "type": "Person"}]))
    record["produced_by"]["referred_to_by"] = [said("schilder: Pieter Claesz., Haarlem", "300435416")]
    assert read_one(tmp_path, record).artist == "Pieter Claesz."


def test_people_and_pictures_in_records_of_their_own(tmp_path: Path) -> None:
    person = {
        "id": f"{HOME}9", "type": "Person", "identified_by": [said("Clara Peeters", kind="Name")],
        "born": {"timespan": {"begin_of_the_begin": "1594-01-01T00:00:00Z"}},
        "died": {"timespan": [{"end_of_the_end": "1657-12-31T00:00:00Z"}]},
        "equivalent": [{"id": "http://vocab.getty.edu/ulan/500014867"}, {"id": "http://www.wikidata.org/entity/Q13001"}],
    }  # fmt: skip
    visual = {"id": f"{HOME}202", "type": "VisualItem", "digitally_shown_by": [{"id": f"{HOME}500"}]}
    digital = {
        "id": f"{HOME}500",
        "type": "DigitalObject",
        "access_point": [{"id": "https://iiif.test/x/full/max/0/default.jpg"}],
    }
    record = thing(part(carried_out_by=[{"id": f"{HOME}9"}]), representation=[], shows=[{"id": f"{HOME}202"}])
    work = read_one(tmp_path, record, person, visual, digital)
    assert (work.artist, work.artist_dates) == ("Clara Peeters", "1594-1657")
    assert work.artist_ids == "ulan:500014867|wikidata:Q13001"
    assert work.address == "https://iiif.test/x/full/max/0/default.jpg"


def test_pictures_elsewhere_are_found_when_they_are_fetched(tmp_path: Path) -> None:
    answers: dict[str, Any] = {
        f"{HOME}202": {"type": "VisualItem", "digitally_shown_by": [{"id": f"{HOME}500"}]},
        f"{HOME}500": {"type": "DigitalObject", "access_point": [{"id": "https://iiif.test/x/full/max/0/default.jpg"}]},
        "https://iiif.test/x/info.json": {"@context": "http://iiif.io/api/image/3/context.json",
                                          "profile": "level2",
                                          "width": 4000, "height": 3000},
        f"{HOME}203": {"type": "VisualItem"},
    }  # fmt: skip
    work = read_one(tmp_path, thing(part("x"), representation=[], shows=[{"id": f"{HOME}202"}]))
    assert work.address == f"{HOME}202"
    layout = recognise(tmp_path)
    located = layout.locate(f"{HOME}202", answers.__getitem__)
    assert located.startswith("https://iiif.test/x/full/")
    assert "max" not in located
    assert layout.locate("https://img.test/1.jpg", answers.__getitem__) == "https://img.test/1.jpg"
    with pytest.raises(DownloadError, match="expected the record of a picture"):
        layout.locate(f"{HOME}203", answers.__getitem__)


@pytest.mark.parametrize("name", ["all.jsonl", "all.json", "page.json"])
def test_many_records_in_one_file(tmp_path: Path, name: str) -> None:
    records = [thing(part("Judith Leyster"), number=f"SK-{number}") for number in range(3)]
    text = "\n".join(map(json.dumps, records)) if name.endswith("l") else json.dumps(records)
    if name == "page.json":
        text = json.dumps(
            {
                "type": "OrderedCollectionPage",
                "orderedItems": [*records, {"id": "x", "type": "HumanMadeObject"}],
            }
        )
    (tmp_path / name).write_text(text)
    entries = list(recognise(tmp_path / name).read())
    assert [entry.source_id for entry in entries if isinstance(entry, Work)] == ["SK-0", "SK-1", "SK-2"]
    skips = [entry.reason for entry in entries if isinstance(entry, Skip)]
    assert skips == (
        ["expected the record of an object, found only its number"] if name == "page.json" else []
    )


def test_what_cannot_be_read_is_listed(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    (tmp_path / "b.json").write_text("{")
    (tmp_path / "c.json").write_text('{"a": 1}')
    pages = {"format": "text/html", "access_point": [{"id": "https://a.test/page"}]}
    plain = thing(part("x"), representation=[], digitally_available_via=[pages])
    work, *skips = read(tmp_path, thing(part("Judith Leyster")), plain)
    assert isinstance(work, Work)
    assert [Path(skip.path).name for skip in skips if isinstance(skip, Skip)] == [
        "1.json:record 1", "a.txt", "b.json", "c.json:record 1",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "record", [{}, [], {"type": "HumanMadeObject"}, {"type": "Person", "identified_by": []}, None]
)
def test_other_json_is_another_layout(tmp_path: Path, record: Any) -> None:
    (tmp_path / "a.json").write_text(json.dumps(record))
    with pytest.raises(LayoutError):
        LinkedArt.fit(tmp_path, is_forced=False)
