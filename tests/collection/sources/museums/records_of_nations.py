"""Records as museums of other countries, DPLA and the Smithsonian publish them, with values of their own."""

from __future__ import annotations

from typing import Any

from collection.sources.museums.writing import IMG, J, rows

# fmt: off

CASES: dict[str, Any] = {}


def _pm(title: Any, authors: Any, **v: Any) -> dict[str, Any]:
    return {"entityUuid": "u", "title": title,
        "absolutePath": "https://parismuseescollections.paris.fr/fr/x", "fieldUrlAlias": "/fr/x",
        "fieldTitreDeMediation": None, "fieldOeuvreAuteurs": authors,
        "fieldVisuels": [{"entity": {"name": "x", "vignette": f"{IMG}/{title}_v.jpg",
        "publicUrl": f"{IMG}/{title}.jpg"}}], "fieldDateProduction": {"startPrecision": None,
        "startYear": 1872, "startMonth": None, "endPrecision": None, "endYear": 1875,
        "century": "19e siècle"}, "fieldOeuvreSiecle": [{"entity": {"name": "19e siècle"}}],
        "fieldOeuvreTypesObjet": [{"entity": {"name": "Peinture"}}],
        "fieldMateriauxTechnique": [{"entity": {"name": "Huile sur toile"}}],
        "fieldOeuvreDescriptionIcono": {"value": "<p>x</p>"},
        "fieldMusee": {"entity": {"name": "Petit Palais"}}, "fieldOeuvreNumInventaire": "PPP1",
        "queryFieldVisuels": {"entities": []}}|v


def _pa(name: Any, role: Any = "Peintre") -> dict[str, Any]:
    return {"entity": {"fieldAuteurAuteur": {"entity": {"name": name,
        "fieldPipDateNaissance": {"startYear": 1840}, "fieldPipDateDeces": {"startYear": 1926}}},
        "fieldAuteurFonction": {"entity": {"name": role}}}}

CASES["paris-musees"]=({"oeuvres.json": J({"data": {"nodeQuery": {"count": 2, "entities": [_pm("Soleil",
    [_pa("Monet, Claude")]), _pm("Vue", [_pa("Anonyme")], fieldDateProduction=None)]}}})},
 [("Claude Monet", None, "1840-1926", "Soleil", 1872, "Huile sur toile", None, f"{IMG}/Soleil.jpg"),
     (None, None, None, "Vue", None, "Huile sur toile", None, f"{IMG}/Vue.jpg")])


def _tp(n: Any, **v: Any) -> dict[str, Any]:
    return {"href": f"https://data.tepapa.govt.nz/collection/object/{n}", "id": n, "pid": f"tepapa:{n}",
        "type": "Object", "collection": "Art", "collectionLabel": "Art", "title": "Darby and Joan",
        "caption": "x", "identifier": "1939-0009-1", "additionalType": ["x"], "production": [{"id": 1,
        "type": "Production", "role": "artist", "contributor": {"href": "https://x", "id": 7,
        "type": "Person", "title": "Charles F. Goldie", "birthDate": "1870-10-20",
        "deathDate": "1947-07-11"}, "createdDate": "1903", "verbatimCreatedDate": "1903",
        "spatial": {"title": "Auckland"}}], "isMadeOfSummary": "oil on canvas",
        "isMadeOf": [{"title": "oil paint"}], "isTypeOf": [{"title": "paintings", "id": 3}],
        "creditLine": "x", "observedDimension": [{"title": "Image: 1x1"}], "hasRepresentation": [{"id": 5,
        "type": "ImageObject", "contentUrl": f"{IMG}/{n}/full", "previewUrl": f"{IMG}/{n}/preview",
        "thumbnailUrl": f"{IMG}/{n}/thumb", "rights": {"title": "No Known Copyright Restrictions",
        "allowsDownload": True}, "width": 1, "mediaType": "image/jpeg"}],
        "_meta": {"created": "2010-01-01", "modified": "2020"}}|v

