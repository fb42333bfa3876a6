"""Records as portals and museums of northern Europe publish them, with values of their own."""

from __future__ import annotations

from typing import Any

from collection.sources.museums.writing import IMG, J, rows

# fmt: off

CASES: dict[str, Any] = {}

CASES["walters"]=({"items.json":J({"Items":[
 {"ObjectID": 1, "ObjectNumber": "37.1", "SortNumber": "x", "ObjectName": "Painting",
     "DateBeginYear": 1500, "DateEndYear": 1510, "DateText": "ca. 1500-1510",
     "Title": "<em>Virgin</em> &amp; Child", "Dimensions": "x", "CreditLine": "x",
     "Description": "<p>Text</p>", "Medium": "oil on panel", "Style": "", "Culture": "Italian",
     "Inscriptions": "", "Classification": "Painting & Drawing", "Period": "Renaissance", "Dynasty": None,
     "Keywords": "Mary", "PublicAccessDate": "2011-01-01T00:00:00", "CollectionID": 2, "Collection": "x",
     "Creator": "Raphael (Italian, 1483-1520) and workshop (Italian)"[:28], "Images": "PS1_37.1_Fnt.jpg",
     "PrimaryImage": {"Tiny": f"{IMG}/t.jpg", "Small": f"{IMG}/s.jpg", "Medium": f"{IMG}/m.jpg",
     "Large": f"{IMG}/l.jpg", "Raw": f"{IMG}/r.jpg"},
     "ResourceURL": "http://art.thewalters.org/detail/1"},
 {"ObjectID": 2, "ObjectNumber": "37.2", "ObjectName": "Painting", "DateBeginYear": 1800,
     "DateEndYear": 1899, "DateText": "19th century", "Title": "View", "Medium": "oil",
     "Creator": "Studio of Canaletto (Italian, 1697-1768)", "PrimaryImage": {"Tiny": f"{IMG}/t2.jpg",
     "Small": f"{IMG}/s2.jpg", "Medium": f"{IMG}/m2.jpg", "Large": f"{IMG}/l2.jpg", "Raw": None},
     "ResourceURL": "http://art.thewalters.org/detail/2"}],
 "NextPage":True,"PageNumber":1,"ReturnStatus":True,"ReturnCode":200})},
 [("Raphael", None, "1483-1520", "Virgin & Child", 1500, "oil on panel", None, f"{IMG}/l.jpg"),
     ("Canaletto", "workshop of", "1697-1768", "View", None, "oil", None, f"{IMG}/l2.jpg")])

CASES["brooklyn"]=({"object.json":J({"message":"success","data":[
 {"id": 4800, "title": "The <i>Doria</i>", "description": "<p>x</p>", "accession_number": "81.54",
     "accession_date": "1981-01-01 00:00:00", "object_date": "1868", "object_date_begin": 1868,
     "object_date_end": 1868, "medium": "Oil on canvas", "dimensions": "x", "credit_line": "x",
     "classification": "Painting", "edition": None, "copyright": None, "copyright_restricted": 0,
     "rights_type": {"id": 9, "name": "no known copyright restrictions", "description": "x",
     "public_name": "No known restrictions"}, "geographical_locations": [{"id": 1, "name": "New York",
     "location_type": "place made"}], "collections": [{"id": 5, "name": "American Art"}],
     "exhibitions": [], "primary_image": "81.54_SL1.jpg", "artists": [{"id": 1,
     "name": "Albert Bierstadt", "dates": "1830-1902", "start_year": 1830, "end_year": 1902,
     "nationality": "American, born Germany", "role": "Artist", "rank": 1}], "images": [{"id": 1,
     "filename": "81.54_SL1.jpg",
     "caption": "Albert Bierstadt (American, 1830-1902). <em>The Doria</em>, 1868", "date": None,
     "rank": 1, "size": "x", "largest_derivative": "size4",
     "thumbnail_url": "d1lfxha3ugu3d4.cloudfront.net/size0/81.54_SL1.jpg",
     "standard_size_url": "d1lfxha3ugu3d4.cloudfront.net/size3/81.54_SL1.jpg",
     "largest_derivative_url": "d1lfxha3ugu3d4.cloudfront.net/size4/81.54_SL1.jpg"}]},
 {"id": 4801, "title": "Saint", "accession_number": "1", "object_date": "ca. 1650",
     "object_date_begin": 1645, "object_date_end": 1655, "medium": "Oil", "classification": "Painting",
     "rights_type": {"id": 9, "name": "Copyrighted", "public_name": "Under copyright"},
     "primary_image": "x.jpg", "artists": [{"id": 2, "name": "Cuzco School", "dates": None,
     "role": "Artist"}], "images": [{"thumbnail_url": "d1.cloudfront.net/size0/x.jpg",
     "largest_derivative_url": "d1.cloudfront.net/size4/x.jpg"}]},
 {"id": 4802, "title": "Copy", "accession_number": "2", "object_date": "n.d.", "medium": "Oil",
     "rights_type": None, "artists": [{"id": 2, "name": "Diego Velázquez", "dates": "1599-1660",
     "role": "After"}], "images": [{"largest_derivative_url": "d1.cloudfront.net/size4/y.jpg"}]}]})},
 [("Albert Bierstadt", None, "1830-1902", "The Doria", 1868, "Oil on canvas",
     "no known copyright restrictions", "https://d1lfxha3ugu3d4.cloudfront.net/size4/81.54_SL1.jpg"),
 (None,None,None,"Saint",1650,"Oil","Copyrighted","https://d1.cloudfront.net/size4/x.jpg"),
 ("Diego Velázquez","after","1599-1660","Copy",None,"Oil",None,"https://d1.cloudfront.net/size4/y.jpg")])

