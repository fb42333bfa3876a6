"""Variations: single records, pages of answers, folders, other languages and other kinds of exports."""

from __future__ import annotations

import json
from typing import Any

from collection.sources.museums.records_of_america import AICR, _cle, _harvard, _smk
from collection.sources.museums.records_of_america import CASES as AMERICA
from collection.sources.museums.writing import J, rows

# fmt: off

CASES: dict[str, Any] = {}
HARVARD = AMERICA["harvard"][1][0]

CASES["met-single"]=({"436535.json": J(json.loads(AMERICA["met-api"][0]["objects.json"])[0])},
    AMERICA["met-api"][1][:1])

CASES["harvard-single"]=({"o.json": J(_harvard())}, AMERICA["harvard"][1][:1])

CASES["aic-single"]=({"o.json": J({"data": AICR[0], "info": {"license_text": "x",
    "license_links": ["https://c"], "version": "1"}, "config":
    {"iiif_url": "https://www.artic.edu/iiif/2", "website_url": "x"}})}, AMERICA["aic"][1][:1])

# of a search for some fields alone, without the address of the record
CASES["aic-fields"]=({"o.json": J({"pagination": {"total": 1}, "data": [{"id": 7, "title": "Nighthawks",
    "artist_display": "Edward Hopper\nAmerican, 1882-1967", "date_display": "1942", "image_id": "abc-1"}],
    "config": {"iiif_url": "https://i.test/iiif/2/", "website_url": "x"}})},
  [("Edward Hopper", None, "1882-1967", "Nighthawks", 1942, None, None, "https://i.test/iiif/2/abc-1/info.json")])

CASES["cleveland-single"]=({"o.json": J({"data": _cle()})}, AMERICA["cleveland"][1][:1])

CASES["pages"]=({"page1.json": J({"info": {}, "records": [_harvard()]}), "page2.json": J({"info": {},
    "records": [_harvard(objectid=2, title="B"), _harvard(objectid=3, title="C")]})},
  [HARVARD, (*HARVARD[:3], "B", *HARVARD[4:]), (*HARVARD[:3], "C", *HARVARD[4:])])

CASES["smk-folder"]=({"a/1.json": J({"offset": 0, "rows": 1, "found": 1, "items": [_smk()]}), "b/2.json":
    J({"offset": 0, "rows": 1, "found": 1, "items": [_smk()]})}, [AMERICA["smk"][1][0]] * 2)

CASES["va-object"]=({"O1.json": J({"meta": {"version": "2.1",
    "images": {"_primary_thumbnail": "https://img.test/c/2006AN1/full/!100,100/0/default.jpg",
    "_iiif_image": "https://img.test/c/2006AN1/", "imageResolution": "high"}},
    "record": {"systemNumber": "O1", "accessionNumber": "FA.33", "objectType": "Oil painting",
    "titles": [{"title": "Salisbury Cathedral", "type": ""}], "summaryDescription": "x",
    "artistMakerPerson": [{"name": {"text": "Constable, John (RA)", "id": "A8290"},
    "association": {"text": "artist", "id": "AAT"}, "note": ""}], "artistMakerOrganisations": [],
    "artistMakerPeople": [], "materials": [{"text": "oil paint", "id": "x"}],
    "techniques": [{"text": "oil painting", "id": "y"}], "materialsAndTechniques": "oil on canvas",
    "placesOfOrigin": [{"place": {"text": "England", "id": "x"}}],
    "productionDates": [{"date": {"text": "1823", "earliest": "1823-01-01", "latest": "1823-12-31"},
    "association": {"text": "", "id": ""}, "note": ""}], "images": ["2006AN1"], "imageResolution": "high",
    "galleryLocations": [{"current": {"text": "PNT", "id": "x"}}]}})},
  [("John Constable", None, None, "Salisbury Cathedral", 1823, "oil on canvas", None,
      "https://img.test/c/2006AN1/info.json")])

CASES["wd-painter"]=({"q.csv": rows(["painting", "paintingLabel", "painter", "painterLabel", "img",
    "date", "movementLabel", "genreLabel", "collectionLabel", "inventory_number"],
    ["http://www.wikidata.org/entity/Q1", "Irises", "http://www.wikidata.org/entity/Q5582",
    "Vincent van Gogh", "http://commons.wikimedia.org/wiki/Special:FilePath/I.jpg",
    "1889-05-01T00:00:00Z", "Post-Impressionism", "still life", "Getty Center", "90.PA.20"])},
  [("Vincent van Gogh", None, None, "Irises", 1889, None, None,
      "http://commons.wikimedia.org/wiki/Special:FilePath/I.jpg")])

CASES["barnes"]=({"o.json": J([{"id": 5211, "title": "Pauline", "people": "Henri Matisse",
    "culture": "French", "nationality": "French", "birthDate": "1869", "deathDate": "1954",
    "displayDate": "c. 1920", "beginDate": 1918, "endDate": 1922, "medium": "Oil on canvas",
    "dimensions": "x", "creditLine": "x", "invno": "BF1", "imageUrl": "https://img.test/5211_x_b.jpg",
    "artistPrefix": None, "artistSuffix": None, "classification": "Paintings",
    "copyright": "Public Domain"}])},
  [("Henri Matisse", None, "1869-1954", "Pauline", 1920, "Oil on canvas", "Public Domain",
      "https://img.test/5211_x_b.jpg")])