CASES["te-papa"]=({"search.json": J({"results": [_tp(1), _tp(2, title="Copy",
    production=[{"role": "after", "contributor": {"title": "Rembrandt", "type": "Person"},
    "createdDate": "circa 1850", "verbatimCreatedDate": "circa 1850"}]), _tp(3, title="Bowl",
    production=[{"role": "artist", "contributor": {"title": "Unknown"}, "createdDate": None}])],
    "_metadata": {"resultset": {"count": 3, "from": 0}}})},
 [("Charles F. Goldie", None, "1870-1947", "Darby and Joan", 1903, "oil on canvas",
     "No Known Copyright Restrictions", f"{IMG}/1/full"), ("Rembrandt", "after", None, "Copy", 1850,
     "oil on canvas", "No Known Copyright Restrictions", f"{IMG}/2/full"), (None, None, None, "Bowl",
     None, "oil on canvas", "No Known Copyright Restrictions", f"{IMG}/3/full")])


def _va(n: Any, title: Any, maker: Any, assoc: Any, date: Any) -> dict[str, Any]:
    return {"systemNumber": f"O{n}", "accessionNumber": f"FA.{n}", "objectType": "Oil painting",
        "_currentLocation": {"id": "THES1", "displayName": "Paintings, Room 87", "type": "display",
        "onDisplay": True}, "_primaryTitle": title, "_primaryMaker": {"name": maker,
        "association": assoc}, "_primaryImageId": f"2006AN{n}", "_primaryDate": date,
        "_primaryPlace": "England", "_warningTypes": [],
        "_images": {"_primary_thumbnail": f"{IMG}/collections/2006AN{n}/full/!100,100/0/default.jpg",
        "_iiif_image_base_url": f"{IMG}/collections/2006AN{n}/",
        "_iiif_presentation_url": f"{IMG}/collections/O{n}/manifest.json", "imageResolution": "high"}}

CASES["v-and-a"]=({"search.json": J({"info": {"version": "2.0", "record_count": 3, "pages": 1},
    "records": [_va(1, "Dedham Vale", "Constable, John (RA)", "artist", "1802"), _va(2, "The Miracle",
    "Raphael", "after", "ca. 1515-1516"), _va(3, "", "Unknown", "artist", "19th century")],
    "clusters": {"category": {"other_terms_record_count": 1, "terms": [{"id": "THES48903",
    "value": "Paintings", "count": 3}]}, "person": {"terms": [{"id": "A1", "value": "x",
    "count": 1}]}}})},
 [("John Constable", None, None, "Dedham Vale", 1802, None, None, f"{IMG}/collections/2006AN1/info.json"),
     ("Raphael", "after", None, "The Miracle", 1515, None, None, f"{IMG}/collections/2006AN2/info.json"),
     (None, None, None, None, None, None, None, f"{IMG}/collections/2006AN3/info.json")])

CASES["science-museum"]=({"search.json":J({"data":[
 {"type": "objects", "id": "co1", "attributes": {"@admin": {"id": "x", "uid": "co1"},
     "category": {"name": "Art"}, "creation": {"date": [{"from": "1845", "to": "1845", "value": "1845",
     "primary": True}], "maker": [{"@admin": {"uid": "cp1"}, "@link": {"type": "reference",
     "date": [{"value": "1845"}], "role": [{"value": "artist"}]},
     "summary": {"title": "Robert Howlett"}}]}, "description": [{"value": "x"}],
     "identifier": [{"type": "accession number", "value": "1979-1"}],
     "material": [{"value": "oil on canvas"}], "summary": {"title": "Engine"},
     "title": [{"value": "Engine", "primary": True}], "multimedia": [{"@type": "image",
     "@processed": {"large": {"location": "https://coimages.test/images/1/large.jpg"},
     "medium": {"location": "https://coimages.test/images/1/medium.jpg"}}}],
     "legal": {"rights": [{"details": "CC BY-NC-SA"}]}}, "relationships": {},
     "links": {"self": "https://collection.sciencemuseumgroup.org.uk/objects/co1"}}],
 "included":[],"links":{"self":"x"},"meta":{"total_pages":1,"count":{"type":{"all":1}}}})},
 [("Robert Howlett", None, None, "Engine", 1845, "oil on canvas", "CC BY-NC-SA",
     "https://coimages.test/images/1/large.jpg")])


