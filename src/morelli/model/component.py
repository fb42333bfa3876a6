"""What every part of a model can do: write itself as arrays and facts, and be read from them.

A part is a dataclass. Its arrays go into `model.safetensors` under its own prefix, all other fields into the
card.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, asdict, dataclass, fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, Self, get_args, get_origin, get_type_hints

import numpy as np
from numpy.typing import NDArray

Arrays = Mapping[str, NDArray[Any]]


class Component:
    """A dataclass of arrays, facts and further components, single, in tuples or in mappings.

    A field's metadata says where its name in the folder is another one: "stored" is that name, "" for what
    lies among the contents of the whole, and "a.b" for b among the facts of a; "arrays" is the prefix of a
    mapping of arrays, whose names the card then lists. With "null", None stands in the card and is not left
    out.
    """

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Return the arrays by name; a name begins with the place in a tuple or the name in a mapping."""
        return {
            name: array
            for slot in self._slots()
            for name, array in slot.list_arrays(getattr(self, slot.name))
        }

    def to_facts(self) -> Any:
        """Return what the card says of the part, as JSON."""
        facts: dict[str, Any] = {}
        for slot in self._slots():
            value = getattr(self, slot.name)
            if slot.is_array or (slot.may_lack and value is slot.default and not slot.is_null):
                continue
            fact, (outer, _, key) = slot.to_fact(value), slot.key.rpartition(".")
            if not slot.key and not isinstance(fact, dict):
                return fact
            if not slot.key:
                facts |= fact
            elif not outer:
                facts[key] = fact
            elif outer in facts:
                facts[outer][key] = fact
        return facts | self._derive_facts()

    @classmethod
    def _slots(cls) -> list[_Slot]:
        owner: Any = cls
        return _list_slots(owner)

    def _derive_facts(self) -> dict[str, Any]:
        """Return what the card says for its readers, and what is not read back."""
        return {}

    @classmethod
    def from_parts(cls, facts: Any, arrays: Arrays) -> Self:
        """Return the part that facts and arrays describe.

        Raises KeyError, TypeError or ValueError when they do not fit each other.
        """
        values = {slot.name: slot.read(facts, arrays) for slot in cls._slots()}
        make: Any = cls
        part: Self = make(**{name: value for name, value in values.items() if value is not MISSING})
        return part


def list_components(owner: Any) -> dict[str, type[Component]]:
    """Return the components of a dataclass by field."""
    return {slot.name: slot.kind for slot in _list_slots(owner) if issubclass(slot.kind, Component)}


def strip_prefix(arrays: Arrays, prefix: str) -> dict[str, NDArray[Any]]:
    """Return the arrays under a prefix by what is left of their names: "" of the one that bears it alone."""
    held = {name: array for name, array in arrays.items() if f"{name}.".startswith(f"{prefix}.")}
    return {name[len(prefix) + 1 :]: array for name, array in held.items()}


@dataclass(frozen=True)
class _Slot:
    """How a field of a component is stored."""

    name: str
    key: str  # in the card, and before the arrays of a single part
    prefix: str | None  # of the arrays of a mapping
    is_null: bool
    default: Any
    group: Any  # tuple or Mapping, or None for a single value
    kind: Any  # the class of the value, or of those in the group

    @property
    def is_array(self) -> bool:
        return self.group is None and issubclass(self.kind, np.ndarray)

    @property
    def may_lack(self) -> bool:
        return self.default is None or isinstance(self.default, Component)

    def list_arrays(self, value: Any) -> Iterator[tuple[str, NDArray[Any]]]:
        if self.group is tuple:
            value = {str(place): member for place, member in enumerate(value)}
        members = {self.key: value} if self.group is None else value
        for name, member in (members or {}).items():
            if isinstance(member, np.ndarray):
                yield _join(self.prefix or "", name), member
            elif isinstance(member, Component):
                yield from ((_join(name, own), array) for own, array in member.to_arrays().items())

    def to_fact(self, value: Any) -> Any:
        if self.prefix is not None:
            return list(value)
        if self.group is tuple:
            return [_to_fact(member) for member in value]
        return (
            _to_fact(value)
            if self.group is None
            else {name: _to_fact(member) for name, member in value.items()}
        )

    def read(self, facts: Any, arrays: Arrays) -> Any:
        """Return the value of the field, or MISSING for that of the dataclass."""
        if self.is_array:
            return arrays.get(self.key, MISSING) if self.may_lack else arrays[self.key]
        is_merged = not self.key and issubclass(self.kind, Component)
        if is_merged and self.may_lack and not any(slot.key in arrays for slot in _list_slots(self.kind)):
            return MISSING
        outer, _, key = self.key.rpartition(".")
        if outer and outer not in facts:
            return MISSING
        facts = facts[outer] if outer else facts
        told = facts if not key else facts.get(key) if self.may_lack else facts[key]
        if told is None:
            return MISSING
        if self.prefix is not None:
            return {name: arrays[_join(self.prefix, name)] for name in told}
        if self.group is tuple:
            return tuple(self._read_one(fact, arrays, str(place)) for place, fact in enumerate(told))
        if self.group is not None:
            return {name: self._read_one(fact, arrays, name) for name, fact in told.items()}
        return self._read_one(told, arrays, self.key)

    def _read_one(self, told: Any, arrays: Arrays, prefix: str) -> Any:
        if issubclass(self.kind, Component):
            return self.kind.from_parts(told, strip_prefix(arrays, prefix) if prefix else arrays)
        make = self.kind
        return make(**told) if is_dataclass(self.kind) else told


@cache
def _list_slots(owner: Any) -> list[_Slot]:
    hints = get_type_hints(owner)
    return [
        _Slot(
            field.name,
            field.metadata.get("stored", field.name),
            field.metadata.get("arrays"),
            field.metadata.get("null", False),
            field.default,
            *_read_hint(hints[field.name]),
        )
        for field in fields(owner)
    ]


def _read_hint(hint: Any) -> tuple[Any, Any]:
    """Return what groups the values of a field, and the class of one; `object` for facts of any kind."""
    if get_origin(hint) is UnionType:
        hint = next(choice for choice in get_args(hint) if choice is not NoneType)
    group = get_origin(hint) if get_origin(hint) in (tuple, Mapping) else None
    if group is not None:
        hint = get_args(hint)[0 if group is tuple else 1]
    kind = get_origin(hint) or hint
    return group, kind if isinstance(kind, type) else object


def _to_fact(value: Any) -> Any:
    if isinstance(value, Component):
        return value.to_facts()
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else value


def _join(prefix: str, name: str) -> str:
    return f"{prefix}.{name}" if prefix and name else prefix or name
