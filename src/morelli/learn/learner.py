"""A recipe's network as the training loop sees it: backbone, head and criterion in one module."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import torch
from torch import nn

from morelli.learn.heads import Standardise, build_layers
from morelli.learn.losses import build_criterion
from morelli.learn.recipe import Recipe
from morelli.model.standardisation import Standardisation


class Learner(nn.Module):
    """Backbone, head and criterion.

    Parameters
    ----------
    recipe
        What to build.
    n_inputs
        Length of the backbone's vector.
    sizes
        By label, works of each class in the train part.
    body
        The backbone as a module from normalised pictures to vectors; None: what goes in are vectors.
    standardisation
        Of the backbone's vectors, where the recipe standardises them.
    """

    def __init__(
        self,
        recipe: Recipe,
        n_inputs: int,
        sizes: Mapping[str, torch.Tensor],
        *,
        body: nn.Module | None = None,
        standardisation: Standardisation | None = None,
    ) -> None:
        super().__init__()
        self.body = body
        self.standardise = Standardise(standardisation) if standardisation is not None else None
        self.head, self.n_outputs = build_layers(recipe.head.layers, n_inputs)
        self.criterion = build_criterion(recipe, self.n_outputs, sizes)

    def embed(self, inputs: torch.Tensor) -> torch.Tensor:
        """Return embeddings (n, p) of pictures (n, 3, h, w) or vectors (n, d)."""
        vectors = inputs if self.body is None else self.body(inputs)
        if self.standardise is not None:
            vectors = self.standardise(vectors)
        embeddings: torch.Tensor = self.head(vectors)
        return embeddings

    def forward(
        self, inputs: torch.Tensor, targets: Mapping[str, torch.Tensor]
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the loss of each item and whether it was right, (m,) each."""
        losses, rights = self.criterion(self.embed(inputs), targets)
        return losses, rights

    def list_groups(self, backbone_factor: float) -> list[tuple[list[nn.Parameter], float]]:
        """Return the parameters that learn, with the factor of their learning rate."""
        body = list(_learning(self.body.parameters())) if self.body is not None else []
        own = [
            parameter
            for module in (self.head, self.criterion)
            for parameter in _learning(module.parameters())
        ]
        groups = [(own, 1.0), (body, backbone_factor)]
        return [group for group in groups if group[0]]

    def count_parameters(self) -> tuple[int, int]:
        """Return how many parameters there are in all, and how many of them learn."""
        each: Sequence[nn.Parameter] = list(self.parameters())
        return sum(p.numel() for p in each), sum(p.numel() for p in each if p.requires_grad)


def _learning(parameters: Iterator[nn.Parameter]) -> Iterator[nn.Parameter]:
    return (parameter for parameter in parameters if parameter.requires_grad)
