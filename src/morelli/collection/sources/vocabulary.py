"""The vocabulary of sources: the names of columns and labels in ten languages, for each field of a work."""

from __future__ import annotations

COLUMN_NAMES: dict[str, tuple[str, ...]] = {
    "path": (
        "path", "file", "filename", "file_name", "file_path", "filepath", "image", "image_path", "imagepath",
        "image_file", "image_filename", "picture", "picture_path", "img", "img_path", "new_filename",
        "picture_file", "photo_file", "img_file", "image_name", "img_name", "datei", "dateiname", "bilddatei",
        "fichier", "nom_de_fichier", "nome_file", "archivo", "bestand", "bestandsnaam", "filnavn", "filnamn",
        "plik", "soubor",
    ),
    "artist": (
        "artist", "artist_name", "painter", "creator", "author", "maker", "artist_display_name", "artists",
        "artist_full_name", "artist_names", "artist_display", "artist_title", "artist_titles",
        "artist_label", "painter_name", "painter_label", "creators", "creator_name", "creator_label",
        "creator_display_name", "makers", "maker_name", "author_name", "principal_or_first_maker",
        "principal_maker", "principal_makers", "principal_maker_name", "production_creator", "dc_creator",
        "display_artist", "artist_maker", "artist_or_maker", "forward_display_name", "people",
        "constituents", "künstler", "kuenstler", "künstlerin", "künstlername", "maler", "malerin",
        "urheber", "artiste", "peintre", "auteur", "artista", "pittore", "autore", "pintor", "autor",
        "kunstenaar", "schilder", "vervaardiger", "kunstner", "billedkunstner", "konstnär", "konstnar",
        "upphovsman", "artysta", "malarz", "twórca", "umělec", "malíř", "artist_creator",
        "artist_or_creator", "makers_and_contributors", "creator_s", "maker_s", "made_by", "created_by",
        "painted_by", "schöpfer", "schoepfer", "künstler_in", "beteiligte", "beteiligte_personen",
        "créateur", "créatrice", "autrice", "autora", "pittrice", "artefice", "creador", "creadora",
        "artista_autor", "production", "producer", "principal_makers_of_work", "actors", "participants",
        "contributors", "taiteilija", "full_name", "cited_name", "ophavsmand", "maler_kunstner",
        "upphovsperson", "autorka", "malířka",
    ),
    "title": (
        "title", "work_title", "artwork_title", "object_title", "painting_title", "picture_title",
        "title_text", "display_title", "titles", "artwork_name", "painting_name", "work_name", "dc_title",
        "item_label", "work_label", "painting_label", "titel", "werktitel", "bildtitel", "titre", "titolo",
        "título", "tytuł", "název", "object_name_title", "nimike", "navn_titel",
    ),
    "year": (
        "year", "date", "year_created", "creation_year", "object_date", "display_date", "displaydate",
        "date_created", "date_made", "date_text", "date_display", "dated", "dating", "creation_date",
        "date_of_creation", "year_of_creation", "year_made", "year_painted", "production_date",
        "production_year", "dating_presenting_date", "dating_year", "dating_sorting_date", "inception",
        "completion_year", "completition_year", "dateringsår", "jahr",
        "datierung", "entstehungsjahr", "entstehungszeit", "année", "date_de_création", "datation", "anno",
        "datazione", "año", "fecha", "datación", "jaar", "jaartal", "datering", "årstal", "årtal", "rok",
        "data_powstania", "datowanie", "datace", "rok_vzniku", "dates", "creation_dates", "date_of_work",
        "entstehungsdatum", "herstellungsdatum", "herstellungsjahr", "datum", "zeit", "années",
        "millesime_de_creation", "periode_de_creation", "periode_de_l_execution", "période_de_création",
        "millésime", "date_d_exécution", "data", "cronologia", "cronología", "fecha_de_creación",
        "data_di_creazione", "vervaardigingsjaar", "vervaardigingsdatum", "dateringen", "fremstillingsår",
        "tilkomstår", "tillkomstår", "tillverkningsår", "datum_vzniku", "vznik", "doba_vzniku",
        "czas_powstania", "datace_díla",
    ),
    "year_from": (
        "year_from", "date_start", "begin_year", "start_year", "year_start", "date_begin", "year_begin",
        "earliest_date", "date_earliest", "earliest_year", "year_early", "dating_year_early",
        "object_begin_date", "creation_date_earliest", "production_date_start", "date_range_start",
        "start_date", "datierung_von", "jahr_von", "année_début", "anno_inizio", "año_inicio", "jaar_van",
        "årtal_från", "år_fra", "rok_od", "from_year", "date_from", "datebegin", "object_date_begin",
        "date_begin_year", "datebeginyear",
    ),
    "year_to": (
        "year_to", "date_end", "end_year", "year_end", "latest_date", "date_latest", "latest_year",
        "year_late", "dating_year_late", "object_end_date", "creation_date_latest", "production_date_end",
        "date_range_end", "end_date", "datierung_bis", "jahr_bis", "année_fin", "anno_fine", "año_fin",
        "jaar_tot", "årtal_till", "år_til", "rok_do", "to_year", "date_to", "dateend", "object_date_end",
        "date_end_year", "dateendyear",
    ),
    "style": (
        "style", "styles", "movement", "art_style", "art_movement", "stil", "stile", "estilo", "stijl",
        "mouvement", "styl", "stilart",
    ),
    "genre": ("genre", "genres", "subject"),
    "qualifier": (
        "qualifier", "attribution_qualifier", "artist_prefix", "artist_qualifier", "creator_qualifier",
        "maker_qualifier", "artist_attribution_qualifier",
    ),
    "licence": (
        "licence", "license", "rights", "rights_and_reproduction", "license_url", "licence_url",
        "license_type", "image_rights", "edm_rights", "share_license_status", "rights_type",
        "licence_status", "license_text",
        "usage_rights", "copyright_status", "copyright", "copyright_notice", "image_copyright",
        "thumbnail_copyright", "rights_statement", "object_rights", "lizenz", "licenza", "licencia",
        "licentie", "licens", "rechte",
    ),
    "school": ("school", "schools", "art_school", "schule", "école", "scuola", "escuela"),
    "theme": ("theme", "themes", "tags", "keywords"),
    "medium": (
        "medium", "physical_medium", "medium_display", "is_made_of_summary", "media", "technique",
        "materials_and_techniques", "materials", "material",
        "medium_and_support", "technik", "material_und_technik", "tecnica",
        "técnica", "techniek", "materiaal", "teknik", "materiale", "technika", "materials_and_technique",
        "technique_et_support", "matériaux_et_techniques", "matériau", "matériaux", "materia_e_tecnica",
        "material_technik", "materialien", "materiali", "materiales", "materialen", "material_och_teknik",
        "materialer", "materiał", "materiały", "materiál", "medium_technique",
    ),
    "classification": (
        "classification", "object_type", "work_type", "artwork_type", "classification_title",
        "artwork_type_title", "object_types", "objektart", "gattung", "objecttype", "objekttyp",
        "type_of_object", "objektart_gattung", "type_d_objet", "tipo_di_oggetto", "tipo_de_objeto",
        "soort_object", "genstandstype", "typ_obiektu", "typ_díla", "category", "objektbezeichnung",
    ),
    "artist_ids": ("artist_ids",),
    "artist_dates": (
        "artist_dates", "artist_life_dates", "life_dates", "artist_years", "artist_display_dates",
        "creator_dates", "maker_dates", "lebensdaten",
    ),
    "address": (
        "image_url", "image_address", "picture_url", "img_url", "primary_image", "primary_image_url",
        "base_image_url", "image_uri", "image_link", "image_href", "image_src", "img_src", "photo_url",
        "full_image_url", "original_image_url", "large_image_url", "web_image_url", "images_web_url",
        "image_web", "header_image_url", "image_native", "edm_is_shown_by", "content_url", "media_url",
        "bild_url", "url_image", "iiif_image", "iiif_url", "iiif", "iiif_base_url", "iiif_base_uri",
        "image_iiif_id", "image_iiif_info",
        "iiif_image_base_url", "iiif_service", "primary_image_small", "small_image_url", "iiif_thumb_url",
        "thumbnail_url",
        "image_thumbnail", "thumbnail_link", "thumb_url", "edm_preview", "preview_url",
    ),
    "source": ("source", "museum", "institution", "repository", "data_provider"),
    "source_id": (
        "source_id", "object_id", "objectid", "accession_number", "inventory_number", "object_number",
        "accession_no", "inventory_no", "museum_number", "inventarnummer", "inventarnr", "objectnummer",
        "numéro_d_inventaire", "numero_di_inventario", "número_de_inventario", "inventarienummer",
        "identifier", "inv_no", "inv_nr", "inventory_num", "accession", "ident_nr", "identnr",
        "objektnummer", "inventarienr", "numer_inwentarzowy", "inventární_číslo", "numéro_inventaire",
        "nº_inventario", "cote",
    ),
    "part": ("part", "split", "subset", "partition"),
}  # fmt: skip
"""The columns under which each field of a work is looked for in a table, best first; see `fold_column`."""

