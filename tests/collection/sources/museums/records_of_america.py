"""Records as American museums, the Rijksmuseum and SMK publish them, with values of their own."""

from __future__ import annotations

from typing import Any

from collection.sources.museums.writing import IMG, J, rows

# fmt: off

CASES: dict[str, Any] = {}

CASES["met-api"] = (
  {"objects.json": J([
    {"objectID": 436535, "isHighlight": True, "accessionNumber": "1993.132", "accessionYear": "1993",
        "isPublicDomain": True,
     "primaryImage": f"{IMG}/DT1567.jpg", "primaryImageSmall": f"{IMG}/web-large/DT1567.jpg",
         "additionalImages": [f"{IMG}/a.jpg"],
     "constituents": [{"constituentID": 161947, "role": "Artist", "name": "Vincent van Gogh",
         "constituentULAN_URL": "http://vocab.getty.edu/page/ulan/500115588", "constituentWikidata_URL":
         "https://www.wikidata.org/wiki/Q5582", "gender": ""}],
     "department": "European Paintings", "objectName": "Painting", "title": "Wheat Field with Cypresses",
         "culture": "", "period": "",
     "artistRole": "Artist", "artistPrefix": "", "artistDisplayName": "Vincent van Gogh",
         "artistDisplayBio": "Dutch, Zundert 1853–1890 Auvers-sur-Oise", "artistSuffix": "",
         "artistAlphaSort": "Gogh, Vincent van", "artistNationality": "Dutch", "artistBeginDate": "1853",
         "artistEndDate": "1890", "artistGender": "", "artistWikidata_URL":
         "https://www.wikidata.org/wiki/Q5582", "artistULAN_URL":
         "http://vocab.getty.edu/page/ulan/500115588",
     "objectDate": "1889", "objectBeginDate": 1889, "objectEndDate": 1889, "medium": "Oil on canvas",
         "dimensions": "73 x 93 cm", "classification": "Paintings", "rightsAndReproduction": "",
         "linkResource": "", "repository": "Metropolitan Museum of Art, New York, NY", "objectURL":
         "https://www.metmuseum.org/art/collection/search/436535", "tags": [{"term": "Landscapes",
         "AAT_URL": "http://x", "Wikidata_URL": "http://y"}]},
    {"objectID": 436944, "accessionNumber": "14.40.600", "isPublicDomain": True, "primaryImage":
        f"{IMG}/DP2.jpg", "primaryImageSmall": f"{IMG}/s/DP2.jpg", "additionalImages": [],
     "constituents": [{"constituentID": 1, "role": "Artist", "name": "Hans Memling",
         "constituentULAN_URL": "", "constituentWikidata_URL": "", "gender": ""}],
     "title": "Portrait of a Man", "artistRole": "Artist", "artistPrefix": "Workshop of",
         "artistDisplayName": "Hans Memling", "artistDisplayBio":
         "Netherlandish, Seligenstadt, active by 1465–died 1494 Bruges", "artistSuffix": "",
         "artistBeginDate": "1435", "artistEndDate": "1494",
     "objectDate": "ca. 1472–75", "objectBeginDate": 1472, "objectEndDate": 1475, "medium": "Oil on wood",
         "classification": "Paintings", "rightsAndReproduction": "", "objectURL":
         "https://www.metmuseum.org/art/collection/search/436944", "tags": None},
    {"objectID": 3, "accessionNumber": "X", "isPublicDomain": True, "primaryImage": f"{IMG}/3.jpg",
        "primaryImageSmall": "", "constituents": None,
     "title": "Dish", "artistRole": "", "artistPrefix": "", "artistDisplayName": "", "artistBeginDate":
         "", "artistEndDate": "", "objectDate": "17th century", "objectBeginDate": 1600, "objectEndDate":
         1699, "medium": "Lacquer", "classification": "Lacquer", "rightsAndReproduction": "© X",
         "objectURL": "https://www.metmuseum.org/art/collection/search/3"},
  ])},
  [("Vincent van Gogh", None, "1853-1890", "Wheat Field with Cypresses", 1889, "Oil on canvas", None,
      f"{IMG}/DT1567.jpg"),
   ("Hans Memling", "workshop of", "1435-1494", "Portrait of a Man", 1472, "Oil on wood", None,
       f"{IMG}/DP2.jpg"),
   (None, None, None, "Dish", None, "Lacquer", "© X", f"{IMG}/3.jpg")])


