"""Draws JSON for the fuzz tests: any at all, and a good record in which something was replaced."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**400), 10**400),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(["http://a.test/x.jpg", "\ud800", "a|b", "1890", "Manifest", "@none", "\0"]),
)
anything = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "@id", "type", "@type", "items", "en", "@value", "x"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)


@st.composite
def mutated(draw: st.DrawFn, record: Any, n_max: int = 3) -> Any:
    """Draw a record with one to some of its values, at any depth, replaced by anything or left out."""
    record = copy.deepcopy(record)
    for _ in range(draw(st.integers(1, n_max))):
        places = list(_list_places(record))
        if not places:
            break
        holder, key = draw(st.sampled_from(places))
        if draw(st.booleans()):
            holder[key] = draw(anything)
        else:
            del holder[key]
    return record


def _list_places(record: Any) -> Iterator[tuple[Any, Any]]:
    keys = (
        list(record) if isinstance(record, dict) else range(len(record)) if isinstance(record, list) else ()
    )
    for key in keys:
        yield record, key
        yield from _list_places(record[key])