def _dp(n: Any, **sr: Any) -> dict[str, Any]:
    return {"@context": "http://dp.la/api/items/context", "@id": f"http://dp.la/api/items/{n}",
        "@type": "ore:Aggregation", "aggregatedCHO": "#x", "dataProvider": {"name": "Museum of X"} if n==2
        else "Museum of X", "id": str(n), "ingestDate": "2020-01-01",
        "isShownAt": f"https://museum.test/{n}", "object": f"{IMG}/{n}_thumb.jpg",
        "provider": {"@id": "http://dp.la/x", "name": "Hub"}, "rightsCategory": "x",
        "sourceResource": {"title": "Boats", "creator": ["Homer, Winslow, 1836-1910"],
        "date": [{"begin": "1885", "end": "1885", "displayDate": "1885"}], "type": "image",
        "format": "Watercolor", "subject": [{"name": "Boats"}], "rights": ["No copyright"],
        "collection": {"title": "Drawings"}}|sr, "score": 1.0}

CASES["dpla"]=({"items.json": J({"count": 2, "start": 1, "limit": 10, "docs": [_dp(1), _dp(3,
    title=["Man", "Portrait"], creator=["Rembrandt, 1606-1669 (School of)"],
    date=[{"displayDate": "ca. 1650", "begin": "1645", "end": "1655"}])],
    "facets": {"sourceResource.type": {"terms": [{"term": "image", "count": 2}]}}})},
 [("Winslow Homer", None, "1836-1910", "Boats", 1885, None, "No copyright", f"{IMG}/1_thumb.jpg"),
     ("Rembrandt", "school of", "1606-1669", "Man", 1650, None, "No copyright", f"{IMG}/3_thumb.jpg")])


def _si(n: Any, title: Any, name: Any, date: Any, **v: Any) -> dict[str, Any]:
    return {"id": f"edanmdm-saam_{n}", "title": title, "unitCode": "SAAM", "linkedId": "0",
        "type": "edanmdm", "url": f"edanmdm:saam_{n}", "hash": "x", "docSignature": "x", "timestamp": 1,
        "lastTimeUpdated": 1, "version": "x",
        "content": {"descriptiveNonRepeating": {"record_ID": f"saam_{n}", "unit_code": "SAAM",
        "title_sort": title.upper(), "title": {"label": "Title", "content": title},
        "data_source": "Smithsonian American Art Museum", "record_link": "https://americanart.si.edu/x",
        "metadata_usage": {"access": "CC0"}, "online_media": {"mediaCount": 1, "media": [{"id": "1",
        "guid": "http://n2t.net/ark:/65665/x", "idsId": "SAAM-1", "type": "Images",
        "usage": {"access": "CC0"},
        "thumbnail": f"https://ids.test/ids/deliveryService?id=SAAM-{n}&max=150",
        "content": f"https://ids.test/ids/deliveryService?id=SAAM-{n}",
        "resources": [{"label": "High-resolution TIFF",
        "url": f"https://ids.test/ids/download?id=SAAM-{n}.tif", "width": 1, "height": 1,
        "dimensions": "1x1"}, {"label": "High-resolution JPEG",
        "url": f"https://ids.test/ids/download?id=SAAM-{n}.jpg"}]}]}}, "freetext": {"name": name,
        "date": [{"label": "Date", "content": date}] if date else [],
        "physicalDescription": [{"label": "Medium", "content": "oil on canvas"}, {"label": "Dimensions",
        "content": "24 x 30 in."}], "objectType": [{"label": "Type", "content": "Painting"}],
        "objectRights": [{"label": "Restrictions & Rights", "content": "CC0"}],
        "identifier": [{"label": "Object number", "content": str(n)}],
        "creditLine": [{"label": "Credit Line", "content": "x"}], "topic": [{"label": "Topic",
        "content": "Landscape"}], "setName": [{"label": "See more items in", "content": "x"}],
        "dataSource": [{"label": "Data Source", "content": "SAAM"}]},
        "indexedStructured": {"name": ["Homer, Winslow"], "date": ["1880s"], "object_type": ["Paintings"],
        "topic": ["x"], "online_media_type": ["Images"]}}}|v

CASES["smithsonian"]=({"search.json": J({"status": 200, "responseCode": 1, "response": {"rows": [_si(1,
    "High Cliff", [{"label": "Artist",
    "content": "Winslow Homer, born Boston, MA 1836-died Prouts Neck, ME 1910"}], "1894"), _si(2, "Head",
    [{"label": "Copy after", "content": "Gilbert Stuart, 1755-1828"}, {"label": "Sitter",
    "content": "George Washington"}], "ca. 1800-1810"), _si(3, "Quilt", [{"label": "Artist",
    "content": "Unidentified"}], None)], "rowCount": 3, "message": "content found"}})},
 [("Winslow Homer", None, "1836-1910", "High Cliff", 1894, "oil on canvas", "CC0",
     "https://ids.test/ids/deliveryService?id=SAAM-1"), ("Gilbert Stuart", "copy after", "1755-1828",
     "Head", 1800, "oil on canvas", "CC0", "https://ids.test/ids/deliveryService?id=SAAM-2"), (None, None,
     None, "Quilt", None, "oil on canvas", "CC0", "https://ids.test/ids/deliveryService?id=SAAM-3")])


