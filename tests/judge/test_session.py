"""A session: works by file, by id and in sets; what it says without a model, a gallery, or the picture."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from PIL import Image

import morelli
from morelli.errors import GalleryError, ModelError, PictureError, UsageError
from morelli.gallery import Gallery
from morelli.judge import Session
from morelli.judge.words import INSUFFICIENT
from morelli.judge.works import is_work_id
from morelli.model import write_model

from .tiny import make_tiny

UNKNOWN = "0123456789abcdef"


@pytest.fixture(scope="module")
def session(gallery_folder, signals_folder) -> Session:
    return Session.open(signals_folder, gallery_folder)


@pytest.fixture(scope="module")
def works(gallery) -> list[dict[str, object]]:
    return gallery.works().to_dicts()


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny")
    made = make_tiny(folder)
    write_model(made.model, folder / "model")
    return made, folder / "model"


@pytest.fixture
def broken(tmp_path):
    path = tmp_path / "broken.jpg"
    path.write_bytes(b"no picture")
    return path


def test_a_file_and_its_work_are_answered_alike(session, works):
    work, other = works[5], works[30]
    by_id, by_file = (session.compare([work[key]], [other[key]], n_crops=0) for key in ("id", "path"))
    assert by_id.score == pytest.approx(by_file.score, abs=1e-5)
    assert by_id.n_left == by_id.n_right == 1
    for by in (None, "hand", "style", "palette", "subject"):
        found = [session.search(work[key], by=by, k=3) for key in ("id", "path")]
        assert [match.id for match in found[0]] == [match.id for match in found[1]]
        assert work["id"] not in {match.id for match in found[0]}


def test_an_attribution_leaves_out_the_picture_itself(session, works):
    paths = [works[0]["path"], works[70]["path"]]
    answers = session.attribute(paths, k=2, level=0.8)
    assert [answer.picture for answer in answers] == paths
    for answer, work in zip(answers, (works[0], works[70]), strict=True):
        assert (len(answer.candidates), answer.level) == (2, 0.8)
        assert len(answer.references) == 5
        assert work["id"] not in {match.id for match in answer.references}


def calibrate_for_sets(session: Session) -> Session:
    """Return a session whose model counts no draws, as earlier versions do not: any set is answered."""
    head = session.model.comparison
    head = replace(head, calibration=replace(head.calibration, draws=None))
    return Session(replace(session.model, comparison=head), session.gallery)


def test_sets_that_the_model_was_not_calibrated_for_are_refused(session, works):
    ids = [work["id"] for work in works]
    with pytest.raises(UsageError, match="too few to calibrate such sets"):
        session.compare(ids[:2], ids[30:32], n_crops=0)


def test_sets_have_no_profile(session, works):
    left, right = [works[0]["path"], works[1]["id"]], [works[30]["id"]]
    answer = calibrate_for_sets(session).compare(left, right, n_crops=1, prior=0.2)
    assert (answer.left, answer.n_left, answer.n_right) == (", ".join(left), 2, 1)
    assert answer.profile is None
    assert answer.parts[0].name == "crops"
    assert answer.prior == 0.2


def test_a_profile_is_that_of_the_comparison(session, works):
    one, other = works[0]["id"], works[30]["id"]
    answer = session.compare([one], [other], n_crops=0)
    profile = session.profile(one, other)
    assert answer.profile.signals[1:] == profile.signals[1:]
    assert answer.sufficient or answer.profile.find("hand").log10_likelihood_ratio is None
    assert profile.find("hand").log10_likelihood_ratio == answer.diagnostics.log10_likelihood_ratio


@pytest.mark.parametrize("change", ["smaller", "cut"])
def test_another_picture_of_the_same_work_is_no_evidence(session, works, tmp_path, change):
    """Found as the audit finds duplicates, also in a set, and said before any other reason."""
    with Image.open(works[0]["path"]) as picture:
        width, height = picture.size
        cut = picture.crop((0, 0, round(0.8 * width), round(0.9 * height)))
        other = picture.resize((round(0.8 * width), round(0.8 * height))) if change == "smaller" else cut
        other.convert("RGB").save(tmp_path / "other.jpg", quality=70)
    right = [str(tmp_path / "other.jpg")]
    for left in ([works[0]["id"]], [works[30]["id"], works[0]["id"]]):
        answer = calibrate_for_sets(session).compare(left, right, n_crops=2)
        assert answer.sentence == INSUFFICIENT
        assert works[0]["id"] in answer.reasons[0]
        assert "show the same work" in answer.reasons[0]
        told = answer.to_dict()
        assert told["log10_likelihood_ratio"] is told["probability"] is told["interval"] is None
        assert isinstance(told["diagnostics"]["log10_likelihood_ratio"], float)


def test_a_work_whose_picture_is_gone_is_compared_by_its_vector(gallery_copy, signals_folder, works):
    gallery = Gallery(gallery_copy)
    frame = gallery.works()
    gallery.store_works(frame.head(1).with_columns(path=frame["path"].head(1) + ".gone"))
    session = Session.open(signals_folder, gallery_copy)
    answer = session.compare([works[0]["id"]], [works[1]["id"]], n_crops=2)
    assert answer.n_left == answer.n_right == 1
    assert session.read_side([works[0]["id"], works[1]["id"]], n_crops=2).crops is None
    assert answer.profile.find("work").reason == "the file of a picture cannot be read"


def test_pictures_that_cannot_be_used_are_skips(session, works, broken):
    found = session.read([works[0]["path"], str(broken), works[1]["id"]])
    assert found.names == (works[0]["path"], works[1]["id"])
    assert found.ids == (works[0]["id"], works[1]["id"])
    assert found.vectors.shape == (2, session.model.encoder.dimension)
    assert [skip.path for skip in found.skips] == [str(broken)]
    with pytest.raises(PictureError, match=r"broken\.jpg"):
        session.read([str(broken)])


@pytest.mark.parametrize("ask", ["attribute", "compare", "search", "profile"])
def test_a_picture_that_cannot_be_read_is_named(session, broken, ask):
    arguments = {"attribute": ([broken],), "compare": ([str(broken)], [str(broken)])}
    with pytest.raises(PictureError, match=r"broken\.jpg"):
        getattr(session, ask)(*arguments.get(ask, (str(broken),) * (2 if ask == "profile" else 1)))


def test_an_unknown_id_is_named(session, works):
    for ask in (
        lambda: session.compare([UNKNOWN], [works[0]["id"]]),
        lambda: session.search(UNKNOWN),
        lambda: session.search(UNKNOWN, by="palette"),
        lambda: session.find_file(UNKNOWN),
    ):
        with pytest.raises(GalleryError, match=UNKNOWN):
            ask()


def test_a_work_id_leads_to_its_picture(session, works):
    assert str(session.find_file(works[0]["id"])) == works[0]["path"]
    assert str(session.find_file("a.jpg")) == "a.jpg"


def test_a_file_may_be_called_like_a_work(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert is_work_id(UNKNOWN)
    assert not is_work_id(UNKNOWN.upper())
    (tmp_path / UNKNOWN).write_bytes(b"")
    assert not is_work_id(UNKNOWN)


def test_without_a_gallery_files_are_answered_and_ids_are_not(unseen_folder, works):
    session = Session.open(unseen_folder)
    assert session.references is None
    assert session.compare([works[0]["path"]], [works[1]["path"]], n_crops=0).profile is not None
    assert session.attribute([works[0]["path"]])[0].references == ()
    with pytest.raises(UsageError, match="a work id without a gallery; add --gallery"):
        session.compare([works[0]["id"]], [works[1]["id"]])
    with pytest.raises(UsageError, match="expected a gallery"):
        session.search(works[0]["path"])
    with pytest.raises(GalleryError, match="absent"):
        Session.open(unseen_folder, "absent")


def test_without_a_model_only_searches_are_answered(gallery_folder, works):
    session = Session.open(gallery=gallery_folder)
    by_encoder = session.search(works[5]["id"], k=3)
    assert [match.id for match in by_encoder] == [match.id for match in session.search(works[5]["path"], k=3)]
    assert len(session.search(works[5]["id"], k=3, by="palette", where="year < 1900")) == 3
    with pytest.raises(UsageError, match="--by style: expected a model"):
        session.search(works[5]["id"], by="style")
    with pytest.raises(UsageError, match="expected hand, style"):
        session.search(works[5]["id"], by="size")
    with pytest.raises(UsageError, match="expected a model, found none"):
        session.compare([works[0]["id"]], [works[1]["id"]])
    with pytest.raises(ModelError, match="absent"):
        Session.open("absent", gallery_folder)


def test_what_is_asked_for_is_checked_before_anything_is_read(session, broken):
    with pytest.raises(UsageError, match="--prior"):
        session.compare([str(broken)], [str(broken)], prior=1)


def test_an_artist_is_enrolled(session, gallery, unseen_model, unseen_folder):
    test = unseen_model.split.part("test")
    artist = sorted(test["artist"])[0]
    ids = test.filter(test["artist"] == artist)["id"].to_list()[:2]
    session = Session(unseen_model, gallery)
    larger = session.enrol(artist, session.read(ids))
    assert larger.enrolled.counts == {artist: 2}
    assert unseen_model.enrolled.counts == {}
    assert Session(larger, gallery).attribute([gallery.works()["path"][0]], k=99)[0].n_artists == (
        len(unseen_model.attribution.artists) + 1
    )


def test_an_explanation_weighs_as_the_comparison_does(tiny):
    made, folder = tiny
    session = Session.open(folder, device="cpu")
    names = [str(path) for path in made.pictures[:2]]
    explained, compared = session.explain(*names), session.compare(*([name] for name in names), n_crops=0)
    assert explained.left == made.pictures[0]
    assert explained.occlusion.log10_likelihood_ratio == pytest.approx(
        compared.diagnostics.log10_likelihood_ratio, abs=1e-3
    )


def test_weights_beside_the_model_are_its_own(tiny, tmp_path):
    made, folder = tiny
    moved = shutil.copytree(folder, tmp_path / "model")
    shutil.copy(made.pictures[0].parent / "weights.safetensors", moved / "backbone.safetensors")
    vectors = Session.open(moved, device="cpu").encoder.encode_files(made.pictures)
    np.testing.assert_allclose(vectors, made.encoder.encode_files(made.pictures), atol=1e-6)


def test_a_picture_has_the_id_of_its_content(session, works):
    content = hashlib.sha256(Path(works[0]["path"]).read_bytes()).hexdigest()
    assert session.read([works[0]["path"]]).ids == (content[:16],)


def test_a_work_whose_file_was_replaced_is_refused_by_id(gallery, signals_folder, tmp_path):
    work = gallery.works().row(5, named=True)
    copy = tmp_path / "copy.png"
    shutil.copyfile(work["path"], copy)
    moved = Gallery(tmp_path / "gallery", is_new=True)
    moved.store_works(
        gallery.works().with_columns(pl.lit(str(copy)).alias("path")).filter(pl.col("id") == work["id"])
    )
    session = Session.open(signals_folder, moved.address)
    assert session.find_file(work["id"]) == copy  # touched, with the same content
    shutil.copyfile(gallery.works().row(6, named=True)["path"], copy)
    with pytest.raises(
        PictureError, match="found no longer the file that was collected; run 'morelli collect' again"
    ):
        session.find_file(work["id"])


def test_open_takes_texts_and_paths_and_answers_alike(gallery_folder, seen_folder, works):
    session = morelli.open(gallery_folder, seen_folder)
    path, other = works[0]["path"], works[5]["id"]
    (answer,) = session.attribute(path)
    assert answer == session.attribute([Path(path)])[0]
    assert session.compare(Path(path), other).to_dict() == session.compare([path], [other]).to_dict()
    assert list(session.search(Path(path), k=2)) == list(session.search(path, k=2))


def test_answers_show_their_pictures_in_a_notebook(gallery_folder, seen_folder, works):
    session = morelli.open(str(gallery_folder), str(seen_folder))
    path, other = works[0]["path"], works[5]["path"]
    (answer,) = session.attribute(path)
    for shown, n in ((answer, 6), (session.compare(path, other), 2), (session.search(path, k=3), 4)):
        html = shown._repr_html_()
        assert html.startswith("<iframe ")
        assert html.count("data:image/jpeg") == n
        assert html.count('"') == 4  # the page stands escaped within its attribute
