"""The colours of every figure and of the page: Okabe and Ito's, which colour-blind readers can tell apart.

References
----------
Okabe and Ito (2008), Color Universal Design, https://jfly.uni-koeln.de/color/
"""

from __future__ import annotations

from typing import Final

SEEN: Final = "#0072B2"
"""Blue: artists the model has seen; in the confusion picture, works named rightly."""

UNSEEN: Final = "#D55E00"
"""Vermilion: artists it has not seen; in the confusion picture, works given to another artist."""

SAME: Final = "#009E73"
"""Bluish green: pairs by the same hand."""

DIFFERENT: Final = "#CC79A7"
"""Reddish purple: pairs by different hands."""

INK: Final = "#23211D"
"""Text and values."""

MUTED: Final = "#8B857A"
"""Axes, reference lines and the baseline's labels."""

PARTS: Final = {"seen": SEEN, "unseen": UNSEEN}

VARIABLES: Final = {
    SEEN: "--seen",
    UNSEEN: "--unseen",
    SAME: "--same",
    DIFFERENT: "--different",
    INK: "--ink",
    MUTED: "--muted",
}
"""The custom property of the page's style sheet for each colour, so that dark pages stay readable."""