CASES["moma-csv"] = (
  {"Artworks.csv": rows(
  ["Title", "Artist", "ConstituentID", "ArtistBio", "Nationality", "BeginDate", "EndDate", "Gender",
      "Date", "Medium", "Dimensions", "CreditLine", "AccessionNumber", "Classification", "Department",
      "DateAcquired", "Cataloged", "ObjectID", "URL", "ImageURL", "OnView", "Height (cm)", "Width (cm)"],
  ["Bridge Project, Elevation", "Otto Wagner", "6210", "(Austrian, 1841–1918)", "(Austrian)", "(1841)",
      "(1918)", "(male)", "1896", "Ink and cut-and-pasted painted pages on paper", "19 1/8 x 66 1/2\"",
      "Gift", "885.1996", "Architecture", "Architecture & Design", "1996-04-09", "Y", "2",
      "http://www.moma.org/collection/works/2",
      "https://www.moma.org/media/W1siZiIsIjIx.jpg?sha=137b8455b1ec6167", "", "48.6", "168.9"],
  ["The Manhattan Transcripts, \"Episode 1\"", "Lilly Reich, Ludwig Mies van der Rohe", "8059, 7166",
      "(German, 1885–1947) (American, born Germany. 1886–1969)", "(German) (American)", "(1885) (1886)",
      "(1947) (1969)", "(female) (male)", "c. 1929-30", "Gelatin\nsilver print", "", "", "1.1",
      "Photography", "Photography", "1995-01-17", "Y", "3", "http://www.moma.org/collection/works/3",
      "https://www.moma.org/media/3.jpg?sha=x", "", "", ""],
  ["Untitled", "Unknown photographer", "8595", "", "", "(0)", "(0)", "", "", "Albumen silver print", "",
      "", "3.2", "Photography", "Photography", "", "Y", "4", "http://www.moma.org/collection/works/4",
      "https://www.moma.org/media/4.jpg", "", "", ""],
  ["Letter", "Christopher Wool, Jr.", "5", "(American, born 1955)", "(American)", "(1955)", "(0)",
      "(male)", "Unknown", "Oil", "", "", "3.9", "Painting", "Painting & Sculpture", "", "Y", "5",
      "http://www.moma.org/collection/works/5", "https://www.moma.org/media/5.jpg", "", "", ""],
  )},
  [("Otto Wagner", None, "1841-1918", "Bridge Project, Elevation", 1896,
      "Ink and cut-and-pasted painted pages on paper", None,
      "https://www.moma.org/media/W1siZiIsIjIx.jpg?sha=137b8455b1ec6167"),
   ("Lilly Reich|Ludwig Mies van der Rohe", None, "1885-1947|1886-1969",
       'The Manhattan Transcripts, "Episode 1"', 1929, "Gelatin silver print", None,
       "https://www.moma.org/media/3.jpg?sha=x"),
   (None, None, None, "Untitled", None, "Albumen silver print", None, "https://www.moma.org/media/4.jpg"),
   ("Christopher Wool Jr.", None, "born 1955", "Letter", None, "Oil", None,
       "https://www.moma.org/media/5.jpg")])


CASES["moma-json"] = (
  {"Artworks.json": J([
   {"Title": "Ferdinandsbrücke Project", "Artist": ["Otto Wagner"], "ConstituentID": [6210], "ArtistBio":
       ["Austrian, 1841–1918"], "Nationality": ["Austrian"], "BeginDate": [1841], "EndDate": [1918],
       "Gender": ["male"], "Date": "1896", "Medium": "Ink", "Dimensions": "x", "CreditLine": "",
       "AccessionNumber": "885.1996", "Classification": "Architecture", "Department": "A", "DateAcquired":
       "1996-04-09", "Cataloged": "Y", "ObjectID": 2, "URL": "http://www.moma.org/collection/works/2",
       "ImageURL": f"{IMG}/2.jpg", "OnView": "", "Height (cm)": 48.6},
   {"Title": "City of the Captive Globe", "Artist": ["Madelon Vriesendorp", "Rem Koolhaas"],
       "ConstituentID": [1, 2], "ArtistBio": ["Dutch, born 1945", "Dutch, born 1944"], "Nationality":
       ["Dutch", "Dutch"], "BeginDate": [1945, 1944], "EndDate": [0, 0], "Gender": ["f", "m"], "Date":
       "1975–1976", "Medium": "Gouache", "AccessionNumber": "1", "Classification": "Architecture",
       "ObjectID": 3, "URL": "http://www.moma.org/collection/works/3", "ImageURL": f"{IMG}/3.jpg"},
   {"Title": "Untitled", "Artist": [], "ConstituentID": [], "ArtistBio": [], "Nationality": [],
       "BeginDate": [], "EndDate": [], "Gender": [], "Date": "(n.d.)", "Medium": None, "AccessionNumber":
       "2", "Classification": "Print", "ObjectID": 4, "URL": "http://www.moma.org/collection/works/4",
       "ImageURL": f"{IMG}/4.jpg"}])},
  [("Otto Wagner", None, "1841-1918", "Ferdinandsbrücke Project", 1896, "Ink", None, f"{IMG}/2.jpg"),
   ("Madelon Vriesendorp|Rem Koolhaas", None, "born 1945|born 1944", "City of the Captive Globe", 1975,
       "Gouache", None, f"{IMG}/3.jpg"),
   (None, None, None, "Untitled", None, None, None, f"{IMG}/4.jpg")])


