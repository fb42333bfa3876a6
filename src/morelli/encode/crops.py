"""Crops of one picture: overlapping views that hold most of it, to see what hangs on the framing."""

from __future__ import annotations

from PIL import Image

from morelli.errors import UsageError

CROP_SHARE = 0.8
"""Share of each side that a crop keeps: 64 % of the area, so that two opposite corners share 36 % of it."""

_PLACES = ((0.0, 0.0), (1.0, 1.0), (1.0, 0.0), (0.0, 1.0), (0.5, 0.5))

MAX_CROPS = len(_PLACES)


def cut_crops(picture: Image.Image, n_crops: int) -> list[Image.Image]:
    """Return overlapping crops of a picture: its four corners, then its middle.

    Parameters
    ----------
    picture
        Of any size.
    n_crops
        0 to 5.

    Returns
    -------
    crops
        Each of at least one pixel, and of 80 % of both sides.

    Raises
    ------
    UsageError
        When more crops are asked for than there are, or fewer than none.

    Examples
    --------
    >>> [crop.size for crop in cut_crops(Image.new("RGB", (100, 50)), 2)]
    [(80, 40), (80, 40)]
    """
    if not 0 <= n_crops <= MAX_CROPS:
        raise UsageError(
            "--crops",
            expected=f"a number from 0 to {MAX_CROPS}",
            found=str(n_crops),
            remedy="give 4 for the corners, 0 to leave crops out",
        )
    width, height = (max(1, round(CROP_SHARE * side)) for side in picture.size)
    corners = [
        (round(across * (picture.width - width)), round(down * (picture.height - height)))
        for across, down in _PLACES[:n_crops]
    ]
    return [picture.crop((left, top, left + width, top + height)) for left, top in corners]
