"""What a recipe says: network, head, loss, batches, augmentation, optimiser, schedule, decision.

A recipe is a short YAML file. Every field has a meaning, a range and a default; a field that does not exist
is refused with the nearest one that does. `recipe_files` finds and reads them.
"""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from morelli.encode.augmentation import Augmentation as Augmentation
from morelli.encode.spec import PartSpec

Trainable = Literal["none", "all"] | Annotated[int, Field(gt=0)]
"""What learns beside the head: nothing of the backbone, its last N blocks, or all of it."""

Label = Literal["artist", "style", "genre"]

BatchKind = Literal["works", "pairs", "triplets", "artists"]

LossName = Literal[
    "cross-entropy",
    "binary-cross-entropy",
    "one-vs-rest",
    "same-or-not",
    "contrastive",
    "triplet-margin",
    "supervised-contrastive",
    "proxy-anchor",
    "arcface",
    "multi-similarity",
]

PairRuleName = Literal["cosine", "euclidean", "dot", "pearson", "same-argmax", "network"]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, protected_namespaces=())


class Backbone(PartSpec):
    """The network below the head: a part of an encoder, and whether it starts from trained weights."""

    pretrained: bool = Field(True, description="False: from weights that are drawn.")


class Layer(_Section):
    """One layer of a head; exactly one field is given."""

    linear: int | None = Field(None, gt=0, description="Outputs of an affine layer.")
    dropout: float | None = Field(None, ge=0, lt=1, description="Share of the inputs that training drops.")
    activation: Literal["relu", "prelu"] | None = Field(None, description="A bend.")
    normalise: Literal["unit"] | None = Field(None, description="unit: divided by its length.")

    @model_validator(mode="after")
    def _require_one(self) -> Self:
        if len(self.model_fields_set) != 1:
            raise ValueError("one of linear, dropout, activation, normalise")
        return self


class Head(_Section):
    """What lies between the backbone's vector and the loss."""

    standardise: bool = Field(
        False, description="Centre, scale and clip each dimension of the backbone's vector first."
    )
    layers: tuple[Layer, ...] = Field((), description="In order; their output is the embedding of a work.")
    classifier_dropout: float = Field(0.0, ge=0, lt=1, description="Between the embedding and the classes.")
    pair_layers: tuple[Layer, ...] = Field(
        (), description="Of the pair network, on two embeddings side by side; one output is added at the end."
    )


class Loss(_Section):
    """What is made small."""

    name: LossName = Field(description="Which loss; see Losses.")
    labels: tuple[Label, ...] = Field(("artist",), min_length=1, description="What classes are taken from.")
    margin: float | None = Field(
        None,
        gt=0,
        description="Contrastive, triplet-margin: a distance; proxy-anchor: a cosine; arcface: degrees.",
    )
    scale: float | None = Field(None, gt=0, description="Of arcface and proxy-anchor (alpha).")
    temperature: float | None = Field(None, gt=0, description="Of supervised-contrastive.")
    smoothing: float = Field(0.0, ge=0, lt=1, description="Label smoothing of cross-entropy.")


class Batches(_Section):
    """What an epoch goes through, and how much at a time."""

    kind: BatchKind = Field("works", description="artists: works, several of each artist in a batch.")
    size: int = Field(64, gt=0, description="Works, pairs or triplets at a time.")
    per_epoch: int | None = Field(
        None, gt=0, description="Pairs or triplets of an epoch, drawn afresh; works of one for 'artists'."
    )
    partners: int = Field(36, gt=0, description="pairs: random partners of each work.")
    ratio: float = Field(1.75, gt=0, description="pairs: pairs by two hands for each pair by one.")
    works_per_artist: int = Field(4, gt=1, description="artists: works of one artist in a batch.")


class Data(_Section):
    """Which works of the train part are learnt from."""

    largest: int | None = Field(None, gt=1, description="Only the artists with the most works.")
    max_per_artist: int | None = Field(None, gt=0, description="At most so many works of an artist.")
    max_works: int | None = Field(
        None, gt=0, description="At most so many works in all, classes in proportion."
    )
    oversample: bool = Field(False, description="Repeat works until every class is as large as the largest.")
    copies: int = Field(0, ge=0, description="Augmented copies of each work beside the work itself.")


class Optimiser(_Section):
    """How the weights move."""

    name: Literal["adam", "adamw", "sgd"] = Field("adamw", description="Which of torch's.")
    learning_rate: float = Field(1e-3, gt=0, description="Of the head, at its highest.")
    weight_decay: float = Field(0.0, ge=0, description="As torch's optimiser of that name means it.")
    momentum: float = Field(0.9, ge=0, lt=1, description="Of sgd.")
    backbone_factor: float = Field(
        1.0, gt=0, le=1, description="Learning rate of the backbone by the head's."
    )
    clip_norm: float | None = Field(None, gt=0, description="Longest gradient; none: as long as it is.")
    accumulate: int = Field(1, gt=0, description="Batches whose gradients are added before a step.")