CASES["cooper-hewitt"]=({"objects.json":J({"objects":[
 {"id": "18382391", "tms:id": "4000", "accession_number": "1938-58-1", "title": "Drawing, Ceiling",
     "title_raw": "Ceiling", "url": "https://collection.cooperhewitt.org/objects/18382391/",
     "has_no_known_copyright": None, "department_id": "35347493", "period_id": None, "media_id": "1",
     "type_id": "1", "date": "ca. 1780", "year_start": 1775, "year_end": 1785, "year_acquired": "1938",
     "decade": "1770", "woe:country_id": None, "medium": "Pen and ink", "markings": None, "signed": None,
     "provenance": None, "dimensions": "x", "dimensions_raw": {"height": ["1", "centimeters"]},
     "creditline": "x", "description": "x", "type": "Drawing", "images": [{"b": {"url": f"{IMG}/1_b.jpg",
     "width": "2048", "height": "1", "is_primary": "1", "image_id": "1"}, "z": {"url": f"{IMG}/1_z.jpg",
     "width": "640"}, "n": {"url": f"{IMG}/1_n.jpg"}, "d": {"url": f"{IMG}/1_d.jpg"},
     "sq": {"url": f"{IMG}/1_sq.jpg"}}], "participants": [{"person_id": "1", "role_id": "1",
     "person_name": "Felice Giani", "person_date": "1758–1823", "role_name": "Designer",
     "role_display_name": "Designed by", "person_url": "https://x", "role_url": "https://y"},
     {"person_id": "2", "role_id": "2", "person_name": "Sarah Hewitt", "person_date": "1859–1930",
     "role_name": "Donor", "role_display_name": "Gift of"}], "exhibitions": []},
 {"id": "2", "accession_number": "2", "title": "Print", "url": "https://x/2", "date": None,
     "medium": "Etching", "type": "Print", "images": [{"b": {"url": f"{IMG}/2_b.jpg"},
     "z": {"url": f"{IMG}/2_z.jpg"}}], "participants": [{"person_name": "Rembrandt",
     "person_date": "1606–1669", "role_name": "After", "role_display_name": "After"}]}], "total": 2,
     "page": 1, "stat": "ok"})},
 [("Felice Giani", None, "1758-1823", "Drawing, Ceiling", 1780, "Pen and ink", None, f"{IMG}/1_b.jpg"),
     ("Rembrandt", "after", "1606-1669", "Print", None, "Etching", None, f"{IMG}/2_b.jpg")])