def _ph(n: Any, title: Any, artist: Any, **v: Any) -> dict[str, Any]:
    return {"ObjectID": n, "ObjectNumber": f"1950-{n}", "ObjectURL": f"https://philamuseum.test/{n}",
        "Title": title, "Thumbnail": f"{IMG}/{n}-tn.jpg", "Image": f"{IMG}/{n}-pma.jpg", "Style": "",
        "Classification": "Paintings", "Dated": "1888 or 1889", "DateBegin": 1888, "DateEnd": 1889,
        "Period": "", "Dynasty": "", "Medium": "Oil on canvas", "Dimensions": "x", "CreditLine": "x",
        "Department": "x", "Artists": [{"Artist": artist, "Role": "artist",
        "Artist_Info": "Dutch, 1853 - 1890", "ArtistID": 1}], "Location": {"GalleryShort": "161"}}|v

CASES["philadelphia"]=({"objects.json": J([_ph(1, "Sunflowers", "Vincent Willem van Gogh"), _ph(2, "Head",
    "Attributed to Frans Hals", Dated="c. 1640", DateBegin=1635, DateEnd=1645)])},
 [("Vincent Willem van Gogh", None, "1853-1890", "Sunflowers", 1888, "Oil on canvas", None,
     f"{IMG}/1-pma.jpg"), ("Frans Hals", "attributed to", "1853-1890", "Head", 1640, "Oil on canvas",
     None, f"{IMG}/2-pma.jpg")])

CASES["prado"]=({"prado.csv": rows(["work_url", "work_image_url", "author", "author_bio", "author_url",
    "author_id", "work_title", "work_subtitle", "work_exposed", "work_description", "work_tags",
    "technical_sheet_numero_de_catalogo", "technical_sheet_autor", "technical_sheet_titulo",
    "technical_sheet_fecha", "technical_sheet_tecnica", "technical_sheet_soporte",
    "technical_sheet_dimension", "bibliography", "inventory"],
 ["https://www.museodelprado.es/coleccion/obra-de-arte/1", f"{IMG}/p1.jpg",
     "Velázquez, Diego Rodríguez de Silva y", "Sevilla, 1599 - Madrid, 1660", "https://x", "7",
     "Las Meninas", "Hacia 1656. Óleo sobre lienzo", "Sala 012", "x", "a+b", "P001174",
     "Velázquez, Diego Rodríguez de Silva y", "Las meninas", "Hacia 1656", "Óleo", "Lienzo", "318 cm",
     "x", "Inv."],
 ["https://www.museodelprado.es/coleccion/obra-de-arte/2", f"{IMG}/p2.jpg",
     "Taller de Rubens, Pedro Pablo", "", "https://x", "8", "Baco", "", "", "x", "", "P2",
     "Taller de Rubens", "Baco", "1638 - 1640", "Óleo", "Lienzo", "", "", ""],
 ["https://www.museodelprado.es/coleccion/obra-de-arte/3", f"{IMG}/p3.jpg", "Anónimo", "", "https://x",
     "9", "Virgen", "", "", "x", "", "P3", "Anónimo", "Virgen", "Siglo XV", "Temple", "Tabla", "", "",
     ""])},
 [("Diego Rodríguez de Silva y Velázquez", None, "1599-1660", "Las Meninas", 1656, "Óleo", None,
     f"{IMG}/p1.jpg"), ("Pedro Pablo Rubens", "workshop of", None, "Baco", 1638, "Óleo", None,
     f"{IMG}/p2.jpg"), (None, None, None, "Virgen", None, "Temple", None, f"{IMG}/p3.jpg")])

