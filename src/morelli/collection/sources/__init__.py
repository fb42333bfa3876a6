"""Where works come from: one file per layout, and `recognise` to tell which one a source has.

Begin in `layouts`, then read `folder_names`, the shortest layouts. A package of others adds a layout by the
entry point group ``morelli.sources``; CONTRIBUTING.md shows how.
"""

from morelli.collection.sources.layout import DirectAddresses, Layout, PictureFolder
from morelli.collection.sources.layouts import LAYOUTS, recognise

__all__ = ["LAYOUTS", "DirectAddresses", "Layout", "PictureFolder", "recognise"]