def _cle(**values: Any) -> dict[str, Any]:
    base = {"id": 94979, "accession_number": "1915.534", "share_license_status": "CC0", "tombstone":
        "Nathaniel Hurd, c. 1765. John Singleton Copley", "current_location": "204", "title":
        "Nathaniel Hurd", "title_in_original_language": None, "series": None, "creation_date": "c. 1765",
        "creation_date_earliest": 1760, "creation_date_latest": 1770, "artists_tags": ["male"], "culture":
        ["America"], "technique": "oil on canvas", "support_materials": [], "department": "American",
        "collection": "American - Painting", "type": "Painting", "measurements": "x", "dimensions":
        {"framed": {"height": 0.9}}, "copyright": None, "inscriptions": [], "exhibitions": {"current":
        [{"id": 1, "title": "Year in Review"}], "legacy": ["x"]}, "provenance": [{"description":
        "The sitter", "citations": [], "footnotes": None, "date": "1765-1777"}], "find_spot": None,
        "related_works": [{"id": 5, "description": "Sketch", "relationship": "x"}], "description":
        "<p>A <em>portrait</em>.</p>", "external_resources": {"wikidata":
        ["https://www.wikidata.org/wiki/Q1"]}, "citations": [{"citation": "x", "page_number": "1", "url":
        None}], "url": "https://clevelandart.org/art/1915.534", "creators": [{"id": 1, "description":
        "John Singleton Copley (American, 1738–1815)", "role": "artist", "biography": None, "qualifier":
        None, "extent": None, "birth_year": "1738", "death_year": "1815"}], "images": {"annotation": None,
        "web": {"url": f"{IMG}/1_web.jpg", "width": "893", "height": "900", "filesize": "1", "filename":
        "1_web.jpg"}, "print": {"url": f"{IMG}/1_print.jpg"}, "full": {"url": f"{IMG}/1_full.tif"}},
        "alternate_images": [{"date_created": "2011", "annotation": "x", "web": {"url":
        f"{IMG}/alt_web.jpg"}}], "creditline": "x", "updated_at": "2024-01-01"}
    return base | values

CASES["cleveland"] = (
  {"art.json": J({"info": {"total": 3, "parameters": {"limit": 3}}, "data": [
    _cle(),
    _cle(id=2, title="The Holy Family", creation_date="early 1600s", creation_date_earliest=1600,
        creation_date_latest=1633, share_license_status="Copyrighted", creators=[{"id": 2, "description":
        "Peter Paul Rubens (Flemish, 1577–1640)", "role": "artist", "qualifier": "workshop of", "extent":
        None, "birth_year": "1577", "death_year": "1640"}, {"id": 3, "description":
        "Jan Brueghel (Flemish, 1568–1625)", "role": "artist", "qualifier": None, "birth_year": "1568",
        "death_year": "1625"}]),
    _cle(id=3, title="Vessel", creation_date="c. 500 BCE", creation_date_earliest=-505,
        creation_date_latest=-495, creators=[]),
  ]})},
  [("John Singleton Copley", None, "1738-1815", "Nathaniel Hurd", 1765, "oil on canvas", "CC0",
      f"{IMG}/1_web.jpg"),
   ("Peter Paul Rubens|Jan Brueghel", "workshop of", "1577-1640|1568-1625", "The Holy Family", None,
       "oil on canvas", "Copyrighted", f"{IMG}/1_web.jpg"),
   (None, None, None, "Vessel", None, "oil on canvas", "CC0", f"{IMG}/1_web.jpg")])


CASES["cleveland-csv"] = (
  {"data.csv": rows(
  ["id", "accession_number", "share_license_status", "tombstone", "current_location", "title",
      "title_in_original_language", "series", "series_in_original_language", "creation_date",
      "creation_date_earliest", "creation_date_latest", "artists_tags", "creators", "culture",
      "technique", "support_materials", "department", "collection", "type", "measurements", "copyright",
      "description", "url", "image_web", "image_print", "image_full"],
  ["94979", "1915.534", "CC0", "Nathaniel Hurd, c. 1765", "", "Nathaniel Hurd", "", "", "", "c. 1765",
      "1760", "1770", "male", "John Singleton Copley (American, 1738–1815), artist",
      "America, 18th century", "oil on canvas", "", "American", "American - Painting", "Painting", "x",
      "", "x", "https://clevelandart.org/art/1915.534", "https://img.test/1_web.jpg",
      "https://img.test/1_print.jpg", "https://img.test/1_full.tif"],
  ["2", "1916.1", "CC0", "x", "", "Saint Jerome", "", "", "", "c. 1500–1510", "1500", "1510", "",
      "Albrecht Dürer (German, 1471–1528), after; Marcantonio Raimondi (Italian, 1470/82–1527/34), artist",
      "", "engraving", "", "Prints", "PR", "Print", "x", "", "x", "https://clevelandart.org/art/1916.1",
      "https://img.test/2_web.jpg", "", ""],
  )},
  [("John Singleton Copley", None, "1738-1815", "Nathaniel Hurd", 1765, "oil on canvas", "CC0",
      f"{IMG}/1_web.jpg"),
   ("Albrecht Dürer; Marcantonio Raimondi", "after", "1471-1528", "Saint Jerome", 1500, "engraving",
       "CC0", f"{IMG}/2_web.jpg")])