CASES["dimu"]=({"select.json": J({"responseHeader": {"status": 0, "QTime": 1, "params": {"q": "munch"}},
    "response": {"numFound": 2, "start": 0, "docs": [
 {"artifact.uuid": "5A4F", "artifact.uniqueId": "021", "artifact.type": "Fineart",
     "artifact.pictureCount": 1, "artifact.hasPictures": True,
     "artifact.defaultMediaIdentifier": "012wWWHgNJLA", "artifact.ingress.title": "Skrik",
     "artifact.ingress.producer": "Munch, Edvard", "artifact.ingress.producerRole": "Kunstner",
     "artifact.ingress.production.fromYear": "1893", "artifact.ingress.production.toYear": "1893",
     "artifact.ingress.classification": "Maleri", "artifact.ingress.license": ["CC BY"],
     "artifact.ingress.subjects": ["x"], "identifier.id": "NG.M.00939", "identifier.owner": "NMK-B",
     "artifact.publishedDate": "2012-01-01T00:00:00Z"},
 {"artifact.uuid": "5A50", "artifact.uniqueId": "022", "artifact.defaultMediaIdentifier": "012wXX",
     "artifact.ingress.title": "Landskap", "artifact.ingress.producer": "Ukjent",
     "artifact.ingress.license": ["CC0"], "identifier.id": "NG.2", "identifier.owner": "NMK-B"}]}})},
 [("Edvard Munch", None, None, "Skrik", 1893, None, "CC BY",
     "https://dms01.dimu.org/image/012wWWHgNJLA?dimension=1200x1200"), (None, None, None, "Landskap",
     None, None, "CC0", "https://dms01.dimu.org/image/012wXX?dimension=1200x1200")])

CASES["tate-csv"]=({"artwork_data.csv": rows(["id", "accession_number", "artist", "artistRole",
    "artistId", "title", "dateText", "medium", "creditLine", "year", "acquisitionYear", "dimensions",
    "width", "height", "depth", "units", "inscription", "thumbnailCopyright", "thumbnailUrl", "url"],
 ["1035", "A00001", "Blake, Robert", "artist", "38", "A Figure Bowing before a Seated Old Man",
     "date not known", "Watercolour, ink, chalk", "x", "", "1922", "x", "394", "419", "", "mm", "", "",
     f"{IMG}/A00001_8.jpg", "http://www.tate.org.uk/art/artworks/blake-a00001"],
 ["1036", "A00002", "Turner, Joseph Mallord William", "after", "558", "Rome", "published 1819", "Etching",
     "x", "1819", "1988", "x", "1", "1", "", "mm", "", "© Estate", f"{IMG}/A00002_8.jpg", "http://x"],
 ["1037", "A00003", "British School 17th century", "artist", "1", "Lady", "c.1650-60",
     "Oil paint on canvas", "x", "1650", "1955", "x", "1", "1", "", "mm", "", "", f"{IMG}/A00003_8.jpg",
     "http://x"])},
 [("Robert Blake", None, None, "A Figure Bowing before a Seated Old Man", None, "Watercolour, ink, chalk",
     None, f"{IMG}/A00001_8.jpg"), ("Joseph Mallord William Turner", "after", None, "Rome", 1819,
     "Etching", "© Estate", f"{IMG}/A00002_8.jpg"), (None, None, None, "Lady", 1650,
     "Oil paint on canvas", None, f"{IMG}/A00003_8.jpg")])

CASES["auckland"]=({"search.json":J({"took":5,"timed_out":False,"hits":{"total":2,"hits":[
 {"_index": "collections", "_type": "_doc", "_id": "1", "_score": 1.0,
     "_source": {"@id": "http://api.aucklandmuseum.com/id/1", "dc_title": ["Mount Egmont"],
     "dc_creator": ["Charles Heaphy (artist)"], "dc_date": ["1840"], "dc_medium": ["watercolour"],
     "dc_rights": ["CC BY"], "primaryRepresentation": f"{IMG}/1.jpg", "dc_identifier": ["PD-1"]}},
 {"_index": "collections", "_id": "2", "_source": {"dc_title": ["Plate"], "dc_creator": ["Unknown"],
     "dc_date": ["circa 1900"], "dc_medium": ["ink"], "dc_rights": ["CC BY"],
     "primaryRepresentation": f"{IMG}/2.jpg"}}]}})},
 [("Charles Heaphy", None, None, "Mount Egmont", 1840, "watercolour", "CC BY", f"{IMG}/1.jpg"), (None,
     None, None, "Plate", 1900, "ink", "CC BY", f"{IMG}/2.jpg")])
