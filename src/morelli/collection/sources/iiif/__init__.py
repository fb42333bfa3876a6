"""Collections of IIIF: what a manifest tells of a work, and which picture its image service gives.

Begin in `collections`, the layout; `manifests` reads one manifest, `images` asks an image service.
"""

from morelli.collection.sources.iiif.collections import Iiif, harvest_manifests

__all__ = ["Iiif", "harvest_manifests"]
