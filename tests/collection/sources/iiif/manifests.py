"""Writes IIIF manifests and collections of both versions, as museums do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

OLD = "http://iiif.io/api/presentation/2/context.json"
NEW = "http://iiif.io/api/presentation/3/context.json"
HOST = "https://iiif.test/"

SERVICE_2 = {
    "@context": "http://iiif.io/api/image/2/context.json",
    "@id": HOST + "image/1",
    "profile": "http://iiif.io/api/image/2/level2.json",
}
SERVICE_3 = {"id": HOST + "image/3", "type": "ImageService3", "profile": "level2"}


def old_image(number: object = 1, **values: Any) -> dict[str, Any]:
    return {"@id": f"{HOST}{number}.jpg", "@type": "dctypes:Image", "format": "image/jpeg", **values}


def new_image(number: object = 1, **values: Any) -> dict[str, Any]:
    return {"id": f"{HOST}{number}.jpg", "type": "Image", "format": "image/jpeg", **values}


def old_canvas(*resources: Any, **values: Any) -> dict[str, Any]:
    images = [
        {"@type": "oa:Annotation", "motivation": "sc:painting", "resource": found} for found in resources
    ]
    return {"@type": "sc:Canvas", "label": "front", "images": images, **values}


def new_canvas(*bodies: Any, **values: Any) -> dict[str, Any]:
    notes = [{"type": "Annotation", "motivation": "painting", "body": body} for body in bodies]
    page = {"type": "AnnotationPage", "items": notes}
    return {"type": "Canvas", "label": {"en": ["front"]}, "items": [page], **values}


def old_manifest(*canvases: Any, **values: Any) -> dict[str, Any]:
    return {
        "@context": OLD, "@id": HOST + "old", "@type": "sc:Manifest", "label": "The Mill",
        "sequences": [{"canvases": list(canvases) or [old_canvas(old_image())]}], **values,
    }  # fmt: skip


def new_manifest(*canvases: Any, **values: Any) -> dict[str, Any]:
    return {
        "@context": NEW, "id": HOST + "new", "type": "Manifest", "label": {"en": ["The Mill"]},
        "items": list(canvases) or [new_canvas(new_image())], **values,
    }  # fmt: skip


def old_collection(*addresses: Any, **values: Any) -> dict[str, Any]:
    manifests = [{"@id": address, "@type": "sc:Manifest", "label": "x"} for address in addresses]
    return {"@context": OLD, "@id": HOST + "c2", "@type": "sc:Collection", "manifests": manifests, **values}


def new_collection(*addresses: Any, kind: str = "Manifest", **values: Any) -> dict[str, Any]:
    items = [{"id": address, "type": kind, "label": {"en": ["x"]}} for address in addresses]
    return {"@context": NEW, "id": HOST + "c3", "type": "Collection", "items": items, **values}


def write_json(path: Path, document: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document), encoding="utf-8")
    return path
