"""Learning from stored vectors and from pictures.

`train_model` is imported when it is first used, so that recipes can be listed without torch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from morelli.learn.hand import train_model

__all__ = ["train_model"]


def __getattr__(name: str) -> Any:
    if name == "train_model":
        from morelli.learn.hand import train_model

        return train_model
    raise AttributeError(f"module 'morelli.learn' has no attribute {name!r}")