def _aic(**v: Any) -> dict[str, Any]:
    return {"id": 27992, "api_model": "artworks", "api_link":
        "https://api.artic.edu/api/v1/artworks/27992", "is_boosted": True, "title":
        "A Sunday on La Grande Jatte — 1884", "alt_titles": None, "thumbnail": {"lqip":
        "data:image/gif;base64,R0l", "width": 100, "height": 60, "alt_text": "Painting of people"},
        "main_reference_number": "1926.224", "date_start": 1884, "date_end": 1886, "date_display":
        "1884/86", "date_qualifier_title": "", "artist_display": "Georges Seurat (French, 1859–1891)",
        "place_of_origin": "France", "dimensions": "x", "dimensions_detail": [{"depth": 0,
        "clarification": None}], "medium_display": "Oil on canvas", "credit_line": "x",
        "publication_history": None, "exhibition_history": None, "provenance_text": None,
        "is_public_domain": True, "copyright_notice": None, "artwork_type_title": "Painting", "artist_id":
        40810, "artist_title": "Georges Seurat", "alt_artist_ids": [], "artist_ids": [40810],
        "artist_titles": ["Georges Seurat"], "style_title": "Pointillism", "style_titles":
        ["Pointillism"], "classification_title": "painting", "subject_titles": ["leisure"],
        "material_titles": ["oil paint"], "technique_titles": ["painting"], "theme_titles": ["x"],
        "image_id": "2d484387-2509-5e8e-2c43-22f9981972eb", "alt_image_ids": ["0b0ae2d8"],
        "source_updated_at": "2024-01-01T00:00:00-06:00", "updated_at": "2024"} | v
AIC = [("Georges Seurat", None, "1859-1891", "A Sunday on La Grande Jatte — 1884", 1884, "Oil on canvas",
    None, "https://www.artic.edu/iiif/2/2d484387-2509-5e8e-2c43-22f9981972eb/info.json"),
   ("Rembrandt van Rijn", "workshop of", "1606-1669", "Young Woman", 1645, "Oil on canvas", None,
       "https://www.artic.edu/iiif/2/aaa/info.json"),
   (None, None, None, "Coat", None, "Cotton", None, "https://www.artic.edu/iiif/2/bbb/info.json")]
AICR = [_aic(),
   _aic(id=95998, title="Young Woman", date_start=1645, date_end=1645, date_display="1645",
       artist_display="Workshop of Rembrandt van Rijn\nDutch, 1606-1669",
       artist_title="Rembrandt van Rijn", artist_titles=["Rembrandt van Rijn"], image_id="aaa"),
   _aic(id=5, title="Coat", date_display="19th century", date_start=1801, date_end=1900,
       artist_display="Artist unknown\nChina", artist_title=None, artist_titles=[], artist_ids=[],
       artist_id=None, medium_display="Cotton", image_id="bbb")]

CASES["aic"] = ({"artworks.json": J({"pagination": {"total": 3, "limit": 3}, "data": AICR, "info":
    {"license_text": "CC0", "license_links": ["https://creativecommons.org/publicdomain/zero/1.0/"],
    "version": "1.10"}, "config": {"iiif_url": "https://www.artic.edu/iiif/2", "website_url":
    "http://www.artic.edu"}})}, AIC)

CASES["aic-dump"] = ({"all.jsonl": "\n".join(J(r) for r in AICR)}, AIC)


