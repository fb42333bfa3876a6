"""What a recipe makes small: classes, pairs, triplets, or the places of an artist's works among others.

Each criterion takes the embeddings of a batch and what is known of it, and returns a loss for each item and
whether it was right. Losses of metric learning are pytorch-metric-learning's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import torch
from pytorch_metric_learning import distances, losses, reducers
from torch import nn
from torch.nn import functional

from morelli.learn.recipe import Layer, Loss, Recipe
from morelli.model.scoring import Layers, Step
from morelli.model.standardisation import Standardisation

_Targets = Mapping[str, torch.Tensor]
_Outcome = tuple[torch.Tensor, torch.Tensor]
"""(m,) losses, and (m,) 1 for right, 0 for wrong, nan for neither."""

_UNKNOWN = -1  # the class of a work whose label is not known, or not among those of the train part


class Standardise(nn.Module):
    """Centres, scales and clips, as `Standardisation` does."""

    mean: torch.Tensor
    scale: torch.Tensor

    def __init__(self, standardisation: Standardisation) -> None:
        super().__init__()
        self.standardisation = standardisation
        self.register_buffer("mean", torch.from_numpy(standardisation.mean))
        self.register_buffer("scale", torch.from_numpy(standardisation.scale))

    def forward(self, vectors: torch.Tensor) -> torch.Tensor:
        """Return (n, d) float32 within the clip."""
        clip = float(self.standardisation.clip)
        return ((vectors - self.mean) / self.scale).clamp(-clip, clip)


class _Unit(nn.Module):
    def forward(self, rows: torch.Tensor) -> torch.Tensor:  # a zero row stays zero
        return functional.normalize(rows, dim=1)


def build_layers(layers: Sequence[Layer], n_inputs: int) -> tuple[nn.Sequential, int]:
    """Return the layers of a head and how many numbers come out of them; they start as PyTorch's do."""
    modules: list[nn.Module] = []
    width = n_inputs
    for layer in layers:
        if layer.linear is not None:
            modules.append(nn.Linear(width, layer.linear))
            width = layer.linear
        elif layer.dropout is not None:
            modules.append(nn.Dropout(layer.dropout))
        elif layer.activation is not None:
            modules.append(nn.ReLU() if layer.activation == "relu" else nn.PReLU())
        else:
            modules.append(_Unit())
    return nn.Sequential(*modules), width


def export_layers(modules: Iterable[nn.Module]) -> Layers:
    """Return what the modules do in evaluation, as arrays that NumPy applies."""
    return Layers(tuple(step for module in modules if (step := _export(module)) is not None))


def _export(module: nn.Module) -> Step | None:
    if isinstance(module, nn.Linear):
        biases = module.bias if module.bias is not None else torch.zeros(module.out_features)
        return Step("affine", *(np.ascontiguousarray(_array(part)) for part in (module.weight.T, biases)))
    if isinstance(module, nn.PReLU):
        return Step("prelu", _array(module.weight))
    if isinstance(module, nn.ReLU):
        return Step("relu")
    return Step("unit") if isinstance(module, _Unit) else None


def _array(tensor: torch.Tensor) -> np.ndarray:
    return tensor.detach().cpu().float().numpy()


