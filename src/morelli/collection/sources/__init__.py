"""Where works come from: one file per layout, and `recognise` to tell which one a source has."""

from morelli.collection.sources.layout import Layout
from morelli.collection.sources.layouts import LAYOUTS, recognise

__all__ = ["LAYOUTS", "Layout", "recognise"]