CASES["europeana"]=({"search.json": J({"apikey": "demo", "success": True, "requestNumber": 999,
    "itemsCount": 3, "totalResults": 3, "items": [
 {"completeness": 10, "country": ["Netherlands"], "dataProvider": ["Mauritshuis"],
     "dcCreator": ["http://data.europeana.eu/agent/146741", "Vermeer, Johannes"],
     "dcCreatorLangAware": {"def": ["http://data.europeana.eu/agent/146741"], "en": ["Johannes Vermeer"]},
     "dcLanguage": ["nl"], "edmConcept": ["http://data.europeana.eu/concept/1"], "edmDatasetName": ["x"],
     "edmIsShownAt": ["https://www.mauritshuis.nl/670"], "edmIsShownBy": [f"{IMG}/0670.jpg"],
     "edmPreview": ["https://api.europeana.eu/thumbnail/v2/url.json?uri=x"],
     "europeanaCollectionName": ["x"], "guid": "https://www.europeana.eu/item/1/2", "id": "/1/2",
     "index": 0, "language": ["nl"], "link": "https://api.europeana.eu/record/1/2.json",
     "previewNoDistribute": False, "provider": ["x"],
     "rights": ["http://creativecommons.org/publicdomain/mark/1.0/"], "score": 1.0, "timestamp": 1,
     "timestamp_created": "2013", "title": ["Meisje met de parel", "Girl with a Pearl Earring"],
     "titleLangAware": {"en": ["Girl with a Pearl Earring"], "nl": ["Meisje met de parel"]},
     "type": "IMAGE", "ugc": [False], "year": ["1665"]},
 {"dataProvider": ["Rijksmuseum"], "dcCreator": ["toegeschreven aan Hals, Frans (1582-1666)"],
     "edmIsShownBy": [f"{IMG}/2.jpg"], "edmIsShownAt": ["https://x"], "id": "/1/3", "guid": "https://g",
     "link": "https://l", "rights": ["http://rightsstatements.org/vocab/InC/1.0/"], "title": ["Portret"],
     "type": "IMAGE", "year": ["1630", "1635"]},
 {"dataProvider": ["SMK"], "edmIsShownAt": ["https://x/4"], "edmPreview": [f"{IMG}/p4.jpg"], "id": "/1/4",
     "guid": "https://g", "link": "https://l", "rights": ["http://x/"], "title": ["Landskab"],
     "type": "IMAGE"}],
 "facets": [{"name": "TYPE", "fields": [{"label": "IMAGE", "count": 3}]}], "params": {"wskey": "demo",
     "query": "x", "start": 1}})},
 [("Johannes Vermeer", None, None, "Meisje met de parel", 1665, None,
     "http://creativecommons.org/publicdomain/mark/1.0/", f"{IMG}/0670.jpg"),
 ("Frans Hals", "attributed to", "1582-1666", "Portret", 1630, None,
     "http://rightsstatements.org/vocab/InC/1.0/", f"{IMG}/2.jpg"),
 (None,None,None,"Landskab",None,None,"http://x/",f"{IMG}/p4.jpg")])


def _w(**v: Any) -> dict[str, Any]:
    return {k:({"type": "uri", "value": x} if x.startswith("http") else {"type": "literal", "value": x,
        "xml:lang": "en"}) for k, x in v.items()}
WD: list[Any] = [("Leonardo da Vinci", None, None, "Mona Lisa", 1503, "oil paint", None,
    "http://commons.wikimedia.org/wiki/Special:FilePath/Mona%20Lisa.jpg"),
 (None,None,None,"The Fool",1650,None,None,"http://commons.wikimedia.org/wiki/Special:FilePath/Fool.tif"),
 (None,None,None,"Q1234567",None,None,None,"http://commons.wikimedia.org/wiki/Special:FilePath/Sea.jpg")]

CASES["wikidata-json"]=({"query.json": J({"head": {"vars": ["item", "itemLabel", "creator",
    "creatorLabel", "image", "inception", "materialLabel"]}, "results": {"bindings": [
 _w(item="http://www.wikidata.org/entity/Q12418", itemLabel="Mona Lisa",
     creator="http://www.wikidata.org/entity/Q762", creatorLabel="Leonardo da Vinci", image=WD[0][-1],
     inception="1503-01-01T00:00:00Z", materialLabel="oil paint"),
 _w(item="http://www.wikidata.org/entity/Q2", itemLabel="The Fool",
     creator="http://www.wikidata.org/.well-known/genid/4a1",
     creatorLabel="http://www.wikidata.org/.well-known/genid/4a1", image=WD[1][-1],
     inception="1650-01-01T00:00:00Z"),
 _w(item="http://www.wikidata.org/entity/Q3",itemLabel="Q1234567",image=WD[2][-1])]}})},WD)

CASES["wikidata-csv"]=({"query.csv": rows(["item", "itemLabel", "creator", "creatorLabel", "image",
    "inception", "materialLabel"],
 ["http://www.wikidata.org/entity/Q12418", "Mona Lisa", "http://www.wikidata.org/entity/Q762",
     "Leonardo da Vinci", WD[0][-1], "1503-01-01T00:00:00Z", "oil paint"],
 ["http://www.wikidata.org/entity/Q2","The Fool","_:t123","t123456789",WD[1][-1],"1650-01-01T00:00:00Z",""],
 ["http://www.wikidata.org/entity/Q3","Q1234567","","",WD[2][-1],"",""])},WD)