class Schedule(_Section):
    """How long, and what is kept."""

    epochs: int = Field(20, gt=0, description="At most so many times through the plan of an epoch.")
    warm_up_epochs: float = Field(
        0.0, ge=0, description="The learning rate rises from 0 over so many epochs."
    )
    decay: Literal["constant", "cosine"] = Field(
        "cosine", description="Then stays, or falls to 0 by a cosine."
    )
    patience: int | None = Field(
        None, gt=0, description="Stop after so many epochs without a lower validation loss; none: never."
    )
    average: float | None = Field(
        None,
        gt=0,
        lt=1,
        description="Decay of an exponential moving average of the weights; none: no average.",
    )
    keep: Literal["best", "last"] = Field("best", description="Which epoch's weights are the result.")


class Decision(_Section):
    """How what was learnt answers the two questions."""

    pair: PairRuleName = Field("cosine", description="How two works are compared.")
    of: Literal["embedding", "outputs"] = Field(
        "embedding", description="What is compared: embeddings, or the probabilities of the classes."
    )
    artist: Literal["classifier", "references"] = Field(
        "classifier", description="Who is named: by the classes, or by the nearest works of train."
    )


BATCHES_OF_LOSS: dict[str, BatchKind] = {
    "same-or-not": "pairs",
    "contrastive": "pairs",
    "triplet-margin": "triplets",
}
"""Which items a loss looks at; those that are not named look at works, drawn singly or by artist."""

CLASSIFYING = frozenset({"cross-entropy", "binary-cross-entropy", "one-vs-rest"})
"""Losses with an output for each class, so that an artist can be named without references."""


class Recipe(_Section):
    """One way to learn."""

    name: str = Field(
        pattern=r"^[a-z0-9][a-z0-9-]*$",
        description="Small letters, digits and hyphens; the name of the file.",
    )
    summary: str = Field(min_length=10, max_length=110, description="One line for lists.")
    source: str = Field(min_length=3, description="Where the approach comes from, and what was reported.")
    learner: Literal["network", "hand"] = Field(
        "network", description="network: the fields below; hand: the comparison back-end on stored vectors."
    )
    back_end: bool = Field(
        False, description="Learn the comparison back-end of 'hand' on the vectors of the tuned backbone."
    )
    backbone: Backbone
    trainable: Trainable = Field("none", description="none, the number of last blocks, or all.")
    head: Head = Head()
    loss: Loss = Loss(name="cross-entropy")
    batches: Batches = Batches()
    data: Data = Data()
    augmentation: Augmentation = Augmentation()
    optimiser: Optimiser = Optimiser()
    schedule: Schedule = Schedule()
    decision: Decision = Decision()
    frozen: dict[str, Any] = Field(
        default_factory=dict, description="What is different when nothing of the backbone learns."
    )
    variants: dict[str, dict[str, Any]] = Field(
        default_factory=dict, description="What is different in NAME:VARIANT, by the name of the variant."
    )
    variant: str = Field("", description="Which variant this is; written when one is chosen.")

    @model_validator(mode="after")
    def _require_sense(self) -> Self:
        for is_right, text in list_rules(self):
            if not is_right:
                raise ValueError(text)
        return self

    @property
    def full_name(self) -> str:
        """NAME, or NAME:VARIANT."""
        return f"{self.name}:{self.variant}" if self.variant else self.name

    @property
    def digest(self) -> str:
        """SHA-256 over all that changes what is learnt, 64 hexadecimal digits.

        Names and texts are no part of it, nor is where weights are read from. The digest of a resolved recipe
        differs from that of the same recipe before, which still holds other ways open.
        """
        values = self.model_dump(
            mode="json",
            exclude={"name": True, "summary": True, "source": True, "variant": True, "variants": True,
                     "backbone": {"weights"}},
        )  # fmt: skip
        return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


def list_rules(recipe: Recipe) -> list[tuple[bool, str]]:
    """Return what must hold between the fields of a recipe: whether it does, and in words."""
    loss, kind, decision = recipe.loss, recipe.batches.kind, recipe.decision
    wanted = BATCHES_OF_LOSS.get(loss.name)
    has_classes = loss.name in CLASSIFYING
    return [
        (
            kind == wanted if wanted else kind in {"works", "artists"},
            f"batches.kind {wanted or 'works or artists'} for the loss {loss.name}",
        ),
        (
            loss.margin is not None or loss.name not in {"contrastive", "triplet-margin", "arcface"},
            f"a loss.margin for {loss.name}",
        ),
        (
            len(loss.labels) == 1 or loss.name == "cross-entropy",
            f"one of loss.labels for {loss.name}; only cross-entropy takes several",
        ),
        (
            decision.of == "embedding" or has_classes,
            f"decision.of embedding, as {loss.name} has no outputs by class",
        ),
        (
            decision.of == "outputs" or decision.pair not in {"same-argmax", "pearson"},
            f"decision.of outputs for the pair rule {decision.pair}",
        ),
        (
            (decision.pair == "network") == (loss.name == "same-or-not"),
            "the pair rule network with the loss same-or-not, and with no other",
        ),
        (
            decision.artist == "references" or (has_classes and "artist" in loss.labels),
            f"decision.artist references, as {loss.name} on {', '.join(loss.labels)} knows no artists",
        ),
        (
            not recipe.head.pair_layers or decision.pair == "network",
            "no head.pair_layers without the pair rule network",
        ),
    ]
