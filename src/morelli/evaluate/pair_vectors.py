"""The works of a gallery as rows of a model's comparison space, read and projected block by block.

The stored vectors are often longer than their projection, and a gallery holds more works than a pair file
names. So neither is ever in memory as a whole.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from morelli.collection.pair_files import find_rows
from morelli.gallery.store import Gallery
from morelli.model.artefact import Model

WORKS_AT_A_TIME = 2048
"""Vectors that are read and projected together: 42 MB at 5,136 dimensions."""


def project_works(gallery: Gallery, model: Model, ids: Sequence[str]) -> NDArray[np.float32]:
    """Return the rows of some works by which a model scores pairs.

    Parameters
    ----------
    gallery
        Holds their vectors.
    model
        Its encoder's vectors are read, its comparison projects them.
    ids
        (n,) work ids with a vector, each once.

    Returns
    -------
    rows
        (n, p) float32: unit rows in the comparison space, or the rows of the model's pair rule.

    Raises
    ------
    GalleryError
        When the gallery has no vectors of the model's encoder.
    """
    wanted = pa.array(ids, pa.string())
    rows = np.zeros((len(ids), 0), dtype=np.float32)
    stored = gallery.vectors_table(model.encoder.fingerprint).search().limit(None)
    for batch in stored.to_batches(batch_size=WORKS_AT_A_TIME):
        places = find_rows(batch["id"], wanted)
        flat = batch["vector"].flatten().to_numpy(zero_copy_only=False)
        vectors = flat.reshape(len(places), -1)[places >= 0].astype(np.float32, copy=False)
        if len(vectors):
            projected = model.comparison.read_rows(vectors)
            if rows.shape[1] == 0:
                rows = np.zeros((len(ids), projected.shape[1]), dtype=np.float32)
            rows[places[places >= 0]] = projected
    return rows
