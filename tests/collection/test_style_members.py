"""Labels of style: who carries which, and the one label that a pair counts for."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from morelli.collection.style_members import StyleMembers

STYLES = ["Rococo|Baroque", "Baroque", None, "Rococo", "Baroque | Rococo|Rococo", " | "]


def test_each_label_has_its_works():
    members = StyleMembers.from_styles(STYLES)
    assert members.labels == ("Baroque", "Rococo")
    assert [works.tolist() for works in members.list_members()] == [[0, 1, 4], [0, 3, 4]]


def test_without_labels_there_are_no_members():
    for styles in ([], [None, ""]):
        assert StyleMembers.from_styles(styles).list_members() == []


@given(st.lists(st.sets(st.sampled_from("abcd"), min_size=1), min_size=2, max_size=12))
@settings(max_examples=40, deadline=None)
def test_a_pair_counts_for_the_first_label_it_shares(labels):
    members = StyleMembers.from_styles(["|".join(sorted(own, reverse=True)) for own in labels])
    for style, works in enumerate(members.list_members()):
        left, right = (np.array(side) for side in np.meshgrid(works, works))
        found = members.is_first_shared(style, left.ravel(), right.ravel())
        for a, b, is_first in zip(left.ravel(), right.ravel(), found, strict=True):
            assert is_first == (members.labels[style] == min(labels[a] & labels[b]))
