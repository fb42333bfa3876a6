"""What every part of a model can do: be written as arrays and facts, and be read from them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, Self

from numpy.typing import NDArray

Arrays = Mapping[str, NDArray[Any]]
"""Arrays by name."""


class Component(Protocol):
    """A part of a model that lies in its folder."""

    def to_arrays(self) -> Arrays:
        """Return the arrays by name, as `model.safetensors` keeps them under the part's own prefix."""

    def to_facts(self) -> dict[str, Any]:
        """Return what the card says of the part, as a JSON object."""

    @classmethod
    def from_parts(cls, facts: Mapping[str, Any], arrays: Arrays) -> Self:
        """Return the part that facts and arrays describe.

        Raises
        ------
        KeyError, TypeError, ValueError
            When they do not fit each other; `read_model` names the folder.
        """


def strip_prefix(arrays: Arrays, prefix: str) -> dict[str, NDArray[Any]]:
    """Return the arrays whose names begin with a prefix, by what is left of their names."""
    return {key.removeprefix(prefix): values for key, values in arrays.items() if key.startswith(prefix)}
