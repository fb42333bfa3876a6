"""The descent of the learnt spaces by torch's autograd, AdamW and schedule: the twin of the NumPy one.

As a program: pair ROC AUC on artists kept from the spaces, and seconds, of both, by space and seed.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from unittest.mock import patch

import numpy as np
import polars as pl
import torch
from pytorch_metric_learning.losses import NormalizedSoftmaxLoss, SupConLoss
from sklearn.metrics import roc_auc_score

from morelli.collection.pairs.samples import sample_pairs
from morelli.collection.splits import draw_split
from morelli.gallery import Gallery
from morelli.learn.heads import ContrastiveSpace, SoftmaxSpace, spaces
from morelli.learn.heads.descent import Batch, Loss, NormalisedSoftmax, descend
from morelli.learn.heads.works import Works
from morelli.model.scoring import COSINE
from morelli.model.standardisation import Standardisation


def twin_of(loss: Loss) -> torch.nn.Module:
    """Return the loss of pytorch-metric-learning, with the same weights and in their precision."""
    if not isinstance(loss, NormalisedSoftmax):
        return SupConLoss(temperature=loss._temperature)
    (directions,) = loss.weights
    twin = NormalizedSoftmaxLoss(directions.shape[1], directions.shape[0], temperature=loss._temperature)
    twin.W = torch.nn.Parameter(torch.from_numpy(directions.copy()))
    return twin


def descend_with_torch(
    weight: np.ndarray,
    loss: Loss,
    draw: Callable[[], Batch],
    *,
    n_steps: int,
    learning_rate: float,
    weight_decay: float,
) -> None:
    """Change a projection and the weights of a loss in place, as the package's `descend` does."""
    projection, twin = torch.nn.Parameter(torch.from_numpy(weight.copy())), twin_of(loss)
    optimiser = torch.optim.AdamW(
        [projection, *twin.parameters()], learning_rate, weight_decay=weight_decay, fused=True
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, learning_rate, total_steps=max(n_steps, 2), pct_start=0.1
    )
    for _ in range(n_steps):
        vectors, codes = (torch.from_numpy(values) for values in draw())
        value = twin(torch.nn.functional.normalize(vectors @ projection, dim=1), codes)
        optimiser.zero_grad()
        value.backward()
        optimiser.step()
        schedule.step()
    weight[:] = projection.detach().numpy()
    for values, learnt in zip(loss.weights, twin.parameters(), strict=True):
        values[:] = learnt.detach().numpy()


def main() -> None:
    """Print a line for each space and seed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("gallery")
    parser.add_argument("--encoder", help="name, or first digits of the fingerprint")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1, help="of torch; NumPy keeps to one")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    gallery = Gallery(arguments.gallery)
    embeddings = gallery.embeddings(gallery.encoder(arguments.encoder).fingerprint)
    rows = draw_split(gallery.works(), "unseen").table
    train, val = (Works.of_rows(rows.filter(pl.col("part") == part), embeddings) for part in ("train", "val"))
    pairs = sample_pairs(val.artists.tolist(), works_per_artist=20, rng=np.random.default_rng(0))
    standardisation = Standardisation.fit(train.vectors)
    standard, judged = (standardisation.transform(works.vectors) for works in (train, val))
    print(f"{len(train)} works teach, {len(pairs)} pairs of {len(val)} others judge")
    for kind in (ContrastiveSpace, SoftmaxSpace):
        for seed in range(arguments.seeds):
            told = []
            for name, way in (("NumPy", descend), ("torch", descend_with_torch)):
                started = time.perf_counter()
                with patch.object(spaces, "descend", way):
                    space = kind(random_state=seed).fit(standard, train.artists.tolist())
                seconds = time.perf_counter() - started
                scores = COSINE.score_at(space.transform(judged), pairs.left, pairs.right)
                told.append(f"{name} {roc_auc_score(pairs.same, scores):.4f} in {seconds:5.2f} s")
            print(f"{kind.__name__:16} seed {seed}: {'   '.join(told)}", flush=True)


if __name__ == "__main__":
    main()
