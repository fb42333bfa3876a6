"""What a recipe says: network, head, loss, batches, augmentation, optimiser, schedule, decision.

A recipe is a short YAML file. Every field has a meaning, a range and a default; a field that does not exist
is refused with the nearest one that does. `recipe_files` finds and reads them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from rapidfuzz import fuzz, process

from morelli.encode.spec import PartSpec
from morelli.errors import RecipeError

_LEAST_LIKENESS = 60  # of 100; below it, a guess at what was meant would mislead

Trainable = Literal["none", "all"] | Annotated[int, Field(gt=0)]
"""What learns beside the head: nothing of the backbone, its last N blocks, or all of it."""

_Label = Literal["artist", "style", "genre"]

_BatchKind = Literal["works", "pairs", "triplets", "artists"]

_LossName = Literal[
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

BatchNorm = Literal["auto", "frozen", "batch", "recalibrated"]

_FEW_IN_BATCH, _FEW_WORKS = 64, 2000
"""Below either, statistics of batches are too noisy to tune trained weights with."""
_WORKS_OF = {"works": 1, "artists": 1, "pairs": 2, "triplets": 3}

_PairRuleName = Literal["cosine", "euclidean", "dot", "pearson", "same-argmax", "network"]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, protected_namespaces=())


class _Backbone(PartSpec):
    """The network below the head: a part of an encoder, and whether it starts from trained weights."""

    pretrained: bool = Field(True, description="False: from weights that are drawn.")
    batch_norm: BatchNorm = Field(
        "auto",
        description="Statistics of batch normalisation in blocks that learn: frozen, those of each batch, or "
        "recalibrated: measured once on the training works, then frozen.",
    )


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


class _Head(_Section):
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

    name: _LossName = Field(description="Which loss; see Losses.")
    labels: tuple[_Label, ...] = Field(("artist",), min_length=1, description="What classes are taken from.")
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

    kind: _BatchKind = Field("works", description="artists: works, several of each artist in a batch.")
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


class Augmentation(_Section):
    """How a training picture may differ from itself; without any field, it does not."""

    flip: bool = Field(False, description="Left and right exchanged, every other time.")
    rotate_degrees: float = Field(0.0, ge=0, le=180, description="Turned by up to so much either way.")
    least_area: float = Field(1.0, gt=0, le=1, description="Crops of at least this share of the picture.")
    least_ratio: float = Field(
        1.0, gt=0, le=1, description="Sides of crops: the shorter by the longer, at least."
    )
    shear_degrees: float = Field(0.0, ge=0, lt=90, description="Sheared by up to so much either way.")
    shift: float = Field(0.0, ge=0, lt=1, description="Moved by up to this share of the side.")
    brightness: float = Field(0.0, ge=0, le=1, description="Changed by up to this share.")
    contrast: float = Field(0.0, ge=0, le=1, description="Changed by up to this share.")
    saturation: float = Field(0.0, ge=0, le=1, description="Changed by up to this share.")
    noise: float = Field(
        0.0,
        ge=0,
        description="What is added to stored vectors, in standard deviations of each of their dimensions.",
    )

    @property
    def is_cropping(self) -> bool:
        """Whether less than the whole square may be seen."""
        return self.least_area < 1 or self.least_ratio < 1

    @property
    def is_moving(self) -> bool:
        """Whether the square may be turned, sheared or moved."""
        return bool(self.rotate_degrees or self.shear_degrees or self.shift)


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


class _Decision(_Section):
    """How what was learnt answers the two questions."""

    pair: _PairRuleName = Field("cosine", description="How two works are compared.")
    of: Literal["embedding", "outputs"] = Field(
        "embedding", description="What is compared: embeddings, or the probabilities of the classes."
    )
    artist: Literal["classifier", "references"] = Field(
        "classifier", description="Who is named: by the classes, or by the nearest works of train."
    )


_BATCHES_OF_LOSS: dict[str, _BatchKind] = {
    "same-or-not": "pairs",
    "contrastive": "pairs",
    "triplet-margin": "triplets",
}
"""Which items a loss looks at; those that are not named look at works, drawn singly or by artist."""

_CLASSIFYING = frozenset({"cross-entropy", "binary-cross-entropy", "one-vs-rest"})
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
    backbone: _Backbone
    trainable: Trainable = Field("none", description="none, the number of last blocks, or all.")
    head: _Head = _Head()
    loss: Loss = Loss(name="cross-entropy")
    batches: Batches = Batches()
    data: Data = Data()
    augmentation: Augmentation = Augmentation()
    optimiser: Optimiser = Optimiser()
    schedule: Schedule = Schedule()
    decision: _Decision = _Decision()
    frozen: dict[str, Any] = Field(
        default_factory=dict, description="What is different when nothing of the backbone learns."
    )
    variants: dict[str, dict[str, Any]] = Field(
        default_factory=dict, description="What is different in NAME:VARIANT, by the name of the variant."
    )
    variant: str = Field("", description="Which variant this is; written when one is chosen.")

    @model_validator(mode="after")
    def _require_sense(self) -> Self:
        for is_right, text in _list_rules(self):
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
        unused = {"weights", "batch_norm"} if self.backbone.batch_norm == "auto" else {"weights"}
        values = self.model_dump(
            mode="json",
            exclude={"name": True, "summary": True, "source": True, "variant": True, "variants": True,
                     "backbone": unused},
        )  # fmt: skip
        return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


def settle_batch_norm(recipe: Recipe, n_works: int, *, has_weights: bool) -> Recipe:
    """Return the recipe with its choice of batch statistics made, given how many works it learns from."""
    if recipe.trainable == "none" or recipe.backbone.batch_norm != "auto":
        return recipe
    n_in_batch = recipe.batches.size * _WORKS_OF[recipe.batches.kind]
    is_frozen = has_weights and (n_in_batch < _FEW_IN_BATCH or n_works < _FEW_WORKS)
    chosen = {"batch_norm": "frozen" if is_frozen else "batch"}
    return recipe.model_copy(update={"backbone": recipe.backbone.model_copy(update=chosen)})


def _list_rules(recipe: Recipe) -> list[tuple[bool, str]]:
    """Return what must hold between the fields of a recipe: whether it does, and in words."""
    loss, kind, decision = recipe.loss, recipe.batches.kind, recipe.decision
    wanted = _BATCHES_OF_LOSS.get(loss.name)
    has_classes = loss.name in _CLASSIFYING
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


def describe_mistake(error: ValidationError, thing: object) -> RecipeError:
    """Return the first mistake that pydantic found as an error of the package."""
    found = error.errors()
    # a field too many says why another lacks
    first = next((each for each in found if each["type"] == "extra_forbidden"), found[0])
    place = [part for part in first["loc"] if not _is_kind(part)]
    field = ".".join(str(part) for part in place)
    where = f"{thing}: {field}" if field else str(thing)
    if first["type"] == "extra_forbidden":
        return _refuse_field(where, str(place[-1]), _find_fields(place[:-1]))
    if first["type"] == "missing":
        return RecipeError(
            where, expected="this field", found="none of it", remedy="add it; see docs/recipes.md"
        )
    near, text = find_near(str(first["input"]), _find_values(place)), repr(first["input"])
    return RecipeError(
        where,
        expected=_describe_expected(error, first),
        found=text if len(text) <= 60 else f"{text[:57]}...",
        remedy=f"did you mean {near}" if near else "see docs/recipes.md for the fields",
    )


def find_near(name: str, names: Iterable[str]) -> str | None:
    """Return the name that is spelt most like another, or None where none is near.

    >>> find_near("learning_rte", ["weight_decay", "learning_rate"])
    'learning_rate'
    """
    found = process.extractOne(name, list(names), scorer=fuzz.ratio, score_cutoff=_LEAST_LIKENESS)
    return None if found is None else str(found[0])


def _find_fields(place: Iterable[Any]) -> Mapping[str, Any]:
    """Return the fields of a section of a recipe by name, none where there is no such section."""
    model: type[BaseModel] | None = Recipe
    for part in place:
        if isinstance(part, int):
            continue  # a place in a list; its section is that of the list
        field = model.model_fields.get(str(part)) if model is not None else None
        model = _find_model(field.annotation) if field is not None else None
    return model.model_fields if model is not None else {}


def _find_values(place: Iterable[Any]) -> list[str]:
    """Return the words that a field of a recipe takes, none where it takes others than words."""
    names = [str(part) for part in place if not isinstance(part, int)]
    field = _find_fields(names[:-1]).get(names[-1]) if names else None
    return _list_words(field.annotation) if field is not None else []


def _refuse_field(where: str, name: str, fields: Iterable[str]) -> RecipeError:
    near = find_near(name, fields)
    return RecipeError(
        where,
        expected=f"one of the fields {', '.join(fields)}" if fields else "no field here",
        found=f"{name!r}, which is none of them",
        remedy=f"did you mean {near}" if near else "see docs/recipes.md for the fields",
    )


def _describe_expected(error: ValidationError, first: Any) -> str:
    words = _find_values([part for part in first["loc"] if not _is_kind(part)])
    others = [each["msg"] for each in error.errors() if each["loc"][:-1] == first["loc"][:-1]]
    if words and _is_kind(first["loc"][-1]):  # "none", "all" or a number: each way it failed
        return " or ".join([", ".join(words), *(_lower(text) for text in others[1:])])
    if words:
        return f"one of {', '.join(words)}"
    return _lower(str(first["msg"]).removeprefix("Value error, "))


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _is_kind(part: Any) -> bool:
    """Whether a part of a place is pydantic's name of one branch of a union, no field."""
    return isinstance(part, str) and (part in {"int", "str", "float"} or "[" in part)


def _find_model(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((model for each in get_args(annotation) if (model := _find_model(each)) is not None), None)


def _list_words(annotation: Any) -> list[str]:
    words: list[str] = []
    for each in get_args(annotation):
        words.extend([each] if isinstance(each, str) else _list_words(each))
    return words