def _harvard(**v: Any) -> dict[str, Any]:
    return {"copyright": None, "contextualtextcount": 0, "creditline": "x", "accesslevel": 1,
        "dateoflastpageview": "2024-01-01", "classificationid": 26, "division": "European", "markscount":
        0, "century": "17th century", "description": None, "contact": "x", "id": 299843, "objectid":
        299843, "objectnumber": "1943.1", "dated": "c. 1650", "datebegin": 1645, "dateend": 1655,
        "medium": "Oil on canvas", "technique": None, "title": "Old Man", "titlescount": 1,
        "classification": "Paintings", "culture": "Dutch", "department": "x", "url":
        "https://harvardartmuseums.org/collections/object/299843", "worktypes": [{"worktypeid": "241",
        "worktype": "painting"}], "verificationlevel": 4, "imagepermissionlevel": 0, "rank": 1,
        "peoplecount": 1, "people": [{"role": "Artist", "birthplace": "Leiden", "gender": "male",
        "displaydate": "1606 - 1669", "prefix": "Workshop of", "culture": "Dutch", "displayname":
        "Workshop of Rembrandt Harmensz. van Rijn"[12:], "alphasort": "Rijn, Rembrandt Harmensz. van",
        "name": "Rembrandt Harmensz. van Rijn", "personid": 1, "deathplace": "Amsterdam", "displayorder":
        1}], "primaryimageurl": f"{IMG}/h1", "imagecount": 2, "images": [{"date": "2001-05-01",
        "copyright": "President and Fellows of Harvard College", "imageid": 1, "idsid": 2, "format":
        "image/jpeg", "description": None, "technique": None, "renditionnumber": "1", "displayorder": 1,
        "baseimageurl": f"{IMG}/h1", "alttext": None, "width": 1, "height": 1, "iiifbaseuri":
        f"{IMG}/iiif/h1", "publiccaption": None}], "seeAlso": [{"id":
        "https://iiif.harvardartmuseums.org/manifests/object/299843", "type": "sc:Manifest", "format":
        "application/json"}], "terms": {"century": [{"id": 1, "name": "17th century"}]}, "colors":
        [{"color": "#000", "percent": 1.0}]} | v

CASES["harvard"] = ({"object.json": J({"info": {"totalrecordsperquery": 3, "pages": 1, "next":
    "https://x"}, "records": [
   _harvard(),
   _harvard(objectid=2, title="Self-Portrait Dedicated to Paul Gauguin", dated="1888", datebegin=1888,
       dateend=1888, people=[{"role": "Artist", "displaydate": "1853 - 1890", "prefix": None, "culture":
       "Dutch", "displayname": "Vincent van Gogh", "name": "Vincent van Gogh", "alphasort":
       "Gogh, Vincent van", "personid": 2, "displayorder": 1}, {"role": "Sitter", "displaydate": "",
       "prefix": None, "displayname": "Paul Gauguin", "name": "Paul Gauguin"}], images=[],
       primaryimageurl=f"{IMG}/h2"),
   _harvard(objectid=3, title="Album Leaf", dated=None, datebegin=0, dateend=0, medium=None,
       people=[{"role": "Artist", "displaydate": None, "prefix": None, "displayname":
       "Unidentified Artist", "name": "Unidentified Artist"}], primaryimageurl=f"{IMG}/h3")]})},
  [("Rembrandt Harmensz. van Rijn", "workshop of", "1606-1669", "Old Man", 1650, "Oil on canvas", None,
      f"{IMG}/h1"),
   ("Vincent van Gogh", None, "1853-1890", "Self-Portrait Dedicated to Paul Gauguin", 1888,
       "Oil on canvas", None, f"{IMG}/h2"),
   (None, None, None, "Album Leaf", None, None, None, f"{IMG}/h3")])


def _rijks(number: Any, title: Any, maker: Any, long: Any, **v: Any) -> dict[str, Any]:
    return {"links": {"self": f"http://www.rijksmuseum.nl/api/nl/collection/{number}", "web":
        f"http://www.rijksmuseum.nl/nl/collectie/{number}"}, "id": f"nl-{number}", "objectNumber": number,
        "title": title, "hasImage": True, "principalOrFirstMaker": maker, "longTitle": long, "showImage":
        True, "permitDownload": True, "webImage": {"guid": "aa", "offsetPercentageX": 50,
        "offsetPercentageY": 100, "width": 2500, "height": 2034, "url": f"{IMG}/{number}=s0"},
        "headerImage": {"guid": "bb", "offsetPercentageX": 50, "width": 1920, "height": 460, "url":
        f"{IMG}/h-{number}=s0"}, "productionPlaces": ["Amsterdam"]} | v

CASES["rijks"] = ({"collection.json": J({"elapsedMilliseconds": 0, "count": 3, "countFacets": {"hasimage":
    3, "ondisplay": 1}, "artObjects": [
   _rijks("SK-C-5", "De Nachtwacht", "Rembrandt van Rijn", "De Nachtwacht, Rembrandt van Rijn, 1642"),
   _rijks("SK-A-2", "Kind, met appel", "Hals, Frans (atelier van)",
       "Kind, met appel, Hals, Frans (atelier van), ca. 1625 - ca. 1630"),
   _rijks("RP-3", "Brug", "anoniem", "Brug, anoniem, 1700 - 1800")],
   "facets": [{"facets": [{"key": "anoniem", "value": 10}], "name": "principalMaker", "otherTerms": 1,
       "prettyName": 0}]})},
  [("Rembrandt van Rijn", None, None, "De Nachtwacht", 1642, None, None, f"{IMG}/SK-C-5=s0"),
   ("Frans Hals", "workshop of", None, "Kind, met appel", 1625, None, None, f"{IMG}/SK-A-2=s0"),
   (None, None, None, "Brug", 1700, None, None, f"{IMG}/RP-3=s0")])


