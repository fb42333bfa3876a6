"""Spaces learnt by gradient, under strong dropout of the input."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Self, cast

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from pytorch_metric_learning.losses import NormalizedSoftmaxLoss, SupConLoss
from sklearn.utils import check_random_state

from morelli.learn.backends.linear import LinearSpace


class TrainedSpace(LinearSpace, ABC):
    """What the two spaces learnt by gradient share: a projection under strong input dropout.

    Dropping most of the input at each step keeps the projection from leaning on the few dimensions that tell
    the training artists apart, so that it holds for artists never seen.
    """

    n_components: int
    dropout: float
    n_steps: int
    learning_rate: float
    weight_decay: float
    random_state: int | np.random.RandomState | None

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Learn the space from vectors (n, d) and artists (n,)."""
        vectors, codes = self._validate(X, y)
        seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        with torch.random.fork_rng(devices=[]):  # the caller's random state stays as it is
            torch.manual_seed(seed)
            self.projection_ = self._train(vectors, codes, np.random.default_rng(seed))
        return self

    def _train(
        self, vectors: NDArray[np.float32], codes: NDArray[np.int64], rng: np.random.Generator
    ) -> NDArray[np.float32]:
        n_components = min(self.n_components, vectors.shape[1])
        weight = torch.nn.Parameter(torch.empty(vectors.shape[1], n_components))
        torch.nn.init.orthogonal_(weight)
        loss_of = self._make_loss(len(self.classes_), n_components)
        optimiser = torch.optim.AdamW(
            [weight, *loss_of.parameters()], self.learning_rate, weight_decay=self.weight_decay, fused=True
        )
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimiser, self.learning_rate, total_steps=max(self.n_steps, 2), pct_start=0.1
        )
        data, labels = torch.from_numpy(vectors), torch.from_numpy(codes)
        by_artist = [np.flatnonzero(codes == code) for code in range(len(self.classes_))]
        for _ in range(self.n_steps):
            rows = self._draw_batch(by_artist, rng)
            # torch's own dropout draws its mask on one thread, which takes longer than all the rest of a step
            kept = torch.from_numpy(rng.random((len(rows), data.shape[1]), dtype=np.float32) >= self.dropout)
            projected = torch.nn.functional.normalize((data[rows] * kept) @ weight, dim=1)
            loss = loss_of(projected, labels[rows])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
        self._keep(loss_of)
        return weight.detach().numpy().copy()

    def _keep(self, loss_of: torch.nn.Module) -> None:
        """Take from the loss what it has learnt itself; usually nothing."""

    @abstractmethod
    def _make_loss(self, n_classes: int, n_components: int) -> torch.nn.Module:
        """Return a loss over (batch, p) unit rows and (batch,) codes; it may have weights of its own."""

    @abstractmethod
    def _draw_batch(self, by_artist: list[NDArray[np.int64]], rng: np.random.Generator) -> NDArray[np.int64]:
        """Return the rows of one step, given the rows of each artist."""


class ContrastiveSpace(TrainedSpace):
    """A linear projection learnt with the supervised contrastive loss and strong input dropout.

    Parameters
    ----------
    n_components
        Dimensions p of the space.
    dropout
        Share of the input dimensions hidden at each step, 0..1.
    temperature
        Divides the cosines in the loss.
    n_steps
        Gradient steps.
    learning_rate, weight_decay
        Of AdamW (Loshchilov & Hutter 2019, arXiv 1711.05101), under a one-cycle schedule.
    n_artists, n_works
        Artists in a batch and works of each.
    random_state
        Seed of initial weights, batches and dropout.

    Attributes
    ----------
    projection_
        (d, p) float32.
    classes_
        (c,) the artists.

    References
    ----------
    Khosla et al. 2020, Supervised Contrastive Learning, arXiv 2004.11362.
    """

    def __init__(
        self,
        n_components: int = 256,
        *,
        dropout: float = 0.7,
        temperature: float = 0.1,
        n_steps: int = 200,
        learning_rate: float = 2e-3,
        weight_decay: float = 1e-4,
        n_artists: int = 32,
        n_works: int = 8,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.n_components = n_components
        self.dropout = dropout
        self.temperature = temperature
        self.n_steps = n_steps
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.n_artists = n_artists
        self.n_works = n_works
        self.random_state = random_state

    def _make_loss(self, n_classes: int, n_components: int) -> torch.nn.Module:
        loss: torch.nn.Module = SupConLoss(temperature=self.temperature)
        return loss

    def _draw_batch(self, by_artist: list[NDArray[np.int64]], rng: np.random.Generator) -> NDArray[np.int64]:
        artists = rng.permutation(len(by_artist))[: self.n_artists]
        rows: NDArray[np.int64] = np.concatenate(
            [rng.permutation(by_artist[artist])[: self.n_works] for artist in artists]
        )
        return rows


class SoftmaxSpace(TrainedSpace):
    """A linear projection learnt by naming artists from the cosine with one learnt direction each.

    It errs on other pairs than the other spaces, so that it is worth most beside them: see docs/models.md.

    Parameters
    ----------
    n_components
        Dimensions p of the space.
    dropout
        Share of the input dimensions hidden at each step, 0..1.
    temperature
        Divides the cosines before the softmax.
    n_steps
        Gradient steps.
    learning_rate, weight_decay
        Of AdamW (Loshchilov & Hutter 2019, arXiv 1711.05101), under a one-cycle schedule.
    batch_size
        Works in a batch; every artist is as likely as the other.
    random_state
        Seed of initial weights, batches and dropout.

    Attributes
    ----------
    projection_
        (d, p) float32.
    directions_
        (p, c) float32, a unit column for each artist.
    classes_
        (c,) the artists.

    References
    ----------
    Zhai & Wu 2019, Classification is a Strong Baseline for Deep Metric Learning, arXiv 1811.12649.
    """

    def __init__(
        self,
        n_components: int = 512,
        *,
        dropout: float = 0.5,
        temperature: float = 0.0625,
        n_steps: int = 200,
        learning_rate: float = 2e-3,
        weight_decay: float = 1e-4,
        batch_size: int = 256,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.n_components = n_components
        self.dropout = dropout
        self.temperature = temperature
        self.n_steps = n_steps
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.batch_size = batch_size
        self.random_state = random_state

    def _make_loss(self, n_classes: int, n_components: int) -> torch.nn.Module:
        loss: torch.nn.Module = NormalizedSoftmaxLoss(
            n_classes,
            n_components,
            temperature=self.temperature,
            weight_init_func=torch.nn.init.xavier_normal_,
        )
        return loss

    def _keep(self, loss_of: torch.nn.Module) -> None:
        directions = torch.nn.functional.normalize(cast(torch.Tensor, loss_of.W).detach(), dim=0)
        self.directions_ = directions.numpy().copy()

    def _draw_batch(self, by_artist: list[NDArray[np.int64]], rng: np.random.Generator) -> NDArray[np.int64]:
        counts = np.array([len(own) for own in by_artist])
        starts = np.cumsum(counts) - counts
        artists = rng.integers(len(by_artist), size=self.batch_size)
        places = starts[artists] + rng.integers(counts[artists])
        rows: NDArray[np.int64] = np.concatenate(by_artist)[places]
        return rows
