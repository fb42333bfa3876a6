"""Who painted this, are these two by the same hand, what is like this, and how sure are we.

The public names are imported when they are first used, so that ``import morelli`` loads neither torch nor
LanceDB.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOMES = {
    "Attribution": "morelli.judge",
    "Comparison": "morelli.judge",
    "Embeddings": "morelli.embeddings",
    "Encoder": "morelli.encode.encoder",
    "EncoderSpec": "morelli.encode.spec",
    "Gallery": "morelli.gallery",
    "Match": "morelli.gallery",
    "Model": "morelli.model",
    "MorelliError": "morelli.errors",
    "References": "morelli.judge",
    "Report": "morelli.evaluate",
    "Session": "morelli.judge",
    "Settings": "morelli.settings",
    "Split": "morelli.collection.splits",
    "attribute_vectors": "morelli.judge",
    "audit_gallery": "morelli.audit.run",
    "collect_source": "morelli.gallery",
    "compare_vectors": "morelli.judge",
    "draw_split": "morelli.collection.splits",
    "embed_gallery": "morelli.gallery",
    "evaluate_models": "morelli.evaluate",
    "export_split": "morelli.collection.exports",
    "open": "morelli.judge",
    "parse_encoder": "morelli.encode.spec",
    "read_model": "morelli.model",
    "recognise": "morelli.collection.sources",
    "search_gallery": "morelli.gallery",
    "train_model": "morelli.learn",
    "write_audit": "morelli.report.audit",
    "write_model": "morelli.model",
    "write_report": "morelli.report",
}

_NAMES = {"open": "open_session"}
"""What is called otherwise at its home, where the name is taken by Python itself."""

__all__ = [*_HOMES, "__version__"]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("morelli")
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), _NAMES.get(name, name))
    raise AttributeError(f"module 'morelli' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