def _rijksd(number: Any, **v: Any) -> dict[str, Any]:
    return {"elapsedMilliseconds": 1, "artObject": {"links": {"search":
        "http://www.rijksmuseum.nl/api/nl/collection"}, "id": f"nl-{number}", "priref": "5216",
        "objectNumber": number, "language": "nl", "title": "De Nachtwacht", "copyrightHolder": None,
        "webImage": {"guid": "aa", "width": 1, "height": 1, "url": f"{IMG}/{number}=s0"}, "colors":
        [{"percentage": 79, "hex": "#261808"}], "colorsWithNormalization": [{"originalHex": "#26",
        "normalizedHex": "#00"}], "normalizedColors": [{"percentage": 94, "hex": "#000"}], "titles":
        ["Officieren van wijk II", "Het korporaalschap"], "description": "x", "labelText": None,
        "objectTypes": ["schilderij"], "objectCollection": ["schilderijen"], "makers": [],
        "principalMakers": [{"name": "Rembrandt van Rijn", "unFixedName": "Rijn, Rembrandt van",
        "placeOfBirth": "Leiden", "dateOfBirth": "1606-07-15", "dateOfBirthPrecision": None,
        "dateOfDeath": "1669-10-08", "dateOfDeathPrecision": None, "placeOfDeath": "Amsterdam",
        "occupation": ["prentmaker"], "roles": ["schilder"], "nationality": "Noord-Nederlands",
        "biography": None, "productionPlaces": ["Amsterdam"], "qualification": None}],
        "plaqueDescriptionDutch": "x", "principalMaker": "Rembrandt van Rijn", "artistRole": None,
        "associations": [], "acquisition": {"method": "bruikleen", "date": "1808-01-01T00:00:00",
        "creditLine": "x"}, "exhibitions": [], "materials": ["doek", "olieverf"], "techniques": [],
        "productionPlaces": ["Amsterdam"], "dating": {"presentingDate": "1642", "sortingDate": 1642,
        "period": 17, "yearEarly": 1642, "yearLate": 1642}, "classification": {"iconClassIdentifier":
        ["45(+26)"], "iconClassDescription": ["civic guard"], "motifs": [], "events": [], "periods": [],
        "places": ["Amsterdam"], "people": ["Banninck Cocq, Frans"], "objectNumbers": [number]},
        "hasImage": True, "historicalPersons": ["Frans Banninck Cocq"], "dimensions": [{"unit": "cm",
        "type": "hoogte", "part": None, "value": "379,5"}], "physicalMedium": "olieverf op doek",
        "longTitle": "De Nachtwacht, Rembrandt van Rijn, 1642", "subTitle": "h 379,5cm", "scLabelLine":
        "Rembrandt van Rijn (1606–1669), olieverf op doek, 1642", "label": {"title":
        "De Nachtwacht, 1642", "makerLine": "Rembrandt van Rijn (1606–1669)", "description": "x", "notes":
        "x", "date": "2019-07-05"}, "principalOrFirstMaker": "Rembrandt van Rijn", "showImage": True,
        "location": "HG-2.31"} | v, "artObjectPage": {"id": f"nl-{number}", "similarPages": [], "lang":
        "nl", "tags": [{"name": "x", "count": 1}], "audioFile1": None}}

CASES["rijks-details"] = ({"SK-C-5.json": J(_rijksd("SK-C-5")), "SK-A-3.json": J(_rijksd("SK-A-3",
    title="Stalmeesters", physicalMedium="olieverf op paneel", principalMakers=[{"name": "Frans Hals",
    "unFixedName": "Hals, Frans", "dateOfBirth": "1582", "dateOfDeath": "1666", "roles": ["schilder"],
    "qualification": "atelier van"}], principalMaker="Frans Hals", principalOrFirstMaker="Frans Hals",
    dating={"presentingDate": "ca. 1625 - ca. 1630", "sortingDate": 1625, "period": 17, "yearEarly": 1625,
    "yearLate": 1630}))},
  [("Frans Hals", "workshop of", "1582-1666", "Stalmeesters", 1625, "olieverf op paneel", None,
      f"{IMG}/SK-A-3=s0"),
   ("Rembrandt van Rijn", None, "1606-1669", "De Nachtwacht", 1642, "olieverf op doek", None,
       f"{IMG}/SK-C-5=s0")])