ADDRESS_NAMES = ("address", "url", "link")
"""Further names of addresses. They may also lead to pages, so they count only in a table that was given
itself, and not in one that merely lies in a folder."""

SERVICE_NAMES = (
    "iiif_image", "iiif_url", "iiif", "iiif_base_url", "iiif_base_uri", "image_iiif_id", "image_iiif_info",
    "iiif_image_base_url", "iiif_service", "iiifurl",
)  # fmt: skip
"""Those of the names of addresses that lead to an image service, of which sizes are asked for."""

ROLE_NAMES = (
    "artist_role", "creator_role", "maker_role", "author_role", "contributor_role", "artist_roles", "role",
)  # fmt: skip
"""Columns of what a person did: "after" and its like are qualifiers there, "painter" is none."""

LIFE_NAMES: dict[str, tuple[str, ...]] = {
    "born": (
        "born", "birth_year", "birth_date", "year_of_birth", "date_of_birth", "birthyear", "birthdate",
        "artist_begin_date", "artist_birth_year", "artist_birth_date", "artist_born", "creator_date_of_birth",
        "maker_birth_year", "geburtsjahr", "geburtsdatum", "geboren", "date_de_naissance", "date_naissance",
        "pip_date_naissance",
        "année_de_naissance", "data_di_nascita", "anno_di_nascita", "fecha_de_nacimiento",
        "año_de_nacimiento", "geboortejaar", "geboortedatum", "fødselsår", "fødselsdato", "födelseår",
        "födelsedatum", "rok_urodzenia", "data_urodzenia", "rok_narození", "datum_narození",
    ),
    "died": (
        "died", "death_year", "death_date", "year_of_death", "date_of_death", "deathyear", "deathdate",
        "artist_end_date", "artist_death_year", "artist_death_date", "artist_died", "creator_date_of_death",
        "maker_death_year", "sterbejahr", "sterbedatum", "gestorben", "todesjahr", "date_de_décès",
        "date_deces", "pip_date_deces",
        "année_de_décès", "data_di_morte", "anno_di_morte", "fecha_de_fallecimiento", "fecha_de_muerte",
        "año_de_fallecimiento", "sterfjaar", "sterfdatum", "dødsår", "dødsdato", "dödsår", "dödsdatum",
        "rok_śmierci", "data_śmierci", "rok_úmrtí", "datum_úmrtí",
    ),
    "biography": (
        "artist_display_bio", "artist_bio", "display_bio", "life_date", "artist_nationality_dates",
        "nationality_and_dates", "artist_biography", "person_date", "artist_info", "author_bio",
        "maker_bio", "precisions_sur_l_auteur", "creator_bio",
    ),
}  # fmt: skip
"""Columns, or keys of a person, that tell when somebody lived; without "artist_dates", which is a field."""

