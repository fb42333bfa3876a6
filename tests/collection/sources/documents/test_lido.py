"""Records of LIDO, written after the schema: what each element says of a work, and what is never followed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from morelli.collection.sources import recognise
from morelli.collection.sources.documents import lido
from morelli.collection.work import Skip, Work
from morelli.errors import SourceError

NAMESPACE = 'xmlns="http://www.lido-schema.org" xmlns:lido="http://www.lido-schema.org"'


def value(text: str, **attributes: str) -> str:
    told = "".join(f' {name.replace("_", ":")}="{text}"' for name, text in attributes.items())
    return f"<appellationValue{told}>{text}</appellationValue>"


def actor(
    name: str, role: str = "Maler", qualifier: str = "", life: tuple[str, str] = ("", ""), more: str = ""
) -> str:
    dates = (
        f"<vitalDatesActor><earliestDate>{life[0]}</earliestDate>"
        f"<latestDate>{life[1]}</latestDate></vitalDatesActor>"
    )
    stated = f"<attributionQualifierActor>{qualifier}</attributionQualifierActor>" if qualifier else ""
    return (
        f"<eventActor><actorInRole><actor>{more}<nameActorSet>{value(name)}</nameActorSet>"
        f"{dates if life[0] else ''}</actor><roleActor><term>{role}</term></roleActor>"
        f"{stated}</actorInRole></eventActor>"
    )


def event(kind: str, *actors: str, date: str = "", medium: str = "") -> str:
    told = f"<eventMaterialsTech><displayMaterialsTech>{medium}</displayMaterialsTech></eventMaterialsTech>"
    return (
        f"<eventSet><event><eventType><term>{kind}</term></eventType>{''.join(actors)}"
        f"<eventDate>{date}</eventDate>{told if medium else ''}</event></eventSet>"
    )


def date(first: str, last: str, shown: str = "") -> str:
    told = f"<displayDate>{shown}</displayDate>" if shown else ""
    return f"{told}<date><earliestDate>{first}</earliestDate><latestDate>{last}</latestDate></date>"


def block(*events: str, title: str = value("Stilleben"), number: str = "G 12", language: str = "de") -> str:
    return f"""<descriptiveMetadata xml:lang="{language}">
      <objectClassificationWrap><objectWorkTypeWrap><objectWorkType><term>Gemälde</term>
      </objectWorkType></objectWorkTypeWrap></objectClassificationWrap>
      <objectIdentificationWrap><titleWrap><titleSet>{title}</titleSet></titleWrap>
      <repositoryWrap><repositorySet lido:type="current"><repositoryName><legalBodyName>
      {value("Städtische Galerie")}</legalBodyName></repositoryName><workID lido:type="loan">L 9</workID>
      <workID lido:type="Inventarnummer">{number}</workID></repositorySet></repositoryWrap>
      </objectIdentificationWrap><eventWrap>{"".join(events)}</eventWrap></descriptiveMetadata>"""


def links(*places: tuple[str, str]) -> str:
    return "".join(
        f'<resourceRepresentation lido:type="{kind}"><linkResource lido:formatResource="{form}">{place}'
        "</linkResource></resourceRepresentation>"
        for kind, place in places
        for form in ["text/html" if place.endswith("/") else "image/jpeg"]
    )


PICTURES = links(
    ("image_thumb", "https://a.test/t/1.jpg"),
    ("page", "https://a.test/"),
    ("image_master", "https://a.test/1.jpg"),
)


def record(*blocks: str, pictures: str = PICTURES, number: str = "1") -> str:
    return f"""<lido><lidoRecID lido:type="local">rec-{number}</lidoRecID>{"".join(blocks)}
      <administrativeMetadata xml:lang="de">
      <rightsWorkWrap><rightsWorkSet><creditLine>© Museum
      </creditLine></rightsWorkSet></rightsWorkWrap><recordWrap><recordID>r{number}</recordID>
      </recordWrap><resourceWrap><resourceSet>{pictures}<rightsResource><rightsType>
      <conceptID lido:type="URI">https://creativecommons.org/licenses/by/4.0/</conceptID>
      <term>CC BY</term>
      </rightsType></rightsResource></resourceSet></resourceWrap></administrativeMetadata>
      </lido>"""


def wrap(*records: str, prolog: str = "") -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{prolog}<lidoWrap {NAMESPACE}>{"".join(records)}</lidoWrap>'
    )


LIEBERMANN = actor(
    "Liebermann, Max", life=("1847-07-20", "1935-02-08"),
    more='<actorID lido:source="ULAN">http://vocab.getty.edu/ulan/500013798</actorID>',
)  # fmt: skip
MAKING = event("Herstellung", LIEBERMANN, date=date("1889", "1891", "um 1890"), medium="Öl auf Leinwand")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "records.xml"


def read(path: Path, text: str) -> list[Work | Skip]:
    path.write_text(text, encoding="utf-8")
    layout = recognise(path)
    assert layout.name == "lido"
    return list(layout.read())


def read_one(path: Path, *events: str) -> Work:
    (work,) = read(path, wrap(record(block(*events))))
    assert isinstance(work, Work)
    return work


def test_what_a_record_says(path: Path) -> None:
    assert read(path, wrap(record(block(MAKING)))) == [
        Work(
            None,
            artist="Max Liebermann",
            title="Stilleben",
            year=1890,
            year_from=1889,
            year_to=1891,
            licence="https://creativecommons.org/licenses/by/4.0/",
            medium="Öl auf Leinwand",
            classification="Gemälde",
            artist_ids="ulan:500013798",
            artist_dates="1847-1935",
            address="https://a.test/1.jpg",
            source="Städtische Galerie",
            source_id="G 12",
        )
    ]
    assert recognise(path.parent).name == "lido"


@pytest.mark.parametrize(
    ("name", "stated", "artist", "qualifier"),
    [
        ("Cranach, Lucas d. Ä.", "Werkstatt", "Lucas Cranach d. Ä.", "workshop of"),
        ("Rubens, Peter Paul", "nach", "Peter Paul Rubens", "after"),
        ("Elsheimer, Adam", "zugeschrieben", "Adam Elsheimer", "attributed to"),
        ("Elsheimer, Adam", "eigenhändig", "Adam Elsheimer", None),
        ("Hals, Frans (Umkreis)", "", "Frans Hals", "circle of"),
        ("Bosch, Jheronimus", "follower of", "Jheronimus Bosch", "follower of"),
        ("Unbekannt", "", None, None),
    ],
)
def test_qualifiers(path: Path, name: str, stated: str, artist: str | None, qualifier: str | None) -> None:
    work = read_one(path, event("Herstellung", actor(name, qualifier=stated)))
    assert (work.artist, work.qualifier) == (artist, qualifier)


@pytest.mark.parametrize(
    ("told", "years"),
    [
        (date("1850", "1860"), (1850, 1850, 1860)),
        (date("1600", "1699", "17. Jahrhundert"), (None, 1600, 1699)),
        (date("1507-03-01", "1507-03-31"), (1507, 1507, 1507)),
        ("<displayDate>1923</displayDate>", (1923, 1923, 1923)),
        ("", (None, None, None)),
    ],
)
def test_dates(path: Path, told: str, years: tuple[int | None, ...]) -> None:
    work = read_one(path, event("Production", LIEBERMANN, date=told))
    assert (work.year, work.year_from, work.year_to) == years


def test_who_did_not_make_it_is_no_artist(path: Path) -> None:
    bought = event("Erwerb", actor("Bode, Wilhelm von", role="Käufer"), date=date("1901", "1901"))
    printed = event(
        "Herstellung", actor("Felsing, Otto", role="Drucker"), actor("Kollwitz, Käthe", role="Künstler")
    )
    work = read_one(path, bought, printed)
    assert (work.artist, work.year) == ("Käthe Kollwitz", None)


def test_several_makers_are_one_entry(path: Path) -> None:
    work = read_one(path, event("Creation", actor("Brueghel, Jan"), actor("Rubens, Peter Paul")))
    assert work.artist == "Jan Brueghel|Peter Paul Rubens"


def test_english_goes_before_other_languages_and_preferred_before_alternate(path: Path) -> None:
    english = block(
        MAKING,
        title=value("Old", lido_pref="alternate") + value("Still life", lido_pref="preferred"),
        language="en",
    )
    (work,) = read(path, wrap(record(block(MAKING), english)))
    assert isinstance(work, Work)
    assert (work.title, work.artist) == ("Still life", "Max Liebermann")


def test_pictures_beside_the_records(path: Path) -> None:
    (path.parent / "img").mkdir()
    (path.parent / "img/1.jpg").write_bytes(b"")
    (path.parent / "notes.txt").write_bytes(b"")
    texts = [
        record(block(), pictures=links(("x", place)))
        for place in ("img/1.jpg", "img/2.jpg", "https://a.test/")
    ]
    read(path, wrap(*texts))
    work, *skips = recognise(path.parent).read()
    assert isinstance(work, Work)
    assert work.path == path.parent / "img/1.jpg"
    assert [(Path(skip.path).name, skip.reason) for skip in skips if isinstance(skip, Skip)] == [
        ("records.xml:record 2", "expected a file, found none at img/2.jpg"),
        ("records.xml:record 3", "expected the address of a picture, found none"),
        ("notes.txt", "expected a record or a picture that one names, found another file"),
    ]


def test_elements_may_have_a_prefix(path: Path) -> None:
    plain = wrap(record(block(MAKING)))
    head, _, rest = plain.partition("?>")
    assert read(path, f"{head}?>" + re.sub(r"<(/?)(?=\w)", r"<\1lido:", rest)) == read(path, plain)


def test_files_of_one_record_each_in_folders(tmp_path: Path) -> None:
    for number in range(3):
        path = tmp_path / str(number) / f"{number}.xml"
        path.parent.mkdir()
        text = record(block(MAKING, number=f"N {number}")).replace("<lido>", f"<lido {NAMESPACE}>")
        path.write_text(text, encoding="utf-8")
    works = list(recognise(tmp_path).read())
    assert [work.source_id for work in works if isinstance(work, Work)] == ["N 0", "N 1", "N 2"]


def test_records_in_the_answer_of_a_service(path: Path) -> None:
    text = wrap(record(block(MAKING))).replace(
        "<lidoWrap", "<OAI-PMH><ListRecords><record><metadata><lidoWrap"
    )
    text = text.replace("</lidoWrap>", "</lidoWrap></metadata></record></ListRecords></OAI-PMH>")
    assert [type(entry) for entry in read(path, text)] == [Work]


def test_nothing_that_a_document_names_is_followed(path: Path) -> None:
    (path.parent / "secret.txt").write_text("secret")
    prolog = (
        f'<!DOCTYPE lido [<!ENTITY file SYSTEM "{(path.parent / "secret.txt").as_uri()}">'
        '<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    )
    found = read(path, wrap(record(block(MAKING, title=value("x &file; &b;"))), prolog=prolog))
    assert "secret" not in str(found)
    assert "aaaaaaaaaa" not in str(found)


def test_a_file_that_is_cut_off_keeps_what_came_before(path: Path) -> None:
    text = wrap(record(block(MAKING)), record(block(MAKING)))
    work, skip = read(path, text[: len(text) - 300])
    assert isinstance(work, Work)
    assert isinstance(skip, Skip)
    assert skip.path == f"{path}:record 2"


def test_xml_without_records_is_another_layout(path: Path) -> None:
    path.write_text("<a><b/></a>")
    with pytest.raises(SourceError):
        lido.Lido.fit(path, is_forced=False)
    path.write_text("<a><b>")
    with pytest.raises(SourceError, match=r"records\.xml: expected XML with records of LIDO"):
        recognise(path, "lido")