CASES["wikidata-simple"]=({"query.json": J([{"item": "http://www.wikidata.org/entity/Q12418",
    "itemLabel": "Mona Lisa", "creator": "http://www.wikidata.org/entity/Q762",
    "creatorLabel": "Leonardo da Vinci", "pic": WD[0][-1], "date": "+1503-00-00T00:00:00Z",
    "collectionLabel": "Louvre"}])},
 [(*WD[0][:5],None,None,WD[0][-1])])

CASES["joconde"]=({"base-joconde.csv":rows(
 ["Reference", "Appellation", "Auteur", "Date_de_mise_a_jour", "Denomination", "Domaine", "Ecole_pays",
     "Lien_image", "Mesures", "Millesime_de_creation", "Numero_inventaire", "Periode_de_creation",
     "Precisions_sur_l_auteur", "Titre", "Materiaux_techniques", "Nom_officiel_musee", "Region"],
 ["000PE001", "", "RUBENS Peter Paul (atelier, genre de)", "2020-01-01", "tableau", "peinture",
     "Flandres", f"{IMG}/j1.jpg", "H. 1", "1623", "INV 1", "1er quart 17e siècle",
     "Siegen, 1577 ; Anvers, 1640", "La <i>Chasse</i>", "huile sur toile", "musée du Louvre",
     "Île-de-France"],
 ["000PE002", "", "LE BRUN Charles", "2020-01-01", "tableau", "peinture", "France", f"{IMG}/j2.jpg", "",
     "", "INV 2", "2e moitié 17e siècle", "Paris, 1619 ; Paris, 1690", "Alexandre", "huile sur toile",
     "musée", "X"],
 ["000PE003", "", "ANONYME", "2020-01-01", "dessin", "dessin", "Italie", f"{IMG}/j3.jpg", "", "", "INV 3",
     "", "", "Étude", "plume", "musée", "X"], sep=";")},
 [("Peter Paul Rubens","manner of","1577-1640","La Chasse",1623,"huile sur toile",None,f"{IMG}/j1.jpg"),
 ("Charles Le Brun",None,"1619-1690","Alexandre",None,"huile sur toile",None,f"{IMG}/j2.jpg"),
 (None,None,None,"Étude",None,"plume",None,f"{IMG}/j3.jpg")])


def _nm(n: Any, t: Any, a: Any, **v: Any) -> dict[str, Any]:
    return {"id": n, "iiif": f"{IMG}/iiif/{n}", "iiif_license": {"license": "CC BY-SA 4.0"},
        "inventory_number": f"NM {n}", "title": t, "dating": [{"date_type": "Executed",
        "date": {"sv": "Utförd 1650", "en": "Made 1650"}, "date_earliest": "1650",
        "date_latest": "1650"}], "acquisition_year": "1810", "dimensions": [{"type": {"sv": "Mått",
        "en": "Dim"}, "value_1": 1}], "actors": a, "technique_material": {"sv": "Olja på duk",
        "en": "Oil on canvas"}, "category": {"sv": "Måleri", "en": "Painting"}, "style": None,
        "period": None, "updated": "2020"}|v

CASES["nationalmuseum"]=({"objects.json":J({"status":{"code":200},"data":{"paging":{"total":3},"items":[
 _nm(1, {"sv": "Självporträtt", "en": "Self-portrait"}, [{"actor_id": 1,
     "actor_full_name": "Rembrandt Harmensz. van Rijn", "actor_qualifier": None,
     "actor_role": {"sv": "Konstnär", "en": "Artist"}, "actor_order": 1,
     "links": [{"link_type": "WikiData", "link": "https://www.wikidata.org/wiki/Q5598"}]}]),
 _nm(2, {"sv": "Kopia", "en": None}, [{"actor_full_name": "Peter Paul Rubens",
     "actor_qualifier": "After/Efter", "actor_role": {"sv": "Konstnär", "en": "Artist"},
     "actor_order": 1}, {"actor_full_name": "Drottning Kristina", "actor_role": {"sv": "Avbildad",
     "en": "Depicted"}, "actor_order": 2}]),
 _nm(3, {"sv": "Hus", "en": "House"}, [{"actor_full_name": "Okänd", "actor_role": {"sv": "Konstnär",
     "en": "Artist"}}], dating=[])]}})},
 [("Rembrandt Harmensz. van Rijn", None, None, "Self-portrait", 1650, "Oil on canvas", "CC BY-SA 4.0",
     f"{IMG}/iiif/1/info.json"),
 ("Peter Paul Rubens","after",None,"Kopia",1650,"Oil on canvas","CC BY-SA 4.0",f"{IMG}/iiif/2/info.json"),
 (None,None,None,"House",None,"Oil on canvas","CC BY-SA 4.0",f"{IMG}/iiif/3/info.json")])


