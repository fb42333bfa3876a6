"""The gallery: where a collection and its vectors live."""

import os

os.environ.setdefault("LANCEDB_LOG", "error")  # Lance warns on stderr of every table it creates

from morelli.gallery.collect import CollectOptions, CollectSummary, collect_source
from morelli.gallery.embed import EmbedSummary, embed_gallery
from morelli.gallery.search import Match, search_gallery
from morelli.gallery.store import Gallery

__all__ = [
    "CollectOptions",
    "CollectSummary",
    "EmbedSummary",
    "Gallery",
    "Match",
    "collect_source",
    "embed_gallery",
    "search_gallery",
]
