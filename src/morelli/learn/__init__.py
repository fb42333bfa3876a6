"""From a gallery, a split and a recipe to a model.

Begin in `training`, which learns by any recipe. `recipe` says what one may hold, `recipe_files` where it is
found. `hand` learns the heads on stored vectors, each in a file of `heads`; `network` trains networks.
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
