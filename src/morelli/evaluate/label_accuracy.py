"""How well a label such as the style can be named from what a model sees, whatever it was taught.

Some networks were taught styles, others artists, others pairs. So that all can be asked, a linear classifier
is learnt on their features: what the last layer of a network for styles is, learnt again.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from morelli.collection.classes import class_of
from morelli.errors import EvaluationError
from morelli.evaluate.intervals import Interval, average_over_artists, enclose, resample_artists
from morelli.evaluate.protocols import N_BOOT
from morelli.evaluate.works import EvaluatedWorks, GalleryWorks
from morelli.gallery.store import Gallery
from morelli.model.artefact import Model

STRENGTH = 0.1
"""Inverse of the classifier's regularisation on standardised features; a first layer of thousands of
dimensions overfits with more."""


def measure_label(
    gallery: Gallery, model: Model, label: str, *, seed: int = 0, n_boot: int = N_BOOT
) -> Interval:
    """Return the share of test works whose label is named rightly, with its interval over artists.

    Higher is better, 0 to 1; the denominator is the test works with a label that some train work has. Of
    several labels of a work the first by name counts.

    Parameters
    ----------
    gallery
        Holds works and vectors.
    model
        Its comparison space gives the features, its split the works.
    label
        "style" or "genre".
    seed, n_boot
        Of the resamples, and how many.

    Raises
    ------
    EvaluationError
        When train works have fewer than two labels, or no test work has one of them.
    """
    stock = GalleryWorks.read(gallery, model.encoder.fingerprint)
    labels = gallery.works().select("id", class_of(label).alias("label")).drop_nulls()
    (train, taught), (test, truth) = (_read(model, stock, labels, part) for part in ("train", "test"))
    if train is None or test is None or len(set(taught)) < 2 or not set(truth) & set(taught):
        raise EvaluationError(
            f"{label} of works",
            expected="train works of two labels or more, and test works of one of them",
            found=f"{len(set(taught))} labels in train, {len(set(truth))} in test",
            remedy=f"collect works whose {label} is known",
        )
    classifier = make_pipeline(StandardScaler(), LogisticRegression(C=STRENGTH, max_iter=1000))
    classifier.fit(train.rows, taught)
    asked = np.isin(truth, list(set(taught)))
    right = classifier.predict(test.rows[asked]) == truth[asked]
    return _enclose(right, np.array(test.artists, dtype=object)[asked], seed=seed, n_boot=n_boot)


def _read(
    model: Model, stock: GalleryWorks, labels: pl.DataFrame, part: str
) -> tuple[EvaluatedWorks | None, NDArray[np.object_]]:
    """Return the works of a part that have a label and a vector, and their labels."""
    rows = model.split.part(part).join(labels.select("id"), on="id", how="semi")
    works = stock.select(model, rows) if len(rows) else None
    if works is None:
        return None, np.array([], dtype=object)
    told = works.table.select("id").join(labels, on="id", how="left", maintain_order="left")["label"]
    return works, np.array(told.to_list(), dtype=object)


def _enclose(right: NDArray[np.bool_], artists: NDArray[np.object_], *, seed: int, n_boot: int) -> Interval:
    names, codes = np.unique(artists, return_inverse=True)
    weights = resample_artists(len(names), n_boot=n_boot, rng=np.random.default_rng(seed))
    return enclose(float(right.mean()), average_over_artists(right, codes, weights))
