"""Encoders of other packages: alone and joined, told apart by their fingerprints, refused in a sentence."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from morelli.encode.encoder import Encoder
from morelli.encode.plugins import PLUGINS
from morelli.encode.spec import EncoderCard, is_plugin, parse_encoder
from morelli.encode.views import Grid
from morelli.errors import EncoderError, FingerprintError, UsageError
from morelli.gallery import Gallery, embed_gallery
from morelli.settings import Settings
from plugins import install

from .networks import write_pictures

MEAN_COLOUR = """
import numpy as np

class MeanColour:
    fingerprint = "mean colour 1"
    dimension = 3
    side_px = 32

    def encode_images(self, images):
        return [np.asarray(image).mean(axis=(0, 1)) for image in images]

class Wrong(MeanColour):
    def encode_images(self, images):
        return np.zeros((len(images), 5))

class Failing(MeanColour):
    def encode_images(self, images):
        raise KeyError("weights")

class Nameless(MeanColour):
    fingerprint = None

def fail():
    raise RuntimeError("no licence")
"""

ENTRIES = {
    "mean-colour": "museum_encoders:MeanColour",
    "wrong": "museum_encoders:Wrong",
    "failing": "museum_encoders:Failing",
    "nameless": "museum_encoders:Nameless",
    "unlicensed": "museum_encoders:fail",
    "absent": "museum_of_nothing:Encoder",
    "resnet18": "museum_encoders:MeanColour",
    "descriptors": "museum_encoders:MeanColour",
}


@pytest.fixture(autouse=True)
def _museum(tmp_path, monkeypatch):
    install(tmp_path / "site", monkeypatch, PLUGINS, ENTRIES, {"museum_encoders": MEAN_COLOUR})


@pytest.fixture
def pictures(tmp_path):
    return write_pictures(tmp_path, 20, width=60, height=50)


def build(name: str) -> Encoder:
    return Encoder(parse_encoder(name), Settings(workers=2, batch_size=8, device="cpu"))


def test_a_plug_in_encodes_alone_and_beside_others(pictures):
    encoder, joined = build("mean-colour"), build("mean-colour+descriptors")
    assert encoder.card.name == "mean-colour"
    assert (encoder.card.dimension, encoder.side_px) == (3, 32)
    (part,) = encoder.card.parts
    assert (part.weights, part.origin) == ("mean colour 1", "plug-in museum 1.2")
    alone = np.concatenate([b.vectors for b in encoder.encode([(path.stem, path) for path in pictures])])
    expected = [np.asarray(Image.open(path).convert("RGB")).mean(axis=(0, 1)) for path in pictures]
    np.testing.assert_allclose(alone, expected, rtol=1e-6)
    both = joined.encode_files(pictures[:3])
    np.testing.assert_allclose(both[:, :3], expected[:3], rtol=1e-6)
    np.testing.assert_array_equal(both[:, 3:], build("descriptors").encode_files(pictures[:3]))


def test_patches_are_cut_from_the_picture(pictures):
    encoder = build("mean-colour")
    picture = encoder.open_picture(pictures[0]).image
    patches = encoder.encode_patches(picture, Grid(n_cells=2, window=0.5))
    assert patches.vectors.shape == (4, 3)
    corner = np.asarray(picture.crop((0, 0, picture.width // 2, picture.height // 2)))
    np.testing.assert_allclose(patches.vectors[0], corner.mean(axis=(0, 1)), rtol=1e-6)


def test_another_fingerprint_is_another_encoder(tmp_path, monkeypatch):
    card = EncoderCard.from_dict(build("mean-colour").card.to_dict())
    assert Encoder.from_card(card, Settings()).card == card
    changed = MEAN_COLOUR.replace("mean colour 1", "mean colour 2")
    install(tmp_path / "newer", monkeypatch, PLUGINS, ENTRIES, {"museum_encoders": changed})
    assert build("mean-colour").card.fingerprint != card.fingerprint
    with pytest.raises(FingerprintError, match="embed and train anew"):
        Encoder.from_card(card, Settings())


def test_a_gallery_keeps_its_vectors_beside_those_of_others(gallery_copy):
    gallery = Gallery(gallery_copy)
    (before,) = gallery.encoders()
    embed_gallery(gallery, build("mean-colour"), Settings(workers=0))
    card = gallery.encoder("mean-colour")
    assert card.fingerprint != before.fingerprint
    assert gallery.embeddings(card.fingerprint).vectors.shape == (len(gallery.works()), 3)


def test_names_that_are_built_in_stay_what_they_are():
    assert not is_plugin("descriptors")
    assert not is_plugin("resnet18")
    assert is_plugin("mean-colour")
    assert not is_plugin("another")


def test_weights_are_for_networks_alone(tmp_path):
    with pytest.raises(UsageError, match="parts that take none"):
        parse_encoder("mean-colour", weights=[tmp_path / "a.pth"])
    spec = parse_encoder("mean-colour+resnet18", weights=[tmp_path / "a.pth"])
    assert [part.weights for part in spec.parts] == [None, tmp_path / "a.pth"]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("absent", "plug-in museum 1.2: absent: .*ModuleNotFoundError: No module named 'museum_of_nothing'"),
        ("unlicensed", "plug-in museum 1.2: unlicensed: .*RuntimeError: no licence"),
        ("nameless", "a fingerprint .text.*found None, 3"),
    ],
)
def test_a_plug_in_that_fails_to_load_is_one_sentence_and_stops_no_other(name, found):
    with pytest.raises(EncoderError, match=found) as error:
        build(name)
    assert "\n" not in str(error.value)
    assert build("mean-colour").card.dimension == 3


@pytest.mark.parametrize(
    ("name", "found"),
    [("wrong", r"shape \(1, 3\), found one of \(1, 5\)"), ("failing", "KeyError: 'weights'")],
)
def test_vectors_that_are_none_are_refused(pictures, name, found):
    with pytest.raises(EncoderError, match=found):
        build(name).encode_files(pictures[:1])
