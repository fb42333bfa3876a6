"""The public names: one list, each where it says, loaded only when used."""

from __future__ import annotations

import subprocess
import sys

import pytest

import morelli


@pytest.mark.parametrize("name", morelli.__all__)
def test_every_public_name_is_there_and_described(name: str) -> None:
    value = getattr(morelli, name)
    assert isinstance(value, str) or value.__doc__
    assert name in dir(morelli)


def test_the_list_has_no_name_twice_and_stays_short() -> None:
    assert len(set(morelli.__all__)) == len(morelli.__all__) <= 32


def test_other_names_are_refused() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'utils'"):
        morelli.utils  # noqa: B018


def test_importing_the_package_loads_nothing_heavy() -> None:
    heavy = ["torch", "timm", "lancedb", "polars", "numpy", "sklearn", "matplotlib"]
    code = f"import sys, morelli; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
