"""Enrolling: who is named afterwards, what is refused, and that the model it started from stays as it is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from morelli.errors import ModelError, UsageError
from morelli.judge import attribute_vectors, enrol_artist, name_artists, name_enrolled
from morelli.model.open_set import measure_strangeness


@pytest.fixture(scope="module")
def works(gallery, unseen_model):
    """Ids and vectors of works by each of two artists whom the model has not met."""
    embeddings = gallery.embeddings(unseen_model.encoder.fingerprint)
    test = unseen_model.split.part("test")
    found = {}
    for artist in sorted(set(test["artist"]))[:2]:
        ids = test.filter(test["artist"] == artist)["id"].to_list()
        found[artist] = (ids, embeddings.select(ids))
    return found


def test_an_enrolled_artist_can_be_named(unseen_model, works):
    name, (ids, vectors) = next(iter(works.items()))
    larger = enrol_artist(unseen_model, name, vectors[:3], ids[:3])
    naming = name_artists(larger, vectors)
    assert naming.artists == (*unseen_model.attribution.artists, name)
    np.testing.assert_allclose(naming.probabilities.sum(axis=1), 1)
    assert naming.probabilities[:3, -1].min() > 1 / len(naming.artists)  # the very works enrolled
    before = name_artists(unseen_model, vectors)
    # Of the others some are stranger than before: one more artist to be near to.
    assert (naming.p_values >= before.p_values)[:3].all()
    assert len(before.artists) == len(unseen_model.attribution.artists)
    (answer,) = attribute_vectors(larger, vectors[:1], ["a"], k=99)
    assert [one.n_enrolled for one in answer.candidates if one.artist == name] == [3]
    assert answer.candidates[0].to_label() in {f"{name} (enrolled from 3 works)", answer.candidates[0].artist}


def test_enrolling_again_adds_and_replacing_drops(unseen_model, works):
    (first, (ids, vectors)), (second, (other_ids, others)) = works.items()
    model = enrol_artist(unseen_model, first, vectors[:2], ids[:2])
    model = enrol_artist(model, second, others[:1], other_ids[:1])
    model = enrol_artist(model, first, vectors[2:5], ids[2:5])
    assert model.enrolled.counts == {first: 5, second: 1}
    model = enrol_artist(model, first, vectors[:1], ids[:1], is_replacing=True)
    assert model.enrolled.counts == {second: 1, first: 1}
    open_set = model.open_set
    np.testing.assert_allclose(
        model.enrolled.rows, open_set.transform(np.stack([others[0], vectors[0]])), atol=1e-5
    )
    assert unseen_model.enrolled.counts == {}


def test_an_enrolled_artist_leaves_the_cohort_however_the_name_is_written(unseen_model, works):
    open_set = unseen_model.open_set
    rival = open_set.cohort_artists[0]
    (ids, vectors) = next(iter(works.values()))
    larger = enrol_artist(unseen_model, f"  {rival.upper()} ", vectors[:3], ids[:3])
    rows = open_set.transform(vectors)
    naming = name_artists(larger, vectors)
    closeness = np.hstack([open_set.closeness(rows), larger.enrolled.closeness(rows)])
    strangeness = measure_strangeness(closeness, open_set.cohort_closeness(rows)[:, 1:])
    np.testing.assert_array_equal(naming.p_values, open_set.p_value(strangeness))


def test_an_episode_asks_the_enrolled_artists_alone(unseen_model, works):
    model = unseen_model
    for name, (ids, vectors) in works.items():
        model = enrol_artist(model, name, vectors[:5], ids[:5])
    naming = name_enrolled(model, next(iter(works.values()))[1])
    assert naming.artists == tuple(works)
    np.testing.assert_allclose(naming.probabilities.sum(axis=1), 1)
    with pytest.raises(ModelError, match="enrolled artists: expected at least one"):
        name_enrolled(unseen_model, np.zeros((1, 812), np.float32))


def test_what_cannot_be_enrolled_is_refused(unseen_model, works):
    name, (ids, vectors) = next(iter(works.items()))
    known = unseen_model.attribution.artists[0]
    taught, chose = (
        unseen_model.roles.select(unseen_model.split, role)["id"][0] for role in ("taught", "chose")
    )
    once = enrol_artist(unseen_model, name, vectors[:1], ids[:1])
    for model, artist, chosen, message in (
        (once, name, ids[:1], "enrolled once"),
        (once, "Somebody", ids[:1], "enrolled once"),
        (once, name, [ids[1], ids[1]], "enrolled once"),
        (once, name, [taught], "has not learnt from"),
        (once, name, [chose], "has not learnt from"),
        (once, known.upper(), ids[1:2], "whom the model has not learnt"),
        (once, name, [], "1 to 10, found 0"),
        (once, name, ids[:11], "1 to 10, found 11"),
    ):
        with pytest.raises(UsageError, match=message):
            enrol_artist(model, artist, vectors[: len(chosen)], chosen)
    both = enrol_artist(unseen_model, known, vectors[:1], ids[:1], may_be_known=True)
    assert both.enrolled.artists == (f"{known} (enrolled)",)
    with pytest.raises(ModelError, match="what a few works are worth"):
        enrol_artist(replace(unseen_model, enrolled=None), name, vectors[:1], ids[:1])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "nobody"),
        (" \n", "nobody"),
        ("Unknown", "nobody"),
        ("unbekannt", "nobody"),
        ("?", "nobody"),
        ("NN", "nobody"),
        ("Flemish School", "nobody, but 'Flemish School'"),
        ("after Rembrandt", "works 'after' that artist"),
        ("Werkstatt von Cranach", "works 'workshop of' that artist"),
        ("Goya (?)", "works 'uncertain' that artist"),
        ("Anna\x1b[31m Ancher", "control characters"),
        ("Anna \u202erehcnA", "control characters"),
        ("123", "no letters"),
    ],
)
def test_what_is_no_artist_s_name_is_not_enrolled(unseen_model, works, text, found):
    ids, vectors = next(iter(works.values()))
    with pytest.raises(UsageError) as caught:
        enrol_artist(unseen_model, text, vectors[:1], ids[:1])
    assert (caught.value.expected, caught.value.found) == ("the name of one artist", found)


def test_a_name_is_enrolled_once_however_it_is_written(unseen_model, works):
    ids, vectors = next(iter(works.values()))
    model = unseen_model
    for place, text in enumerate(
        ["Mu\u0308ller,\n Otto", "M\u00fcller, Otto", "Otto Mueller", "OTTO  MULLER (1874-1930)"]
    ):
        rows = vectors[place : place + 1], ids[place : place + 1]
        model = enrol_artist(model, text, *rows, is_another=text == "Otto Mueller")
    assert model.enrolled.counts == {"Otto Müller": 3, "Otto Mueller": 1}


def test_a_name_spelled_nearly_like_a_known_one_asks_to_be_sure(unseen_model, works):
    ids, vectors = next(iter(works.values()))
    known = unseen_model.attribution.artists[0]
    first, last = known.split(" ", 1)
    for text in (known[:-1] + "z", f"{last}, {first[0]}.", known + "e"):
        with pytest.raises(UsageError, match=f"found '{known}' among them; correct the spelling, or add"):
            enrol_artist(unseen_model, text, vectors[:1], ids[:1])
    model = enrol_artist(unseen_model, known + "e", vectors[:1], ids[:1], is_another=True)
    again = enrol_artist(model, known + "e", vectors[1:2], ids[1:2])
    assert again.enrolled.counts == {known + "e": 2}
    assert enrol_artist(unseen_model, "Zoltan Quibble", vectors[:1], ids[:1]).enrolled.counts