class Classes(nn.Module):
    """One affine layer to the classes of each label, and cross-entropy or independent yes and no.

    An item's loss is the mean over the labels it has. A label with fewer than two classes is left out. Yes
    and no are summed over classes; in "one-vs-rest" the one positive class weighs as much as all others
    together.
    """

    def __init__(self, n_inputs: int, sizes: Mapping[str, torch.Tensor], loss: Loss, dropout: float) -> None:
        super().__init__()
        self.loss = loss
        self.dropout = nn.Dropout(dropout)
        self.labels = [label for label in loss.labels if len(sizes[label]) > 1]
        self.layers = nn.ModuleDict({label: nn.Linear(n_inputs, len(sizes[label])) for label in self.labels})
        for label in self.labels:
            counts = sizes[label].float()
            self.register_buffer(f"odds_{label}", (counts.sum() - counts) / counts.clamp(min=1))

    def forward(self, embeddings: torch.Tensor, targets: _Targets) -> _Outcome:
        """Return losses and rights (b,); right is the first label."""
        dropped = self.dropout(embeddings)
        logits = {label: self.layers[label](dropped) for label in self.labels}
        total = sum(self._measure(label, logits[label], targets[label]) for label in self.labels)
        n_known = torch.stack([targets[label] != _UNKNOWN for label in self.labels]).sum(dim=0)
        first = self.labels[0]
        right = (logits[first].argmax(dim=1) == targets[first]).float()
        right[targets[first] == _UNKNOWN] = torch.nan
        return total / n_known.clamp(min=1), right

    def _measure(self, label: str, logits: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        if self.loss.name == "cross-entropy":
            return functional.cross_entropy(
                logits, target, ignore_index=_UNKNOWN, label_smoothing=self.loss.smoothing, reduction="none"
            )
        truth = functional.one_hot(target.clamp(min=0), logits.shape[1]).float()
        odds = getattr(self, f"odds_{label}") if self.loss.name == "one-vs-rest" else None
        each = functional.binary_cross_entropy_with_logits(logits, truth, pos_weight=odds, reduction="none")
        return each.sum(dim=1) * (target != _UNKNOWN)


class SameOrNot(nn.Module):
    """A pair network: two embeddings side by side, affine layers, one output, yes or no."""

    def __init__(self, n_inputs: int, layers: Sequence[Layer]) -> None:
        super().__init__()
        hidden, width = build_layers(layers, 2 * n_inputs)
        self.network = nn.Sequential(*hidden, nn.Linear(width, 1))

    def forward(self, embeddings: torch.Tensor, targets: _Targets) -> _Outcome:
        """Return losses and rights (b,) for 2 b embeddings, left and right in turn."""
        logits = self.network(embeddings.reshape(len(embeddings) // 2, -1)).squeeze(1)
        same = targets["same"].float()
        each = functional.binary_cross_entropy_with_logits(logits, same, reduction="none")
        return each, ((logits > 0) == targets["same"].bool()).float()


class _Contrastive(nn.Module):
    """Pairs by one hand drawn together, pairs by two pushed apart up to a margin.

    Hadsell, Chopra and LeCun 2006, doi 10.1109/CVPR.2006.100; here the distances are not squared. The loss of
    pytorch-metric-learning itself gives 0 for a batch with a single pair of each kind.
    """

    def __init__(self, margin: float) -> None:
        super().__init__()
        self.margin = margin
        self.distance = _euclidean()

    def forward(self, embeddings: torch.Tensor, targets: _Targets) -> _Outcome:
        """Return losses and rights (b,) for 2 b embeddings, left and right in turn."""
        same = targets["same"].bool()
        apart = self.distance.pairwise_distance(embeddings[0::2], embeddings[1::2])
        losses = torch.where(same, apart, functional.relu(self.margin - apart))
        return losses, ((apart < self.margin / 2) == same).float()


class _TripletMargin(nn.Module):
    """The work by the same hand nearer than the other, by a margin.

    Schroff, Kalenichenko and Philbin 2015, arXiv 1503.03832; here the distances are not squared.
    """

    def __init__(self, margin: float) -> None:
        super().__init__()
        self.loss = losses.TripletMarginLoss(
            margin=margin, distance=_euclidean(), reducer=reducers.DoNothingReducer()
        )

    def forward(self, embeddings: torch.Tensor, targets: _Targets) -> _Outcome:
        """Return losses and rights (b,) for 3 b embeddings: anchor, positive, negative in turn."""
        places = torch.arange(len(embeddings), device=embeddings.device).reshape(-1, 3)
        each = self.loss(embeddings, indices_tuple=tuple(places.T))["loss"]["losses"]
        anchor, positive, negative = (embeddings[place::3] for place in range(3))
        near, far = (functional.pairwise_distance(anchor, other) for other in (positive, negative))
        return each, (near < far).float()


class _MetricLoss(nn.Module):
    """A loss of pytorch-metric-learning over all works of a batch.

    The loss is one number for the batch, given to each of its works. Right is a work whose nearest other work
    in the batch is by its artist. In several processes each sees the works of its own share only.
    """

    def __init__(self, loss: Loss, n_inputs: int, n_artists: int) -> None:
        super().__init__()
        self.loss = _build_metric_loss(loss, n_inputs, n_artists)

    def forward(self, embeddings: torch.Tensor, targets: _Targets) -> _Outcome:
        """Return losses and rights (b,)."""
        artists = targets["artist"]
        known = artists != _UNKNOWN
        has_classes = isinstance(self.loss, losses.ProxyAnchorLoss | losses.ArcFaceLoss)
        used = known if has_classes else torch.ones_like(known)
        value = self.loss(embeddings[used], artists[used]) if used.any() else embeddings.sum() * 0
        return value.expand(len(embeddings)), _find_neighbours(embeddings, artists)


def build_criterion(recipe: Recipe, n_inputs: int, sizes: Mapping[str, torch.Tensor]) -> nn.Module:
    """Return the criterion of a recipe, given by label how many training works are of each class."""
    loss = recipe.loss
    if loss.name in {"cross-entropy", "binary-cross-entropy", "one-vs-rest"}:
        return Classes(n_inputs, sizes, loss, recipe.head.classifier_dropout)
    if loss.name == "same-or-not":
        return SameOrNot(n_inputs, recipe.head.pair_layers)
    if loss.name == "contrastive":
        return _Contrastive(loss.margin or 1.0)
    if loss.name == "triplet-margin":
        return _TripletMargin(loss.margin or 1.0)
    return _MetricLoss(loss, n_inputs, len(sizes["artist"]))


def _build_metric_loss(loss: Loss, n_inputs: int, n_artists: int) -> nn.Module:
    """Return the loss with the numbers of its paper where the recipe names none."""
    module: nn.Module = losses.MultiSimilarityLoss(alpha=2, beta=50, base=0.5)
    if loss.name == "supervised-contrastive":
        module = losses.SupConLoss(temperature=loss.temperature or 0.1)
    elif loss.name == "proxy-anchor":
        module = losses.ProxyAnchorLoss(
            n_artists, n_inputs, margin=loss.margin or 0.1, alpha=loss.scale or 32
        )
    elif loss.name == "arcface":
        module = losses.ArcFaceLoss(n_artists, n_inputs, margin=loss.margin or 28.6, scale=loss.scale or 64)
    return module


def _euclidean() -> distances.LpDistance:
    return distances.LpDistance(normalize_embeddings=False, p=2, power=1)


@torch.no_grad()
def _find_neighbours(embeddings: torch.Tensor, artists: torch.Tensor) -> torch.Tensor:
    """Return (b,) 1 where the nearest other work is by the same artist, nan where there is no such work."""
    rows = functional.normalize(embeddings.detach().float(), dim=1)
    cosines = (rows @ rows.T).fill_diagonal_(-torch.inf)
    right = (artists[cosines.argmax(dim=1)] == artists).float()
    is_lonely = (artists[:, None] == artists[None]).sum(dim=1) < 2
    return right.masked_fill(is_lonely, torch.nan)