PEOPLE_NUMBERS = ("constituent_id", "constituent_ids", "artist_id", "artist_ids", "creator_id", "maker_id")
"""Columns of the numbers of a work's makers: they say how many names a cell holds."""

LONG_TITLE_NAMES = ("long_title", "longtitle", "full_title", "title_line")
"""Columns in which title, maker and date stand in one line, in this order."""

QUALIFYING_KEYS = (
    "qualifier", "prefix", "qualification", "attributionqualifier", "attribution", "suffix", "certainty",
    "nameprefix", "namequalifier", "attributiontype",
)  # fmt: skip
ROLE_KEYS = ("role", "roles", "rolename", "roledisplayname", "function", "association", "fonction", "rolle")
"""Under which keys an object of a person says what qualifies the name, and what that person did."""

FOLDER_NAMES = (
    "folder", "folder_name", "image_folder", "subfolder", "sub_folder", "directory", "image_directory", "dir",
    "ordner", "verzeichnis", "dossier", "répertoire", "cartella", "carpeta", "mappe", "mapp", "katalog",
    "složka",
)  # fmt: skip
"""Columns of the folder in which a picture lies, beside that of its file."""

ID_NAMES: dict[str, tuple[str, ...]] = {
    "ulan": ("ulan", "ulan_id", "ulanid", "artist_ulan_url", "artist_ulan"),
    "wikidata": ("wikidata", "wikidata_id", "wikidataid", "artist_wikidata_url", "artist_wikidata"),
}
"""Columns that hold one kind of artist's number each; together they fill `artist_ids`."""

LABEL_FIELDS = frozenset({
    "artist", "title", "year", "medium", "classification", "style", "genre", "school", "source_id",
})  # fmt: skip
"""The fields that a label beside a picture can name, as in the metadata of a IIIF manifest."""

NAMING_KEYS = (
    "fullname", "displayname", "name", "preflabel", "preferredlabel", "label", "title", "term", "text",
    "content", "value", "description",
)  # fmt: skip
"""Under which of its keys an object, such as a creator or a tag, says its own name, best first."""

LANGUAGE_KEYS = (
    "en", "none", "@value", "de", "fr", "it", "es", "nl", "da", "sv", "pl", "cs", "fi", "nb", "pt", "def",
)  # fmt: skip
"""Keys of an object that holds one text in several languages; whose text is taken, best first."""