def _smk(**v: Any) -> dict[str, Any]:
    return {"id": "1170007502_object", "created": "2020-03-21T14:40:00Z", "modified":
        "2024-01-01T00:00:00Z", "responsible_department": "x", "acquisition_date": "1911-01-01T00:00:00Z",
        "acquisition_date_precision": "1911", "dimensions": [{"part": "netto", "type": "højde", "unit":
        "millimeter", "value": "1225"}], "materials": ["olie", "lærred"], "medium": ["olie på lærred"],
        "titles": [{"title": "Kunstnerens hustru", "type": "museumstitel", "language": "dansk"}, {"title":
        "The artist's wife", "type": "oversat", "language": "engelsk"}], "production": [{"creator":
        "Hammershøi, Vilhelm", "creator_lref": "3446_person", "creator_forename": "Vilhelm",
        "creator_surname": "Hammershøi", "creator_date_of_birth": "1864-05-15T00:00:00.000Z",
        "creator_date_of_death": "1916-02-13T00:00:00.000Z", "creator_gender": "MALE",
        "creator_nationality": "dansk"}], "production_date": [{"start": "1886-01-01T00:00:00.000Z", "end":
        "1886-12-31T00:00:00.000Z", "period": "1886"}], "object_names": [{"name": "maleri"}],
        "object_number": "KMS3696", "public_domain": True, "rights":
        "https://creativecommons.org/share-your-work/public-domain/cc0/", "image_mime_type": "image/tiff",
        "image_iiif_id": f"{IMG}/iiif/jp2/k.tif.jp2", "image_iiif_info":
        f"{IMG}/iiif/jp2/k.tif.jp2/info.json", "image_width": 8000, "image_height": 9000, "image_size":
        12345, "image_thumbnail": f"{IMG}/iiif/jp2/k.tif.jp2/full/!1024,/0/default.jpg", "image_native":
        f"{IMG}/iiif/jp2/k.tif.jp2/full/full/0/native.jpg", "image_cropped": False, "has_image": True,
        "colors": ["#b2a692"], "suggested_bg_color": ["#fff"], "entropy": 14.1, "frontend_url":
        "https://open.smk.dk/artwork/image/KMS3696", "artist": ["Vilhelm Hammershøi"], "exhibitions":
        [{"exhibition": "Paris", "date_start": "1889-01-01T00:00:00Z", "venue": "x"}], "labels": [{"text":
        "x", "type": "x", "date": "2003-01-01T00:00:00Z"}], "similar_images_url":
        "https://api.smk.dk/api/v1/art/?x"} | v

CASES["smk"] = ({"search.json": J({"offset": 0, "rows": 3, "found": 3, "items": [
   _smk(),
   _smk(id="2", object_number="KMS2", titles=[{"title": "En gammel mand", "language": "dansk"}],
       artist=["Rembrandt"], production=[{"creator": "Rembrandt", "creator_date_of_birth":
       "1606-07-15T00:00:00.000Z", "creator_date_of_death": "1669-10-04T00:00:00.000Z", "creator_role":
       "workshop of"}], production_date=[{"start": "1640-01-01T00:00:00.000Z", "end":
       "1645-12-31T00:00:00.000Z", "period": "1640-1645"}]),
   _smk(id="3", object_number="KKS3", titles=[{"title": "Landskab"}], artist=["Ubekendt"],
       production=[{"creator": "Ubekendt"}], production_date=[{"start": "1600-01-01T00:00:00.000Z", "end":
       "1699-12-31T00:00:00.000Z", "period": "17. årh."}])]})},
  [("Vilhelm Hammershøi", None, "1864-1916", "Kunstnerens hustru", 1886, "olie på lærred",
      "https://creativecommons.org/share-your-work/public-domain/cc0/",
      f"{IMG}/iiif/jp2/k.tif.jp2/full/full/0/native.jpg"),
   ("Rembrandt", "workshop of", "1606-1669", "En gammel mand", 1640, "olie på lærred",
       "https://creativecommons.org/share-your-work/public-domain/cc0/",
       f"{IMG}/iiif/jp2/k.tif.jp2/full/full/0/native.jpg"),
   (None, None, None, "Landskab", None, "olie på lærred",
       "https://creativecommons.org/share-your-work/public-domain/cc0/",
       f"{IMG}/iiif/jp2/k.tif.jp2/full/full/0/native.jpg")])


