"""Profiles of two pictures, and searches by one signal."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from morelli.collection.duplicates.looks import plant_copy, take_look
from morelli.encode.descriptors import describe_picture
from morelli.errors import GalleryError, ModelError
from morelli.judge import Sight, profile_pair
from morelli.judge.search import open_references, require_head, search_same_work
from morelli.judge.signals import _describe_signal
from morelli.model import Rule
from morelli.model.signals import SIGNALS, Signals, join_sources


def see(path) -> Sight:
    image = Image.open(path).convert("RGB")
    vector = describe_picture(np.asarray(image))
    return Sight(vector, vector, take_look(image))


@pytest.fixture(scope="module")
def sights(gallery):
    paths = gallery.works()["path"].to_list()
    copy = plant_copy(Image.open(paths[0]).convert("RGB"), "cropped", np.random.default_rng(0))
    vector = describe_picture(np.asarray(copy))
    return see(paths[0]), Sight(vector, vector, take_look(copy)), see(paths[70])


def test_a_crop_of_a_work_is_told_from_another_work(signals_model, sights):
    one, copy, other = sights
    near, far = profile_pair(signals_model, one, copy), profile_pair(signals_model, one, other)
    assert [signal.name for signal in near.signals] == list(SIGNALS)
    assert near.find("work").log10_likelihood_ratio > 0.3
    assert "features agree" in near.find("work").sentence
    assert far.find("work").score == 0
    assert far.find("work").log10_likelihood_ratio < 0
    for name in SIGNALS:
        assert near.find(name).score > far.find(name).score


def test_the_hand_follows_the_rule_of_the_model(signals_model, sights):
    one, _, other = sights
    head = replace(signals_model.comparison, rule=Rule("pearson"))
    profile = profile_pair(replace(signals_model, comparison=head), one, other)
    both = head.standardisation.transform(np.stack([one.vector, other.vector]))
    assert profile.find("hand").score == pytest.approx(np.corrcoef(both)[0, 1], abs=1e-5)


def test_each_score_is_that_of_its_head(signals_model, sights):
    one, _, other = sights
    profile = profile_pair(signals_model, one, other)
    both = np.stack([one.vector, other.vector])
    for name in ("style", "palette", "subject"):
        head = signals_model.signals.heads[name]
        rows = head.transform(join_sources(signals_model.encoder, both, None))
        assert profile.find(name).score == pytest.approx(float(rows[0] @ rows[1]), abs=1e-5)
        line = head.line
        ratio = np.exp(line.slope * profile.find(name).score + line.intercept)
        told = 10 ** profile.find(name).log10_likelihood_ratio
        assert told == pytest.approx(np.clip(ratio, 10**line.low, 10**line.high), rel=1e-3)
    assert json.loads(json.dumps(profile.to_dict()))["signals"][0]["name"] == "hand"


def test_a_profile_does_not_depend_on_the_order(signals_model, sights):
    there, back = (profile_pair(signals_model, *pair) for pair in (sights[::2], sights[::-2]))
    for one, other in zip(there.signals, back.signals, strict=True):
        assert one.log10_likelihood_ratio == pytest.approx(other.log10_likelihood_ratio, abs=1e-5)


def test_what_cannot_be_said_has_its_reason(unseen_model, signals_model, sights):
    blind = Sight(sights[0].vector)
    profile = profile_pair(unseen_model, blind, blind)
    assert profile.find("hand").log10_likelihood_ratio is not None
    assert profile.find("style").score is None
    assert "no signals; train it again" in profile.find("style").sentence
    assert profile.find("palette").score == pytest.approx(1, abs=1e-5)
    assert profile.find("palette").log10_likelihood_ratio is None
    assert "cannot be read" in profile.find("work").reason
    why = replace(signals_model, signals=Signals(reasons={"style": "there were no styles"}))
    assert profile_pair(why, blind, blind).find("style").reason == "there were no styles"


def test_the_sentence_turns_with_the_sign():
    assert "likelier between works of one style" in _describe_signal("style", 1)
    assert "likelier between works of two styles" in _describe_signal("style", -1)
    assert "1,200 times" in _describe_signal("work", 3.08)


@pytest.mark.parametrize("name", ["style", "palette", "subject"])
def test_the_nearest_are_those_of_a_loop(gallery, signals_model, name):
    head = require_head(signals_model, name)
    references = open_references(gallery, head, signals_model, where="year < 9999")
    scores = references.rows @ references.rows[0]
    best = sorted(zip(-scores, references.ids, strict=True))[1][1]
    assert references.nearest(references.rows[0], k=1, without=references.ids[0])[0].id == best


def test_missing_heads_and_works_are_refused(gallery, unseen_model, signals_model):
    with pytest.raises(ModelError, match="signal 'style': expected a model that has learnt it"):
        require_head(unseen_model, "style")
    with pytest.raises(GalleryError, match="found none"):
        open_references(gallery, require_head(None, "palette"), None, where="year > 9999")
    with pytest.raises(GalleryError, match="run 'morelli audit"):
        search_same_work(gallery, take_look(Image.new("RGB", (8, 8))), k=1)