def _fng(n: Any, **v: Any) -> dict[str, Any]:
    return {"objectId": n, "inventoryNumber": f"A I {n}", "title": {"fi": "Kuningatar Blanka",
        "sv": "Drottning Blanka", "en": "Queen Blanche"}, "dimensions": [{"fi": "x"}],
        "people": [{"id": 1, "firstName": "Albert", "familyName": "Edelfelt", "birthYear": 1854,
        "deathYear": 1905, "role": {"id": "rooli_taiteilija", "fi": "taiteilija", "en": "artist",
        "sv": "konstnär"}, "attribution": None}], "materials": [{"id": "m", "fi": "öljy", "en": "oil",
        "sv": "olja"}], "category": {"id": "taideteos", "fi": "taideteos", "en": "artwork"},
        "classifications": [{"fi": "maalaus", "en": "painting"}], "keywords": [{"id": "a", "fi": "nainen",
        "en": "woman"}], "yearFrom": 1877, "yearTo": 1877, "multimedia": [{"id": 5, "license": "CC0",
        "photographer_name": "x", "jpg": {"250": f"{IMG}/{n}_250.jpg", "500": f"{IMG}/{n}_500.jpg",
        "1000": f"{IMG}/{n}_1000.jpg", "2000": f"{IMG}/{n}_2000.jpg"},
        "tif": {"original": f"{IMG}/{n}.tif"}}], "acquisitionYear": 1920}|v

CASES["finland"]=({"objects.json": J([_fng(1), _fng(2, title={"fi": "Muotokuva", "sv": "Porträtt"},
    people=[{"id": 2, "firstName": "", "familyName": "Rembrandt", "birthYear": 1606, "deathYear": 1669,
    "role": {"fi": "taiteilija", "en": "artist"}, "attribution": {"fi": "kopio", "en": "copy after"}},
    {"id": 3, "firstName": "Axel", "familyName": "Munthe", "role": {"fi": "malli", "en": "sitter"}}],
    yearFrom=None, yearTo=None)])},
 [("Albert Edelfelt",None,"1854-1905","Queen Blanche",1877,"oil","CC0",f"{IMG}/1_2000.jpg"),
 ("Rembrandt","copy after","1606-1669","Muotokuva",None,"oil","CC0",f"{IMG}/2_2000.jpg")])


def _e(label: Any, value: Any, order: Any = 1) -> dict[str, Any]:
    return {"label":label,"value":value,"order":order,"isSearcherHiddenField":"false"}

CASES["belvedere"]=({"objects.json":J({"objects":[
 {"id": _e("ID", "6678"), "title": _e("Titel", "Der Kuss"), "displayDate": _e("Datierung", "1908/1909"),
     "people": _e("Künstler/in", "Gustav Klimt (1862 Baumgarten – 1918 Wien)"),
     "medium": _e("Material/Technik", "Öl auf Leinwand"), "dimensions": _e("Maße", "180 cm"),
     "invno": _e("Inventarnummer", "912"), "primaryMedia": _e("Primary Media",
     f"{IMG}/internal/media/dispatcher/1/preview"), "copyright": _e("Rechte", "CC BY-SA 4.0"),
     "sourceId": _e("Source ID", "6678")},
 {"id": _e("ID", "2"), "title": _e("Titel", "Landschaft"), "displayDate": _e("Datierung", "um 1620"),
     "people": _e("Künstler/in", "Werkstatt von Peter Paul Rubens"), "medium": _e("Material/Technik",
     "Öl auf Holz"), "invno": _e("Inventarnummer", "9"), "primaryMedia": _e("Primary Media",
     f"{IMG}/internal/media/dispatcher/2/preview")}]})},
 [("Gustav Klimt", None, "1862-1918", "Der Kuss", 1908, "Öl auf Leinwand", "CC BY-SA 4.0",
     f"{IMG}/internal/media/dispatcher/1/preview"),
 ("Peter Paul Rubens", "workshop of", None, "Landschaft", 1620, "Öl auf Holz", None,
     f"{IMG}/internal/media/dispatcher/2/preview")])