CASES["carnegie-csv"] = ({"cmoa.csv": rows(
  ["title", "creation_date", "creation_date_earliest", "creation_date_latest", "medium",
      "accession_number", "id", "credit_line", "date_acquired", "department", "physical_location",
      "item_width", "item_height", "item_depth", "item_diameter", "web_url", "provenance_text",
      "classification", "image_url", "artist_id", "party_type", "full_name", "cited_name", "role",
      "nationality", "birth_date", "death_date", "birth_place", "death_place"],
  ["L'Homme Gauche", "1511", "1511-01-01", "1511-01-01", "woodcut", "16.1", "cmoa:things/1", "x",
      "1916-01-01", "Fine Arts", "Not on View", "9", "12", "0", "0", "http://collection.cmoa.org/x", "",
      "prints", "https://img.test/c1.jpg", "cmoa:parties/1", "Person", "Albrecht Dürer",
      "Dürer, Albrecht", "", "German", "1471-05-21", "1528-04-06", "Nuremberg", "Nuremberg"],
  ["Haystacks", "c. 1890-1891", "1890-01-01", "1891-01-01", "oil on canvas", "17.1", "cmoa:things/2", "x",
      "1917-01-01", "Fine Arts", "Gallery 6", "9", "12", "0", "0", "http://collection.cmoa.org/y", "",
      "paintings", "https://img.test/c2.jpg", "cmoa:parties/2|cmoa:parties/3", "Person",
      "Claude Monet|Gustave Geffroy", "Monet, Claude|Geffroy, Gustave", "artist|publisher",
      "French|French", "1840-11-14|1855-06-01", "1926-12-05|1926-04-04", "Paris|Paris", "Giverny|Paris"],
  )},
  [("Albrecht Dürer", None, "1471-1528", "L'Homme Gauche", 1511, "woodcut", None, f"{IMG}/c1.jpg"),
   ("Claude Monet", None, "1840-1926", "Haystacks", 1890, "oil on canvas", None, f"{IMG}/c2.jpg")])

CASES["carnegie-json"] = ({"cmoa.json": J({"things": [
   {"title": "L'Homme Gauche", "creator": [{"artist_id": "cmoa:parties/1", "party_type": "Person",
       "full_name": "Albrecht Dürer", "cited_name": "Dürer, Albrecht", "role": None, "nationality":
       "German", "birth_date": "1471-05-21", "death_date": "1528-04-06", "birth_place": "Nuremberg",
       "death_place": "Nuremberg"}], "creation_date": "1511", "creation_date_earliest": "1511-01-01",
       "creation_date_latest": "1511-01-01", "medium": "woodcut", "accession_number": "16.1", "id":
       "cmoa:things/1", "credit_line": "x", "date_acquired": "1916-01-01", "department": "Fine Arts",
       "physical_location": "Not on View", "item_width": 9, "web_url": "http://collection.cmoa.org/x",
       "provenance_text": "", "classification": "prints", "images": [{"image_url": f"{IMG}/c1.jpg"}]},
   {"title": "Interior", "creator": [{"artist_id": "cmoa:parties/3", "party_type": "Person", "full_name":
       "Rembrandt van Rijn", "cited_name": "Rijn, Rembrandt van", "role": "follower of", "birth_date":
       "1606", "death_date": "1669"}], "creation_date": "n.d.", "creation_date_earliest": None, "medium":
       "oil", "accession_number": "16.2", "id": "cmoa:things/2", "web_url":
       "http://collection.cmoa.org/y", "classification": "paintings", "images": [{"image_url":
       f"{IMG}/c2.jpg"}]}]})},
  [("Albrecht Dürer", None, "1471-1528", "L'Homme Gauche", 1511, "woodcut", None, f"{IMG}/c1.jpg"),
   ("Rembrandt van Rijn", "follower of", "1606-1669", "Interior", None, "oil", None, f"{IMG}/c2.jpg")])


def _mia(n: Any, **v: Any) -> dict[str, Any]:
    return {"accession_number": f"62.{n}", "artist": "Artist: Carl Spitzweg", "catalogue_raissonne": "",
        "classification": "Paintings", "continent": "Europe", "country": "Germany", "creditline": "x",
        "culture": None, "dated": "c. 1853", "department": "European Art", "description": "", "dimension":
        "x", "id": f"http://api.artsmia.org/objects/{n}", "image": "valid", "image_copyright": "",
        "image_height": 4900, "image_width": 4000, "inscription": "", "life_date": "German, 1808-1885",
        "markings": "", "medium": "Oil on canvas", "nationality": "German", "object_name": "Painting",
        "portfolio": "", "provenance": "", "restricted": 0, "rights_type": "Public Domain", "role":
        "Artist", "room": "G357", "see_also": [""], "signed": "", "style": "19th century", "text": "x",
        "title": "Scholar"} | v

CASES["mia"] = ({"529.json": J(_mia(529)), "530.json": J(_mia(530,
    artist="Attributed to Rembrandt Harmensz. van Rijn", life_date="Dutch, 1606–1669", dated="late 1600s",
    title="Lucretia")), "531.json": J(_mia(531, artist="Artist Unknown", life_date="", dated="",
    title="Mask", role="", rights_type="Copyright Protected"))},
  [("Carl Spitzweg", None, "1808-1885", "Scholar", 1853, "Oil on canvas", "Public Domain",
      "https://1.api.artsmia.org/800/529.jpg"),
   ("Rembrandt Harmensz. van Rijn", "attributed to", "1606-1669", "Lucretia", None, "Oil on canvas",
       "Public Domain", "https://1.api.artsmia.org/800/530.jpg"),
   (None, None, None, "Mask", None, "Oil on canvas", "Copyright Protected",
       "https://1.api.artsmia.org/800/531.jpg")])
