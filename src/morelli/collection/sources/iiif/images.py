"""IIIF image services, versions 1 to 3: which address gives a picture of modest size.

`manifests` finds the services; `locate_image` asks one for its ``info.json`` and honours what that says.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from morelli.collection.sources.layout import ReadJson
from morelli.errors import AddressError, DownloadError

_SIDE_PX = 600
"""Pictures are asked for within a square of this side."""

_INFO = "/info.json"
_MAX_NESTED = 4
_SERVICE = re.compile(r"^(?:iiif:)?ImageService([123])?$")
_IMAGE_API = re.compile(r"iiif\.io/api/image|library\.stanford\.edu/iiif/image-api|^level[012]$")
_LEVEL = re.compile(r"level([012])(?:\.json)?$")
_CONFINED = "sizeByConfinedWh"
"""The feature of level 2 that ``!w,h`` is."""


def is_web_address(value: Any) -> bool:
    """Tell whether a value is the text of an address on the web."""
    # What is not printable holds line breaks or halves of characters, and leads nowhere.
    return isinstance(value, str) and value.isprintable() and re.match(r"https?://[^\s/]", value) is not None


def name_info(base: str) -> str:
    """Return the address by which a work names an image service: that of its ``info.json``."""
    return base.rstrip("/").removesuffix(_INFO) + _INFO


def find_service(services: Any) -> str | None:
    """Return the address of the image service among the services of a body, the newest version, or None."""
    ranked = [(rank, base) for rank, base in _list_services(services, _MAX_NESTED) if is_web_address(base)]
    return max(ranked, key=lambda entry: entry[0])[1] if ranked else None


def locate_image(address: str, read_json: ReadJson) -> str:
    """Return the address of a picture: within 600 x 600 pixels where it comes from an image service.

    Where the service's description cannot be fetched, that size is asked for all the same.
    """
    if not address.endswith(_INFO):
        return address
    base = address.removesuffix(_INFO)
    try:
        info = read_json(address)
    except AddressError:
        raise
    except DownloadError:
        info = None
    info = info if isinstance(info, dict) else {}
    quality = "native" if _find_image_version(info) == 1 else "default"
    return f"{base}/full/{_choose_size(info)}/0/{quality}.jpg"


def _find_image_version(info: Mapping[str, Any]) -> int:
    """Return 1, 2 or 3, the version of the Image API that a description follows; 2 where it does not say."""
    stated = " ".join([*_list_strings(info.get("@context")), *_list_strings(info.get("profile"))])
    if "image-api" in stated or "api/image/1" in stated:
        return 1
    is_new = "api/image/3" in stated or info.get("type") == "ImageService3"
    return 3 if is_new else 2


def _choose_size(info: Mapping[str, Any]) -> str:
    """Return the size to ask for: ``!600,600``, or what the service allows instead.

    Services of level 0 give listed sizes only: the largest within the square, else the smallest. Those of
    level 1 promise a width but not a square. ``maxWidth``, ``maxHeight``, ``maxArea`` and the picture's own
    size make the square smaller (Image API 3.0, sections 4.2 and 5.3).

    >>> _choose_size({}), _choose_size({"maxWidth": 400}), _choose_size({"profile": "level0", "sizes": []})
    ('!600,600', '!400,400', 'full')
    """
    level, version = _find_level(info), _find_image_version(info)
    if level == 0:
        return _choose_listed(info, version)
    width, height = _read_size(info)
    side = _limit_side(info, width, height)
    if level == 1 and width and not _can_confine(info):
        return f"{max(1, math.floor(side * width / max(width, height or width)))},"
    return f"!{side},{side}"


def _limit_side(info: Mapping[str, Any], width: int, height: int) -> int:
    limits = [info, *(part for part in _list(info.get("profile")) if isinstance(part, dict))]
    max_width, max_height, max_area = (
        min((number for part in limits if (number := _read_number(part.get(key)))), default=0)
        for key in ("maxWidth", "maxHeight", "maxArea")
    )
    sides = [_SIDE_PX, max_width, max_height]
    if width and height:
        sides.append(max(width, height))
        # The longer side at which the picture, scaled as a whole, has the largest area that is allowed.
        longer, shorter = max(width, height), min(width, height)
        sides.append(max(1, math.isqrt(max_area * longer // shorter)) if max_area else 0)
    else:
        sides.append(math.isqrt(max_area))
    return max(1, min(side for side in sides if side))


def _choose_listed(info: Mapping[str, Any], version: int) -> str:
    found = (_read_size(size) for size in _list_dicts(info.get("sizes")))
    sizes = sorted((size for size in found if all(size)), key=math.prod)
    if not sizes:
        return "max" if version == 3 else "full"
    width, height = next((size for size in reversed(sizes) if max(size) <= _SIDE_PX), sizes[0])
    return f"{width},{height}" if version == 3 else f"{width},"


def _find_level(info: Mapping[str, Any]) -> int | None:
    matches = (_LEVEL.search(text) for text in _list_strings(info.get("profile")))
    return next((int(match[1]) for match in matches if match), None)


def _can_confine(info: Mapping[str, Any]) -> bool:
    parts = [info.get("extraFeatures"), *(part.get("supports") for part in _list_dicts(info.get("profile")))]
    return any(_CONFINED in _list_strings(part) for part in parts)


def _list_services(services: Any, depth: int) -> Iterator[tuple[int, Any]]:
    """Yield rank and address of each image service, those within other services too."""
    for service in _list(services) if depth else ():
        if not isinstance(service, dict):
            continue
        match = next((found for text in _list_types(service) if (found := _SERVICE.match(text))), None)
        stated = [*_list_strings(service.get("profile")), *_list_strings(service.get("@context"))]
        if match or any(_IMAGE_API.search(text) for text in stated):
            yield int(match[1] or 2) if match else 0, service.get("id", service.get("@id"))
        else:
            yield from _list_services(service.get("service"), depth - 1)


def _list_types(service: Mapping[str, Any]) -> list[str]:
    return [*_list_strings(service.get("type")), *_list_strings(service.get("@type"))]


def _read_size(info: Mapping[str, Any]) -> tuple[int, int]:
    return _read_number(info.get("width")), _read_number(info.get("height"))


def _read_number(value: Any) -> int:
    """Return a number of pixels, 0 where it is none."""
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool) and 1 <= value < 1e9
    return int(value) if is_number else 0


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _list_strings(value: Any) -> list[str]:
    return [item for item in _list(value) if isinstance(item, str)]


def _list_dicts(value: Any) -> list[dict[str, Any]]:
    return [item for item in _list(value) if isinstance(item, dict)]
