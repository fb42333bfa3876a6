"""The error tree: four parts in every message, exit codes, and the journey between processes."""

from __future__ import annotations

import inspect
import pickle
import re

import pytest

from morelli import errors
from morelli.errors import MorelliError, UsageError, needs_networks

CLASSES = [
    value for _, value in inspect.getmembers(errors, inspect.isclass) if issubclass(value, MorelliError)
]


@pytest.mark.parametrize("cls", CLASSES)
def test_every_error_says_its_four_parts(cls: type[MorelliError]) -> None:
    error = cls("a.jpg", expected="a picture", found="0 bytes", remedy="copy it again")
    assert str(error) == "a.jpg: expected a picture, found 0 bytes; copy it again."
    assert (error.thing, error.expected, error.found, error.remedy) == (
        "a.jpg", "a picture", "0 bytes", "copy it again",
    )  # fmt: skip


@pytest.mark.parametrize("cls", CLASSES)
def test_every_error_travels_between_processes(cls: type[MorelliError]) -> None:
    error = pickle.loads(pickle.dumps(cls("x", expected="a", found="b", remedy="c")))  # noqa: S301
    assert type(error) is cls
    assert str(error) == "x: expected a, found b; c."


def test_wrong_usage_ends_with_2_and_all_else_with_1() -> None:
    wrong = {cls.__name__ for cls in CLASSES if cls.exit_code == 2}
    assert wrong == {"UsageError", "SettingsError"}
    assert {cls.exit_code for cls in CLASSES} == {1, 2}


def test_the_drawn_tree_is_the_real_one() -> None:
    drawn: dict[str, str] = {}
    parents = ["Exception"]
    for line in (errors.__doc__ or "").splitlines():
        if found := re.search(r"\b([A-Z][A-Za-z]+Error)\b", line):
            depth = (found.start() - 4) // 4
            parents = [*parents[: depth + 1], found[1]]
            drawn[found[1]] = parents[depth]
    real = {cls.__name__: cls.__bases__[0].__name__ for cls in CLASSES}
    assert drawn == real


@pytest.mark.parametrize(
    ("error", "found"),
    [
        (ModuleNotFoundError("No module named 'timm.data'", name="timm.data"), "no timm"),
        (
            ImportError("libcudart.so.12: no such file"),
            "one that cannot be loaded (libcudart.so.12: no such file)",
        ),
    ],
)
def test_what_networks_run_on_is_asked_for_in_one_line(error: ImportError, found: str) -> None:
    with pytest.raises(UsageError) as caught, needs_networks("encoder resnet18"):
        raise error
    assert str(caught.value) == (
        "encoder resnet18: expected the packages that networks run on, "
        f'found {found}; install them with: pip install "morelli[networks]".'
    )


def test_faults_of_other_kinds_pass() -> None:
    with pytest.raises(KeyError), needs_networks("recipe"):
        raise KeyError("model")