CASES["plain-artists"]=({"o.json": J({"results": [{"artworkTitle": "Rain", "artists": ["Paul Klee",
    "after Juan Gris"], "dateText": "1920s", "mediumText": "Oil",
    "thumbnails": {"small": "https://img.test/s.jpg", "large": "https://img.test/l.jpg"},
    "copyrightNotice": "© X"}]})},
  [("Paul Klee|Juan Gris","after",None,"Rain",1920,"Oil","© X","https://img.test/l.jpg")])

CASES["getty-csv"]=({"o.csv": rows(["Object Number", "Title", "Artist/Maker", "Culture", "Date", "Medium",
    "Classification", "Object Type", "Rights Statement", "Primary Image URL", "Object URL"], ["90.PA.20",
    "Irises", "Vincent van Gogh (Dutch, 1853 - 1890)", "Dutch", "1889", "Oil on canvas", "Painting",
    "Painting", "No Copyright", "https://img.test/1.jpg", "https://page"], ["1", "X",
    "Workshop of Titian (Tiziano Vecellio) (Italian, about 1487 - 1576)", "Italian", "about 1530", "Oil",
    "P", "P", "NC", "https://img.test/2.jpg", "https://p"])},
  [("Vincent van Gogh", None, "1853-1890", "Irises", 1889, "Oil on canvas", "No Copyright",
      "https://img.test/1.jpg"), ("Titian (Tiziano Vecellio)", "workshop of", "about 1487-1576", "X",
      1530, "Oil", "NC", "https://img.test/2.jpg")])

CASES["staedel"]=({"o.json": J([{"inventarnummer": "1157", "titel": {"de": "Goethe",
    "en": "Goethe in the Roman Campagna"}, "kuenstler": [{"name": "Johann Heinrich Wilhelm Tischbein",
    "rolle": "Maler", "geburtsjahr": "1751", "todesjahr": "1829"}, {"name": "Adele von Rothschild",
    "rolle": "Schenkerin"}], "datierung": "1787", "material_technik": "Öl auf Leinwand",
    "objektart": "Gemälde", "bild": {"url": "https://img.test/1157.jpg", "rechte": "CC BY-SA 4.0"},
    "url": "https://sammlung/1157"}, {"inventarnummer": "2", "titel": {"de": "Bild"},
    "kuenstler": [{"name": "Lucas Cranach d. Ä.", "rolle": "Werkstatt"}], "datierung": "um 1530",
    "bild": {"url": "https://img.test/2.jpg"}}])},
  [("Johann Heinrich Wilhelm Tischbein", None, "1751-1829", "Goethe in the Roman Campagna", 1787,
      "Öl auf Leinwand", "CC BY-SA 4.0", "https://img.test/1157.jpg"), ("Lucas Cranach d. Ä.",
      "workshop of", None, "Bild", 1530, None, None, "https://img.test/2.jpg")])

CASES["keyed"]=({"o.json": J({"1": {"title": "A", "artist": "Paul Klee",
    "image_url": "https://img.test/1.jpg", "year": 1920}, "2": {"title": "B", "artist": "Juan Gris",
    "image_url": "https://img.test/2.jpg", "year": 1921}})},
  [("Paul Klee", None, None, "A", 1920, None, None, "https://img.test/1.jpg"), ("Juan Gris", None, None,
      "B", 1921, None, None, "https://img.test/2.jpg")])

CASES["czech"]=({"o.csv": rows(["Inventární číslo", "Autor", "Název", "Datace", "Technika", "Licence",
    "Obrázek URL"], ["O 1", "Mucha, Alfons (1860-1939)", "Slavie", "1908", "olej, plátno", "CC0",
    "https://img.test/1.jpg"], ["O 2", "neznámý autor", "Krajina", "19. století", "olej", "CC0",
    "https://img.test/2.jpg"], ["O 3", "Rembrandt, dílna", "Hlava", "kolem 1650", "olej", "CC0",
    "https://img.test/3.jpg"]) },
  [("Alfons Mucha", None, "1860-1939", "Slavie", 1908, "olej, plátno", "CC0", "https://img.test/1.jpg"),
      (None, None, None, "Krajina", None, "olej", "CC0", "https://img.test/2.jpg"), ("Rembrandt",
      "workshop of", None, "Hlava", 1650, "olej", "CC0", "https://img.test/3.jpg")])

CASES["multi-url"]=({"o.csv": rows(["objectId", "title", "creator", "year", "image_urls", "page_url"],
    ["1", "A", "Paul Klee", "1920", "https://img.test/1.jpg|https://img.test/1b.jpg", "https://p/1"])},
  [("Paul Klee",None,None,"A",1920,None,None,"https://img.test/1.jpg")])
