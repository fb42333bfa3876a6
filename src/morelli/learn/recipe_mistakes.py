"""What is wrong in a recipe, in words: the field, what it takes, what stands there, and what was meant."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from rapidfuzz import fuzz, process

from morelli.errors import RecipeError
from morelli.learn.recipe import Recipe

_LEAST_LIKENESS = 60  # of 100; below it, a guess would mislead


def describe_mistake(error: ValidationError, thing: object) -> RecipeError:
    """Return the first mistake that pydantic found as an error of the package.

    Parameters
    ----------
    error
        From the validation of a `Recipe`.
    thing
        The file, for the message.
    """
    found = error.errors()
    first = next(
        (each for each in found if each["type"] == "extra_forbidden"), found[0]
    )  # says why one lacks
    place = [part for part in first["loc"] if not _is_kind(part)]
    field = ".".join(str(part) for part in place)
    where = f"{thing}: {field}" if field else str(thing)
    if first["type"] == "extra_forbidden":
        return _refuse_field(where, str(place[-1]), find_fields(place[:-1]))
    if first["type"] == "missing":
        return RecipeError(
            where, expected="this field", found="none of it", remedy="add it; see docs/recipes.md"
        )
    near = find_near(str(first["input"]), find_values(place))
    return RecipeError(
        where,
        expected=_describe_expected(error, first),
        found=_describe_found(first["input"]),
        remedy=f"did you mean {near}" if near else "see docs/recipes.md for the fields",
    )


def find_near(name: str, names: Iterable[str]) -> str | None:
    """Return the name that is spelt most like another, or None where none is near.

    Examples
    --------
    >>> find_near("learning_rte", ["weight_decay", "learning_rate"])
    'learning_rate'
    """
    found = process.extractOne(name, list(names), scorer=fuzz.ratio, score_cutoff=_LEAST_LIKENESS)
    return None if found is None else str(found[0])


def find_fields(place: Iterable[Any]) -> tuple[str, ...]:
    """Return the names of the fields of a section of a recipe, () where there is none."""
    model: type[BaseModel] | None = Recipe
    for part in place:
        if isinstance(part, int):
            continue  # a place in a list; its section is that of the list
        field = model.model_fields.get(str(part)) if model is not None else None
        model = _find_model(field.annotation) if field is not None else None
    return tuple(model.model_fields) if model is not None else ()


def find_values(place: Iterable[Any]) -> tuple[str, ...]:
    """Return the words that a field of a recipe takes, () where it takes others than words."""
    names = [part for part in place if not isinstance(part, int)]
    model: type[BaseModel] | None = Recipe
    for name in names[:-1]:
        field = model.model_fields.get(str(name)) if model is not None else None
        model = _find_model(field.annotation) if field is not None else None
    field = model.model_fields.get(str(names[-1])) if model is not None and names else None
    return tuple(_list_words(field.annotation)) if field is not None else ()


def _refuse_field(where: str, name: str, fields: tuple[str, ...]) -> RecipeError:
    near = find_near(name, fields)
    return RecipeError(
        where,
        expected=f"one of the fields {', '.join(fields)}" if fields else "no field here",
        found=f"{name!r}, which is none of them",
        remedy=f"did you mean {near}" if near else "see docs/recipes.md for the fields",
    )


def _describe_expected(error: ValidationError, first: Any) -> str:
    words = find_values([part for part in first["loc"] if not _is_kind(part)])
    others = [each["msg"] for each in error.errors() if each["loc"][:-1] == first["loc"][:-1]]
    if words and _is_kind(first["loc"][-1]):  # "none", "all" or a number: each way it failed
        return " or ".join([", ".join(words), *(_lower(text) for text in others[1:])])
    if words:
        return f"one of {', '.join(words)}"
    return _lower(str(first["msg"]).removeprefix("Value error, "))


def _describe_found(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _is_kind(part: Any) -> bool:
    """Whether a part of a place is pydantic's name of one branch of a union, no field."""
    return isinstance(part, str) and (part in {"int", "str", "float"} or "[" in part)


def _find_model(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((model for each in get_args(annotation) if (model := _find_model(each)) is not None), None)


def _list_words(annotation: Any) -> list[str]:
    words: list[str] = []
    for each in get_args(annotation):
        words.extend([each] if isinstance(each, str) else _list_words(each))
    return words
